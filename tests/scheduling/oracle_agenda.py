"""A slow, obvious second opinion on a whole agenda: every rule read minute by minute, with datetimes and sets.

It shares the values (`Agenda`, `Rule`, `Taken`…) with the engine and none of its reasoning: no sweep, no merging, no cache.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.availability import floor_minute, to_datetime
from decroche.scheduling.domain.busy import Taken, Using
from decroche.scheduling.domain.openings import Rule
from decroche.scheduling.domain.terms import Terms
from decroche.scheduling.domain.wishes import Wish

MINUTE = timedelta(minutes=1)


def wall(zone: ZoneInfo, minute: int) -> datetime:
    return to_datetime(minute).astimezone(zone).replace(tzinfo=None, fold=0)


def falls_on(rule: Rule, day: date) -> bool:
    number = day.toordinal()
    if day.weekday() != rule.weekday or number < rule.valid_from:
        return False
    if rule.valid_until is not None and number > rule.valid_until:
        return False
    week = day.isocalendar()[1]
    if rule.every in {"odd", "even"}:
        return (week % 2 == 1) == (rule.every == "odd")
    if rule.every == "n_weeks":
        anchor = date.fromordinal(rule.anchor)
        mondays = (day - timedelta(days=day.weekday()), anchor - timedelta(days=anchor.weekday()))
        return ((mondays[0] - mondays[1]).days // 7) % rule.every_n == 0
    if rule.every == "nth":
        same = [
            date(day.year, day.month, n)
            for n in range(1, 32)
            if n <= _last_of_month(day) and date(day.year, day.month, n).weekday() == rule.weekday
        ]
        index = -1 if rule.nth == -1 else rule.nth - 1
        return index < len(same) and same[index] == day
    return True


def _last_of_month(day: date) -> int:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


@dataclass(eq=False)
class Oracle:
    """One question to one agenda; `first` and `last` bound the minutes that are looked at."""

    agenda: Agenda
    kind: int
    asker: Asker
    now: int
    first: int
    last: int
    rows: list[Taken] = field(default_factory=list)
    used: dict[int, list[Using]] = field(default_factory=dict)
    known: dict = field(default_factory=dict)  # answers given before, nothing more

    # --- what is open -----------------------------------------------------------------------------------------------

    @cached_property
    def turns(self) -> list[tuple[Rule, set[int], int, int | None]]:
        """Give (rule, its open minutes, when released, absent practitioner) for each rule and day around."""
        found = []
        day = to_datetime(self.first).date() - timedelta(days=3)
        while day <= to_datetime(self.last).date() + timedelta(days=2):
            found += self._turns(self.agenda.rules, day, None)
            for stand_in in self.agenda.stand_ins:
                for rule, minutes, released, _ in self._turns(stand_in.rules, day, stand_in.practitioner_id):
                    kept = {m for m in minutes if stand_in.period[0] <= m < stand_in.period[1]}
                    kept = {m for m in kept if not any(a <= m < b for a, b in stand_in.closed)}
                    found.append((rule, kept, released, stand_in.practitioner_id))
            day += timedelta(days=1)
        return found

    def _turns(self, rules, day: date, absent: int | None):
        todays = [rule for rule in rules if falls_on(rule, day)]
        if any(rule.overrides for rule in todays):
            todays = [rule for rule in todays if rule.overrides]
        return [self._turn(rule, day, absent) for rule in todays]

    def _turn(self, rule: Rule, day: date, absent: int | None):
        midnight = datetime.combine(day, datetime.min.time())
        begins = midnight + rule.starts * MINUTE
        ends = midnight + (rule.ends + (1440 if rule.ends <= rule.starts else 0)) * MINUTE
        at = min((wish.at for wish in self._wishes(day, "end_at")), default=None)
        if at is not None:
            ends = min(ends, midnight + at * MINUTE)
        around = range(
            floor_minute(midnight.replace(tzinfo=rule.zone)) - 120,
            floor_minute(midnight.replace(tzinfo=rule.zone)) + 3100,
        )
        minutes = {m for m in around if begins <= wall(rule.zone, m) < ends}
        released = -(10**12)
        if rule.release == "hours":
            released = min(minutes, default=0) - 60 * rule.release_hours
        if rule.release == "time":
            moment = midnight - timedelta(days=rule.release_days) + rule.release_time * MINUTE
            low = floor_minute(moment.replace(tzinfo=rule.zone)) - 200
            released = next(m for m in range(low, low + 500) if wall(rule.zone, m) >= moment)
        return rule, minutes, released, absent

    def _wishes(self, day: date, kind: str) -> list[Wish]:
        number = day.toordinal()
        return [w for w in self.agenda.wishes if w.kind == kind and w.first_day <= number <= w.last_day]

    def suits(self, rule: Rule, released: int, terms: Terms) -> bool:
        if rule.visit_types and self.kind not in rule.visit_types:
            return False
        if rule.reserved_for == "new" and self.asker.is_new_patient is not True:
            return False
        if rule.reserved_for == "emergency" and not terms.emergency:
            return False
        if rule.reserved_for == "video" and terms.place != "video":
            return False
        if rule.reserved_for == "referral" and not self.asker.referred:
            return False
        return released <= self.now

    def open_minutes(self, site: int, terms: Terms) -> set[int]:
        if (site, terms) not in self.known:
            self.known[site, terms] = self._open_minutes(site, terms)
        return self.known[site, terms]

    def _open_minutes(self, site: int, terms: Terms) -> set[int]:
        """Ordinary openings of a site, absences taken away."""
        found: set[int] = set()
        for rule, minutes, released, _ in self.turns:
            if rule.site_id == site and rule.capacity == 1 and self.suits(rule, released, terms):
                found |= minutes
        return found - self.away

    @cached_property
    def away(self) -> set[int]:
        return {
            m
            for span in self.agenda.absences
            for m in range(max(span.start, self.first - 5000), min(span.end, self.last + 5000))
        }

    def terms_on(self, day: date) -> Terms | None:
        from dataclasses import replace

        usual = self.agenda.usual[self.kind]
        if not self.agenda.offers:
            return usual
        for offer in self.agenda.offers:
            if offer.visit_type_id == self.kind and offer.first_day <= day.toordinal() <= offer.last_day:
                return replace(usual, **dict(offer.changes))
        return None

    # --- one time ---------------------------------------------------------------------------------------------------

    def sessions(self, site: int, terms: Terms) -> dict[int, int]:
        if ("sessions", site, terms) not in self.known:
            self.known["sessions", site, terms] = self._sessions(site, terms)
        return self.known["sessions", site, terms]

    def _sessions(self, site: int, terms: Terms) -> dict[int, int]:
        """Starts of group sessions and how many may come."""
        found: dict[int, int] = {}
        for rule, minutes, released, _ in self.turns:
            if rule.site_id != site or rule.capacity == 1 or not self.suits(rule, released, terms):
                continue
            beginnings = [m for m in minutes if m - 1 not in minutes]
            for begins in beginnings:
                start = begins
                while all(m in minutes for m in range(start, start + terms.duration)):
                    found[start] = max(found.get(start, 0), rule.capacity)
                    start += terms.before + terms.duration + terms.after
        return found

    def bookable(self, start: int, site: int) -> bool:  # noqa: PLR0911
        zone = self.agenda.sites[site]
        day = wall(zone, start).date()
        terms = self.terms_on(day)
        if terms is None or start < self.now + terms.notice or start < self.now:
            return False
        today = wall(zone, self.now).date()
        if terms.horizon_days is not None and day > today + timedelta(days=terms.horizon_days):
            return False
        if not self._may_ask(terms, day):
            return False
        end = start + terms.duration
        capacity = self.sessions(site, terms).get(start, 0)
        if any(m in self.away for m in range(start, end)):
            return False
        if not capacity and not all(m in self.open_minutes(site, terms) for m in range(start, end)):
            return False
        region = set(range(start - terms.before, end + terms.after))
        seats = 0
        for row in self.rows:
            if not region & set(range(row.busy_from, row.busy_until)):
                continue
            same = row.lane is not None and row.lane < 1000 and (row.start, row.end) == (start, end)
            if not (capacity and same and row.visit_type_id == self.kind):
                return False
            seats += 1
        if capacity and seats >= capacity:
            return False
        return self._within_limits(start, end, site, terms, seats)

    def _may_ask(self, terms: Terms, day: date) -> bool:
        if self.asker.channel == "secretary" and not terms.secretary_may_book:
            return False
        if self.asker.channel == "online" and not terms.online_may_book:
            return False
        if terms.new_patients == "only_new" and self.asker.is_new_patient is False:
            return False
        if self.asker.is_new_patient is True:
            return terms.new_patients != "only_known" and not self._wishes(day, "no_new")
        return True

    def _within_limits(self, start: int, end: int, site: int, terms: Terms, seats: int) -> bool:
        zone = self.agenda.sites[site]
        here = wall(zone, start)
        that_day = [
            wall(zone, row.start)
            for row in self.rows
            if row.visit_type_id == self.kind and wall(zone, row.start).date() == here.date()
        ]
        if terms.max_per_day is not None and len(that_day) >= terms.max_per_day:
            return False
        same_half = [moment for moment in that_day if (moment.hour < 13) == (here.hour < 13)]
        if terms.max_per_half_day is not None and len(same_half) >= terms.max_per_half_day:
            return False
        if not self._pauses(start, end, here.date()) or not self._keeps(start, end, zone, terms):
            return False
        return self._has_resource(start, end, site, terms, seats)

    def _pauses(self, start: int, end: int, day: date) -> bool:
        wishes = self._wishes(day, "max_in_a_row")
        if not wishes:
            return True
        pause, most = max(w.pause for w in wishes), min(w.count for w in wishes)
        visits = {(row.start, row.end) for row in self.rows}
        if (start, end) in visits:
            return True
        row = {(start, end)}
        grown = True
        while grown:
            near = {v for v in visits - row if any(v[0] - u[1] < pause and u[0] - v[1] < pause for u in row)}
            row |= near
            grown = bool(near)
        return len(row) <= most

    def _keeps(self, start: int, end: int, zone: ZoneInfo, terms: Terms) -> bool:
        if terms.emergency:
            return True
        region = set(range(start - terms.before, end + terms.after))
        emergencies = {kind for kind, usual in self.agenda.usual.items() if usual.emergency}
        for day, morning in {(wall(zone, m).date(), wall(zone, m).hour < 13) for m in region}:
            wished = max((w.count for w in self._wishes(day, "emergency")), default=0)
            given = sum(
                1
                for row in self.rows
                if row.visit_type_id in emergencies
                and (wall(zone, row.start).date(), wall(zone, row.start).hour < 13) == (day, morning)
            )
            if wished - given <= 0:
                continue
            room = self._emergency_room(day, morning, zone, emergencies)
            before, after = (self._fit(m, day, zone) for m in (room, room - region))
            if after < wished - given and after < before:
                return False
        return True

    def _emergency_room(self, day: date, morning: bool, zone: ZoneInfo, emergencies: set[int]) -> set[int]:
        room: set[int] = set()
        for rule, minutes, _, _ in self.turns:
            suits = not rule.visit_types or rule.visit_types & emergencies
            if suits and rule.capacity == 1 and rule.reserved_for in {"", "emergency"}:
                room |= minutes
        room -= self.away
        for row in self.rows:
            room -= set(range(row.busy_from, row.busy_until))
        return {m for m in room if (wall(zone, m).date(), wall(zone, m).hour < 13) == (day, morning)}

    def _fit(self, room: set[int], day: date, zone: ZoneInfo) -> int:
        offered = [
            t.duration
            for kind, usual in self.agenda.usual.items()
            if usual.emergency
            and (t := Oracle(self.agenda, kind, self.asker, self.now, self.first, self.last).terms_on(day))
        ]
        length, count, m = min(offered, default=15), 0, min(room, default=0)
        aligned = False
        while m <= max(room, default=-1):
            if m - 1 not in room:
                aligned = False
            aligned = aligned or wall(zone, m).minute % 5 == 0
            if m in room and aligned and all(n in room for n in range(m, m + length)):
                count, m = count + 1, m + length
            else:
                m += 1
        return count

    def _has_resource(self, start: int, end: int, site: int, terms: Terms, seats: int) -> bool:
        if not terms.needs_resource:
            return True
        region = set(range(start - terms.before, end + terms.after))
        joins = bool(self.sessions(site, terms).get(start))
        for need in terms.resources:
            if need.site_id != site:
                continue
            clashing = [
                u for u in self.used.get(need.id, []) if region & set(range(u.busy_from, u.busy_until))
            ]
            own = any(
                (u.practitioner_id, u.start, u.is_seat) == (self.agenda.practitioner_id, start, True)
                for u in clashing
            )
            if not clashing or (joins and own):
                return True
        return False

    # --- the walk ---------------------------------------------------------------------------------------------------

    def proposals(self) -> list[tuple[int, int]]:
        """Every (start, site) proposed, by the grid of the engine's own description."""
        found = []
        for rank, site in enumerate(self.agenda.sites):
            days = {wall(self.agenda.sites[site], m).date() for m in (self.first, self.last)}
            days |= {wall(self.agenda.sites[site], m).date() for m in range(self.first, self.last, 60)}
            starts: set[int] = set()
            for terms in {self.terms_on(day) for day in days} - {None}:
                mine = {day for day in days if self.terms_on(day) == terms}
                starts |= self._walk(site, terms, mine)
            found += [(start, rank, site) for start in starts]
        return [(start, site) for start, _, site in sorted(found)]

    def _walk(self, site: int, terms: Terms, days: set[date]) -> set[int]:
        zone = self.agenda.sites[site]
        busy = {
            m
            for row in self.rows
            if row.busy_until > row.busy_from
            for m in range(row.busy_from - terms.after, row.busy_until + terms.before)
        }
        gap = self.open_minutes(site, terms) - busy
        found, not_before = set(), self.first
        for m in range(max(self.first, self.now + terms.notice), self.last):
            if wall(zone, m).date() not in days or m not in gap:
                not_before = m
                continue
            if wall(zone, m).minute % 5 or m < not_before:
                continue
            if all(n in gap for n in range(m, m + terms.duration)):
                free = self.bookable(m, site)
                not_before = m + (terms.before + terms.duration + terms.after if free else 5)
                if free:
                    found.add(m)
        sessions = {
            m
            for m in self.sessions(site, terms)
            if self.first <= m < self.last and wall(zone, m).date() in days
        }
        return found | {m for m in sessions if self.bookable(m, site)}
