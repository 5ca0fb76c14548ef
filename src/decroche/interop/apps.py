"""Name the room for Django."""

from django.apps import AppConfig


class InteropConfig(AppConfig):
    name = "decroche.interop"
    label = "interop"
