"""Asked to stop, a process is done in time whatever hangs, and the next one goes on where it was."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from bot.beside import beside
from bot.desk import Desk
from bot.stopping import HARD, WITHIN, Deadline, end_in_time
from tests.telegram.fake_api import FakeApi, Weather, serve
from tests.telegram.house import LIBRARIES, MorningClock, a_desk, settings
from tests.telegram.tiny import tiny_step

SHORT = 0.3  # seconds to stop in, here
NEVER = 60.0  # seconds that something hangs


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.step", tiny_step)


def test_all_waits_of_a_stop_share_one_deadline() -> None:
    now = [100.0]
    deadline = Deadline(8.0, lambda: now[0])
    assert not deadline.begun
    deadline.begin()
    assert deadline.left() == 8.0
    assert deadline.left(keep=0.5) == 4.0, "half of it stays for what follows"
    now[0] += 6.0
    deadline.begin()
    assert deadline.left() == 2.0, "asking again gives no more time"
    now[0] += 60.0
    assert 0 < deadline.left() < 0.1, "enough to see what is done already"


def test_a_process_that_hangs_is_ended_before_a_platform_would_kill_it() -> None:
    ended: list[int] = []
    end_in_time(0.0, ended.append).join(5.0)
    assert ended == [1]
    assert WITHIN < HARD < 10.0


async def stop(desk: Desk, running: Any) -> float:
    """Seconds that stopping took."""
    desk.deadline = Deadline(SHORT)
    began = time.monotonic()
    await running.__aexit__(None, None, None)
    return time.monotonic() - began


async def a_send(api: FakeApi, desk: Desk, hangs: Callable[[str, Any], None]) -> None:
    api.weather["sendMessage"].append(Weather(delay=NEVER))
    await api.send(7, text="hallo")
    while "sending" not in await desk.store.outbox_counts():
        await asyncio.sleep(0.005)


async def a_chat_told_to_wait(api: FakeApi, desk: Desk, hangs: Callable[[str, Any], None]) -> None:
    api.weather["sendMessage"].append(Weather(429, "Too Many Requests: retry after 30", retry_after=30))
    await api.send(7, text="hallo")
    while api.weather["sendMessage"]:
        await asyncio.sleep(0.005)


async def a_turn(api: FakeApi, desk: Desk, hangs: Callable[[str, Any], None]) -> None:
    begun = asyncio.Event()

    async def away(*_: Any) -> None:
        begun.set()
        await asyncio.sleep(NEVER)

    hangs("turn", away)
    await api.send(7, text="hallo")
    await asyncio.wait_for(begun.wait(), 5)


async def a_press(api: FakeApi, desk: Desk, hangs: Callable[[str, Any], None]) -> None:
    api.weather["answerCallbackQuery"].append(Weather(delay=NEVER))
    await api.send(7, text="hallo")
    await api.shows(7, 1)
    await api.press(7, "Ja")
    await api.shows(7, 2)


async def the_lease(api: FakeApi, desk: Desk, hangs: Callable[[str, Any], None]) -> None:
    async def away(*_: Any) -> None:
        await asyncio.sleep(NEVER)

    await api.send(7, text="hallo")
    await api.shows(7, 1)
    hangs("drop_lease", away)


HANGS = (a_send, a_chat_told_to_wait, a_turn, a_press, the_lease)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("hanging", HANGS)
async def test_whatever_hangs_stopping_is_in_time_and_nothing_is_lost(
    hanging: Any, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long poll stands open in every case. Afterwards another process finds what was left, also what was cut off."""
    async with serve() as api, a_desk(settings(api, library)) as desk:
        running = beside(desk)
        await running.__aenter__()
        await api.until(lambda: api.polls > 0, "a long poll")
        with monkeypatch.context() as patched:
            async with asyncio.timeout(10):
                await hanging(api, desk, lambda name, what: patched.setattr(desk.store, name, what))
            assert await stop(desk, running) < SHORT + 0.5
        desk.deadline = Deadline(SHORT)
        clock = desk.clock
        assert isinstance(clock, MorningClock)
        clock.forward(minutes=1)  # what was cut off is free again after half a minute
        async with beside(desk):
            await api.send(7, text="daarna")
            shown = await api.shows(7, 3 if hanging is a_press else 2)
            await api.until(lambda: api.confirmed, "everything confirmed")
        texts = [one.text for one in shown]
        assert (texts[0], texts[-1]) == ("1: hallo", f"{len(texts)}: daarna"), "each once, in order"
