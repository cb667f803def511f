"""The same story through both libraries, by every way in: what the visitor sees is equal."""

from __future__ import annotations

import pytest

from tests.telegram.conftest import Telling
from tests.telegram.house import LIBRARIES, WAYS, House
from tests.telegram.story import OnTelegram


async def tell(house: House, telling: Telling) -> None:
    visitor = OnTelegram(house.api, house.desk)
    for number, (step, expected, calls) in enumerate(zip(telling.steps, telling.seen, telling.calls, strict=True)):
        found = await visitor.play(step, calls)
        assert found == expected, f"step {number}: {step}"
    await house.api.until(lambda: house.api.confirmed and all(house.api.presses.values()), "everything confirmed")
    assert len(house.api.chat(7001).shown) == sum(telling.calls), "something came twice"
    assert house.api.violations == []


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("way", WAYS)
async def test_the_story_is_the_same(way: str, library: str, neutral_telling: Telling) -> None:
    async with WAYS[way](library) as house:
        await tell(house, neutral_telling)
