"""Addresses of the agenda; ids and dates only, never anything about a patient."""

from django.urls import path

from decroche.scheduling.web import agenda, appointment, booking, settings

app_name = "agenda"
urlpatterns = [
    path("", agenda.home, name="home"),
    path("<int:practice_id>/", agenda.page, name="page"),
    path("<int:practice_id>/panel/", agenda.panel, name="panel"),
    path("<int:practice_id>/view/", agenda.view, name="view"),
    path("<int:practice_id>/booking/", booking.start, name="booking"),
    path("<int:practice_id>/booking/types/", booking.types, name="types"),
    path("<int:practice_id>/booking/slots/", booking.slots, name="slots"),
    path("<int:practice_id>/booking/pick/", booking.pick, name="pick"),
    path("hold/<int:hold_id>/", booking.hold, name="hold"),
    path("hold/<int:hold_id>/confirm/", booking.confirm, name="confirm"),
    path("hold/<int:hold_id>/renew/", booking.renew, name="renew"),
    path("hold/<int:hold_id>/release/", booking.release, name="release"),
    path("hold/<int:hold_id>/type/", booking.change_type, name="change_type"),
    path("appointment/<int:appointment_id>/", appointment.detail, name="appointment"),
    path("appointment/<int:appointment_id>/cancel/", appointment.cancel, name="cancel"),
    path("appointment/<int:appointment_id>/status/", appointment.status, name="status"),
    path("appointment/<int:appointment_id>/move/", appointment.move, name="move"),
    path("appointment/<int:appointment_id>/undo/<int:version>/", appointment.undo, name="undo"),
    path("patient/<int:patient_id>/", appointment.of_patient, name="patient_appointments"),
    path("<int:practice_id>/settings/", settings.show, name="settings"),
    path("<int:practice_id>/settings/types/", settings.save_type, name="save_type"),
    path(
        "<int:practice_id>/settings/types/<int:visit_type_id>/", settings.save_type, name="change_visit_type"
    ),
    path("practitioner/<int:practitioner_id>/rules/", settings.save_rule, name="save_rule"),
    path("rules/<int:rule_id>/", settings.change_rule, name="change_rule"),
    path("rules/<int:rule_id>/end/", settings.end_rule, name="end_rule"),
    path("practitioner/<int:practitioner_id>/absences/", settings.save_absence, name="save_absence"),
    path("absences/<int:absence_id>/remove/", settings.drop_absence, name="drop_absence"),
]
