"""Update in, durable turn, reply out: the desk through each library, beside a bare echo of that library in this run.

No socket: session and request answer as Telegram would, so that building a request and reading its answer are paid for.
An echo remembers nothing; a turn of the desk is on disk (SQLite, synchronous=FULL) before it counts.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.channels.telegram_carrier import Carrier
from bot.channels.telegram_receiver import Receiver
from bot.channels.telegram_sender import TelegramSender
from bot.clock import system_clock
from bot.desk import Desk, delivery_of
from bot.settings import Settings
from flows.content import Content
from storage.store import open_store
from tests.bench import peers
from tests.bench.intake import ten_questions
from tests.bench.measuring import Figure, measure_async, of

TOGETHER = 16  # conversations at the same time
Give = Callable[[dict[str, Any]], Awaitable[Any]]


class Counted:
    """A carrier that tells when a message went out to a chat."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.library, self.bot = carrier.library, carrier.bot
        self.sent: dict[int, int] = defaultdict(int)
        self._waiting: dict[int, tuple[int, asyncio.Future[None]]] = {}

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        result = await self._carrier.call(method, params)
        if method == "sendMessage":
            chat = int(params["chat_id"])
            self.sent[chat] += 1
            count, future = self._waiting.get(chat, (0, None))
            if future is not None and self.sent[chat] >= count and not future.done():
                future.set_result(None)
        return result

    async def get_updates(self, offset: int, wait: int, allowed: Sequence[str]) -> list[dict[str, Any]]:
        raise NotImplementedError("updates are handed in by the benchmark")

    async def aclose(self) -> None: ...

    async def reached(self, chat: int, count: int) -> None:
        if self.sent[chat] < count:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting[chat] = (count, future)
            await future


class Visitors:
    """Sixteen people who go through the ten questions side by side; each waits for the reply before going on."""

    def __init__(self) -> None:
        self._people = 0
        self._updates = 0

    async def talk(self, give: Give, replied: Callable[[int, int], Awaitable[None]] | None) -> int:
        first, self._people = self._people + 1, self._people + TOGETHER
        counts = await asyncio.gather(*(self._one(chat, give, replied) for chat in range(first, first + TOGETHER)))
        return sum(counts)

    async def _one(self, chat: int, give: Give, replied: Callable[[int, int], Awaitable[None]] | None) -> int:
        updates = peers.whole_intake(chat, chat * 100)
        for number, update in enumerate(updates, start=1):
            await give(update)
            if replied is not None:
                await replied(chat, number)
        return len(updates)


async def figures() -> list[Figure]:
    """Per library: the bare echo, the desk alone, and the desk inside a host's bot."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        content = ten_questions(Path(folder) / "pack")
        for library in ("aiogram", "ptb"):
            echo = await _echo(library)
            alone = await _alone(library, content, Path(folder))
            guest = await _guest(library, content, Path(folder))
            found += [
                echo,
                replace(alone, note=f"{alone.median / echo.median:.2f}× its echo"),
                replace(guest, note=f"{guest.median / echo.median:.2f}× its echo"),
            ]
    return found + _memory_and_start()


async def _echo(library: str) -> Figure:
    visitors = Visitors()
    if library == "aiogram":
        dispatcher, bot = peers.aiogram_echo()

        async def give(update: dict[str, Any]) -> None:
            await dispatcher.feed_raw_update(bot, update)
    else:
        from telegram import Update

        application = await peers.ptb_echo()

        async def give(update: dict[str, Any]) -> None:
            await application.process_update(Update.de_json(update, application.bot))

    return await measure_async(f"{library}: a bare echo, nothing stored", lambda: visitors.talk(give, None))


@asynccontextmanager
async def _desk(content: Content, folder: Path, name: str) -> AsyncIterator[Desk]:
    store = await open_store(f"sqlite:///{folder / name}.db", clock=system_clock)
    desk = Desk(content, store, Settings())
    try:
        yield desk
    finally:
        await desk.aclose()
        await store.aclose()


def _carrier(library: str) -> Carrier:
    if library == "aiogram":
        from aiogram import Bot

        from bot.channels.telegram_aiogram import AiogramCarrier

        return AiogramCarrier(Bot(peers.TOKEN, session=peers.aiogram_session()), own=True)
    from telegram import Bot as PtbBot

    from bot.channels.telegram_ptb import PtbCarrier

    request = peers.ptb_request()
    return PtbCarrier(PtbBot(peers.TOKEN, request=request, get_updates_request=request))


async def _alone(library: str, content: Content, folder: Path) -> Figure:
    async with _desk(content, folder, f"alone-{library}") as desk:
        carrier, delivery = Counted(_carrier(library)), delivery_of(desk)
        receiver, visitors = Receiver(desk, carrier), Visitors()
        delivery.add("telegram", carrier.bot, TelegramSender(carrier, desk.clock))
        delivery.start()
        try:
            name = f"{library}: the desk alone, stored and sent"
            return await measure_async(name, lambda: visitors.talk(receiver.handle, carrier.reached))
        finally:
            await receiver.aclose(5.0)
            await delivery.aclose(5.0)


async def _guest(library: str, content: Content, folder: Path) -> Figure:
    """In a host's bot; the visitor opens it with /loket."""
    async with _desk(content, folder, f"guest-{library}") as desk:
        visitors = Visitors()
        if library == "aiogram":
            dispatcher, bot = peers.aiogram_echo()
            host = type(dispatcher)()
            host.include_router(desk.aiogram_router())

            async def feed(update: dict[str, Any]) -> None:
                await host.feed_raw_update(bot, update)
        else:
            from telegram import Update

            application = await peers.ptb_echo()
            application.add_handlers(desk.ptb_handlers())

            async def feed(update: dict[str, Any]) -> None:
                await application.process_update(Update.de_json(update, application.bot))

        async def give(update: dict[str, Any]) -> None:
            message = update["message"]
            text = "/loket" if message["text"] == "/start" else message["text"]
            await feed({**update, "message": {**message, "text": text}})

        return await measure_async(f"{library}: the desk as a guest, stored", lambda: visitors.talk(give, None))


_DESK = """
import asyncio
from bot.desk import Desk
from bot.settings import Settings
settings = Settings(database_url="memory:", telegram_token={token!r}, telegram_library={library!r})
async def ready():
    async with Desk.opened(settings=settings) as desk:
        if settings.telegram_library:
            from bot.channels.telegram_service import open_carrier
            await open_carrier(settings).aclose()
        say()
asyncio.run(ready())
"""


def _memory_and_start() -> list[Figure]:
    """What a process costs before the first update: the libraries alone, the desk alone, the desk with each of them."""
    found = [_process(f"import {module}", f"import {module}\nsay()") for module in ("aiogram", "telegram.ext")]
    for library, name in (("", "no bot"), ("aiogram", "aiogram"), ("ptb", "ptb")):
        found.append(_process(f"the whole desk ready, {name}", _DESK.format(token=peers.TOKEN, library=library)))
    return found


def _process(name: str, work: str) -> Figure:
    """Processor time from the start of a fresh process until it is ready, and the memory it then takes."""
    program = (
        "import time\n"
        "def say():\n"  # the peak of a forked process would be that of its parent
        "    lines = open('/proc/self/status')\n"
        "    print(time.process_time(), next(one.split()[1] for one in lines if one.startswith('VmRSS')))\n"
    )
    times, memory = [], 0
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", program + work], capture_output=True, text=True, check=True)
        said = done.stdout.split()
        times.append(float(said[0]))
        memory = int(said[1]) // 1024
    return of(name, times, 1, f"{memory} MiB")
