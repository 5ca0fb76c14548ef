"""Who may disturb a practitioner, whom a practice knows, what it lets be recorded, and the number it lends."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from decroche.accounts.permissions import Role
from decroche.calls.domain.outgoing import Tariff
from decroche.calls.models import KnownCaller, NumberConsent, Reach, Reachability, RecordingRule
from decroche.calls.reach_queries import reachability_of
from decroche.calls.switchboard.directory import load_directory, outgoing_of
from decroche.foundation.clock import now
from tests.calls.test_web_teams import json_of, press, signed_in, undo
from tests.factories import (
    make_line,
    make_practice,
    make_practice_person,
    make_practitioner,
    make_secretariat,
    make_secretary,
    make_supervisor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


@pytest.fixture
def surgery() -> SimpleNamespace:
    """Return a practice, its practitioner with a phone in hand, and a secretary."""
    practice = make_practice(name="Cabinet des Lilas")
    line = make_line(practice=practice)
    doctor = make_practice_person(practice=practice, last_name="Vauquelin")
    practitioner = make_practitioner(practice=practice, user=doctor)
    secretariat = make_secretariat()
    awa = make_secretary(secretariat=secretariat, practices=(practice,))
    return SimpleNamespace(
        practice=practice, line=line, practitioner=practitioner, doctor=doctor, awa=awa,
        secretariat=secretariat, browser=signed_in(doctor),
    )  # fmt: skip


# --- reachability ---------------------------------------------------------------------------------


def test_one_tap_says_it_until_this_evening_and_the_switchboard_hears_it(surgery: SimpleNamespace) -> None:
    answer = press(surgery.browser, "reach_say", surgery.practitioner.pk, state="consulting")
    assert "jusqu’à ce soir" in json_of(answer)["toast"]["text"]
    word = reachability_of([surgery.practitioner.pk], now())[surgery.practitioner.pk]
    assert word.state == Reach.CONSULTING
    assert word.until is not None
    assert timedelta() < word.until - now() <= timedelta(days=1)
    fact = next(
        one
        for one in load_directory(now=now()).practitioners
        if one.practitioner_id == surgery.practitioner.pk
    )
    assert fact.reach.state == "in_consultation"
    undo(surgery.browser, answer)
    assert reachability_of([surgery.practitioner.pk], now())[surgery.practitioner.pk].is_free


def test_a_word_ends_by_itself(surgery: SimpleNamespace) -> None:
    press(surgery.browser, "reach_say", surgery.practitioner.pk, **{"state": "urgent", "for": "30"})
    pk = surgery.practitioner.pk
    assert reachability_of([pk], now())[pk].state == Reach.URGENT
    assert reachability_of([pk], now() + timedelta(minutes=31))[pk].is_free


def test_only_the_end_may_be_changed(surgery: SimpleNamespace) -> None:
    press(surgery.browser, "reach_say", surgery.practitioner.pk, state="rounds")
    press(surgery.browser, "reach_say", surgery.practitioner.pk, **{"for": "none"})
    row = Reachability.objects.get()
    assert (row.state, row.until) == ("rounds", None)


@pytest.mark.parametrize("data", [{"state": "asleep"}, {"state": "free", "for": "9999"}, {"for": ""}])
def test_a_word_that_is_none_is_refused(surgery: SimpleNamespace, data: dict[str, str]) -> None:
    assert press(surgery.browser, "reach_say", surgery.practitioner.pk, **data).status_code == 404
    assert not Reachability.objects.exists()


def test_undoing_after_another_word_keeps_that_one(surgery: SimpleNamespace) -> None:
    first = press(surgery.browser, "reach_say", surgery.practitioner.pk, state="consulting")
    press(signed_in(surgery.awa), "reach_say", surgery.practitioner.pk, state="urgent")
    assert "Quelqu’un l’a changé depuis" in undo(surgery.browser, first)
    assert Reachability.objects.get().state == "urgent"


def test_people_at_the_desk_see_everybody_of_the_practice(surgery: SimpleNamespace) -> None:
    make_practitioner(practice=surgery.practice, last_name="Aubert")
    press(surgery.browser, "reach_say", surgery.practitioner.pk, state="colleagues")
    staff = signed_in(make_practice_person(practice=surgery.practice, role=Role.STAFF))
    page = staff.get(reverse("calls:reach_of_practice", args=[surgery.practice.pk])).content.decode()
    assert "Aubert" in page
    assert "Confrères seulement" in page


# --- known callers --------------------------------------------------------------------------------

LAB = {"label": "Laboratoire du Val", "number": "01 99 00 12 34", "kind": "laboratory", "comes_first": "on"}


def add(surgery: SimpleNamespace, **more: str) -> Any:
    return press(surgery.browser, "known_add", surgery.practice.pk, **LAB | more)


def test_a_laboratory_comes_first_and_a_foreign_hospital_too(surgery: SimpleNamespace) -> None:
    answer = add(surgery)
    add(surgery, label="UZ Gent", number="+32 9 332 21 11", kind="hospital")
    assert set(KnownCaller.objects.values_list("number", "comes_first")) == {
        ("+33199001234", True), ("+3293322111", True),
    }  # fmt: skip
    undo(surgery.browser, answer)
    assert list(KnownCaller.objects.values_list("label", flat=True)) == ["UZ Gent"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", ""),
        ("number", "12"),
        ("number", "labo"),
        ("label", ""),
        ("kind", "friend"),
        ("label", "x" * 81),
    ],
)
def test_a_caller_without_a_name_or_a_number_is_asked_again(
    surgery: SimpleNamespace, field: str, value: str
) -> None:
    assert add(surgery, **{field: value}).status_code == 422
    assert not KnownCaller.objects.exists()


def test_a_number_is_on_the_list_once_however_it_is_written(surgery: SimpleNamespace) -> None:
    add(surgery)
    answer = add(surgery, label="Le labo", number="+33 1 99 00 12 34")
    assert answer.status_code == 422
    assert "déjà dans la liste" in answer.content.decode()


def test_a_right_is_given_and_taken_back(surgery: SimpleNamespace) -> None:
    add(surgery)
    caller = KnownCaller.objects.get()
    answer = press(surgery.browser, "known_switch", caller.pk, what="is_put_through")
    caller.refresh_from_db()
    assert caller.is_put_through
    undo(surgery.browser, answer)
    caller.refresh_from_db()
    assert not caller.is_put_through
    assert press(surgery.browser, "known_switch", caller.pk, what="practice_id").status_code == 404


def test_a_caller_is_changed_removed_and_brought_back(surgery: SimpleNamespace) -> None:
    add(surgery)
    caller = KnownCaller.objects.get()
    press(surgery.browser, "known_edit", caller.pk, **LAB | {"label": "Biolys"})
    assert KnownCaller.objects.get().label == "Biolys"
    removed = press(surgery.browser, "known_remove", caller.pk)
    assert not KnownCaller.objects.exists()
    undo(surgery.browser, removed)
    assert KnownCaller.objects.get().comes_first


def test_a_pasted_directory_is_read_line_by_line_and_what_is_wrong_stays_with_its_reason(
    surgery: SimpleNamespace,
) -> None:
    add(surgery)
    lines = (
        "Centre hospitalier du Parc ; 04 65 71 00 10\n"
        "01 99 00 22 33, Pharmacie du Marché\n"
        "Dr Anne Morin\t+41 22 345 67 89\tconfrère\n"
        "Laboratoire ; 01.99.00.12.34\n"
        "Sans numéro\n"
        "06 39 98 00 01\n\n"
    )
    answer = press(surgery.browser, "known_paste", surgery.practice.pk, lines=lines)
    found = dict(KnownCaller.objects.exclude(label=LAB["label"]).values_list("number", "kind"))
    assert found == {"+33465710010": "hospital", "+33199002233": "pharmacy", "+41223456789": "colleague"}
    page = answer.content.decode()
    for why in ("déjà dans la liste", "aucun numéro de téléphone lisible", "il manque le nom"):
        assert why in page
    undo(surgery.browser, answer)
    assert KnownCaller.objects.count() == 1


@pytest.mark.parametrize("lines", ["", "\n\n", "\x00", "x" * 5000, "0" * 5000])
def test_a_paste_of_nothing_adds_nothing(surgery: SimpleNamespace, lines: str) -> None:
    assert press(surgery.browser, "known_paste", surgery.practice.pk, lines=lines).status_code == 422
    assert not KnownCaller.objects.exists()


def test_another_practices_list_does_not_exist(surgery: SimpleNamespace) -> None:
    other = KnownCaller.objects.create(practice=make_practice(), number="+33199005555", label="Ailleurs")
    assert surgery.browser.get(reverse("calls:known", args=[other.practice_id])).status_code == 404
    assert press(surgery.browser, "known_remove", other.pk).status_code == 404


# --- recording ------------------------------------------------------------------------------------


def rule_data(**more: str) -> dict[str, str]:
    today = now().astimezone(ZoneInfo("Europe/Paris")).date()
    return {
        "reason": "training",
        "detail": "Former les nouvelles secrétaires à l’accueil.",
        "announcement": "Pour former notre équipe, cet appel peut être enregistré. Pour refuser, faites le 9.",
        "refusal_digit": "9",
        "sample_percent": "5",
        "keep_days": "30",
        "starts_on": (today + timedelta(days=1)).isoformat(),
        "last_on": (today + timedelta(days=20)).isoformat(),
    } | more


def test_nothing_is_recorded_unless_a_rule_says_so_and_stopping_can_be_undone(
    surgery: SimpleNamespace,
) -> None:
    address = reverse("calls:line_allowed", args=[surgery.line.pk])
    assert "Rien n’est enregistré" in surgery.browser.get(address).content.decode()
    press(surgery.browser, "recording_start", surgery.line.pk, **rule_data())
    rule = RecordingRule.objects.get()
    assert rule.ends_on - rule.starts_on == timedelta(days=20), "the last day is included"
    glance = surgery.browser.get(reverse("calls:line_recorded", args=[surgery.line.pk])).content.decode()
    assert "5\u202f% des appels seront enregistrés" in glance
    stopped = press(surgery.browser, "recording_stop", rule.pk)
    rule.refresh_from_db()
    assert rule.ended_at is not None
    undo(surgery.browser, stopped)
    rule.refresh_from_db()
    assert rule.ended_at is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", ""), ("reason", "curiosity"), ("detail", "test"), ("announcement", ""),
        ("announcement", "Bonjour, un instant. Pour refuser, faites le 9."),
        ("announcement", "Cet appel est enregistré."),
        ("announcement", "Cet appel peut être enregistré. Pour refuser, faites le 19."),
        ("refusal_digit", "4"), ("refusal_digit", "99"), ("sample_percent", "51"), ("sample_percent", "0"),
        ("keep_days", "181"), ("keep_days", ""), ("starts_on", "2020-01-01"), ("starts_on", "demain"),
        ("last_on", ""), ("last_on", "2020-01-01"), ("last_on", "2999-01-01"),
    ],
)  # fmt: skip
def test_a_rule_that_the_law_does_not_allow_is_refused(
    surgery: SimpleNamespace, field: str, value: str
) -> None:
    answer = press(surgery.browser, "recording_start", surgery.line.pk, **rule_data(**{field: value}))
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not RecordingRule.objects.exists()


def test_two_rules_never_cover_the_same_day(surgery: SimpleNamespace) -> None:
    press(surgery.browser, "recording_start", surgery.line.pk, **rule_data())
    assert press(surgery.browser, "recording_start", surgery.line.pk, **rule_data()).status_code == 409
    assert RecordingRule.objects.count() == 1


def test_a_stop_is_not_undone_over_a_new_rule(surgery: SimpleNamespace) -> None:
    press(surgery.browser, "recording_start", surgery.line.pk, **rule_data())
    old = RecordingRule.objects.get()
    stopped = press(surgery.browser, "recording_stop", old.pk)
    press(surgery.browser, "recording_start", surgery.line.pk, **rule_data())
    assert "Quelqu’un l’a changé depuis" in undo(surgery.browser, stopped)
    assert RecordingRule.objects.filter(ended_at=None).exclude(pk=old.pk).count() == 1


# --- consents -------------------------------------------------------------------------------------


def test_a_consent_is_kept_with_who_gave_it_and_can_be_withdrawn(surgery: SimpleNamespace) -> None:
    press(surgery.browser, "consent_give", surgery.line.pk, given_by_name=" Dr Claire  Roussel ")
    consent = NumberConsent.objects.get()
    assert (consent.given_by_name, consent.recorded_by) == ("Dr Claire Roussel", surgery.doctor)
    assert surgery.line.pk in load_directory(now=now()).consents
    twice = press(surgery.browser, "consent_give", surgery.line.pk, given_by_name="Dr Claire Roussel")
    assert twice.status_code == 409
    withdrawn = press(surgery.browser, "consent_withdraw", consent.pk)
    assert surgery.line.pk not in load_directory(now=now()).consents
    undo(surgery.browser, withdrawn)
    assert surgery.line.pk in load_directory(now=now()).consents


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_consent_without_a_name_is_none(surgery: SimpleNamespace, name: str) -> None:
    answer = press(surgery.browser, "consent_give", surgery.line.pk, given_by_name=name)
    assert answer.status_code == 422
    assert not NumberConsent.objects.exists()


def test_a_supervisor_sees_which_numbers_are_lent(surgery: SimpleNamespace) -> None:
    press(surgery.browser, "consent_give", surgery.line.pk, given_by_name="Dr Roussel")
    boss = signed_in(make_supervisor(secretariat=surgery.secretariat))
    page = boss.get(reverse("calls:outgoing", args=[surgery.secretariat.pk])).content.decode()
    assert "accord de Dr Roussel" in page


def test_a_supervisor_reads_what_calls_are_reckoned_at(surgery: SimpleNamespace, settings: Any) -> None:
    boss = signed_in(make_supervisor(secretariat=surgery.secretariat))
    address = reverse("calls:outgoing", args=[surgery.secretariat.pk])
    mobile = ("Mobiles en France", "9,5\u00a0c", "4\u00a0c")
    assert mobile[0] in boss.get(address).content.decode()
    settings.CALL_TARIFFS = "mobile=9.5+4"
    page = boss.get(address).content.decode()
    assert all(word in page for word in mobile)
    fact = outgoing_of(surgery.secretariat.pk, now=now())
    assert Tariff("+336", Decimal("0.095"), Decimal("0.04")) in fact.rules.tariffs, "the cap follows them"
    settings.CALL_TARIFFS = "mobile=dear"
    assert "15\u00a0c" in boss.get(address).content.decode(), "what nobody can read is not followed"


def test_an_undo_is_for_one_person_once(surgery: SimpleNamespace) -> None:
    answer = press(surgery.browser, "consent_give", surgery.line.pk, given_by_name="Dr Roussel")
    address = json_of(answer)["toast"]["undo"]
    stranger = signed_in(make_practice_person(practice=make_practice()))
    assert "plus rien à défaire" in json_of(stranger.post(address))["toast"]["text"]
    assert NumberConsent.objects.filter(withdrawn_at=None).exists()
    undo(surgery.browser, answer)
    assert "plus rien à défaire" in json_of(surgery.browser.post(address))["toast"]["text"]
