from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "decroche.demo"
    label = "demo"
