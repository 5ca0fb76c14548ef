"""Draw the booking strip: at rest, as a list of slots, as a hold. Every door of the strip answers with one of these."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import merge
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from decroche.accounts.guard import PersonRequest
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.domain.asking import Asker, Order
from decroche.scheduling.models import Appointment, Pathway, Place, VisitQuestion, VisitType
from decroche.scheduling.queries import open_slots, views_of
from decroche.scheduling.queries.of_patient import PatientInAgenda, last_home, patient_in_agenda
from decroche.scheduling.queries.slots import HORIZON_DAYS, Slot
from decroche.scheduling.web import agenda, asked
from decroche.scheduling.web.block_words import blocked_sentence
from decroche.scheduling.web.choice import Choice, weekday_names

LISTED = 9
PATHWAY_KEYS = ("0", "u", "y", "z")
CONFLICT, INCOMPLETE = 409, 422
LONGEST_SEARCH_DAYS = HORIZON_DAYS


@dataclass(slots=True)
class Listing:
    """What a list of slots is drawn from; a door fills in what it knows."""

    practice: Practice
    values: QueryDict
    kind: VisitType | None = None
    choice: Choice | None = None
    #: Said above the list: a refusal, or what could not be read.
    sentence: str = ""
    status: int = 200
    #: List from this time on (after a refusal).
    around: datetime | None = None
    #: What was typed, kept in its field.
    typed: str = ""
    #: Slots already found, instead of a search.
    found: Sequence[Slot] | None = None
    #: The time that was refused, as a cell's key; it may be forced.
    refused: str = ""
    known: PatientInAgenda | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def rest(request: PersonRequest, practice: Practice) -> HttpResponse:
    """Draw the strip at rest; the grid forgets what it was cut for."""
    kinds = VisitType.objects.filter(practice=practice, is_active=True)
    response = render(request, "scheduling/_booking.html", {"practice": practice, "types": kinds})
    response["HX-Trigger-After-Settle"] = json.dumps({"agenda-changed": {"target": "body"}})
    return response


def types(request: PersonRequest, practice: Practice) -> HttpResponse:
    """List the visit types under 1 to 9, then the pathways."""
    kinds = VisitType.objects.filter(practice=practice, is_active=True)
    pathways = Pathway.objects.filter(practice=practice, is_active=True)
    named = list(zip_longest(pathways, PATHWAY_KEYS[: len(pathways)], fillvalue=""))
    context = {"practice": practice, "types": kinds, "pathways": named}
    return render(request, "scheduling/_types.html", context)


def done(
    request: PersonRequest,
    appointment: Appointment,
    text: str,
    *,
    event: str,
    undo: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the strip at rest, say what was done and offer to undo it."""
    response = rest(request, appointment.practice)
    response.status_code = status
    undo = undo or reverse("agenda:undo", args=[appointment.pk, appointment.version])
    events: dict[str, Any] = {
        "toast": {"text": text, "undo": undo, "seconds": 12, "target": "body"},
        "agenda-changed": {"target": "body"},
        event: {"appointment_id": appointment.pk, "patient_id": appointment.patient_id, "target": "body"},
    }
    response["HX-Trigger-After-Settle"] = json.dumps(events)
    return response


# --- the list of slots -----------------------------------------------------------------------------------------------


