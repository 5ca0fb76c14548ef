"""Say that a practitioner receives for a visit type, perhaps on terms of their own, from a day to a day."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.practices.models import Practitioner
from decroche.scheduling.actions._rows import lock_practitioners
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import VisitOffer, VisitType


class OffersOverlap(Exception):
    """On some day the practitioner would have two sets of terms for the same visit type."""


class OfferDatesReversed(Exception):
    """The last day comes before the first."""


class LastOffer(Exception):
    """Without any offer a practitioner receives for everything: the last one cannot go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """What differs from the practice's terms; None or empty means "as the practice does"."""

    duration_minutes: int | None = None
    buffer_before_minutes: int | None = None
    buffer_after_minutes: int | None = None
    secretary_may_book: bool | None = None
    online_may_book: bool | None = None
    new_patients: str = ""
    notice_minutes: int | None = None
    horizon_days: int | None = None
    max_per_day: int | None = None
    max_per_half_day: int | None = None


def save_offer(
    *,
    practitioner: Practitioner,
    visit_type: VisitType,
    terms: OfferTerms,
    valid_from: date | None,
    valid_until: date | None,
    by: User,
    now: datetime,
    offer_id: int | None = None,
) -> VisitOffer:
    """Write the terms, new or in place of those named.

    A practitioner without any offer received for everything: the other visit types are then offered too, as the practice
    does, so that nothing closes unsaid. Raises `OffersOverlap`, `OfferDatesReversed`, `NotOfThisPractice` or
    `VisitOffer.DoesNotExist`.
    """
    del by, now
    if visit_type.practice_id != practitioner.practice_id:
        raise NotOfThisPractice
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise OfferDatesReversed
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        offer = (
            VisitOffer(practitioner=practitioner, visit_type=visit_type)
            if offer_id is None
            else VisitOffer.objects.select_for_update().get(
                pk=offer_id, practitioner=practitioner, visit_type=visit_type
            )
        )
        if offer_id is None:
            name_what_is_received(practitioner, but=visit_type)
            _make_way(practitioner, visit_type, valid_from)
        offer.valid_from, offer.valid_until = valid_from, valid_until
        for field in fields(terms):
            setattr(offer, field.name, getattr(terms, field.name))
        try:
            with transaction.atomic():
                offer.save()
        except IntegrityError as error:
            if "visit_offer_once_a_day" not in str(error):
                raise
            raise OffersOverlap from None
        hint("agenda", practice_id=practitioner.practice_id, practitioner_id=practitioner.pk)
    return offer


def end_offer(*, offer_id: int, last_day: date | None, by: User, now: datetime) -> bool:
    """Let the terms end on a day, or go at once without one; give whether a row is left.

    Raises `LastOffer` or `VisitOffer.DoesNotExist`.
    """
    del by, now
    with transaction.atomic():
        offer = VisitOffer.objects.select_for_update().select_related("practitioner").get(pk=offer_id)
        lock_practitioners(offer.practitioner_id)
        hint("agenda", practice_id=offer.practitioner.practice_id, practitioner_id=offer.practitioner_id)
        if last_day is not None and (offer.valid_from is None or offer.valid_from <= last_day):
            offer.valid_until = last_day
            offer.save(update_fields=["valid_until"])
            return True
        if not VisitOffer.objects.filter(practitioner_id=offer.practitioner_id).exclude(pk=offer.pk).exists():
            raise LastOffer
        offer.delete()
        return False


def stop_receiving(*, practitioner: Practitioner, visit_type: VisitType, by: User, now: datetime) -> None:
    """Let a practitioner receive for this visit type no more, at once. Raises `LastOffer` or `NotOfThisPractice`."""
    del by, now
    if visit_type.practice_id != practitioner.practice_id:
        raise NotOfThisPractice
    with transaction.atomic():
        lock_practitioners(practitioner.pk)
        name_what_is_received(practitioner, but=visit_type)
        others = VisitOffer.objects.filter(practitioner=practitioner).exclude(visit_type=visit_type)
        if not others.exists():
            raise LastOffer
        VisitOffer.objects.filter(practitioner=practitioner, visit_type=visit_type).delete()
        hint("agenda", practice_id=practitioner.practice_id, practitioner_id=practitioner.pk)


def name_what_is_received(practitioner: Practitioner, *, but: VisitType) -> None:
    """Turn "everything" (no offer at all) into one plain offer per visit type, but for one."""
    if VisitOffer.objects.filter(practitioner=practitioner).exists():
        return
    others = VisitType.objects.filter(practice_id=practitioner.practice_id).exclude(pk=but.pk)
    VisitOffer.objects.bulk_create(
        VisitOffer(practitioner=practitioner, visit_type=visit_type) for visit_type in others
    )


def _make_way(practitioner: Practitioner, visit_type: VisitType, valid_from: date | None) -> None:
    """Let terms without an end give way on the eve of the new ones: a change from a date, the old kept."""
    standing = VisitOffer.objects.filter(
        practitioner=practitioner, visit_type=visit_type, valid_until__isnull=True
    )
    if valid_from is None:
        return
    for offer in standing.select_for_update():
        if offer.valid_from is None or offer.valid_from < valid_from:
            offer.valid_until = valid_from - timedelta(days=1)
            offer.save(update_fields=["valid_until"])
