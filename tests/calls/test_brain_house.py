"""What the switchboard reads of the house and writes into it: plans, rules, people, what lived before it."""

from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from decroche.calls.actions.give_order import exchange_of, give_order
from decroche.calls.actions.keep_recording import recordings_folder
from decroche.calls.actions.write_journal import write_journal
from decroche.calls.domain.call import CallState, PartyState
from decroche.calls.domain.callflow import Then
from decroche.calls.domain.hours import LineMoment, moment_at
from decroche.calls.domain.outgoing import Dial, NotDialled, judge
from decroche.calls.domain.post import PostState
from decroche.calls.domain.reachability import Reach
from decroche.calls.models import (
    AbuseReport,
    CallPlan,
    DistributionPolicy,
    KnownCaller,
    LineHours,
    MenuChoice,
    MobilePhone,
    NumberConsent,
    OutgoingRules,
    Post,
    Reachability,
    Recording,
    RecordingRule,
    Skill,
    Team,
    TeamStep,
    Treatment,
)
from decroche.calls.switchboard import house
from decroche.calls.switchboard.main import timing_from_settings
from decroche.calls.switchboard.orders import OrderKind
from decroche.calls.switchboard.records import AbuseRow, Entry, FollowUpRow, RecordingRow
from decroche.foundation.clock import now
from decroche.messaging.models import FollowUp
from decroche.practices.models import Line, Practice
from tests.calls.factories import CALLER, make_call, make_post
from tests.factories import make_line, make_mandate, make_practice, make_secretariat, make_secretary

pytestmark = [pytest.mark.django_db, pytest.mark.data]


class House:
    """One practice with a line, a secretariat with Awa, and everything that one can set."""

    def __init__(self) -> None:
        self.practice: Practice = make_practice(name="Cabinet des Lilas")
        self.line: Line = make_line(practice=self.practice)
        self.secretariat = make_secretariat()
        self.awa = make_secretary(secretariat=self.secretariat, practices=(self.practice,))

    def set_up(self) -> CallPlan:
        plan = CallPlan.objects.create(line=self.line, menu_text="Tapez 1.", wait_at_most_seconds=60)
        for day in range(5):
            LineHours.objects.create(plan=plan, weekday=day, starts=time(8), ends=time(18))
        Treatment.objects.create(plan=plan, moment="closed", action="message", text="C’est fermé.")
        team = Team.objects.create(secretariat=self.secretariat, name="Matin")
        team.members.add(self.awa)
        TeamStep.objects.create(plan=plan, team=team, after_seconds=0)
        MenuChoice.objects.create(plan=plan, digit="1", label="rendez-vous", team=team)
        return plan


@pytest.fixture
def lilas(everywhere: Any) -> House:
    return House()


def test_a_line_that_nobody_set_up_has_no_plan_and_answers_as_ever(lilas: House) -> None:
    fact = house.load_directory(now=now()).lines[lilas.line.number]
    assert (fact.plan, fact.hours, fact.recording) == (None, None, None)


def test_a_plan_is_read_with_its_hours_menu_and_team(lilas: House) -> None:
    lilas.set_up()
    fact = house.load_directory(now=now()).lines[lilas.line.number]
    assert fact.plan is not None
    assert fact.hours is not None
    assert fact.plan.menu is not None
    assert fact.plan.menu.choices[0].treatment.then is Then.TEAM
    assert fact.plan.team.steps[0].user_ids == {lilas.awa.pk}
    assert fact.plan.team.overflow_after == timedelta(seconds=60)
    assert fact.plan.when[LineMoment.CLOSED].then is Then.SAY
    sunday = now() + timedelta(days=(6 - now().astimezone(lilas.practice.zone).weekday()) % 7)
    assert moment_at(fact.hours, sunday).what is LineMoment.CLOSED


def test_the_number_of_queries_depends_on_nothing(lilas: House) -> None:
    lilas.set_up()
    house.load_directory(now=now())
    with CaptureQueriesContext(
        connection,
    ) as few:
        house.load_directory(now=now())
    for _ in range(4):
        more = House()
        more.set_up()
        KnownCaller.objects.create(practice=more.practice, number="+33611111111", label="Labo")
        Skill.objects.create(secretariat=more.secretariat, user=more.awa, code="en")
    with CaptureQueriesContext(connection) as many:
        directory = house.load_directory(now=now())
    assert len(directory.lines) == 5
    assert len(many) == len(few)
    assert len(many) <= 36


