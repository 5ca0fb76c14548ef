from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "decroche.calls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to people leaving."""
        from decroche.calls import signals  # noqa: F401, PLC0415
