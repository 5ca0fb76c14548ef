"""Live through a held group: who comes to each visit, keep it, confirm all of it, give it back, undo it whole."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.patients.models import Patient
from decroche.scheduling.actions.confirm_group import confirm_group
from decroche.scheduling.actions.hold_group import HeldGroup
from decroche.scheduling.actions.release_group import release_group
from decroche.scheduling.actions.renew_group import renew_group
from decroche.scheduling.actions.undo_change import UNDONE, undo_change
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import HoldExpired, Refusal
from decroche.scheduling.models import Appointment, AppointmentChange, AppointmentGroup
from decroche.scheduling.queries.of_patient import PatientInAgenda
from decroche.scheduling.web import asked, strip
from decroche.scheduling.web.strip import CONFLICT, INCOMPLETE
from decroche.scheduling.web.words import change_sentence, refusal_sentence, when

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def group(request: PersonRequest, group_id: int) -> HttpResponse:
    """Show the held group again: another patient was chosen; posted, since patients' ids come along."""
    held = _own(request, group_id)
    if not held.holds:
        return strip.rest(request, held.group.practice)
    people = _patients(request.POST, held)
    chosen = asked.number(request.POST, "patient_id")
    if chosen and chosen not in people and len(people) < _places(held):
        people.append(chosen)
    elif chosen and _places(held) == 1:
        people = [chosen]
    return draw(request, held, people)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def confirm(request: PersonRequest, group_id: int) -> HttpResponse:
    """Book every visit of the group, or none."""
    held = _own(request, group_id)
    if not held.holds:
        return strip.rest(request, held.group.practice)
    ids = _patients(request.POST, held)
    if not ids and _places(held) == 1 and asked.number(request.POST, "patient_id"):
        ids = [asked.number(request.POST, "patient_id") or 0]
    found = Patient.objects.filter(practice=held.group.practice_id).in_bulk(ids)
    patients = [found[id_] for id_ in ids if id_ in found]
    if len(patients) < _places(held):
        return draw(request, held, ids, sentence=_who_is_missing(held, len(patients)), status=INCOMPLETE)
    return _book(request, held, patients)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def renew(request: PersonRequest, group_id: int) -> HttpResponse:
    """Keep the group while its strip is on screen."""
    held = _own(request, group_id)
    try:
        until = renew_group(group_id=held.group.pk, by=request.user, now=clock_now())
    except HoldExpired:
        return HttpResponse(status=204)
    return render(request, "scheduling/_group_countdown.html", {"group": held.group, "until": until})


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def release(request: PersonRequest, group_id: int) -> HttpResponse:
    """Give every visit of the group back."""
    held = _own(request, group_id)
    release_group(group_id=held.group.pk, by=request.user, now=clock_now())
    return strip.rest(request, held.group.practice)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def undo(request: PersonRequest, group_id: int, stamp: int) -> HttpResponse:
    """Take back all that one act did to the group (Ctrl+Z): the whole series, or nothing."""
    found = get_object_or_404(AppointmentGroup, pk=group_id)
    at = _EPOCH + stamp * _MICROSECOND if stamp < 2**53 else _EPOCH
    latest = AppointmentChange.objects.filter(
        appointment__group=found, at=at, version=F("appointment__version")
    ).exclude(reason=UNDONE)
    changes = list(latest.order_by("-appointment_id"))
    undone = 0
    try:
        with transaction.atomic():
            for change in changes:
                undo_change(
                    appointment_id=change.appointment_id,
                    version=change.version,
                    by=request.user,
                    now=clock_now(),
                )
                undone += 1
    except Refusal as refusal:
        return _toast(change_sentence(refusal), status=204)
    if not undone:
        return _toast(_("Il n’y a plus rien à défaire."), status=204)
    ids = [change.appointment_id for change in changes]
    request.log_write("appointment", ids, practice_id=found.practice_id)
    text = ngettext("C’est défait : %(count)s rendez-vous.", "C’est défait : %(count)s rendez-vous.", undone)
    return _toast(text % {"count": undone})


# --- answers ---------------------------------------------------------------------------------------------------------


