"""Record a conversation into the exchange's private folder, both sides mixed."""

from uuid import UUID

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.client import Request
from decroche.calls.adapters.ari.supervision import Supervision
from decroche.calls.ports import ExchangeDown

# A switchboard that died leaves a conversation without anybody: its recording ends by itself.
_LONGEST = {"maxDurationSeconds": "14400", "maxSilenceSeconds": "600"}


class Recording(Supervision):
    """Hold the recordings that run."""

    async def record(self, call_id: UUID) -> None:
        self._channel(call_id)
        if self._recordings.is_live(call_id):
            return
        if not self._recordings.is_here:
            raise ExchangeDown("The exchange's recordings are not on this machine.")
        name = self._recordings.begin(call_id)
        bridge = naming.bridge_id(call_id)
        query = {
            "name": name,
            "format": "wav",
            "ifExists": "fail",
            "beep": "false",
            "terminateOn": "none",
            **_LONGEST,
        }
        try:
            await self._all(
                [
                    Request("POST", f"bridges/{bridge}", {"type": "mixing"}),
                    Request("POST", f"bridges/{bridge}/record", query),
                ],
                must=(-1,),
            )
        except BaseException:
            self._recordings.is_over(name)
            raise

    async def stop_recording(self, call_id: UUID, *, discard: bool) -> None:
        names = self._recordings.names_of(call_id)
        verb, end = ("DELETE", "") if discard else ("POST", "/stop")
        await self._exchange.ask_in_order([Request(verb, f"recordings/live/{name}{end}") for name in names])
