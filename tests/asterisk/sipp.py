"""Let sipp be the operator: it places calls on the trunk as one does, byte for byte."""

import asyncio
import shutil
from pathlib import Path

from tests.asterisk.phone import Media

CALL = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
INVITE sip:[called]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [from];tag=[pid]c[call_number]
To: <sip:[called]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:operator@[local_ip]:[local_port]>
Max-Forwards: 70
[more]Content-Type: application/sdp
Content-Length: [len]

v=0
o=operator 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio [sound] RTP/AVP 8
a=rtpmap:8 PCMA/8000
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" timeout="[patience]" ontimeout="give_up"/>
  <send><![CDATA[
ACK sip:[called]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [from];tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Contact: <sip:operator@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0

  ]]></send>
  <recv request="BYE" timeout="[talks]" ontimeout="hang_up"/>
  <send next="done"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:operator@[local_ip]:[local_port]>
Content-Length: 0

  ]]></send>
  <label id="hang_up"/>
  <send retrans="500"><![CDATA[
BYE sip:[called]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [from];tag=[pid]c[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

  ]]></send>
  <recv response="200" next="done"/>
  <label id="give_up"/>
  <send retrans="500"><![CDATA[
CANCEL sip:[called]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [from];tag=[pid]c[call_number]
To: <sip:[called]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 CANCEL
Max-Forwards: 70
Content-Length: 0

  ]]></send>
  <recv response="200"/>
  <recv response="487"/>
  <label id="done"/>
</scenario>
"""


class Caller:
    """Be one caller whom the operator puts through, with a voice."""

    def __init__(self, folder: Path, exchange_port: int) -> None:
        self._folder, self._port = folder, exchange_port
        self.media = Media(voice=0x55 ^ 0x2A)
        self._process: asyncio.subprocess.Process | None = None

    async def call(
        self,
        called: str,
        *,
        sender: str = "<sip:+33612345678@operator.example>",
        talks: float = 60,
        patience: float = 60,
        more: str = "",
    ) -> None:
        """Ring ``called``; hang up after ``talks`` seconds of conversation, give up ringing after ``patience``."""
        sound = await self.media.open()
        self.media.answer_whoever_speaks = True
        text = CALL
        values = {
            "called": called, "from": sender, "sound": str(sound), "talks": str(int(talks * 1000)),
            "patience": str(int(patience * 1000)), "more": more and more + "\n",
        }  # fmt: skip
        for name, value in values.items():
            text = text.replace(f"[{name}]", value)
        # sipp jumps to numbers, people read names.
        for number, label in enumerate(("hang_up", "give_up", "done"), start=1):
            text = text.replace(f'"{label}"', f'"{number}"')
        path = self._folder / "caller.xml"
        path.write_text(text)
        self._process = await asyncio.create_subprocess_exec(
            shutil.which("sipp") or "sipp", f"127.0.0.1:{self._port}", "-sf", str(path), "-i", "127.0.0.1", "-m", "1", "-nostdin",
            "-timeout", "100", "-trace_err", "-error_file", str(self._folder / "errors.log"),
            "-trace_msg", "-message_file", str(self._folder / "messages.log"),
            cwd=self._folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip

    async def ended(self, timeout: float = 20) -> int:  # noqa: ASYNC109
        """Wait until the call is over for the caller; 0 when SIP went as it should."""
        assert self._process
        return await asyncio.wait_for(self._process.wait(), timeout)

    @property
    def is_on_the_line(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def said(self) -> str:
        path = self._folder / "messages.log"
        return path.read_text() if path.exists() else ""

    async def close(self) -> None:
        self.media.close()
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
