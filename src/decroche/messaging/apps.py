from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "decroche.messaging"
    default_auto_field = "django.db.models.BigAutoField"
