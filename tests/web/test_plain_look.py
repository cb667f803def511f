"""The pages where the font and the components could not be fetched: our own rules for the same class names."""

from __future__ import annotations

from typing import Any

import pytest

from bot.web import render
from tests.web.browsing import AXE_TAGS, IN_A_BROWSER, SMALL, axe, chrome, desk, screen, too_wide
from tests.web.screenshots import log_in
from tests.web.serving import Running

__all__ = ["chrome", "desk", "screen"]

pytestmark = [
    *IN_A_BROWSER,
    pytest.mark.skipif(not render.was_fetched("components.css"), reason="nothing was fetched: all tests see this look"),
]
PAGES = ("chat", "chat/verder", "desk/nieuw", "desk/inbox?tab=all")
SHAPES = """() => [...document.querySelectorAll(
    '[class*=nl-], [class*=utrecht-alert], .utrecht-textbox, .utrecht-textarea, .utrecht-select, .utrecht-form-label')]
    .filter(one => one.offsetParent).map(one => {
        const style = getComputedStyle(one);
        const look = ['backgroundColor', 'color', 'borderTopColor', 'borderTopWidth', 'borderTopLeftRadius',
            'fontWeight', 'minHeight'];
        return one.className + ': ' + look.map(name => style[name]).join(', ');
    })"""


def test_without_fetched_files_the_pages_look_the_same_and_are_as_easy_to_use(
    desk: Running, screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = screen(390, 844, bypass_csp=True, reduced_motion="reduce").page
    log_in(page, desk.url, "noor")

    def looks() -> dict[str, Any]:
        found = {}
        for path in PAGES:
            page.goto(f"{desk.url}/{path}")
            found[path] = page.evaluate(SHAPES)
        return found

    fetched = looks()
    monkeypatch.setattr(render, "was_fetched", lambda name: False)
    assert looks() == fetched
    assert "/vendor/" not in page.content()

    complaints = []
    for path in PAGES:
        page.goto(f"{desk.url}/{path}")
        broken = [one["id"] for one in axe(page, {"type": "tag", "values": AXE_TAGS})]
        page.emulate_media(color_scheme="dark")
        broken += [f"{one['id']} in the dark" for one in axe(page, {"type": "rule", "values": ["color-contrast"]})]
        page.emulate_media(color_scheme="light")
        complaints += [f"{path}: {one}" for one in [*broken, *page.evaluate(SMALL), *too_wide(page)]]
    assert complaints == []
