"""Name the applications under which Asterisk tells us things: each has its own ears, so that nothing is told twice or in vain.

Asterisk tells a channel's news to whoever follows the channel, and again to whoever follows its telephone. One application
follows callers and third persons, one the secretaries' legs, one their telephones: one websocket hears them all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from decroche.calls.adapters.ari.client import Request
from decroche.calls.adapters.ari.interpreter import HEARD

# Answers to requests pass the same filter.
_ANSWERS: Final = "RESTResponse"
_OF_LEGS: Final = (
    "StasisStart",
    "ChannelDestroyed",
    "ChannelDtmfReceived",
    "PlaybackFinished",  # a mobile is asked whether a person is there
)
_OF_PHONES: Final = ("ContactStatusChange",)


@dataclass(frozen=True, slots=True)
class Audiences:
    """Hold one exchange's applications; an exchange's own name has no dot in it."""

    callers: str

    @property
    def legs(self) -> str:
        return f"{self.callers}.legs"

    @property
    def phones(self) -> str:
        return f"{self.callers}.phones"

    @property
    def all(self) -> str:
        """Return them as Asterisk takes them when we connect."""
        return f"{self.callers},{self.legs},{self.phones}"

    def ask_for_less(self) -> Iterator[Request]:
        """Yield what has Asterisk tell each only what somebody reads."""
        heard = {self.callers: HEARD, self.legs: _OF_LEGS, self.phones: _OF_PHONES}
        for app, kinds in heard.items():
            allowed = [{"type": kind} for kind in (_ANSWERS, *kinds)]
            yield Request("PUT", f"applications/{app}/eventFilter", body={"allowed": allowed})

    def follow_channel(self, channel_id: str, *, is_leg: bool = False) -> Request:
        """Return what has everything told that happens to a channel."""
        return _follow(self.legs if is_leg else self.callers, f"channel:{channel_id}")

    def follow_bridge(self, bridge_id: str) -> Request:
        """Return what has everything told that happens to a conversation."""
        return _follow(self.callers, f"bridge:{bridge_id}")

    def follow_phone(self, username: str) -> Request:
        """Return what has us told when a telephone comes and goes."""
        return _follow(self.phones, f"endpoint:PJSIP/{username}")


def _follow(app: str, source: str) -> Request:
    return Request("POST", f"applications/{app}/subscription", {"eventSource": source})
