"""Brings what turns and coaches said to the channels that must be sent to.

    commit -> wake -> settle what was sent and claim the next message of each conversation -> send

The store keeps the order and the truth: one message in flight per conversation, stale ones dropped, a claim that was
never settled is taken again after half a minute. So any number of processes may deliver, and a killed one loses none.
Settling and claiming share one transaction, and what this process stored itself a moment ago is not opened again.
Only what the desk sends by itself (reminders, "het loket is open") is paced; an answer to a visitor never waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from bot.clock import Clock
from storage.base import NotStored
from storage.messages import Outgoing, TurnResult, Verdict
from storage.store import Store

log = logging.getLogger("loket.delivery")
AT_ONCE = 64  # messages on their way at the same time, all to different conversations
SWEEP = 2.0  # seconds between looks for what another process left behind
BREATH = 0.05  # seconds between looks because of others' commits, of which a busy desk has thousands
TICK = 30.0  # seconds between looks at the clocks of cases and reminders
NO_SENDER = timedelta(seconds=10)
FRESH = timedelta(seconds=0.25)  # a claim that took longer is looked at once more: somebody may have taken over


class Sender(Protocol):
    """Sends for one bot of one channel."""

    async def send(self, outgoing: Outgoing) -> Verdict:
        """Never raises for what a network or platform does; that is what verdicts are for."""


class Delivery:
    """One per process. `run` until `aclose`."""

    def __init__(self, store: Store, clock: Clock, *, rate: int = 25, sweep: float = SWEEP) -> None:
        self._store, self._clock, self._rate, self._sweep = store, clock, rate, sweep
        self._senders: dict[tuple[str, str], Sender] = {}
        self._awake = asyncio.Event()
        self._flying: set[asyncio.Task[None]] = set()
        self._results: list[tuple[Outgoing, Verdict]] = []
        self._known: dict[tuple[str, int], Outgoing] = {}  # stored by this process, not claimed yet
        self._known_long: set[tuple[str, int]] = set()  # for more than one tick: another process claimed them
        self._stopping = False
        self._loops: list[asyncio.Task[None]] = []
        self._lost: set[int] = set()  # sent once, answer lost: the store sends these again after half a minute
        self._due: list[float] = []  # loop times at which something we put off comes due again

    def add(self, channel: str, bot: str, sender: Sender) -> None:
        """From now on messages of this bot go through this sender."""
        self._senders[channel, bot] = sender
        self.wake()

    def wake(self) -> None:
        """Something was committed: look now."""
        self._awake.set()

    def stored(self, result: TurnResult) -> None:
        """A turn was committed in this process; what it says is at hand."""
        for one in result.outgoing:
            if (one.channel, one.bot) in self._senders:
                self._known[one.conversation, one.seq] = one
        if result.outgoing:
            self.wake()

    def start(self) -> None:
        """Runs beside everything else until `aclose`."""
        if not self._loops:
            works = (self._deliver, self._listen, self._watch_clocks)
            self._loops = [asyncio.create_task(self._forever(work)) for work in works]

    async def aclose(self, patience: float) -> None:
        """Claims nothing new, and waits so many seconds until what is on its way has arrived and is written down."""
        self._stopping = True
        self.wake()
        for loop in self._loops[1:]:
            loop.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await asyncio.gather(*self._loops, return_exceptions=True)
                while self._flying or self._results:
                    await asyncio.gather(*self._flying)
                    await self._exchange(0)
        for task in (*self._loops, *self._flying):
            task.cancel()
        await asyncio.gather(*self._loops, *self._flying, return_exceptions=True)

    # ---- sending --------------------------------------------------------------------------------------------------

    async def _forever(self, work: Callable[[], Awaitable[None]]) -> None:
        """Work that fails is said and begun again; what was claimed meanwhile is free again after half a minute."""
        while not self._stopping:
            try:
                await work()
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("delivery stumbled and begins again")
                await asyncio.sleep(1.0)

    async def _deliver(self) -> None:
        while not self._stopping:
            self._awake.clear()
            room = AT_ONCE - len(self._flying)
            asked = self._clock()
            claimed = await self._exchange(room)
            late = bool(claimed) and self._clock() - asked > FRESH
            may_go = await self._store.may_send_all(claimed) if late else None
            for outgoing in claimed:
                self._known.pop((outgoing.conversation, outgoing.seq), None)
                task = asyncio.create_task(self._send(outgoing, may_go is None or outgoing.id in may_go))
                self._flying.add(task)
                task.add_done_callback(self._flying.discard)
            if len(claimed) < max(room, 1):
                await self._rest()

    async def _exchange(self, room: int) -> list[Outgoing]:
        """Writes down what became of messages, and claims the next ones where there is room."""
        results, self._results = self._results, []
        try:
            if room <= 0 or not self._senders:
                await self._store.settle(results)
                return []
            channels, bots = {channel for channel, _ in self._senders}, {bot for _, bot in self._senders}
            return await self._store.exchange(results, channels, room, bots, self._known)
        except NotStored as error:
            self._results[:0] = results
            log.warning("messages wait: the database cannot be written", extra={"reason": type(error).__name__})
            await asyncio.sleep(0.5)
            return []

    async def _rest(self) -> None:
        """Until something is committed, something put off comes due, or it is time to look around."""
        now = asyncio.get_running_loop().time()
        self._due = sorted(moment for moment in self._due if moment > now)
        wait = min([self._sweep, *(moment - now for moment in self._due[:1])])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait + 0.005):
                await self._awake.wait()

    async def _send(self, outgoing: Outgoing, may_go: bool) -> None:
        sender = self._senders.get((outgoing.channel, outgoing.bot))
        if sender is None:
            verdict = Verdict("retry_at", retry_at=self._clock() + NO_SENDER, reason="no sender here")
        elif not may_go:
            verdict = Verdict("stale", reason="somebody else speaks now")
        else:
            try:
                verdict = await sender.send(outgoing)
            except Exception:
                log.exception("a message could not be sent", extra={"conversation": outgoing.conversation})
                verdict = Verdict("bad", reason="error in sending")
        if verdict.kind == "unknown":
            if outgoing.id in self._lost:  # sent twice, both answers lost: a third time helps nobody
                verdict = Verdict("bad", reason="lost twice")
            self._lost ^= {outgoing.id}
        if verdict.kind == "retry_at" and verdict.retry_at is not None:
            ahead = (verdict.retry_at - self._clock()).total_seconds()
            self._due.append(asyncio.get_running_loop().time() + max(0.0, ahead))
        elif verdict.kind in ("bad", "gone"):
            log.warning(
                "a message was given up",
                extra={"conversation": outgoing.conversation, "verdict": verdict.kind, "reason": verdict.reason},
            )
        self._results.append((outgoing, verdict))
        self.wake()

    # ---- what nobody asked for just now ---------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Commits of other parts and other processes wake delivery too; our own turns did so already."""
        while not self._stopping:
            if await self._store.changed(60.0):
                await asyncio.sleep(BREATH)
                self.wake()

    async def _watch_clocks(self) -> None:
        while not self._stopping:
            for place in self._known_long & self._known.keys():
                del self._known[place]
            self._known_long = set(self._known)
            try:
                await self._store.tick()
                await self._remind()
            except NotStored:
                log.warning("reminders wait: the database cannot be written")
            await asyncio.sleep(TICK)

    async def _remind(self) -> None:
        """Reminders that came due, at most `rate` a second."""
        while not self._stopping and (due := await self._store.due_reminders(self._rate)):
            for one in due:
                try:
                    await self._store.remind(one)
                except NotStored:
                    raise
                except Exception:
                    log.exception("a reminder failed", extra={"conversation": one.conversation})
            await asyncio.sleep(1.0)
