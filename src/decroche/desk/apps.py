"""Name the room for Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "decroche.desk"
    label = "desk"
