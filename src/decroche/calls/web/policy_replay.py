"""Replay a past day under two policies and lay the two out side by side: figures, curves, and the same as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from decroche.calls.actions.rules_of_secretariat import POLICY_FIELDS
from decroche.calls.domain.simulator import Arrival, Durations, HalfHour, Report, Scenario, simulate
from decroche.calls.models import DistributionPolicy
from decroche.calls.queries_day import Recorded
from decroche.calls.switchboard.directory import sharing_of
from decroche.ui import formats

SEEDS: Final = (1, 2)  # the same chances for both policies
LOADS: Final = (100, 125, 150)
KEPT_FOR: Final = 3600
WRAP_UP_SPREAD: Final = 0.5
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 190, 46, 12, 26  # of the picture, in its own units
_NNBSP: Final = "\u202f"


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold one figure under both policies; ``trend`` is "better", "worse" or empty."""

    label: str
    now: str
    then: str
    trend: str
    change: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Hold one line of a picture's scale."""

    at: int
    label: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Hold one picture: two lines over the half-hours, and its scales."""

    key: str
    title: str
    summary: str
    now: str  # "x,y x,y …"
    then: str
    ups: tuple[Tick, ...]
    hours: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one half-hour of the table: for each picture, now and then."""

    label: str
    arrived: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """Hold all that the panel shows."""

    day: date
    load: int
    calls: int
    people: int
    is_cut: bool
    is_same: bool
    figures: tuple[Figure, ...]
    curves: tuple[Curve, ...]
    rows: tuple[Row, ...]


def replay(
    recorded: Recorded, present: DistributionPolicy, edited: DistributionPolicy, *, load: int, zone: ZoneInfo
) -> Replay:
    """Replay the day under both; the same policy gives the same curves."""
    scenario = loaded(recorded.scenario, load)
    now = _reports(recorded.day, scenario, present, load)
    then = _reports(recorded.day, scenario, edited, load)
    return Replay(
        recorded.day,
        load,
        len(scenario.arrivals),
        len(scenario.workers),
        recorded.is_cut,
        now == then,
        tuple(_figures(now, then)),
        tuple(_curve(measure, now, then, zone) for measure in _MEASURES),
        tuple(_rows(now, then, zone)),
    )


def loaded(scenario: Scenario, load: int) -> Scenario:
    """Return the same day with more callers: one in four or one in two calls twice, half a minute later."""
    if load <= LOADS[0]:
        return scenario
    every = 100 // (load - 100)
    more = [
        replace(a, at=a.at + timedelta(seconds=37), caller_number="", talk=None, patience=None)
        for a in scenario.arrivals[::every]
    ]
    latest = scenario.day.end - timedelta(seconds=1)
    arrivals: list[Arrival] = [*scenario.arrivals, *(replace(a, at=min(a.at, latest)) for a in more)]
    return replace(scenario, arrivals=tuple(sorted(arrivals, key=lambda a: a.at)))


def _reports(day: date, scenario: Scenario, row: DistributionPolicy, load: int) -> tuple[Report, ...]:
    """Replay under one policy; a day that is over replays alike, so it is kept a while."""
    values = ".".join(str(getattr(row, name)) for name in POLICY_FIELDS)
    key = f"replay.{row.secretariat_id}.{day}.{load}.{len(scenario.arrivals)}.{values}"
    found: tuple[Report, ...] | None = cache.get(key)
    if found is None:
        sharing = sharing_of(row)
        lived = replace(scenario, policy=sharing.routing, wrap_up=Durations(sharing.wrap_up, WRAP_UP_SPREAD))
        found = tuple(simulate(replace(lived, seed=seed)) for seed in SEEDS)
        cache.set(key, found, KEPT_FOR)
    return found


# --- figures ------------------------------------------------------------------------------------


def _percent(share: float) -> str:
    return f"{number_format(round(share * 100))}{_NNBSP}%"


