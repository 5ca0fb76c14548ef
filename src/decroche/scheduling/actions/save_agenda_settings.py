"""Write what a practitioner decides once for the whole agenda."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.practices.models import Practitioner
from decroche.scheduling.models import AgendaSettings


def save_agenda_settings(
    *,
    practitioner: Practitioner,
    forced_per_day: int,
    no_show_threshold: int | None,
    by: User,
    now: datetime,
) -> AgendaSettings:
    """Say how many appointments may be forced a day, and after how many missed ones a patient is pointed out."""
    del by, now
    with transaction.atomic():
        found: AgendaSettings = AgendaSettings.objects.update_or_create(
            practitioner=practitioner,
            defaults={"forced_per_day": forced_per_day, "no_show_threshold": no_show_threshold},
        )[0]
        hint("agenda", practice_id=practitioner.practice_id, practitioner_id=practitioner.pk)
    return found
