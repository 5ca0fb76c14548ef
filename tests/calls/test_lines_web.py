"""A practitioner sets a line up on its picture; what is wrong keeps what was typed; nobody else's line exists."""

import io
import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from decroche.accounts.models import User
from decroche.accounts.permissions import Role
from decroche.calls.actions.keep_sound import name_of, sound_path
from decroche.calls.models import CallPlan, LineClosure, LineHours, MenuChoice, Team, TeamStep, Treatment
from decroche.practices.models import Line
from tests.calls.factories import make_call, make_post
from tests.calls.test_lines_save import wav
from tests.factories import (
    make_line,
    make_mandate,
    make_practice,
    make_practice_person,
    make_secretariat,
    make_secretary,
    make_supervisor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
HTMX: Any = {"HTTP_HX_REQUEST": "true"}
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def on_that_sunday(monkeypatch) -> None:
    monkeypatch.setattr("decroche.foundation.clock.now", lambda: SUNDAY)


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def line() -> Line:
    practice = make_practice(phone="+33472000001")
    make_mandate(secretariat=make_secretariat(name="Horizon"), practice=practice)
    return make_line(practice=practice, greeting="Cabinet du docteur Roussel, bonjour.")


@pytest.fixture
def doctor(line: Line, client: Client) -> User:
    person = make_practice_person(practice=line.practice)
    client.force_login(person)
    return person


def url(name: str, *args: Any) -> str:
    return reverse(f"calls:{name}", args=args)


def save(client: Client, line: Line, station: str, **fields: Any) -> HttpResponse:
    plan = CallPlan.objects.filter(line=line).first()
    known = {"version": plan.version if plan else 1}
    return client.post(url("line_station", line.pk, station), known | fields, **HTMX)


def toast(answer: HttpResponse) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(answer["HX-Trigger"])["toast"]
    return said


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


# --- who may ---------------------------------------------------------------------------------------------------------------


def test_only_people_in_charge_set_lines_up(line: Line, client: Client) -> None:
    secretariat = line.practice.mandates.get().secretariat
    people = {
        make_practice_person(practice=line.practice): 200,
        make_supervisor(secretariat=secretariat): 200,
        make_practice_person(practice=line.practice, role=Role.STAFF): 404,
        make_secretary(secretariat=secretariat): 404,
        make_practice_person(practice=make_practice()): 404,
    }
    for person, code in people.items():
        client.force_login(person)
        assert client.get(url("line", line.pk)).status_code == code


@pytest.mark.usefixtures("doctor")
def test_another_practice_s_line_is_not_in_the_list(line: Line, client: Client) -> None:
    foreign = make_line(practice=make_practice(name="Zzyzxville"))
    page = text(client.get(url("lines")))
    assert url("line", line.pk) in page
    assert url("line", foreign.pk) not in page
    assert "Zzyzxville" not in page


# --- the picture and the story ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("doctor")
def test_the_page_says_what_a_caller_would_live_now(line: Line, client: Client) -> None:
    page = text(client.get(url("line", line.pk)))
    assert "Dimanche 22 novembre à 11\u202fh, la ligne est ouverte." in page
    assert "Cabinet du docteur Roussel, bonjour." in page
    save(client, line, "hours", **{"from-0": "08:30", "to-0": "12:30"})
    page = text(client.get(url("line", line.pk)))
    assert "Dimanche 22 novembre à 11\u202fh, la ligne est fermée jusqu’à demain, 8\u202fh\u202f30." in page


@pytest.mark.usefixtures("doctor")
def test_any_moment_can_be_asked(line: Line, client: Client) -> None:
    save(client, line, "hours", **{"from-0": ["08:30", "14:00"], "to-0": ["12:00", "18:00"]})
    lunch = text(client.get(url("line_asked", line.pk), {"when": "lunch"}, **HTMX))
    assert "Lundi 23 novembre à 12\u202fh\u202f30, la ligne est en pause de midi jusqu’à 14\u202fh." in lunch
    other = text(
        client.get(
            url("line_asked", line.pk), {"when": "other", "day": "2026-11-30", "time": "09:15"}, **HTMX
        )
    )
    assert "Lundi 30 novembre à 9\u202fh\u202f15, la ligne est ouverte jusqu’à 12\u202fh." in other
    odd = text(
        client.get(url("line_asked", line.pk), {"when": "other", "day": "2026-13-45", "time": "x"}, **HTMX)
    )
    assert "Donnez un jour et une heure." in odd
    assert client.get(url("line_asked", line.pk), {"when": "night"}).status_code == 200


@pytest.mark.usefixtures("doctor")
def test_the_list_says_how_each_line_stands(line: Line, client: Client) -> None:
    make_call(practice=line.practice, line=line, arrived_at=SUNDAY)
    save(client, line, "hours", **{"from-0": "08:30", "to-0": "12:30"})
    page = text(client.get(url("lines")))
    assert "Fermée jusqu’à demain, 8\u202fh\u202f30" in page
    assert "1 appel aujourd’hui" in page
    assert "Renvoi à vérifier" in page


def test_the_list_costs_the_same_for_one_line_or_many(
    line: Line, doctor: User, client: Client, django_assert_max_num_queries
) -> None:
    del doctor
    for _ in range(4):
        CallPlan.objects.create(line=make_line(practice=line.practice), follows_practitioners_leave=True)
    CallPlan.objects.create(line=line)
    client.get(url("lines"))
    with django_assert_max_num_queries(18):
        client.get(url("lines"))


def test_a_line_s_page_costs_the_same_bare_or_full(
    line: Line, doctor: User, client: Client, django_assert_max_num_queries
) -> None:
    del doctor
    plan = CallPlan.objects.create(line=line, follows_practitioners_leave=True)
    for weekday in range(5):
        LineHours.objects.create(plan=plan, weekday=weekday, starts=time(8), ends=time(18))
    for digit in "123":
        MenuChoice.objects.create(plan=plan, digit=digit, label=digit, action="team")
    home = line.practice.mandates.get().secretariat
    for number in range(3):
        TeamStep.objects.create(plan=plan, team=Team.objects.create(secretariat=home, name=f"É{number}"))
    client.get(url("line", line.pk))
    with django_assert_max_num_queries(26):
        client.get(url("line", line.pk))


# --- hours ------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("doctor")
def test_hours_are_saved_and_undone(line: Line, client: Client) -> None:
    answer = save(client, line, "hours", **{"from-0": ["08:30", "14:00"], "to-0": ["12:00", "00:00"]})
    assert toast(answer)["text"] == "Les horaires sont enregistrés."
    spans = [(one.starts, one.ends) for one in LineHours.objects.all()]
    assert spans == [(time(8, 30), time(12)), (time(14), time(0))]
    undone = client.post(toast(answer)["undo"], **HTMX)
    assert toast(undone)["text"].startswith("C’est défait")
    assert not LineHours.objects.exists()
    assert toast(client.post(toast(answer)["undo"], **HTMX))["text"] == "Il n’y a plus rien à défaire."


@pytest.mark.usefixtures("doctor")
@pytest.mark.parametrize(
    ("starts", "ends", "sentence"),
    [
        (["09:00"], [""], "Donnez le début et la fin"),
        (["18:00"], ["09:00"], "La fin (09:00) vient après le début (18:00)."),
        (["08:00", "11:00"], ["12:00", "15:00"], "Deux plages se chevauchent"),
        (["08:00", "14:00", "00:00"], ["12:00", "00:00", "00:00"], "Deux plages se chevauchent"),
        (["x"], ["12:00"], "Donnez le début et la fin"),
    ],
)
def test_hours_that_make_no_sense_keep_what_was_typed(
    line: Line, client: Client, starts: list[str], ends: list[str], sentence: str
) -> None:
    answer = save(
        client, line, "hours", **{"from-2": starts, "to-2": ends, "from-4": ["07:45"], "to-4": ["11:15"]}
    )
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'value="07:45"' in text(answer)
    assert not LineHours.objects.exists()


@pytest.mark.usefixtures("doctor")
def test_a_week_is_written_in_a_line_and_copied(line: Line, client: Client) -> None:
    filled = text(save(client, line, "hours", week="lun 9h-12h", fill=""))
    assert 'name="from-0" value="09:00"' in filled
    copied = text(save(client, line, "hours", **{"from-0": "09:00", "to-0": "12:00", "copy": "0"}))
    assert 'name="to-4" value="12:00"' in copied
    lost = text(save(client, line, "hours", week="quand il fait beau", fill=""))
    assert "n’est pas compris" in lost
    assert "quand il fait beau" in lost
    assert not LineHours.objects.exists()


@pytest.mark.usefixtures("doctor")
def test_a_colleague_s_change_is_not_overwritten(line: Line, client: Client) -> None:
    save(client, line, "voicemail", has_voicemail="")
    answer = client.post(
        url("line_station", line.pk, "hours"), {"version": 1, "from-0": "08:00", "to-0": "10:10"}, **HTMX
    )
    assert answer.status_code == 409
    assert "vient d’être modifiée ailleurs" in text(answer)
    assert 'value="10:10"' in text(answer)
    assert not LineHours.objects.exists()
    assert not CallPlan.objects.get(line=line).has_voicemail


# --- closures ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("doctor")
def test_holidays_are_proposed_and_never_silent(line: Line, client: Client) -> None:
    page = text(client.get(url("line_station", line.pk, "closures"), **HTMX))
    assert "Noël" in page
    assert not LineClosure.objects.exists()
    save(client, line, "closures", holiday="2026-12-25")
    closure = LineClosure.objects.get()
    assert (closure.moment, closure.label) == ("holiday", "Noël")
    assert closure.starts_at == datetime(2026, 12, 25, tzinfo=PARIS)
    assert "Fermer ce jour" in text(client.get(url("line_station", line.pk, "closures"), **HTMX))
    save(client, line, "closures", holiday="2026-12-26")
    assert LineClosure.objects.count() == 1
    save(client, line, "closures", drop=LineClosure.objects.get().pk)
    assert not LineClosure.objects.exists()


@pytest.mark.usefixtures("doctor")
def test_a_closure_is_added_or_said_wrong(line: Line, client: Client) -> None:
    good = {"moment": "leave", "first_day": "2026-12-28", "last_day": "2027-01-02", "label": "Ski"}
    save(client, line, "closures", **good)
    closure = LineClosure.objects.get()
    assert (closure.moment, closure.ends_at) == ("leave", datetime(2027, 1, 3, tzinfo=PARIS))
    wrong = save(client, line, "closures", **good | {"last_day": "2026-12-01", "label": "Mer"})
    assert wrong.status_code == 422
    assert "Le dernier jour vient après le premier." in text(wrong)
    assert "Mer" in text(wrong)


# --- greeting and sounds ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("doctor")
def test_a_greeting_is_written_recorded_and_heard(line: Line, client: Client) -> None:
    save(client, line, "greeting", how="spoken", text="  Cabinet   Roussel. ")
    line.refresh_from_db()
    assert line.greeting == "Cabinet Roussel."
    brought = client.post(
        url("line_sound_keep", line.pk), {"file": SimpleUploadedFile("message.wav", wav())}, **HTMX
    )
    assert brought.status_code == 200
    name = text(brought).split('name="sound" value="')[1].split('"')[0]
    save(client, line, "greeting", how="recorded", text="Cabinet Roussel.", sound=name)
    plan = CallPlan.objects.get(line=line)
    assert (plan.greeting_kind, plan.greeting_sound) == ("recorded", f"lines/{line.pk}/{name}")
    heard = client.get(url("line_sound", line.pk, name))
    assert heard["Content-Type"] == "audio/wav"
    assert b"".join(heard.streaming_content).startswith(b"RIFF")  # type: ignore[attr-defined]


@pytest.mark.usefixtures("doctor")
def test_a_file_sent_with_the_form_survives_another_mistake(line: Line, client: Client) -> None:
    answer = save(
        client, line, "menu", how="uploaded", text="", file=SimpleUploadedFile("menu.wav", wav()),
        **{"row-digit": "1", "row-label": "", "row-action": "number", "row-team": "", "row-urgency": "0",
           "row-number": "12", "row-text": ""},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "Dites à quoi sert cette touche." in text(answer)
    assert "Ce numéro n’est pas complet." in text(answer)
    name = text(answer).split('name="sound" value="')[1].split('"')[0]
    assert sound_path(line, name) is not None


@pytest.mark.usefixtures("doctor")
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"ID3\x04" + bytes(99), "Ce fichier est au format MP3"),
        (b"nothing", "n’est pas un son que le téléphone sait jouer"),
        (wav(level=0), "On n’entend rien"),
        (wav(seconds=95), "trop long"),
    ],
)
def test_a_sound_that_cannot_be_played_says_why(
    line: Line, client: Client, data: bytes, sentence: str
) -> None:
    file = SimpleUploadedFile("accueil.mp3", data)
    answer = client.post(url("line_sound_keep", line.pk), {"file": file}, **HTMX)
    assert answer.status_code == 422
    assert sentence in text(answer)
    answer = save(client, line, "greeting", how="uploaded", text="Gardé.", file=io.BytesIO(data))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "Gardé." in text(answer)


