"""The page "Qui a vu quoi", and the middleware that fills it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.urls import reverse

from decroche.accounts.actions.write_access_log import Seen, write_access_log
from decroche.accounts.middleware import AccessLogMiddleware
from decroche.accounts.models import AccessLogEntry
from decroche.accounts.permissions import Role
from tests.factories import (
    make_mandate,
    make_practice,
    make_practice_person,
    make_secretariat,
    make_secretary,
    make_supervisor,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
URL = "/accounts/access-log/"


def note(user, practice, *, ids=("41",), kind="patient", at=None, action=AccessLogEntry.Action.READ):
    write_access_log(
        seen=[Seen(action, kind, ids, practice.pk)],
        user_id=user.pk,
        view_name="patients:card",
        address="192.0.2.7",
        at=at or datetime.now(tz=UTC),
    )


def test_a_practitioner_sees_who_opened_his_patients(client):
    lilas, other = make_practice(name="Cabinet des Lilas"), make_practice(name="Cabinet du Port")
    diallo = make_secretary(first_name="Awa", last_name="Diallo", practices=(lilas, other))
    note(diallo, lilas)
    note(diallo, other, ids=("8765",))
    client.force_login(make_practice_person(practice=lilas))
    page = client.get(URL).content.decode()
    assert "Awa Diallo" in page
    assert "a vu fiche de patient (n° 41)" in page
    assert "8765" not in page
    assert "Cabinet du Port" not in page


def test_a_supervisor_sees_the_practices_of_her_mandates(client):
    horizon, practice = make_secretariat(), make_practice()
    make_mandate(secretariat=horizon, practice=practice)
    note(make_secretary(secretariat=horizon, last_name="Diallo"), practice)
    client.force_login(make_supervisor(secretariat=horizon))
    assert "Diallo" in client.get(URL).content.decode()


def test_neither_secretary_nor_staff_nor_administrator_reads_the_log(client):
    practice = make_practice()
    for user in (
        make_secretary(practices=(practice,)),
        make_practice_person(practice=practice, role=Role.STAFF),
        make_user(is_administrator=True),
    ):
        client.force_login(user)
        assert client.get(URL).status_code == 404


def test_it_narrows_down_by_person_kind_day_and_patient(client):
    practice = make_practice()
    first, second = make_secretary(practices=(practice,)), make_secretary(practices=(practice,))
    now = datetime.now(tz=UTC)
    note(first, practice, ids=("1001",), at=now)
    note(second, practice, ids=("1002",), kind="message", action=AccessLogEntry.Action.WRITE, at=now)
    note(first, practice, ids=("1003", "1004"), at=now - timedelta(days=3))
    client.force_login(make_practice_person(practice=practice))

    def seen(**query):
        page = client.get(URL, query).content.decode()
        return [number for number in ("1001", "1002", "1003") if number in page.partition("<tbody>")[2]]

    assert seen() == ["1001", "1002", "1003"]
    assert seen(person=second.pk) == ["1002"]
    assert seen(kind="patient") == ["1001", "1003"]
    day = (now - timedelta(days=3)).astimezone(practice.zone).date()
    assert seen(day=day.isoformat()) == ["1003"]
    assert seen(object="1004") == ["1003"]
    assert seen(practice=999999) == ["1001", "1002", "1003"], (
        "an odd filter filters nothing, and leaks nothing"
    )


def test_long_lists_are_counted_and_pages_turn(client, django_assert_num_queries):
    practice = make_practice()
    user = make_secretary(practices=(practice,))
    for number in range(51):
        note(user, practice, ids=(str(number),))
    note(user, practice, ids=tuple(map(str, range(40))))
    client.force_login(make_practice_person(practice=practice))
    first = client.get(URL).content.decode()
    assert "40 lignes" in first
    assert "Plus ancien" in first
    second = client.get(URL, {"page": 2}).content.decode()
    assert second.count("<tr>") == 1 + 2
    assert "Plus ancien" not in second
    for odd in ("0", "-3", "x", "9" * 30, "٣"):
        assert client.get(URL, {"page": odd}).status_code == 200


@pytest.mark.parametrize("lines", [1, 3])
def test_the_page_costs_the_same_whatever_its_length(client, lines, django_assert_num_queries):
    practice = make_practice()
    for _line in range(lines):
        note(make_secretary(practices=(practice,)), practice)
    client.force_login(make_practice_person(practice=practice))
    with django_assert_num_queries(6):
        client.get(URL)


def test_the_middleware_writes_once_what_the_view_saw(rf, django_assert_num_queries):
    user = make_user()

    def view(request):
        request.log_read("patient", [3, 4], practice_id=9)
        request.log_write("appointment", [5], practice_id=9)
        request.log_read("patient", [], practice_id=9)
        return HttpResponse()

    request = rf.get("/patients/3/")
    request.user, request.resolver_match = user, None
    with django_assert_num_queries(3):
        AccessLogMiddleware(view)(request)
    assert list(
        AccessLogEntry.objects.filter(user_id=user.pk)
        .order_by("id")
        .values_list("kind", "object_ids", "practice_id")
    ) == [
        ("patient", ["3", "4"], 9),
        ("appointment", ["5"], 9),
    ]


def test_a_request_that_saw_nobody_costs_nothing(rf, django_assert_num_queries):
    request = rf.get("/")
    request.user, request.resolver_match = make_user(), None
    with django_assert_num_queries(0):
        AccessLogMiddleware(lambda _request: HttpResponse())(request)
    assert reverse("accounts:access_log") == URL
