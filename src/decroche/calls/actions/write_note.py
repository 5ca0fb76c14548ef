"""Write about a call, and take back what was just written."""

from datetime import datetime, timedelta

from django.db import transaction

from decroche.accounts.models import User
from decroche.calls.models import Call, CallNote
from decroche.foundation.live import hint

LONGEST = 1000
TAKEN_BACK_WITHIN = timedelta(minutes=10)


class NoteRefused(ValueError):
    """There is nothing in it, or too much."""


def write_note(*, call: Call, text: str, by: User, now: datetime) -> CallNote:
    """Add a note to a call; the same words twice in a row are one note, so that a second click is harmless.

    Raises NoteRefused.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise NoteRefused
    with transaction.atomic():
        Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
        last = CallNote.objects.filter(call=call).order_by("-at", "-pk").first()
        if last is not None and (last.by_id, last.text) == (by.pk, text):
            return last
        note: CallNote = CallNote.objects.create(call=call, text=text, by=by, at=now)
        if call.practice_id is not None:
            hint("calllog", practice_id=call.practice_id, call_id=str(call.pk))
    return note


def take_back_note(*, note: CallNote, by: User, now: datetime) -> bool:
    """Remove one's own note while it is fresh; say whether that was done."""
    if note.by_id != by.pk or now - note.at > TAKEN_BACK_WITHIN:
        return False
    note.delete()
    return True