@pytest.mark.usefixtures("doctor")
def test_a_greeting_without_words_or_sound_is_refused(line: Line, client: Client) -> None:
    assert "Écrivez ce que l’appelant entendra." in text(
        save(client, line, "greeting", how="spoken", text=" ")
    )
    assert "Enregistrez d’abord le message." in text(save(client, line, "greeting", how="recorded", text=""))
    foreign = make_line(practice=make_practice())
    stolen = save(client, line, "greeting", how="recorded", text="", sound=f"../{foreign.pk}/abc")
    assert stolen.status_code == 422
    long = save(client, line, "greeting", how="spoken", text="a" * 301)
    assert "300 caractères au plus\u202f; il y en a 301." in text(long)
    assert "a" * 301 in text(long)


@pytest.mark.usefixtures("doctor")
def test_a_sentence_is_spoken_before_it_is_kept(line: Line, client: Client, monkeypatch) -> None:
    def speak(words: str, path: Path, **_more: Any) -> None:
        path.write_bytes(wav())
        said.append(words)

    said: list[str] = []
    monkeypatch.setattr("decroche.calls.actions.keep_sound.espeak", lambda: "/usr/bin/espeak-ng")
    monkeypatch.setattr("decroche.calls.actions.keep_sound.speak_to_file", speak)
    answer = client.post(url("line_sound_speak", line.pk), {"text": "Bonjour  à vous."}, **HTMX)
    assert said == ["Bonjour à vous."]
    assert f"/calls/lines/{line.pk}/sounds/" in text(answer)
    assert client.post(url("line_sound_speak", line.pk), {"text": " "}, **HTMX).status_code == 422
    assert client.post(url("line_sound_speak", line.pk), {"text": "a" * 501}, **HTMX).status_code == 422


