"""The tables of the doors to other systems, by subject."""

from decroche.interop.models.feeds import CalendarFeed
from decroche.interop.models.imports import ImportLine, ImportRun
from decroche.interop.models.keys import AccessKey, RememberedAnswer

__all__ = ["AccessKey", "CalendarFeed", "ImportLine", "ImportRun", "RememberedAnswer"]
