"""On which terms does a practitioner receive for a visit type, on a given day? Pure.

A practice words its usual terms once (`VisitType`); an offer sets others for one practitioner, from a day to a day, null
meaning "as the practice does". A practitioner with no offer at all receives for everything on the usual terms; with one
or more, only for what an offer in force that day names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from decroche.scheduling.domain.asking import Asker, Channel, Why

FOREVER = 2**30

#: Stands for "whatever visit" where an agenda is only looked at; no row has this id.
ANY_VISIT = 0
ANY_VISIT_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Need:
    """One of the rooms or machines that will do for a visit."""

    id: int
    site_id: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one practitioner and one visit type on a day. Lengths in minutes."""

    visit_type_id: int
    duration: int
    before: int = 0  # kept free around the visit, also from the neighbours' own time
    after: int = 0
    secretary_may_book: bool = True
    online_may_book: bool = False
    new_patients: str = "any"  # or "only_new", "only_known"
    notice: int = 0
    horizon_days: int | None = None
    max_per_day: int | None = None
    max_per_half_day: int | None = None
    place: str = "site"
    emergency: bool = False
    needs_resource: bool = False
    resources: tuple[Need, ...] = ()  # in service; any one will do

    @property
    def stride(self) -> int:
        """Give how far apart two such visits can stand."""
        return self.before + self.duration + self.after

    @property
    def counts(self) -> bool:
        return self.max_per_day is not None or self.max_per_half_day is not None

    def refusal(self, asker: Asker) -> Why | None:
        """Say why this asker may not have such a visit at all, whenever it is."""
        if asker.channel == Channel.SECRETARY and not self.secretary_may_book:
            return Why.NOT_THIS_CHANNEL
        if asker.channel == Channel.ONLINE and not self.online_may_book:
            return Why.NOT_THIS_CHANNEL
        if self.new_patients == "only_new" and asker.is_new_patient is False:
            return Why.ONLY_NEW
        if self.new_patients == "only_known" and asker.is_new_patient is True:
            return Why.ONLY_KNOWN
        return None


@dataclass(frozen=True, slots=True)
class Offer:
    """What one offer changes, and from which day to which (ordinals, both included)."""

    visit_type_id: int
    first_day: int = 1
    last_day: int = FOREVER
    changes: tuple[tuple[str, Any], ...] = ()  # names of `Terms`' fields, without what stays as usual


@dataclass(frozen=True, slots=True)
class Era:
    """Days on which the terms stay the same, both included."""

    first_day: int
    last_day: int
    terms: Terms


def eras_of(usual: Terms, offers: Sequence[Offer]) -> tuple[Era, ...]:
    """Give the eras of one visit type for one practitioner, ascending and disjoint.

    `offers` are all of the practitioner's, for whatever visit type. O(offers).
    """
    if not offers:
        return (Era(1, FOREVER, usual),)
    own = sorted(
        (offer for offer in offers if offer.visit_type_id == usual.visit_type_id),
        key=lambda one: one.first_day,
    )
    return tuple(Era(one.first_day, one.last_day, replace(usual, **dict(one.changes))) for one in own)


def terms_on(eras: Iterable[Era], day: int) -> Terms | None:
    """Give the terms of a day; None when the practitioner does not receive for it then."""
    return next((era.terms for era in eras if era.first_day <= day <= era.last_day), None)
