"""The desk in real Chromium: what rings, what is typed, what the keyboard reaches, what axe finds."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from decroche.accounts.models import User
from tests.desk.factories import RINGING, TALKING, let_go, put_call_in_hand

BUNDLE = Path(__file__).resolve().parents[2] / "src" / "decroche" / "ui" / "static" / "ui" / "dist" / "app.js"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("everywhere"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
    pytest.mark.skipif(not BUNDLE.exists(), reason="npm run build first"),
]
SAY_RINGING = "() => document.body.dispatchEvent(new CustomEvent('live-ringing', {detail: {}}))"
SAY_PHONE = "() => document.body.dispatchEvent(new CustomEvent('live-phone', {detail: {}}))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "1"  # playwright's loop runs in this thread; the ORM is used between its steps
    )
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def desk(
    browser: Browser, live_server: Any, awa: User, sign_in: Callable[[User], Client]
) -> Iterator[Callable[..., Page]]:
    contexts = []

    def opened(*, width: int = 1440, height: int = 900, theme: str = "light", path: str = "/desk/") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
        )
        cookie = sign_in(awa).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{live_server.url}{path}")
        page.wait_for_load_state("load")
        expect(page.locator("#phone-bar")).to_be_visible()
        return page

    let_go(user=awa)
    yield opened
    for context in contexts:
        for page in context.pages:
            page.goto("about:blank")
        context.close()
    time.sleep(0.4)  # the server may still be answering a page that has gone; the tables are emptied next


def practice_name(page: Page):
    return page.locator("#practice-name")


def test_a_ringing_call_brings_its_practice_without_a_reload(desk, awa, tilleuls) -> None:
    page = desk()
    page.evaluate("() => { window.stayed = true; }")

    put_call_in_hand(user=awa, practice=tilleuls, **RINGING)
    page.evaluate(SAY_RINGING)

    expect(practice_name(page)).to_have_text(tilleuls.name)
    expect(page.locator("#current-call")).to_contain_text("Cabinet médical des Tilleuls, bonjour.")
    expect(page.locator("#agenda-panel")).to_be_visible()
    expect(page.locator("#patient-panel")).to_be_visible()
    assert page.evaluate("() => window.stayed") is True


def test_what_is_being_typed_is_not_swept_away_by_a_call(desk, awa, tilleuls, schoelcher) -> None:
    page = desk(path=f"/desk/practices/{tilleuls.pk}/")
    page.keyboard.press("F6")
    body = page.locator("#slot-compose textarea").first
    body.click()
    page.keyboard.type("Renouveler l’ordonnance de Mme Kervella")

    put_call_in_hand(user=awa, practice=schoelcher, **RINGING)
    page.evaluate(SAY_RINGING)
    expect(page.locator("#current-call")).to_contain_text("Anse Madame")
    expect(practice_name(page)).to_have_text(tilleuls.name)
    expect(body).to_have_value("Renouveler l’ordonnance de Mme Kervella")

    put_call_in_hand(user=awa, practice=schoelcher, **TALKING)
    page.evaluate(SAY_PHONE)
    expect(practice_name(page)).to_have_text(schoelcher.name)

    let_go(user=awa)
    page.keyboard.press("Control+k")
    page.locator("#palette input").fill("Tilleuls")
    expect(page.locator("#palette [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(practice_name(page)).to_have_text(tilleuls.name)
    page.keyboard.press("F6")
    expect(page.locator("#slot-compose textarea").first).to_have_value(
        "Renouveler l’ordonnance de Mme Kervella"
    )


def test_ctrl_k_opens_any_practice_by_keyboard(desk, schoelcher) -> None:
    page = desk()

    page.keyboard.press("Control+k")
    page.keyboard.type("anse")
    expect(page.locator("#palette [role=option]").first).to_contain_text("Anse Madame")
    page.keyboard.press("Enter")

    expect(practice_name(page)).to_have_text(schoelcher.name)
    expect(page.locator("#palette")).not_to_be_visible()


def test_zones_and_filter_are_one_key_away(desk, awa, tilleuls) -> None:
    page = desk()

    page.keyboard.press("/")
    page.keyboard.type("ville inconnue")
    expect(page.locator("#practice-list-none")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.type("tilleul")
    expect(page.locator("#practice-list li:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(practice_name(page)).to_have_text(tilleuls.name)

    for key, zone in (("Alt+3", "zone-patient"), ("Alt+2", "zone-agenda"), ("Alt+1", "zone-call")):
        page.keyboard.press(key)
        assert page.evaluate(f"() => document.activeElement.closest('#{zone}') !== null"), key

    page.keyboard.press("Alt+0")
    expect(page.locator("#my-practices")).to_be_visible()


def test_the_sheet_lists_the_keys_and_one_can_be_changed(desk, tilleuls) -> None:
    page = desk(path=f"/desk/practices/{tilleuls.pk}/")

    page.keyboard.press("?")
    sheet = page.locator("#keys-sheet")
    expect(sheet).to_contain_text("Ouvrir la fiche d’urgence")
    sheet.locator("li", has_text="Lire la fiche d’accès").locator("button").click()
    page.keyboard.press("d")
    page.keyboard.press("Escape")
    page.keyboard.press("d")

    expect(page.locator("#access-fold")).to_have_attribute("open", "")
    page.reload()
    expect(page.locator("#access-fold kbd")).to_have_text("d")


def test_letters_typed_in_a_field_are_letters(desk, tilleuls) -> None:
    page = desk(path=f"/desk/practices/{tilleuls.pk}/")

    page.locator("#patient-text").click()
    page.keyboard.type("avnl?1")

    assert page.locator("#patient-text").input_value() == "avnl?1"
    expect(page.locator("#access-fold")).not_to_have_attribute("open", "")
    expect(page.locator("#keys-sheet")).not_to_be_visible()


def test_the_theme_is_chosen_and_painted_again_by_the_server(desk) -> None:
    page = desk()

    page.locator(".menu-button").click()
    page.locator("[data-theme=dark]").click()
    page.reload()

    assert page.evaluate("() => document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(16, 21, 30)"


def test_a_lost_network_is_told_and_nothing_typed_is_lost(desk, tilleuls) -> None:
    page = desk(path=f"/desk/practices/{tilleuls.pk}/")
    page.keyboard.press("F6")
    page.locator("#slot-compose textarea").first.fill("Rappeler avant midi")

    page.route("**/*", lambda route: route.abort())
    page.keyboard.press("Control+Enter")

    expect(page.locator("#net-strip")).to_contain_text("La connexion est coupée")
    expect(page.locator("#slot-compose textarea").first).to_have_value("Rappeler avant midi")


def test_a_message_that_has_left_folds_its_form_away(desk, tilleuls) -> None:
    page = desk(path=f"/desk/practices/{tilleuls.pk}/")
    fold, body = page.locator("#compose-fold"), page.locator("#slot-compose textarea[name=body]")
    page.keyboard.press("F6")
    body.focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#slot-compose .is-invalid").first).to_be_visible()
    expect(fold).to_have_attribute("open", "")

    body.fill("Demande une copie de son compte rendu")
    page.locator("#slot-compose input[name=caller_name]").fill("Mme Kervella")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#toasts")).to_contain_text("Message envoyé")
    expect(fold).not_to_have_attribute("open", "")
    expect(fold.locator("summary")).to_be_focused()
    page.keyboard.press("F6")
    expect(body).to_be_visible()
    expect(body).to_have_value("")


def test_the_agenda_keeps_its_tools_on_one_line(desk, tilleuls) -> None:
    page = desk(path=f"/desk/practices/{tilleuls.pk}/")
    heights = "() => [...document.querySelectorAll('#agenda-toolbar > :not(input)')].map((part) => part.offsetTop + part.offsetHeight / 2)"
    for size in ({"width": 1440, "height": 900}, {"width": 1280, "height": 720}):
        page.set_viewport_size(size)
        expect(page.locator("#agenda-toolbar .agenda-date")).to_be_visible()
        middles = page.evaluate(heights)
        assert max(middles) - min(middles) < 6, size


def test_the_calendar_button_opens_the_browsers_own(desk, tilleuls) -> None:
    page = desk(path=f"/desk/practices/{tilleuls.pk}/")
    page.evaluate(
        "() => { HTMLInputElement.prototype.showPicker = function () { window.opened = this.id; }; }"
    )
    page.locator("#agenda-pick").click()
    assert page.evaluate("() => window.opened") == "agenda-date"

    page.locator("#agenda-date").focus()
    expect(page.locator("#agenda-date")).to_have_css("opacity", "1")
    page.locator("#agenda-date").fill("2027-03-17")
    expect(page.locator(".agenda-date")).to_contain_text("mercredi 17 mars 2027")


def test_a_toast_offers_to_undo(desk) -> None:
    page = desk()
    asked: list[str] = []
    page.route("**/refaire/", lambda route: (asked.append(route.request.method), route.fulfill(status=204)))

    page.evaluate(
        "() => document.body.dispatchEvent(new CustomEvent('toast', {detail: {text: 'Annulé.', undo: '/refaire/'}}))"
    )
    expect(page.locator("#toasts")).to_contain_text("Annulé.")
    page.keyboard.press("Control+z")

    expect(page.locator("#toasts .toast-calm")).to_have_count(0)
    page.wait_for_timeout(100)
    assert asked == ["POST"]


def test_on_a_phone_one_zone_at_a_time(desk, tilleuls) -> None:
    page = desk(width=390, height=844, path=f"/desk/practices/{tilleuls.pk}/")

    expect(page.locator("#zone-call")).to_be_visible()
    page.get_by_role("tab", name="Patient").click()
    expect(page.locator("#zone-patient")).to_be_visible()
    expect(page.locator("#zone-call")).not_to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (390, 844)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows(desk, awa, tilleuls, width, height, theme) -> None:
    page = desk(width=width, height=height, theme=theme)
    assert_clean(page)

    put_call_in_hand(user=awa, practice=tilleuls, **RINGING)
    page.evaluate(SAY_RINGING)
    expect(practice_name(page)).to_be_visible()
    expect(page.locator("#current-call")).to_be_visible()
    assert_clean(page)


@pytest.mark.parametrize("opener", ["Control+k", "?", "F9"])
def test_axe_finds_nothing_in_what_opens_over_the_desk(desk, tilleuls, opener) -> None:
    page = desk(path=f"/desk/practices/{tilleuls.pk}/")

    page.keyboard.press(opener)
    expect(page.locator("dialog:modal")).to_be_visible()
    page.wait_for_timeout(400)

    assert_clean(page)


def test_zones_stay_where_they_are_from_ringing_to_talking(desk, awa, tilleuls) -> None:
    page = desk()
    put_call_in_hand(user=awa, practice=tilleuls, **RINGING)
    page.evaluate(SAY_RINGING)
    expect(page.locator("#agenda-panel")).to_be_visible()
    before = {
        zone: page.locator(f"#{zone}").bounding_box() for zone in ("zone-call", "zone-agenda", "zone-patient")
    }
    page.evaluate("() => { document.querySelector('#agenda-panel').dataset.same = 'yes'; }")

    post = awa.post
    post.state = "on_call"
    post.save()
    page.evaluate(SAY_PHONE)
    expect(page.locator("#phone-bar.is-on_call")).to_be_visible()

    assert {zone: page.locator(f"#{zone}").bounding_box() for zone in before} == before
    assert page.locator("#agenda-panel").get_attribute("data-same") == "yes"


def assert_clean(page: Page) -> None:
    page.wait_for_timeout(150)
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
