"""Give the doors of how each line answers their addresses."""

from django.urls import URLPattern, path

from decroche.calls.web.lines import doors, forwarding, sounds

urlpatterns: list[URLPattern] = [
    path("lines/", doors.show_all, name="lines"),
    path("lines/<int:phone_line_id>/", doors.show, name="line"),
    path("lines/<int:phone_line_id>/asked/", doors.asked, name="line_asked"),
    path("lines/<int:phone_line_id>/forwarding/", forwarding.show, name="line_forwarding"),
    path("lines/<int:phone_line_id>/forwarding/check/", forwarding.check, name="line_check"),
    path("lines/<int:phone_line_id>/sounds/", sounds.keep, name="line_sound_keep"),
    path("lines/<int:phone_line_id>/sounds/speak/", sounds.speak, name="line_sound_speak"),
    path("lines/<int:phone_line_id>/sounds/<slug:name>/", sounds.hear, name="line_sound"),
    path("lines/<int:phone_line_id>/undo/<slug:key>/", doors.undo, name="line_undo"),
    path("lines/<int:phone_line_id>/set/<slug:station>/", doors.station, name="line_station"),
]