def test_policies_skills_mobiles_and_protections_are_read(lilas: House) -> None:
    moment = now()
    DistributionPolicy.objects.create(
        secretariat=lilas.secretariat,
        offer_seconds=9,
        calls_an_hour_at_most=20,
        pause_after_minutes=0,
        wrap_up_seconds=5,
    )
    Skill.objects.create(secretariat=lilas.secretariat, user=lilas.awa, code="en")
    MobilePhone.objects.create(user=lilas.awa, number="+33611111111", rings_until=moment + timedelta(hours=1))
    call = make_call(practice=lilas.practice, secretary=lilas.awa)
    AbuseReport.objects.create(
        call=call, by=lilas.awa, at=moment, protected_until=moment + timedelta(hours=1)
    )
    directory = house.load_directory(now=moment)
    sharing = directory.sharing[lilas.secretariat.pk]
    assert (sharing.routing.offer_for, sharing.wrap_up) == (timedelta(seconds=9), timedelta(seconds=5))
    assert (sharing.routing.calls_per_hour_at_most, sharing.routing.without_pause_at_most) == (20, None)
    assert directory.skills[lilas.awa.pk] == {"en"}
    assert directory.mobiles == {lilas.awa.pk: "+33611111111"}
    assert CALLER in directory.protections[lilas.awa.pk]
    assert directory.last_spoken[lilas.practice.pk, CALLER] == lilas.awa.pk
    later = house.load_directory(now=moment + timedelta(hours=2))
    assert (later.mobiles, later.protections) == ({}, {})


def test_a_practitioners_word_and_who_passes_it_are_read(lilas: House) -> None:
    practitioner = lilas.practice.practitioners.create(
        first_name="Anne", last_name="Roy", phone="06 11 22 33 44"
    )
    Reachability.objects.create(
        practitioner=practitioner, state="rounds", changed_at=now(), changed_by=lilas.awa
    )
    KnownCaller.objects.create(
        practice=lilas.practice, number="+33655555555", label="Labo", comes_first=True, is_put_through=True
    )
    lilas.set_up()
    directory = house.load_directory(now=now())
    fact = next(one for one in directory.practitioners if one.practitioner_id == practitioner.pk)
    assert (fact.number, fact.reach.state) == ("+33611223344", Reach.ON_ROUNDS)
    assert fact.reach.white_list == {"+33655555555": "Labo"}
    plan = directory.lines[lilas.line.number].plan
    assert plan is not None
    assert plan.white_list == {"+33655555555"}


def test_what_may_be_called_is_bounded_even_where_nobody_set_a_rule(lilas: House) -> None:
    fact = house.load_directory(now=now()).outgoing[lilas.secretariat.pk]
    assert fact.rules.cap == 50
    assert isinstance(judge("+33612345678", rules=fact.rules), Dial)
    OutgoingRules.objects.create(
        secretariat=lilas.secretariat, number="+33188000000", prefixes=["+32"], monthly_cap_cents=100
    )
    make_call(practice=lilas.practice, secretary=lilas.awa, direction="out", cost_cents=100, arrived_at=now())
    NumberConsent.objects.create(
        line=lilas.line, given_by_name="Dr Roy", given_at=now(), recorded_by=lilas.awa
    )
    directory = house.load_directory(now=now())
    fact = directory.outgoing[lilas.secretariat.pk]
    assert (fact.number, fact.spent) == ("+33188000000", Decimal(1))
    assert judge("+3221234567", rules=fact.rules, spent=fact.spent) is NotDialled.CAP_REACHED
    assert isinstance(judge("+3221234567", rules=fact.rules), Dial)
    assert directory.consents[lilas.line.pk].number == lilas.line.number


def test_a_recording_rule_counts_between_its_days_until_it_is_ended(lilas: House) -> None:
    today = now().astimezone(lilas.practice.zone).date()
    rule = RecordingRule.objects.create(
        line=lilas.line, reason="training", detail="x", announcement="Enregistré.", created_by=lilas.awa,
        created_at=now(), starts_on=today, ends_on=today + timedelta(days=2),
    )  # fmt: skip
    fact = house.load_directory(now=now()).lines[lilas.line.number].recording
    assert fact is not None
    assert (fact.rule_id, fact.sample_percent, fact.refusal_digit) == (rule.pk, 5, "9")
    assert house.load_directory(now=now() + timedelta(days=3)).lines[lilas.line.number].recording is None
    rule.ended_at = now()
    rule.save()
    assert house.load_directory(now=now()).lines[lilas.line.number].recording is None


