"""State what a telephone exchange must offer to the switchboard.

The exchange tells us facts (``ExchangeEvent``), we tell it what to do (``Telephony``).
Two adapters satisfy this port and pass the same suite: ``adapters.ari`` (Asterisk)
and ``adapters.memory`` (no telephony at all, for tests and for machines without Asterisk).

Ids by convention, so that a fresh process can adopt live calls by reading the exchange
alone: the conversation of a call is bridge ``c-<call>``; the leg to a secretary's phone is
channel ``a-<user>-<call>-<attempt>``. The caller's channel keeps the exchange's own id and carries the
call's id in a channel variable.
"""

from decroche.calls.ports.facts import (
    CallArrived,
    CallerGone,
    DigitPressed,
    ExchangeConnected,
    ExchangeEvent,
    ExchangeLost,
    LegGone,
    ListenerGone,
    LiveLeg,
    PartyAnswered,
    PartyGone,
    PhoneAnswered,
    PhoneGone,
    PhoneRegistered,
    PromptEnded,
    RecordingMade,
    Superseded,
    TransferEnded,
    VoicemailLeft,
)
from decroche.calls.ports.names import (
    Cause,
    Ear,
    Mix,
    PartyLeg,
    Prompt,
    SecretaryLeg,
)
from decroche.calls.ports.telephony import (
    Announcement,
    ChannelGone,
    ExchangeDown,
    PhoneAccount,
    PhoneUnreachable,
    Telephony,
)

__all__ = [
    "Announcement",
    "CallArrived",
    "CallerGone",
    "Cause",
    "ChannelGone",
    "DigitPressed",
    "Ear",
    "ExchangeConnected",
    "ExchangeDown",
    "ExchangeEvent",
    "ExchangeLost",
    "LegGone",
    "ListenerGone",
    "LiveLeg",
    "Mix",
    "PartyAnswered",
    "PartyGone",
    "PartyLeg",
    "PhoneAccount",
    "PhoneAnswered",
    "PhoneGone",
    "PhoneRegistered",
    "PhoneUnreachable",
    "Prompt",
    "PromptEnded",
    "RecordingMade",
    "SecretaryLeg",
    "Superseded",
    "Telephony",
    "TransferEnded",
    "VoicemailLeft",
]