# --- menu, teams, moments ----------------------------------------------------------------------------------------------------


def key(digit: str, label: str, action: str = "team", **more: str) -> dict[str, str]:
    known = {
        "digit": digit,
        "label": label,
        "action": action,
        "team": "",
        "urgency": "0",
        "number": "",
        "text": "",
    }
    return known | more


def keys(*rows: dict[str, str]) -> dict[str, list[str]]:
    return {f"row-{name}": [row[name] for row in rows] for name in key("", "")}


@pytest.mark.usefixtures("doctor")
def test_a_menu_is_written_and_warns_without_the_15(line: Line, client: Client) -> None:
    rows = keys(key("1", "un rendez-vous"), key("3", "la pharmacie", "number", number="04 72 00 00 09"))
    saved = save(client, line, "menu", how="spoken", text="Tapez 1.", **rows)
    assert "Le menu ne rappelle pas de composer le 15" in text(saved)
    assert [(one.digit, one.label, one.number) for one in MenuChoice.objects.all()] == [
        ("1", "un rendez-vous", ""),
        ("3", "la pharmacie", "+33472000009"),
    ]
    fuller = text(save(client, line, "menu", how="spoken", text="Tapez 1.", emergency="1", **rows))
    assert "raccrochez et composez le 15. Tapez 1." in fuller
    assert CallPlan.objects.get(line=line).menu_text == "Tapez 1."


