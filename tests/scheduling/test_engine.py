"""The engine against the oracle: whatever the rules, what is proposed and what is refused is what they say."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.domain.asking import Asker, Channel, Why
from decroche.scheduling.domain.availability import floor_minute
from decroche.scheduling.domain.busy import Busy, Taken, Using
from decroche.scheduling.domain.judging import Judge
from decroche.scheduling.domain.openings import Rule, Span, StandIn
from decroche.scheduling.domain.terms import Need, Offer, Terms
from decroche.scheduling.domain.walking import proposals
from decroche.scheduling.domain.wishes import Wish
from tests.scheduling.oracle_agenda import Oracle

ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Paris",
        "America/Martinique",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Indian/Reunion",
    )
]
#: Both nights of the change in Paris and in Lord Howe, a leap day, a week 53, an ordinary Tuesday.
DAYS = [
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 10, 4),
    date(2028, 2, 29),
    date(2027, 1, 1),
    date(2026, 11, 24),
]
KIND, EMERGENCY, OTHER = 1, 2, 3
HOURS = [0, 90, 150, 480, 545, 600, 720, 780, 840, 1020, 1320, 1410]


def seldom(draw, usual, *rare):
    """Draw a rare value now and then: were all rules strict at once, nothing would ever be free."""
    return draw(st.sampled_from([usual] * (7 * len(rare)) + list(rare)))


@st.composite
def rules(draw, zone: ZoneInfo, day: date, site: int) -> Rule:
    around = day.toordinal()
    weekday = draw(
        st.sampled_from([day.weekday(), day.weekday(), (day.weekday() - 1) % 7, (day.weekday() + 1) % 7])
    )
    starts = draw(st.sampled_from(HOURS))
    every = seldom(draw, "week", "odd", "even", "n_weeks", "nth")
    release = seldom(draw, "", "time", "hours") if starts != 150 else ""
    return Rule(
        id=draw(st.integers(1, 99)),
        site_id=site,
        zone=zone,
        weekday=weekday,
        starts=starts,
        ends=draw(st.sampled_from(HOURS)),
        valid_from=around + seldom(draw, -900, -1, 0, 1),
        valid_until=seldom(draw, None, around, around + 1),
        every=every,
        every_n=draw(st.integers(1, 3)),
        anchor=around - draw(st.integers(0, 30)),
        nth=draw(st.sampled_from([1, 2, 3, 4, 5, -1])),
        capacity=draw(st.sampled_from([1, 1, 1, 3])),
        release=release,
        release_days=draw(st.integers(0, 1)),
        release_time=draw(st.sampled_from([0, 150, 480])),
        release_hours=draw(st.sampled_from([1, 6, 48])),
        reserved_for=seldom(draw, "", "new", "emergency", "video", "referral"),
        overrides=seldom(draw, False, True),
        visit_types=seldom(draw, frozenset(), frozenset({KIND, EMERGENCY}), frozenset({OTHER})),
    )


@st.composite
def terms(draw, kind: int) -> Terms:
    return Terms(
        kind,
        duration=draw(st.sampled_from([5, 15, 20, 35])),
        before=draw(st.sampled_from([0, 0, 0, 5, 7])),
        after=draw(st.sampled_from([0, 0, 0, 10])),
        secretary_may_book=seldom(draw, True, False),
        online_may_book=seldom(draw, True, False),
        new_patients=seldom(draw, "any", "only_new", "only_known"),
        notice=seldom(draw, 0, 60, 1500),
        horizon_days=seldom(draw, None, 0, 1),
        max_per_day=seldom(draw, None, 0, 2),
        max_per_half_day=draw(st.sampled_from([None, None, None, 1])),
        place=draw(st.sampled_from(["site", "video"])),
        emergency=kind == EMERGENCY,
    )


@st.composite
def wishes(draw, day: date) -> list[Wish]:
    around = day.toordinal()
    found = []
    for kind in ("end_at", "max_in_a_row", "emergency", "no_new"):
        if draw(st.integers(0, 3)) == 0:
            first = around + draw(st.sampled_from([-5, 0, 1]))
            found.append(
                Wish(
                    kind,
                    first,
                    first + draw(st.sampled_from([0, 5, 900])),
                    at=draw(st.sampled_from([540, 640, 1020])),
                    count=draw(st.integers(1, 3)),
                    pause=draw(st.sampled_from([0, 1, 10, 30])),
                )
            )
    return found


@st.composite
def rows(draw, base: int, length: int) -> list[Taken]:
    found = []
    for _ in range(draw(st.integers(0, 9))):
        start = base + 5 * draw(st.integers(0, 36 * 12)) + draw(st.sampled_from([0, 0, 0, 2]))
        end = start + draw(st.sampled_from([length, length, 15, 40]))
        before, after = draw(st.sampled_from([0, 0, 10])), draw(st.sampled_from([0, 0, 5]))
        kind = draw(st.sampled_from([KIND, KIND, EMERGENCY]))
        lane = draw(st.sampled_from([None, None, 0, 1, 2, 1001]))
        found.append(Taken(start - before, end + after, start, end, kind, lane, draw(st.booleans())))
    return found


@st.composite
def questions(draw) -> Oracle:
    """Draw an agenda, an asker, what is booked, and a day and a half to look at."""
    day = draw(st.sampled_from(DAYS))
    zone = draw(st.sampled_from(ZONES))
    base = floor_minute(datetime.combine(day, datetime.min.time(), tzinfo=zone)) - draw(
        st.sampled_from([0, 0, 300])
    )
    zones = {10: zone, 11: draw(st.sampled_from(ZONES))}
    owned = draw(
        st.lists(
            st.sampled_from([10, 10, 11]).flatmap(lambda s: rules(zones[s], day, s)), min_size=1, max_size=4
        )
    )
    usual = {kind: draw(terms(kind)) for kind in (KIND, EMERGENCY)}
    needs = draw(st.sampled_from([False, False, False, True]))
    if needs:
        usual[KIND] = Terms(
            **{name: getattr(usual[KIND], name) for name in Terms.__slots__}
            | {
                "needs_resource": True,
                "resources": draw(
                    st.sampled_from([(), (Need(1, 10),), (Need(1, 10), Need(2, 11), Need(3, 10))])
                ),
            }
        )
    minute = st.integers(0, 36 * 60).map(lambda n: base + n)
    absences = [
        Span(start, start + draw(st.sampled_from([1, 60, 600])))
        for start in draw(st.lists(minute, max_size=2))
    ]
    stand_ins = []
    if draw(st.integers(0, 4)) == 0:
        start = draw(minute)
        theirs = draw(st.lists(rules(zone, day, 10), min_size=1, max_size=2))
        stand_ins.append(StandIn(77, (start, start + 700), tuple(theirs), ((start + 60, start + 90),)))
    dated = [
        Offer(KIND, 1, day.toordinal(), (("duration", 10),)),
        Offer(KIND, day.toordinal() + 1, day.toordinal() + 9, (("after", 5), ("duration", 25))),
        Offer(EMERGENCY, 1, 2**30, (("duration", 10),)),
    ]
    offers = seldom(draw, [], dated, dated, [Offer(OTHER)])
    agenda = Agenda(
        7, tuple(owned), tuple(absences), tuple(stand_ins), usual, offers, tuple(draw(wishes(day)))
    )
    asker = Asker(
        draw(st.sampled_from(list(Channel))), draw(st.sampled_from([None, True, False])), draw(st.booleans())
    )
    used = {
        need: [
            Using(start, start + 45, draw(st.sampled_from([7, 8])), start, draw(st.booleans()))
            for start in draw(st.lists(minute, max_size=3))
        ]
        for need in (1, 3)
    }
    return Oracle(
        agenda,
        KIND,
        asker,
        now=base + seldom(draw, -200, -3000, 0, 500),
        first=base,
        last=base + 36 * 60,
        rows=draw(rows(base, usual[KIND].duration)),
        used=used,
    )


@st.composite
def crowded(draw) -> Oracle:
    """Draw a full day whose owner counts: pauses, emergency slots kept, limits, buffers, a shared machine."""
    day, zone = draw(st.sampled_from(DAYS)), draw(st.sampled_from(ZONES[:2]))
    base = floor_minute(datetime.combine(day, datetime.min.time(), tzinfo=zone))
    around = day.toordinal()
    owned = tuple(
        Rule(number, 10, zone, day.weekday(), starts, ends, visit_types=kinds)
        for number, (starts, ends, kinds) in enumerate(
            [
                (480, draw(st.sampled_from([720, 800])), frozenset()),
                (840, 1080, seldom(draw, frozenset(), frozenset({KIND}))),
            ]
        )
    )
    usual = {
        KIND: Terms(
            KIND,
            draw(st.sampled_from([15, 20, 35])),
            seldom(draw, 0, 5),
            seldom(draw, 0, 10),
            max_per_day=draw(st.sampled_from([None, 2, 4])),
            max_per_half_day=draw(st.sampled_from([None, None, 2])),
            needs_resource=draw(st.booleans()),
            resources=(Need(1, 10),),
        ),
        EMERGENCY: Terms(EMERGENCY, draw(st.sampled_from([10, 20])), emergency=True),
    }
    wished = (
        Wish("max_in_a_row", around, around, count=draw(st.integers(1, 4)), pause=draw(st.integers(0, 20))),
        Wish("emergency", around, around, count=draw(st.integers(1, 4))),
    )
    rows_, clock = [], base + 480
    while clock < base + 1080:
        clock += draw(st.sampled_from([0, 0, 0, 5, 15, 20, 45, 60]))
        end = clock + draw(st.sampled_from([10, 15, 20, 35]))
        kind = draw(st.sampled_from([KIND, OTHER, OTHER, EMERGENCY]))
        if draw(st.booleans()):
            rows_.append(Taken(clock, end, clock, end, kind))
        clock = end
    used = {
        1: [
            Using(base + m, base + m + 45, 8, base + m, False)
            for m in draw(st.lists(st.integers(480, 1000), max_size=4))
        ]
    }
    agenda = Agenda(7, owned, usual=usual, wishes=draw(st.sampled_from([wished, wished[:1], wished[1:], ()])))
    return Oracle(agenda, KIND, Asker(), base - 60, base, base + 1200, rows_, used)


def judge_of(oracle: Oracle) -> Judge:
    return Judge(
        oracle.agenda,
        oracle.kind,
        asker=oracle.asker,
        now=oracle.now,
        busy=Busy(oracle.rows),
        used=oracle.used,
    )


HARD = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@HARD
@given(st.one_of(questions(), crowded()))
def test_what_is_proposed_is_what_the_oracle_proposes(oracle: Oracle) -> None:
    found = [(one.start, one.site_id) for one in proposals(judge_of(oracle), oracle.first, oracle.last)]
    assert found == oracle.proposals()


@HARD
@given(st.one_of(questions(), crowded()), st.data())
def test_a_time_is_free_exactly_when_the_oracle_says_so(oracle: Oracle, data: st.DataObject) -> None:
    judge = judge_of(oracle)
    near = [row.end for row in oracle.rows] + [start for start, _ in oracle.proposals()]
    times = st.one_of(st.integers(oracle.first, oracle.last), st.sampled_from(near or [oracle.first]))
    for start in data.draw(st.lists(times, min_size=4, max_size=12)):
        for site in oracle.agenda.sites:
            assert (judge.judge(start, site_id=site).why is None) == oracle.bookable(start, site)


@HARD
@given(questions())
def test_every_proposal_is_judged_free_with_the_same_seat_and_resource(oracle: Oracle) -> None:
    judge = judge_of(oracle)
    for one in proposals(judge, oracle.first, oracle.last):
        verdict = judge.judge(one.start, site_id=one.site_id)
        assert verdict.why is None
        assert verdict[1:4] == one[:3]
        assert (verdict.resource_id, verdict.lane, verdict.seats_left) == one[4:]


@HARD
@given(questions(), st.integers(0, 36 * 60))
def test_a_search_may_begin_anywhere_and_what_is_relaxed_comes_first(oracle: Oracle, later: int) -> None:
    """A lower bound learned from `first` on holds for whoever asks from later on."""
    relaxed = Judge(
        oracle.agenda, KIND, asker=oracle.asker, now=oracle.now, busy=Busy(oracle.rows), relaxed=True
    )
    bound = next((one.start for one in proposals(relaxed, oracle.first, oracle.last)), oracle.last)
    start = min(oracle.first + later, bound)
    judge = judge_of(oracle)
    whole = list(proposals(judge, start, oracle.last))
    assert whole == list(proposals(judge, max(start, bound), oracle.last))


@HARD
@given(questions(), st.integers(-500, 36 * 60))
def test_a_refusal_always_has_its_reason_and_its_data(oracle: Oracle, later: int) -> None:
    verdict = judge_of(oracle).judge(oracle.first + later)
    if verdict.why in {Why.ABSENT, Why.TOO_SOON, Why.NOT_RELEASED, Why.AFTER_THE_END, Why.TAKEN, Why.HELD}:
        assert verdict.until is not None
    if verdict.why in {Why.DAY_FULL, Why.HALF_DAY_FULL, Why.NO_PAUSE, Why.EMERGENCY_KEPT, Why.SESSION_FULL}:
        assert verdict.most is not None
    if verdict.why == Why.RESERVED:
        assert verdict.reserved_for
