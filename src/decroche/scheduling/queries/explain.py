"""Say whether a time can be booked, and if not, why: for screens that ask, and for the verbs before they write."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from decroche.practices.models import Practitioner, Site
from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.domain.asking import Answer, Asker, Why
from decroche.scheduling.domain.availability import ceil_minute, floor_minute, local_ordinal, to_datetime
from decroche.scheduling.domain.busy import NOTHING_USED, Busy
from decroche.scheduling.domain.judging import Judge
from decroche.scheduling.domain.terms import Terms
from decroche.scheduling.domain.verdicts import Verdict
from decroche.scheduling.models import VisitType
from decroche.scheduling.queries.busy import Window, read_busy, read_used
from decroche.scheduling.queries.rules import agendas_of
from decroche.scheduling.queries.searching import AHEAD, BACK, WHOLE_DAY

_ANYONE = Asker()


def explain(
    *,
    practitioner: Practitioner,
    visit_type: VisitType,
    starts_at: datetime,
    now: datetime,
    asker: Asker = _ANYONE,
    site: Site | None = None,
    ends_at: datetime | None = None,
    but: int | None = None,
    ignoring_busy: bool = False,
) -> Answer:
    """Judge one time exactly as the search does: free (where, with which resource and seat), or why not.

    `site` None: any of the practitioner's. `ends_at` defaults to the practitioner's usual length. `but` is an
    appointment that does not count (the one being moved, or the hold being confirmed). `ignoring_busy` leaves
    appointments, holds and full sessions to the database's constraints; limits and resources still count.

    2 queries when the rules are warm, one more where a resource is needed; whatever is in the agenda. Begun within the
    practitioner's lock, it sees all that was booked before: a verb whose answer `is_counted` asks again there.
    """
    start = floor_minute(starts_at)
    end = None if ends_at is None else ceil_minute(ends_at)
    first_day = min(starts_at, now).date() - timedelta(days=2)
    agenda = agendas_of([practitioner.pk], first_day=first_day, now=now)[practitioner.pk].agenda
    around = WHOLE_DAY if agenda.looks_around(visit_type.pk) else 0
    window = Window(practitioner.pk, start - BACK - around, (end or start) + AHEAD + around)
    # Left to the constraints, and no limit to count: nobody's appointments are needed.
    taken = [] if ignoring_busy and not around else read_busy([window], now=now, but=but)[practitioner.pk]
    needs = [need for era in agenda.eras(visit_type.pk) for need in era.terms.resources]
    judge = Judge(
        agenda,
        visit_type.pk,
        asker=asker,
        now=ceil_minute(now),
        busy=Busy(taken),
        used=read_used({need.id for need in needs}, *window[1:], now=now, but=but) if needs else NOTHING_USED,
        ignoring_busy=ignoring_busy,
    )
    verdict = judge.judge(start, end, None if site is None else site.pk)
    answer = _answer(verdict, agenda, practitioner, visit_type, site, ends_at)
    return answer if asker.channel == answer.channel else replace(answer, channel=asker.channel)


def duration_minutes(*, practitioner: Practitioner, visit_type: VisitType, on: date) -> int:
    """Give how long this practitioner takes for this visit type on a day; 1 query when the rules are warm."""
    moment = datetime.combine(on, datetime.min.time(), tzinfo=ZoneInfo("UTC"))
    agenda = agendas_of([practitioner.pk], first_day=on, now=moment)[practitioner.pk].agenda
    terms = agenda.terms(visit_type.pk, on.toordinal())
    return visit_type.duration_minutes if terms is None else terms.duration


def _answer(
    verdict: Verdict,
    agenda: Agenda,
    practitioner: Practitioner,
    visit_type: VisitType,
    site: Site | None,
    ends_at: datetime | None,
) -> Answer:
    zone = verdict.zone or (site.zone if site is not None else ZoneInfo("UTC"))
    day = local_ordinal(zone, verdict.start)
    terms = verdict.terms or agenda.terms(visit_type.pk, day) or agenda.usual.get(visit_type.pk)
    ends = to_datetime(_end(verdict, terms, ends_at))
    return Answer(
        is_free=verdict.why is None,
        why=verdict.why,
        practitioner_id=practitioner.pk,
        practitioner_name=practitioner.display_name,
        visit_type_id=visit_type.pk,
        visit_type_name=visit_type.name,
        starts_at=to_datetime(verdict.start).astimezone(zone),
        ends_at=ends.astimezone(zone),
        site_id=verdict.site_id,
        until=None if verdict.until is None else to_datetime(verdict.until).astimezone(zone),
        from_day=_day(verdict.from_day),
        until_day=_day(verdict.until_day),
        count=verdict.most,
        reserved_for=verdict.reserved_for,
        detail=agenda.site_name(verdict.other_site_id) if verdict.why == Why.OTHER_SITE else verdict.detail,
        resource_id=verdict.resource_id,
        lane=verdict.lane,
        capacity=verdict.capacity,
        seats_left=verdict.seats_left,
        buffer_before_minutes=terms.before if terms else 0,
        buffer_after_minutes=terms.after if terms else 0,
        resource_ids=_resources(verdict, terms),
        is_counted=_is_counted(terms, agenda, day),
        other_site_id=verdict.other_site_id,
    )


def _end(verdict: Verdict, terms: Terms | None, ends_at: datetime | None) -> int:
    if ends_at is not None:
        return ceil_minute(ends_at)
    return verdict.start + terms.duration if terms else verdict.end


def _resources(verdict: Verdict, terms: Terms | None) -> tuple[int, ...]:
    """Give what would do at that site, the one found free first."""
    here = [need.id for need in terms.resources if need.site_id == verdict.site_id] if terms else []
    return tuple(sorted(here, key=lambda one: one != verdict.resource_id))


def _is_counted(terms: Terms | None, agenda: Agenda, day: int) -> bool:
    wishes = agenda.wishes_on(day)
    return bool((terms and terms.counts) or wishes.max_in_a_row is not None or wishes.emergencies)


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)
