"""Say whether a caller may be put through to a practitioner now, how, and why.

A do-not-disturb concerns transfers only: secretaries always answer. What it refuses is refused to the secretary,
in words, never to the caller by the machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from decroche.calls.domain.routing import Urgency


class Reach(StrEnum):
    """Name what a practitioner does, as far as calls are concerned."""

    FREE = "free"
    IN_CONSULTATION = "in_consultation"
    ON_ROUNDS = "on_rounds"
    URGENT_ONLY = "urgent_only"
    COLLEAGUES_ONLY = "colleagues_only"


class How(StrEnum):
    """Name how a caller is put through."""

    AT_ONCE = "at_once"
    ANNOUNCED = "announced"  # the secretary speaks to the practitioner first
    NOT = "not"


class ReachWhy(StrEnum):
    """Name the reason; ``calls.wording`` says it in words."""

    IS_FREE = "is_free"
    IS_EMERGENCY = "is_emergency"
    ON_WHITE_LIST = "on_white_list"
    IS_COLLEAGUE = "is_colleague"
    IN_CONSULTATION = "in_consultation"
    ON_ROUNDS = "on_rounds"
    URGENT_ONLY = "urgent_only"
    COLLEAGUES_ONLY = "colleagues_only"


@dataclass(frozen=True, slots=True)
class Reachability:
    """Hold a practitioner's word on being disturbed. Past ``until`` he is free again."""

    state: Reach = Reach.FREE
    until: datetime | None = None
    white_list: Mapping[str, str] | None = None  # number → who it is: "Laboratoire Biolys"
    announce_always: bool = False  # even when free


@dataclass(frozen=True, slots=True)
class Passage:
    """Say whether and how a caller may be put through."""

    how: How
    why: ReachWhy
    until: datetime | None = None  # a refusal holds until then
    who: str = ""  # the name on the white list

    @property
    def may(self) -> bool:
        return self.how is not How.NOT


_COLLEAGUES_PASS = frozenset({Reach.ON_ROUNDS, Reach.COLLEAGUES_ONLY})
_REFUSALS = {
    Reach.IN_CONSULTATION: ReachWhy.IN_CONSULTATION,
    Reach.ON_ROUNDS: ReachWhy.ON_ROUNDS,
    Reach.URGENT_ONLY: ReachWhy.URGENT_ONLY,
    Reach.COLLEAGUES_ONLY: ReachWhy.COLLEAGUES_ONLY,
}


def passage(reachability: Reachability, *, caller_number: str, urgency: Urgency, now: datetime) -> Passage:
    """Say whether this caller may be put through.

    An emergency passes always, and so does a number on the white list; both are announced, since whoever is
    interrupted must first hear why, and since a number on a display proves nothing. Colleagues pass on rounds
    and in "colleagues only". ``urgency`` is what the secretary judged, not what the caller id says.
    """
    state, until = reachability.state, reachability.until
    if until is not None and now >= until:
        state, until = Reach.FREE, None
    who = (reachability.white_list or {}).get(caller_number, "") if caller_number else ""
    if state is Reach.FREE:
        how = How.ANNOUNCED if reachability.announce_always else How.AT_ONCE
        return Passage(how, ReachWhy.IS_FREE, who=who)
    if urgency is Urgency.EMERGENCY:
        return Passage(How.ANNOUNCED, ReachWhy.IS_EMERGENCY, who=who)
    if who:
        return Passage(How.ANNOUNCED, ReachWhy.ON_WHITE_LIST, who=who)
    if urgency is Urgency.COLLEAGUE and state in _COLLEAGUES_PASS:
        return Passage(How.ANNOUNCED, ReachWhy.IS_COLLEAGUE)
    return Passage(How.NOT, _REFUSALS[state], until)
