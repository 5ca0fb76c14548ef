"""Replay a day of calls through the real ``decide()``, without telephony, thousands of times faster than it lasts."""

from decroche.calls.domain.simulator.replay import simulate
from decroche.calls.domain.simulator.report import HalfHour, Report
from decroche.calls.domain.simulator.scenario import (
    Arrival,
    Durations,
    Rate,
    Scenario,
    Shift,
    Worker,
    draw_arrivals,
)

__all__ = [
    "Arrival",
    "Durations",
    "HalfHour",
    "Rate",
    "Report",
    "Scenario",
    "Shift",
    "Worker",
    "draw_arrivals",
    "simulate",
]
