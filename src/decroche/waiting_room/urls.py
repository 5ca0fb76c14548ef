"""Addresses of the room; ids and dates only, never anything about a patient.

The long secret in a device's address names a screen of a practice; it is kept out of the logs.
"""

from django.urls import path

from decroche.waiting_room.web import arrival, board, check_in, set_up, wall

app_name = "waiting_room"
urlpatterns = [
    path("", board.home, name="home"),
    path("<int:practice_id>/", board.board, name="board"),
    path("<int:practice_id>/panel/", board.panel, name="panel"),
    path("<int:practice_id>/compact/", board.compact, name="compact"),
    path("<int:practice_id>/next/<int:practitioner_id>/", board.call, name="next"),
    path("visits/<int:appointment_id>/say/", board.say, name="say"),
    path("visits/<int:appointment_id>/undo/<int:version>/", board.undo, name="undo"),
    path("undo/<str:token>/", board.undo_next, name="undo_next"),
    path("<int:practice_id>/set-up/", set_up.set_up, name="set_up"),
    path("<int:practice_id>/set-up/settings/", set_up.settings, name="settings"),
    path("devices/<int:device_id>/revoke/", set_up.revoke, name="revoke"),
    path("wall/<str:token>/", wall.wall, name="wall"),
    path("wall/<str:token>/now/", wall.now, name="wall_now"),
    # One long segment, which the logs leave out as they do any secret.
    path("arrival-<str:token>/", arrival.arrival, name="arrival"),
    path("check-in/<str:token>/", check_in.check_in, {"own_phone": False}, name="check_in"),
    path("check-in/<str:token>/phone/", check_in.check_in, {"own_phone": True}, name="check_in_phone"),
]
