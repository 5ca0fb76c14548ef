"""Read the waiting list: for the one who chooses whom to ask, and for the screens."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from decroche.patients.models import PatientPhone
from decroche.practices.models import Practitioner
from decroche.scheduling.domain.appointment import AHEAD
from decroche.scheduling.domain.waiting import Opening, Wanting, Why
from decroche.scheduling.models import Appointment, VisitType, WaitingListEntry, WaitingListOffer
from decroche.scheduling.queries.appointments import AppointmentView, views_of
from decroche.scheduling.queries.slots import Slot, open_slots

#: A list that long is no list any more; whoever stands beyond is not looked at.
LONGEST_LIST = 500
#: At most so many places of one length are looked at in what was freed (a day reopened holds some fifty).
MOST_OPENINGS = 60
IN_FORCE = (WaitingListEntry.State.WAITING, WaitingListEntry.State.OFFERED)
_ASKED = (
    WaitingListOffer.State.OPEN,
    WaitingListOffer.State.DECLINED,
    WaitingListOffer.State.LAPSED,
    WaitingListOffer.State.ACCEPTED,
)


def in_force(practice_ids: Collection[int], *, today: date) -> QuerySet[WaitingListEntry]:
    """Select who still waits, in the order in which they are served."""
    rows: QuerySet[WaitingListEntry] = WaitingListEntry.objects.filter(
        practice_id__in=practice_ids, state__in=IN_FORCE, last_day__gte=today
    ).order_by("-is_urgent", "created_at", "pk")
    return rows


def wantings(*, practice_id: int, now: datetime, zone: ZoneInfo) -> list[Wanting]:
    """Read the list as plain values; 2 queries."""
    today = now.astimezone(zone).date()
    entries = list(in_force([practice_id], today=today).select_related("instead_of")[:LONGEST_LIST])
    asked: dict[int, set[tuple[int, datetime]]] = defaultdict(set)
    offers = WaitingListOffer.objects.filter(entry__in=[e.pk for e in entries], state__in=_ASKED)
    thinking = set()
    for entry_id, practitioner_id, starts_at, state in offers.values_list(
        "entry_id", "hold__practitioner_id", "hold__starts_at", "state"
    ):
        asked[entry_id].add((practitioner_id, starts_at))
        if state == WaitingListOffer.State.OPEN:
            thinking.add(entry_id)
    return [wanting_of(entry, asked=asked[entry.pk], is_thinking=entry.pk in thinking) for entry in entries]


def wanting_of(
    entry: WaitingListEntry, *, asked: Iterable[tuple[int, datetime]] = (), is_thinking: bool = False
) -> Wanting:
    """Give one line of the list as plain values; `instead_of` must be loaded."""
    old = entry.instead_of
    return Wanting(
        id=entry.pk,
        visit_type_id=entry.visit_type_id,
        since=entry.created_at,
        first_day=entry.first_day,
        last_day=entry.last_day,
        is_urgent=entry.is_urgent,
        practitioner_id=entry.practitioner_id,
        half_day=entry.half_day,
        weekdays=frozenset(entry.weekdays),
        notice=timedelta(minutes=entry.notice_minutes),
        has_until=old.starts_at if old else None,
        is_settled=old is not None and old.status not in AHEAD,
        is_thinking=is_thinking,
        asked=frozenset(asked),
    )


def openings_in(
    *,
    practitioner: Practitioner,
    kinds: Iterable[VisitType],
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> dict[int, list[Opening]]:
    """Give the times at which each of these visits would take a part of `[starts_at, ends_at)`; by visit type.

    One search a visit type, two where it lasts longer than what was freed and might begin before it.
    """
    found: dict[int, list[Opening]] = {}
    days = max(1, ceil((ends_at - starts_at) / timedelta(days=1)))
    for kind in kinds:
        before = timedelta(minutes=kind.duration_minutes)
        slots = _overlapping(practitioner, kind, starts_at, starts_at, ends_at, days, now)
        if not slots and before > ends_at - starts_at:
            slots = _overlapping(practitioner, kind, starts_at - before, starts_at, ends_at, days, now)
        found[kind.pk] = [
            Opening(slot.practitioner_id, slot.site_id, slot.starts_at, slot.ends_at) for slot in slots
        ]
    return found


def _overlapping(
    practitioner: Practitioner,
    kind: VisitType,
    start: datetime,
    starts_at: datetime,
    ends_at: datetime,
    days: int,
    now: datetime,
) -> list[Slot]:
    slots = open_slots(
        practitioners=[practitioner],
        visit_type=kind,
        start=start,
        now=now,
        limit=MOST_OPENINGS,
        horizon_days=days,
    )
    touching = [slot for slot in slots if slot.starts_at < ends_at and slot.ends_at > starts_at]
    return sorted(touching, key=lambda slot: slot.starts_at)


# --- for the screens -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the list as screens show it; `rank` among all who wait, 0 for who does not any more."""

    entry: WaitingListEntry
    rank: int
    offer: "OfferView | None"
    is_settled: bool
    is_over: bool  # the days they gave are past

    @property
    def is_waiting(self) -> bool:
        return self.entry.state in IN_FORCE and not self.is_over


