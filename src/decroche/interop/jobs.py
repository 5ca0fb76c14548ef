"""What the exchanges do by themselves: write an import, take one back, forget what need not be kept."""

from contextlib import suppress
from datetime import timedelta

from procrastinate.contrib.django import app

from decroche.foundation import clock
from decroche.foundation.tenancy import every_practice, practice_scope
from decroche.interop.actions.read_import import finish_reading
from decroche.interop.actions.remind_imported import remind_imported
from decroche.interop.actions.run_import import run_import
from decroche.interop.actions.undo_import import undo_import
from decroche.interop.models import ImportLine, ImportRun, RememberedAnswer

QUEUE = "imports"
#: A file that was never imported, the words of a report, a remembered answer: how long each is kept.
KEEP_FILE = timedelta(days=1)
KEEP_DRAFT = timedelta(days=7)
KEEP_WORDS = timedelta(days=90)
KEEP_ANSWER = timedelta(days=1)
_NEVER_STARTED = (ImportRun.State.READING, ImportRun.State.FLAWED, ImportRun.State.DRAFT)


@app.task(name="decroche.interop.read", queue=QUEUE, retry=5)
def read_file(run_id: int, practice_id: int) -> None:
    """Read a file that was too long to be read while somebody waits; nothing is left to do if it was forgotten."""
    with practice_scope([practice_id]), suppress(ImportRun.DoesNotExist):
        finish_reading(run_id=run_id, now=clock.now())


@app.task(name="decroche.interop.import", queue=QUEUE, retry=5)
def write_import(run_id: int, practice_id: int) -> None:
    """Write an import until nothing is left of it."""
    with practice_scope([practice_id]):
        while run_import(run_id=run_id, now=clock.now()):
            pass


@app.task(name="decroche.interop.undo_import", queue=QUEUE, retry=5)
def take_import_back(run_id: int, practice_id: int) -> None:
    """Take an import back until nothing is left of it."""
    with practice_scope([practice_id]):
        while undo_import(run_id=run_id, now=clock.now()):
            pass


@app.periodic(cron="*/10 * * * *")
@app.task(name="decroche.interop.remind", queue=QUEUE, queueing_lock="decroche.interop.remind")
def remind(timestamp: int) -> None:  # noqa: ARG001 — procrastinate's own argument
    """Remind the patients of imports that say so."""
    with every_practice():
        remind_imported(now=clock.now())


@app.periodic(cron="23 * * * *")
@app.task(name="decroche.interop.forget", queue=QUEUE, queueing_lock="decroche.interop.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 — procrastinate's own argument
    """Forget files a day old, drafts a week old, the words of reports and answers that nobody will ask for again."""
    now = clock.now()
    with every_practice():
        ImportRun.objects.filter(raw__isnull=False, created_at__lt=now - KEEP_FILE).update(raw=None)
        ImportRun.objects.filter(state__in=_NEVER_STARTED, created_at__lt=now - KEEP_DRAFT).delete()
        ImportLine.objects.filter(run__created_at__lt=now - KEEP_WORDS).exclude(
            title="", birth_name="", phone=""
        ).update(title="", birth_name="", first_names="", birth_date=None, phone="", candidates=[])
    RememberedAnswer.objects.filter(at__lt=now - KEEP_ANSWER).delete()
