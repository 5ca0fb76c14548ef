"""Instructions on the desk, the emergency sheet, and how they are written."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from decroche.foundation.clock import now
from decroche.instructions.actions.add_instruction import add_instruction
from decroche.instructions.actions.write_protocol import Step, write_protocol
from decroche.instructions.models import EmergencyProtocol, Instruction, InstructionRead
from tests.factories import make_practice, make_practitioner, make_secretary, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def practice(everywhere):
    return make_practice()


@pytest.fixture
def secretary(practice):
    return make_secretary(practices=(practice,))


@pytest.fixture
def desk(client, secretary):
    client.force_login(secretary)
    return client


def asked(practice, body="Fini à 17 h", **fields):
    return add_instruction(practice=practice, body=body, by=make_user(), now=now(), **fields)


def written(desk, practice, **fields):
    data = {"body": "Fini à 16 h", "practitioner": "all", "kind": "note", "lasts": "open"} | fields
    return desk.post(reverse("instructions:add", args=[practice.pk]), data, **HTMX)


def test_the_panel_shows_what_is_new_and_one_key_takes_note_of_it(desk, practice):
    shown = asked(practice)
    url = reverse("instructions:panel", args=[practice.pk])
    page = desk.get(url).content.decode()
    assert "▲ nouveau" in page
    assert f'name="shown" value="{shown.pk}"' in page
    late = asked(practice, "Arrivée pendant la lecture")
    page = desk.post(
        reverse("instructions:acknowledge", args=[practice.pk]), {"shown": [shown.pk, "x"]}
    ).content.decode()
    assert list(InstructionRead.objects.filter(instruction=late).values_list("user__email", flat=True)) == [
        late.created_by.email
    ]
    assert page.count("▲ nouveau") == 1


def test_one_is_read_alone(desk, practice):
    shown = asked(practice)
    page = desk.post(reverse("instructions:acknowledge_one", args=[shown.pk])).content.decode()
    assert "▲ nouveau" not in page


def test_an_instruction_is_added_and_reaches_the_panel(desk, practice):
    practitioner = make_practitioner(practice=practice)
    answer = written(desk, practice, practitioner=practitioner.pk)
    assert "Fini à 16 h" in answer.content.decode()
    assert answer["HX-Retarget"] == f"#instructions-{practice.pk}"
    assert "dialog-done" in json.loads(answer["HX-Trigger"])
    assert Instruction.objects.get().practitioner == practitioner


def test_today_only_ends_at_the_practices_own_midnight(desk, practice):
    practice.timezone = "America/Martinique"
    practice.save()
    written(desk, practice, lasts="today")
    end = Instruction.objects.get().ends_at.astimezone(ZoneInfo("America/Martinique"))
    assert (end.hour, end.minute) == (0, 0)
    assert timedelta(0) < end - now() <= timedelta(days=1)


def test_hours_are_read_on_the_practices_clock(desk, practice):
    practice.timezone = "America/Martinique"
    practice.save()
    day = (now() + timedelta(days=3)).date()
    written(desk, practice, lasts="until", ends_at=f"{day}T17:00")
    expected = datetime(day.year, day.month, day.day, 17, tzinfo=ZoneInfo("America/Martinique"))
    assert Instruction.objects.get().ends_at == expected


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"body": "  "}, "Écrivez la consigne."),
        ({"body": "x" * 10_000}, "dépasse 1 000 caractères"),
        ({"lasts": "until"}, "Dites jusqu’à quand"),
        ({"ends_at": "2020-01-01T10:00", "lasts": "until"}, "trop lointaine"),
        ({"ends_at": "9999-12-31T23:59", "lasts": "until"}, "trop lointaine"),
        ({"starts_at": "hier"}, "Cette date n’existe pas"),
        ({"starts_at": "2026-02-31T10:00"}, "Cette date n’existe pas"),
    ],
)
def test_a_wrong_entry_gets_a_sentence_and_nothing_is_lost(desk, practice, fields, sentence):
    answer = written(desk, practice, **fields)
    assert answer.status_code == 422
    assert sentence in answer.content.decode().replace("1 000", "1 000")
    if "body" not in fields:
        assert "Fini à 16 h" in answer.content.decode()
    assert not Instruction.objects.exists()


def test_a_stale_second_tab_is_told_and_keeps_its_text(desk, practice):
    old = asked(practice)
    url = reverse("instructions:edit", args=[old.pk])
    data = {"body": "Fini à 15 h", "practitioner": "all", "kind": "note", "lasts": "open"}
    assert "Fini à 17 h" in desk.get(url, **HTMX).content.decode()
    assert desk.post(url, data, **HTMX).status_code == 200
    stale = desk.post(url, data | {"body": "Fini à 14 h"}, **HTMX)
    assert stale.status_code == 409
    assert "Fini à 14 h" in stale.content.decode()
    assert Instruction.objects.filter(ended_at=None).get().body == "Fini à 15 h"


def test_ended_with_an_undo(desk, practice):
    instruction = asked(practice)
    answer = desk.post(reverse("instructions:end", args=[instruction.pk]), **HTMX)
    undo = json.loads(answer["HX-Trigger"])["toast"]["undo"]
    assert "Fini à 17 h" not in answer.content.decode().split("Rien de particulier")[-1]
    assert desk.post(undo, **HTMX).status_code == 204
    assert Instruction.objects.get().ended_at is None


def test_markup_is_shown_as_text(desk, practice):
    asked(practice, "<img src=x onerror=alert(1)>")
    page = desk.get(reverse("instructions:panel", args=[practice.pk])).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img" in page


def test_the_emergency_sheet_shows_15_and_112_even_without_a_protocol(desk, practice):
    page = desk.get(reverse("instructions:emergency", args=[practice.pk]), **HTMX).content.decode()
    for shown in ("SAMU", ">15<", ">112<", "Qui appelle", "pas encore écrit de protocole"):
        assert shown in page


def test_the_sheet_follows_the_practitioners_own_steps(desk, practice):
    practitioner = make_practitioner(practice=practice)
    for who, texts in ((None, ["Depuis quand ?"]), (practitioner, ["Quel âge ?", "Respire-t-elle ?"])):
        write_protocol(
            practice=practice,
            practitioner=who,
            title="Malaise",
            steps=[Step(t) for t in texts],
            by=None,
            now=now(),
        )
    own = EmergencyProtocol.objects.get(practitioner=practitioner)
    page = desk.get(
        reverse("instructions:emergency", args=[practice.pk]), {"protocol": own.pk}, **HTMX
    ).content.decode()
    assert page.index("Qui appelle") < page.index("Quel âge ?") < page.index("Respire-t-elle ?")
    assert "Depuis quand ?" not in page


def steps(*rows):
    data = {"title": "Malaise", "steps-TOTAL_FORMS": len(rows), "steps-INITIAL_FORMS": 0}
    for index, (order, kind, text, number) in enumerate(rows):
        data |= {f"steps-{index}-{name}": value for name, value in
                 (("ORDER", order), ("kind", kind), ("text", text), ("number", number))}  # fmt: skip
    return data


def test_a_protocol_is_written_in_the_order_asked(desk, practice):
    practitioner = make_practitioner(practice=practice)
    url = reverse("instructions:write_protocol", args=[practice.pk]) + f"?practitioner={practitioner.pk}"
    data = steps((2, "do", "Passer le 15", "15"), (1, "ask", "Quel âge ?", ""), ("", "ask", "", ""))
    assert desk.post(url, data).status_code == 302
    assert [s.text for s in EmergencyProtocol.objects.get().steps.all()] == ["Quel âge ?", "Passer le 15"]
    page = desk.get(reverse("instructions:protocols", args=[practice.pk])).content.decode()
    assert "Passer le 15" in page
    assert 'value="Quel âge ?"' in desk.get(url).content.decode()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [((1, "ask", "", ""), "Écrivez au moins une étape"), ((1, "do", "Appeler", "abc"), "ne se compose pas"),
     ((1, "ask", "x" * 400, ""), "300 caractères au plus")],
)  # fmt: skip
def test_a_wrong_step_gets_a_sentence(desk, practice, row, sentence):
    answer = desk.post(reverse("instructions:write_protocol", args=[practice.pk]), steps(row))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_another_practices_instructions_are_not_there(desk):
    foreign = asked(make_practice())
    for name in ("edit", "end", "restore", "acknowledge_one"):
        assert desk.post(reverse(f"instructions:{name}", args=[foreign.pk])).status_code == 404
    for name in ("panel", "history", "emergency", "protocols", "write_protocol", "add"):
        assert desk.get(reverse(f"instructions:{name}", args=[foreign.practice_id])).status_code == 404


def test_history_keeps_every_wording(desk, practice, django_assert_max_num_queries):
    old = asked(practice)
    for count in (1, 3):
        for n in range(count):
            asked(practice, f"version {count} {n}")
        with django_assert_max_num_queries(9):
            page = desk.get(reverse("instructions:history", args=[practice.pk])).content.decode()
    assert old.body in page
