"""Pull any plug during live calls: the patient still ends with a human, a call-back or a voicemail, and the ledger proves it.

The sizes are small here; `make chaos-calls` plays the same stories at full size. DECROCHE_CHAOS_CALLS sets the calls a wave.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from decroche.calls.adapters.asterisk.server import AsteriskServer
from tests.asterisk.brain import database_url
from tests.asterisk.survival import brain_story, phone_story, plain_stories, spoof_story
from tests.asterisk.survival.plugs import CutWay
from tests.asterisk.survival.stage import Stage, on_stage
from tests.asterisk.survival.torture import MESSAGES

pytestmark = [pytest.mark.asterisk, pytest.mark.django_db(transaction=True)]
CALLS = int(os.environ.get("DECROCHE_CHAOS_CALLS", "10"))
SLACK = 2.0  # tests run beside one another; the promises themselves are held by `make chaos-calls`
AWAY_SECONDS = float(os.environ.get("DECROCHE_CHAOS_DATABASE_AWAY", "8"))


@pytest.fixture
async def stage(
    fresh_exchange: AsteriskServer, operator_port: int, tmp_path: Path, transactional_db: Any
) -> AsyncIterator[Stage]:
    async with on_stage(fresh_exchange, operator_port, tmp_path) as made:
        made.slack = SLACK
        yield made


@pytest.mark.parametrize("plug", list(brain_story.Plug), ids=lambda plug: plug.name.lower())
async def test_the_switchboard_s_plug_is_pulled(stage: Stage, plug: brain_story.Plug) -> None:
    ledger = await brain_story.survives(stage, plug, calls=CALLS)
    print(ledger)
    assert ledger.is_sound, str(ledger)


async def test_asterisk_is_killed(stage: Stage) -> None:
    ledger = await plain_stories.exchange_is_killed(stage, calls=CALLS)
    print(ledger)
    assert ledger.is_sound, str(ledger)


async def test_the_database_is_away(
    fresh_exchange: AsteriskServer, operator_port: int, tmp_path: Path, transactional_db: Any
) -> None:
    way = CutWay(database_url(), tmp_path)
    try:
        async with on_stage(fresh_exchange, operator_port, tmp_path, plug=way) as stage:
            ledger = await plain_stories.database_is_away(stage, calls=CALLS, seconds=AWAY_SECONDS)
    finally:
        way.close()
    print(ledger)
    assert ledger.is_sound, str(ledger)


async def test_one_line_is_flooded(stage: Stage) -> None:
    ledger = await plain_stories.one_line_is_flooded(stage, rate=20, seconds=3)
    print(ledger)
    assert ledger.is_sound, str(ledger)


async def test_a_stranger_throws_malformed_messages(stage: Stage) -> None:
    ledger = await plain_stories.garbage_is_thrown(
        stage, list(MESSAGES.values()), calls=CALLS // 2, source="127.0.0.2"
    )
    print(ledger)
    assert ledger.is_sound, str(ledger)


async def test_a_credential_is_stolen(stage: Stage) -> None:
    ledger = await plain_stories.credential_is_stolen(stage)
    print(ledger)
    assert ledger.is_sound, str(ledger)


@pytest.mark.parametrize("closes", [True, False], ids=["closed", "cut"])
async def test_a_secretary_s_browser_goes_in_mid_call(stage: Stage, closes: bool) -> None:
    ledger = await phone_story.phone_is_taken_away(stage, closes=closes)
    print(ledger)
    assert ledger.is_sound, str(ledger)


async def test_only_her_signalling_is_lost(stage: Stage) -> None:
    ledger = await phone_story.signalling_is_lost(stage)
    print(ledger)
    assert ledger.is_sound, str(ledger)


async def test_two_tabs_are_one_phone(stage: Stage) -> None:
    ledger = await phone_story.two_tabs_are_one_phone(stage)
    print(ledger)
    assert ledger.is_sound, str(ledger)


async def test_a_caller_id_is_forged(stage: Stage) -> None:
    ledger = await spoof_story.caller_id_is_forged(stage)
    print(ledger)
    assert ledger.is_sound, str(ledger)
