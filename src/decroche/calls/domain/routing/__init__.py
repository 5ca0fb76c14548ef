"""Decide who is offered which call: from frozen facts to frozen decisions, with the reasons."""

from decroche.calls.domain.routing.deciding import decide
from decroche.calls.domain.routing.decisions import (
    Decision,
    KeepWaiting,
    Offer,
    Overflow,
    PassedOver,
    Reason,
    Why,
)
from decroche.calls.domain.routing.facts import (
    Acquaintance,
    Ceiling,
    Facts,
    Familiarity,
    Policy,
    PostFact,
    TeamPlan,
    TeamStep,
    Urgency,
    WaitingCall,
)
from decroche.calls.domain.routing.people import acquaintance
from decroche.calls.domain.routing.standing import Standing

__all__ = [
    "Acquaintance",
    "Ceiling",
    "Decision",
    "Facts",
    "Familiarity",
    "KeepWaiting",
    "Offer",
    "Overflow",
    "PassedOver",
    "Policy",
    "PostFact",
    "Reason",
    "Standing",
    "TeamPlan",
    "TeamStep",
    "Urgency",
    "WaitingCall",
    "Why",
    "acquaintance",
    "decide",
]
