"""Name the room for Django."""

from django.apps import AppConfig


class ContinuityConfig(AppConfig):
    name = "decroche.continuity"
    label = "continuity"
