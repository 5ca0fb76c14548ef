"""Keep what is being typed, so that nothing loses it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from decroche.accounts.models import User
from decroche.messaging.models import MessageDraft
from decroche.practices.models import Practice

LONGEST_VALUE = 4000
KEPT_FOR = timedelta(days=7)
"""A draft that old will not be sent; it holds a person's words, so it goes."""


def keep_draft(
    *,
    practice: Practice,
    author: User,
    call_id: UUID | None = None,
    content: Mapping[str, str],
    now: datetime,
) -> None:
    """Store one person's unsent message for one practice and call; an empty one is forgotten."""
    kept = {name: value.replace("\x00", "")[:LONGEST_VALUE] for name, value in content.items()}
    if not kept.get("body", "").strip():
        forget_draft(practice=practice, author=author, call_id=call_id)
        return
    MessageDraft.objects.filter(author=author, saved_at__lt=now - KEPT_FOR).delete()
    MessageDraft.objects.update_or_create(
        practice=practice, author=author, call_id=call_id, defaults={"content": kept, "saved_at": now}
    )


def forget_draft(*, practice: Practice, author: User, call_id: UUID | None = None) -> None:
    """Throw away one person's unsent message for one practice and call."""
    MessageDraft.objects.filter(practice=practice, author=author, call_id=call_id).delete()
