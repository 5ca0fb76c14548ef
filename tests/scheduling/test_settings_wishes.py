"""A practitioner's wishes: said once, in force at once, ended, taken back."""

from datetime import date, time, timedelta

import pytest

from decroche.foundation import events
from decroche.scheduling.actions.end_wish import end_wish
from decroche.scheduling.actions.set_wish import WishIncomplete, set_wish
from decroche.scheduling.events import WishEnded, WishSet
from decroche.scheduling.models import AgendaSettings, Wish
from tests.factories import make_secretary
from tests.scheduling.doors import HTMX, toast, url
from tests.scheduling.factories import NOW, TUESDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere", "on_that_tuesday")]


@pytest.fixture
def published(monkeypatch):
    """Keep what the actions publish."""
    told = []
    for action in ("set_wish", "end_wish"):
        monkeypatch.setattr(f"decroche.scheduling.actions.{action}.publish", told.append)
    assert events
    return told


def in_force() -> list[tuple]:
    return [
        (wish.kind, wish.valid_from, wish.valid_until) for wish in Wish.objects.filter(ended_at__isnull=True)
    ]


def test_a_doctor_ends_today_at_five_and_takes_it_back(agenda, doctor, client, published) -> None:
    practitioner = agenda[1][0]
    answer = client.post(
        url("set_wish", practitioner.pk), {"kind": "end_at", "at": "17:00", "span": "today"}, **HTMX
    )
    assert toast(answer)["text"] == f"{practitioner.display_name}\u202f: finit à 17\u202fh."
    wish = Wish.objects.get()
    assert (wish.at, wish.valid_from, wish.valid_until) == (time(17), TUESDAY, TUESDAY)
    assert isinstance(published[0], WishSet)
    assert published[0].wish_id == wish.pk
    client.post(toast(answer)["undo"], **HTMX)
    assert in_force() == []
    assert isinstance(published[1], WishEnded)


def test_a_secretary_writes_a_wish_for_the_doctor(agenda, client) -> None:
    client.force_login(make_secretary(practices=(agenda[0],)))
    client.post(url("set_wish", agenda[1][0].pk), {"kind": "fill_gaps", "span": "always"}, **HTMX)
    assert in_force() == [("fill_gaps", TUESDAY, None)]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "mornings_first", "span": "always"}, "matins d’abord"),
        ({"kind": "fill_gaps"}, "trous à combler d’abord"),
        (
            {"kind": "max_in_a_row", "count": "4", "pause_minutes": "15"},
            "pause de 15\u202fmin après 4 rendez-vous",
        ),
        ({"kind": "emergency", "count": "2"}, "2 urgences gardées par demi-journée"),
        ({"kind": "no_new", "span": "until", "valid_until": "2027-03-02"}, "pas de nouveaux patients"),
        ({"kind": "group_home"}, "visites groupées par quartier"),
    ],
)
def test_each_wish_is_worded_where_it_is_shown(agenda, doctor, client, fields, words) -> None:
    practice, people, _ = agenda
    client.post(url("set_wish", people[0].pk), fields, **HTMX)
    shown = client.get(url("wishes", practice.pk), **HTMX).content.decode()
    assert words in shown
    assert people[0].display_name in shown
    page = client.get(url("settings_wishes", practice.pk), {"practitioner": people[0].pk}).content.decode()
    assert words.capitalize() in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "end_at"}, "À quelle heure\u202f?"),
        ({"kind": "emergency"}, "Combien\u202f?"),
        ({"kind": "no_new", "span": "until"}, "Jusqu’à quel jour\u202f?"),
        ({"kind": "no_new", "span": "until", "valid_until": "2026-11-01"}, "Le dernier jour vient avant"),
    ],
)
@pytest.mark.parametrize("fragment", [True, False])
def test_a_wish_that_says_too_little_is_asked_again(
    agenda, doctor, client, fields, sentence, fragment
) -> None:
    extra = {"fragment": "1"} if fragment else {}
    answer = client.post(url("set_wish", agenda[1][0].pk), fields | extra, **(HTMX if fragment else {}))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert in_force() == []


def test_the_last_word_counts_and_undoing_brings_back_the_one_before(agenda, doctor, client) -> None:
    practitioner = agenda[1][0]
    for hour in ("18:00", "16:30"):
        answer = client.post(url("set_wish", practitioner.pk), {"kind": "end_at", "at": hour}, **HTMX)
    assert [wish.at for wish in Wish.objects.filter(ended_at__isnull=True)] == [time(16, 30)]
    client.post(toast(answer)["undo"], **HTMX)
    assert [wish.at for wish in Wish.objects.filter(ended_at__isnull=True)] == [time(18)]


