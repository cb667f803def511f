"""kill -9 in the middle of everything: no turn is lost, none is done twice, and no visitor sees more than one echo."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storage.store import open_store
from tests.telegram.fake_api import BOT, TOKEN, FakeApi, serve

ROOT = Path(__file__).resolve().parents[2]
CHATS = (11, 12, 13)


class Desk:
    """The process, started and ended as an operator or a power cut does."""

    def __init__(self, api: FakeApi, folder: Path, library: str) -> None:
        self._api, self._folder, self._library = api, folder, library
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        quiet = {name: value for name, value in os.environ.items() if not name.startswith("LOKET_")}
        environment = {
            **quiet, "LOKET_TELEGRAM_TOKEN": TOKEN, "LOKET_TELEGRAM_API_BASE": self._api.base, "LOKET_PORT": "0",
            "LOKET_DATA": str(self._folder), "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        polls = self._api.polls
        command = (sys.executable, "-m", "tests.telegram.child", self._library)
        quiet_please = asyncio.subprocess.DEVNULL
        with (self._folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=environment, stdout=quiet_please, stderr=log
            )
        await self._api.until(lambda: self._api.polls > polls, "the desk to poll", patience=90)

    async def end(self, how: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        async with asyncio.timeout(30):  # ten seconds on a machine of its own
            return await self.process.wait()


@asynccontextmanager
async def a_desk(folder: Path, library: str) -> AsyncIterator[tuple[FakeApi, Desk]]:
    async with serve() as api:
        desk = Desk(api, folder, library)
        await desk.start()
        try:
            yield api, desk
        finally:
            if desk.process is not None and desk.process.returncode is None:
                desk.process.kill()
                await desk.process.wait()


async def stored(folder: Path, chat: int) -> list[str]:
    """What the desk kept of what this visitor said."""
    store = await open_store(f"sqlite:///{folder / 'loket.db'}")
    try:
        talk = await store.conversation_at("telegram", BOT, str(chat))
        assert talk is not None
        return [row.message.text for row in await store.messages(talk.id) if row.sender == "visitor"]
    finally:
        await store.aclose()


@pytest.mark.parametrize(
    ("library", "kills"), [("ptb", 1), ("aiogram", 1), pytest.param("ptb", 12, marks=pytest.mark.long)]
)
async def test_kill_9_loses_nothing_and_doubles_nothing(library: str, kills: int, tmp_path: Path) -> None:
    chance = random.Random(20261121)  # the same kills every time
    said: dict[int, list[str]] = {chat: [] for chat in CHATS}
    async with a_desk(tmp_path, library) as (api, desk):
        for chat in CHATS:
            await api.send(chat, text="ik heb werk en wil leren")
            said[chat].append("ik heb werk en wil leren")
        for round_ in range(kills):
            for number in range(3):
                for chat in CHATS:
                    text = f"bericht {round_} {number} van {chat}"
                    await api.send(chat, text=text)
                    said[chat].append(text)
            await asyncio.sleep(chance.uniform(0, 0.12))
            await desk.end(signal.SIGKILL)
            await desk.start()
        for chat in CHATS:
            await api.send(chat, text="/overzicht")
            said[chat].append("/overzicht")
        await api.until(lambda: api.confirmed, "everything confirmed")
        for chat in CHATS:
            here = api.chat(chat)
            await api.until(lambda here=here, chat=chat: len(here.shown) >= len(said[chat]), "every answer")  # type: ignore[misc]
        assert await desk.end(signal.SIGTERM) == 0
        for chat in CHATS:
            assert await stored(tmp_path, chat) == said[chat]
        assert api.violations == []
        assert TOKEN not in (tmp_path / "log").read_text()


async def test_a_normal_stop_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with a_desk(tmp_path, "ptb") as (api, desk):
        for number in range(8):
            await api.send(11, text=f"bericht {number}")
        await api.until(lambda: bool(api.chat(11).shown), "a first answer")
        assert await desk.end(signal.SIGTERM) == 0
        before = len(api.chat(11).shown)
        await desk.start()
        await api.send(11, text="/overzicht")
        await api.until(lambda: api.confirmed and len(api.chat(11).shown) >= 9, "all answers")
        assert before <= 9
        assert await desk.end(signal.SIGTERM) == 0
        assert await stored(tmp_path, 11) == [*(f"bericht {number}" for number in range(8)), "/overzicht"]
