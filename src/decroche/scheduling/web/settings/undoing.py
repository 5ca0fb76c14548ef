"""What it takes to undo a change of the settings: kept in the session, the last few, by this person, in this browser."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core import serializers
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.actions.put_back_rules import ChangedSince, RulesChange, difference, shoot_rules
from decroche.scheduling.actions.put_back_settings import put_back_settings, shoot_settings
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.models import Absence
from decroche.scheduling.web.settings import frame as frames

_UNDO = "agenda_undo"
_KEPT = 8


def keep(request: PersonRequest, what: dict[str, Any]) -> str:
    """Keep what it takes, and give the key under which it is found again."""
    key = get_random_string(12)
    kept = dict(list(request.session.get(_UNDO, {}).items())[-_KEPT + 1 :])
    request.session[_UNDO] = kept | {key: what}
    return key


def take(request: PersonRequest, key: str, **owner: int) -> dict[str, Any] | None:
    """Take it out again: once, and only for the practice or practitioner that it was kept for."""
    kept: dict[str, dict[str, Any]] = request.session.get(_UNDO, {})
    found = kept.get(key)
    if found is None or any(found.get(name) != id_ for name, id_ in owner.items()):
        return None
    request.session[_UNDO] = {other: what for other, what in kept.items() if other != key}
    return found


@contextmanager
def of_rules(request: PersonRequest, practitioner: Practitioner) -> Iterator[Callable[[], str]]:
    """Watch a practitioner's opening rules during a change; the callable then gives the address that undoes it."""
    before = shoot_rules(practitioner.pk)

    def address() -> str:
        change = difference(before, shoot_rules(practitioner.pk))
        if change.is_nothing:
            return ""
        key = keep(request, asdict(change) | {"practitioner": practitioner.pk})
        return reverse("agenda:undo_rules", args=[practitioner.pk, key])

    yield address


@contextmanager
def of_settings(request: PersonRequest, practice: Practice) -> Iterator[Callable[[], str]]:
    """Watch a practice's visit types, terms, resources and pathways during a change, likewise."""
    before = shoot_settings(practice.pk)

    def address() -> str:
        change = difference(before, shoot_settings(practice.pk))
        if change.is_nothing:
            return ""
        key = keep(request, asdict(change) | {"practice": practice.pk})
        return reverse("agenda:undo_settings", args=[practice.pk, key])

    yield address


def of_absence(request: PersonRequest, absence: Absence) -> str:
    """Keep an absence that is about to be removed; give the address that records it again."""
    row = serializers.serialize("python", [absence])[0]["fields"]
    times = {name: row[name].isoformat() for name in ("starts_at", "ends_at")}
    fields = {name: row[name] for name in ("kind", "reason", "locum", "instruction_id")}
    key = keep(request, times | fields | {"practitioner": absence.practitioner_id})
    return reverse("agenda:undo_drop", args=[absence.practitioner_id, key])


# --- doors ----------------------------------------------------------------------------------------------------------


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def settings(request: PersonRequest, practice_id: int, key: str) -> HttpResponse:
    """Put visit types, terms, resources and pathways back as they were before a change made a moment ago."""
    practice = get_object_or_404(Practice, pk=practice_id)
    kept = take(request, key, practice=practice.pk)
    if kept is None:
        return _said(request, practice, _("Il n’y a plus rien à défaire."))
    change = RulesChange(kept["before"], kept["after"])
    try:
        put_back_settings(practice=practice, change=change, by=request.user, now=frames.now())
    except ChangedSince:
        return _said(
            request, practice, _("Ces réglages ont changé ou servi depuis : ils restent tels quels.")
        )
    return _said(request, practice, _("C’est défait : les réglages sont comme avant."))


@require_POST
@requires(Permission.EDIT_AGENDA_RULES)
def absence(request: PersonRequest, practitioner_id: int, key: str) -> HttpResponse:
    """Record again an absence that was removed a moment ago."""
    practitioner = get_object_or_404(Practitioner, pk=practitioner_id)
    kept = take(request, key, practitioner=practitioner.pk)
    if kept is None:
        return _said(request, practitioner.practice, _("Il n’y a plus rien à défaire."))
    locum = Practitioner.objects.filter(pk=kept["locum"] or 0, practice=practitioner.practice_id).first()
    record_absence(
        practitioner=practitioner,
        starts_at=datetime.fromisoformat(kept["starts_at"]),
        ends_at=datetime.fromisoformat(kept["ends_at"]),
        kind=kept["kind"],
        reason=kept["reason"],
        locum=locum,
        instruction_id=kept["instruction_id"],
        by=request.user,
        now=frames.now(),
    )
    return _said(request, practitioner.practice, _("C’est défait : l’absence est de nouveau enregistrée."))


def _said(request: PersonRequest, practice: Practice, text: str) -> HttpResponse:
    if frames.is_fragment(request):
        return frames.quiet(text)
    return frames.back(request, reverse("agenda:settings", args=[practice.pk]), text)
