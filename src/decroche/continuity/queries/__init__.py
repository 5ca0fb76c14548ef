"""Read what the offline page shows, and what came back from it."""

from decroche.continuity.queries.fortnight import DAYS, Fortnight, fortnight_of

__all__ = ["DAYS", "Fortnight", "fortnight_of"]
