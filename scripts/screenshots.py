"""Make the pictures of docs/tour (and docs/tour.md) again, from a running demo world.

``scripts/screenshots.py`` starts ``decroche demo`` itself; ``--url`` uses one that runs; names of scenes keep to those.
Add a scene: a function that drives the page, and a line in ``SCENES``. Scenes run in order; the calls' follow each other.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TOUR = ROOT / "docs" / "tour"
PASSWORD = "decroche-demo"
SECRETARY, PRACTITIONER, STAFF = "diallo@demo.example", "vauquelin@demo.example", "granger@demo.example"
SUPERVISOR = "vasseur@demo.example"
GROUP = "Tilleuls"
DESK, SMALL_DESK, PHONE = (1440, 900), (1280, 720), (390, 844)
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
START_WITHIN_SECONDS = 300
SATURDAY = 5
SLOW = 30_000  # milliseconds; a busy machine


@dataclass(frozen=True)
class Scene:
    """Say what a picture shows, whose screen it is, and how to get there from where the scene before stopped."""

    name: str
    title: str
    text: str
    play: Callable[[Page], None]
    who: str = SECRETARY
    size: tuple[int, int] = DESK
    theme: str = "light"
    language: str = "fr"


# --- the scenes ------------------------------------------------------------------------------


def between_calls(page: Page) -> None:
    open_page(page, "/desk/between/")
    take_post(page)
    expect(page.locator("#follow-ups")).to_be_visible()


def ringing(page: Page) -> None:
    open_page(page, "/desk/between/")
    take_post(page)
    let_it_ring(page)
    settle(page)
    working_day(page)


def in_call(page: Page) -> None:
    answer(page)
    choose_patient(page)
    page.keyboard.press("Alt+2")
    page.keyboard.press("v")
    page.wait_for_timeout(500)
    page.keyboard.press("1")
    settle(page)


def wrap_up(page: Page) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("F8")
    expect(page.locator("#phone-bar.is-wrap_up")).to_be_visible(timeout=SLOW)
    settle(page)


def palette(page: Page) -> None:
    finish(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("mar")
    expect(page.locator("#palette [role=option]").first).to_be_visible()


def emergency(page: Page) -> None:
    open_a_practice(page)
    page.keyboard.press("F9")
    expect(page.locator("dialog:modal")).to_be_visible()


def agenda(page: Page) -> None:
    open_page(page, "/agenda/")
    settle(page)
    working_day(page)


def at(path: str) -> Callable[[Page], None]:
    """Return a scene that only opens an address; the demo's first practice has the number one."""

    def play(page: Page) -> None:
        open_page(page, path)

    return play


def companion(page: Page) -> None:
    open_page(page, "/companion/")


def call_log(page: Page) -> None:
    open_page(page, "/calls/")


def on_a_phone(page: Page) -> None:
    open_a_practice(page)


def practice_open(page: Page) -> None:
    open_a_practice(page)
    working_day(page)


