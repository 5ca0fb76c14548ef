"""Word a mass move: what happened, what is done, what to say on the telephone, why a line could not be done."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decroche.scheduling.models import MassMove, MassMoveItem
from decroche.scheduling.queries.mass_moves import Tally
from decroche.ui.formats import clock, duration, short_date, short_datetime

_PLANS = MassMoveItem.Plan


def title_of(move: MassMove) -> str:
    """Give "Dr Roussel : absence mar. 24 nov., à partir de 9 h"; "Dr Roussel : 40 min de retard"."""
    zone = ZoneInfo(move.practice.timezone)
    year = datetime.now(tz=zone).year
    start, end = move.starts_at.astimezone(zone), move.ends_at.astimezone(zone)
    who = move.practitioner.display_name
    if move.kind == MassMove.Kind.LATE:
        return _("%(who)s : %(length)s de retard") % {
            "who": who,
            "length": duration(move.delay_minutes or 0),
        }
    words = {
        "who": who,
        "day": short_date(start.date(), this_year=year),
        "start": clock(start),
        "end": clock(end),
    }
    last = end - timedelta(minutes=1)
    until_night = end.hour == end.minute == 0 and start.date() == last.date()
    from_morning = start.hour == start.minute == 0
    if until_night and from_morning:
        return _("%(who)s : absence %(day)s, toute la journée") % words
    if until_night:
        return _("%(who)s : absence %(day)s, à partir de %(start)s") % words
    if start.date() == end.date() and from_morning:
        return _("%(who)s : absence %(day)s, jusqu’à %(end)s") % words
    if start.date() == end.date():
        return _("%(who)s : absence %(day)s, de %(start)s à %(end)s") % words
    return _("%(who)s : absence du %(start)s au %(end)s") % {
        "who": who,
        "start": short_datetime(start, this_year=year),
        "end": short_datetime(end, this_year=year),
    }


def summary(count: Tally, *, is_late: bool) -> str:
    """Say what "Envoyer" will do: "9 rendez-vous déplacés, 1 annulé, 8 SMS, 3 appels à passer"."""
    n = {"moves": count.moves, "cancels": count.cancels, "keeps": count.keeps, "texts": count.texts}
    parts = []
    if count.moves:
        parts.append(ngettext("%(n)s déplacement", "%(n)s déplacements", n["moves"]) % {"n": n["moves"]})
    if count.cancels:
        parts.append(ngettext("%(n)s annulation", "%(n)s annulations", n["cancels"]) % {"n": n["cancels"]})
    if count.keeps and not is_late:
        parts.append(ngettext("%(n)s laissé", "%(n)s laissés", n["keeps"]) % {"n": n["keeps"]})
    if count.texts:
        parts.append(_("%(n)s SMS") % {"n": n["texts"]})
    if count.calls:
        parts.append(
            ngettext("%(n)s appel à passer", "%(n)s appels à passer", count.calls) % {"n": count.calls}
        )
    return ", ".join(parts) or _("rien à faire")


def to_say(item: MassMoveItem) -> str:
    """Give what to say to the patient on the telephone, in one breath; nothing medical, no reason."""
    move, appointment = item.mass_move, item.appointment
    zone = appointment.zone
    year = datetime.now(tz=zone).year
    old = (item.old_starts_at or appointment.starts_at).astimezone(zone)
    words = {
        "who": move.practitioner.display_name,
        "old": short_datetime(old, this_year=year),
        "new": short_datetime(appointment.local_start, this_year=year),
        "with": appointment.practitioner.display_name,
        "length": duration(move.delay_minutes or 0),
        "at": clock(old),
    }
    if move.kind == MassMove.Kind.LATE:
        return (
            _(
                "%(who)s a environ %(length)s de retard. Votre rendez-vous de %(at)s est maintenu, mais plus tard."
            )
            % words
        )
    if item.plan == _PLANS.MOVE:
        return (
            _(
                "%(who)s ne pourra pas vous recevoir le %(old)s. Je vous ai gardé le %(new)s avec %(with)s : cela vous convient-il ?"
            )
            % words
        )
    if item.plan == _PLANS.CANCEL:
        return _("%(who)s ne pourra pas vous recevoir le %(old)s, ce rendez-vous est annulé.") % words
    return _("%(who)s ne pourra pas vous recevoir le %(old)s. Quand pourriez-vous venir ?") % words


def problem_words(problem: str) -> str:
    """Say why a line was left as it was."""
    return {
        "taken": _("Ce créneau a été donné entre-temps. Choisissez-en un autre."),
        "closed": _("Le praticien ne reçoit plus à cette heure-là. Choisissez un autre créneau."),
        "changed": _("Ce rendez-vous a changé depuis qu’il a été listé. Vérifiez-le, puis réessayez."),
    }.get(
        problem,
        _("Ce rendez-vous n’a pas pu être changé. Choisissez un autre créneau, ou appelez le patient."),
    )
