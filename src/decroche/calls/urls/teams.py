"""Give the doors of teams, policies, filters and rules their addresses."""

from django.urls import URLPattern, path

from decroche.calls.web import known_callers, outgoing, policy, reach, recording_rules, teams
from decroche.calls.web.house import home
from decroche.calls.web.house.undo import undo

urlpatterns: list[URLPattern] = [
    path("house/", home.home, name="house"),
    path("house/undo/<slug:key>/", undo, name="undo"),
    path("house/policy/", home.first("policy"), name="policy_home"),
    path("house/policy/<int:secretariat_id>/", policy.show, name="policy"),
    path("house/policy/<int:secretariat_id>/replay/", policy.preview, name="policy_preview"),
    path("house/policy/<int:secretariat_id>/save/", policy.save, name="policy_save"),
    path("house/teams/", home.first("teams"), name="teams_home"),
    path("house/teams/<int:secretariat_id>/", teams.show, name="teams"),
    path("house/teams/<int:secretariat_id>/cell/", teams.set_cell, name="teams_cell"),
    path("house/teams/<int:secretariat_id>/skill/", teams.add_skill, name="team_skill"),
    path("house/teams/<int:secretariat_id>/new/", teams.create, name="team_create"),
    path("house/teams/<int:secretariat_id>/<int:team_id>/name/", teams.rename, name="team_rename"),
    path("house/teams/<int:secretariat_id>/<int:team_id>/remove/", teams.remove, name="team_remove"),
    path("house/known/", known_callers.home, name="known_home"),
    path("house/known/<int:practice_id>/", known_callers.show, name="known"),
    path("house/known/<int:practice_id>/add/", known_callers.add, name="known_add"),
    path("house/known/<int:practice_id>/paste/", known_callers.paste, name="known_paste"),
    path("house/known/caller/<int:known_id>/", known_callers.edit, name="known_edit"),
    path("house/known/caller/<int:known_id>/switch/", known_callers.switch, name="known_switch"),
    path("house/known/caller/<int:known_id>/remove/", known_callers.remove, name="known_remove"),
    path("house/outgoing/", home.first("outgoing"), name="outgoing_home"),
    path("house/outgoing/<int:secretariat_id>/", outgoing.show, name="outgoing"),
    path("house/outgoing/<int:secretariat_id>/save/", outgoing.save, name="outgoing_save"),
    path("house/outgoing/<int:secretariat_id>/try/", outgoing.attempt, name="outgoing_try"),
    path("house/consents/<int:consent_id>/withdraw/", recording_rules.withdraw, name="consent_withdraw"),
    path("house/recording/<int:recording_rule_id>/stop/", recording_rules.stop, name="recording_stop"),
    path("house/reach/<int:practitioner_id>/", reach.panel, name="reach"),
    path("house/reach/<int:practitioner_id>/say/", reach.say, name="reach_say"),
    path("house/reach/practice/<int:practice_id>/", reach.of_practice, name="reach_of_practice"),
    path("lines/<int:phone_line_id>/allowed/", recording_rules.show, name="line_allowed"),
    path("lines/<int:phone_line_id>/allowed/glance/", recording_rules.glance, name="line_recorded"),
    path("lines/<int:phone_line_id>/allowed/record/", recording_rules.start, name="recording_start"),
    path("lines/<int:phone_line_id>/allowed/consent/", recording_rules.consent, name="consent_give"),
]
