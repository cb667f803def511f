"""One neutral telling of the story per run; the others are compared with it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.settings import Settings
from tests.telegram.house import a_desk
from tests.telegram.story import Neutral, Seen, Step, plan


@dataclass
class Telling:
    steps: list[Step]
    seen: list[Seen]
    calls: list[int]


@pytest.fixture(scope="session")
def neutral_telling() -> Telling:
    import asyncio

    async def tell() -> Telling:
        async with a_desk(Settings(database_url="memory:")) as desk:
            neutral = Neutral(desk)
            told: list[Seen] = []

            async def play(step: Step) -> Seen:
                told.append(await neutral.play(step))
                return told[-1]

            steps = await plan(play, neutral)
            return Telling(steps, told, neutral.calls)

    return asyncio.run(tell())