@pytest.mark.usefixtures("doctor")
@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([key("1", "a"), key("1", "b")], "La touche 1 sert deux fois."),
        ([key("x", "a")], "Choisissez une touche."),
        ([key("1", "", number="06")], "Dites à quoi sert cette touche."),
        ([key("1", "a", "number", number="12")], "Ce numéro n’est pas complet."),
        ([key("1", "a", "message")], "Écrivez ce que l’appelant entendra."),
        ([key("1", "a", "fallback")], "Indiquez d’abord un numéro de secours."),
        ([key("1", "a", "dance")], "Choisissez dans la liste"),
        ([key("1", "a", team="999999")], "Choisissez dans la liste"),
        ([key("1", "a" * 81)], "80 caractères au plus."),
    ],
)
def test_a_key_that_makes_no_sense_says_so_beside_it(
    line: Line, client: Client, rows: list[dict[str, str]], sentence: str
) -> None:
    answer = save(client, line, "menu", how="spoken", text="Tapez une touche.", **keys(*rows))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "Tapez une touche." in text(answer)
    assert not MenuChoice.objects.exists()


@pytest.mark.usefixtures("doctor")
def test_keys_are_added_and_taken_without_saving(line: Line, client: Client) -> None:
    added = text(save(client, line, "menu", how="spoken", text="", add="1", **keys(key("1", "gardé"))))
    assert added.count("data-key-row") == 2
    assert "gardé" in added
    assert "Dites à quoi sert" not in added
    taken = text(
        save(client, line, "menu", how="spoken", text="", drop="0", **keys(key("1", "parti"), key("2", "b")))
    )
    assert "parti" not in taken
    assert not MenuChoice.objects.exists()


