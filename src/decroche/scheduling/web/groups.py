"""Give several visits at once: the sessions of a series, brothers and sisters one after the other, a pathway."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from decroche.accounts.guard import PersonRequest, requires
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now as clock_now
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.actions.hold_group import HeldGroup, Wanted, hold_group
from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.models import AppointmentGroup, Pathway, VisitType
from decroche.scheduling.queries import open_slots
from decroche.scheduling.queries.groups import pathway_slots, plan_series, sibling_slots
from decroche.scheduling.queries.of_patient import PatientInAgenda
from decroche.scheduling.queries.slots import Slot
from decroche.scheduling.web import asked, group_holds, strip
from decroche.scheduling.web.choice import Choice
from decroche.scheduling.web.strip import CONFLICT, LISTED
from decroche.scheduling.web.words import refusal_sentence

MOST_SESSIONS, MOST_A_WEEK = 60, 7
LARGEST_FAMILY = 5
_Kind = AppointmentGroup.Kind


@dataclass(frozen=True, slots=True)
class _Search:
    """What every search of several visits begins from."""

    practice: Practice
    values: QueryDict
    now: datetime
    people: list[Practitioner]
    choice: Choice
    known: PatientInAgenda | None

    @classmethod
    def of(cls, request: PersonRequest, practice: Practice) -> "_Search":
        now, values = clock_now(), request.POST
        known = strip.patient_asked(practice, values, None)
        people = list(Practitioner.objects.filter(practice=practice, is_active=True))
        choice = strip.choice_of(practice, values, known, people, now)
        return cls(practice, values, now, people, choice, known)

    @property
    def wanted(self) -> list[Practitioner]:
        """Give whom to ask: those chosen, else all, save those who refuse the patient."""
        chosen = [person for person in self.people if person.pk in self.choice.practitioner_ids]
        blocked = self.known.blocks if self.known else {}
        return [person for person in chosen or self.people if person.pk not in blocked]

    @property
    def asker(self) -> Asker:
        """Say for whom: new or known only where it is so for each of them."""
        sides = {strip.is_new_for(self.choice, self.known, person) for person in self.wanted}
        return replace(self.choice.asker(), is_new_patient=sides.pop() if len(sides) == 1 else None)

    def context(self, **more: Any) -> dict[str, Any]:
        """Give the template what they all show."""
        return {
            "practice": self.practice,
            "choice": self.choice,
            "said": self.choice.said(),
            "known": self.known,
            "patient": self.known.patient if self.known else None,
        } | more


# --- a series --------------------------------------------------------------------------------------------------------


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def series(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Propose every session of a series; or, with `swap`, what else one of them could be."""
    practice = get_object_or_404(Practice, pk=practice_id)
    kind = strip.asked_type(practice, request.POST)
    if kind is None:
        return strip.rest(request, practice)
    search = _Search.of(request, practice)
    kept = _kept(search)
    swap = asked.number(request.POST, "swap")
    if kept and swap is not None and 1 <= swap <= len(kept):
        return _alternatives(request, search, kind, kept, swap - 1)
    return _proposal(request, search, kind, kept)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def take_series(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Hold every session, and book them at once where the patient is known; all of them, or none."""
    practice = get_object_or_404(Practice, pk=practice_id)
    kind = strip.asked_type(practice, request.POST)
    search = _Search.of(request, practice)
    kept = _kept(search)
    if kind is None or not kept:
        return strip.rest(request, practice)
    try:
        held = _hold(request, search, _Kind.SERIES, [kind] * len(kept), kept)
    except Refusal as refusal:
        return _proposal(request, search, kind, (), sentence=refusal_sentence(refusal), status=CONFLICT)
    return group_holds.after_hold(request, held, search.known)


def _proposal(
    request: PersonRequest,
    search: _Search,
    kind: VisitType,
    kept: Sequence[asked.AskedSlot],
    *,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the sessions as an editable list: those kept, or a fresh plan."""
    sessions = (
        _between(asked.number(search.values, "sessions"), 2, MOST_SESSIONS) or kind.series_sessions or 2
    )
    weekly = _between(asked.number(search.values, "per_week"), 1, MOST_A_WEEK) or kind.series_per_week or 1
    shown: list[dict[str, Any]] = []
    wanted = sessions
    if kept:
        shown = _shown(search, kept)
    else:
        plan = plan_series(
            practitioners=search.wanted,
            visit_type=kind,
            start=search.choice.start(search.now),
            now=search.now,
            sessions=sessions,
            per_week=weekly,
            asker=search.asker,
            suits=search.choice.suits,
        )
        shown = [_session(slot.starts_at, slot.practitioner_name, strip.key_of(slot)) for slot in plan.slots]
        wanted = plan.wanted
    context = search.context(
        kind=kind,
        sessions=sessions,
        per_week=weekly,
        shown=shown,
        short=wanted - len(shown) if not kept else 0,
    )
    return render(request, "scheduling/_series.html", context | {"sentence": sentence}, status=status)


def _alternatives(
    request: PersonRequest, search: _Search, kind: VisitType, kept: Sequence[asked.AskedSlot], index: int
) -> HttpResponse:
    """List what one session could be instead: the nearest free times that no other session has."""
    own = kept[index]
    person = next((person for person in search.people if person.pk == own.practitioner_id), None)
    others = {each.starts_at for n, each in enumerate(kept) if n != index}
    monday = own.starts_at.astimezone(search.choice.zone)
    first = max(search.now, monday.replace(hour=0, minute=0) - timedelta(days=monday.weekday()))
    found = open_slots(
        practitioners=[person] if person else [],
        visit_type=kind,
        start=first,
        now=search.now,
        limit=200,
        horizon_days=14,
        suits=search.choice.suits,
        asker=search.asker,
    )
    free = [slot for slot in found if slot.starts_at not in others and slot.starts_at != own.starts_at]
    nearest = sorted(sorted(free, key=lambda slot: abs(slot.starts_at - own.starts_at))[:LISTED], key=_start)
    context = search.context(
        kind=kind,
        number=index + 1,
        own=_session(own.starts_at.astimezone(search.choice.zone), person.display_name if person else "", ""),
        before=[_key(each) for each in kept[:index]],
        after=[_key(each) for each in kept[index + 1 :]],
        own_key=_key(own),
        slots=[(slot, strip.key_of(slot)) for slot in nearest],
        sessions=len(kept),
        per_week=asked.number(search.values, "per_week") or "",
    )
    return render(request, "scheduling/_series_swap.html", context)


# --- brothers and sisters, pathways ----------------------------------------------------------------------------------


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def family(request: PersonRequest, practice_id: int) -> HttpResponse:
    """List when so many brothers and sisters can come one after the other."""
    practice = get_object_or_404(Practice, pk=practice_id)
    kind = strip.asked_type(practice, request.POST)
    if kind is None:
        return strip.rest(request, practice)
    return _family(request, _Search.of(request, practice), kind)


def _family(request: PersonRequest, search: _Search, kind: VisitType, *, sentence: str = "") -> HttpResponse:
    count = _between(asked.number(search.values, "count"), 2, LARGEST_FAMILY) or 2
    chains = sibling_slots(
        practitioners=search.wanted,
        visit_types=[kind] * count,
        start=search.choice.start(search.now),
        now=search.now,
        asker=search.asker,
        suits=search.choice.suits,
    )
    context = search.context(
        kind=kind, count=count, more=min(count + 1, LARGEST_FAMILY), chains=_chains(chains)
    )
    status = CONFLICT if sentence else 200
    return render(request, "scheduling/_family.html", context | {"sentence": sentence}, status=status)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def pathway(request: PersonRequest, pathway_id: int) -> HttpResponse:
    """List when the visits of a pathway can follow one another."""
    found = get_object_or_404(Pathway.objects.select_related("practice"), pk=pathway_id)
    return _pathway(request, _Search.of(request, found.practice), found)


def _pathway(request: PersonRequest, search: _Search, found: Pathway, *, sentence: str = "") -> HttpResponse:
    chains = pathway_slots(
        pathway=found,
        practitioners=search.wanted,
        start=search.choice.start(search.now),
        now=search.now,
        asker=search.asker,
        suits=search.choice.suits,
    )
    names = [step.visit_type.short_name for step in found.steps.select_related("visit_type")]
    context = search.context(pathway=found, chains=_chains(chains), names=names)
    status = CONFLICT if sentence else 200
    return render(request, "scheduling/_family.html", context | {"sentence": sentence}, status=status)


@require_POST
@requires(Permission.BOOK_APPOINTMENT)
def take_chain(request: PersonRequest, practice_id: int) -> HttpResponse:
    """Hold every visit of the chain that was picked."""
    practice = get_object_or_404(Practice, pk=practice_id)
    search = _Search.of(request, practice)
    kept = _kept(search, request.POST.get("chain", "").split("_"))
    path = Pathway.objects.filter(pk=asked.number(request.POST, "pathway") or 0, practice=practice).first()
    kind = strip.asked_type(practice, request.POST)
    kinds: list[VisitType] = []
    if path is not None:
        kinds = [step.visit_type for step in path.steps.select_related("visit_type")]
    elif kind is not None:
        kinds = [kind] * len(kept)
    if not kept or len(kinds) != len(kept):
        return strip.rest(request, practice)
    try:
        held = _hold(request, search, _Kind.PATHWAY if path else _Kind.SIBLINGS, kinds, kept)
    except Refusal as refusal:
        if path is not None:
            return _pathway(request, search, path, sentence=refusal_sentence(refusal))
        return _family(request, search, kinds[0], sentence=refusal_sentence(refusal))
    patients = [search.known.patient.pk] if search.known else []
    return group_holds.draw(request, held, patients)


# --- what they share -------------------------------------------------------------------------------------------------


def _hold(
    request: PersonRequest,
    search: _Search,
    kind: str,
    kinds: Sequence[VisitType],
    kept: Sequence[asked.AskedSlot],
) -> HeldGroup:
    people = {person.pk: person for person in search.people}
    sites = {site.pk: site for site in Site.objects.filter(practice=search.practice)}
    wanted = [
        Wanted(people[each.practitioner_id], sites[each.site_id], visit_type, each.starts_at)
        for each, visit_type in zip(kept, kinds, strict=True)
    ]
    return hold_group(
        kind=kind,
        wanted=wanted,
        held_by=request.user,
        now=search.now,
        asker=search.asker,
        call_id=asked.uuid(request.POST, "call_id"),
    )


def _kept(search: _Search, texts: Sequence[str] | None = None) -> list[asked.AskedSlot]:
    """Read the sessions of the form, in order of time; one that is not of this practice spoils all of them."""
    # htmx lets a button's value stand for every field of its name: the swapped session has a name of its own.
    instead = [text for text in search.values.getlist("instead") if text]
    named = [*search.values.getlist("session"), *instead] if texts is None else texts
    found = [asked.slot_of(text) for text in named]
    people = {person.pk for person in search.people}
    sites = (
        set(Site.objects.filter(practice=search.practice).values_list("pk", flat=True)) if found else set()
    )
    if any(each is None or each.practitioner_id not in people or each.site_id not in sites for each in found):
        return []
    kept = [each for each in found if each is not None]
    return sorted(kept, key=_start) if texts is None else kept


def _shown(search: _Search, kept: Sequence[asked.AskedSlot]) -> list[dict[str, Any]]:
    names = {person.pk: person.display_name for person in search.people}
    zones = {site.pk: site.zone for site in Site.objects.filter(practice=search.practice)}
    return [
        _session(each.starts_at.astimezone(zones[each.site_id]), names[each.practitioner_id], _key(each))
        for each in kept
    ]


def _session(starts_at: datetime, who: str, key: str) -> dict[str, Any]:
    return {"starts_at": starts_at, "who": who, "key": key}


def _chains(chains: Sequence[Sequence[Slot]]) -> list[tuple[Sequence[Slot], str]]:
    return [(chain, "_".join(strip.key_of(slot) for slot in chain)) for chain in chains]


def _key(slot: asked.AskedSlot) -> str:
    return f"{slot.practitioner_id}.{slot.site_id}.{int(slot.starts_at.timestamp()) // 60}"


def _start(slot: Any) -> datetime:
    found: datetime = slot.starts_at
    return found


def _between(number: int | None, low: int, high: int) -> int | None:
    return None if number is None else max(low, min(high, number))
