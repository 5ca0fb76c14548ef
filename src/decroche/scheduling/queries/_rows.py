"""Read the rules of many agendas in a fixed number of queries, as the domain's plain values."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from decroche.foundation.statements import rows as _all
from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.domain.availability import Minutes, ceil_minute, floor_minute
from decroche.scheduling.domain.openings import Rule, Span, StandIn
from decroche.scheduling.domain.terms import FOREVER, Need, Offer, Terms
from decroche.scheduling.domain.wishes import Wish

_RULES = """
SELECT r.practitioner_id, r.id, r.site_id, s.timezone, r.weekday, r.starts, r.ends, r.valid_from, r.valid_until, r.every,
       r.every_n, r.anchor, r.nth, r.capacity, r.release, r.release_days, r.release_time, r.release_hours,
       r.reserved_for, r.overrides,
       s.name,
       ARRAY(SELECT x.visittype_id FROM scheduling_openingrule_visit_types x WHERE x.openingrule_id = r.id)
FROM scheduling_openingrule r JOIN practices_site s ON s.id = r.site_id
WHERE r.practitioner_id = ANY(%s) AND (r.valid_until IS NULL OR r.valid_until >= %s)
ORDER BY r.practitioner_id, NOT s.is_main, r.site_id, r.id
"""

_ABSENCES = """
SELECT practitioner_id, starts_at, ends_at, id, kind, reason, locum_id FROM scheduling_absence
WHERE (practitioner_id = ANY(%(ids)s) OR locum_id = ANY(%(ids)s)) AND ends_at > %(since)s ORDER BY starts_at, id
"""

_TYPES = """
SELECT p.id, t.id, t.duration_minutes, t.buffer_before_minutes, t.buffer_after_minutes, t.secretary_may_book,
       t.online_may_book, t.new_patients, t.notice_minutes, t.horizon_days, t.max_per_day, t.max_per_half_day, t.place,
       t.emergency AND t.is_active,
       (SELECT json_agg(json_build_array(r.id, r.site_id, r.name, r.is_active) ORDER BY r.name, r.id)
        FROM scheduling_visittype_resources x JOIN scheduling_resource r ON r.id = x.resource_id
        WHERE x.visittype_id = t.id)
FROM scheduling_visittype t
JOIN (SELECT DISTINCT practice_id AS id FROM practices_practitioner WHERE id = ANY(%s)) p ON p.id = t.practice_id
"""

_OFFERS = """
SELECT practitioner_id, visit_type_id, valid_from, valid_until, duration_minutes, buffer_before_minutes,
       buffer_after_minutes, secretary_may_book, online_may_book, nullif(new_patients, ''), notice_minutes, horizon_days,
       max_per_day, max_per_half_day
FROM scheduling_visitoffer WHERE practitioner_id = ANY(%s)
"""
_OFFERED = (
    "duration",
    "before",
    "after",
    "secretary_may_book",
    "online_may_book",
    "new_patients",
    "notice",
    "horizon_days",
    "max_per_day",
    "max_per_half_day",
)

_WISHES = """
SELECT practitioner_id, kind, valid_from, valid_until, at, coalesce(count, 0), pause_minutes FROM scheduling_wish
WHERE practitioner_id = ANY(%s) AND ended_at IS NULL AND (valid_until IS NULL OR valid_until >= %s) ORDER BY id
"""


class _Away(NamedTuple):
    """A row of absences."""

    practitioner_id: int
    starts_at: datetime
    ends_at: datetime
    id: int
    kind: str
    reason: str
    locum_id: int | None

    @property
    def period(self) -> Minutes:
        return floor_minute(self.starts_at), ceil_minute(self.ends_at)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read for some practitioners, in one go."""

    rules: Mapping[int, tuple[Rule, ...]]
    absences: Collection[_Away]
    closures: Collection[_Away]  # of those whose locum is one of them
    usual: Mapping[int, Mapping[int, Terms]]
    offers: Mapping[int, list[Offer]]
    wishes: Mapping[int, list[Wish]]

    def compile(self, one: int) -> Agenda:
        """Put one practitioner's agenda together."""
        stand_ins = [
            StandIn(
                away.practitioner_id,
                away.period,
                self.rules.get(away.practitioner_id, ()),
                tuple(
                    closure.period
                    for closure in self.closures
                    if closure.practitioner_id == away.practitioner_id
                    and closure.kind in {"closure", "holiday"}
                    and closure.id != away.id
                ),
            )
            for away in self.absences
            if away.locum_id == one
        ]
        absences = [
            Span(*away.period, away.id, away.kind, away.reason, away.locum_id)
            for away in self.absences
            if away.practitioner_id == one
        ]
        return Agenda(
            one,
            rules=self.rules.get(one, ()),
            absences=tuple(absences),
            stand_ins=tuple(stand_ins),
            usual=self.usual.get(one, {}),
            offers=self.offers.get(one, ()),
            wishes=tuple(self.wishes.get(one, ())),
        )


