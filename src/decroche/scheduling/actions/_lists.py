"""What the verbs of the waiting list share."""

from datetime import datetime

from django.db import connection

from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.scheduling.actions._rows import announce
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.waiting import OfferClosed
from decroche.scheduling.events import TimeFreed
from decroche.scheduling.models import Appointment, WaitingListEntry, WaitingListOffer

_LIST_SPACE = 0x41474E4C  # "AGNL": beside the practitioners' locks, never instead of them

#: Stored, so in the language of the data: why the appointment that an earlier one replaces was cancelled.
MOVED_UP = "Avancé par la liste d’attente"


def lock_list(practice_id: int) -> None:
    """Let one decision at a time be made about a practice's list."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LIST_SPACE, practice_id % 2**31])


def lock_offer(offer_id: int) -> WaitingListOffer:
    """Read the offer for update, with its people; raises `WaitingListOffer.DoesNotExist`."""
    WaitingListOffer.objects.select_for_update().only("pk").get(pk=offer_id)
    offer: WaitingListOffer = WaitingListOffer.objects.select_related(
        "entry__patient", "entry__practice", "entry__instead_of", "hold__practitioner", "hold__site"
    ).get(pk=offer_id)
    return offer


def refuse_unless_open(offer: WaitingListOffer) -> None:
    """Let an offer pass that still waits for its answer; raises `OfferClosed`."""
    if offer.state != WaitingListOffer.State.OPEN:
        raise OfferClosed(offer.state)


def close_offer(offer: WaitingListOffer, *, state: str, by_id: int | None, now: datetime) -> None:
    """Write how the offer ended; the entry is back in the list, and the screens know."""
    offer.state, offer.answered_at, offer.answered_to_id = state, now, by_id
    offer.save(update_fields=["state", "answered_at", "answered_to"])
    if offer.entry.state == WaitingListEntry.State.OFFERED:
        offer.entry.state = WaitingListEntry.State.WAITING
        offer.entry.save(update_fields=["state"])
    tell_lists(offer.entry.practice_id)


def give_back(offer: WaitingListOffer, *, now: datetime) -> None:
    """Release what was kept for the offer, and let the next of the list be asked in a moment."""
    hold: Appointment = (
        Appointment.objects.select_for_update(of=("self",)).select_related("site").get(pk=offer.hold_id)
    )
    if hold.status == Status.HELD:
        hold.status, hold.hold_expires_at = Status.RELEASED, None
        hold.version += 1
        hold.save(update_fields=["status", "hold_expires_at", "version"])
        announce(hold)
    publish(
        TimeFreed(
            practice_id=hold.practice_id,
            practitioner_id=hold.practitioner_id,
            starts_at=hold.starts_at,
            ends_at=hold.ends_at,
            freed_by_id=offer.freed_by_id,
            at=now,
        )
    )


def tell_lists(practice_id: int) -> None:
    """Let the screens that show lists and calls to make read again."""
    hint("lists", practice_id=practice_id)
