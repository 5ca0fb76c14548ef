from django.apps import AppConfig


class PracticesConfig(AppConfig):
    name = "decroche.practices"
    label = "practices"
