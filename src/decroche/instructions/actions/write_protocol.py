"""Write a practitioner's emergency protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.instructions.models import EmergencyProtocol, ProtocolStep, StepKind
from decroche.kernel import phone as phones
from decroche.practices.models import Practice, Practitioner

MOST_STEPS = 20
SHORT_NUMBERS = frozenset({"15", "17", "18", "112", "114", "115", "119", "3114"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step as written: what to ask, say or do; ``number`` when it is a call."""

    text: str
    kind: str = StepKind.ASK
    number: str = ""


class ProtocolWithoutSteps(Exception):
    """A protocol that says nothing would be worse than none."""


def write_protocol(
    *,
    practice: Practice,
    practitioner: Practitioner | None,
    title: str,
    steps: Sequence[Step],
    by: User | None,
    now: datetime,
) -> EmergencyProtocol:
    """Write or rewrite the protocol of a practitioner, or of the whole practice when none is named.

    Raises:
        ProtocolWithoutSteps: no step has a text.
        NotAPhoneNumber: a step's number can be neither dialled nor is one of the short ones.

    """
    written = [step for step in steps if step.text.strip()][:MOST_STEPS]
    if not written:
        raise ProtocolWithoutSteps
    numbers = [_dialled(step.number, practice.country_code) for step in written]
    with transaction.atomic():
        protocol: EmergencyProtocol
        protocol, _created = EmergencyProtocol.objects.update_or_create(
            practice=practice,
            practitioner=practitioner,
            defaults={"title": title, "updated_at": now, "updated_by": by},
        )
        ProtocolStep.objects.filter(protocol=protocol).delete()
        ProtocolStep.objects.bulk_create(
            ProtocolStep(
                protocol=protocol, position=position, kind=step.kind, text=step.text.strip(), number=number
            )
            for position, (step, number) in enumerate(zip(written, numbers, strict=True))
        )
        hint("instructions", practice_id=practice.pk, protocol_id=protocol.pk)
    return protocol


def _dialled(number: str, region: str) -> str:
    bare = number.strip()
    if not bare or bare in SHORT_NUMBERS:
        return bare
    return phones.parse(bare, region=region)