def _seconds(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:  # noqa: PLR2004
        return f"{whole}{_NNBSP}s"
    minutes, left = divmod(whole, 60)
    return f"{minutes}{_NNBSP}min" + (f"{_NNBSP}{left:02d}" if left else "")


def _points(change: float) -> str:
    return _("%(change)s pt") % {"change": f"{round(change * 100):+d}".replace("-", "−")}


def _signed(seconds: float) -> str:
    return f"{'−' if seconds < 0 else '+'}{_seconds(abs(seconds))}"


def _mean(reports: Sequence[Report], read: Callable[[Report], float]) -> float:
    return sum(read(report) for report in reports) / len(reports)


def _figures(now: Sequence[Report], then: Sequence[Report]) -> list[Figure]:
    shares: tuple[tuple[str, Callable[[Report], float], int], ...] = (
        (_("Répondus en moins de 20 s"), lambda r: r.in_time_share, 1),
        (_("Raccrochent avant réponse"), lambda r: r.abandoned_share, -1),
        (_("Par une secrétaire qui connaît"), lambda r: r.familiar_share, 1),
        (_("Temps occupé, au poste"), lambda r: r.occupancy, 0),
    )
    waits: tuple[tuple[str, Callable[[Report], float], int], ...] = (
        (_("Attente moyenne"), lambda r: r.mean_wait.total_seconds(), -1),
        (_("95 % attendent moins de"), lambda r: r.wait_95.total_seconds(), -1),
        (_("Plus longue attente"), lambda r: r.longest_wait.total_seconds(), -1),
    )
    loads: tuple[tuple[str, Callable[[Report], float], int], ...] = (
        (_("Appels de la plus sollicitée"), lambda r: float(r.calls_of_busiest), 0),
        (_("Appels de la moins sollicitée"), lambda r: float(r.calls_of_idlest), 0),
    )
    return [
        *(_figure(label, read, good, now, then, _percent, _points, 0.005) for label, read, good in shares),
        *(_figure(label, read, good, now, then, _seconds, _signed, 0.5) for label, read, good in waits),
        *(_figure(label, read, good, now, then, _count, _signed_count, 0.5) for label, read, good in loads),
    ]


def _count(value: float) -> str:
    return number_format(round(value))


def _signed_count(value: float) -> str:
    return f"{round(value):+d}".replace("-", "−")


def _figure(
    label: str,
    read: Callable[[Report], float],
    good: int,
    now: Sequence[Report],
    then: Sequence[Report],
    show: Callable[[float], str],
    show_change: Callable[[float], str],
    least: float,
) -> Figure:
    before, after = _mean(now, read), _mean(then, read)
    change = after - before
    if abs(change) < least:
        return Figure(label, show(before), show(after), "", "")
    trend = "" if not good else "better" if (change > 0) == (good > 0) else "worse"
    return Figure(label, show(before), show(after), trend, show_change(change))


# --- pictures -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Measure:
    key: str
    read: Callable[[Sequence[HalfHour]], float | None]
    show: Callable[[float], str]
    top: float | None  # of the scale; None: the highest point's


def _in_time(parts: Sequence[HalfHour]) -> float | None:
    arrived = sum(part.arrived for part in parts)
    return sum(part.answered_in_time for part in parts) / arrived if arrived else None


def _waited(parts: Sequence[HalfHour]) -> float | None:
    answered = sum(part.answered for part in parts)
    total = sum(part.mean_wait.total_seconds() * part.answered for part in parts)
    return total / answered if answered else None


def _busy(parts: Sequence[HalfHour]) -> float | None:
    at_post = sum(part.at_post for part in parts)
    return sum(part.busy * part.at_post for part in parts) / at_post if at_post else None


_MEASURES: Final = (
    _Measure("in-time", _in_time, _percent, 1.0),
    _Measure("wait", _waited, _seconds, None),
    _Measure("busy", _busy, _percent, 1.0),
)


def _title(key: str) -> str:
    return {
        "in-time": _("Appels répondus en moins de 20 s"),
        "wait": _("Attente moyenne avant réponse"),
        "busy": _("Temps occupé des secrétaires au poste"),
    }[key]


def _values(reports: Sequence[Report], measure: _Measure) -> list[float | None]:
    return [measure.read(parts) for parts in zip(*(report.curve for report in reports), strict=True)]


def _curve(measure: _Measure, now: Sequence[Report], then: Sequence[Report], zone: ZoneInfo) -> Curve:
    before, after = _values(now, measure), _values(then, measure)
    top = measure.top or _rounded_up(max([v for v in (*before, *after) if v is not None], default=1.0))
    starts = [part.starts for part in now[0].curve]
    title = _title(measure.key)
    return Curve(
        measure.key,
        title,
        _summary(measure, before, after),
        _line(before, top),
        _line(after, top),
        tuple(Tick(_y(top * share, top), measure.show(top * share)) for share in (0, 0.5, 1)),
        tuple(_hours(starts, zone)),
    )


def _rounded_up(value: float) -> float:
    """Return a round number of seconds above the highest point."""
    return next((float(step) for step in (10, 20, 30, 60, 120, 180, 300, 600) if step >= value), value)


def _x(index: int, count: int) -> int:
    return _LEFT + round((_WIDTH - _LEFT - 8) * (index + 0.5) / count)


def _y(value: float, top: float) -> int:
    return _TOP + round((_HEIGHT - _TOP - _BOTTOM) * (1 - min(value, top) / top))


def _line(values: Sequence[float | None], top: float) -> str:
    """Return the points that exist: a half-hour without callers has none."""
    return " ".join(
        f"{_x(index, len(values))},{_y(value, top)}"
        for index, value in enumerate(values)
        if value is not None
    )


def _hours(starts: Sequence[datetime], zone: ZoneInfo) -> list[Tick]:
    """Name every second hour, or every third of a long day."""
    step = 2 if len(starts) <= 26 else 3  # noqa: PLR2004
    found = []
    for index, start in enumerate(starts):
        local = start.astimezone(zone)
        if local.minute == 0 and local.hour % step == 0:
            half = (_WIDTH - _LEFT - 8) // (2 * len(starts))
            found.append(Tick(_x(index, len(starts)) - half, f"{local.hour}{_NNBSP}h"))
    return found


def _summary(measure: _Measure, before: Sequence[float | None], after: Sequence[float | None]) -> str:
    """Say in one sentence what the picture shows, for those who do not see it."""

    def ends(values: Sequence[float | None]) -> tuple[str, str]:
        known = [value for value in values if value is not None] or [0.0]
        return measure.show(min(known)), measure.show(max(known))

    (low, high), (new_low, new_high) = ends(before), ends(after)
    return _("%(title)s : de %(low)s à %(high)s aujourd’hui, de %(new_low)s à %(new_high)s avec vos réglages.") % {
        "title": _title(measure.key), "low": low, "high": high, "new_low": new_low, "new_high": new_high,
    }  # fmt: skip


def _rows(now: Sequence[Report], then: Sequence[Report], zone: ZoneInfo) -> list[Row]:
    columns = [(m, _values(now, m), _values(then, m)) for m in _MEASURES]
    found = []
    for index, part in enumerate(now[0].curve):
        cells: list[str] = []
        for measure, before, after in columns:
            cells += ["–" if v is None else measure.show(v) for v in (before[index], after[index])]
        found.append(Row(formats.clock(part.starts.astimezone(zone)), str(part.arrived), tuple(cells)))
    return found
