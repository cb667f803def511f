"""A channel of your own, as CONTRIBUTING.md tells it: what comes in goes to the desk, what comes out is fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from bot.cleaning import clean_text
from bot.clock import AMSTERDAM
from bot.desk import Desk
from bot.settings import Settings
from flows.events import Said
from storage import actions as a
from storage.messages import Incoming
from storage.store import open_store
from tests.shipped import shipped

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=AMSTERDAM)


class Pigeons:
    """The whole channel: letters with a number, so that one that is delivered twice is read once."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._read = desk, dict[str, int]()

    async def arrives(self, loft: str, number: int, text: str) -> None:
        """Acknowledge the pigeon only after this returned: then the turn is on disk."""
        event = Said(clean_text(text))
        await self._desk.receive(Incoming("pigeon", loft, event, self._desk.clock(), f"{loft}:{number}"))

    async def fetch(self, loft: str) -> list[str]:
        """What was said to this loft since the last time, by the desk or by a coach."""
        talk = await self._desk.store.conversation_at("pigeon", "", loft)
        if talk is None:
            return []
        log = await self._desk.store.messages(talk.id, after=self._read.get(loft, 0))
        self._read[loft] = log[-1].seq if log else self._read.get(loft, 0)
        return [row.message.text for row in log if row.sender != "visitor" and not row.private]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    store = await open_store("memory:", clock=lambda: NOW)
    opened = Desk(shipped(), store, Settings(), clock=lambda: NOW)
    yield opened
    await opened.aclose()
    await store.aclose()


async def test_a_channel_of_forty_lines_carries_a_conversation_a_repeat_and_a_coach(desk: Desk) -> None:
    pigeons = Pigeons(desk)
    await pigeons.arrives("duif 7", 1, "ik zoek werk in Tiel")
    assert "In welk soort werk wilt u aan de slag?" in "\n".join(await pigeons.fetch("duif 7"))
    await pigeons.arrives("duif 7", 1, "ik zoek werk in Tiel")
    assert await pigeons.fetch("duif 7") == [], "delivered twice, read once"
    for number, text in enumerate(("bel mij", "0612345678", "'s ochtends"), start=2):
        await pigeons.arrives("duif 7", number, text)
    talk = await desk.store.conversation_at("pigeon", "", "duif 7")
    assert talk is not None
    anna = await desk.store.add_staff("anna", "Anna", "coach")
    await desk.store.act(a.Claim(talk.case, anna.id))
    await pigeons.fetch("duif 7")
    await desk.store.act(a.Reply(talk.case, anna.id, "Goedemorgen!", "een"))
    assert await pigeons.fetch("duif 7") == ["Goedemorgen!"]
    assert await pigeons.fetch("een andere duif") == []