def after_hold(request: PersonRequest, held: HeldGroup, known: PatientInAgenda | None) -> HttpResponse:
    """Book at once where the patient is known; else wait for one."""
    if known is None:
        return draw(request, held, [])
    return _book(request, held, [known.patient])


def draw(
    request: PersonRequest,
    held: HeldGroup,
    patient_ids: Sequence[int],
    *,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the held group: each visit, who comes to it, how long still."""
    found = Patient.objects.filter(practice=held.group.practice_id).in_bulk(list(patient_ids))
    people = [found[id_] for id_ in patient_ids if id_ in found]
    alone = _places(held) == 1
    rows = [
        (hold, people[0] if alone and people else people[n] if not alone and n < len(people) else None)
        for n, hold in enumerate(held.holds)
    ]
    context = {
        "practice": held.group.practice,
        "group": held.group,
        "rows": rows,
        "people": people,
        "places": _places(held),
        "is_ready": len(people) >= _places(held),
        "until": min(hold.hold_expires_at or clock_now() for hold in held.holds),
        "preparations": list(
            dict.fromkeys(hold.visit_type.preparation for hold in held.holds if hold.visit_type.preparation)
        ),
        "accompanied_by": request.POST.get("accompanied_by", ""),
        "sentence": sentence,
    }
    response = render(request, "scheduling/_group.html", context, status=status)
    response["HX-Trigger-After-Settle"] = json.dumps({"agenda-changed": {"target": "body"}})
    return response


def _book(request: PersonRequest, held: HeldGroup, patients: Sequence[Patient]) -> HttpResponse:
    now = clock_now()
    try:
        booked = confirm_group(
            group_id=held.group.pk,
            patients=patients,
            confirmed_by=request.user,
            now=now,
            call_id=asked.uuid(request.POST, "call_id"),
            accompanied_by=request.POST.get("accompanied_by", "").strip()[:80],
        )
    except Refusal as refusal:
        sentence = refusal_sentence(refusal)
        return draw(request, held, [patient.pk for patient in patients], sentence=sentence, status=CONFLICT)
    practice_id = held.group.practice_id
    request.log_write("appointment", [each.pk for each in booked], practice_id=practice_id)
    text = ngettext(
        "%(count)s rendez-vous pris, à partir du %(when)s.",
        "%(count)s rendez-vous pris, à partir du %(when)s.",
        len(booked),
    ) % {"count": len(booked), "when": when(booked[0])}
    first = strip.with_people().get(pk=booked[0].pk)
    return strip.done(request, first, text, event="appointment-booked", undo=undo_url(held.group.pk, now))


def undo_url(group_id: int, at: datetime) -> str:
    """Name what one act did to a group, by the moment of it."""
    return reverse("agenda:undo_group", args=[group_id, (at - _EPOCH) // _MICROSECOND])


def _who_is_missing(held: HeldGroup, given: int) -> str:
    left = _places(held) - given
    if _places(held) == 1:
        return _("Choisissez d’abord le patient : touche / pour le chercher.")
    return ngettext(
        "Il manque encore %(count)s patient : touche / pour le chercher.",
        "Il manque encore %(count)s patients : touche / pour les chercher.",
        left,
    ) % {"count": left}


def _places(held: HeldGroup) -> int:
    """Tell how many patients the group is for: one each for brothers and sisters, else one for all."""
    return len(held.holds) if held.group.kind == AppointmentGroup.Kind.SIBLINGS else 1


def _patients(values: QueryDict, held: HeldGroup) -> list[int]:
    return list(asked.numbers(values, "person"))[: _places(held)]


def _own(request: PersonRequest, group_id: int) -> HeldGroup:
    """Read one's own held group; a group that was given back has no holds left."""
    found = get_object_or_404(AppointmentGroup.objects.select_related("practice"), pk=group_id)
    rows = Appointment.objects.filter(group=found, status=Status.HELD, held_by=request.user)
    return HeldGroup(found, tuple(rows.select_related("practitioner", "site", "visit_type").order_by("pk")))


def _toast(text: str, *, status: int = 200) -> HttpResponse:
    events: dict[str, Any] = {"toast": {"text": text, "target": "body"}, "agenda-changed": {"target": "body"}}
    return HttpResponse("", status=status, headers={"HX-Trigger": json.dumps(events)})
