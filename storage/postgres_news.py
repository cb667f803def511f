"""News between the workers of one PostgreSQL: who committed something tells the others, and wakes those who wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

CHANNEL = "loket"
POLL = 1.0  # seconds: the fallback when a notification got lost
BREATH = 0.02  # seconds between two notifications of one worker


class News:
    """Listens and tells on a connection of its own, until it is stopped."""

    def __init__(self, engine: AsyncEngine, wake: Callable[[], None]) -> None:
        self._engine = engine
        self._wake = wake
        self._committed = asyncio.Event()  # something the others have not heard of
        self._task = asyncio.create_task(self._listen())

    def tell(self) -> None:
        """Something was committed here; the others hear of it soon."""
        self._committed.set()

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        """Wakes up with every commit of any worker; looks again every second in case one was missed."""
        while True:
            try:
                async with self._engine.connect() as conn:
                    await self._hear(conn)
            except (DBAPIError, OSError, InterfaceError):
                await asyncio.sleep(POLL)

    async def _hear(self, conn: AsyncConnection) -> None:
        raw: Any = (await conn.get_raw_connection()).driver_connection
        ours = raw.get_server_pid()
        heard = asyncio.Event()

        def hear(_: object, sender: int, *__: object) -> None:
            if sender != ours:  # what was committed here has woken those who wait here
                heard.set()

        await raw.add_listener(CHANNEL, hear)
        tell = asyncio.create_task(self._announce(raw))
        try:
            while not raw.is_closed():
                try:
                    async with asyncio.timeout(POLL):
                        await heard.wait()
                except TimeoutError:
                    pass
                heard.clear()
                self._wake()
        finally:
            tell.cancel()
            await asyncio.gather(tell, return_exceptions=True)
            if not raw.is_closed():
                await raw.remove_listener(CHANNEL, hear)

    async def _announce(self, raw: Any) -> None:
        """Announces commits to the other workers, after them and at most one for a breath.

        Not inside the transactions: a NOTIFY there makes all commits of the database wait for one another.
        """
        while not raw.is_closed():
            await self._committed.wait()
            self._committed.clear()
            await raw.execute(f"NOTIFY {CHANNEL}")
            await asyncio.sleep(BREATH)
