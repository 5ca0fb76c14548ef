"""Add a visit type (motif) to a practice, or change one."""

from datetime import datetime

from django.db import IntegrityError, transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.practices.models import Practice
from decroche.scheduling.models import VisitType


class NameTaken(Exception):
    """The practice already has a visit type of that name."""


def save_visit_type(
    *,
    practice: Practice,
    name: str,
    short_name: str,
    colour: int,
    duration_minutes: int,
    is_active: bool,
    emergency: bool,
    by: User,
    now: datetime,
    visit_type_id: int | None = None,
) -> VisitType:
    """Write it; appointments already booked keep their length. Raises `NameTaken` or `VisitType.DoesNotExist`."""
    del by, now
    with transaction.atomic():
        visit_type = (
            VisitType(practice=practice, position=VisitType.objects.filter(practice=practice).count())
            if visit_type_id is None
            else VisitType.objects.select_for_update().get(pk=visit_type_id, practice=practice)
        )
        visit_type.name, visit_type.short_name, visit_type.colour = name, short_name or name[:14], colour
        visit_type.duration_minutes, visit_type.is_active = duration_minutes, is_active
        visit_type.emergency = emergency
        try:
            with transaction.atomic():
                visit_type.save()
        except IntegrityError as error:
            if "visit_type_once" not in str(error):
                raise
            raise NameTaken from None
        hint("agenda", practice_id=practice.pk)
    return visit_type
