"""Name the room for Django."""

from django.apps import AppConfig


class CompanionConfig(AppConfig):
    name = "decroche.companion"
    label = "companion"
