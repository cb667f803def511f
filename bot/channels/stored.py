"""`loket chat --store URL`: the terminal as a channel of a real database; who comes back finds the same talk."""

from __future__ import annotations

import getpass
from contextlib import AsyncExitStack
from dataclasses import replace

from bot.cleaning import clean_text
from bot.clock import Clock
from bot.desk import Desk
from bot.settings import read_settings
from flows.content import Content
from flows.events import Event, Said, Started
from flows.state import State
from flows.turn import Turn
from storage.keys import Keys
from storage.messages import Incoming
from storage.store import open_store


class StoredTalk:
    """One visitor at this terminal."""

    def __init__(self, desk: Desk, stack: AsyncExitStack, language: str, flow: str) -> None:
        self._desk, self._stack, self._language, self._flow = desk, stack, language, flow
        self._address = f"terminal:{getpass.getuser()}"

    @classmethod
    async def open(cls, content: Content, clock: Clock, url: str, *, language: str, flow: str) -> StoredTalk:
        settings = read_settings()
        secret = Keys.from_text(settings.secret_key) if settings.secret_key else None
        stack = AsyncExitStack()
        store = await open_store(url, secret=secret, clock=clock)
        stack.push_async_callback(store.aclose)
        desk = Desk(content, store, replace(settings, database_url=url), clock)
        await desk.count_stock()
        stack.push_async_callback(desk.aclose)
        return cls(desk, stack, language, flow)

    async def start(self) -> Turn:
        return await self.turn(Started(payload=self._flow, language=self._language))

    async def turn(self, event: Event) -> Turn:
        if isinstance(event, Said):
            event = replace(event, text=clean_text(event.text))
        incoming = Incoming("terminal", self._address, event, self._desk.clock(), language=self._language)
        result = await self._desk.receive(incoming)
        return result.turn if result.turn is not None else Turn(State())

    async def close(self) -> None:
        await self._stack.aclose()
