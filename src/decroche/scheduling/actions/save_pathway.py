"""Name visits that follow one another (parcours), or change them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import Pathway, PathwayStep, VisitType

_FEWEST_STEPS = 2


class PathwayNameTaken(Exception):
    """The practice already has a pathway of that name."""


class PathwayTooShort(Exception):
    """One visit alone follows nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One visit: for what, with whom (None: whoever receives for it), at most so long after the one before."""

    visit_type: VisitType
    practitioner: Practitioner | None
    wait_minutes: int


def save_pathway(
    *,
    practice: Practice,
    name: str,
    is_active: bool,
    steps: Sequence[Step],
    by: User,
    now: datetime,
    pathway_id: int | None = None,
) -> Pathway:
    """Write it with its steps in order; visits already booked stay as they are.

    Raises `PathwayTooShort`, `PathwayNameTaken`, `NotOfThisPractice` or `Pathway.DoesNotExist`.
    """
    del by, now
    if len(steps) < _FEWEST_STEPS:
        raise PathwayTooShort
    people = [step.practitioner for step in steps if step.practitioner is not None]
    if {*(step.visit_type.practice_id for step in steps), *(one.practice_id for one in people)} != {
        practice.pk
    }:
        raise NotOfThisPractice
    with transaction.atomic():
        pathway = (
            Pathway(practice=practice)
            if pathway_id is None
            else Pathway.objects.select_for_update().get(pk=pathway_id, practice=practice)
        )
        pathway.name, pathway.is_active = name, is_active
        try:
            with transaction.atomic():
                pathway.save()
        except IntegrityError as error:
            if "pathway_once" not in str(error):
                raise
            raise PathwayNameTaken from None
        pathway.steps.all().delete()
        PathwayStep.objects.bulk_create(
            PathwayStep(
                pathway=pathway,
                position=position,
                visit_type=step.visit_type,
                practitioner=step.practitioner,
                wait_minutes=step.wait_minutes,
            )
            for position, step in enumerate(steps)
        )
        hint("agenda", practice_id=practice.pk)
    return pathway
