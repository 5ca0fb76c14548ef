"""Name things on the exchange so that a fresh switchboard recognises them."""

import re
from functools import lru_cache
from typing import Final
from uuid import UUID

from decroche.calls.ports import PartyLeg, SecretaryLeg

_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_LEG: Final = re.compile(rf"a-(\d+)-({_UUID})-(\d+)")
_BRIDGE: Final = re.compile(rf"c-({_UUID})")
_PARTY: Final = re.compile(rf"p-({_UUID})-(\d+)")
_CALLED: Final = re.compile(rf"o-({_UUID})")
_EAR: Final = re.compile(rf"e-(\d+)-({_UUID})")
_SNOOP: Final = re.compile(rf"y-({_UUID})-([lw])")
_OURS: Final = re.compile(rf"[cdl]-({_UUID})")
_PHONE: Final = re.compile(r"s(\d+)(?:-.*)?")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_NAME_LONGEST: Final = 80
_NUMBER_LONGEST: Final = 40
# Each name is read some ten times in the life of what bears it, and rarely more than this live.
_often: Final = lru_cache(maxsize=512)


def leg_id(leg: SecretaryLeg) -> str:
    return f"a-{leg.user_id}-{leg.call_id}-{leg.attempt}"


@_often
def parse_leg(channel_id: str) -> SecretaryLeg | None:
    found = _LEG.fullmatch(channel_id)
    return SecretaryLeg(UUID(found[2]), int(found[1]), int(found[3])) if found else None


def bridge_id(call_id: UUID) -> str:
    return f"c-{call_id}"


def parse_bridge(identifier: str) -> UUID | None:
    found = _BRIDGE.fullmatch(identifier)
    return UUID(found[1]) if found else None


def party_id(party: PartyLeg) -> str:
    return f"p-{party.call_id}-{party.attempt}"


@_often
def parse_party(channel_id: str) -> PartyLeg | None:
    found = _PARTY.fullmatch(channel_id)
    return PartyLeg(UUID(found[1]), int(found[2])) if found else None


def called_id(call_id: UUID) -> str:
    """Name the channel of the person whom an outgoing call rings."""
    return f"o-{call_id}"


@_often
def parse_called(channel_id: str) -> UUID | None:
    found = _CALLED.fullmatch(channel_id)
    return UUID(found[1]) if found else None


def aside_id(call_id: UUID) -> str:
    """Name the bridge where secretary and third person talk while the caller hears music."""
    return f"d-{call_id}"


def ear_id(user_id: int, call_id: UUID) -> str:
    """Name the channel of a supervisor who listens."""
    return f"e-{user_id}-{call_id}"


@_often
def parse_ear(channel_id: str) -> tuple[UUID, int] | None:
    found = _EAR.fullmatch(channel_id)
    return (UUID(found[2]), int(found[1])) if found else None


def snoop_id(call_id: UUID, *, whispers: bool) -> str:
    """Name the channel through which a supervisor hears a secretary's phone."""
    return f"y-{call_id}-{'w' if whispers else 'l'}"


@_often
def parse_snoop(channel_id: str) -> UUID | None:
    found = _SNOOP.fullmatch(channel_id)
    return UUID(found[1]) if found else None


def listening_id(call_id: UUID) -> str:
    """Name the bridge of a supervisor and what she hears."""
    return f"l-{call_id}"


def parse_any_bridge(identifier: str) -> UUID | None:
    """Return whose call a bridge of ours serves."""
    found = _OURS.fullmatch(identifier)
    return UUID(found[1]) if found else None


def simulated_id(simulation: str) -> str:
    return f"sim-{simulation}"


def parse_phone(endpoint: str) -> int | None:
    found = _PHONE.fullmatch(endpoint)
    return int(found[1]) if found else None


def parse_uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def dialled(number: str) -> str:
    """Return the number with nothing in it that could name another way out than the operator's."""
    return re.sub(r"[^0-9+]", "", number)[:_NUMBER_LONGEST]


def digits(keys: str) -> str:
    """Return the telephone keys among these."""
    return re.sub(r"[^0-9*#]", "", keys)[:_NUMBER_LONGEST]


def clean_name(raw: object) -> str:
    """Return a caller's name fit to be shown and sent on: no control or direction marks, 80 characters at most."""
    text = _CONTROL.sub(" ", raw[:4096]) if isinstance(raw, str) else ""
    return " ".join(text.split())[:_NAME_LONGEST]


def clean_number(raw: object) -> str:
    """Return what may be a number, short; the switchboard judges whether it is one. Withheld reads as empty."""
    text = _CONTROL.sub("", raw[:4096]).strip()[:_NUMBER_LONGEST] if isinstance(raw, str) else ""
    return "" if text.lower() in {"anonymous", "unknown", "restricted", "unavailable", "private"} else text


def quoted_caller(number: str, name: str) -> str:
    """Return ``"name" <number>`` with nothing in it that could end the quotation."""
    safe_name = re.sub(r'["\\<>]', "", clean_name(name))
    safe_number = re.sub(r"[^0-9+*#]", "", number)[:_NUMBER_LONGEST]
    return f'"{safe_name}" <{safe_number}>'