@pytest.mark.usefixtures("doctor")
def test_teams_come_from_mandated_secretariats_only(line: Line, client: Client) -> None:
    home = line.practice.mandates.get().secretariat
    morning, late = (Team.objects.create(secretariat=home, name=name) for name in ("Matin", "Renfort"))
    foreign = Team.objects.create(secretariat=make_secretariat(), name="Ailleurs")
    assert "Ailleurs" not in text(client.get(url("line_station", line.pk, "team"), **HTMX))
    save(client, line, "team", **{"row-team": [late.pk, morning.pk], "row-after": ["30", "0"]})
    assert list(TeamStep.objects.values_list("team__name", "after_seconds")) == [
        ("Matin", 0),
        ("Renfort", 30),
    ]
    for teams, afters, sentence in (
        ([foreign.pk], ["0"], "Choisissez dans la liste"),
        ([morning.pk, morning.pk], ["0", "9"], "Cette équipe est déjà dans la liste."),
        ([morning.pk], ["-3"], "Un nombre de secondes"),
        ([morning.pk], ["20"], "Une équipe au moins répond dès l’arrivée"),
    ):
        answer = save(client, line, "team", **{"row-team": teams, "row-after": afters})
        assert answer.status_code == 422
        assert sentence in text(answer)


@pytest.mark.usefixtures("doctor")
def test_a_moment_has_its_own_words_and_its_own_end(line: Line, client: Client) -> None:
    save(client, line, "moment-closed", action="message", how="spoken", text="Fermé le dimanche.")
    assert Treatment.objects.get().text == "Fermé le dimanche."
    assert "Fermé le dimanche." in text(client.get(url("line", line.pk)))
    wrong = save(client, line, "moment-lunch", action="number", how="spoken", text="Gardé.", number="")
    assert "Indiquez le numéro à appeler." in text(wrong)
    assert "Gardé." in text(wrong)
    assert "Écrivez ce que" in text(
        save(client, line, "moment-lunch", action="message", how="spoken", text="")
    )
    save(client, line, "moment-closed", action="usual", how="spoken", text="")
    assert not Treatment.objects.exists()


@pytest.mark.usefixtures("doctor")
def test_an_emergency_line_never_hangs_up_on_a_caller(line: Line, client: Client) -> None:
    save(client, line, "number", kind="emergency", forwarding="all", operator="orange")
    answer = save(client, line, "moment-closed", action="message", how="spoken", text="Rappelez.")
    assert "Une ligne d’urgence ne raccroche jamais" in text(answer)


@pytest.mark.usefixtures("doctor")
def test_the_fallback_is_a_number_that_does_not_come_back_here(line: Line, client: Client) -> None:
    wrong = save(client, line, "fallback", fallback_number=line.number, wait_at_most_seconds="120")
    assert "l’appel tournerait en rond" in text(wrong)
    assert "de 20 à 1800" in text(
        save(client, line, "fallback", fallback_number="", wait_at_most_seconds="3")
    )
    save(client, line, "fallback", fallback_number="06 12 34 56 78", wait_at_most_seconds="120")
    line.refresh_from_db()
    assert line.fallback_number == "+33612345678"
    assert "Vers le 06 12 34 56 78" in text(client.get(url("line", line.pk)))


@pytest.mark.usefixtures("doctor")
def test_only_a_mandated_secretariat_replaces(line: Line, client: Client) -> None:
    other = make_secretariat(name="Relais")
    refused = save(client, line, "replacement", replacement=other.pk, replacement_after_seconds="60")
    assert refused.status_code == 422
    make_mandate(secretariat=other, practice=line.practice, ends_on=datetime(2026, 12, 21, tzinfo=UTC).date())
    save(client, line, "replacement", replacement=other.pk, replacement_after_seconds="60")
    assert CallPlan.objects.get(line=line).replacement == other
    assert "Relais, mandat jusqu’au dim. 20 déc." in text(client.get(url("line", line.pk)))