# --- several exchanges -------------------------------------------------------------------------


def test_each_exchange_reads_its_own_lines_calls_posts_and_orders(lilas: House) -> None:
    other = make_line(practice=lilas.practice, number="+33199000077")
    CallPlan.objects.create(line=other, exchange="west")
    make_post(user=lilas.awa, secretariat=lilas.secretariat)
    call = make_call(practice=lilas.practice, state="waiting", exchange="west")
    give_order(kind=OrderKind.HOLD, user=lilas.awa, now=now(), call_id=call.pk)
    give_order(kind=OrderKind.SET_STATE, user=lilas.awa, now=now(), payload={"state": "away"})
    east, west = house.load_directory(now=now()), house.load_directory(now=now(), exchange="west")
    assert (set(east.lines), set(west.lines)) == ({lilas.line.number}, {other.number})
    assert [one.call_id for one in house.load_memory(directory=west, now=now(), exchange="west").calls] == [
        call.pk
    ]
    assert house.load_memory(directory=east, now=now()).calls == ()
    assert [one.user_id for one in house.load_memory(directory=east, now=now()).posts] == [lilas.awa.pk]
    assert [one.kind for one in house.pending_orders(exchange="west")] == ["hold"]
    assert [one.kind for one in house.pending_orders()] == ["set_state"]


def test_her_first_order_goes_where_the_lines_of_her_secretariat_are(lilas: House) -> None:
    assert exchange_of(lilas.awa) == ""
    CallPlan.objects.create(line=lilas.line, exchange="west")
    assert exchange_of(lilas.awa) == "west"
    make_post(user=lilas.awa, secretariat=lilas.secretariat, exchange="east")
    assert exchange_of(lilas.awa) == "east"
    assert exchange_of(lilas.awa, called_number=lilas.line.number) == "west"


# --- what lived before -------------------------------------------------------------------------


def remembered(call_id: UUID) -> Any:
    directory = house.load_directory(now=now())
    return next(
        one for one in house.load_memory(directory=directory, now=now()).calls if one.call_id == call_id
    )


def test_a_live_call_is_remembered_with_everything_it_was(lilas: House) -> None:
    ines = make_secretary(secretariat=lilas.secretariat, practices=(lilas.practice,))
    parked = remembered(
        make_call(
            practice=lilas.practice, secretary=lilas.awa, state="parked", parked_by=lilas.awa, urgency=2
        ).pk
    )
    assert (parked.state, parked.parked_by, parked.leg, int(parked.urgency)) == (
        CallState.PARKED,
        lilas.awa.pk,
        None,
        2,
    )
    consulting = remembered(
        make_call(
            practice=lilas.practice, secretary=lilas.awa, state="on_hold", leg_attempt=3, is_muted=True,
            party_number="+33611111111", party_state="consulted", listener=ines, listening="listen",
        ).pk
    )  # fmt: skip
    assert consulting.party.state is PartyState.CONSULTED
    assert (consulting.holder, consulting.listener, consulting.is_muted) == (lilas.awa.pk, ines.pk, True)
    given = remembered(
        make_call(
            practice=lilas.practice, secretary=ines, state="talking", party_user=ines, party_state="joined"
        ).pk
    )
    assert (given.is_given, given.leg, given.holder) == (True, None, ines.pk)
    out = remembered(
        make_call(
            practice=lilas.practice, secretary=lilas.awa, state="dialling", direction="out", leg_attempt=1
        ).pk
    )
    assert (out.out.dial.number, out.practice_id, out.holder) == (CALLER, lilas.practice.pk, lilas.awa.pk)


def test_the_load_of_the_last_hour_is_remembered(lilas: House) -> None:
    make_post(user=lilas.awa, secretariat=lilas.secretariat)
    old = make_call(practice=lilas.practice, secretary=lilas.awa, arrived_at=now() - timedelta(hours=3))
    late = make_call(practice=lilas.practice, secretary=lilas.awa, arrived_at=now() - timedelta(minutes=9))
    memory = house.load_memory(directory=house.load_directory(now=now()), now=now())
    post = memory.posts[0]
    assert post.answered == [late.answered_at]
    assert post.last_call == (late.pk, CALLER)
    assert old.answered_at not in post.answered


