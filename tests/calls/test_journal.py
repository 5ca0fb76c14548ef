"""The journal as it is: a spool on disk, a scribe in a process of its own, a real database; each killed in turn."""

import asyncio
import errno
import os
import pickle
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from decroche.calls.domain.call import CallState
from decroche.calls.domain.post import PostState
from decroche.calls.models import Call, CallStep, Post, SwitchboardPulse
from decroche.calls.switchboard import journal as journal_module
from decroche.calls.switchboard import spool
from decroche.calls.switchboard.journal import Journal, _environment
from decroche.calls.switchboard.records import Entry, FollowUpRow, PostRow
from decroche.calls.switchboard.spool import SpoolReader, SpoolWriter, decode, encode, path_of, segments
from decroche.foundation.clock import now
from decroche.foundation.tenancy import every_practice
from decroche.practices.models import Line
from tests.calls.journalling import NINE, call_id, life_of_a_call
from tests.calls.outage import Outage, database_away  # noqa: F401
from tests.database import read, until, until_read
from tests.factories import make_line, make_practice, make_secretariat, make_secretary

CALLS = 40
OUTAGE_SECONDS = 20

database = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(transactional_db: Any) -> Line:
    with every_practice():
        return make_line(practice=make_practice())


@asynccontextmanager
async def journalling(folder: Path, **more: Any) -> AsyncIterator[Journal]:
    journal = Journal(clock=now, state=lambda: (True, False), folder=folder, **more)
    journal.start()
    try:
        yield journal
    finally:
        await journal.close(patience_seconds=15)


def a_call(number: int, line: Line) -> list[Entry]:
    return life_of_a_call(number, practice_id=line.practice_id, line_id=line.pk)


async def everything_is_written() -> None:
    """Each call is there with its four steps, in order, and over."""
    steps = await read(
        lambda: list(CallStep.objects.order_by("call_id", "number").values_list("call_id", "kind"))
    )
    kinds = ["arrived", "offered", "talking", "ended"]
    assert sorted(steps) == sorted((call_id(n), kind) for n in range(CALLS) for kind in kinds)
    assert await read(lambda: Call.objects.filter(state="ended", end_reason="completed").count()) == CALLS


# --- the database has it ------------------------------------------------------------------------


@database
async def test_every_transition_of_every_call_comes_to_the_database_in_order(
    line: Line, tmp_path: Path
) -> None:
    async with journalling(tmp_path) as journal:
        for number in range(CALLS):
            for entry in a_call(number, line):
                journal.put(entry)
        await until(journal.is_written)
        await everything_is_written()
        row = await read(lambda: Call.objects.get(pk=call_id(7)))
    assert (row.line_id, row.practice_id, row.caller_number) == (line.pk, line.practice_id, "+33600000007")
    assert (row.leg_attempt, row.outcome, row.direction) == (3, "", "in")
    assert not segments(tmp_path)  # nothing about a caller is left lying about


@database
async def test_what_a_screen_wrote_about_a_call_is_not_overwritten(line: Line, tmp_path: Path) -> None:
    arrived, *rest = a_call(0, line)
    async with journalling(tmp_path) as journal:
        journal.put(arrived)
        await until(journal.is_written)
        await read(lambda: Call.objects.filter(pk=call_id(0)).update(outcome="booked", patient_id=5))
        for entry in rest:
            journal.put(entry)
        await until(journal.is_written)
        row = await read(lambda: Call.objects.get(pk=call_id(0)))
    assert (row.state, row.outcome, row.patient_id) == ("ended", "booked", 5)


@database
async def test_writing_the_same_twice_changes_nothing_and_publishes_once(line: Line, tmp_path: Path) -> None:
    async with journalling(tmp_path) as journal:
        for _ in range(2):
            for entry in a_call(0, line):
                journal.put(entry)
            await until(journal.is_written)
        assert await read(CallStep.objects.count) == 4
        jobs = await read(lambda: [job.args for job in ProcrastinateJob.objects.all()])
    arrivals = [job for job in jobs if job["payload"].get("line_id") == line.pk]
    assert len(arrivals) == 1


@database
async def test_a_post_is_written_once_a_person_with_its_latest_state(line: Line, tmp_path: Path) -> None:
    with_mandate = await read(
        lambda: make_secretary(secretariat=make_secretariat(), practices=(line.practice,))
    )
    secretariat_id = await read(lambda: with_mandate.secretariats.get().pk)
    ringing = PostRow(with_mandate.pk, secretariat_id, PostState.RINGING, "", NINE, registered=True, call_id=call_id(0), wrap_up_until=None)  # fmt: skip
    async with journalling(tmp_path) as journal:
        journal.put(Entry(NINE, posts=(ringing,)))
        journal.put(Entry(NINE, posts=(replace(ringing, state=PostState.AVAILABLE, call_id=None),)))
        await until(journal.is_written)
        post = await read(lambda: Post.objects.get(user=with_mandate))
    assert (post.state, post.call_id, post.registered) == ("available", None, True)


