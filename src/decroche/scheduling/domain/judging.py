"""May this time be booked, and if not, why? The one place where every rule is applied. Pure.

`Judge.judge` answers for any time. `walking.starts` walks through time and yields, lazily, the starts that `judge` finds
free on a grid; it asks the same questions, the first of them (open? free?) by a sweep over gaps.

The questions, in order; the first refusal is the answer (`Why` lists them all):

1. *when*    not past; the visit type is offered that day, by this channel, to this patient; notice and horizon.
2. *where*   an opening of the site covers it whole, for this visit and asker, released by now; no absence touches it.
             Openings that touch or overlap make one. A group opening (capacity above one) is only given by sessions.
3. *whose*   no appointment or living hold shares a minute with the visit and its buffers, theirs included; or it is a
             seat in a session of the same visit type that is not full.
4. *limits*  the rules that count: see `limits`.

A slot belongs to the civil day of its site on which it starts; so do limits, wishes and half-days. Buffers must be free
of appointments and of their buffers; they may lie outside opening hours or in an absence.
"""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.domain.asking import Asker, Why
from decroche.scheduling.domain.availability import local_ordinal
from decroche.scheduling.domain.busy import NOTHING_USED, Busy, Taken, Using
from decroche.scheduling.domain.closed import absent, covers, not_open
from decroche.scheduling.domain.limits import Limits
from decroche.scheduling.domain.openings import Occurrence
from decroche.scheduling.domain.terms import ANY_VISIT, Terms
from decroche.scheduling.domain.verdicts import Verdict

_RANK = {why: rank for rank, why in enumerate(Why)}


