"""Addresses of the booking strip."""

from django.urls import path

from decroche.scheduling.web import booking

patterns = [
    path("<int:practice_id>/booking/", booking.start, name="booking"),
    path("<int:practice_id>/booking/types/", booking.types, name="types"),
    path("<int:practice_id>/booking/slots/", booking.slots, name="slots"),
    path("<int:practice_id>/booking/pick/", booking.pick, name="pick"),
    path("hold/<int:hold_id>/", booking.hold, name="hold"),
    path("hold/<int:hold_id>/confirm/", booking.confirm, name="confirm"),
    path("hold/<int:hold_id>/renew/", booking.renew, name="renew"),
    path("hold/<int:hold_id>/release/", booking.release, name="release"),
    path("hold/<int:hold_id>/type/", booking.change_type, name="change_type"),
]
