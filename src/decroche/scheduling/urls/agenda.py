"""Addresses of the agenda's screens and of one appointment."""

from django.urls import path

from decroche.scheduling.web import agenda, appointment, moving, paper

patterns = [
    path("", agenda.home, name="home"),
    path("<int:practice_id>/", agenda.page, name="page"),
    path("<int:practice_id>/panel/", agenda.panel, name="panel"),
    path("<int:practice_id>/view/", agenda.view, name="view"),
    path("<int:practice_id>/why/", moving.why, name="why"),
    path("<int:practice_id>/print/", paper.show, name="print"),
    path("appointment/<int:appointment_id>/", appointment.detail, name="appointment"),
    path("appointment/<int:appointment_id>/cancel/", appointment.cancel, name="cancel"),
    path("appointment/<int:appointment_id>/status/", appointment.status, name="status"),
    path("appointment/<int:appointment_id>/move/", appointment.move, name="move"),
    path("appointment/<int:appointment_id>/check/", moving.check, name="check"),
    path("appointment/<int:appointment_id>/drop/", moving.drop, name="drop"),
    path("appointment/<int:appointment_id>/undo/<int:version>/", appointment.undo, name="undo"),
    path("patient/<int:patient_id>/", appointment.of_patient, name="patient_appointments"),
]
