"""Push secretaries' phones into Asterisk and know which can be rung."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from decroche.calls.adapters.ari.client import Request
from decroche.calls.adapters.ari.naming import parse_phone
from decroche.calls.ports import PhoneAccount

_DYNAMIC: Final = "asterisk/config/dynamic/res_pjsip"
_GONE: Final = frozenset({"Removed", "Unreachable"})
_THERE: Final = frozenset({"Created", "Reachable", "NonQualified", "Updated"})
_UNSEEN: Final = "*"  # a contact known from a snapshot, whose address was not told

_COMMON: Final[dict[str, str]] = {
    "context": "decroche-phones",
    "disallow": "all",
    # The caller's own codec comes first (originator=), so nothing is transcoded when both sides have it.
    "allow": "alaw,g722,opus,ulaw",
    "direct_media": "no",
    "rtp_symmetric": "yes",
    "force_rport": "yes",
    "rewrite_contact": "yes",
    "allow_transfer": "no",
    "allow_subscribe": "no",
    "dtmf_mode": "rfc4733",
    "language": "fr",
    "moh_suggest": "decroche",
    "send_connected_line": "no",  # no renegotiation in mid-call
    # A phone that vanished sends no more sound: its leg ends, and the caller is first in line again.
    "rtp_timeout": "4",
    "rtp_timeout_hold": "4",
}
_BROWSER: Final[dict[str, str]] = {"webrtc": "yes", "dtls_auto_generate_cert": "yes"}
# A phone of another make may send nothing while nobody speaks, whatever its settings say.
_ANY_MAKE: Final[dict[str, str]] = {
    "rtp_timeout": "10",
    "rtp_timeout_hold": "60",
    "timers": "no",  # its silence ends a conversation, not a refresh that its signalling missed
}
_LOOPBACK: Final[dict[str, str]] = {"media_address": "127.0.0.1", "bind_rtp_to_media_address": "yes"}


def _put(kind: str, name: str, fields: Mapping[str, str]) -> Request:
    body = {"fields": [{"attribute": key, "value": value} for key, value in fields.items()]}
    return Request("PUT", f"{_DYNAMIC}/{kind}/{name}", body=body)


@dataclass(slots=True)
class PhoneBook:
    """Hold the accounts that were given and the contacts that Asterisk told of."""

    is_browser: bool = True
    is_loopback: bool = True
    accounts: dict[int, PhoneAccount] = field(default_factory=dict)
    routes: dict[int, str] = field(default_factory=dict)  # user → the mobile where her calls ring
    _contacts: dict[int, set[str]] = field(default_factory=dict)
    _removed: set[int] = field(default_factory=set)  # what is still told of these is old

    def add(self, account: PhoneAccount) -> None:
        """Know a phone that may register."""
        self.accounts[account.user_id] = account
        self._removed.discard(account.user_id)

    def requests_to_set(self, account: PhoneAccount) -> list[Request]:
        """Return what makes the phone exist, in order."""
        name = account.username
        kind = self._kind_of(account) | (_LOOPBACK if self.is_loopback else {})
        return [
            _put("auth", name, {"auth_type": "userpass", "username": name, "password": account.password}),
            _put(
                "aor",
                name,
                {
                    "max_contacts": "1",
                    "remove_existing": "yes",  # two tabs: the newer is the phone
                    "remove_unavailable": "yes",
                    "minimum_expiration": "20",
                    "default_expiration": "60",
                    "maximum_expiration": "300",
                    "qualify_frequency": "4",
                    "qualify_timeout": "2.0",
                },
            ),
            _put("endpoint", name, {**_COMMON, **kind, "auth": name, "aors": name}),
        ]

    def _kind_of(self, account: PhoneAccount) -> dict[str, str]:
        if not account.is_browser:
            return _ANY_MAKE
        return _BROWSER if self.is_browser else {}

    def requests_to_remove(self, username: str) -> list[Request]:
        return [Request("DELETE", f"{_DYNAMIC}/{kind}/{username}") for kind in ("endpoint", "aor", "auth")]

    def username(self, user_id: int) -> str:
        account = self.accounts.get(user_id)
        return account.username if account else f"s{user_id}"

    def endpoint(self, user_id: int) -> str:
        """Return her own phone's endpoint."""
        return f"PJSIP/{self.username(user_id)}"

    def route(self, user_id: int, number: str) -> None:
        """Let her calls ring at that number; empty: at her own phone."""
        self.routes.pop(user_id, None)
        if number:
            self.routes[user_id] = number

    def user_of(self, endpoint: str) -> int | None:
        for user_id, account in self.accounts.items():
            if account.username == endpoint:
                return user_id
        return parse_phone(endpoint)

    def take_stock(self, endpoints: Sequence[Mapping[str, Any]]) -> frozenset[int]:
        """Read ``GET endpoints/PJSIP``; return who can be rung."""
        self._contacts.clear()
        for endpoint in endpoints:
            user_id = self.user_of(str(endpoint.get("resource", "")))
            if user_id is not None and endpoint.get("state") == "online":
                self._contacts[user_id] = {_UNSEEN}
        return frozenset(self._contacts)

    def take_contact(self, endpoint: str, uri: str, status: str) -> tuple[int, bool] | None:
        """Take one contact's news in; return (user, can be rung) when that changed."""
        user_id = self.user_of(endpoint)
        if user_id is None or user_id in self._removed:
            return None
        contacts = self._contacts.setdefault(user_id, set())
        before = bool(contacts)
        if status in _GONE:
            contacts -= {uri, _UNSEEN}
        elif status in _THERE:
            contacts.discard(_UNSEEN)
            contacts.add(uri)
        return (user_id, bool(contacts)) if bool(contacts) != before else None

    def forget(self, user_id: int) -> bool:
        """Drop the phone; return whether it could be rung."""
        self.accounts.pop(user_id, None)
        self._removed.add(user_id)
        return bool(self._contacts.pop(user_id, None))