@database
async def test_one_entry_that_the_database_refuses_does_not_hold_the_others_up(
    line: Line, tmp_path: Path
) -> None:
    stranger = life_of_a_call(99, practice_id=line.practice_id, line_id=line.pk, secretary_id=10**9)
    async with journalling(tmp_path) as journal:
        for entry in [*a_call(0, line), *stranger, *a_call(1, line)]:
            journal.put(entry)
        await until(journal.is_written)
        assert await read(lambda: Call.objects.filter(state="ended").count()) == 2


@database
async def test_the_pulse_says_what_the_switchboard_last_said_of_itself(line: Line, tmp_path: Path) -> None:
    async with journalling(tmp_path, exchange="nord"):
        found = await until_read(lambda: SwitchboardPulse.objects.filter(exchange="nord").first())
        assert (found.exchange_up, found.is_simulated, found.is_alive(now=now())) == (True, False, True)


@database
async def test_sounds_that_are_on_file_are_told_of(line: Line, tmp_path: Path) -> None:
    told: list[Path] = []
    voicemail = FollowUpRow(call_id(0), "voicemail", NINE, str(tmp_path / "sound.wav"), 4)
    async with journalling(
        tmp_path / "spool", on_kept=lambda voicemails, _: told.extend(voicemails)
    ) as journal:
        journal.put(a_call(0, line)[0])
        journal.put(Entry(NINE, follow_ups=(voicemail,)))
        await until(lambda: told)
    assert told == [tmp_path / "sound.wav"]


# --- something dies -----------------------------------------------------------------------------


@database
async def test_a_killed_scribe_is_replaced_and_nothing_is_lost(line: Line, tmp_path: Path) -> None:
    async with journalling(tmp_path) as journal:
        first = await until(lambda: journal.pid)
        for number in range(CALLS):
            for entry in a_call(number, line):
                journal.put(entry)
            if number == CALLS // 2:
                os.kill(first, signal.SIGKILL)
            await asyncio.sleep(0.005)
        await until(journal.is_written, seconds=40)
        assert journal.pid != first
        await everything_is_written()


