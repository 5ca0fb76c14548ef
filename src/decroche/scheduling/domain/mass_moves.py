"""Where each touched appointment could go when a practitioner is away. Pure.

Whoever must be seen first chooses first: urgent visits, then in the order of the day. Each gets the place that costs
them least, and no place is given twice. What things cost is counted in days of waiting: with them one can see, and
argue about, why a patient was put where they were.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from decroche.scheduling.domain.waiting import Opening as Place
from decroche.scheduling.domain.waiting import half_day

_DAY = timedelta(days=1)
#: Coming in the other half of the day is worth waiting so many days to avoid; and so on.
OTHER_HALF_DAY = 2.0
OTHER_WEEKDAY = 1.0
OTHER_PRACTITIONER = 7.0
#: Being called in before one's day, perhaps without having read of it in time.
EARLIER = 4.0
#: The locum was asked to take these patients over: as good as the practitioner, and the same hour before all.
SAME_TIME_AT_THE_LOCUM = -1.0


@dataclass(frozen=True, slots=True)
class Touched:
    """An appointment that cannot stay; `starts_at` on the site's clock. What the patient prefers, when it is known."""

    id: int
    practitioner_id: int
    starts_at: datetime
    is_urgent: bool = False
    half_day: str = ""
    weekdays: frozenset[int] = frozenset()
    prefers: int | None = None
    visit_type_id: int = 0
    minutes: int = 0  # how long it is, and stays


#: Whether a place could still be had, all promised so far counted; True has promised it.
Fits = Callable[[Touched, Place], bool]


def cost(touched: Touched, place: Place, *, locum_id: int | None = None) -> float:
    """Say what this place costs this patient, in days of waiting."""
    if place.practitioner_id == locum_id and place.starts_at == touched.starts_at:
        return SAME_TIME_AT_THE_LOCUM
    price = abs(place.starts_at - touched.starts_at) / _DAY
    if place.starts_at < touched.starts_at:
        price += EARLIER
    if half_day(place.starts_at) != (touched.half_day or half_day(touched.starts_at)):
        price += OTHER_HALF_DAY
    if touched.weekdays and place.starts_at.weekday() not in touched.weekdays:
        price += OTHER_WEEKDAY
    if place.practitioner_id not in {touched.practitioner_id, locum_id, touched.prefers}:
        price += OTHER_PRACTITIONER
    return price


def assign(
    touched: Iterable[Touched],
    places: Mapping[int, Sequence[Place]],
    *,
    locum_id: int | None = None,
    taken: Iterable[Place] = (),
    fits: Fits | None = None,
) -> dict[int, Place]:
    """Give each appointment the best of its places that nobody before it was given; by id, none for who finds none.

    `taken` are places already promised to others. `fits` has the last word where rules count what is placed.
    """
    given: dict[int, Place] = {}
    promise = fits or _apart(taken)
    for one in sorted(touched, key=lambda item: (not item.is_urgent, item.starts_at, item.id)):
        offered = [
            (cost(one, place, locum_id=locum_id), place.starts_at, place) for place in places.get(one.id, ())
        ]
        best_first = [place for *_, place in sorted(offered, key=itemgetter(0, 1))]
        best = next((place for place in best_first if promise(one, place)), None)
        if best is not None:
            given[one.id] = best
    return given


def _apart(taken: Iterable[Place]) -> Fits:
    """Let no two share a minute of one person's time."""
    promised = list(taken)

    def promise(_: Touched, place: Place) -> bool:
        if any(place.meets(other) for other in promised):
            return False
        promised.append(place)
        return True

    return promise
