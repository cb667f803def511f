"""One neutral telling of the story per run; the others are compared with it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.settings import Settings
from tests.telegram.house import a_desk
from tests.telegram.story import CHAT, Neutral, Seen, Step, plan

COLLECTED = pytest.StashKey[list[str]]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Remembers all that was collected, before long tests are left out: docs/telegram-gedrag.md counts them."""
    config.stash[COLLECTED] = [item.nodeid for item in items]


@dataclass
class Telling:
    steps: list[Step]
    seen: list[Seen]
    calls: list[int]
    heard: list[int]  # how many things the visitor said are stored after each step
    said: list[str]  # what the visitor said, as it is stored


@pytest.fixture(scope="session")
def neutral_telling() -> Telling:
    import asyncio

    async def tell() -> Telling:
        async with a_desk(Settings(database_url="memory:")) as desk:
            neutral = Neutral(desk)
            told: list[Seen] = []
            heard: list[int] = []

            async def said() -> list[str]:
                talk = await desk.store.conversation_at("telegram", "neutral", str(CHAT))
                assert talk is not None
                return [row.message.text for row in await desk.store.messages(talk.id) if row.sender == "visitor"]

            async def play(step: Step) -> Seen:
                told.append(await neutral.play(step))
                heard.append(len(await said()))
                return told[-1]

            steps = await plan(play, neutral)
            return Telling(steps, told, neutral.calls, heard, await said())

    return asyncio.run(tell())
