"""The engine on the database: wishes that order, what is needed, what is learned, what is explained."""

from datetime import date, time, timedelta

import pytest
from django.db import transaction

from decroche.practices.models import Site
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.asking import Asker, Channel, Order, Reason, Why
from decroche.scheduling.models import (
    Absence,
    Appointment,
    HomeVisit,
    OpeningRule,
    Resource,
    VisitOffer,
    VisitType,
    Wish,
)
from decroche.scheduling.queries import earliest_slot, explain, open_slots, searching
from decroche.scheduling.queries import rules as kept_rules
from decroche.scheduling.web.words import why_sentence
from tests.factories import make_site, make_user
from tests.scheduling.factories import (
    NOW,
    TUESDAY,
    make_agenda,
    make_appointment,
    make_hold,
    make_rule,
    make_visit_type,
    paris,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere"), pytest.mark.data]


def ask(people, visit_type, **more):
    return open_slots(
        practitioners=people, visit_type=visit_type, **({"start": NOW, "now": NOW, "limit": 5} | more)
    )


def times(slots) -> list[str]:
    return [f"{slot.starts_at:%a %H:%M}" for slot in slots]


def wish(person, kind, **fields):
    known = {"practice_id": person.practice_id, "practitioner": person, "kind": kind, "valid_from": TUESDAY}
    return Wish.objects.create(**known | fields)


def why(person, visit_type, starts_at, **more):
    return explain(practitioner=person, visit_type=visit_type, starts_at=starts_at, now=NOW, **more)


# --- wishes --------------------------------------------------------------------------------------------------------


def test_gaps_between_appointments_come_first_but_never_a_later_day() -> None:
    _, people, visit_type = make_agenda()
    wish(people[0], "fill_gaps")
    for at in (paris(10), paris(10, 45), paris(9, 30, day=TUESDAY + timedelta(days=1))):
        make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=at)
    found = ask(people, visit_type, limit=20)
    assert times(found)[:4] == ["Tue 10:15", "Tue 10:30", "Tue 09:45", "Tue 11:00"]
    assert found[0].reasons == (Reason.FILLS_GAP, Reason.NEXT_TO)
    assert found[2].reasons == (Reason.NEXT_TO,)
    days = [slot.starts_at.date() for slot in found]
    assert days == sorted(days)
    assert times(ask(people, visit_type, order=Order.TIME))[0] == "Tue 09:00"


def test_a_limit_never_hides_the_slot_that_the_wish_puts_first() -> None:
    _, people, visit_type = make_agenda()
    wish(people[0], "fill_gaps")
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(11))
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(11, 30))
    assert times(ask(people, visit_type, limit=1)) == ["Tue 11:15"]


def test_mornings_first() -> None:
    _, people, visit_type = make_agenda()
    OpeningRule.objects.all().delete()
    make_rule(practitioner=people[0], starts=time(12, 30), ends=time(14))
    wish(people[0], "mornings_first")
    found = ask(people, visit_type, limit=3)
    assert [slot.reasons for slot in found] == [
        (Reason.FIRST, Reason.MORNING),
        (Reason.MORNING,),
        (Reason.NEXT,),
    ]


def test_home_visits_are_grouped_by_postcode() -> None:
    practice, people, _ = make_agenda()
    home = make_visit_type(practice=practice, place="home")
    wish(people[0], "group_home")
    make_rule(practitioner=people[0], starts=time(14), ends=time(16))
    booked = make_appointment(practitioner=people[0], visit_type=home, starts_at=paris(14))
    HomeVisit.objects.create(appointment=booked, address_line="1 rue", postcode="75011", city="Paris")
    asker = Asker(postcode="75011")
    found = ask(people, home, limit=20, asker=asker)
    assert (times(found)[0], found[0].reasons) == ("Tue 14:15", (Reason.SAME_AREA,))
    assert times(ask(people, home, asker=Asker(postcode="69001")))[0] == "Tue 09:00"


