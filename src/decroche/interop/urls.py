"""Addresses of the room; ids and dates only, never anything about a patient."""

from django.urls import path

from decroche.interop.web import calendar, feeds, imports, keys

app_name = "interop"
urlpatterns = [
    path("<int:practice_id>/calendars/", feeds.feeds, name="feeds"),
    path("calendars/<int:feed_id>/close/", feeds.revoke, name="revoke_feed"),
    path("calendar/<str:token>.ics", calendar.calendar, name="feed"),
    path("<int:practice_id>/imports/", imports.imports, name="imports"),
    path("imports/<int:run_id>/", imports.show, name="import"),
    path("imports/<int:run_id>/choices/", imports.choose, name="import_choices"),
    path("imports/<int:run_id>/start/", imports.start, name="import_start"),
    path("imports/<int:run_id>/undo/", imports.undo, name="import_undo"),
    path("imports/<int:run_id>/discard/", imports.discard, name="import_discard"),
    path("imports/lines/<int:line_id>/", imports.decide, name="import_line"),
    path("<int:practice_id>/keys/", keys.keys, name="keys"),
    path("<int:practice_id>/keys/<int:key_id>/close/", keys.revoke, name="revoke_key"),
    path("openapi.json", keys.description, name="openapi"),
]
