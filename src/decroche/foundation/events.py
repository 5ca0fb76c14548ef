"""Publish facts in the past tense; let listeners of the rooms above act on them later.

An event is a frozen dataclass of plain values. ``publish`` writes one job per listener in the
transaction of the caller (an outbox): roll back, and nothing was said; commit, and a worker
will deliver it, again after a crash if need be. So a listener must bear being run twice.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import Any, TypeVar

from django.db import transaction
from procrastinate.contrib.django import app
from pydantic import TypeAdapter

from decroche.foundation.statements import rows

Event = TypeVar("Event")

_listeners: dict[type, list[Callable[[Any], None]]] = defaultdict(list)
_by_name: dict[str, tuple[type, Callable[[Any], None]]] = {}

_adapters: dict[type, TypeAdapter[Any]] = {}

QUEUE = "events"

# The queue's own function for SQL; its Python side takes as long as the rest of a booking.
_DEFER = """
SELECT procrastinate_defer_jobs_v1(ARRAY(
    SELECT ROW(%(queue)s, %(task)s, 0, NULL, NULL, x.args, NULL)::procrastinate_job_to_defer_v1
    FROM jsonb_array_elements(%(jobs)s::jsonb) x(args)
))
"""


class UnknownListener(Exception):
    """A stored job names a listener that the code no longer has."""


def listener(event_class: type[Event]) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register a function of one argument, the event, to be run by a worker after commit."""
    if not is_dataclass(event_class):
        raise TypeError(f"{event_class.__name__} is no dataclass")

    def register(function: Callable[[Event], None]) -> Callable[[Event], None]:
        name = f"{function.__module__}.{function.__qualname__}"
        if name not in _by_name:
            _by_name[name] = (event_class, function)
            _listeners[event_class].append(function)
        return function

    return register


def publish(*events: object) -> None:
    """Defer one job per listener of each event, in the present transaction and in one statement.

    Raises:
        TransactionManagementError: called outside a transaction, where the outbox would be a lie.

    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("publish() belongs inside transaction.atomic()")
    jobs = [job for event in events for job in _jobs(event)]
    if jobs:
        rows(_DEFER, {"queue": QUEUE, "task": deliver.name, "jobs": f"[{','.join(jobs)}]"})


def _jobs(event: object) -> list[str]:
    functions = _listeners.get(type(event), [])
    if not functions:
        return []
    payload = _adapter(type(event)).dump_python(event, mode="json")
    names = [f"{function.__module__}.{function.__qualname__}" for function in functions]
    return [json.dumps({"listener": name, "payload": payload}) for name in names]


def _adapter(event_class: type) -> TypeAdapter[Any]:
    """Compile an event's reading and writing once: it costs more than the writing itself."""
    found = _adapters.get(event_class)
    if found is None:
        found = _adapters[event_class] = TypeAdapter(event_class)
    return found


@app.task(name="decroche.deliver", queue=QUEUE, retry=5)
def deliver(listener: str, payload: dict[str, Any]) -> None:
    """Hand one stored event to one listener."""
    try:
        event_class, function = _by_name[listener]
    except KeyError:
        raise UnknownListener(listener) from None
    function(_adapter(event_class).validate_python(payload))
