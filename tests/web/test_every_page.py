"""Every page in every state, on a desk and on a phone: assistive technology, fingers, narrow screens, wide letters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.browsing import AXE_TAGS, IN_A_BROWSER, SMALL, axe, chrome, screen, too_wide, whole_desk
from tests.web.screenshots import admin_journey, client_journey, coach_journey, keeper_journey, pages_around
from tests.web.serving import Running

__all__ = ["chrome", "screen", "whole_desk"]

pytestmark = IN_A_BROWSER
JOURNEYS = {
    "client": client_journey,
    "around": pages_around,
    "coach": coach_journey,
    "keeper": keeper_journey,
    "admin": admin_journey,
}


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_any_page_and_a_phone_shows_it_whole(whole_desk: Running, screen, size: tuple[int, int]):
    """On a phone buttons can be touched and nothing scrolls sideways, also at 320 and with wide letters."""
    found: list[str] = []

    def run(page: Any, name: str, only: dict[str, Any]) -> None:
        for violation in axe(page, only):
            for node in violation["nodes"][:3]:
                found.append(f"{name}: {violation['id']} {node['target']} {node['failureSummary'][:300]}")

    def look(page: Any, name: str) -> None:
        # a long answer is shown from its first line, and then a button may stand half behind what sticks to the edge
        page.evaluate("document.getElementById('chat') && scrollTo(0, document.documentElement.scrollHeight)")
        run(page, name, {"type": "tag", "values": AXE_TAGS})
        if size[0] > 1000:
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            run(page, f"{name} in the dark", {"type": "rule", "values": ["color-contrast"]})
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
        else:
            found.extend(f"{name}: {one}" for one in [*page.evaluate(SMALL), *too_wide(page)])

    for journey in JOURNEYS.values():
        journey(whole_desk, screen(*size, bypass_csp=True, reduced_motion="reduce").page, look)
    assert not found, "\n".join(found)
