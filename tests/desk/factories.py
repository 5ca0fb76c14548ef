"""Put a call in a secretary's hand, as the switchboard would have written it."""

from datetime import timedelta
from uuid import uuid4

from decroche.accounts.models import User
from decroche.calls.models import Call, Post
from decroche.foundation.clock import now
from decroche.practices.models import Practice
from tests.factories import make_line

RINGING = {"post": "ringing", "call": "offered"}
TALKING = {"post": "on_call", "call": "talking"}


def put_call_in_hand(
    *,
    user: User,
    practice: Practice,
    post: str = "on_call",
    call: str = "talking",
    number: str = "+33639980001",
) -> Call:
    """Return a call to the practice's line; her post holds it."""
    moment = now()
    line = practice.lines.first() or make_line(practice=practice)
    made: Call = Call.objects.create(
        id=uuid4(), line=line, practice=practice, called_number=line.number, caller_number=number, state=call,
        secretary=user if call == "talking" else None, arrived_at=moment - timedelta(seconds=20),
        answered_at=moment - timedelta(seconds=9) if call == "talking" else None, is_simulated=True,
    )  # fmt: skip
    Post.objects.update_or_create(
        user=user,
        defaults={
            "secretariat": user.secretariats.get(),
            "state": post,
            "since": moment,
            "call_id": made.pk,
            "registered": True,
        },
    )
    return made


def let_go(*, user: User) -> None:
    """Leave her available with nothing in hand."""
    Post.objects.update_or_create(
        user=user,
        defaults={
            "secretariat": user.secretariats.get(),
            "state": "available",
            "since": now(),
            "call_id": None,
            "registered": True,
        },
    )
