"""Remind imported patients of the day to come, where whoever imported them said so."""

from datetime import datetime

from decroche.interop.models import ImportLine
from decroche.scheduling.actions.send_reminders import due_tomorrow, send_reminders


def remind_imported(*, now: datetime) -> int:
    """Write to the patients of tomorrow whose import reminds; once each. Give how many are written to."""
    reminded = ImportLine.objects.filter(run__reminds=True, outcome=ImportLine.Outcome.DONE)
    due = due_tomorrow(now=now).filter(pk__in=reminded.values("appointment_id"))
    return send_reminders(due, now=now)
