"""Teams, skills, policies and outgoing rules: what a supervisor sets, what nobody else may, and what undoes it."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from decroche.accounts.models import User
from decroche.calls.actions.set_up_teams import NotAMember, set_membership, set_skill
from decroche.calls.models import CallPlan, DistributionPolicy, OutgoingRules, Skill, Team, TeamStep
from decroche.foundation.clock import now
from decroche.practices.models import SecretariatMember
from tests.calls.factories import add_steps, make_call
from tests.factories import make_line, make_practice, make_secretariat, make_secretary, make_supervisor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
Toast = Callable[[Any], dict[str, Any]]


@pytest.fixture
def firm() -> SimpleNamespace:
    """Return a secretariat with a supervisor in her browser, two secretaries, and a practice with a line."""
    practice = make_practice(name="Cabinet des Lilas")
    line = make_line(practice=practice)
    secretariat = make_secretariat(name="Secrétariat Horizon")
    awa = make_secretary(secretariat=secretariat, practices=(practice,), last_name="Diallo")
    lea = make_secretary(secretariat=secretariat, last_name="Roche", first_name="Léa")
    boss = make_supervisor(secretariat=secretariat, last_name="Morel")
    return SimpleNamespace(
        practice=practice,
        line=line,
        secretariat=secretariat,
        awa=awa,
        lea=lea,
        boss=boss,
        browser=signed_in(boss),
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def press(browser: Client, name: str, /, *args: Any, **data: Any) -> Any:
    """Send what a button of a page with scripts sends."""
    return browser.post(reverse(f"calls:{name}", args=args), data, headers={"HX-Request": "true"})


def undo_of(answer: Any) -> str:
    """Return the address that the toast's « Annuler » posts to."""
    toast: dict[str, Any] = json_of(answer)["toast"]
    return str(toast["undo"])


def json_of(answer: Any) -> dict[str, Any]:
    import json

    found: dict[str, Any] = json.loads(answer["HX-Trigger"])
    return found


def undo(browser: Client, answer: Any) -> str:
    """Undo, and return what is said."""
    done = browser.post(undo_of(answer), headers={"HX-Request": "true"})
    assert done.status_code == 204
    return str(json_of(done)["toast"]["text"])


# --- teams ----------------------------------------------------------------------------------------


def test_one_key_puts_somebody_in_a_team_and_ctrl_z_takes_her_out(firm: SimpleNamespace) -> None:
    team = Team.objects.create(secretariat=firm.secretariat, name="Matin")
    answer = press(firm.browser, "teams_cell", firm.secretariat.pk, cell=f"team:{team.pk}:{firm.awa.pk}:on")
    assert answer.status_code == 200
    assert list(team.members.all()) == [firm.awa]
    assert f'value="team:{team.pk}:{firm.awa.pk}:off" aria-pressed="true"' in answer.content.decode()
    assert undo(firm.browser, answer) == "C’est défait."
    assert not team.members.exists()


def test_a_language_is_found_by_its_name_and_becomes_a_column(firm: SimpleNamespace) -> None:
    answer = press(firm.browser, "team_skill", firm.secretariat.pk, code="  anglais ", user=firm.lea.pk)
    assert Skill.objects.get().code == "en"
    assert "Anglais" in answer.content.decode()
    undo(firm.browser, answer)
    assert not Skill.objects.exists()


@pytest.mark.parametrize("code", ["", "   ", "12", "a:b", "x" * 41])
def test_a_skill_that_says_nothing_is_asked_again(firm: SimpleNamespace, code: str) -> None:
    answer = press(firm.browser, "team_skill", firm.secretariat.pk, code=code, user=firm.lea.pk)
    assert answer.status_code == 422
    assert "skill-error" in answer.content.decode()
    assert not Skill.objects.exists()


