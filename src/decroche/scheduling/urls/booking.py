"""Addresses of the booking strip."""

from django.urls import path

from decroche.scheduling.web import (
    appointment,
    asking,
    booking,
    forcing,
    group_holds,
    groups,
    habits,
    holding,
    plain,
)

patterns = [
    path("<int:practice_id>/booking/", booking.start, name="booking"),
    path("<int:practice_id>/booking/types/", booking.types, name="types"),
    path("<int:practice_id>/booking/slots/", booking.slots, name="slots"),
    path("<int:practice_id>/booking/pick/", booking.pick, name="pick"),
    path("<int:practice_id>/booking/ask/", asking.ask, name="ask"),
    path("<int:practice_id>/booking/force/", forcing.prepare, name="prepare_force"),
    path("<int:practice_id>/booking/force/book/", forcing.force, name="force"),
    path("<int:practice_id>/free/", plain.free, name="free"),
    path("<int:practice_id>/hold/", plain.hold, name="plain_hold"),
    path("hold/<int:hold_id>/book/", plain.book, name="plain_book"),
    path("hold/<int:hold_id>/", holding.hold, name="hold"),
    path("hold/<int:hold_id>/confirm/", holding.confirm, name="confirm"),
    path("hold/<int:hold_id>/renew/", holding.renew, name="renew"),
    path("hold/<int:hold_id>/release/", holding.release, name="release"),
    path("hold/<int:hold_id>/type/", holding.change_type, name="change_type"),
    path("<int:practice_id>/booking/series/", groups.series, name="series"),
    path("<int:practice_id>/booking/series/take/", groups.take_series, name="take_series"),
    path("<int:practice_id>/booking/family/", groups.family, name="family"),
    path("<int:practice_id>/booking/chain/", groups.take_chain, name="take_chain"),
    path("pathway/<int:pathway_id>/", groups.pathway, name="pathway"),
    path("group/<int:group_id>/", group_holds.group, name="group"),
    path("group/<int:group_id>/confirm/", group_holds.confirm, name="confirm_group"),
    path("group/<int:group_id>/renew/", group_holds.renew, name="renew_group"),
    path("group/<int:group_id>/release/", group_holds.release, name="release_group"),
    path("group/<int:group_id>/undo/<int:stamp>/", group_holds.undo, name="undo_group"),
    path("appointment/<int:appointment_id>/resize/", appointment.resize, name="resize"),
    path("patient/<int:patient_id>/habits/", habits.keep, name="keep_habits"),
    path("patient/<int:patient_id>/block/<int:practitioner_id>/", habits.block, name="block"),
    path("patient/<int:patient_id>/unblock/<int:practitioner_id>/", habits.unblock, name="unblock"),
]