def test_no_new_patients_until_a_day_is_said_aloud() -> None:
    _, people, visit_type = make_agenda()
    wish(people[0], "no_new", valid_until=date(2026, 12, 2))
    newcomer = Asker(is_new_patient=True)
    assert times(ask(people, visit_type, asker=newcomer))[0] == "Thu 09:00"
    answer = why(people[0], visit_type, paris(9), asker=newcomer)
    assert (answer.why, answer.until_day) == (Why.NO_NEW_PATIENTS, date(2026, 12, 2))
    assert "avant le jeudi 3 décembre" in why_sentence(answer)
    assert ask(people, visit_type)[0].starts_at == paris(9)


# --- around a date -------------------------------------------------------------------------------------------------


def test_around_a_date_goes_away_from_it_on_both_sides() -> None:
    _, people, visit_type = make_agenda()
    for day in (7, 8):
        make_appointment(
            practitioner=people[0],
            visit_type=visit_type,
            starts_at=paris(9, day=TUESDAY + timedelta(days=day)),
            ends_at=paris(11, 45, day=TUESDAY + timedelta(days=day)),
        )
    found = ask(people, visit_type, around=TUESDAY + timedelta(days=7), limit=4)
    assert [f"{slot.starts_at:%d/%m %H:%M}" for slot in found] == [
        "01/12 11:45",
        "30/11 09:00",
        "30/11 09:15",
        "30/11 09:30",
    ]
    assert Reason.NEAR_DATE in found[0].reasons


# --- what a visit needs ----------------------------------------------------------------------------------------------


def test_a_machine_is_shared_between_practitioners() -> None:
    practice, people, _ = make_agenda(practitioners=2)
    scan = make_visit_type(practice=practice, name="Échographie")
    site = practice.sites.get()
    machine = Resource.objects.create(practice=practice, site=site, name="Échographe")
    scan.resources.add(machine)
    make_appointment(practitioner=people[0], visit_type=scan, starts_at=paris(9), resource=machine)
    found = ask(people[1:], scan)
    assert (times(found)[0], found[0].resource_id) == ("Tue 09:15", machine.pk)
    answer = why(people[1], scan, paris(9))
    assert (answer.why, answer.detail, answer.resource_ids) == (
        Why.RESOURCE_BUSY,
        "Échographe",
        (machine.pk,),
    )
    Resource.objects.update(is_active=False)
    assert why(people[1], scan, paris(10)).why == Why.NO_RESOURCE
    assert ask(people, scan) == []


def test_a_resource_elsewhere_does_not_help() -> None:
    practice, people, visit_type = make_agenda()
    annexe = make_site(practice=practice, name="Annexe")
    visit_type.resources.add(Resource.objects.create(practice=practice, site=annexe, name="Salle"))
    assert why(people[0], visit_type, paris(9)).why == Why.NO_RESOURCE


def test_a_group_session_has_seats() -> None:
    _, people, visit_type = make_agenda()
    OpeningRule.objects.all().delete()
    make_rule(practitioner=people[0], starts=time(9), ends=time(9, 45), capacity=2)
    for lane in range(2):
        make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9), lane=lane)
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9, 15), lane=0)
    found = ask(people, visit_type, limit=2)
    assert [(f"{slot.starts_at:%H:%M}", slot.seats_left) for slot in found] == [("09:15", 1), ("09:30", 2)]
    full, seat = why(people[0], visit_type, paris(9)), why(people[0], visit_type, paris(9, 15))
    assert (full.why, full.count) == (Why.SESSION_FULL, 2)
    assert (seat.is_free, seat.lane, seat.seats_left, seat.capacity) == (True, 1, 1, 2)
    assert why(people[0], visit_type, paris(9, 5)).why == Why.NOT_A_SESSION


def test_buffers_keep_time_free_on_both_sides() -> None:
    practice, people, visit_type = make_agenda()
    long = make_visit_type(practice=practice, buffer_before_minutes=10, buffer_after_minutes=5)
    make_appointment(
        practitioner=people[0], visit_type=visit_type, starts_at=paris(10), buffer_after_minutes=5
    )
    assert times(ask(people, long, limit=4)) == ["Tue 09:00", "Tue 09:30", "Tue 10:30", "Tue 11:00"]
    assert why(people[0], long, paris(10, 20)).why == Why.BUFFER


# --- terms -----------------------------------------------------------------------------------------------------------


