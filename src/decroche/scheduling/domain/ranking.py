"""In which order are the slots of a day proposed, and why? Pure.

Days come first: in order of time, or by their distance from a date asked for (the earlier of two as far away). Within a
day, the slot that honours its practitioner's wishes more comes first (`wishes.WEIGHTS`, added up), then the earlier, then
the practitioner named first. Slots of practitioners who wish nothing weigh nothing.

*fills a gap*  everything between the appointment before and the one after is open to the practitioner: the slot lies
               between the two, and no closing time, pause or absence does.
*next to*      less than five minutes (and the buffers) lie between it and an appointment: it opens no new hole.
*same area*    another visit at home, in the same half-day, goes to the same postcode.
"""

from bisect import bisect_left
from collections.abc import Collection
from zoneinfo import ZoneInfo

from decroche.scheduling.domain.asking import Asker, Reason
from decroche.scheduling.domain.availability import carve, local_ordinal, merge, wall_reading
from decroche.scheduling.domain.busy import half_day_of
from decroche.scheduling.domain.judging import Judge
from decroche.scheduling.domain.openings import DAY
from decroche.scheduling.domain.verdicts import ALIGN
from decroche.scheduling.domain.walking import Proposal
from decroche.scheduling.domain.wishes import NOON, WEIGHTS


def honoured(judge: Judge, slot: Proposal, homes: Collection[tuple[int, str]] = ()) -> tuple[Reason, ...]:
    """Name the wishes of its day that a slot honours; `homes` are the visits at home: start, postcode."""
    day = local_ordinal(slot.zone, slot.start)
    wishes = judge.agenda.wishes_on(day)
    found = []
    if wishes.fill_gaps:
        between, beside = _neighbours(judge, slot, day)
        if between:
            found.append(Reason.FILLS_GAP)
        if beside:
            found.append(Reason.NEXT_TO)
    if wishes.mornings_first and wall_reading(slot.zone, slot.start) % DAY < NOON:
        found.append(Reason.MORNING)
    if wishes.group_home and _same_area(slot.zone, slot.start, judge.asker, homes):
        found.append(Reason.SAME_AREA)
    return tuple(found)


def weight(reasons: Collection[Reason]) -> int:
    """Add up what the honoured wishes weigh."""
    return sum(WEIGHTS.get(reason, 0) for reason in reasons)


def _neighbours(judge: Judge, slot: Proposal, day: int) -> tuple[bool, bool]:
    """Tell whether the slot lies between two appointments with nothing closed in between, and whether it touches one."""
    terms = judge.agenda.terms(judge.visit_type_id, day)
    if terms is None:
        return False, False
    rows = judge.busy.rows
    index = bisect_left(rows, slot.start, key=lambda row: row.busy_from)
    before = max((row.busy_until for row in rows[max(0, index - 8) : index]), default=None)
    after = next((row.busy_from for row in rows[index:] if row.busy_from >= slot.end), None)
    beside = (before is not None and 0 <= slot.start - terms.before - before < ALIGN) or (
        after is not None and 0 <= after - slot.end - terms.after < ALIGN
    )
    if before is None or after is None or before > slot.start:
        return False, beside
    opened = merge((one.start, one.end) for one in judge.agenda.around(day))
    between = any(
        (start <= before and after <= end) or (start, end) == (before, after)
        for start, end in carve(opened, judge.agenda.away)
    )
    return between, beside


def _same_area(zone: ZoneInfo, start: int, asker: Asker, homes: Collection[tuple[int, str]]) -> bool:
    half = half_day_of(zone, start)
    return bool(asker.postcode) and any(
        postcode == asker.postcode and half_day_of(zone, other) == half for other, postcode in homes
    )
