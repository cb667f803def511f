"""A desk with a store in memory, carried by either library in front of the fake server, in every way there is."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.beside import Beside, beside
from bot.clock import AMSTERDAM
from bot.desk import Desk
from bot.settings import Settings
from storage.store import open_store
from tests.shipped import shipped
from tests.telegram.fake_api import BOT, TOKEN, FakeApi, serve

MORNING = datetime(2026, 11, 23, 10, 1, tzinfo=AMSTERDAM)  # a Monday
LIBRARIES = ("aiogram", "ptb")


class MorningClock:
    """Starts on the same Monday morning for everybody, then really runs; can be put forward."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self) -> datetime:
        return MORNING + timedelta(seconds=time.monotonic() - self._began)

    def forward(self, **span: float) -> None:
        self._began -= timedelta(**span).total_seconds()


def settings(api: FakeApi, library: str = "ptb", **more: Any) -> Settings:
    return replace(
        Settings(telegram_token=TOKEN, telegram_library=library, telegram_api_base=api.base, database_url="memory:"),
        **more,
    )


@asynccontextmanager
async def a_desk(chosen: Settings) -> AsyncIterator[Desk]:
    clock = MorningClock()
    store = await open_store(chosen.database, clock=clock)
    desk = Desk(shipped(), store, chosen, clock)
    try:
        yield desk
    finally:
        await desk.aclose()
        await store.aclose()


@asynccontextmanager
async def on_the_web(app: Any) -> AsyncIterator[str]:
    """The app on a port of its own; its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined,method-assign]
    running = asyncio.create_task(server._serve([listening]))
    try:
        while not server.started:
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listening.close()


class House:
    """One desk behind one bot, and the server it talks to."""

    def __init__(self, api: FakeApi, desk: Desk, running: Beside | None = None) -> None:
        self.api, self.desk, self.running = api, desk, running

    def forward(self, **span: float) -> None:
        """Time passes for this desk."""
        clock = self.desk.clock
        assert isinstance(clock, MorningClock)
        clock.forward(**span)
        if self.running is not None:
            self.running.delivery.wake()


@asynccontextmanager
async def polling(library: str, **more: Any) -> AsyncIterator[House]:
    """`loket telegram --library …` with long polling."""
    async with serve() as api, a_desk(settings(api, library, **more)) as desk, beside(desk) as running:
        yield House(api, desk, running)


@asynccontextmanager
async def webhook(library: str, **more: Any) -> AsyncIterator[House]:
    """The same by webhook alone."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(serve())
        door = Starlette()
        address = await stack.enter_async_context(on_the_web(_late(door)))
        chosen = settings(api, library, telegram_receive="webhook", telegram_webhook_url=address, **more)
        desk = await stack.enter_async_context(a_desk(chosen))
        running = await stack.enter_async_context(beside(desk))
        door.state.app = running.around(Starlette())
        yield House(api, desk, running)


def _late(door: Starlette) -> Any:
    """An app that is only known after its address."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while not hasattr(door.state, "app"):
            await asyncio.sleep(0.005)
        await door.state.app(scope, receive, send)

    return app


WAYS: dict[str, Callable[[str], Any]] = {"polling": polling, "webhook": webhook}
Step = Callable[[], Awaitable[None]]

__all__ = ["BOT", "LIBRARIES", "TOKEN", "WAYS", "House", "a_desk", "on_the_web", "settings"]
