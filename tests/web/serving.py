"""A real desk for the web tests: shipped content, a memory or SQLite store, a clock that stands where we put it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

import uvicorn

from bot.desk import Desk
from bot.settings import Settings
from bot.web.app import create_app
from bot.web.dates import AMSTERDAM
from flows.content import Content
from storage.keys import Keys
from storage.staff import hash_password
from storage.store import open_store
from tests.shipped import shipped

T = TypeVar("T")
MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=AMSTERDAM)
PASSWORD = "een lange zin als wachtwoord"


class Clock:
    """Stands still until it is moved; each look takes a millisecond so that order is visible."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


_hash: list[str] = []


def password_hash() -> str:
    if not _hash:
        _hash.append(hash_password(PASSWORD))
    return _hash[0]


@asynccontextmanager
async def a_desk(url: str = "memory:", again: bool = False, **settings: Any) -> AsyncIterator[Desk]:
    """A desk with five people who work there; `again` opens one that was there before."""
    clock = Clock()
    keys = Keys.in_memory() if url == "memory:" else None  # a file has its key beside it
    store = await open_store(url, secret=keys, clock=clock)
    pack = settings.get("content")
    desk = Desk(Content.load(pack) if pack else shipped(), store, Settings(**settings), clock)
    people = (
        ("sanne", "Sanne", "coach", ()),
        ("bilal", "Bilal", "coach", ()),
        ("noor", "Noor", "coordinator", ()),
        ("ada", "Ada", "admin", ()),
        ("otto", "Otto", "auditor", ()),
    )
    for login, name, role, teams in people if not again else ():
        await store.add_staff(login, name, role, password_hash(), teams)
    if not again:
        await store.put_canned("bel", "Bel-afspraak", "Ik bel u graag. Wanneer komt het uit?")
    try:
        yield desk
    finally:
        await desk.aclose()
        await store.aclose()


class Running:
    """A desk in a thread of its own, reachable over http, for tests with a real browser."""

    def __init__(self, loop: asyncio.AbstractEventLoop, desk: Desk, url: str) -> None:
        self._loop, self.desk, self.url = loop, desk, url
        self.house: Any = None  # of the running application

    def do(self, work: Callable[[Desk], Awaitable[T]]) -> T:
        """Runs something on the desk's own loop."""

        async def run() -> T:
            return await work(self.desk)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(20)

    @property
    def clock(self) -> Clock:
        found = self.desk.clock
        assert isinstance(found, Clock)
        return found


@contextmanager
def running(port: int = 0, **settings: Any) -> Iterator[Running]:
    ready: list[Running] = []
    stop: list[Callable[[], None]] = []
    failed: list[BaseException] = []
    started = threading.Event()

    async def main() -> None:
        async with a_desk(**settings) as desk:
            app = create_app(desk)
            config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
            task = asyncio.create_task(server.serve())
            while not server.started:
                if task.done():
                    task.result()
                await asyncio.sleep(0.01)
            taken = server.servers[0].sockets[0].getsockname()[1]
            object.__setattr__(desk.settings, "port", taken)
            ready.append(Running(asyncio.get_running_loop(), desk, f"http://127.0.0.1:{taken}"))
            ready[0].house = app.state.house

            def end() -> None:
                app.state.house.broker.stop()
                server.should_exit = True

            loop = asyncio.get_running_loop()
            stop.append(lambda: loop.call_soon_threadsafe(end))
            started.set()
            await task

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:
            failed.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait(30)
    if failed:
        raise failed[0]
    try:
        yield ready[0]
    finally:
        stop[0]()
        thread.join(10)
