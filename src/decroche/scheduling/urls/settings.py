"""Addresses of the agenda's settings."""

from django.urls import path

from decroche.scheduling.web.settings import (
    offers,
    outside,
    preview,
    rules,
    undoing,
    visit_types,
    week,
    wishes,
    year,
)

patterns = [
    path("<int:practice_id>/settings/", week.show, name="settings"),
    path("<int:practice_id>/settings/preview/", preview.show, name="preview"),
    path("practitioner/<int:practitioner_id>/outside/", outside.show, name="outside"),
    path("practitioner/<int:practitioner_id>/week/", week.write, name="open_week"),
    path("practitioner/<int:practitioner_id>/week/day/", week.repeat_day, name="copy_day"),
    path("practitioner/<int:practitioner_id>/week/like/", week.take_over_week, name="copy_week"),
    path("practitioner/<int:practitioner_id>/week/from/", week.begin_timetable, name="change_timetable"),
    path("practitioner/<int:practitioner_id>/week/undo/<slug:key>/", week.undo, name="undo_rules"),
    path("practitioner/<int:practitioner_id>/rules/", rules.add, name="save_rule"),
    path("practitioner/<int:practitioner_id>/rules/draw/", rules.draw, name="draw_rule"),
    path("rules/<int:rule_id>/", rules.change, name="change_rule"),
    path("rules/<int:rule_id>/span/", rules.span, name="span_rule"),
    path("rules/<int:rule_id>/end/", rules.end, name="end_rule"),
    path("<int:practice_id>/settings/year/", year.show, name="settings_year"),
    path("practitioner/<int:practitioner_id>/day/", year.day, name="settings_day"),
    path("practitioner/<int:practitioner_id>/absences/", year.save_absence, name="save_absence"),
    path("absences/<int:absence_id>/remove/", year.drop_absence, name="drop_absence"),
    path("practitioner/<int:practitioner_id>/absences/undo/<slug:key>/", undoing.absence, name="undo_drop"),
    path("<int:practice_id>/settings/undo/<slug:key>/", undoing.settings, name="undo_settings"),
    path("practitioner/<int:practitioner_id>/hours/", year.save_hours, name="save_hours"),
    path("practitioner/<int:practitioner_id>/holidays/", year.holidays, name="holidays"),
    path("<int:practice_id>/settings/visit-types/", visit_types.show, name="settings_types"),
    path("<int:practice_id>/settings/types/", visit_types.save_type, name="save_type"),
    path(
        "<int:practice_id>/settings/types/<int:visit_type_id>/",
        visit_types.save_type,
        name="change_visit_type",
    ),
    path("<int:practice_id>/settings/resource/", visit_types.resource, name="save_resource"),
    path("<int:practice_id>/settings/pathway/", visit_types.pathway, name="save_pathway"),
    path(
        "practitioner/<int:practitioner_id>/types/<int:visit_type_id>/terms/", offers.save, name="save_offer"
    ),
    path(
        "practitioner/<int:practitioner_id>/types/<int:visit_type_id>/receive/",
        offers.receive,
        name="receive",
    ),
    path("own-terms/<int:visit_offer_id>/end/", offers.end, name="end_offer"),
    path("<int:practice_id>/settings/wishes/", wishes.show, name="settings_wishes"),
    path("<int:practice_id>/wishes/", wishes.fragment, name="wishes"),
    path("practitioner/<int:practitioner_id>/wishes/", wishes.add, name="set_wish"),
    path("wishes/<int:wish_id>/end/", wishes.end, name="end_wish"),
    path("wishes/<int:wish_id>/restore/", wishes.restore, name="restore_wish"),
    path("wishes/<int:wish_id>/take-back/", wishes.take_back, name="take_back_wish"),
    path("practitioner/<int:practitioner_id>/settings/", wishes.save_settings, name="save_agenda_settings"),
]
