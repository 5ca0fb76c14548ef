"""Say which keys to dial, on a practice's own telephone, so that its operator forwards the calls to us.

Sources: OVHcloud, guide "Activer ou désactiver des services depuis le téléphone" (github.com/ovh/docs, updated
4 September 2025): ``*21*number#`` all calls, ``*61*number#`` on no answer, ``*69*number#`` when busy, ``#21#`` to stop,
``*#21#`` to ask. For Orange, SFR, Bouygues Telecom and Free no page of theirs was at hand: we give the keys that
French fixed lines commonly share, unverified. Boxes and contracts differ, hence the test call: the page believes no table.
"""

from dataclasses import dataclass
from typing import Final

from decroche.calls.models import Forwarding, Operator
from decroche.kernel import phone

_ALL: Final = "21"
_NO_ANSWER: Final = "61"
_BUSY: Final = "69"
#: Which forwardings each scenario needs.
_NEEDED: Final = {
    Forwarding.ALL: (_ALL,),
    Forwarding.NO_ANSWER: (_NO_ANSWER, _BUSY),
    Forwarding.OUT_OF_HOURS: (_ALL,),
}
_KNOWN: Final = frozenset({Operator.ORANGE, Operator.SFR, Operator.BOUYGUES, Operator.FREE, Operator.OVH})


@dataclass(frozen=True, slots=True)
class Dialling:
    """Hold one forwarding: what starts it, what stops it, what asks the operator whether it is on."""

    service: str  # "21" all, "61" no answer, "69" busy
    start: str
    stop: str
    ask: str


def diallings(operator: str, scenario: str, number: str) -> tuple[Dialling, ...]:
    """Return what to dial, in order; nothing for an operator whose keys we do not know. ``number`` is E.164."""
    if operator not in _KNOWN:
        return ()
    digits = national(number)
    return tuple(
        Dialling(service, f"*{service}*{digits}#", f"#{service}#", f"*#{service}#")
        for service in _NEEDED[Forwarding(scenario)]
    )


def national(number: str) -> str:
    """Return the digits that a French telephone dials: 0596123456, or 0032… abroad."""
    shown = phone.display(number)
    digits = "".join(character for character in shown if character.isdigit())
    return f"00{digits}" if shown.startswith("+") else digits
