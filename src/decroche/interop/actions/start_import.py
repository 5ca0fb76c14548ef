"""Set an import going, or its taking back."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.interop.models import ImportLine, ImportRun


class NotNow(Exception):
    """The import is not in a state where that can be done; nothing was changed."""


def start_import(*, run_id: int, by: User, now: datetime, reminds: bool = False) -> ImportRun:
    """Hand a checked draft to the jobs, once; the file itself is forgotten here. Raises `NotNow`.

    `reminds`: let these patients have the reminders that others get; otherwise nobody is written to.
    """
    with transaction.atomic():
        run = _locked(run_id, ImportRun.State.DRAFT)
        run.state, run.started_at, run.created_by = ImportRun.State.QUEUED, now, by
        run.raw, run.done_count, run.reminds = None, 0, reminds
        run.to_do_count = ImportLine.objects.filter(run=run).count()
        run.save()
    return run


def start_undo(*, run_id: int, by: User, now: datetime) -> ImportRun:
    """Hand an import to the jobs that take it back, once. Raises `NotNow`."""
    with transaction.atomic():
        run = _locked(run_id, ImportRun.State.DONE)
        run.state, run.undone_at, run.undone_by, run.done_count = ImportRun.State.UNDOING, now, by, 0
        run.to_do_count = ImportLine.objects.filter(run=run, outcome=ImportLine.Outcome.DONE).count()
        run.save()
    return run


def discard_import(*, run_id: int) -> None:
    """Forget a draft whole, or what could not be read. Raises `NotNow`."""
    with transaction.atomic():
        _locked(run_id, ImportRun.State.DRAFT, ImportRun.State.FLAWED).delete()


def _locked(run_id: int, *states: str) -> ImportRun:
    run: ImportRun = ImportRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    if run.state not in states:
        raise NotNow
    return run
