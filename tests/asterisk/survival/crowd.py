"""Let one sipp process be many callers, each with a number of its own, a voice, and a diary of what happened to it.

Every caller echoes what it hears: a secretary who hears her own voice again speaks with a living caller, both ways.
"""

import asyncio
import shutil
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

HEADERS = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@operator.example>;tag=[pid]c[call_number]
{to}
Call-ID: [call_id]
CSeq: {cseq}
Contact: <sip:operator@[local_ip]:[local_port]>
Max-Forwards: 70
"""
SDP = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=operator 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
"""
REFUSALS = (404, 480, 486, 500, 503, 603)


def _request(method: str, cseq: int, *, is_new: bool = False, body: str = "Content-Length: 0\n") -> str:
    to = "To: <sip:{called}@[remote_ip]:[remote_port]>" if is_new else "[last_To:]"
    retrans = "" if method == "ACK" else ' retrans="500"'
    heads = HEADERS.replace("{to}", to).replace("{cseq}", f"{cseq} {method}")
    return f"<send{retrans}><![CDATA[\n{method} sip:{{called}}@[remote_ip]:[remote_port] SIP/2.0\n{heads}{body}\n]]></send>"


def _note(what: str) -> str:
    return f'<nop><action><log message="[field0] {what} [timestamp]"/></action></nop>'


def scenario(called: str, *, patience: float, talks: float) -> str:
    """Return the callers' behaviour as sipp reads it."""
    refusals = "".join(f'<recv response="{status}" optional="true" next="3"/>' for status in REFUSALS)
    ok = (
        '<send next="4"><![CDATA[\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n'
        "Contact: <sip:operator@[local_ip]:[local_port]>\nContent-Length: 0\n\n]]></send>"
    )
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="crowd">',
        _note("calls"),
        _request("INVITE", 1, is_new=True, body=SDP),
        '<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="183" optional="true"/>',
        refusals,
        f'<recv response="200" timeout="{int(patience * 1000)}" ontimeout="2"/>',
        _request("ACK", 1),
        _note("answered"),
        f'<recv request="BYE" timeout="{int(talks * 1000)}" ontimeout="1"/>',
        _note("left_by_them"),
        ok,
        '<label id="1"/>',
        _note("hangs_up"),
        _request("BYE", 2),
        '<recv response="200" next="4"/>',
        '<label id="2"/>',
        _note("gives_up"),
        _request("CANCEL", 1, is_new=True),
        '<recv response="200"/><recv response="487"/>',
        _request("ACK", 1).replace("<send>", '<send next="4">'),
        '<label id="3"/>',
        _request("ACK", 1),
        _note("refused"),
        '<label id="4"/>\n</scenario>',
    ]
    return "\n".join(parts).replace("{called}", called)


@dataclass(slots=True)
class Fate:
    """Hold what one caller saw."""

    number: str
    called_at: datetime | None = None
    answered_at: datetime | None = None
    end: str = ""  # left_by_them, hangs_up, gives_up, refused
    ended_at: datetime | None = None


_numbers = count(1)


class Crowd:
    """Be ``size`` callers of one number."""

    def __init__(self, folder: Path, exchange_port: int, called: str, size: int) -> None:
        self._folder, self._port, self.called = folder, exchange_port, called
        folder.mkdir(parents=True, exist_ok=True)
        self.numbers = [f"+336{next(_numbers):08d}" for _ in range(size)]
        self._process: asyncio.subprocess.Process | None = None

    async def ring(self, *, rate: float = 20, patience: float = 60, talks: float = 120) -> None:
        """Begin to ring, ``rate`` callers a second; return at once."""
        (self._folder / "crowd.xml").write_text(scenario(self.called, patience=patience, talks=talks))
        (self._folder / "crowd.csv").write_text("SEQUENTIAL\n" + "".join(f"{n};\n" for n in self.numbers))
        size = len(self.numbers)
        self._process = await asyncio.create_subprocess_exec(
            shutil.which("sipp") or "sipp", f"127.0.0.1:{self._port}", "-sf", "crowd.xml", "-inf", "crowd.csv",
            "-i", "127.0.0.1", "-p", str(free_port()), "-mp", str(free_port(pair=True)), "-rtp_echo",
            "-m", str(size), "-l", str(size), "-r", str(max(1, int(rate))), "-nostdin", "-recv_timeout", "200000",
            "-trace_err", "-error_file", "errors.log", "-trace_logs", "-log_file", "diary.log",
            cwd=self._folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip

    async def ended(self, seconds: float = 60) -> bool:
        """Wait until every caller is done; say whether they are."""
        if self._process is None:
            return True
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def fates(self) -> dict[str, Fate]:
        """Read the diary."""
        path = self._folder / "diary.log"
        found = {number: Fate(number) for number in self.numbers}
        for line in path.read_text(errors="replace").splitlines() if path.exists() else ():
            number, _, rest = line.partition(" ")
            what, _, at = rest.partition(" ")
            fate = found.get(number)
            if fate is None or not at:
                continue
            when = _read_time(at)
            if what == "calls":
                fate.called_at = when
            elif what == "answered":
                fate.answered_at = when
            else:
                fate.end, fate.ended_at = what, when
        return found

    def said(self) -> str:
        path = self._folder / "errors.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""


def _read_time(text: str) -> datetime | None:
    parts = text.replace("T", " ").split()
    try:
        return datetime.strptime(" ".join(parts[:2]), "%Y-%m-%d %H:%M:%S.%f").astimezone().astimezone(UTC)
    except ValueError:
        return None


def free_port(*, pair: bool = False) -> int:
    """Return a UDP port that is free now, with the one two above it when ``pair``."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            if not pair:
                return port
            if port % 2 or port > 65000:
                continue
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two:
                try:
                    two.bind(("127.0.0.1", port + 2))
                except OSError:
                    continue
                return port


def all_fates(crowds: Iterable[Crowd]) -> dict[str, Fate]:
    """Return every caller's fate, by number."""
    found: dict[str, Fate] = {}
    for crowd in crowds:
        found |= crowd.fates()
    return found