def test_an_offer_may_begin_later_and_change_the_terms() -> None:
    _, people, visit_type = make_agenda()
    first = TUESDAY + timedelta(days=2)
    VisitOffer.objects.create(
        practitioner=people[0], visit_type=visit_type, valid_from=first, duration_minutes=30, max_per_day=1
    )
    found = ask(people, visit_type, limit=2)
    assert times(found) == ["Thu 09:00", "Thu 09:30"]
    answer = why(people[0], visit_type, paris(9))
    assert (answer.why, answer.from_day) == (Why.NOT_OFFERED, first)
    make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(11, day=first))
    assert why(people[0], visit_type, paris(9, day=first)).why == Why.DAY_FULL
    moved = Appointment.objects.get()
    assert why(people[0], visit_type, paris(9, day=first), but=moved.pk).is_free


def test_each_channel_has_its_rights() -> None:
    _, people, visit_type = make_agenda()
    VisitType.objects.update(secretary_may_book=False)
    assert why(people[0], visit_type, paris(9)).why == Why.NOT_THIS_CHANNEL
    assert ask(people, visit_type, asker=Asker(Channel.ONLINE)) == []
    assert why(people[0], visit_type, paris(9), asker=Asker(Channel.PRACTITIONER)).is_free
    assert why(people[0], visit_type, paris(9), asker=Asker(Channel.STAFF)).is_free


def test_notice_and_horizon() -> None:
    _, people, visit_type = make_agenda()
    VisitType.objects.update(notice_minutes=240, horizon_days=0)
    assert times(ask(people, visit_type, limit=30))[0] == "Tue 11:00"
    assert len(ask(people, visit_type, limit=30)) == 4
    soon = why(people[0], visit_type, paris(10))
    assert (soon.why, soon.until) == (Why.TOO_SOON, paris(11))
    assert why(people[0], visit_type, paris(9, day=TUESDAY + timedelta(days=1))).why == Why.TOO_FAR


# --- why not ---------------------------------------------------------------------------------------------------------


def test_each_refusal_says_why() -> None:
    practice, people, visit_type = make_agenda()
    person = people[0]
    annexe = make_site(practice=practice, name="Annexe")
    main = Site.objects.get(is_main=True)
    make_appointment(practitioner=person, visit_type=visit_type, starts_at=paris(9))
    make_hold(practitioner=person, visit_type=visit_type, starts_at=paris(9, 15), by=make_user())
    Absence.objects.create(practice=practice, practitioner=person, starts_at=paris(11), ends_at=paris(15))
    Absence.objects.create(practice=practice, practitioner=person, starts_at=paris(15), ends_at=paris(18))
    assert why(person, visit_type, paris(7, day=TUESDAY - timedelta(days=1))).why == Why.PAST
    assert why(person, visit_type, paris(9)).why == Why.TAKEN
    assert why(person, visit_type, paris(9), ignoring_busy=True).is_free
    assert why(person, visit_type, paris(9, 20)).why == Why.HELD
    assert why(person, visit_type, paris(8, 45)).why == Why.CLOSED
    away = why(person, visit_type, paris(11))
    assert (away.why, away.until) == (Why.ABSENT, paris(18))
    elsewhere = why(person, visit_type, paris(10), site=annexe)
    assert (elsewhere.why, elsewhere.detail) == (Why.OTHER_SITE, main.name)
    free = why(person, visit_type, paris(10), site=main)
    assert (free.is_free, free.site_id, free.ends_at) == (True, main.pk, paris(10, 15))


def test_explaining_takes_two_questions(django_assert_num_queries) -> None:
    _, people, visit_type = make_agenda()
    why(people[0], visit_type, paris(9))
    with django_assert_num_queries(2):
        assert why(people[0], visit_type, paris(9)).is_free


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_a_changed_rule_counts_at_once_even_unsaved_for_others() -> None:
    practice, people, visit_type = make_agenda()
    assert times(ask(people, visit_type))[0] == "Tue 09:00"
    with transaction.atomic():
        point = transaction.savepoint()
        Absence.objects.create(
            practice=practice, practitioner=people[0], starts_at=paris(8), ends_at=paris(10)
        )
        assert times(ask(people, visit_type))[0] == "Tue 10:00"
        transaction.savepoint_rollback(point)
    assert times(ask(people, visit_type))[0] == "Tue 09:00"
    Site.objects.update(name="Nouveau lieu")
    assert ask(people, visit_type)[0].site_name == "Nouveau lieu"


