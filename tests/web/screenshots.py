"""Pictures of every page state: `python -m tests.web.screenshots [folder]`, at 1440, 390 and 320 pixels wide.

The same journey serves the accessibility test: `journey` walks it and calls `look(page, name)` at each state.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

from knowledge.content import SHIPPED
from tests.web.rare_states import client_states, desk_states, plan_on_paper
from tests.web.serving import PASSWORD, Running, running

CHROMIUM = "/usr/bin/chromium"
ARGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = ((1440, 900), (390, 844), (320, 640))
Look = Callable[[Any, str], None]


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        try:
            yield made
        finally:
            made.close()


def say(page: Any, text: str) -> None:
    """Types a message and waits until the desk has answered it."""
    before = page.locator(".msg").count()
    page.fill("#bericht", text)
    page.press("#bericht", "Enter")
    page.locator(".msg").nth(before + 1).wait_for()


def follow(page: Any, button: Any) -> None:
    """Presses what leads to another page and waits until that page stands there."""
    with page.expect_navigation():
        button.click()


def until_advice(page: Any) -> None:
    """Answers with the first button until a card stands on the page, whatever the flows ask today."""
    for _ in range(8):
        if page.locator(".card").count():
            return
        before = page.locator(".msg").count()
        choices = page.locator(".msg:not(.past) form.answer .choices:not(.rest) button")
        (choices.first if choices.count() else page.get_by_role("button", name="Weet ik niet").last).click()
        page.locator(".msg").nth(before + 1).wait_for()
    raise AssertionError("no advice after eight answers")


def log_in(page: Any, url: str, name: str = "sanne") -> None:
    page.goto(f"{url}/desk/login")
    page.fill("#login", name)
    page.fill("#password", PASSWORD)
    follow(page, page.locator(".nl-button--primary"))
    page.wait_for_url("**/desk")


def client_journey(desk: Running, page: Any, look: Look) -> None:
    """A baker asks, hears, and wants to be called."""
    page.goto(f"{desk.url}/chat")
    look(page, "chat-welcome")
    say(page, "heb een bakkerij met 6 man in tiel, is er subsidie om ze te scholen")
    look(page, "chat-question")
    until_advice(page)
    look(page, "chat-advice")
    page.locator(".card summary").first.click()
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    look(page, "chat-card-open")
    for path, name in (("plan", "plan"), ("overzicht", "overview"), ("wis", "wipe"), ("verder", "resume")):
        page.goto(f"{desk.url}/chat/{path}")
        look(page, f"chat-{name}")
    follow(page, page.locator("form[action='/chat/verder/code'] button").first)
    look(page, "chat-resume-code")
    page.goto(f"{desk.url}/chat")
    page.locator("button[value=call_me]").last.click()
    page.get_by_text("Op welk nummer").last.wait_for()
    say(page, "0612345678")
    say(page, "ochtend")
    look(page, "chat-waiting")
    page.goto(f"{desk.url}/chat?lang=en")
    look(page, "chat-again")


def pages_around(desk: Running, page: Any, look: Look) -> None:
    for path in ("privacy", "bronnen", "toegankelijkheid", "voorbeeld", "nergens", "desk/login", "chat/klaar?erased=1"):
        page.goto(f"{desk.url}/{path}")
        look(page, "page-" + path.replace("/", "-").split("?")[0])


def coach_journey(desk: Running, page: Any, look: Look) -> None:
    log_in(page, desk.url)
    look(page, "desk-today")
    follow(page, page.locator(".today .who a").first)
    look(page, "desk-case-waiting")
    follow(page, page.locator("form[action$='/oppakken'] button"))
    look(page, "desk-case-mine")
    page.fill("#antwoord", "Goedemorgen! Ik zoek uit welk fonds bij uw bakkerij hoort.")
    follow(page, page.locator("#antwoord-form .nl-button--primary"))
    page.fill("#notitie", "Klant heeft haast, wil voor de zomer starten.")
    follow(page, page.get_by_role("button", name="Bewaar notitie"))
    page.locator("summary", has_text="Opvolging plannen").click()
    page.fill("#fu-title", "Terugbellen over het fonds")
    page.fill("#fu-on", "24-11-2026")
    follow(page, page.get_by_role("button", name="Plan", exact=True))
    page.locator(".fits summary").first.click()
    look(page, "desk-case-busy")
    for path in (
        "desk",
        "desk/inbox?tab=mine",
        "desk/agenda",
        "desk/zoek",
        "desk/cijfers",
        "desk/kennis",
        "desk/nieuw",
        "desk/account?code=nieuw",
        "desk/beheer",
    ):
        page.goto(f"{desk.url}/{path}")
        look(page, path.replace("/", "-").split("?")[0] + ("" if path != "desk" else "-today-2"))


def keeper_journey(desk: Running, page: Any, look: Look) -> None:
    """A coordinator plans, keeps templates and a calendar, and checks an entry again. The desk has a pack."""
    log_in(page, desk.url, "noor")
    page.goto(f"{desk.url}/desk/inbox?tab=all")
    follow(page, page.locator(".inbox .who a").first)
    if page.locator("form[action$='/oppakken'] button").count():
        follow(page, page.locator("form[action$='/oppakken'] button"))
    elif page.locator("summary", has_text="Overnemen van").count():
        page.locator("summary", has_text="Overnemen van").click()
        page.fill("#take-why", "Collega is vandaag vrij.")
        follow(page, page.get_by_role("button", name="Neem over"))
    follow(page, page.get_by_role("button", name="Niet bereikt"))
    page.locator("#opvolging summary").click()
    page.select_option("#fu-template", index=1)
    page.fill("#fu-title", "het fonds")
    look(page, "desk-case-not-reached")
    follow(page, page.get_by_role("button", name="Plan", exact=True))
    page.locator(".fits summary", has_text="Voorwaarden").first.click()
    page.locator(".doubt summary").first.click()
    look(page, "desk-case-doubt")
    page.goto(f"{desk.url}/desk/agenda")
    follow(page, page.locator("#kalender button").first)
    look(page, "desk-agenda-address")
    page.goto(f"{desk.url}/desk/kennis/leeroverzicht")
    look(page, "desk-knowledge-entry")
    page.select_option("#k-status", "closed" if page.input_value("#k-status") != "closed" else "open")
    follow(page, page.get_by_role("button", name="Laat zien wat er verandert"))
    look(page, "desk-knowledge-change")
    follow(page, page.get_by_role("button", name="Bewaar", exact=True))
    look(page, "desk-knowledge-saved")
    page.fill("#k-checked", "gisteren")
    follow(page, page.get_by_role("button", name="Laat zien wat er verandert"))
    look(page, "desk-knowledge-wrong")


@contextmanager
def running_with_a_pack() -> Iterator[Running]:
    """A desk whose knowledge may be changed: the shipped content, and a pack for what is found."""
    with TemporaryDirectory() as folder:
        copy(SHIPPED / "desk.yaml", folder)
        with running(content=Path(folder)) as desk:
            yield desk


def admin_journey(desk: Running, page: Any, look: Look) -> None:
    log_in_admin(page, desk.url)
    look(page, "desk-admin")


def log_in_admin(page: Any, url: str) -> None:
    page.goto(f"{url}/desk/login")
    page.fill("#login", "ada")
    page.fill("#password", PASSWORD)
    follow(page, page.locator(".nl-button--primary"))
    page.wait_for_url("**/desk/beheer")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with browser() as chrome:
        for width, height in SIZES:
            size = {"width": width, "height": height}

            def look(page: Any, name: str, width: int = width) -> None:
                page.wait_for_timeout(100)
                wide = page.evaluate("document.documentElement.scrollWidth")
                whole = not page.locator("#chat").count()  # the chat is seen as on a screen: its foot stays in view
                if whole:
                    page.evaluate("window.scrollTo(0, 0)")
                page.screenshot(path=folder / f"{name}-{width}.png", full_page=whole)
                if wide > width:
                    print(f"{name} at {width}: scrolls sideways to {wide}")

            def new_page(size: dict[str, int] = size, **more: Any) -> Any:
                page = chrome.new_context(viewport=size, locale="nl-NL", **more).new_page()
                page.on("pageerror", lambda error: print("error:", error))
                return page

            with running_with_a_pack() as desk:
                for journey in (client_journey, pages_around, coach_journey, keeper_journey, admin_journey):
                    journey(desk, new_page(), look)
            with running(telegram_token="1:x") as desk:
                client_states(desk, new_page, look)
                plan_on_paper(desk, new_page(), look, until_advice)
                desk_states(desk, new_page, look)
            for context in chrome.contexts:
                context.close()
    coming_in(folder)


def coming_in(folder: Path) -> None:
    """The same for logging in, proving it again and watching over the desk."""
    from tests.web.login_journey import office, sign_on_journey, watching_journey

    with browser() as chrome:
        for width, height in SIZES:

            def look(page: Any, name: str, width: int = width) -> None:
                page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)

            with office() as (desk, provider):
                for journey in (sign_on_journey, watching_journey):
                    context = chrome.new_context(viewport={"width": width, "height": height}, locale="nl-NL")
                    journey(desk, provider, context.new_page(), look)
                    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