@dataclass(frozen=True, slots=True)
class OfferView:
    """A slot proposed to someone: what, until when, whether they were told, whom to call."""

    offer: WaitingListOffer
    slot: AppointmentView
    numbers: tuple[str, ...]
    #: (name, Why) of those who stood before and were not asked.
    passed_over: tuple[tuple[str, Why], ...]

    @property
    def is_to_call(self) -> bool:
        return self.offer.told == WaitingListOffer.Told.TO_CALL


def page_of(
    *, rows: QuerySet[WaitingListEntry], start: int, stop: int, today: date, ranks: dict[int, int]
) -> list[EntryView]:
    """Read a stretch of the list with the offers in hand; 5 queries whatever its length."""
    people = ("patient", "visit_type", "practitioner", "instead_of__site", "practice", "created_by")
    entries = list(rows.select_related(*people)[start:stop])
    offers = {
        view.offer.entry_id: view
        for view in offer_views(
            WaitingListOffer.objects.filter(
                entry__in=[e.pk for e in entries], state=WaitingListOffer.State.OPEN
            )
        )
    }
    return [
        EntryView(
            entry,
            ranks.get(entry.pk, 0),
            offers.get(entry.pk),
            entry.instead_of is not None and entry.instead_of.status not in AHEAD,
            entry.last_day < today,
        )
        for entry in entries
    ]


def ranks_of(practice_id: int, *, today: date) -> dict[int, int]:
    """Say where each who waits stands in the whole list; 1 query."""
    ids = in_force([practice_id], today=today).values_list("pk", flat=True)[:LONGEST_LIST]
    return {id_: rank for rank, id_ in enumerate(ids, start=1)}


def offer_views(rows: QuerySet[WaitingListOffer]) -> list[OfferView]:
    """Read offers with all that is said of them, in the order of `rows`; 4 queries."""
    offers = list(
        rows.select_related(
            "entry__patient", "entry__practice", "entry__visit_type", "entry__instead_of__site", "told_by"
        )
    )
    if not offers:
        return []
    holds = Appointment.objects.filter(pk__in=[offer.hold_id for offer in offers])
    slots = {view.id: view for view in views_of(holds)}
    numbers = phones_of(offer.entry.patient_id for offer in offers)
    passed = {id_ for offer in offers for id_, _ in offer.passed_over}
    names = {
        entry.pk: entry.patient.display_name
        for entry in WaitingListEntry.objects.filter(pk__in=passed).select_related("patient")
    }
    return [
        OfferView(
            offer,
            slots[offer.hold_id],
            numbers.get(offer.entry.patient_id, ()),
            tuple((names[id_], Why(why)) for id_, why in offer.passed_over if id_ in names),
        )
        for offer in offers
    ]


def phones_of(patient_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Give the patients' numbers, each one's in its order; 1 query."""
    found: dict[int, list[str]] = defaultdict(list)
    for patient_id, number in PatientPhone.objects.filter(patient_id__in=set(patient_ids)).values_list(
        "patient_id", "number"
    ):
        found[patient_id].append(number)
    return {patient_id: tuple(numbers) for patient_id, numbers in found.items()}


def open_offers(practice_ids: Collection[int], *, limit: int = 50) -> list[OfferView]:
    """Give the slots that are being kept for someone, the first to lapse first; 4 queries."""
    rows = WaitingListOffer.objects.filter(
        entry__practice_id__in=practice_ids, state=WaitingListOffer.State.OPEN
    )
    return offer_views(rows.order_by("expires_at", "pk")[:limit])


def offers_of_patient(patient_id: int) -> list[OfferView]:
    """Give the slots that are being kept for this patient; 4 queries, 1 when there is none."""
    rows = WaitingListOffer.objects.filter(entry__patient_id=patient_id, state=WaitingListOffer.State.OPEN)
    return offer_views(rows.order_by("expires_at", "pk"))


def history_of(entry_id: int) -> list[OfferView]:
    """Give all that was proposed to someone, latest first; 4 queries."""
    rows = WaitingListOffer.objects.filter(entry_id=entry_id).select_related("answered_to")
    return offer_views(rows.order_by("-offered_at", "-pk"))


def is_on_the_list(*, patient_id: int, visit_type_id: int, today: date) -> bool:
    """Tell whether the patient waits for this already; 1 query."""
    found: bool = WaitingListEntry.objects.filter(
        patient_id=patient_id, visit_type_id=visit_type_id, state__in=IN_FORCE, last_day__gte=today
    ).exists()
    return found


def has_list(practitioner_id: int, practice_id: int) -> bool:
    """Tell whether anybody waits for this practitioner, or for whoever receives; 1 query."""
    found: bool = WaitingListEntry.objects.filter(
        Q(practitioner__isnull=True) | Q(practitioner_id=practitioner_id),
        practice_id=practice_id,
        state=WaitingListEntry.State.WAITING,
    ).exists()
    return found