class Judge:
    """One practitioner's agenda, as one asker sees it at one moment, for one visit type.

    `relaxed` leaves out everything that time, a lapsing hold or the counting rules could lift again: what it finds first
    is a lower bound of what can ever be found while the rules stand and nothing booked is freed.
    """

    def __init__(
        self,
        agenda: Agenda,
        visit_type_id: int,
        *,
        asker: Asker,
        now: int,
        busy: Busy,
        used: Mapping[int, Sequence[Using]] = NOTHING_USED,
        ignoring_busy: bool = False,
        relaxed: bool = False,
    ) -> None:
        """Take everything as it is; `busy` and `used` cover what is near the times to be asked about."""
        self.agenda = agenda
        self.visit_type_id = visit_type_id
        self.asker = asker
        self.now = now
        self.busy = busy.without_holds() if relaxed else busy
        self.ignoring_busy = ignoring_busy
        self.relaxed = relaxed
        self.limits = Limits(agenda, visit_type_id, self.busy, used)

    def shut(self, occurrence: Occurrence, terms: Terms) -> Why | None:
        """Say why this opening is not for this visit and asker now; None when it is."""
        rule = occurrence.rule
        if (
            rule.visit_types
            and self.visit_type_id not in rule.visit_types
            and self.visit_type_id != ANY_VISIT
        ):
            return Why.OTHER_TYPES
        if rule.reserved_for and not is_for(rule.reserved_for, terms, self.asker):
            return Why.RESERVED
        if occurrence.released_at > self.now and not self.relaxed:
            return Why.NOT_RELEASED
        return None

    def judge(self, start: int, end: int | None = None, site_id: int | None = None) -> Verdict:
        """Judge one time at one site, or at whichever of the practitioner's sites it is free.

        Without a site, the reason is that of the site where the questions came furthest. O(what is near that time).
        """
        sites = [site_id] if site_id is not None else list(self.agenda.sites)
        verdicts = [self._judge_at(start, end, site) for site in sites]
        free = next((verdict for verdict in verdicts if verdict.why is None), None)
        nowhere = Verdict(Why.CLOSED, start, start + 1 if end is None else end)
        return free or max(verdicts, key=lambda one: _RANK[one.why or Why.PAST], default=nowhere)

    def _judge_at(self, start: int, end: int | None, site_id: int) -> Verdict:
        zone = self.agenda.sites.get(site_id)
        if zone is None:
            return self._never_there(start, end, site_id)
        day = local_ordinal(zone, start)
        terms = self.agenda.terms(self.visit_type_id, day)
        verdict = Verdict(None, start, start + 1 if end is None else end, site_id, zone, terms)
        if start < self.now:
            return verdict._replace(why=Why.PAST)
        if terms is None:
            following = self.agenda.next_offered(self.visit_type_id, day)
            return verdict._replace(why=Why.NOT_OFFERED, from_day=following)
        verdict = verdict._replace(end=start + terms.duration if end is None else end)
        for question in (self._when, self._where, self._whose, self.limits.refuse):
            verdict = question(verdict, terms, zone, day)
            if verdict.why is not None:
                break
        return verdict

    def _never_there(self, start: int, end: int | None, site_id: int) -> Verdict:
        """Answer for a site at which this practitioner never receives."""
        found = [self._judge_at(start, end, other) for other in self.agenda.sites]
        elsewhere = next((one for one in found if one.why is None), None)
        if elsewhere is None:
            return Verdict(Why.CLOSED, start, start + 1 if end is None else end, site_id)
        return elsewhere._replace(why=Why.OTHER_SITE, site_id=site_id, other_site_id=elsewhere.site_id)

    def _when(self, verdict: Verdict, terms: Terms, zone: ZoneInfo, day: int) -> Verdict:
        """Ask whether this asker may have such a visit, that day, so soon or so late."""
        why = terms.refusal(self.asker)
        if why is not None:
            return verdict._replace(why=why)
        verdict = self.wished(verdict, day)
        if verdict.why is not None:
            return verdict
        if verdict.start < self.now + terms.notice:
            return verdict._replace(why=Why.TOO_SOON, until=self.now + terms.notice)
        last_day = self.last_day(terms, zone)
        if last_day is not None and day > last_day:
            return verdict._replace(why=Why.TOO_FAR, until_day=last_day)
        return verdict

    def wished(self, verdict: Verdict, day: int) -> Verdict:
        """Ask the wish for no new patients."""
        if verdict.why is None and self.asker.is_new_patient and self.agenda.wishes_on(day).no_new:
            return verdict._replace(why=Why.NO_NEW_PATIENTS, until_day=self.agenda.last_day_of("no_new", day))
        return verdict

    def last_day(self, terms: Terms, zone: ZoneInfo) -> int | None:
        """Give the last day within the horizon; None when it is endless."""
        if terms.horizon_days is None or self.relaxed:
            return None
        return local_ordinal(zone, self.now) + terms.horizon_days

    def _where(self, verdict: Verdict, terms: Terms, zone: ZoneInfo, day: int) -> Verdict:  # noqa: ARG002
        """Ask whether the practitioner receives there and then, for this visit and asker."""
        start, end = verdict.start, verdict.end
        if any(span.start < end and start < span.end for span in self.agenda.absences):
            return absent(self.agenda, verdict)
        here = {
            one: self.shut(one, terms)
            for one in self.agenda.around(day)
            if one.rule.site_id == verdict.site_id
        }
        fitting = [one for one, why in here.items() if why is None]
        capacity = max(
            (one.rule.capacity for one in fitting if is_session(one, terms, start, end)), default=0
        )
        if capacity:
            return verdict._replace(capacity=capacity)
        if covers([(one.start, one.end) for one in fitting if one.rule.capacity == 1], start, end):
            return verdict
        return not_open(self.agenda, verdict, here, terms, now=self.now, day=day)

    def _whose(self, verdict: Verdict, terms: Terms, zone: ZoneInfo, day: int) -> Verdict:  # noqa: ARG002
        """Ask whether someone already has that time."""
        start, end = verdict.start, verdict.end
        seats = set()
        for row in self.busy.touching(start - terms.before, end + terms.after):
            if verdict.capacity > 1 and self.is_same_session(row, start, end):
                seats.add(row.lane)
            elif not self.ignoring_busy:
                overlaps = row.start < end and start < row.end
                why = (Why.HELD if row.is_hold else Why.TAKEN) if overlaps else Why.BUFFER
                return verdict._replace(why=why, until=row.end)
        if verdict.capacity == 1:
            return verdict
        lane = next((lane for lane in range(verdict.capacity) if lane not in seats), None)
        if lane is None and not self.ignoring_busy:
            return verdict._replace(why=Why.SESSION_FULL, most=verdict.capacity, seats_left=0)
        return verdict._replace(lane=lane, seats_left=verdict.capacity - len(seats))

    def is_same_session(self, row: Taken, start: int, end: int) -> bool:
        """Tell whether the row is a seat of the session of this visit type that takes exactly that time."""
        return (
            row.is_seat and row.start == start and row.end == end and row.visit_type_id == self.visit_type_id
        )


def is_for(reserved_for: str, terms: Terms, asker: Asker) -> bool:
    """Tell whether an opening reserved for some is for this visit or asker."""
    return {
        "new": asker.is_new_patient is True,
        "emergency": terms.emergency,
        "video": terms.place == "video",
        "referral": asker.referred,
    }[reserved_for]


def is_session(one: Occurrence, terms: Terms, start: int, end: int) -> bool:
    """Tell whether `[start, end)` is one of the sessions of a group opening: every `stride` from its beginning."""
    return (
        one.rule.capacity > 1
        and one.start <= start
        and end <= one.end
        and end - start == terms.duration
        and (start - one.start) % terms.stride == 0
    )
