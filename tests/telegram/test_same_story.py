"""The same story through both libraries, by every way in: what the visitor sees is equal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.settings import Settings
from tests.telegram.conftest import Telling
from tests.telegram.hosts import AS_A_GUEST
from tests.telegram.house import LIBRARIES, WAYS, House, a_desk
from tests.telegram.story import START, Neutral, OnTelegram, Said_

AS_GUESTS_START = Said_(START.event, {"text": "/loket"})


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


@pytest.mark.parametrize("way", AS_A_GUEST)
async def test_the_story_is_the_same_in_somebody_elses_bot(way: str, neutral_telling: Telling) -> None:
    steps = [AS_GUESTS_START if step == START else step for step in neutral_telling.steps]
    async with AS_A_GUEST[way]() as house:
        await tell(house, replace(neutral_telling, steps=steps))


async def test_the_story_is_the_same_on_the_web(neutral_telling: Telling) -> None:
    async with a_desk(Settings(database_url="memory:")) as desk:
        page = Neutral(desk, "web")
        for number, (step, expected) in enumerate(zip(neutral_telling.steps, neutral_telling.seen, strict=True)):
            assert await page.play(step) == expected, f"step {number}: {step}"
