"""What the agenda promises: an odd request in ten seconds, an evening given up at a tap, a week set up in three minutes.

No exchange is needed: the real pages, scripts and server, in Chromium. Seconds are a person's, not this machine's: six
keys a second for a secretary, two for a doctor, and a second for each tap.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from decroche.accounts.models import User
from decroche.accounts.permissions import Permission
from decroche.foundation.clock import now
from decroche.interop.actions.make_key import make_key
from decroche.practices.access import access_of
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.domain.asking import Asker, Channel
from decroche.scheduling.models import OpeningRule, VisitType
from decroche.scheduling.queries import open_slots
from tests.factories import make_practice, make_practice_person, make_practitioner, make_secretary
from tests.journeys.typist import Typist, World, awa, booked, browser, pytestmark, world
from tests.scheduling.factories import make_appointment, make_patient, make_rule, make_visit_type

__all__ = ["awa", "browser", "pytestmark", "world"]
POCKET = {"width": 390, "height": 844}


def enter(browser: Browser, url: str, person: User, *, size: dict[str, int]) -> Page:
    """Let a person in, in a browser of their own."""
    client = Client()
    client.force_login(person)
    context = browser.new_context(viewport=size, reduced_motion="reduce", locale="fr-FR")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
    context.set_default_timeout(90_000)  # a server that has just started compiles its templates
    return context.new_page()


# --- ten seconds -----------------------------------------------------------------------------------------------------


def test_siblings_on_a_wednesday_after_three_with_whoever_is_first_of_two(world: World, awa: Typist) -> None:
    """ "Un double rendez-vous pour mes deux enfants, un mercredi après 15 h, avec Roussel ou Nguyen." """
    make_patient(practice=world.practice, birth_name="Durand", first_names="Léa")
    make_patient(practice=world.practice, birth_name="Kermarrec", first_names="Tom")
    day = now().astimezone(world.practice.zone).date()
    wednesday = next(n for n in range(1, 8) if (day + timedelta(days=n)).weekday() == 2)
    for person in (world.people[0], world.people[2]):  # the first of the two is not the first of the list
        minutes = (0, 15, 30) if person == world.people[0] else (0,)
        for minute in minutes:
            make_appointment(
                practitioner=person,
                visit_type=world.consultation,
                starts_at=world.at(15, minute, days=wednesday),
            )
    awa.chooses("duran", "DURAND")
    awa.opens("1")
    awa.says_when("mer apres 15h roussel nguyen")
    awa.sees(".booking-criterion", "après 15")
    awa.takes_a_pair(first="DURAND Léa", letters="kerm", second="KERMARREC Tom")
    own = [each for each in booked(world) if each.patient.birth_name in {"Durand", "Kermarrec"}]
    start = own[0].starts_at.astimezone(world.practice.zone)
    assert (start.weekday(), start.hour, start.minute) == (2, 15, 15)
    assert [each.practitioner for each in own] == [world.people[2]] * 2
    assert own[1].starts_at == own[0].ends_at
    assert awa.used("siblings, a Wednesday after 15:00, Roussel or Nguyen") <= 60 - 15  # at six keys a second


# --- "I stop at 17:00, fill my gaps" -------------------------------------------------------------------------------


@pytest.fixture
def morning_somewhere() -> str:
    """Name a zone where it is about ten in the morning, whenever this runs."""
    ahead = (10 - datetime.now(tz=UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


def clock_of(moments: list[Any], practice: Practice) -> list[str]:
    return [f"{each.astimezone(practice.zone):%H:%M}" for each in moments]


def test_a_doctor_stops_at_five_and_fills_the_gaps_from_a_telephone(
    browser: Browser, live_server: Any, morning_somewhere: str
) -> None:
    practice = make_practice(name="Cabinet du Soir", timezone=morning_somewhere)
    person = make_practitioner(practice=practice, last_name="Roussel")
    kind = make_visit_type(practice=practice, name="Consultation", online_may_book=True)
    doctor = make_practice_person(practice=practice)
    Practitioner.objects.filter(pk=person.pk).update(user=doctor)
    secretary = make_secretary(practices=(practice,), last_name="Diallo")
    for weekday in range(7):
        make_rule(practitioner=person, weekday=weekday, starts=time(8), ends=time(19))
    today = now().astimezone(practice.zone).date()
    for hour, minute in ((14, 0), (14, 30)):  # a gap of a quarter of an hour between two
        starts = datetime.combine(today, time(hour, minute), tzinfo=practice.zone)
        make_appointment(practitioner=person, visit_type=kind, starts_at=starts)
    own = access_of(user_id=doctor.pk, is_administrator=False, now=now())
    key = make_key(
        label="site", practice_ids=[practice.pk], permissions=(Permission.SEE_AGENDA,), days=9, by=doctor, access=own, now=now(),
    )  # fmt: skip

    def by_api() -> list[str]:
        path = f"/api/v1/slots?visit_type_id={kind.pk}&limit=100&channel=online&horizon_days=1"
        found = json.loads(Client().get(path, headers={"authorization": f"Bearer {key.token}"}).content)
        return [each["starts_at"][11:16] for each in found if each["starts_at"][:10] == str(today)]

    def online() -> list[str]:
        found = open_slots(
            practitioners=[person], visit_type=kind, start=now(), now=now(), limit=100, horizon_days=1,
            asker=Asker(channel=Channel.ONLINE),
        )  # fmt: skip
        return clock_of(
            [each.starts_at for each in found if each.starts_at.astimezone(practice.zone).date() == today],
            practice,
        )

    assert max(by_api()) == "18:45"
    assert by_api()[0] != "14:15"

    phone = enter(browser, live_server.url, doctor, size=POCKET)
    phone.goto(f"{live_server.url}/companion/{practice.pk}/asked/")
    taps = 0
    for what in (
        phone.get_by_text("et combler mes trous d’ici là"),
        phone.locator(".asked-row button", has_text="17"),
    ):
        expect(what.first).to_be_in_viewport(timeout=15_000)  # no scrolling before the tap
        what.first.click()
        taps += 1
    expect(phone.locator("#companion-asked li", has_text="Finit à 17\u202fh aujourd’hui")).to_be_visible(
        timeout=15_000
    )

    assert taps == 2
    for slots in (by_api(), online()):
        assert max(slots) == "16:45"
        assert slots[0] == "14:15"  # the gap comes first
    desk = enter(browser, live_server.url, secretary, size={"width": 1440, "height": 900})
    desk.goto(f"{live_server.url}/desk/practices/{practice.pk}/")
    expect(
        desk.locator("#slot-agenda .agenda-colhead", has_text="finit à 17\u202fh")
        .or_(desk.locator("#slot-agenda .agenda-colhead", has_text="comble les trous"))
        .first
    ).to_be_visible(timeout=15_000)
    expect(desk.locator("body")).to_contain_text("Finit à 17\u202fh aujourd’hui", timeout=15_000)
    typist = Typist(desk)
    typist.opens("1")
    expect(desk.locator("#agenda-booking .booking-item").first).to_contain_text(
        "14\u202fh\u202f15", timeout=15_000
    )
    for page in (phone, desk):
        page.goto("about:blank")
        page.context.close()


# --- three minutes ---------------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(browser: Browser, live_server: Any) -> Iterator[tuple[Typist, Practitioner]]:
    practice = make_practice(name="Cabinet du Début")
    for name, minutes in (("Consultation", 15), ("Première consultation", 30)):
        VisitType.objects.create(practice=practice, name=name, short_name=name[:8], duration_minutes=minutes)
    person = make_practitioner(practice=practice, last_name="Nouvelle")
    doctor = make_practice_person(practice=practice)
    Practitioner.objects.filter(pk=person.pk).update(user=doctor)
    page = enter(browser, live_server.url, doctor, size={"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/agenda/{practice.pk}/settings/?practitioner={person.pk}")
    expect(page.locator("#preview")).to_contain_text("Aucun créneau dans les six mois.", timeout=15_000)
    yield Typist(page), person
    page.goto("about:blank")
    page.context.close()


def test_a_week_is_set_up_by_keyboard_in_less_than_three_minutes(
    newcomer: tuple[Typist, Practitioner],
) -> None:
    doctor, person = newcomer
    page, steps = doctor.page, 0
    # The cursor is where the week is written: usual hours, then a shorter Wednesday, then one Saturday in two.
    for line, toast in (
        ("lun-ven 9h-12h / 14h-19h", "10 plages ouvertes."),
        ("sam 9h-12h", "1 plage ouverte."),
    ):
        if steps:
            doctor.press("Alt+h")  # also from within a field: it never types into it
            expect(page.locator("#id_week")).to_be_focused()
            assert page.locator("#id_week").input_value() == ""
        doctor.type(line)
        doctor.press("Enter")
        expect(page.locator(".toast-calm", has_text=toast).first).to_be_visible(timeout=15_000)
        expect(page.locator("#id_week")).to_have_value(
            ""
        )  # what is kept leaves the line when the board shows it
        steps += 1
    # Wednesday afternoon is closed: the block is reached and taken away by keys.
    wednesday = page.locator('.setup-block[data-weekday="2"]').last
    wednesday.focus()
    doctor.press("Delete")
    expect(page.locator(".setup-block")).to_have_count(10, timeout=15_000)
    steps += 1
    expect(page.locator("#preview .setup-slots li").first).to_be_visible(timeout=15_000)
    in_force = OpeningRule.objects.filter(practitioner=person, valid_until__isnull=True)
    for _ in range(50):  # the block leaves the screen before the server has answered
        if in_force.count() == 10:
            break
        page.wait_for_timeout(200)
    assert in_force.count() == 10
    seconds = doctor.keys / 2 + 5 * steps
    print(f"{doctor.keys:>4} keys, {steps} steps, {seconds:.0f} s of a person  a week of opening rules")
    assert seconds < 180
