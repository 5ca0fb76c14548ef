"""Give each room its address. ``/live/`` is served before Django, in asgi.py."""

from importlib.util import find_spec

from django.urls import include, path

ROOMS = [
    ("", "decroche.accounts.urls"),
    ("desk/", "decroche.desk.urls"),
    ("companion/", "decroche.companion.urls"),
    ("agenda/", "decroche.scheduling.urls"),
    ("patients/", "decroche.patients.urls"),
    ("instructions/", "decroche.instructions.urls"),
    ("messages/", "decroche.messaging.urls"),
    ("calls/", "decroche.calls.urls"),
    ("practices/", "decroche.practices.urls"),
    ("ui/", "decroche.ui.urls"),
    ("healthz", "decroche.foundation.urls"),
]
urlpatterns = [path(prefix, include(module)) for prefix, module in ROOMS if find_spec(module)]

handler400 = "decroche.ui.errors.bad_request"
handler403 = "decroche.ui.errors.forbidden"
handler404 = "decroche.ui.errors.not_found"
handler500 = "decroche.ui.errors.server_error"

# TEMPORARY while rooms land: leave out the rooms that have no urls module yet.
