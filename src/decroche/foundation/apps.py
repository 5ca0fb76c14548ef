"""Wire the plumbing when Django starts."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class FoundationConfig(AppConfig):
    name = "decroche.foundation"
    label = "foundation"

    def ready(self) -> None:
        """Load every room's listeners, so that events find them in each process."""
        autodiscover_modules("listeners")