def test_a_wish_for_today_leaves_the_lasting_one_in_place(agenda, doctor, client) -> None:
    practitioner = agenda[1][0]
    client.post(url("set_wish", practitioner.pk), {"kind": "end_at", "at": "18:00", "span": "always"}, **HTMX)
    client.post(url("set_wish", practitioner.pk), {"kind": "end_at", "at": "16:00", "span": "today"}, **HTMX)
    assert len(in_force()) == 2


def test_an_ended_wish_is_brought_back(agenda, doctor, client) -> None:
    client.post(url("set_wish", agenda[1][0].pk), {"kind": "fill_gaps", "span": "always"}, **HTMX)
    wish = Wish.objects.get()
    answer = client.post(url("end_wish", wish.pk), {"fragment": "1"}, **HTMX)
    assert in_force() == []
    assert "trous à combler" not in answer.content.decode()
    client.post(toast(answer)["undo"], **HTMX)
    assert in_force() == [("fill_gaps", TUESDAY, None)]


def test_wishes_of_an_instruction_end_with_it(agenda, doctor, published) -> None:
    practitioner = agenda[1][0]
    said = {
        "practitioner": practitioner,
        "valid_from": TUESDAY,
        "valid_until": None,
        "by": doctor,
        "now": NOW,
    }
    set_wish(kind="fill_gaps", instruction_id=7, **said)
    set_wish(kind="mornings_first", instruction_id=8, **said)
    assert end_wish(instruction_id=7, by=doctor, now=NOW) == 1
    assert end_wish(instruction_id=7, by=doctor, now=NOW) == 0
    assert [kind for kind, *_ in in_force()] == ["mornings_first"]
    assert [type(event) for event in published] == [WishSet, WishSet, WishEnded]
    assert published[-1].instruction_id == 7


def test_an_unknown_wish_is_refused(agenda, doctor) -> None:
    with pytest.raises(WishIncomplete):
        set_wish(
            practitioner=agenda[1][0], kind="lie_in", valid_from=TUESDAY, valid_until=None, by=doctor, now=NOW
        )


def test_past_and_future_wishes_are_not_in_today_s_toolbar(agenda, doctor, client) -> None:
    practice, people, _ = agenda
    past, ahead = TUESDAY - timedelta(days=3), TUESDAY + timedelta(days=3)
    for kind, first, last in (("fill_gaps", past, past), ("mornings_first", ahead, None)):
        set_wish(practitioner=people[0], kind=kind, valid_from=first, valid_until=last, by=doctor, now=NOW)
    shown = client.get(url("wishes", practice.pk), **HTMX).content.decode()
    assert 'class="setup-chip"' not in shown
    page = client.get(url("settings_wishes", practice.pk), {"practitioner": people[0].pk}).content.decode()
    assert "à partir du ven. 27 nov." in page


def test_what_is_decided_once_is_written(agenda, doctor, client) -> None:
    practitioner = agenda[1][0]
    wrong = client.post(url("save_agenda_settings", practitioner.pk), {"forced_per_day": "lots"})
    assert wrong.status_code == 422
    client.post(
        url("save_agenda_settings", practitioner.pk), {"forced_per_day": "5", "no_show_threshold": "3"}
    )
    found = AgendaSettings.objects.get(practitioner=practitioner)
    assert (found.forced_per_day, found.no_show_threshold) == (5, 3)


def test_the_screens_cost_the_same_with_one_wish_and_with_many(
    agenda, doctor, client, django_assert_max_num_queries
) -> None:
    practice, people, _ = agenda
    client.get(url("settings_wishes", practice.pk))  # who asks is known from then on
    costs = []
    for kinds in (["fill_gaps"], ["mornings_first", "group_home"]):
        for kind in kinds:
            set_wish(
                practitioner=people[0],
                kind=kind,
                valid_from=date(2026, 1, 1),
                valid_until=None,
                by=doctor,
                now=NOW,
            )
        for address in (url("settings_wishes", practice.pk), url("wishes", practice.pk)):
            with django_assert_max_num_queries(30) as captured:
                client.get(address)
            costs.append(len(captured))
    assert costs[:2] == costs[2:], costs