def listing(request: PersonRequest, wish: Listing) -> HttpResponse:
    """List up to nine slots; after a refusal, those from the refused time on, under the sentence."""
    now = clock_now()
    practice, values = wish.practice, wish.values
    moving = moving_in(practice, values)
    people = list(Practitioner.objects.filter(practice=practice, is_active=True))
    kind = (moving.visit_type if moving else None) or wish.kind or asked_type(practice, values)
    if kind is None:
        return rest(request, practice)
    known = wish.known or patient_asked(practice, values, moving)
    choice = wish.choice or choice_of(practice, values, known, people, now)
    wanted, sentence = _who_may(people, choice, known, moving)
    found = wish.found
    if found is None:
        start = max(now, wish.around) if wish.around else choice.start(now)
        found = find(wanted, kind, choice, known, start=start, now=now)
    context = {
        "practice": practice,
        "people": people,
        "kind": kind,
        "choice": choice,
        "said": choice.said(),
        "weekdays": list(enumerate(weekday_names())),
        "moving": moving,
        "slots": [(slot, key_of(slot)) for slot in found],
        "sentence": wish.sentence or sentence,
        "typed": wish.typed,
        "refused": wish.refused,
        "known": known,
        "hold": asked.number(values, "hold"),
        "today": asked.today(now, practice.timezone),
        "several": len(people) > 1,
        "many_sites": len({slot.site_id for slot in found}) > 1,
        "is_home": kind.place == Place.HOME,
        "may_force": bool(wish.refused) and request.access.allows(Permission.FORCE_APPOINTMENT, practice.pk),
    } | wish.extra
    status = wish.status if wish.status != 200 or not wish.sentence else CONFLICT  # noqa: PLR2004
    response = render(request, "scheduling/_slots.html", context, status=status)
    response["HX-Trigger-After-Settle"] = json.dumps({"agenda-changed": {"target": "body"}})
    return response


def choice_of(
    practice: Practice,
    values: QueryDict,
    known: PatientInAgenda | None,
    people: Iterable[Practitioner],
    now: datetime,
) -> Choice:
    """Read what is asked; where nobody chose anything yet, begin from what the patient prefers."""
    choice = Choice.read(values, practice, now)
    untouched = values.get("asked") != "1" and choice.is_plain and not choice.practitioner_ids
    return choice.with_habits(known, people) if untouched else choice


def find(
    wanted: Sequence[Practitioner],
    kind: VisitType,
    choice: Choice,
    known: PatientInAgenda | None,
    *,
    start: datetime,
    now: datetime,
    limit: int = LISTED,
) -> list[Slot]:
    """Search for each as what the patient is to them, new or known; one search where all agree."""
    sides: dict[bool | None, list[Practitioner]] = {}
    for person in wanted:
        sides.setdefault(is_new_for(choice, known, person), []).append(person)
    order = Order.TIME if choice.by_clock else Order.WISHES
    searches = [
        open_slots(
            practitioners=group,
            visit_type=kind,
            start=start,
            now=now,
            limit=limit,
            horizon_days=choice.horizon_days(start, LONGEST_SEARCH_DAYS),
            suits=choice.suits,
            asker=replace(choice.asker(), is_new_patient=is_new),
            order=order,
            around=choice.around,
        )
        for is_new, group in sides.items()
    ]
    # Each list keeps its own practitioners' order; between lists, the earlier of the two next ones goes first.
    return list(merge(*searches, key=lambda slot: slot.starts_at))[:limit]


def is_new_for(choice: Choice, known: PatientInAgenda | None, person: Practitioner) -> bool | None:
    """Tell whether the patient is new to that practitioner: as was said, else as the agenda knows."""
    if choice.is_new is not None or known is None:
        return choice.is_new
    return known.is_new_to(person.pk)


def asker_for(choice: Choice, known: PatientInAgenda | None, person: Practitioner) -> Asker:
    """Say for whom one practitioner is asked."""
    return replace(choice.asker(), is_new_patient=is_new_for(choice, known, person))


def _who_may(
    people: list[Practitioner], choice: Choice, known: PatientInAgenda | None, moving: Appointment | None
) -> tuple[list[Practitioner], str]:
    """Give whom to ask; those who refuse the patient are left out, and the first of them named when none is left."""
    wanted = [person for person in people if person.pk in choice.practitioner_ids] or people
    if known is None or not known.blocks:
        return wanted, ""
    kept = moving.practitioner_id if moving else None
    open_to = [person for person in wanted if person.pk not in known.blocks or person.pk == kept]
    refusing = [known.blocks[person.pk] for person in wanted if person not in open_to]
    if refusing and (choice.practitioner_ids or not open_to):
        return open_to, blocked_sentence(refusing[0])
    return open_to, ""


def key_of(slot: Slot) -> str:
    """Name a slot as the grid's cells do."""
    return f"{slot.practitioner_id}.{slot.site_id}.{int(slot.starts_at.timestamp()) // 60}"


