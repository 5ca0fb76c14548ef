"""Name the room for Django."""

from django.apps import AppConfig


class WaitingRoomConfig(AppConfig):
    name = "decroche.waiting_room"
    label = "waiting_room"
