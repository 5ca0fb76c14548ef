"""Things to write down, and a switchboard that writes a few and dies: run as a process, it kills itself.

``python -m tests.calls.journalling FOLDER PRACTICE LINE CALLS [scribe]``: with ``scribe``, the scribe dies first.
"""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from decroche.calls.domain.call import CallState, EndReason
from decroche.calls.switchboard.records import CallRow, Entry, StepKind, StepRow

if TYPE_CHECKING:
    from decroche.calls.switchboard.scribe import Forked

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SPACE = UUID("6f1c0f4e-2f0b-4a5e-9f5c-000000000000")
STEPS = (StepKind.ARRIVED, StepKind.OFFERED, StepKind.TALKING, StepKind.ENDED)
STATES = (CallState.RINGING_IN, CallState.OFFERED, CallState.TALKING, CallState.ENDED)


def call_id(number: int) -> UUID:
    return uuid5(SPACE, str(number))


def life_of_a_call(
    number: int, *, practice_id: int, line_id: int, secretary_id: int | None = None
) -> list[Entry]:
    """Make the four entries of a call, from its arrival to its end."""
    return [
        _entry(number, moment, practice_id=practice_id, line_id=line_id, secretary_id=secretary_id)
        for moment in range(len(STEPS))
    ]


def _entry(number: int, moment: int, *, practice_id: int, line_id: int, secretary_id: int | None) -> Entry:
    at, is_over = NINE + timedelta(seconds=moment), STATES[moment] is CallState.ENDED
    row = CallRow(
        call_id(number),
        line_id,
        practice_id,
        "+33199000001",
        f"+336{number:08d}",
        "",
        f"channel-{number}",
        moment,
        STATES[moment],
        secretary_id,
        NINE,
        NINE + timedelta(seconds=2) if moment > 1 else None,
        at if is_over else None,
        EndReason.COMPLETED if is_over else None,
        None,
        is_simulated=False,
    )
    return Entry(at, calls=(row,), steps=(StepRow(row.call_id, moment, STEPS[moment], at, secretary_id),))


async def _write_and_die(
    folder: Path, practice_id: int, line_id: int, calls: int, *, scribe: "Forked", scribe_first: bool
) -> None:
    from decroche.calls.switchboard.journal import Journal
    from decroche.foundation.clock import now

    journal = Journal(clock=now, state=lambda: (True, True), folder=folder, scribe=scribe)
    journal.start()
    while journal.pid is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    print(journal.pid, flush=True)
    if scribe_first:
        os.kill(journal.pid, signal.SIGKILL)
    for number in range(calls):
        for entry in life_of_a_call(number, practice_id=practice_id, line_id=line_id):
            journal.put(entry)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    import django

    django.setup()
    from decroche.calls.switchboard.scribe import split_off

    asyncio.run(
        _write_and_die(
            Path(sys.argv[1]),
            int(sys.argv[2]),
            int(sys.argv[3]),
            int(sys.argv[4]),
            scribe=split_off(Path(sys.argv[1])),
            scribe_first=sys.argv[5:] == ["scribe"],
        )
    )
