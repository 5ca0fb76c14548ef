"""Keep what is being typed, so that nothing loses it."""

from collections.abc import Mapping
from datetime import datetime

from decroche.accounts.models import User
from decroche.messaging.models import MessageDraft
from decroche.practices.models import Practice

LONGEST_VALUE = 4000


def keep_draft(*, practice: Practice, author: User, content: Mapping[str, str], now: datetime) -> None:
    """Store one person's unsent message for one practice; an empty one is forgotten."""
    kept = {name: value.replace("\x00", "")[:LONGEST_VALUE] for name, value in content.items()}
    if not kept.get("body", "").strip():
        MessageDraft.objects.filter(practice=practice, author=author).delete()
        return
    MessageDraft.objects.update_or_create(
        practice=practice, author=author, defaults={"content": kept, "saved_at": now}
    )
