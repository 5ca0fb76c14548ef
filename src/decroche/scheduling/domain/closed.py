"""Why is the practitioner not open then? The first condition without which the time would be. Pure."""

from collections.abc import Mapping, Sequence

from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.domain.asking import Why
from decroche.scheduling.domain.availability import Minutes, merge
from decroche.scheduling.domain.openings import Occurrence
from decroche.scheduling.domain.terms import Terms
from decroche.scheduling.domain.verdicts import Verdict


def covers(periods: Sequence[Minutes], start: int, end: int) -> bool:
    """Tell whether `[start, end)` lies within what the periods make together."""
    return end > start and any(opening <= start and end <= closing for opening, closing in merge(periods))


def absent(agenda: Agenda, verdict: Verdict) -> Verdict:
    """Tell of the absence that covers the start, or else of the first one that the visit would run into.

    Absences that follow one another are one to whoever waits: `until` is when the last of them ends.
    """
    spans = [one for one in agenda.absences if one.start < verdict.end and verdict.start < one.end]
    span = min(spans, key=lambda one: (one.start > verdict.start, one.start, -one.end))
    until = next(end for start, end in agenda.away if start <= span.start < end)
    why = {"closure": Why.CLOSURE, "holiday": Why.HOLIDAY}.get(span.kind, Why.ABSENT)
    return verdict._replace(why=why, until=until, detail=span.reason)


def not_open(
    agenda: Agenda,
    verdict: Verdict,
    here: Mapping[Occurrence, Why | None],
    terms: Terms,
    *,
    now: int,
    day: int,
) -> Verdict:
    """Say why none of the site's openings will do; `here` holds them with what shuts each to this visit and asker."""
    start, end = verdict.start, verdict.end
    if not covers([(one.start, one.full_end) for one in here], start, end):
        other = _open_elsewhere(agenda, verdict, day)
        return verdict._replace(why=Why.CLOSED if other is None else Why.OTHER_SITE, other_site_id=other)
    if not covers([(one.start, one.end) for one in here], start, end):
        cut = max(
            one.end for one in here if one.end < one.full_end and one.start < end and start < one.full_end
        )
        return verdict._replace(why=Why.AFTER_THE_END, until=cut)
    typed = [one for one, why in here.items() if why != Why.OTHER_TYPES]
    if not covers([(one.start, one.end) for one in typed], start, end):
        return verdict._replace(why=Why.OTHER_TYPES)
    mine = [one for one in typed if here[one] != Why.RESERVED]
    if not covers([(one.start, one.end) for one in mine], start, end):
        kept = next(
            one.rule.reserved_for
            for one in typed
            if here[one] == Why.RESERVED and one.start < end and start < one.end
        )
        return verdict._replace(why=Why.RESERVED, reserved_for=kept)
    return _not_yet(verdict, mine, terms, now)


def _open_elsewhere(agenda: Agenda, verdict: Verdict, day: int) -> int | None:
    """Find another site at which the practitioner receives then."""
    for site in agenda.sites:
        there = [(one.start, one.end) for one in agenda.around(day) if one.rule.site_id == site]
        if site != verdict.site_id and covers(there, verdict.start, verdict.end):
            return site
    return None


def _not_yet(verdict: Verdict, mine: Sequence[Occurrence], terms: Terms, now: int) -> Verdict:
    """Tell when it is released, or that it is a group's whose sessions begin at other times."""
    for moment in sorted({one.released_at for one in mine if one.released_at > now}):
        released = [(one.start, one.end) for one in mine if one.released_at <= moment]
        if covers(released, verdict.start, verdict.end):
            return verdict._replace(why=Why.NOT_RELEASED, until=moment)
    sessions = (
        session
        for one in mine
        if one.rule.capacity > 1
        for session in range(one.start, one.end - terms.duration + 1, terms.stride)
    )
    following = min((session for session in sessions if session > verdict.start), default=None)
    return verdict._replace(why=Why.NOT_A_SESSION, until=following)
