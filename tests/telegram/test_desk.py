"""The desk between channels and store: in order per conversation, stored before it returns, closed without loss."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.lanes import Lanes
from bot.settings import Settings
from flows.events import Said, Started
from storage.base import NotStored
from storage.messages import Incoming
from tests.telegram.fake_api import BOT
from tests.telegram.house import LIBRARIES, a_desk, polling
from tests.telegram.tiny import tiny_step


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.step", tiny_step)


def said(desk: Any, text: str, number: int, who: str = "7") -> Incoming:
    return Incoming("telegram", who, Said(text), desk.clock(), str(number), BOT)


async def test_events_of_one_conversation_keep_their_order_and_others_go_beside() -> None:
    async with a_desk(Settings(database_url="memory:")) as desk:
        events = [
            desk.receive(said(desk, str(number), number * 10 + who, str(who))) for number in range(6) for who in (1, 2)
        ]
        results = await asyncio.gather(*events)
        texts = [result.outgoing[0].message.text for result in results]
        assert texts == [f"{number + 1}: {number}" for number in range(6) for _ in (1, 2)]


async def test_closing_waits_for_what_is_going_on_and_takes_nothing_new(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_desk(Settings(database_url="memory:")) as desk:
        real = desk.store.turn

        async def slow(*args: Any) -> Any:
            await asyncio.sleep(0.05)
            return await real(*args)

        monkeypatch.setattr(desk.store, "turn", slow)
        going = asyncio.create_task(desk.receive(said(desk, "nog net", 1)))
        await asyncio.sleep(0)
        await desk.aclose()
        assert going.done()
        assert (await going).turn is not None
        with pytest.raises(NotStored):
            await desk.receive(said(desk, "te laat", 2))


async def test_a_failing_event_does_not_hold_up_the_next() -> None:
    async with a_desk(Settings(database_url="memory:")) as desk:
        bad, good = desk.receive(said(desk, "fout", 1)), desk.receive(said(desk, "goed", 2))
        first, second = await asyncio.gather(bad, good, return_exceptions=True)
        assert isinstance(first, ValueError)
        assert not isinstance(second, BaseException)
        assert second.outgoing[0].message.text == "1: goed"


async def test_lanes_are_first_come_first_served_and_leave_nothing_behind() -> None:
    lanes, order = Lanes(), []

    async def work(number: int) -> None:
        async with lanes.turn("a"):
            await asyncio.sleep(0)
            order.append(number)

    await asyncio.gather(*(work(number) for number in range(20)))
    assert order == list(range(20))
    assert len(lanes) == 0


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_conversation_from_the_web_goes_on_in_telegram_with_a_code(library: str) -> None:
    async with polling(library) as house:
        desk = house.desk
        web = Incoming("web", "cookie", Started(), desk.clock(), "1")
        begun = await desk.receive(web)
        code = await desk.store.make_resume_code(begun.conversation)
        await house.api.send(7, text=f"/start r-{code}")
        await house.api.until(lambda: house.api.confirmed)
        await house.api.send(7, text="ik ga hier verder")
        async with asyncio.timeout(10):
            while not any(one.text == "2: ik ga hier verder" for one in house.api.chat(7).shown):
                await asyncio.sleep(0.01)
        here = await desk.store.conversation_at("telegram", BOT, "7")
        assert here is not None
        assert here.id == begun.conversation