async def _dying_switchboard(folder: Path, line: Line, *more: str) -> int:
    """Let a switchboard write 40 calls down and be killed the next moment; return its scribe's process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.calls.journalling", str(folder), str(line.practice_id), str(line.pk), str(CALLS), *more,
        env=_environment(), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout
    scribe = int(await process.stdout.readline())
    assert await process.wait() == -signal.SIGKILL
    return scribe


def _lives(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@database
async def test_a_killed_switchboard_s_scribe_writes_what_is_left_and_leaves(
    line: Line, tmp_path: Path
) -> None:
    scribe = await _dying_switchboard(tmp_path, line)
    await until(lambda: not _lives(scribe))
    await everything_is_written()
    assert not segments(tmp_path)


@database
async def test_what_both_left_when_they_were_killed_is_written_before_anything_else(
    line: Line, tmp_path: Path
) -> None:
    await _dying_switchboard(tmp_path, line, "scribe")
    assert not await read(CallStep.objects.count)
    async with journalling(tmp_path) as journal:
        assert await journal.caught_up(patience_seconds=20)
        await everything_is_written()


@database
@pytest.mark.timeout(180)
async def test_a_database_that_is_stopped_for_20_seconds_has_the_whole_journal_afterwards(
    line: Line,
    tmp_path: Path,
    database_away: Outage,  # noqa: F811
) -> None:
    async with journalling(tmp_path) as journal:
        await until(lambda: journal.pid)
        began = asyncio.get_running_loop().time()
        slowest = 0.0
        with database_away():
            for number in range(CALLS):
                for entry in a_call(number, line):
                    before = asyncio.get_running_loop().time()
                    journal.put(entry)
                    slowest = max(slowest, asyncio.get_running_loop().time() - before)
                await asyncio.sleep(OUTAGE_SECONDS / CALLS)
            assert not journal.is_written()
        assert asyncio.get_running_loop().time() - began >= OUTAGE_SECONDS
        await until(journal.is_written, seconds=40)
        await everything_is_written()
    assert slowest < 0.5  # on a machine that does ten other things; a connection attempt takes longer


# --- the spool itself ---------------------------------------------------------------------------


def test_an_entry_that_another_version_wrote_is_read_by_the_names_of_its_fields() -> None:
    entry = life_of_a_call(0, practice_id=1, line_id=2)[0]
    plain, columns = spool._SCHEMA
    values, rows = orjson.loads(encode(entry))
    older = {**columns, "calls": tuple(name for name in columns["calls"] if name != "exchange")}
    at = columns["calls"].index("exchange")
    shorter = {**rows, "calls": [row[:at] + row[at + 1 :] for row in rows["calls"]]}
    assert decode(orjson.dumps((values, shorter)), (plain, older)) == entry
    newer = {**columns, "calls": (*columns["calls"], "mood"), "moods": ("x",)}
    longer = {**rows, "calls": [(*row, "calm") for row in rows["calls"]], "moods": [(1,)]}
    assert decode(orjson.dumps((values, longer)), (plain, newer)) == entry


def test_every_row_comes_back_as_it_was_also_from_a_version_that_pickled() -> None:
    for lived in life_of_a_call(0, practice_id=1, line_id=2):
        entry = replace(lived, secretariat_ids=frozenset({1, 2}))
        assert decode(encode(entry)) == entry
        as_before = {
            name: [
                [value.bytes if isinstance(value, UUID) else value for value in spool._VALUES[name](row)]
                for row in getattr(entry, name)
            ]
            for name in spool._ROWS
            if getattr(entry, name)
        }
        assert decode(pickle.dumps((spool._PLAIN_VALUES(entry), as_before))) == entry


def test_a_name_that_is_no_unicode_is_kept_all_the_same() -> None:
    left = FollowUpRow(UUID(int=1), "voicemail", NINE, path="/spool/\udcff.wav")
    entry = Entry(NINE, follow_ups=(left,))
    assert decode(encode(entry)) == entry


def test_what_a_killed_writer_left_half_written_is_set_aside_and_what_stands_before_is_read(
    tmp_path: Path,
) -> None:
    writer, reader = SpoolWriter(tmp_path), SpoolReader(tmp_path)
    entries = life_of_a_call(0, practice_id=1, line_id=2)
    for entry in entries:
        writer.append(entry)
    torn = path_of(tmp_path, writer.position.segment)
    writer.close()
    torn.write_bytes(torn.read_bytes()[:-5])
    batch = reader.read(100)
    assert batch is not None
    assert list(batch.entries) == entries[:-1]
    reader.mark(batch.until)
    assert reader.read(100) is None
    assert not segments(tmp_path)
    assert list(tmp_path.glob("*.unreadable"))


def test_a_segment_of_a_living_writer_is_never_deleted_and_a_full_one_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "SEGMENT_BYTES", 4000)
    writer, reader = SpoolWriter(tmp_path), SpoolReader(tmp_path)
    written = [entry for number in range(20) for entry in life_of_a_call(number, practice_id=1, line_id=2)]
    for entry in written:
        writer.append(entry)
    assert len(segments(tmp_path)) > 3
    found: list[Entry] = []
    while (batch := reader.read(7)) is not None:
        assert len(batch.entries) <= 7
        found.extend(batch.entries)
        reader.mark(batch.until)
    assert found == written
    assert segments(tmp_path) == [writer.position.segment]
    writer.append(written[0])
    again = reader.read(7)
    assert again is not None
    assert again.entries == (written[0],)
    writer.close()


def test_only_one_reads_at_a_time(tmp_path: Path) -> None:
    with SpoolReader(tmp_path).turn() as first, SpoolReader(tmp_path).turn() as second:
        assert (first, second) == (True, False)


def test_the_spool_is_nobody_else_s_to_read(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path / "spool")
    writer.append(life_of_a_call(0, practice_id=1, line_id=2)[0])
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0
    assert path_of(tmp_path / "spool", 1).stat().st_mode & 0o077 == 0
    writer.close()


async def test_what_a_full_disk_does_not_take_is_kept_in_memory_up_to_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(journal_module, "MANY", 3)
    journal = Journal(clock=now, state=lambda: (True, False), folder=tmp_path)
    entries = life_of_a_call(0, practice_id=1, line_id=2)
    journal.put(entries[0])
    real = os.write

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "write", full)
    for entry in entries[1:]:
        journal.put(entry)
    assert not journal.is_written()
    assert "kept in memory" in caplog.text
    journal.put(replace(entries[0], at=NINE.replace(hour=10)))
    assert "a journal entry is lost" in caplog.text
    monkeypatch.setattr(os, "write", real)
    journal.put(entries[0])
    reader = SpoolReader(tmp_path)
    batch = reader.read(100)
    assert batch is not None
    assert [entry.calls[0].state for entry in batch.entries] == [
        CallState.RINGING_IN, CallState.TALKING, CallState.ENDED, CallState.RINGING_IN, CallState.RINGING_IN,
    ]  # fmt: skip
    await journal.close()
