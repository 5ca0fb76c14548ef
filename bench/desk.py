"""Measure the desk's answer: each panel that a ringing call brings, its time and its queries.

The secretary has 40 practices; the one that rings has 5 practitioners, 200 appointments that day, 400 patients
and 12 instructions. Reference, in the same run: the smallest signed-in answer (desk:now), which costs what every
request costs: session, person, rights, and the call in hand.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

from bench.database import own_database
from bench.live import _free_port, _wait_for

RUNS = 60
PRACTICES = 40


def main() -> None:
    """Print, for each panel, queries, p50 and p95 in milliseconds, then all of them at once over HTTP."""
    with own_database("desk"):
        user, practice, call = _world()
        panels = _panels(practice.pk, call.pk)
        print(f"{'in the process, middleware included':44}{'queries':>9}{'p50 ms':>9}{'p95 ms':>9}{'kB':>7}")
        client = _client(user)
        reference = _measure(client, "/desk/now/")
        _row("reference: desk:now", *reference, reference[1])
        total = [_row(label, *_measure(client, address), reference[1]) for label, address in panels.items()]
        _row("between calls, 40 practices", *_measure(client, "/desk/between/"), reference[1])
        print(
            f"{'the six panels, one after the other':44}{sum(q for q, _ in total):9}{sum(t for _, t in total):9.1f}"
        )
        _over_http(client.cookies["sessionid"].value, list(panels.values()))


def _world():
    from decroche.foundation.tenancy import every_practice
    from tests.desk.factories import put_call_in_hand
    from tests.factories import make_practice, make_secretary

    with every_practice():
        practices = tuple(make_practice() for _ in range(PRACTICES))
        user = make_secretary(practices=practices)
        _fill(practices[0], user)
        call = put_call_in_hand(user=user, practice=practices[0], post="ringing", call="offered")
    return user, practices[0], call


def _fill(practice, user) -> None:
    from decroche.instructions.models import Instruction
    from decroche.patients.models import PatientPhone
    from decroche.scheduling.models import Appointment
    from tests.factories import make_practitioner
    from tests.scheduling.factories import make_patient, make_rule, make_visit_type

    now = datetime.now(UTC)
    start = now.replace(hour=6, minute=0, second=0, microsecond=0)
    types = [make_visit_type(practice=practice, colour=n + 1) for n in range(6)]
    people = [make_practitioner(practice=practice, position=n) for n in range(5)]
    patients = [make_patient(practice=practice) for _ in range(400)]
    PatientPhone.objects.create(patient=patients[0], number="+33639980001")
    for person in people:
        make_rule(practitioner=person, weekday=start.weekday(), starts=clock_time(7), ends=clock_time(19))
    Appointment.objects.bulk_create(
        Appointment(
            practice=practice, practitioner=person, site=practice.sites.get(), visit_type=types[n % 6], status="booked",
            patient=patients[(n * 5 + i) % 400], created_by=user,
            starts_at=start + timedelta(minutes=15 * n), ends_at=start + timedelta(minutes=15 * n + 15),
        )
        for i, person in enumerate(people)
        for n in range(40)
    )  # fmt: skip
    Instruction.objects.bulk_create(
        Instruction(
            practice=practice,
            practitioner=people[n % 5],
            kind="note",
            body="Prévenir avant de fixer un contrôle.",
            created_by=user,
            created_at=now,
            starts_at=now,
        )
        for n in range(12)
    )


def _panels(practice_id: int, call_id) -> dict[str, str]:
    from django.urls import reverse

    return {
        "the practice (desk:call)": reverse("desk:call", args=[call_id]),
        "call in hand, what to say": reverse("calls:current"),
        "instructions": reverse("instructions:panel", args=[practice_id]),
        "agenda, 5 columns × 40 appointments": reverse("agenda:panel", args=[practice_id]),
        "patient": reverse("patients:panel", args=[practice_id]) + f"?call={call_id}",
        "outcome": reverse("calls:outcome", args=[call_id]),
    }


def _client(user):
    from django.test import Client

    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _measure(client, address: str) -> tuple[int, list[float], int]:
    from django.db import connection

    headers = {"HX-Request": "true"}
    client.get(address, headers=headers)
    queries = []
    with connection.execute_wrapper(lambda run, sql, *rest: (queries.append(sql), run(sql, *rest))[1]):
        answer = client.get(address, headers=headers)
    assert answer.status_code == 200, (address, answer.status_code)
    delays = []
    for _ in range(RUNS):
        start = time.perf_counter()
        client.get(address, headers=headers)
        delays.append((time.perf_counter() - start) * 1000)
    return len(queries), delays, len(answer.content)


def _row(
    label: str, queries: int, delays: list[float], size: int, reference: list[float]
) -> tuple[int, float]:
    p50, p95 = statistics.median(delays), statistics.quantiles(delays, n=20)[-1]
    ratio = p50 / statistics.median(reference)
    print(
        f"{label:44}{queries:9}{p50:9.1f}{p95:9.1f}{size / 1024:7.0f}   {ratio:.1f} × the reference",
        flush=True,
    )
    return queries, p50


def _over_http(session: str, addresses: list[str]) -> None:
    """Ask for every panel at once, as a browser does, of one web process."""
    port = _free_port()
    web = subprocess.Popen([sys.executable, "-m", "decroche", "web", "--port", str(port)], env=os.environ)
    try:
        _wait_for(port)
        rounds = [_round(port, session, addresses) for _ in range(RUNS // 2)][3:]
        p50, p95 = statistics.median(rounds), statistics.quantiles(rounds, n=20)[-1]
        print(f"{'all six side by side over HTTP, one process':44}{'':9}{p50:9.1f}{p95:9.1f}", flush=True)
    finally:
        web.terminate()
        web.wait(10)


def _round(port: int, session: str, addresses: list[str]) -> float:
    def ask(address: str) -> None:
        headers = {"Cookie": f"sessionid={session}", "HX-Request": "true"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}{address}", headers=headers)
        urllib.request.urlopen(request, timeout=20).read()

    start = time.perf_counter()
    threads = [threading.Thread(target=ask, args=[address]) for address in addresses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
