"""States that people seldom meet: errors, endings, no connection, two at once, other colours. For pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from tests.web.serving import PASSWORD, Running

Look = Callable[[Any, str], None]


def log_in(page: Any, url: str, name: str) -> None:
    page.goto(f"{url}/desk/login")
    page.fill("#login", name)
    page.fill("#password", PASSWORD)
    page.locator(".nl-button--primary").click()
    page.wait_for_url("**/desk*")


def say(page: Any, text: str) -> None:
    before = page.locator(".msg").count()
    page.fill("#bericht", text)
    page.press("#bericht", "Enter")
    page.locator(".msg").nth(before + 1).wait_for()


def client_states(desk: Running, new_page: Callable[..., Any], look: Look) -> None:
    page = new_page()
    page.goto(f"{desk.url}/chat")
    say(page, "ik wil niet meer leven")
    look(page, "chat-crisis")
    say(page, "heb een bakkerij met 6 man in tiel")
    page.locator(".bar .menu summary").click()
    look(page, "chat-languages-open")
    page.locator(".bar .menu summary").click()
    if page.locator(".dock .menu summary").is_visible():
        page.locator(".dock .menu summary").click()
        look(page, "chat-menu-open")
        page.locator(".dock .menu summary").click()
    page.goto(f"{desk.url}/chat/plan")
    look(page, "chat-plan-empty")
    page.goto(f"{desk.url}/scan")
    look(page, "scan-empty")
    page.goto(f"{desk.url}/chat")
    page.locator(".bar .menu summary").click()
    with page.expect_navigation():
        page.locator("button[value=ar]").click()
    look(page, "chat-arabic")
    page.locator(".bar .menu summary").click()
    with page.expect_navigation():
        page.locator("button[value=nl]").click()
    page.goto(f"{desk.url}/chat/verder")
    page.fill("#code", "FOUT-FOUT")
    page.locator("form[action='/chat/verder'] button").click()
    page.locator("[role=alert]").wait_for()
    look(page, "chat-resume-wrong")
    page.goto(f"{desk.url}/chat")
    page.context.set_offline(True)
    page.fill("#bericht", "wat kost het")
    page.press("#bericht", "Enter")
    page.locator("#notice:not([hidden])").wait_for()
    look(page, "chat-offline")
    page.context.set_offline(False)

    page = new_page()
    page.goto(f"{desk.url}/chat")
    say(page, "ik zoek werk in almere")
    for _ in range(25):
        page.request.post(f"{desk.url}/chat/zeg", form={"text": "hallo"}, headers={"origin": desk.url})
    page.fill("#bericht", "en nog een vraag")
    page.press("#bericht", "Enter")
    page.locator("#notice:not([hidden])").wait_for()
    look(page, "chat-too-fast")

    page = new_page()
    page.clock.install()
    page.goto(f"{desk.url}/chat")
    page.clock.fast_forward(13 * 60_000 + 10_000)
    look(page, "chat-idle-soon")
    page.clock.fast_forward(3 * 60_000)
    look(page, "chat-idle-cleared")

    page = new_page(color_scheme="dark")
    page.goto(f"{desk.url}/chat")
    say(page, "heb een bakkerij met 6 man in tiel, is er subsidie om ze te scholen")
    look(page, "dark-chat")
    page.goto(f"{desk.url}/chat/wis")
    look(page, "dark-wipe")
    page.goto(f"{desk.url}/bronnen")
    look(page, "dark-sources")

    page = new_page(forced_colors="active")
    page.goto(f"{desk.url}/chat")
    look(page, "forced-colours-chat")
    page.goto(f"{desk.url}/chat/verder")
    look(page, "forced-colours-resume")

    page = new_page()
    with patch("bot.web.pages.CONFIDENCE", {}):
        page.goto(f"{desk.url}/bronnen")
    look(page, "error-500")
    page.goto(f"{desk.url}/chat?embed=1")
    look(page, "chat-embedded")


def plan_on_paper(desk: Running, page: Any, look: Look, until_advice: Callable[[Any], None]) -> None:
    page.goto(f"{desk.url}/chat")
    say(page, "heb een bakkerij met 6 man in tiel, is er subsidie om ze te scholen")
    until_advice(page)
    page.goto(f"{desk.url}/chat/plan")
    page.emulate_media(media="print")
    look(page, "print-plan")


def desk_states(desk: Running, new_page: Callable[..., Any], look: Look) -> None:
    page = new_page()
    log_in(page, desk.url, "sanne")
    for path, name in (
        ("desk/nergens", "desk-not-found"),
        ("desk/g/K-9999", "desk-gone"),
        ("desk/beheer/coach", "desk-wrong-method"),
        ("desk/logboek", "desk-forbidden"),
        ("desk/zoek?q=heftruck", "desk-search-found"),
        ("desk/zoek?q=qqqq", "desk-search-nothing"),
        ("desk/inbox?tab=closed", "desk-inbox-empty"),
        ("desk/agenda?wie=team", "desk-agenda-team"),
        ("desk/telegram", "desk-telegram"),
    ):
        page.goto(f"{desk.url}/{path}")
        look(page, name)
    if page.locator("button[value=own]").count():
        page.locator("button[value=own]").click()
        page.locator("code.big").wait_for()
        look(page, "desk-telegram-code")
    page.goto(f"{desk.url}/desk/nieuw")
    page.fill("#name", "Wilhelmina van den Heuvel-Oosterlaken")
    page.fill("#phone", "0612345678")
    page.fill("#text", "Arbeidsongeschiktheidsverzekering en leerwerkloopbaanbegeleiding, graag vandaag bellen.")
    look(page, "desk-new-filled")
    page.locator("form[action='/desk/nieuw'] button").click()
    page.wait_for_url("**/desk/g/*")
    look(page, "desk-case-phoned")
    code = page.url.rpartition("/")[2].split("?")[0]

    other = new_page()
    log_in(other, desk.url, "bilal")
    other.goto(f"{desk.url}/desk/g/{code}")
    look(other, "desk-case-of-another")
    other.locator("summary", has_text="Overnemen van").click()
    other.fill("#take-why", "Sanne is vandaag vrij.")
    other.get_by_role("button", name="Neem over").click()
    other.wait_for_url(f"**/{code}*")
    page.fill("#antwoord", "Goedemorgen, ik bel u zo.")
    page.locator("#antwoord-form .nl-button--primary").click()
    page.locator("[role=alert] p").first.wait_for()
    look(page, "desk-case-lost")
    page.goto(f"{desk.url}/desk")
    look(page, "desk-today-practice")

    page = new_page()
    page.clock.install()
    log_in(page, desk.url, "noor")
    page.clock.fast_forward(29 * 60_000)
    page.locator("#sessie p").wait_for()
    look(page, "desk-session-ending")
    page.clock.fast_forward(3 * 60_000)
    look(page, "desk-session-ended")

    page = new_page(color_scheme="dark")
    log_in(page, desk.url, "noor")
    look(page, "dark-today")
    page.goto(f"{desk.url}/desk/g/{code}")
    look(page, "dark-case")
    page.goto(f"{desk.url}/desk/kennis")
    look(page, "dark-knowledge")

    page = new_page(forced_colors="active")
    log_in(page, desk.url, "noor")
    page.goto(f"{desk.url}/desk/inbox?tab=all")
    look(page, "forced-colours-inbox")
