"""The desk as every channel meets it: hand in what happened, get back what came of it.

    channel -> Incoming -> desk.receive: one at a time per conversation, one transaction, flows.step inside it

When `receive` returns, the turn is on disk; only then may a channel acknowledge. Sending is delivery's work.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from bot.chosen import SETTING, Chosen, with_chosen
from bot.clock import Clock, system_clock
from bot.lanes import Lanes
from bot.noticing import PackMark, pack_mark
from bot.rules import rules_of
from bot.settings import Settings, read_settings
from bot.stopping import Deadline
from flows.content import Content
from flows.engine import step
from flows.events import Event
from flows.state import State
from flows.turn import Turn
from flows.world import World
from knowledge.geography import Geography
from knowledge.stock import stock_of
from storage.base import NotStored
from storage.keys import Keys
from storage.messages import Incoming, TurnResult
from storage.promise import AMSTERDAM
from storage.store import Store, open_store

if TYPE_CHECKING:
    from bot.delivery import Delivery

log = logging.getLogger("loket.desk")


Meter = Callable[[Incoming, TurnResult, float], None]


def _unmetered(incoming: Incoming, result: TurnResult, seconds: float) -> None:
    """Nobody counts in this process."""


class Desk:
    """Content, store and settings together. Knows no Telegram, no HTTP."""

    def __init__(self, content: Content, store: Store, settings: Settings, clock: Clock = system_clock) -> None:
        self.store, self.settings, self.clock = store, settings, clock
        self.content = self.from_files = content  # with, and without, what was chosen in the browser
        self.chosen, self._chosen_text = Chosen(), ""  # in the browser, over desk.yaml
        self.pack_mark: PackMark | None = None  # of the pack as it was read
        self._lanes = Lanes()
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False
        self._after_commit: list[Callable[[TurnResult], None]] = []
        self._mounts: list[Any] = []
        self.meter: Meter = _unmetered
        self.deadline = Deadline()  # of stopping, for everybody who works with this desk
        self.reload(content)

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, content_dir: Path | None = None, *, settings: Settings | None = None, clock: Clock = system_clock
    ) -> AsyncIterator[Desk]:
        """A desk with everything open, for `async with`: reads settings and content, opens the database.

        Raises SettingsInvalid, ContentInvalid or another LoketError when it cannot start.
        """
        settings = read_settings() if settings is None else settings
        mark = pack_mark(settings.content)
        content = Content.load(content_dir or settings.content)
        keys = Keys.from_text(settings.secret_key) if settings.secret_key else None
        store = await open_store(settings.database, secret=keys, clock=clock)
        desk = cls(content, store, settings, clock)
        try:
            desk.pack_mark = mark
            await desk.read_chosen()
            await desk.count_stock()
            yield desk
        finally:
            await desk.aclose()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(desk.deadline.left()):
                    await store.aclose()

    @property
    def geography(self) -> Geography:
        return self.content.knowledge.geography

    def place_of(self, latitude: float, longitude: float) -> str:
        """The key of the municipality around a point; '' outside the country. The point goes no further than this."""
        spot = self.geography.municipality_of_point(latitude, longitude)
        return spot.key if spot is not None else ""

    def reload(self, content: Content) -> None:
        """Turns from now on use this content; a turn that is going on finishes with the one it began with."""
        self.from_files, self.content = content, with_chosen(content, self.chosen)
        content = self.content
        self.store.rules = replace(rules_of(content), site=self.settings.public_url)
        self.store.step = self.step

    async def read_chosen(self) -> None:
        """Takes over what was chosen in the browser, here or by another process, when that changed."""
        text = await self.store.setting(SETTING)
        if text != self._chosen_text:
            self.chosen, self._chosen_text = Chosen.from_text(text), text
            self.reload(self.from_files)

    async def choose(self, chosen: Chosen) -> bool:
        """Keeps what somebody chose; it holds here at once and in other processes within seconds. False, and nothing
        kept, when another process kept something since this one last looked."""
        kept = await self.store.swap_setting(SETTING, self._chosen_text, chosen.to_text())
        await self.read_chosen()
        return kept

    async def count_stock(self) -> None:
        """Lets the store count what the content says can run out: budgets of vouchers, places at meetings."""
        for one in stock_of(self.content.knowledge.catalogue):
            starts = one.starts.replace(tzinfo=AMSTERDAM) if one.starts else None
            await self.store.set_stock(one.what, one.kind, one.ceiling, title=one.title, place=one.place, starts=starts)

    def step(self, state: State, world: World, event: Event, now: datetime) -> Turn:
        return step(self.content, world, state, event, now)

    async def receive(self, incoming: Incoming) -> TurnResult:
        """One event, in order per conversation. On return it is stored.

        Raises NotStored when the database could not be written or the desk is closing: nothing happened then, and the
        same event may be handed in again.
        """
        if self._closing:
            raise NotStored("the desk is stopping; send it again")
        content, event = self.content, incoming.event
        self._running += 1
        self._idle.clear()
        began = monotonic()
        try:
            async with self._lanes.turn((incoming.channel, incoming.bot, incoming.address)):
                result = await self.store.turn(
                    incoming, lambda state, world, now: step(content, world, state, event, now)
                )
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()
        self.meter(incoming, result, monotonic() - began)
        for tell in self._after_commit:
            tell(result)
        return result

    def when_stored(self, tell: Callable[[TurnResult], None]) -> None:
        """Calls `tell` after every commit of a turn: delivery wakes up by it."""
        self._after_commit.append(tell)

    # ---- in somebody else's bot -----------------------------------------------------------------------------------

    def aiogram_router(self, **options: Any) -> Any:
        """A new aiogram Router that answers under /loket; see docs/telegram.md. Imports aiogram."""
        from bot.channels.telegram_aiogram_mount import router

        return router(self, **options)

    def ptb_handlers(self, **options: Any) -> Any:
        """Handlers for python-telegram-bot's `Application.add_handlers`; see docs/telegram.md."""
        from bot.channels.telegram_ptb_mount import handlers

        return handlers(self, **options)

    def on_close(self, mount: Any) -> None:
        """`await mount.aclose()` comes first when the desk closes."""
        self._mounts.append(mount)

    async def aclose(self, patience: float | None = None) -> None:
        """Takes nothing new, and waits until every turn that was begun is stored; as long as stopping may last, or
        `patience` seconds. The store stays open."""
        self._closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience or self.deadline.left(keep=0.5 if self._mounts else 0.1)):
                await self._idle.wait()
        if self._running:
            log.error("turns were still going on when the desk closed", extra={"count": self._running})
        for mount in reversed(self._mounts):
            await mount.aclose()


def delivery_of(desk: Desk) -> Delivery:
    """Delivery for this desk, woken by every commit."""
    from bot.delivery import Delivery

    delivery = Delivery(desk.store, desk.clock, rate=desk.settings.telegram_rate)
    desk.when_stored(delivery.stored)
    return delivery
