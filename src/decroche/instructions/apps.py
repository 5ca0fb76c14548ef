from django.apps import AppConfig


class InstructionsConfig(AppConfig):
    name = "decroche.instructions"
    default_auto_field = "django.db.models.BigAutoField"