@pytest.mark.usefixtures("doctor")
def test_what_is_heard_while_waiting(line: Line, client: Client) -> None:
    save(client, line, "waiting", waiting="quiet", how="spoken", text="Nous arrivons.")
    plan = CallPlan.objects.get(line=line)
    assert (plan.waiting, plan.tells_position, plan.waiting_text) == ("quiet", False, "Nous arrivons.")


# --- forwarding -------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("doctor")
@pytest.mark.parametrize(
    ("operator", "scenario", "codes"),
    [
        ("orange", "all", ["*21*{}#", "#21#", "*#21#"]),
        ("ovh", "no_answer", ["*61*{}#", "*69*{}#", "#61#", "#69#"]),
        ("free", "out_of_hours", ["*21*{}#", "Chaque soir"]),
        ("other", "all", ["Demandez à votre opérateur", "{}"]),
    ],
)
def test_the_page_says_what_to_dial(
    line: Line, client: Client, operator: str, scenario: str, codes: list[str]
) -> None:
    CallPlan.objects.create(line=line, operator=operator, forwarding=scenario)
    page = text(client.get(url("line_forwarding", line.pk)))
    for code in codes:
        assert code.format(f"0{line.number[3:]}") in page


@pytest.mark.usefixtures("doctor")
def test_the_test_call_is_awaited_proved_or_explained(line: Line, client: Client, monkeypatch) -> None:
    waiting = text(client.post(url("line_check", line.pk), **HTMX))
    assert "04 72 00 00 01" in waiting
    assert "every 3s" in waiting
    monkeypatch.setattr("decroche.foundation.clock.now", lambda: SUNDAY.replace(minute=4))
    late = text(client.get(url("line_forwarding", line.pk), **HTMX))
    assert "Aucun appel n’est arrivé en trois minutes." in late
    CallPlan.objects.update(forwarding_checked_at=SUNDAY, forwarding_check_until=None)
    assert "Le renvoi fonctionne" in text(client.get(url("line_forwarding", line.pk), **HTMX))


def test_a_supervisor_at_her_post_lets_the_house_place_the_call(
    line: Line, client: Client, monkeypatch
) -> None:
    secretariat = line.practice.mandates.get().secretariat
    supervisor = make_supervisor(secretariat=secretariat)
    client.force_login(supervisor)
    assert "Appeler d’ici" not in text(client.get(url("line_forwarding", line.pk)))
    make_post(user=supervisor, secretariat=secretariat)
    assert "Appeler d’ici" in text(client.get(url("line_forwarding", line.pk)))
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "decroche.calls.web.lines.forwarding.give_order_and_wait",
        lambda **order: asked.append(order["payload"]),
    )
    answer = client.post(url("line_check", line.pk), {"place": "1"}, **HTMX)
    assert [order["number"] for order in asked] == [line.practice.phone]
    assert "décrochez, et le cabinet est appelé" in toast(answer)["text"]
    assert CallPlan.objects.get(line=line).forwarding_check_until is not None


@pytest.mark.usefixtures("doctor")
def test_nobody_places_a_call_without_a_telephone(line: Line, client: Client, monkeypatch) -> None:
    def never(**_order: Any) -> None:
        raise AssertionError("no telephone, no call")

    monkeypatch.setattr("decroche.calls.web.lines.forwarding.give_order_and_wait", never)
    client.post(url("line_check", line.pk), {"place": "1"}, **HTMX)
    assert CallPlan.objects.get(line=line).forwarding_check_until is not None


# --- without scripts ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("doctor")
def test_everything_works_without_scripts(line: Line, client: Client) -> None:
    page = text(client.get(url("line_station", line.pk, "greeting")))
    assert "<html" in page
    assert 'data-way-form="greeting"' in page
    answer = client.post(
        url("line_station", line.pk, "greeting"), {"version": 1, "how": "spoken", "text": "Bonjour."}
    )
    assert (answer.status_code, answer["Location"]) == (302, url("line", line.pk))
    assert client.get(url("line_station", line.pk, "nothing")).status_code == 404
    assert name_of("lines/3/abc") == "abc"