# --- the journal -------------------------------------------------------------------------------


def test_what_she_asked_to_be_after_her_call_is_remembered(lilas: House) -> None:
    post = make_post(user=lilas.awa, secretariat=lilas.secretariat, state="on_call")

    def after_call() -> tuple[PostState, str] | None:
        memory = house.load_memory(directory=house.load_directory(now=now()), now=now())
        return memory.posts[0].after_call

    def ask(kind: OrderKind, *, is_done: bool = True, refusal: str = "", **payload: str) -> None:
        order = give_order(kind=kind, user=lilas.awa, now=now(), payload=payload)
        order.done_at, order.refusal = now() if is_done else None, refusal
        order.save()

    assert after_call() is None
    ask(OrderKind.SET_STATE, state="paused", reason="lunch")
    ask(OrderKind.SET_STATE, state="away", refusal="not_now")
    ask(OrderKind.SET_STATE, state="away", is_done=False)
    assert after_call() == (PostState.PAUSED, "lunch")
    ask(OrderKind.LEAVE)
    assert after_call() == (PostState.AWAY, "")
    ask(OrderKind.SET_STATE, state="available")
    assert after_call() is None
    ask(OrderKind.SET_STATE, state="paused", reason="break")
    Post.objects.filter(pk=post.pk).update(state="paused")
    assert after_call() is None, "she is what she asked to be"


def test_an_abuse_is_reported_once(lilas: House) -> None:
    call = make_call(practice=lilas.practice, secretary=lilas.awa)
    row = AbuseRow(call.pk, lilas.awa.pk, now(), now() + timedelta(hours=1))
    for _ in range(2):
        write_journal(entries=[Entry(now(), abuses=(row,))], now=now())
    assert AbuseReport.objects.get().protected_until == row.protected_until


def test_a_recording_is_copied_to_our_folder_and_listed_once(
    lilas: House, tmp_path: Path, settings: Any
) -> None:
    settings.DATA_DIR = tmp_path / "data"
    call = make_call(practice=lilas.practice, secretary=lilas.awa)
    rule = RecordingRule.objects.create(
        line=lilas.line, reason="training", detail="x", announcement="x", created_by=lilas.awa,
        created_at=now(), starts_on=now().date(), ends_on=now().date() + timedelta(days=1),
    )  # fmt: skip
    sound = tmp_path / f"recording-{call.pk}-7.wav"
    sound.write_bytes(b"RIFF")
    row = RecordingRow(call.pk, rule.pk, str(sound), now(), 42, now() + timedelta(days=30))
    for _ in range(2):
        write_journal(entries=[Entry(now(), recordings=(row,))], now=now())
    kept = Recording.objects.get()
    assert (kept.seconds, kept.rule_id, kept.purge_at) == (42, rule.pk, row.purge_at)
    assert (recordings_folder() / kept.path).read_bytes() == b"RIFF"


def test_who_chose_no_policy_has_the_one_that_the_screen_shows() -> None:
    untouched, usual = timing_from_settings().routing, DistributionPolicy()
    assert untouched.hold_at_most == timedelta(seconds=usual.extra_wait_seconds) == timedelta(seconds=20)
    assert untouched.gains_rank_after == timedelta(seconds=usual.ageing_seconds)


def test_a_row_of_another_version_s_spool_is_passed_over(lilas: House) -> None:
    call = make_call(practice=lilas.practice, secretary=lilas.awa)
    write_journal(
        entries=[Entry(now(), follow_ups=(FollowUpRow(call.pk, "called_again", now()),))], now=now()
    )
    assert not FollowUp.objects.exists()
    with pytest.raises(ValueError, match="called_never"):
        write_journal(
            entries=[Entry(now(), follow_ups=(FollowUpRow(call.pk, "called_never", now()),))], now=now()
        )


def test_a_mandate_that_ended_opens_no_line_to_that_secretariat(lilas: House) -> None:
    other = make_secretariat()
    make_mandate(secretariat=other, practice=lilas.practice, ends_on=now().date() - timedelta(days=2))
    assert house.load_directory(now=now()).mandates[lilas.practice.pk] == {lilas.secretariat.pk}