@pytest.mark.django_db(transaction=True)
def test_what_a_search_learned_holds_until_time_is_freed(django_assert_num_queries) -> None:
    kept_rules.forget()
    practice, people, visit_type = make_agenda(practitioners=12)
    first = make_appointment(
        practitioner=people[3], visit_type=visit_type, starts_at=paris(9), ends_at=paris(12)
    )
    for person in people:
        Absence.objects.create(
            practice=practice, practitioner=person, starts_at=paris(0), ends_at=paris(0) + timedelta(days=30)
        ) if person != people[3] else None
    question = {"practitioners": people, "visit_type": visit_type, "start": NOW, "now": NOW}
    found = earliest_slot(**question)
    assert (found.practitioner_id, f"{found.starts_at:%a %H:%M}") == (people[3].pk, "Wed 09:00")
    with django_assert_num_queries(2):
        assert earliest_slot(**question) == found
    make_hold(practitioner=people[3], visit_type=visit_type, starts_at=found.starts_at, by=make_user())
    assert f"{earliest_slot(**question).starts_at:%a %H:%M}" == "Wed 09:15"
    Appointment.objects.filter(status=Status.HELD).update(hold_expires_at=NOW)  # it lapses: no version tells
    assert earliest_slot(**question) == found
    Appointment.objects.filter(pk=first.pk).update(status=Status.CANCELLED)
    assert earliest_slot(**question).starts_at == paris(9)


@pytest.mark.django_db(transaction=True)
def test_the_very_first_is_asked_of_whom_it_is_known_and_of_the_others_when_it_is_gone(monkeypatch) -> None:
    kept_rules.forget()
    _, people, visit_type = make_agenda(practitioners=12)
    for n, person in enumerate(people):
        make_appointment(
            practitioner=person, visit_type=visit_type, starts_at=paris(9), ends_at=paris(9, 15 * (n % 3 + 1))
        )
    question = {"practitioners": people, "visit_type": visit_type, "start": NOW, "now": NOW}
    assert earliest_slot(**question).starts_at == paris(9, 15)
    asked = []
    read = searching.read_busy
    monkeypatch.setattr(
        searching, "read_busy", lambda windows, **more: (asked.append(len(windows)), read(windows, **more))[1]
    )
    assert earliest_slot(**question).practitioner_id == people[0].pk
    assert asked == [4]  # those who are known to be free as early, and nobody else
    for person in people[::3]:
        make_hold(practitioner=person, visit_type=visit_type, starts_at=paris(9, 15), by=make_user())
    found = earliest_slot(**question)
    assert (found.practitioner_id, found.starts_at) == (people[0].pk, paris(9, 30))
    assert len(asked) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["cancelled", "moved", "deleted"])
def test_time_given_back_ends_what_was_learned_and_leaves_the_rules_compiled(
    what, django_assert_num_queries
) -> None:
    kept_rules.forget()
    _, people, visit_type = make_agenda()
    first = make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9))
    question = {"practitioners": people, "visit_type": visit_type, "start": NOW, "now": NOW}
    assert earliest_slot(**question).starts_at == paris(9, 15)
    row = Appointment.objects.filter(pk=first.pk)
    if what == "cancelled":
        row.update(status=Status.CANCELLED)
    elif what == "moved":
        row.update(starts_at=paris(11), ends_at=paris(11, 15))
    else:
        row.delete()
    with django_assert_num_queries(2):  # the versions and one window: nothing is compiled again
        assert earliest_slot(**question).starts_at == paris(9)
    OpeningRule.objects.filter(practitioner=people[0]).update(starts=time(10))
    assert earliest_slot(**question).starts_at == paris(10)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_learned_from_what_may_be_rolled_back() -> None:
    kept_rules.forget()
    _, people, visit_type = make_agenda()
    question = {"practitioners": people, "visit_type": visit_type, "start": NOW, "now": NOW}
    with transaction.atomic():
        make_appointment(practitioner=people[0], visit_type=visit_type, starts_at=paris(9), ends_at=paris(12))
        assert f"{earliest_slot(**question).starts_at:%a %H:%M}" == "Wed 09:00"
        transaction.set_rollback(True)
    assert earliest_slot(**question).starts_at == paris(9)
