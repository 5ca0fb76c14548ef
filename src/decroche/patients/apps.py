from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "decroche.patients"
    default_auto_field = "django.db.models.BigAutoField"
