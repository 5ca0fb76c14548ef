"""What the practitioner wishes shows on the grid: in the head of the column, and where time is kept."""

from datetime import date, time

import pytest
from django.urls import reverse

from decroche.scheduling.models import Wish
from decroche.scheduling.queries import day_view
from tests.factories import make_secretary
from tests.scheduling.factories import (
    TUESDAY,
    make_agenda,
    make_appointment,
    make_visit_type,
    paris,
    stop_the_doors_clock,
)
from tests.scheduling.test_grid import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def wish(person, kind, *, until: date | None = None, **fields) -> Wish:
    return Wish.objects.create(
        practice=person.practice,
        practitioner=person,
        kind=kind,
        valid_from=TUESDAY,
        valid_until=until,
        **fields,
    )


def test_the_last_room_for_an_emergency_is_drawn_as_kept_and_offered_to_nobody() -> None:
    practice, people, kind = make_agenda()
    make_visit_type(practice=practice, emergency=True, duration_minutes=15)
    wish(people[0], Wish.Kind.EMERGENCY_SLOTS, count=1)
    free = day_view(practice=practice, day=TUESDAY, now=NOW).columns[0]
    assert free.kept == []  # there is room for everybody
    starts = [cell.first for cell in free.free if cell.first < 13 * 60]
    for minute in starts[:-1]:
        make_appointment(practitioner=people[0], visit_type=kind, starts_at=paris(minute // 60, minute % 60))
    full = day_view(practice=practice, day=TUESDAY, now=NOW).columns[0]
    assert [(band.first, band.last) for band in full.kept] == [(starts[-1], starts[-1] + 15)]
    assert not [cell for cell in full.free if cell.first < 13 * 60]


def test_the_head_says_what_is_wished_in_a_few_words_and_in_a_sentence(client) -> None:
    practice, people, _ = make_agenda(practitioners=2)
    wish(people[0], Wish.Kind.END_AT, at=time(17))
    wish(people[0], Wish.Kind.NO_NEW_PATIENTS, until=TUESDAY)
    client.force_login(make_secretary(practices=(practice,)))
    url = reverse("agenda:view", args=[practice.pk])
    page = client.get(f"{url}?date={TUESDAY}").content.decode()
    assert "finit à 17\u202fh" in page
    assert "Ne prend pas de nouveaux patients ce jour-là." in page
    assert page.count('class="agenda-wishes"') == 1
    tomorrow = client.get(f"{url}?date={TUESDAY.replace(day=TUESDAY.day + 1)}").content.decode()
    assert "finit à 17\u202fh" in tomorrow
    assert "nouveaux patients" not in tomorrow


def test_the_desk_has_a_line_for_the_wishes_where_there_are_any(client, monkeypatch) -> None:
    stop_the_doors_clock(monkeypatch)
    practice, people, _ = make_agenda(practitioners=2)
    client.force_login(make_secretary(practices=(practice,)))
    address = reverse("agenda:panel", args=[practice.pk])
    line = f'hx-get="{reverse("agenda:wishes", args=[practice.pk])}"'
    page = client.get(address).content.decode()
    assert line in page
    assert "agenda-panel-wishes is-due" not in page  # nothing is wished: the line takes no place
    wish(people[0], Wish.Kind.FILL_GAPS)
    page = client.get(address).content.decode()
    assert "agenda-panel-wishes is-due" in page
    said = client.get(reverse("agenda:wishes", args=[practice.pk])).content.decode()
    assert people[0].display_name in said
    assert "trous à combler d’abord" in said
    alone = client.get(reverse("agenda:page", args=[practice.pk])).content.decode()
    assert "agenda-panel-wishes" not in alone  # it has them in its head
