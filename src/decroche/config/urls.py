"""Give each room its address. ``/live/`` is served before Django, in asgi.py."""

from django.urls import include, path

from decroche.interop.api.urls import urls as api_urls

urlpatterns = [
    path("desk/", include("decroche.desk.urls")),
    path("companion/", include("decroche.companion.urls")),
    path("agenda/", include("decroche.scheduling.urls")),
    path("patients/", include("decroche.patients.urls")),
    path("instructions/", include("decroche.instructions.urls")),
    path("messages/", include("decroche.messaging.urls")),
    path("calls/", include("decroche.calls.urls")),
    path("waiting-room/", include("decroche.waiting_room.urls")),
    path("interop/", include("decroche.interop.urls")),
    path("api/v1/", api_urls),
    path("continuity/", include("decroche.continuity.urls")),
    path("practices/", include("decroche.practices.urls")),
    path("ui/", include("decroche.ui.urls")),
    path("healthz", include("decroche.foundation.urls")),
    # Last: an address without a room's name is looked for through all of it.
    path("", include("decroche.accounts.urls")),
]

handler400 = "decroche.ui.errors.bad_request"
handler403 = "decroche.ui.errors.forbidden"
handler404 = "decroche.ui.errors.not_found"
handler500 = "decroche.ui.errors.server_error"
