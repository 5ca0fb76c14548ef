"""Whatever was promised counts: a plan made here can be carried out, in any order."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.availability import floor_minute
from decroche.scheduling.domain.busy import Busy, Taken
from decroche.scheduling.domain.judging import Judge
from decroche.scheduling.domain.openings import Rule
from decroche.scheduling.domain.standing import Row, Standing
from decroche.scheduling.domain.terms import Need, Terms
from decroche.scheduling.domain.wishes import Wish
from decroche.scheduling.models import MassMoveItem
from tests.factories import make_line, make_user
from tests.scheduling.factories import make_agenda, make_appointment, paris
from tests.scheduling.test_mass_moves import ill_today, send

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 30, 8, tzinfo=PARIS)
FIRST = floor_minute(MONDAY)
KIND, SITE, WHO = 5, 1, 1


@st.composite
def agendas(draw) -> Agenda:
    """An agenda of one week with limits, a session now and then, a pause to keep, a room to share."""
    capacity = draw(st.sampled_from([1, 1, 3]))
    rules = tuple(
        Rule(n, SITE, PARIS, n, 8 * 60, 12 * 60, valid_from=1, valid_until=None, capacity=capacity)
        for n in range(5)
    )
    needs = draw(st.booleans())
    terms = Terms(
        KIND,
        30,
        before=draw(st.sampled_from([0, 10])),
        after=draw(st.sampled_from([0, 5])),
        max_per_day=draw(st.sampled_from([None, 1, 2, 4])),
        max_per_half_day=draw(st.sampled_from([None, 1, 3])),
        needs_resource=needs,
        resources=(Need(9, SITE),) if needs else (),
    )
    wishes = draw(
        st.sampled_from([(), (Wish("max_in_a_row", count=2, pause=10),), (Wish("emergency", count=1),)])
    )
    return Agenda(WHO, rules, usual={KIND: terms}, wishes=wishes)


@settings(max_examples=120, deadline=None)
@given(agendas(), st.lists(st.integers(0, 5 * 288), min_size=1, max_size=40), st.randoms())
def test_what_was_promised_can_be_carried_out_in_any_order(agenda, wanted, dice) -> None:
    standing = Standing({WHO: agenda}, {}, {}, now=FIRST - 60)
    given_: list[int] = []
    for n, rows in enumerate(wanted):
        start = FIRST + rows * 5
        verdict = standing.judge(KIND, WHO, start, start + 30, SITE, mover=n, asker=Asker())
        if verdict is not None and verdict.why is None:
            standing.promise(KIND, WHO, verdict)
            given_.append(start)
    dice.shuffle(given_)
    booked = Standing({WHO: agenda}, {}, {}, now=FIRST - 60)
    for start in given_:
        verdict = booked.judge(KIND, WHO, start, start + 30, SITE, mover=0, asker=Asker())
        assert verdict is not None
        assert verdict.why is None
        booked.promise(KIND, WHO, verdict)


def test_who_moves_does_not_stand_in_their_own_way() -> None:
    rule = Rule(0, SITE, PARIS, 0, 8 * 60, 12 * 60, valid_from=1, valid_until=None)
    agenda = Agenda(WHO, (rule,), usual={KIND: Terms(KIND, 30, max_per_day=1)})
    row = Taken(FIRST, FIRST + 30, FIRST, FIRST + 30, KIND)
    standing = Standing({WHO: agenda}, {WHO: [row]}, {}, now=FIRST - 60, own={4: Row(4, WHO, row)})
    there = {"start": FIRST + 60, "end": FIRST + 90, "site_id": SITE, "asker": Asker()}
    own, other = standing.judge(KIND, WHO, mover=4, **there), standing.judge(KIND, WHO, mover=5, **there)
    assert own is not None
    assert own.why is None
    assert other is not None
    assert other.why == "day_full"
    assert Judge(agenda, KIND, asker=Asker(), now=FIRST - 60, busy=Busy([row])).judge(FIRST + 60).why


@pytest.mark.parametrize("limit", ["max_per_day", "max_per_half_day"])
@pytest.mark.django_db
@pytest.mark.usefixtures("everywhere")
def test_no_line_fails_for_having_filled_a_day_with_the_others(limit, deliver) -> None:
    practice, people, kind = make_agenda(practitioners=1)
    make_line(practice=practice, number="+33199000001")
    setattr(kind, limit, 2)
    kind.save()
    for n in range(8):
        make_appointment(
            practitioner=people[0], visit_type=kind, starts_at=paris(9) + timedelta(minutes=15 * n)
        )
    by = make_user()
    move = ill_today(people[0], by)
    places = [item.new_starts_at.astimezone(PARIS) for item in move.items.all() if item.new_starts_at]
    assert len(places) == 8
    days = [(each.date(), each.hour >= 13 if limit == "max_per_half_day" else None) for each in places]
    assert max(days.count(day) for day in days) <= 2
    send(move, by, deliver)
    assert {item.state for item in move.items.all()} == {MassMoveItem.State.DONE}
