"""Everything that an agenda's owner decided, compiled: rules, absences, terms, wishes of one practitioner. Pure.

Nothing here depends on the time of day nor on what is booked, so that it can be kept as long as nobody changes a rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from decroche.scheduling.domain.availability import Minutes, merge
from decroche.scheduling.domain.openings import Occurrence, Rule, Span, StandIn, occurrences_on, stand_in_on
from decroche.scheduling.domain.terms import (
    ANY_VISIT,
    ANY_VISIT_MINUTES,
    Era,
    Offer,
    Terms,
    eras_of,
    terms_on,
)
from decroche.scheduling.domain.wishes import NO_WISH, DayWishes, Wish, last_day_of, wishes_on

#: Days kept expanded; a search of six months fits in.
_DAYS_KEPT = 400


@dataclass(slots=True, eq=False)
class Agenda:
    """One practitioner's agenda; days are expanded when first asked for, and kept.

    Safe to share between threads: what is kept is only ever replaced by an equal value.
    """

    practitioner_id: int
    rules: tuple[Rule, ...] = ()
    absences: tuple[Span, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()
    usual: Mapping[int, Terms] = field(default_factory=dict)  # by visit type
    offers: Sequence[Offer] = ()
    wishes: tuple[Wish, ...] = ()
    _days: dict[int, tuple[Occurrence, ...]] = field(default_factory=dict)
    _eras: dict[int, tuple[Era, ...]] = field(default_factory=dict)
    _away: tuple[Minutes, ...] | None = None
    _sites: dict[int, ZoneInfo] | None = None

    def occurrences(self, day: int) -> tuple[Occurrence, ...]:
        """Give all that begins on a day, in order; O(rules) the first time, O(1) then."""
        found = self._days.get(day)
        if found is None:
            found = self._expand(day)
            if len(self._days) >= _DAYS_KEPT:
                self._days = {}
            self._days[day] = found
        return found

    def _expand(self, day: int) -> tuple[Occurrence, ...]:
        end_at = self.wishes_on(day).end_at
        found = occurrences_on(self.rules, day, end_at=end_at)
        for stand_in in self.stand_ins:
            found += stand_in_on(stand_in, day, end_at=end_at)
        return tuple(sorted(found, key=lambda one: (one.start, one.end, one.rule.id)))

    def around(self, day: int) -> Iterator[Occurrence]:
        """Give what can hold a minute of that day: the day's own, and what began the evening before."""
        yield from self.occurrences(day - 1)
        yield from self.occurrences(day)

    @property
    def away(self) -> tuple[Minutes, ...]:
        """Give the absences, merged."""
        if self._away is None:
            self._away = tuple(merge((span.start, span.end) for span in self.absences))
        return self._away

    def wishes_on(self, day: int) -> DayWishes:
        return wishes_on(self.wishes, day) if self.wishes else NO_WISH

    def eras(self, visit_type_id: int) -> tuple[Era, ...]:
        """Give the eras of a visit type; none when the practitioner never receives for it."""
        found = self._eras.get(visit_type_id)
        if found is None:
            usual = self.usual.get(visit_type_id)
            found = eras_of(usual, self.offers) if usual else ()
            self._eras[visit_type_id] = found
        return found

    def terms(self, visit_type_id: int, day: int) -> Terms | None:
        """Give the terms of a visit type on a day; None when it is not offered then."""
        return terms_on(self.eras(visit_type_id), day)

    def for_any_visit(self) -> "Agenda":
        """Give the same agenda with a quarter of an hour of no visit type in particular, for screens; O(1)."""
        looked_at = Agenda(
            self.practitioner_id,
            self.rules,
            self.absences,
            self.stand_ins,
            usual={**self.usual, ANY_VISIT: Terms(ANY_VISIT, ANY_VISIT_MINUTES)},
            wishes=self.wishes,
        )
        looked_at._days = self._days
        return looked_at

    def next_offered(self, visit_type_id: int, day: int) -> int | None:
        """Give the first day after `day` on which the visit type is offered."""
        return min((era.first_day for era in self.eras(visit_type_id) if era.first_day > day), default=None)

    def emergency_minutes(self, day: int) -> int | None:
        """Give the length of the shortest emergency visit received that day; None without any."""
        lengths = (
            terms.duration
            for kind, usual in self.usual.items()
            if usual.emergency and (terms := self.terms(kind, day)) is not None
        )
        return min(lengths, default=None)

    @property
    def sites(self) -> Mapping[int, ZoneInfo]:
        """Give the sites where anything is ever open, and their zones."""
        if self._sites is None:
            self._sites = {rule.site_id: rule.zone for rule in self._every_rule()}
        return self._sites

    def site_name(self, site_id: int | None) -> str:
        """Give the name of one of these sites; empty for another."""
        return next((rule.site_name for rule in self._every_rule() if rule.site_id == site_id), "")

    @property
    def has_groups(self) -> bool:
        return any(rule.capacity > 1 for rule in self._every_rule())

    def _every_rule(self) -> Iterator[Rule]:
        yield from self.rules
        for stand_in in self.stand_ins:
            yield from stand_in.rules

    @property
    def emergency_types(self) -> frozenset[int]:
        return frozenset(kind for kind, terms in self.usual.items() if terms.emergency)

    def last_day_of(self, kind: str, day: int) -> int | None:
        """Give the last day of the stretch, from `day` on, in which such a wish holds; None when endless."""
        return last_day_of(self.wishes, kind, day)

    def wishes_order(self, first_day: int, last_day: int) -> bool:
        """Tell whether some wish orders the slots of some day in between."""
        return any(
            wish.kind in {"fill_gaps", "mornings_first", "group_home"}
            and wish.first_day <= last_day
            and first_day <= wish.last_day
            for wish in self.wishes
        )

    def looks_around(self, visit_type_id: int) -> bool:
        """Tell whether judging a time needs more of the day's appointments than those that touch it."""
        return bool(self.wishes) or any(era.terms.counts for era in self.eras(visit_type_id))
