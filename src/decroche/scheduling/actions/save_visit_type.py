"""Add a visit type (motif) to a practice, or change one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import IntegrityError, transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import NewPatients, Place, Resource, VisitOffer, VisitQuestion, VisitType


class NameTaken(Exception):
    """The practice already has a visit type of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTerms:
    """Who may book it, when, how often, where, and what to tell the patient; each as the model says."""

    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    secretary_may_book: bool = True
    online_may_book: bool = False
    new_patients: str = NewPatients.ANY
    notice_minutes: int = 0
    horizon_days: int | None = None
    max_per_day: int | None = None
    max_per_half_day: int | None = None
    place: str = Place.SITE
    preparation: str = ""
    series_sessions: int | None = None
    series_per_week: int | None = None


USUAL = VisitTerms()


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
    terms: VisitTerms = USUAL,
    questions: Sequence[str] = (),
    resources: Iterable[Resource] = (),
) -> VisitType:
    """Write it; appointments already booked keep their length.

    A new one is also offered by the practitioners who name what they receive for, or nobody could book it with them.
    Raises `NameTaken`, `NotOfThisPractice` or `VisitType.DoesNotExist`.
    """
    del by, now
    needed = list(resources)
    if any(resource.practice_id != practice.pk for resource in needed):
        raise NotOfThisPractice
    with transaction.atomic():
        visit_type = (
            VisitType(practice=practice, position=VisitType.objects.filter(practice=practice).count())
            if visit_type_id is None
            else VisitType.objects.select_for_update().get(pk=visit_type_id, practice=practice)
        )
        visit_type.name, visit_type.short_name, visit_type.colour = name, short_name or name[:14], colour
        visit_type.duration_minutes, visit_type.is_active = duration_minutes, is_active
        visit_type.emergency = emergency
        for field in fields(terms):
            setattr(visit_type, field.name, getattr(terms, field.name))
        _save(visit_type)
        visit_type.resources.set(needed)
        _ask(visit_type, questions)
        if visit_type_id is None:
            _let_everyone_receive(visit_type)
        hint("agenda", practice_id=practice.pk)
    return visit_type


def _save(visit_type: VisitType) -> None:
    try:
        with transaction.atomic():
            visit_type.save()
    except IntegrityError as error:
        if "visit_type_once" not in str(error):
            raise
        raise NameTaken from None


def _ask(visit_type: VisitType, questions: Sequence[str]) -> None:
    """Write the questions in their order; an unchanged one keeps its row, and with it the answers already given."""
    known = {question.text: question for question in visit_type.questions.all()}
    for position, text in enumerate(dict.fromkeys(questions)):
        question = known.pop(text, None)
        if question is None:
            VisitQuestion.objects.create(visit_type=visit_type, text=text, position=position)
        elif question.position != position:
            question.position = position
            question.save(update_fields=["position"])
    VisitQuestion.objects.filter(pk__in=[question.pk for question in known.values()]).delete()


def _let_everyone_receive(visit_type: VisitType) -> None:
    choosy = Practitioner.objects.filter(
        practice_id=visit_type.practice_id, pk__in=VisitOffer.objects.values("practitioner_id")
    )
    VisitOffer.objects.bulk_create(
        VisitOffer(practitioner=practitioner, visit_type=visit_type) for practitioner in choosy
    )
