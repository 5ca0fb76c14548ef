"""Facts are delivered after commit, never after a rollback, and again after a crash."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from decroche.foundation import events

CALL = UUID("00000000-0000-0000-0000-00000000ca11")
AT = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


@dataclass(frozen=True)
class BellRang:
    call_id: UUID
    at: datetime


@pytest.fixture
def heard() -> Iterator[list[BellRang]]:
    """Return what a listener of the test has heard."""
    told: list[BellRang] = []

    def hear(event: BellRang) -> None:
        told.append(event)

    events.listener(BellRang)(hear)
    yield told
    name = f"{hear.__module__}.{hear.__qualname__}"
    del events._by_name[name]
    events._listeners[BellRang].remove(hear)


@pytest.mark.django_db
def test_a_listener_hears_the_very_fact_that_was_published(
    heard: list[BellRang], deliver: Callable[[], int]
) -> None:
    with transaction.atomic():
        events.publish(BellRang(call_id=CALL, at=AT))
    assert deliver() == 1
    assert heard == [BellRang(call_id=CALL, at=AT)]


@pytest.mark.django_db
def test_what_is_rolled_back_was_never_said(heard: list[BellRang], deliver: Callable[[], int]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        events.publish(BellRang(call_id=CALL, at=AT))
        raise RuntimeError
    assert deliver() == 0
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused(heard: list[BellRang]) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        events.publish(BellRang(call_id=CALL, at=AT))
    assert heard == []


@pytest.mark.django_db
def test_a_fact_that_nobody_listens_to_costs_no_job() -> None:
    with transaction.atomic():
        events.publish(BellRang(call_id=CALL, at=AT))
    assert not ProcrastinateJob.objects.exists()


def test_a_job_of_a_listener_that_is_gone_fails_loudly() -> None:
    with pytest.raises(events.UnknownListener):
        events.deliver(listener="a.room.that.left", payload={})
