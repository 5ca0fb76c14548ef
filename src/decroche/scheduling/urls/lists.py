"""Addresses of the waiting list and of the mass moves."""

from django.urls import path

from decroche.scheduling.web import offers, waiting_list

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
]