SCENES = [
    Scene("desk-between", "Entre deux appels", "Ses cabinets, ce qui reste à faire pour les appelants, ce qui a changé et qui est absent. Tout part d’une touche.", between_calls),
    Scene("desk-ringing", "Ça sonne", "Le bon cabinet est à l’écran avant de décrocher : la phrase d’accueil, le numéro, qui appelle peut-être, les consignes nouvelles.", ringing),
    Scene("desk-in-call", "En conversation", "Trois zones qui ne bougent jamais. Le motif choisi, les premiers créneaux se prennent par leur chiffre, sans souris.", in_call),
    Scene("desk-wrap-up", "Après l’appel", "L’issue en une touche, proposée d’après ce qui a été fait ; le temps d’après-appel se voit.", wrap_up),
    Scene("palette", "Ctrl+K", "N’importe quel cabinet, praticien ou patient, de n’importe où.", palette),
    Scene("emergency", "Fiche d’urgence (F9)", "Le protocole écrit par le praticien, pas à pas ; le 15 et le 112 toujours visibles. Le logiciel ne trie jamais.", emergency),
    Scene("desk-small", "Sur un petit écran", "La même anatomie à 1280 × 720.", practice_open, size=SMALL_DESK),
    Scene("desk-dark", "En sombre", "Clair ou sombre, comme le système ou au choix ; douze motifs distincts pour les yeux daltoniens.", practice_open, theme="dark"),
    Scene("desk-english", "En anglais", "Chaque écran existe en français et en anglais.", practice_open, language="en"),
    Scene("agenda", "L’agenda", "Jour ou semaine, praticiens en colonnes, fuseau du lieu, mise à jour en direct sur tous les écrans.", agenda),
    Scene("agenda-month", "Le mois", "Ce qui est pris, ce qui reste, les fermetures et les fériés ; une touche ouvre le jour.", at("/agenda/1/?mode=month")),
    Scene("settings-week", "Régler sa semaine", "La semaine d’un coup d’œil : tapée en une ligne, dessinée ou recopiée ; à côté, ce que verront les patients.", at("/agenda/1/settings/"), who=PRACTITIONER),
    Scene("settings-year", "L’année sur une page", "Chaque jour ouvert, changé, fermé, férié ; on clique pour savoir pourquoi, ou pour faire une exception.", at("/agenda/1/settings/year/"), who=PRACTITIONER),
    Scene("waiting-list", "La liste d’attente", "Ce qui se libère est proposé dans l’ordre à qui il convient, gardé le temps de la réponse.", at("/agenda/1/waiting/")),
    Scene("waiting-room", "La salle d’attente", "Qui est là, qui passe, d’une touche ; le retard mesuré.", at("/waiting-room/1/"), who=STAFF),
    Scene("without-internet", "Quand internet est coupé", "Quatorze jours scellés, ouverts au comptoir sans réseau avec la phrase du cabinet.", at("/continuity/1/"), who=STAFF),
    Scene("companion", "Le téléphone du praticien", "Qui vient ensuite, ce qui m’attend, ce que j’ai demandé au secrétariat.", companion, who=PRACTITIONER, size=PHONE),
    Scene("desk-phone", "Le poste sur un téléphone", "Une zone à la fois, quand il n’y a que le téléphone sous la main.", on_a_phone, size=PHONE),
    Scene("call-queue", "La file en direct", "Qui attend, à qui l’appel est proposé et pourquoi, qui parle, qui est au poste.", at("/calls/queue/"), who=SUPERVISOR),
    Scene("call-backs", "Les appels à rendre", "Une seule liste, juste : deux secrétaires ne rappellent jamais la même personne.", at("/calls/back/")),
    Scene("line", "Régler une ligne", "Le chemin de l’appel est un dessin ; chaque étape s’y change sur place.", at("/calls/lines/1/"), who=SUPERVISOR),
    Scene("policy", "Distribuer les appels", "Un jour passé est rejoué sous d’autres réglages avant de les appliquer.", at("/calls/house/policy/1/"), who=SUPERVISOR),
    Scene("teams", "Équipes et compétences", "Qui répond à quoi, d’un coup d’œil.", at("/calls/house/teams/1/"), who=SUPERVISOR),
    Scene("call-log", "Le journal des appels", "Chaque appel, son chemin et ce qui en est venu.", call_log),
]  # fmt: skip


# --- what scenes do ---------------------------------------------------------------------------


def open_page(page: Page, path: str) -> None:
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + path)
    settle(page)


def settle(page: Page) -> None:
    """Wait until no panel is on its way."""
    page.wait_for_function(
        "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')", timeout=15_000
    )
    page.wait_for_timeout(600)


def take_post(page: Page) -> None:
    expect(page.locator("#phone-bar")).to_be_visible(timeout=SLOW)
    finish(page)
    if page.locator("#phone-bar.is-away, #phone-bar.is-paused").count():
        page.keyboard.press("F2")
        expect(page.locator("#phone-bar.is-available")).to_be_visible(timeout=SLOW)
    expect(page.locator("#softphone")).to_have_attribute("data-registered", "yes", timeout=SLOW)


def let_it_ring(page: Page) -> None:
    """Have the group practice called, whose agenda has several columns."""
    page.evaluate(
        """name => {
            const link = [...document.querySelectorAll('.practice-list a')].find(a => a.textContent.includes(name));
            const values = { practice_id: /practices\\/(\\d+)/.exec(link.href)[1] };
            return htmx.ajax('POST', document.querySelector('.phone-simulate').getAttribute('hx-post'),
                { values, target: '#phone-bar', swap: 'outerHTML' });
        }""",
        GROUP,
    )
    expect(page.locator("#phone-bar.is-ringing")).to_be_visible(timeout=SLOW)
    expect(page.locator("#current-call.is-ringing")).to_be_visible(timeout=SLOW)


def answer(page: Page) -> None:
    page.keyboard.press("F2")
    expect(page.locator("#phone-bar.is-on_call")).to_be_visible(timeout=SLOW)


def finish(page: Page) -> None:
    """Note an outcome and leave wrap-up."""
    if page.locator("#phone-bar.is-on_call").count():
        page.keyboard.press("F8")
        expect(page.locator("#phone-bar.is-wrap_up")).to_be_visible(timeout=SLOW)
    if page.locator("#phone-bar.is-wrap_up").count():
        page.keyboard.press("F2")
        expect(page.locator("#phone-bar.is-available")).to_be_visible(timeout=SLOW)


