"""Undo a change of visit types, terms, resources or pathways: put the rows back, if nobody has touched them since."""

import json
from datetime import datetime
from typing import Any

from django.core import serializers
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.practices.models import Practice
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.actions.put_back_rules import ChangedSince, RulesChange, Shot
from decroche.scheduling.models import (
    Pathway,
    PathwayStep,
    Resource,
    VisitOffer,
    VisitQuestion,
    VisitType,
)

#: Whatever a practice sets up besides its hours, the referred ones before those that refer to them; and how to find it.
_KEPT: tuple[tuple[type[Model], str], ...] = (
    (Resource, "practice"),
    (VisitType, "practice"),
    (VisitQuestion, "visit_type__practice"),
    (VisitOffer, "visit_type__practice"),
    (Pathway, "practice"),
    (PathwayStep, "pathway__practice"),
)


def shoot_settings(practice_id: int) -> Shot:
    """Read all of it as plain values, by its kind and id; 7 queries."""
    found: Shot = {}
    for model, path in _KEPT:
        for row in json.loads(serializers.serialize("json", _rows(model, path, practice_id))):
            found[f"{row['model']}:{row['pk']}"] = row
    return found


def put_back_settings(*, practice: Practice, change: RulesChange, by: User, now: datetime) -> None:
    """Make the touched rows what they were before. Raises `ChangedSince`; then nothing is written."""
    del by, now
    touched = change.before.keys() | change.after.keys()
    with transaction.atomic():
        lock_practitioners(*_people(change))
        current = shoot_settings(practice.pk)
        if any(current.get(key) != change.after.get(key) for key in touched):
            raise ChangedSince
        try:
            with transaction.atomic():
                _put_back(practice, change)
        except (IntegrityError, ProtectedError):
            raise ChangedSince from None  # another took the name, or what was added is in use already
        hint("agenda", practice_id=practice.pk)


def _put_back(practice: Practice, change: RulesChange) -> None:
    added = change.after.keys() - change.before.keys()
    for model, path in reversed(_KEPT):
        ids = [change.after[key]["pk"] for key in added if change.after[key]["model"] == _name(model)]
        _rows(model, path, practice.pk).filter(pk__in=ids).delete()
    for model, path in _KEPT:
        rows = [row for row in change.before.values() if row["model"] == _name(model)]
        for restored in serializers.deserialize("json", json.dumps(rows)):
            restored.save()
        ids = [row["pk"] for row in rows]
        if _rows(model, path, practice.pk).filter(pk__in=ids).count() != len(ids):
            raise ChangedSince  # not this practice's


def _people(change: RulesChange) -> set[int]:
    """Give whose terms are touched; they are locked, since a booking may be judged by them."""
    rows = [*change.before.values(), *change.after.values()]
    return {row["fields"]["practitioner"] for row in rows if row["model"] == _name(VisitOffer)}


def _rows(model: type[Model], path: str, practice_id: int) -> Any:
    rows = model._default_manager.filter(**{path: practice_id}).order_by("pk")  # noqa: SLF001 — the documented name
    return rows.prefetch_related("resources") if model is VisitType else rows


def _name(model: type[Model]) -> str:
    return str(model._meta.label_lower)  # noqa: SLF001 — as the serializer names it
