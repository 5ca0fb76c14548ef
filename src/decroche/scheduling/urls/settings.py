"""Addresses of the agenda's settings."""

from django.urls import path

from decroche.scheduling.web import settings

patterns = [
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
