"""Take the answer of someone to whom a freed slot was proposed; take it back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from decroche.accounts.models import User
from decroche.scheduling.actions._lists import (
    MOVED_UP,
    close_offer,
    give_back,
    lock_offer,
    refuse_unless_open,
    tell_lists,
)
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.confirm_hold import confirm_hold
from decroche.scheduling.actions.propose_freed_time import offer_to
from decroche.scheduling.actions.restore_appointment import restore_appointment
from decroche.scheduling.domain.appointment import AHEAD, Status
from decroche.scheduling.domain.refusals import NothingToUndo
from decroche.scheduling.domain.waiting import OfferClosed, Opening
from decroche.scheduling.models import Appointment, WaitingListEntry, WaitingListOffer

_STATES = WaitingListOffer.State
_WAITING = {WaitingListEntry.State.WAITING, WaitingListEntry.State.OFFERED}


def accept_offer(*, offer_id: int, by: User, now: datetime, call_id: UUID | None = None) -> Appointment:
    """Book the slot for whom it was kept; the appointment that it replaces is cancelled in the same breath.

    That frees the old time, which is proposed in its turn. One who answers late still has the slot while nobody else
    does. Asked twice, give the same appointment.

    Raises `OfferClosed`, `SlotTaken` or `SlotClosed` (answered late, and it is gone), `PatientBlocked` or
    `WaitingListOffer.DoesNotExist`.
    """
    with transaction.atomic():
        _lock_people(offer_id)
        offer = lock_offer(offer_id)
        entry, old = offer.entry, offer.entry.instead_of
        if offer.state == _STATES.ACCEPTED:
            return offer.hold
        if offer.state not in {_STATES.OPEN, _STATES.LAPSED} or entry.state not in _WAITING:
            raise OfferClosed(offer.state)
        if offer.state == _STATES.LAPSED and entry.offers.filter(state=_STATES.OPEN).exists():
            raise OfferClosed(offer.state)  # something else is being kept for them: that is the question now
        booked = confirm_hold(
            hold_id=offer.hold_id, patient=entry.patient, confirmed_by=by, now=now, call_id=call_id
        )
        if old is not None and old.status in AHEAD:
            cancel_appointment(appointment_id=old.pk, version=None, reason=MOVED_UP, by=by, now=now)
        close_offer(offer, state=_STATES.ACCEPTED, by_id=by.pk, now=now)
        entry.state, entry.closed_at = WaitingListEntry.State.BOOKED, now
        entry.save(update_fields=["state", "closed_at"])
        return booked


def decline_offer(*, offer_id: int, by: User, now: datetime) -> WaitingListOffer:
    """Let the next one be asked; who declined stays on the list, and is not asked about this slot again.

    Asked twice, nothing more happens. Raises `OfferClosed` or `WaitingListOffer.DoesNotExist`.
    """
    with transaction.atomic():
        offer = lock_offer(offer_id)
        if offer.state == _STATES.DECLINED:
            return offer
        refuse_unless_open(offer)
        close_offer(offer, state=_STATES.DECLINED, by_id=by.pk, now=now)
        give_back(offer, now=now)
        return offer


def mark_called(*, offer_id: int, by: User, now: datetime) -> WaitingListOffer:
    """Write that the person was told by telephone; the answer may come later. Raises `OfferClosed`."""
    with transaction.atomic():
        offer = lock_offer(offer_id)
        refuse_unless_open(offer)
        offer.told, offer.told_at, offer.told_by_id = WaitingListOffer.Told.CALLED, now, by.pk
        offer.save(update_fields=["told", "told_at", "told_by"])
        tell_lists(offer.entry.practice_id)
        return offer


def undo_answer(*, offer_id: int, by: User, now: datetime) -> WaitingListOffer:
    """Take an acceptance or a refusal back: the slot is kept for the person again until the time first given.

    What acceptance cancelled is restored. Raises `NothingToUndo` (too late, or never answered), `SlotTaken` when the
    old or the proposed time has a new owner (nothing is changed then), or `WaitingListOffer.DoesNotExist`.
    """
    with transaction.atomic():
        _lock_people(offer_id)
        offer = lock_offer(offer_id)
        if offer.state not in {_STATES.ACCEPTED, _STATES.DECLINED} or offer.expires_at <= now:
            raise NothingToUndo
        if offer.state == _STATES.ACCEPTED:
            _unbook(offer, by, now)
        entry = offer.entry
        if (
            entry.state not in _WAITING | {WaitingListEntry.State.BOOKED}
            or entry.offers.filter(state=_STATES.OPEN).exists()
        ):
            raise NothingToUndo
        entry.state, entry.closed_at = WaitingListEntry.State.WAITING, None
        entry.save(update_fields=["state", "closed_at"])
        close_offer(offer, state=_STATES.TAKEN_BACK, by_id=by.pk, now=now)
        hold = offer.hold
        return offer_to(
            entry_id=entry.pk,
            practitioner=hold.practitioner,
            opening=Opening(hold.practitioner_id, hold.site_id, hold.starts_at, hold.ends_at),
            expires_at=offer.expires_at,
            now=now,
            rank=offer.rank,
            passed_over=offer.passed_over,
            freed_by=offer.freed_by_id,
            told=offer,
        )


def _unbook(offer: WaitingListOffer, by: User, now: datetime) -> None:
    """Give up what acceptance booked, and bring back what it cancelled."""
    if offer.hold.status != Status.BOOKED:
        raise NothingToUndo
    cancel_appointment(
        appointment_id=offer.hold_id, version=offer.hold.version, reason="undone", by=by, now=now, undone=True
    )
    old = offer.entry.instead_of
    if old is not None and old.status == Status.CANCELLED and old.cancel_reason == MOVED_UP:
        restore_appointment(appointment_id=old.pk, version=None, by=by, now=now)


def _lock_people(offer_id: int) -> None:
    """Queue for every practitioner whose time changes hands here, in ascending order, before any row."""
    practitioners = WaitingListOffer.objects.values_list(
        "hold__practitioner_id", "entry__instead_of__practitioner_id"
    ).get(pk=offer_id)
    lock_practitioners(*(id_ for id_ in practitioners if id_ is not None))
