"""Addresses of the waiting list and of the mass moves."""

from django.urls import path

from decroche.scheduling.web import mass_moves, offers, waiting_list

patterns = [
    path("<int:practice_id>/waiting/", waiting_list.show, name="waiting_list"),
    path("<int:practice_id>/wait/", waiting_list.wait, name="wait"),
    path("waiting/<int:entry_id>/", waiting_list.entry, name="waiting_entry"),
    path("waiting/<int:entry_id>/leave/", waiting_list.leave, name="leave_list"),
    path("waiting/<int:entry_id>/rejoin/", waiting_list.rejoin, name="rejoin_list"),
    path("patient/<int:patient_id>/waiting/", offers.of_patient, name="patient_waiting"),
    path("offers/", offers.panel, name="offers"),
    path("offers/<int:offer_id>/accept/", offers.accept, name="accept_offer"),
    path("offers/<int:offer_id>/decline/", offers.decline, name="decline_offer"),
    path("offers/<int:offer_id>/called/", offers.called, name="offer_called"),
    path("offers/<int:offer_id>/undo/", offers.undo, name="undo_offer"),
    path("<int:practice_id>/moves/", mass_moves.home, name="mass_moves"),
    path("<int:practice_id>/moves/away/", mass_moves.away, name="start_away"),
    path("<int:practice_id>/moves/late/", mass_moves.late, name="start_late"),
    path("absences/<int:absence_id>/move/", mass_moves.of_absence, name="mass_move_of_absence"),
    path("moves/<int:mass_move_id>/", mass_moves.show, name="mass_move"),
    path("moves/<int:mass_move_id>/send/", mass_moves.send, name="send_mass_move"),
    path("moves/<int:mass_move_id>/undo/", mass_moves.undo, name="undo_mass_move"),
    path("moves/lines/<int:item_id>/", mass_moves.line, name="mass_move_line"),
    path("moves/lines/<int:item_id>/retry/", mass_moves.retry, name="retry_line"),
    path("moves/lines/<int:item_id>/called/", mass_moves.called, name="line_called"),
    path("moves/lines/<int:item_id>/to-call/", mass_moves.to_call, name="line_to_call"),
]
