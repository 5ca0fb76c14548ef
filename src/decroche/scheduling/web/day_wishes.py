"""Word a day's wishes for the head of its column: a few words, and the sentence behind them."""

from datetime import time

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decroche.scheduling.domain.wishes import DayWishes
from decroche.ui.formats import clock

Line = tuple[str, str]


def wish_lines(wishes: DayWishes) -> list[Line]:
    """Give (short, sentence) for each wish in force; first what refuses, then what only orders."""
    lines: list[Line] = []
    if wishes.end_at is not None:
        at = clock(time(wishes.end_at // 60 % 24, wishes.end_at % 60))
        lines.append((_("finit à %(at)s") % {"at": at}, _("Finit la journée à %(at)s.") % {"at": at}))
    if wishes.no_new:
        lines.append((_("pas de nouveaux patients"), _("Ne prend pas de nouveaux patients ce jour-là.")))
    if wishes.emergencies:
        lines.append(_emergencies(wishes.emergencies))
    if wishes.max_in_a_row is not None:
        lines.append(_pause(wishes.max_in_a_row, wishes.pause))
    if wishes.fill_gaps:
        lines.append((_("comble les trous"), _("Comble d’abord les trous entre les rendez-vous.")))
    if wishes.mornings_first:
        lines.append((_("matins d’abord"), _("Remplit d’abord les matins.")))
    if wishes.group_home:
        lines.append((_("visites groupées"), _("Groupe les visites à domicile par quartier.")))
    return lines


def _emergencies(count: int) -> Line:
    short = ngettext("%(count)s urgence gardée", "%(count)s urgences gardées", count)
    sentence = ngettext(
        "Garde %(count)s créneau d’urgence par demi-journée.",
        "Garde %(count)s créneaux d’urgence par demi-journée.",
        count,
    )
    return short % {"count": count}, sentence % {"count": count}


def _pause(count: int, minutes: int) -> Line:
    sentence = ngettext(
        "Fait une pause de %(minutes)s min après %(count)s rendez-vous.",
        "Fait une pause de %(minutes)s min après %(count)s rendez-vous d’affilée.",
        count,
    )
    return _("pause après %(count)s") % {"count": count}, sentence % {"count": count, "minutes": minutes}
