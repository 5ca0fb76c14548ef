"""Let a real browser be the phone: JsSIP in Chromium, over the exchange's websocket."""

import asyncio
import contextlib
import functools
import http.server
import shutil
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.adapters.ari.telephony import AriTelephony
from decroche.calls.adapters.asterisk.configuration import ExchangeSettings
from decroche.calls.adapters.asterisk.install import Installation
from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.calls.ports import CallerGone, PhoneAccount, PhoneAnswered, PhoneGone
from tests.asterisk.fixtures import SOUNDS
from tests.asterisk.listening import Listener

pytestmark = [pytest.mark.asterisk, pytest.mark.journey]
CHECKOUT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")

PAGE = """
const say = (window.said = []);
window.open_phone = (url, name, password) => new Promise((done) => {
  const ua = (window.ua = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(url)], uri: `sip:${name}@decroche.invalid`, password, register_expires: 60,
    session_timers: false,
  }));
  ua.on("registered", () => done("registered"));
  ua.on("registrationFailed", (e) => done("refused " + e.cause));
  ua.on("newRTCSession", ({ session }) => {
    window.session = session;
    say.push("ringing " + session.remote_identity.uri.user);
    session.on("ended", (e) => say.push("ended"));
    session.on("failed", (e) => say.push("failed " + e.cause));
    session.on("confirmed", () => say.push("confirmed"));
  });
  ua.start();
});
window.pick_up = () => {
  session.answer({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } });
  session.connection.addEventListener("track", ({ streams }) => {
    const speaker = Object.assign(new Audio(), { srcObject: streams[0] });
    document.body.append(speaker);
    speaker.play();
  });
};
window.sound = async () => {
  const found = {};
  for (const s of (await session.connection.getStats()).values()) {
    if (s.type === "inbound-rtp") Object.assign(found, { came: s.packetsReceived, energy: s.totalAudioEnergy });
    if (s.type === "outbound-rtp") found.went = s.packetsSent;
    if (s.type === "codec") (found.codecs ??= []).push(s.mimeType);
  }
  return found;
};
"""


@pytest.fixture(scope="module")
def demonstration(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AsteriskServer]:
    """An exchange whose outside world is itself, as in `make demo`."""
    settings = ExchangeSettings(
        tmp_path_factory.mktemp("demo") / "telephony", sounds_dir=SOUNDS, lease_seconds=5
    )
    with AsteriskServer(installation, settings) as server:
        yield server


@pytest.fixture
async def demo_listener(demonstration: AsteriskServer) -> AsyncIterator[Listener]:
    listener = Listener(AriTelephony(lambda: AriSettings.of(demonstration.connection)))
    await listener.start()
    yield listener
    await listener.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve one page with JsSIP on it."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "entry.js").write_text(
        f'import JsSIP from "{CHECKOUT}/node_modules/jssip";\nwindow.JsSIP = JsSIP;\n{PAGE}'
    )
    esbuild = CHECKOUT / "node_modules/.bin/esbuild"
    if not esbuild.exists() or CHROMIUM is None:
        pytest.skip("NO BROWSER OR NO JSSIP ON THIS MACHINE, the softphone is not proved: run `make test`")
    subprocess.run(
        [str(esbuild), str(folder / "entry.js"), "--bundle", f"--outfile={folder / 'phone.js'}", "--define:global=window"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "index.html").write_text("<!doctype html><title>t</title><script src=phone.js></script>")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
async def page(site: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
                "--autoplay-policy=no-user-gesture-required",
            ],
        )  # fmt: skip
        page = await browser.new_page()
        await page.goto(site)
        yield page
        with contextlib.suppress(Exception):
            await browser.close()


async def test_a_simulated_caller_is_heard_in_the_browser_and_hears_it(
    demonstration: AsteriskServer, demo_listener: Listener, page: Page
) -> None:
    listener, url = demo_listener, demonstration.connection.softphone_url
    await listener.telephony.set_phone_account(PhoneAccount(7, "s7", "secret"))
    assert (
        await page.evaluate("([u]) => open_phone(u, 's7', 'wrong')", [url]) == "refused Authentication Error"
    )
    assert (
        await page.evaluate("([u]) => { ua.stop(); return open_phone(u, 's7', 'secret') }", [url])
        == "registered"
    )
    await listener.phone_ready(7)
    await listener.telephony.place_simulated_call(
        called_number="+33199000001", caller_number="+33612345678", caller_name="Mme Petit", voice="results"
    )
    arrived, call_id = await listener.adopt(greeting="Cabinet des Lilas, bonjour.")
    assert arrived.is_simulated
    leg = await listener.ring(call_id, 7)
    await page.wait_for_function("said.includes('ringing +33612345678')")
    await page.evaluate("pick_up()")
    assert (await listener.wait(PhoneAnswered)).leg == leg
    await listener.telephony.connect(leg)
    await page.wait_for_function("said.includes('confirmed')")
    await asyncio.sleep(6)
    sound = await page.evaluate("sound()")
    assert sound["came"] > 100, sound
    assert sound["went"] > 100, sound
    assert sound["energy"] > 0.001, sound  # a voice, not silence
    # She closes the tab: her phone is known to be gone at once.
    await page.close()
    assert (await listener.wait(PhoneGone, timeout=5)).user_id == 7
    await listener.telephony.hang_up(call_id)
    assert (await listener.wait(CallerGone)).call_id == call_id