def test_whoever_leaves_the_secretariat_leaves_its_teams_and_takes_her_skills(firm: SimpleNamespace) -> None:
    team = Team.objects.create(secretariat=firm.secretariat, name="Matin")
    set_membership(team=team, user_id=firm.awa.pk, is_in=True)
    set_skill(secretariat_id=firm.secretariat.pk, user_id=firm.awa.pk, code="ar", has=True)
    SecretariatMember.objects.filter(user=firm.awa).delete()
    assert not team.members.exists()
    assert not Skill.objects.exists()
    with pytest.raises(NotAMember):
        set_membership(team=team, user_id=firm.awa.pk, is_in=True)


def test_somebody_of_another_secretariat_cannot_be_put_in(firm: SimpleNamespace) -> None:
    stranger = make_secretary(secretariat=make_secretariat())
    team = Team.objects.create(secretariat=firm.secretariat, name="Matin")
    answer = press(firm.browser, "teams_cell", firm.secretariat.pk, cell=f"team:{team.pk}:{stranger.pk}:on")
    assert answer.status_code == 404
    assert not team.members.exists()


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "team",
        "team:x:y:on",
        "team:1:2:maybe",
        "gang:1:2:on",
        "team:9999999999999999999:1:on",
        "skill::1:on",
    ],
)
def test_a_cell_that_is_none_changes_nothing(firm: SimpleNamespace, cell: str) -> None:
    assert press(firm.browser, "teams_cell", firm.secretariat.pk, cell=cell).status_code == 404


def test_a_team_is_made_renamed_removed_and_brought_back(firm: SimpleNamespace) -> None:
    press(firm.browser, "team_create", firm.secretariat.pk, name="  Après-midi ")
    team = Team.objects.get(name="Après-midi")
    assert press(firm.browser, "team_create", firm.secretariat.pk, name="Après-midi").status_code == 422
    renamed = press(firm.browser, "team_rename", firm.secretariat.pk, team.pk, name="Soir")
    undo(firm.browser, renamed)
    team.refresh_from_db()
    assert team.name == "Après-midi"
    set_membership(team=team, user_id=firm.lea.pk, is_in=True)
    removed = press(firm.browser, "team_remove", firm.secretariat.pk, team.pk)
    assert not Team.objects.exists()
    undo(firm.browser, removed)
    assert list(Team.objects.get(pk=team.pk).members.all()) == [firm.lea]


def test_a_team_that_answers_a_line_stays(firm: SimpleNamespace) -> None:
    team = Team.objects.create(secretariat=firm.secretariat, name="Matin")
    TeamStep.objects.create(plan=CallPlan.objects.create(line=firm.line), team=team)
    answer = press(firm.browser, "team_remove", firm.secretariat.pk, team.pk)
    assert answer.status_code == 409
    assert "confiez-les d’abord à une autre" in answer.content.decode()
    assert Team.objects.filter(pk=team.pk).exists()


def test_a_secretary_sees_none_of_it_and_another_firm_neither(firm: SimpleNamespace) -> None:
    foreigner = signed_in(make_supervisor(secretariat=make_secretariat()))
    for name in ("teams", "policy", "outgoing"):
        assert (
            signed_in(firm.awa).get(reverse(f"calls:{name}", args=[firm.secretariat.pk])).status_code == 404
        )
        assert foreigner.get(reverse(f"calls:{name}", args=[firm.secretariat.pk])).status_code == 404


def test_the_picture_costs_the_same_for_two_people_and_for_twenty(
    firm: SimpleNamespace,
) -> None:
    address = reverse("calls:teams", args=[firm.secretariat.pk])
    firm.browser.get(address)
    with CaptureQueriesContext(connection) as before:
        firm.browser.get(address)
    for number in range(6):
        team = Team.objects.create(secretariat=firm.secretariat, name=f"Équipe {number}")
        for _ in range(3):
            set_membership(team=team, user_id=make_secretary(secretariat=firm.secretariat).pk, is_in=True)
    with CaptureQueriesContext(connection) as after:
        firm.browser.get(address)
    assert len(after) <= len(before) + 1, "the members of the teams, once there are teams"