class Version(NamedTuple):
    """How often time may have opened, and how often a rule changed; both 0 while no rule was ever written."""

    time: int = 0
    rules: int = 0


def versions(ids: Collection[int]) -> dict[int, Version]:
    """Read the versions of these practitioners' agendas."""
    ((whose, times, changes),) = _all(
        "SELECT array_agg(practitioner_id), array_agg(version), array_agg(rules) FROM scheduling_agendaversion"
        " WHERE practitioner_id = ANY(%s::bigint[])",
        [list(ids)],
    )
    found = map(Version, times or (), changes or ())
    return dict.fromkeys(ids, Version()) | dict(zip(whose or (), found, strict=True))


def rules(ids: Collection[int], since: date) -> dict[int, tuple[Rule, ...]]:
    """Read the opening rules in force on `since` or later."""
    found: dict[int, list[Rule]] = defaultdict(list)
    for row in _all(_RULES, [list(ids), since - timedelta(days=2)]):
        rule = Rule(
            id=row[1],
            site_id=row[2],
            zone=ZoneInfo(row[3]),
            weekday=row[4],
            starts=_minutes(row[5]) or 0,
            ends=_minutes(row[6]) or 0,
            valid_from=row[7].toordinal(),
            valid_until=row[8] and row[8].toordinal(),
            every=row[9],
            every_n=row[10],
            anchor=row[11] and row[11].toordinal(),
            nth=row[12],
            capacity=row[13],
            release=row[14],
            release_days=row[15],
            release_time=_minutes(row[16]),
            release_hours=row[17],
            reserved_for=row[18],
            overrides=row[19],
            site_name=row[20],
            visit_types=frozenset(row[21]),
        )
        found[row[0]].append(rule)
    return {whose: tuple(owned) for whose, owned in found.items()}


def absences(ids: Collection[int], since: date) -> list[_Away]:
    """Read what still keeps these practitioners away, and the absences in which they stand in for others."""
    floor = datetime.combine(since, time.min, tzinfo=UTC) - timedelta(days=2)
    return [_Away(*row) for row in _all(_ABSENCES, {"ids": list(ids), "since": floor})]


def usual_terms(ids: Collection[int]) -> dict[int, dict[int, Terms]]:
    """Read each practitioner's practice's terms, by visit type; colleagues share them."""
    by_practice: dict[int, dict[int, Terms]] = defaultdict(dict)
    for practice_id, *values, needs in _all(_TYPES, [list(ids)]):
        in_service = tuple(Need(*need[:3]) for need in needs or () if need[3])
        by_practice[practice_id][values[0]] = Terms(*[*values, bool(needs), in_service])
    homes = _all("SELECT id, practice_id FROM practices_practitioner WHERE id = ANY(%s)", [list(ids)])
    return {one: by_practice.get(practice_id, {}) for one, practice_id in homes}


def offers(ids: Collection[int]) -> dict[int, list[Offer]]:
    """Read what these practitioners offer on terms of their own."""
    found: dict[int, list[Offer]] = defaultdict(list)
    for whose, kind, first, last, *values in _all(_OFFERS, [list(ids)]):
        changes = tuple(
            (name, value) for name, value in zip(_OFFERED, values, strict=True) if value is not None
        )
        found[whose].append(Offer(kind, first.toordinal() if first else 1, _last(last), changes))
    return found


def wishes(ids: Collection[int], since: date) -> dict[int, list[Wish]]:
    """Read the wishes in force on `since` or later."""
    found: dict[int, list[Wish]] = defaultdict(list)
    for whose, kind, first, last, at, count, pause in _all(_WISHES, [list(ids), since - timedelta(days=2)]):
        found[whose].append(Wish(kind, first.toordinal(), _last(last), _minutes(at), count, pause))
    return found


def _last(day: date | None) -> int:
    return FOREVER if day is None else day.toordinal()


def _minutes(moment: time | None) -> int | None:
    return None if moment is None else moment.hour * 60 + moment.minute
