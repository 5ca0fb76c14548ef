"""The benchmark's loader: what it takes away stands again, and has judged every row."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from bench.agenda.loading import TABLE, bare
from decroche.scheduling.models import Appointment
from tests.scheduling.factories import make_agenda, make_appointment, paris

pytestmark = pytest.mark.django_db


def _checked_by() -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, TABLE)
        cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass", [TABLE])
        return {*found, *(name for (name,) in cursor.fetchall())}


def _immediately() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks outstanding cannot be altered


def test_the_table_is_afterwards_what_it_was(everywhere: None) -> None:
    _, (person,), kind = make_agenda()
    _immediately()
    before = _checked_by()

    with bare():
        assert "one_slot_one_owner" not in _checked_by()
        make_appointment(practitioner=person, visit_type=kind, starts_at=paris(9))
        _immediately()

    assert _checked_by() == before
    assert Appointment.objects.count() == 1


def test_rows_that_overlap_are_not_loaded(everywhere: None) -> None:
    _, (person,), kind = make_agenda()
    _immediately()

    with pytest.raises(IntegrityError, match="one_slot_one_owner"), transaction.atomic(), bare():
        for late in (0, 5):
            starts_at = paris(9) + timedelta(minutes=late)
            make_appointment(practitioner=person, visit_type=kind, starts_at=starts_at)
        _immediately()

    assert Appointment.objects.count() == 0