# --- the hold --------------------------------------------------------------------------------------------------------


def holding(
    request: PersonRequest, held: Appointment, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    """Draw the hold: what, when, for whom, what to say and to ask, how long still."""
    values = request.POST if request.method == "POST" else request.GET
    known = patient_asked(held.practice, values, None)
    at_home = held.visit_type.place == Place.HOME
    block = known.blocks.get(held.practitioner_id) if known else None
    context = {
        "practice": held.practice,
        "hold": held,
        "item": views_of(Appointment.objects.filter(pk=held.pk))[0],
        "known": known,
        "patient": known.patient if known else None,
        "is_new": known.is_new_to(held.practitioner_id) if known else None,
        "missed": known.to_tell.get(held.practitioner_id) if known else None,
        "blocked": blocked_sentence(block) if block else "",
        "types": VisitType.objects.filter(practice=held.practice_id, is_active=True),
        "questions": _questions(held.visit_type, values),
        "home": home_typed(values) or (last_home(patient_id=known.patient.pk) if known and at_home else None),
        "at_home": at_home,
        "accompanied_by": values.get("accompanied_by") or _habit_of_company(known),
        "sentence": sentence,
        "may_block": request.access.allows(Permission.BLOCK_PATIENT, held.practice_id),
    } | _jump(request, held)
    response = render(request, "scheduling/_hold.html", context, status=status)
    response["HX-Trigger-After-Settle"] = json.dumps({"agenda-changed": {"target": "body"}})
    return response


def _questions(kind: VisitType, values: QueryDict) -> list[tuple[VisitQuestion, str]]:
    """Give the questions of the visit type with what was already answered."""
    return [
        (each, values.get(f"answer-{each.pk}", "")) for each in VisitQuestion.objects.filter(visit_type=kind)
    ]


def _habit_of_company(known: PatientInAgenda | None) -> str:
    return known.preference.accompanied_by if known and known.preference else ""


def home_typed(values: QueryDict) -> dict[str, str] | None:
    """Read an address as it was typed, whole or not."""
    names = ("address_line", "postcode", "city", "access")
    typed = {name: values.get(name, "").strip() for name in names}
    return typed if any(typed.values()) else None


def _jump(request: PersonRequest, held: Appointment) -> dict[str, Any]:
    """Show the day of the slot just picked, where the grid shows another one."""
    values = request.POST
    if "mode" not in values:
        return {}
    day = held.starts_at.astimezone(ZoneInfo(held.practice.timezone)).date()
    shown = asked.day(values, "date", day)
    visible = (
        shown.isocalendar()[:2] == day.isocalendar()[:2] if values.get("mode") == "week" else shown == day
    )
    if visible:
        return {}
    standalone = values.get("standalone") == "1"
    return agenda.context_of(request, held.practice, values, standalone=standalone, day=day) | {"jump": True}


# --- reading what was asked ------------------------------------------------------------------------------------------


def with_people() -> QuerySet[Appointment]:
    """Select appointments with all that the strip names."""
    return Appointment.objects.select_related(
        "practice", "practitioner", "site", "visit_type", "patient", "held_by"
    )


def moving_in(practice: Practice, values: QueryDict) -> Appointment | None:
    """Give the appointment in hand, that is being moved."""
    wanted = asked.number(values, "moving")
    if wanted is None:
        return None
    found: Appointment | None = with_people().filter(pk=wanted, practice=practice).first()
    return found


def asked_type(practice: Practice, values: QueryDict) -> VisitType | None:
    """Give the visit type asked for."""
    found: VisitType | None = VisitType.objects.filter(
        pk=asked.number(values, "visit_type") or 0, practice=practice, is_active=True
    ).first()
    return found


def patient_asked(
    practice: Practice, values: QueryDict, moving: Appointment | None
) -> PatientInAgenda | None:
    """Read what the agenda knows of the patient chosen on the desk, or of the one who is being moved."""
    patient_id = moving.patient_id if moving else asked.number(values, "patient_id")
    return patient_in_agenda(patient_id=patient_id, practice_id=practice.pk) if patient_id else None
