"""Coming in, in a real browser: with the strict policy in force, by keyboard, with assistive technology, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.browsing import AXE_TAGS, IN_A_BROWSER, Screen, axe, chrome, too_wide
from tests.web.login_journey import (
    invitation,
    office,
    set_code,
    sign_on_journey,
    watching_journey,
    with_password,
)
from tests.web.oidc_provider import OidcProvider
from tests.web.serving import PASSWORD, Running

__all__ = ["chrome"]

pytestmark = IN_A_BROWSER
JOURNEYS = {"sign-on": sign_on_journey, "watching": watching_journey}


@pytest.fixture
def desk() -> Iterator[tuple[Running, OidcProvider]]:
    with office() as made:
        yield made


def complained(screen: Screen) -> list[str]:
    """What the browser says about the pages; that a page answers with 503 is meant here."""
    return [one for one in screen.complaints if "status of 503" not in one]


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_any_page_of_coming_in_and_watching(desk: Any, chrome: Any, size: tuple[int, int]):
    found: list[str] = []
    seen: list[str] = []

    def look(page: Any, name: str) -> None:
        seen.append(name)
        for one in axe(page, {"type": "tag", "values": AXE_TAGS}):
            found.append(f"{name}: {one['id']} {one['nodes'][0]['html'][:100]}")
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, a.nl-button, input:not([type=hidden]), select, textarea')]
            .filter(e => e.offsetParent && !e.closest('.nl-skip-link') && !e.matches('[type=checkbox]'))
            .filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 80))"""
        )
        found.extend(f"{name}: too small to touch {one}" for one in small)
        if size[0] < 1000:
            found.extend(f"{name}: {one}" for one in too_wide(page))

    running, provider = desk
    for journey in JOURNEYS.values():
        screen = Screen(chrome, *size)
        journey(running, provider, screen.page, look)
        screen.context.close()
        assert complained(screen) == []
    assert found == []
    assert len(seen) == len(set(seen)) == (23 if size[0] > 1000 else 24)  # a phone folds the menu


def test_logging_in_and_proving_it_again_with_the_keyboard_only(desk: Any, chrome: Any):
    running, _ = desk
    totp = set_code(running, "ada")
    screen = Screen(chrome)
    page, keys = screen.page, screen.page.keyboard

    def focus() -> str:
        said: str = page.evaluate(
            "(document.activeElement.innerText || document.activeElement.id || document.activeElement.tagName).trim()"
        )
        return said

    def tab_to(words: str) -> None:
        for _ in range(60):
            if focus() == words:
                return
            keys.press("Tab")
        raise AssertionError(f"the keyboard does not reach {words}; it is at {focus()}")

    page.goto(f"{running.url}/desk/login")
    tab_to("Inloggen met een wachtwoord")
    keys.press("Enter")
    tab_to("login")
    keys.type("ada")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.get_by_role("heading", name="Controlecode").wait_for()
    tab_to("code")
    keys.type(totp.at(running.clock.now))
    keys.press("Enter")
    page.wait_for_url("**/desk/beheer")
    running.clock.forward(minutes=11)
    page.goto(f"{running.url}/desk/logboek")
    tab_to("Download als CSV")
    keys.press("Enter")
    page.get_by_role("heading", name="Bevestig dat u het bent").wait_for()
    tab_to("proof")
    keys.type(totp.at(running.clock.now))
    keys.press("Enter")
    page.get_by_text("Bedankt, wij weten nu weer dat u het bent").wait_for()
    tab_to("Download als CSV")
    with page.expect_download() as download:
        keys.press("Enter")
    assert download.value.suggested_filename == "logboek.csv"
    screen.context.close()
    assert complained(screen) == []


def test_a_session_that_is_about_to_end_says_so_and_can_go_on(desk: Any, chrome: Any):
    running, _ = desk
    screen = Screen(chrome)
    page = screen.page
    page.clock.install()
    with_password(page, running.url, "ada")
    page.wait_for_url("**/desk/beheer")
    page.clock.fast_forward(27 * 60 * 1000)
    assert page.locator("#sessie").inner_text() == ""
    page.clock.fast_forward(90 * 1000)
    page.get_by_text("Over 2 minuten wordt u uitgelogd").wait_for()
    running.clock.forward(minutes=28)
    page.get_by_role("button", name="Blijf ingelogd").click()
    page.locator("#sessie p").wait_for(state="detached")
    running.clock.forward(minutes=29)
    page.goto(f"{running.url}/desk/logboek")
    page.get_by_role("heading", name="Logboek").wait_for()
    page.clock.fast_forward(31 * 60 * 1000)
    page.clock.fast_forward(3 * 60 * 1000)
    page.get_by_text("U bent uitgelogd").wait_for()
    assert page.get_by_role("link", name="Log opnieuw in").get_attribute("href") == "/desk/login?next=%2Fdesk%2Flogboek"
    screen.context.close()
    assert complained(screen) == []


def test_without_scripts_a_coach_comes_in_and_proves_it_again(desk: Any, chrome: Any):
    running, provider = desk
    screen = Screen(chrome, java_script_enabled=False)
    seen: list[str] = []
    sign_on_journey(running, provider, screen.page, lambda page, name: seen.append(name))
    page = screen.page
    page.goto(f"{running.url}/desk/welkom/{invitation(running, 'ada')}")
    page.fill("#password", "een heel eigen zin")
    page.get_by_role("button", name="Bewaar en log in").click()
    page.wait_for_url("**/desk/beheer")
    running.clock.forward(minutes=11)
    page.fill("#i-login", "emre")
    page.fill("#i-name", "Emre")
    page.get_by_role("button", name="Maak uitnodiging").click()
    page.fill("#proof", "een heel eigen zin")
    page.get_by_role("button", name="Ga verder").click()
    page.get_by_text("Emre kan inloggen met het werkaccount emre").wait_for()
    screen.context.close()
    assert "login-after-logout" in seen
