"""Delete recordings at their date: the sound first, then its mark, so that a crash between leaves no sound unmarked."""

from datetime import datetime

import structlog

from decroche.calls.actions.keep_recording import recordings_folder
from decroche.calls.models import Recording

log = structlog.get_logger(__name__)
AT_ONCE = 500


def purge_recordings(*, now: datetime) -> int:
    """Purge what is due, oldest first; return how many. A file that is gone already is no matter."""
    due = Recording.objects.filter(purged_at=None, purge_at__lte=now).order_by("purge_at", "pk")[:AT_ONCE]
    folder = recordings_folder().resolve()
    purged = 0
    for recording in due:
        path = (folder / recording.path).resolve()
        if recording.path and path.is_relative_to(folder) and path != folder:
            path.unlink(missing_ok=True)
        purged += Recording.objects.filter(pk=recording.pk, purged_at=None).update(purged_at=now, path="")
    if purged:
        log.info("recordings purged", count=purged)
    return purged
