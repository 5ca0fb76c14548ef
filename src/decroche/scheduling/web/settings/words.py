"""Sentences of the settings."""

from datetime import date

from django.utils.translation import gettext as _

from decroche.scheduling.models import OpeningRule
from decroche.ui.formats import clock, short_date


def overlap_sentence(other: OpeningRule) -> str:
    """Say which opening stands in the way."""
    words = {"day": other.get_weekday_display(), "from": clock(other.starts), "to": clock(other.ends)}
    return _("Cette plage en chevauche une autre : %(day)s de %(from)s à %(to)s.") % words


def week_words(on: date, *, today: date) -> str:
    """Say from which day the week shown stands: "horaires d’aujourd’hui", "à partir du lun. 4 janv."."""
    if on == today:
        return _("Horaires actuels")
    return _("Horaires au %(day)s") % {"day": short_date(on, this_year=today.year)}