def choose_patient(page: Page) -> None:
    known = page.locator("#patient-result button").first
    if known.count():
        known.click()
        settle(page)


def open_a_practice(page: Page) -> None:
    open_page(page, "/desk/between/")
    page.locator(".practice-list a", has_text=GROUP).first.click()
    expect(page.locator("#practice-name")).to_be_visible()
    settle(page)


def working_day(page: Page) -> None:
    """Turn the agenda to Monday at the week-end, when a demo agenda is empty."""
    today = datetime.now(ZoneInfo("Europe/Paris")).weekday()
    for _ in range(max(0, 7 - today) if today >= SATURDAY else 0):
        page.locator("#agenda-after").click()
        settle(page)


# --- the camera -------------------------------------------------------------------------------


def sign_in(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit]").first.click()
    page.wait_for_url(lambda address: "login" not in address)


def speak(page: Page, language: str) -> None:
    """Choose the language of the screens as a person does."""
    if page.locator("html").get_attribute("lang") != language:
        page.locator(".menu-button").first.click()
        page.locator(f"button[name=language][value={language}]").click()
        page.wait_for_load_state("load")


class Camera:
    """Keep one signed-in page for each person, size and theme, so that scenes can follow each other."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.key: tuple[object, ...] = ()
        self.page: Page | None = None

    def point_at(self, scene: Scene) -> Page:
        key = (scene.who, scene.size, scene.theme, scene.language)
        if key != self.key or self.page is None:
            if self.page is not None:
                self.page.context.close()
            width, height = scene.size
            context = self.browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scene.theme, locale=scene.language,  # type: ignore[arg-type]
                reduced_motion="reduce", permissions=["microphone"], timezone_id="Europe/Paris",
            )  # fmt: skip
            self.page = context.new_page()
            sign_in(self.page, self.url, scene.who)
            speak(self.page, scene.language)
            self.key = key
        return self.page

    def close(self) -> None:
        """Leave the demo world in French."""
        if self.page is not None:
            self.page.goto(f"{self.url}/desk/between/")
            speak(self.page, "fr")
            self.page.context.close()


@contextmanager
def demo_world(url: str | None) -> Iterator[str]:
    """Yield the address of a running demo world, started and stopped here unless one is named."""
    if url:
        yield url.rstrip("/")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "decroche", "demo", "--port", str(port)], cwd=ROOT)
    address = f"http://localhost:{port}"
    try:
        deadline = time.monotonic() + START_WITHIN_SECONDS
        while not answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("Le monde de démonstration ne démarre pas.")
            time.sleep(1)
        yield address
    finally:
        process.terminate()
        process.wait(60)


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
    except (OSError, urllib.error.URLError):
        return False
    return True


def write_tour() -> None:
    """Write docs/tour.md: a picture of every main screen with two lines on what it is for."""
    parts = ["# Visite\n", "Les images viennent du monde de démonstration : `make screenshots` les refait.\n"]
    parts += [
        f"## {scene.title}\n\n{scene.text}\n\n![{scene.title}](tour/{scene.name}.png)\n" for scene in SCENES
    ]
    (ROOT / "docs" / "tour.md").write_text("\n".join(parts), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", nargs="*", help="names of scenes; all by default")
    parser.add_argument("--url", help="a demo world that runs already")
    parser.add_argument("--to", type=Path, default=TOUR, help="where the pictures go")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or os.environ.get("CHROMIUM")
    if not chromium:
        raise SystemExit("Il faut Chromium : apt-get install chromium.")
    arguments.to.mkdir(parents=True, exist_ok=True)
    wanted = [scene for scene in SCENES if not arguments.scenes or scene.name in arguments.scenes]
    with demo_world(arguments.url) as url, sync_playwright() as playwright:
        # Native date fields follow the browser's own language, not the page's.
        french = {**os.environ, "LANGUAGE": "fr", "LANG": "fr_FR.UTF-8"}
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS, env=french)
        camera = Camera(browser, url)
        for scene in wanted:
            page = camera.point_at(scene)
            scene.play(page)
            settle(page)
            page.evaluate("() => document.getElementById('toasts')?.replaceChildren()")
            page.screenshot(path=arguments.to / f"{scene.name}.png")
            print(f"  {scene.name}.png · {scene.title}", flush=True)
        camera.close()
        browser.close()
    if arguments.to == TOUR:
        write_tour()
    return 0


if __name__ == "__main__":
    sys.exit(main())
