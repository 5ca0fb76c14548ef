"""Name the room for Django."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "decroche.ui"
    label = "ui"
