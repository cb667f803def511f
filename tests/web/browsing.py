"""Browsers for tests: one Chromium per file, a screen per person, and what its pages complain about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from bot.desk import Desk
from bot.web.security import hashed, new_token
from flows.events import Said, Started
from storage.messages import Incoming
from tests.web.screenshots import CHROMIUM, browser, running_with_a_pack
from tests.web.serving import Running, running

AXE_SCRIPT = Path(axe_playwright_python.__file__).parent / "axe.min.js"
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed"),
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALL = """() => [...document.querySelectorAll(
    'button, .nl-button, summary, nav a, select, textarea, input:not([type=hidden]):not([type=checkbox])')]
    .filter(one => one.offsetParent && one.getBoundingClientRect().height < 43.5)
    .map(one => one.outerHTML.slice(0, 90) + ' ' + one.getBoundingClientRect().height)"""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with browser() as made:
        yield made


@pytest.fixture
def desk() -> Iterator[Running]:
    with running() as made:
        yield made


@pytest.fixture
def whole_desk() -> Iterator[Running]:
    """With a pack, so that every page has every state."""
    with running_with_a_pack() as made:
        yield made


def axe(page: Any, only: dict[str, Any]) -> list[dict[str, Any]]:
    """What axe-core has against the page as it stands now. Its script is read once per page, not once per question."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT.read_text(encoding="utf-8"))
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = page.evaluate(
        "async (options) => (await axe.run(document, options)).violations", options
    )
    return found


SPACED = """() => {
    const spacing = new CSSStyleSheet();
    spacing.replaceSync(
        '* {line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important}' +
        'p {margin-bottom: 2em !important}');
    document.adoptedStyleSheets.push(spacing);
    const wide = document.documentElement.scrollWidth;
    document.adoptedStyleSheets.pop();
    return wide;
}"""


def too_wide(page: Any, width: int = 320) -> list[str]:
    """How the page scrolls sideways on a phone as small as that, also with the wide letters somebody may need."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 640})
    found = {"": page.evaluate("document.documentElement.scrollWidth"), " with wide letters": page.evaluate(SPACED)}
    page.set_viewport_size(before)
    return [f"{wide} wide{how} on a screen of {width}" for how, wide in found.items() if wide > width]


class Screen:
    """A browser of one person. Collects what the page complains about."""

    def __init__(self, chrome: Any, width: int = 1280, height: int = 800, **more: Any) -> None:
        self.context = chrome.new_context(viewport={"width": width, "height": height}, locale="nl-NL", **more)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        self.page.on(
            "console",
            lambda said: (
                self.complaints.append(said.text) if said.type == "error" and "status of 4" not in said.text else None
            ),
        )


@pytest.fixture
def screen(chrome: Any) -> Iterator[Any]:
    made: list[Screen] = []

    def new(*sizes: int, **more: Any) -> Screen:
        made.append(Screen(chrome, *sizes, **more))
        return made[-1]

    yield new
    for one in made:
        one.context.close()
        assert one.complaints == []


# ---- people -------------------------------------------------------------------------------------------------------

TOKEN = "w" * 43  # the cookie of the one visitor
WORDS = ("heb een bakkerij met 6 man in tiel", "bel mij", "0612345678", "ochtend")


def a_case(desk: Running) -> str:
    """A baker asks to be called; the code of the case."""

    async def ask(here: Desk) -> str:
        code = ""
        for number, event in enumerate((Started(), *map(Said, WORDS))):
            code = (await here.receive(Incoming("web", hashed(TOKEN), event, here.clock(), f"first-{number}"))).case
        return code

    return desk.do(ask)


def client_of(desk: Running, screen: Callable[..., Any]) -> Any:
    """The visitor's phone, with the conversation on it."""
    made = screen(390, 844)
    made.context.add_cookies([{"name": "loket", "value": TOKEN, "url": desk.url}])
    made.page.goto(f"{desk.url}/chat")
    return made.page


def coach_of(desk: Running, screen: Callable[..., Any], name: str, code: str) -> Any:
    """The screen of a coach who has logged in and opened this case."""
    made, token = screen(), new_token()

    async def let_in(here: Desk) -> None:
        staff = await here.store.staff(name)
        assert staff is not None
        await here.store.open_session(hashed(token), staff.id, here.clock(), True)

    desk.do(let_in)
    made.context.add_cookies([{"name": "desk", "value": token, "url": desk.url}])
    made.page.goto(f"{desk.url}/desk/g/{code}")
    return made.page
