"""Ask the first of the waiting list whom a freed slot suits."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from decroche.practices.models import Practitioner, Site
from decroche.scheduling import notices
from decroche.scheduling.actions._lists import lock_list, tell_lists
from decroche.scheduling.actions.hold_slot import hold_slot
from decroche.scheduling.domain.refusals import SlotClosed, SlotTaken
from decroche.scheduling.domain.waiting import Opening, Proposal, Wanting, answer_by, match
from decroche.scheduling.models import VisitType, WaitingListEntry, WaitingListOffer
from decroche.scheduling.queries.waiting import openings_in, wantings

#: A day reopened calls so many people at most; the others are asked as answers come.
MOST_AT_ONCE = 20


def propose_freed_time(
    *,
    practitioner: Practitioner,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    freed_by: int | None = None,
) -> list[WaitingListOffer]:
    """Keep each part of `[starts_at, ends_at)` that is free for the first whom it suits, and tell them.

    Each offer is a transaction of its own and reads everything anew: run twice, killed half-way or beside a caller who
    takes the slot, it goes on from what stands. A slot lost to a caller is left to the caller.
    """
    made: list[WaitingListOffer] = []
    lost: set[tuple[int, datetime]] = set()
    while len(made) + len(lost) < MOST_AT_ONCE and ends_at > now:
        with transaction.atomic():
            lock_list(practitioner.practice_id)
            found = _next(practitioner, max(starts_at, now), ends_at, now, lost)
            if found is None:
                break
            proposal, wanting = found
            try:
                made.append(_offer(practitioner, proposal, wanting, now=now, freed_by=freed_by))
            except (SlotTaken, SlotClosed):
                lost.add((proposal.entry_id, proposal.opening.starts_at))
    return made


def _next(
    practitioner: Practitioner,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    lost: Collection[tuple[int, datetime]],
) -> tuple[Proposal, Wanting] | None:
    zone = practitioner.practice.zone
    waiting = {one.id: one for one in wantings(practice_id=practitioner.practice_id, now=now, zone=zone)}
    kinds = VisitType.objects.filter(
        pk__in={one.visit_type_id for one in waiting.values() if not one.is_thinking}, is_active=True
    )
    openings = openings_in(
        practitioner=practitioner, kinds=kinds, starts_at=starts_at, ends_at=ends_at, now=now
    )
    for proposal in match(waiting.values(), openings, now=now, zone=zone):
        if (proposal.entry_id, proposal.opening.starts_at) not in lost:
            return proposal, waiting[proposal.entry_id]
    return None


def _offer(
    practitioner: Practitioner, proposal: Proposal, wanting: Wanting, *, now: datetime, freed_by: int | None
) -> WaitingListOffer:
    until = answer_by(
        starts_at=proposal.opening.starts_at, notice=wanting.notice, now=now, zone=practitioner.practice.zone
    )
    if until is None:
        raise SlotClosed
    return offer_to(
        entry_id=proposal.entry_id,
        practitioner=practitioner,
        opening=proposal.opening,
        expires_at=until,
        now=now,
        rank=proposal.rank,
        passed_over=[[entry_id, why.value] for entry_id, why in proposal.passed_over],
        freed_by=freed_by,
    )


def offer_to(
    *,
    entry_id: int,
    practitioner: Practitioner,
    opening: Opening,
    expires_at: datetime,
    now: datetime,
    rank: int = 1,
    passed_over: list[list[int | str]] | None = None,
    freed_by: int | None = None,
    told: WaitingListOffer | None = None,
) -> WaitingListOffer:
    """Hold the time for this person until `expires_at`, and write to them unless `told` says that it was done.

    Inside a transaction. Raises `SlotTaken` or `SlotClosed`.
    """
    entry = WaitingListEntry.objects.select_related("patient", "practice", "visit_type").get(pk=entry_id)
    hold = hold_slot(
        practitioner=practitioner,
        site=Site.objects.get(pk=opening.site_id),
        visit_type=entry.visit_type,
        starts_at=opening.starts_at,
        ends_at=opening.ends_at,
        held_by=None,
        now=now,
        waiting_entry_id=entry.pk,
        lasts=expires_at - now,
    )
    offer = WaitingListOffer(
        entry=entry,
        hold=hold,
        freed_by_id=freed_by,
        offered_at=now,
        expires_at=expires_at,
        rank=rank,
        passed_over=passed_over or [],
    )
    if told is not None:
        offer.told, offer.told_at, offer.told_by_id = told.told, told.told_at, told.told_by_id
    offer.save(force_insert=True)
    if told is None and notices.write_offer(offer, now=now):
        offer.told, offer.told_at = WaitingListOffer.Told.TEXT, now
        offer.save(update_fields=["told", "told_at"])
    entry.state = WaitingListEntry.State.OFFERED
    entry.save(update_fields=["state"])
    tell_lists(entry.practice_id)
    return offer