# --- policy ---------------------------------------------------------------------------------------

KNOBS = {
    "offer_seconds": 15, "extra_wait_seconds": 20, "ageing_seconds": 120, "calls_an_hour_at_most": 0,
    "pause_after_minutes": 120, "wrap_up_seconds": 45, "wrap_up_at_most_seconds": 600, "protect_minutes": 60,
}  # fmt: skip


def a_busy_yesterday(firm: SimpleNamespace, calls: int = 40) -> None:
    """Let callers have come every minute to one secretary, two minutes each: many had to wait."""
    nine = (now() - timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    for number in range(calls):
        arrived_at = nine + timedelta(minutes=number)
        if number % 2:
            make_call(
                practice=firm.practice, arrived_at=arrived_at, ended_at=arrived_at + timedelta(seconds=50)
            )
        else:
            call = make_call(practice=firm.practice, secretary=firm.awa, arrived_at=arrived_at)
            add_steps(call, ("offered", 1, {}), ("talking", 6, {}), secretary=firm.awa)


def test_the_policy_that_was_never_set_is_the_houses_own_and_applying_changes_it(
    firm: SimpleNamespace,
) -> None:
    answer = press(
        firm.browser, "policy_save", firm.secretariat.pk, version=1, **KNOBS | {"wrap_up_seconds": 20}
    )
    assert answer.status_code == 200
    policy = DistributionPolicy.objects.get()
    assert (policy.wrap_up_seconds, policy.version) == (20, 2)
    assert undo(firm.browser, answer).startswith("C’est défait")
    policy.refresh_from_db()
    assert policy.wrap_up_seconds == 45


def test_two_supervisors_at_once_lose_nothing(firm: SimpleNamespace) -> None:
    press(firm.browser, "policy_save", firm.secretariat.pk, version=1, **KNOBS | {"offer_seconds": 10})
    late = press(firm.browser, "policy_save", firm.secretariat.pk, version=1, **KNOBS | {"offer_seconds": 30})
    assert late.status_code == 409
    assert 'value="30"' in late.content.decode(), "what she wrote is kept"
    assert DistributionPolicy.objects.get().offer_seconds == 10


def test_an_undo_after_somebody_elses_change_changes_nothing(firm: SimpleNamespace) -> None:
    first = press(
        firm.browser, "policy_save", firm.secretariat.pk, version=1, **KNOBS | {"offer_seconds": 10}
    )
    press(firm.browser, "policy_save", firm.secretariat.pk, version=2, **KNOBS | {"offer_seconds": 25})
    assert "Quelqu’un l’a changé depuis" in undo(firm.browser, first)
    assert DistributionPolicy.objects.get().offer_seconds == 25


@pytest.mark.parametrize(
    ("knob", "value"),
    [("offer_seconds", "0"), ("offer_seconds", "61"), ("offer_seconds", ""), ("ageing_seconds", "vite"),
     ("wrap_up_at_most_seconds", "30"), ("protect_minutes", "-1"), ("calls_an_hour_at_most", "1e3")],
)  # fmt: skip
def test_a_knob_turned_too_far_is_said_and_nothing_is_saved(
    firm: SimpleNamespace, knob: str, value: str
) -> None:
    answer = press(firm.browser, "policy_save", firm.secretariat.pk, version=1, **KNOBS | {knob: value})
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not DistributionPolicy.objects.exists()


def test_a_shorter_wrap_up_lifts_the_curve_of_a_busy_day(firm: SimpleNamespace) -> None:
    a_busy_yesterday(firm)
    page = firm.browser.get(reverse("calls:policy", args=[firm.secretariat.pk])).content.decode()
    assert page.count("<polyline") == 3, "one line a picture while nothing is edited"
    answer = press(firm.browser, "policy_preview", firm.secretariat.pk, **KNOBS | {"wrap_up_seconds": 0})
    edited = answer.content.decode()
    assert edited.count("<polyline") == 6
    share = answer.context["replay"].figures[0]
    assert int(share.then.split("\u202f")[0]) > int(share.now.split("\u202f")[0])
    assert share.trend == "better"
    assert not DistributionPolicy.objects.exists(), "a replay saves nothing"


def test_more_callers_and_a_wrong_day_are_taken_as_they_are(firm: SimpleNamespace) -> None:
    a_busy_yesterday(firm)
    answer = press(
        firm.browser, "policy_preview", firm.secretariat.pk, **KNOBS, load="150", day="pas-un-jour"
    )
    assert answer.context["replay"].calls > 40
    wild = press(firm.browser, "policy_preview", firm.secretariat.pk, **KNOBS, load="9000")
    assert wild.context["replay"].load == 100


def test_a_replay_costs_the_same_whatever_the_calls(firm: SimpleNamespace) -> None:
    a_busy_yesterday(firm, calls=6)
    with CaptureQueriesContext(connection) as few:
        firm.browser.get(reverse("calls:policy", args=[firm.secretariat.pk]))
    a_busy_yesterday(firm, calls=30)
    with CaptureQueriesContext(connection) as many:
        firm.browser.get(reverse("calls:policy", args=[firm.secretariat.pk]))
    assert len(many) <= len(few)
    assert len(many) <= 40


def test_without_a_past_the_page_says_what_will_come(firm: SimpleNamespace) -> None:
    page = firm.browser.get(reverse("calls:policy", args=[firm.secretariat.pk])).content.decode()
    assert "Pas encore de jour à rejouer" in page


# --- outgoing rules -------------------------------------------------------------------------------

RULES = {"number": "01 99 00 12 34", "prefixes": "+32, 0041", "cap": "12,50", "version": "1"}


def test_outgoing_rules_are_saved_as_numbers_that_can_be_dialled(firm: SimpleNamespace) -> None:
    answer = press(firm.browser, "outgoing_save", firm.secretariat.pk, **RULES)
    assert answer.status_code == 200
    rules = OutgoingRules.objects.get()
    assert (rules.number, rules.prefixes, rules.monthly_cap_cents) == ("+33199001234", ["+32", "+41"], 1250)
    undo(firm.browser, answer)
    rules.refresh_from_db()
    assert (rules.number, rules.prefixes, rules.monthly_cap_cents) == ("", [], 5000)


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", "12"), ("number", "0899 12 34 56"), ("prefixes", "Belgique"), ("prefixes", "+0"), ("prefixes", "+339"),
     ("prefixes", "+33899"), ("prefixes", "+881"), ("cap", ""), ("cap", "-3"), ("cap", "NaN"), ("cap", "1,234")],
)  # fmt: skip
def test_rules_that_would_cost_dear_are_refused(firm: SimpleNamespace, field: str, value: str) -> None:
    answer = press(firm.browser, "outgoing_save", firm.secretariat.pk, **RULES | {field: value})
    if (field, value) == (
        "prefixes",
        "+339",
    ):  # France already is allowed: nothing is added, nothing is wrong
        assert OutgoingRules.objects.get().prefixes == []
        return
    assert answer.status_code == 422
    assert not OutgoingRules.objects.exists()


def test_what_the_month_has_cost_is_shown_and_a_number_can_be_tried(firm: SimpleNamespace) -> None:
    make_call(practice=firm.practice, secretary=firm.awa, direction="out", cost_cents=730, arrived_at=now())
    page = firm.browser.get(reverse("calls:outgoing", args=[firm.secretariat.pk])).content.decode()
    assert "7,30" in page
    for typed, said in (
        ("01 99 00 12 34", "peut être appelé"),
        ("15", "compose le 15"),
        ("3949", "numéro court"),
        ("0899 12 34 56", "surtaxé"),
        ("+32 2 511 11 11", "indicatifs permis"),
        ("bonjour", "Ce n’est pas un numéro"),
    ):
        assert said in press(firm.browser, "outgoing_try", firm.secretariat.pk, number=typed).content.decode()
