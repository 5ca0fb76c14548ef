"""What a caller hears whose line has no greeting: his telephone rings as hers does, until somebody picks up."""

from dataclasses import replace

from decroche.calls.domain.call import CallState
from decroche.calls.switchboard.state import LiveCall
from tests.calls.stage import AWA, CALLER, DIRECTORY, INES, LILAS_LINE, Stage

SILENT = replace(
    DIRECTORY, lines={**DIRECTORY.lines, LILAS_LINE: replace(DIRECTORY.lines[LILAS_LINE], greeting="")}
)


async def ringing() -> tuple[Stage, LiveCall]:
    stage = Stage(SILENT)
    await stage.at_post(AWA)
    return stage, await stage.ring(LILAS_LINE, CALLER)


def answered(stage: Stage) -> int:
    return [verb for verb, _ in stage.exchange.asked].count("welcome")


async def test_his_line_is_answered_by_her_voice_and_by_nothing_before() -> None:
    stage, call = await ringing()
    assert call.state is CallState.OFFERED
    await stage.wait(4)
    stage.exchange.phone_picks_up(AWA)
    await stage.settle()
    await stage.wait(10)
    assert stage.exchange.callers[call.channel_id].hears == "conversation"
    assert not answered(stage)


async def test_he_hears_music_when_she_takes_long_and_is_answered_once() -> None:
    stage, call = await ringing()
    await stage.wait(5)
    assert not answered(stage)
    await stage.wait(3)
    assert stage.exchange.callers[call.channel_id].hears == "music"
    await stage.wait(60)
    assert answered(stage) == 1


async def test_he_hears_music_as_soon_as_no_phone_rings_for_him() -> None:
    stage = Stage(SILENT)
    await stage.at_post(AWA)
    await stage.talk(AWA)
    await stage.at_post(INES)
    call = await stage.ring(LILAS_LINE, "+33612345679")
    stage.exchange.phone_hangs_up(INES)
    await stage.settle()
    await stage.wait(1)
    assert call.state is CallState.WAITING
    assert stage.exchange.callers[call.channel_id].hears == "music"


async def test_who_finds_nobody_free_hears_music_at_once() -> None:
    stage = Stage(SILENT)
    await stage.at_post(AWA)
    await stage.talk(AWA)
    second = await stage.ring(LILAS_LINE, "+33612345679")
    assert second.state is CallState.WAITING
    assert stage.exchange.callers[second.channel_id].hears == "music"


async def test_a_switchboard_that_died_while_it_rang_leaves_nobody_ringing_for_ever() -> None:
    stage, call = await ringing()
    await stage.at_post(INES)
    stage.start_brain_from_rows()
    await stage.settle()
    found = stage.brain.calls[call.call_id]
    assert (found.state, found.hears_ringing) == (CallState.OFFERED, True)
    await stage.wait(8)
    assert stage.exchange.callers[call.channel_id].hears == "music"
