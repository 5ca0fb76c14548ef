"""Every address of the house, found by walking the resolver, with sample values for what it names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.house.world import House

# What an address may carry besides a row's id. A value that names no row is the same for all.
PLAIN = {
    "version": 1,
    "token": "no-such-token",
    "key": "no-such-key",
    "uidb36": "zz",
    "pk": 999_999_999,
    "state": "available",
    "order": "hold",
    "stamp": 1,
    "how": "listen",
    "station": "greeting",
    "name": "nosuchsound",
}
# The same name may stand for something else at one door.
PLAIN_AT = {("calls:post_order", "order"): "pick-up"}
ROWS = {
    "practice_id", "practitioner_id", "site_id", "patient_id", "call_id", "team_key", "user_id", "invitation_id",
    "visit_type_id", "rule_id", "visit_offer_id", "wish_id", "appointment_id", "hold_id", "absence_id", "device_id", "message_id", "follow_up_id", "instruction_id",
    "group_id", "pathway_id", "entry_id", "offer_id", "mass_move_id", "item_id", "capture_id",
    "secretariat_id", "team_id", "known_id", "consent_id", "recording_rule_id",
    "feed_id", "run_id", "recording_id", "line_id", "phone_line_id", "key_id", "note_id",
}  # fmt: skip


@dataclass(frozen=True)
class Door:
    """One address: its name, what it names, and its guard."""

    name: str
    names: frozenset[str]
    guard: Any

    @property
    def is_public(self) -> bool:
        return isinstance(self.guard, str) and self.guard.startswith("public: ")

    @property
    def is_by_key(self) -> bool:
        """Tell whether it is an operation of the API, which has a matrix of its own (tests/interop/test_api.py)."""
        return isinstance(self.guard, str) and self.guard.startswith("access key: ")

    @property
    def names_rows(self) -> bool:
        return bool(self.names & ROWS)

    def address(self, house: House) -> str:
        """Return the address with this house's ids in it."""
        unknown = self.names - ROWS - set(PLAIN)
        assert not unknown, (
            f"{self.name} names {sorted(unknown)}, which the tenant matrix cannot fill in: if it is a row's id, make such a row in"
            " tests/house/world.py and add its name to ROWS in tests/house/doors.py; if it names no row, give a value in PLAIN."
        )
        return reverse(self.name, kwargs={name: self._value(name, house) for name in self.names})

    def _value(self, name: str, house: House) -> Any:
        return house.kwargs[name] if name in house.kwargs else PLAIN_AT.get((self.name, name), PLAIN[name])


def doors() -> list[Door]:
    """Return every address that the resolver knows."""
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, namespace: str) -> Iterator[Door]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, inner)
        elif isinstance(pattern, URLPattern):
            names = frozenset(pattern.pattern.regex.groupindex) - set(pattern.default_args)
            yield Door(f"{namespace}{pattern.name}", names, getattr(pattern.callback, "decroche_guard", None))
