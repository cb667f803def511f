"""Long polling of our own: raw updates, each tried by itself, confirmed only after they are stored.

The libraries' own loops confirm an update before it is handled, and one update they cannot parse blocks them for good
(TELEGRAM-AND-STORAGE A.2). Here a poll confirms exactly the updates that are done: its offset is the first that is not.
Chats are handled side by side, each in order. One process polls per bot; the others stand by (a lease in the store).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.channels.telegram_carrier import POLL_TIMEOUT, CallFailed, Carrier
from knowledge.problems import LoketError
from storage.base import NotStored

log = logging.getLogger("loket.telegram")
LEASE, RENEW = 30, 8.0  # seconds that nobody else may poll after our last sign of life, and between such signs
STAND_BY = 5.0
CONFLICT_WAIT = 60.0
LONGEST_WAIT = 30.0
FINISH = 4.0  # seconds that stopping waits for what was fetched
AT_ONCE = 100  # chats handled at the same time

Handle = Callable[[dict[str, Any]], Awaitable[None]]
Lease = Callable[[str, int], Awaitable[bool]]  # holder and seconds (0 = give it back) -> whether it is ours


class TokenRefused(LoketError):
    """Telegram does not know this bot token (any more). Copy it again from @BotFather into LOKET_TELEGRAM_TOKEN."""


class Polling:
    """Fetches updates for one bot until `stop`. `handle` raises NotStored for what must come again."""

    def __init__(
        self, carrier: Carrier, handle: Handle, allowed: Sequence[str], *, lease: Lease | None = None,
        wait: int = POLL_TIMEOUT,
    ) -> None:  # fmt: skip
        self._carrier, self._handle, self._allowed, self._lease, self._wait = carrier, handle, allowed, lease, wait
        self._holder = secrets.token_hex(8)
        self._stopping = asyncio.Event()
        self._fetching: asyncio.Task[list[dict[str, Any]]] | None = None
        self._room = asyncio.Semaphore(AT_ONCE)
        self._held = lease is None

    async def run(self) -> None:
        """Polls until `stop`. Raises TokenRefused."""
        keeper = asyncio.create_task(self._keep_lease())
        try:
            await self._confirm(await self._poll())
        finally:
            keeper.cancel()
            if self._lease is not None and self._held:
                await self._lease(self._holder, 0)

    async def _keep_lease(self) -> None:
        """Asks for the lease until it is ours, and renews it while polls stay open longer than it lasts."""
        while self._lease is not None:
            try:
                self._held = await self._lease(self._holder, LEASE)
            except NotStored:
                self._held = False
            await asyncio.sleep(RENEW if self._held else STAND_BY)

    async def _poll(self) -> int:
        """Returns the offset that confirms everything done."""
        offset, troubles = 0, 0
        while not self._stopping.is_set():
            if not self._held:
                offset = 0  # another one may have polled meanwhile
                await self._pause(0.1)
                continue
            try:
                batch = await self._fetch(offset)
            except CallFailed as failed:
                troubles += 1
                await self._trouble(failed, troubles)
                continue
            first_undone = await self.work_off(batch)
            if first_undone is not None:
                troubles += 1
                offset = first_undone
                await self._pause(min(LONGEST_WAIT, 0.25 * 2**troubles))
                continue
            troubles = 0
            offset = max([offset, *(number + 1 for one in batch if (number := _number_of(one)) is not None)])
        return offset

    async def run_until_cancelled(self, patience: float = FINISH) -> None:
        """`run` in a host's own task: cancelling that task is how it stops, and what was fetched is still finished.

        What takes longer than `patience` seconds, of the host's handlers or ours, is not confirmed and comes again.
        """
        running = asyncio.create_task(self.run())
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            self.stop()
            if not (await asyncio.wait([running], timeout=patience))[0]:
                running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            raise

    def stop(self) -> None:
        """Fetches nothing more; `run` ends when what was fetched is stored and confirmed."""
        self._stopping.set()
        if self._fetching is not None:
            self._fetching.cancel()

    async def _fetch(self, offset: int) -> list[dict[str, Any]]:
        if self._stopping.is_set():
            return []
        self._fetching = asyncio.create_task(self._carrier.get_updates(offset, self._wait, self._allowed))
        try:
            return await self._fetching
        except asyncio.CancelledError:
            if not self._stopping.is_set():
                raise
            return []
        finally:
            self._fetching = None

    async def _confirm(self, offset: int) -> None:
        """One short poll tells Telegram what is done, so that the next process does not get it again."""
        if not offset:
            return
        try:
            async with asyncio.timeout(2.0):
                await self._carrier.get_updates(offset, 0, self._allowed)
        except (CallFailed, TimeoutError):
            log.info("the last updates were not confirmed; they come again and are recognised")

    async def work_off(self, batch: Sequence[dict[str, Any]]) -> int | None:
        """Handles a batch, per chat in order; the number of the first update that must come again, or None."""
        lanes: dict[object, list[dict[str, Any]]] = {}
        for update in batch:
            lanes.setdefault(_lane_of(update), []).append(update)
        undone = await asyncio.gather(*(self._lane(updates) for updates in lanes.values()))
        return min((number for number in undone if number is not None), default=None)

    async def _lane(self, updates: list[dict[str, Any]]) -> int | None:
        async with self._room:
            for update in updates:
                try:
                    await self._handle(update)
                except NotStored as error:
                    log.warning("an update waits", extra={"reason": type(error).__name__, "bot": self._carrier.bot})
                    return _number_of(update)
                except Exception:
                    log.exception("an update was put aside", extra={"bot": self._carrier.bot})
        return None

    async def _trouble(self, failed: CallFailed, troubles: int) -> None:
        if failed.kind == "revoked":
            log.critical("Telegram refuses the bot token; polling stops")
            raise TokenRefused("Telegram refuses the bot token; copy it again from @BotFather")
        if failed.kind == "conflict":
            log.error("another process polls with this bot token, or a webhook is set; waiting a minute")
            await self._pause(CONFLICT_WAIT)
            return
        wait = failed.seconds if failed.kind == "slow" else min(LONGEST_WAIT, 0.25 * 2 ** min(troubles, 8))
        log.warning("no updates for now", extra={"verdict": failed.kind, "bot": self._carrier.bot})
        await self._pause(wait)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return


def _number_of(update: Mapping[str, Any]) -> int | None:
    number = update.get("update_id") if isinstance(update, Mapping) else None
    return number if isinstance(number, int) else None


def _lane_of(update: object) -> object:
    """What must stay in order: everything of one private chat or person, whatever kind of update it is."""
    if not isinstance(update, Mapping):
        return None
    for kind in ("message", "edited_message", "my_chat_member"):
        part = update.get(kind)
        if isinstance(part, Mapping) and isinstance(part.get("chat"), Mapping):
            return part["chat"].get("id")
    query = update.get("callback_query")
    if isinstance(query, Mapping) and isinstance(query.get("from"), Mapping):
        return query["from"].get("id")  # in a private chat the same number as the chat's
    return None
