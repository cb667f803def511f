"""What the parts of the store stand on: a way to write, a way to read, a clock, and waking those who wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy.engine import Connection

from flows.events import Event
from flows.state import State
from flows.turn import Turn
from flows.world import World
from knowledge.problems import LoketError
from storage.batch import Job
from storage.context import Context, Rules
from storage.messages import TurnResult

T = TypeVar("T")
Clock = Callable[[], datetime]
Step = Callable[[State, World, Event, datetime], Turn]
Quiet = bool | Callable[[T], bool]
TRIES = 8  # repeats of a transaction that met another worker


class NotStored(LoketError):
    """The database could not be written, so nothing happened and nothing may be acknowledged.

    The same update may be delivered again. Look at the disk and at `loket doctor` when this lasts.
    """


def is_quiet(quiet: Quiet[T], result: T) -> bool:
    return quiet(result) if callable(quiet) else quiet


def system_clock() -> datetime:
    return datetime.now(UTC)


class Base:
    """Shared by all parts of a store."""

    context: Context
    clock: Clock
    url: str = ""

    async def _write(self, work: Callable[[Connection], T], quiet: Quiet[T] = False) -> T:
        """Runs `work` in a writing transaction; repeats it when it met another writer.

        Those who wait for changes are woken, unless it is `quiet`: bookkeeping that no page shows. A function decides
        by the result.
        """
        raise NotImplementedError

    async def _read(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in a reading transaction that never waits for a writer."""
        raise NotImplementedError

    async def _queue(self, job: Job) -> TurnResult:
        """Puts a turn in the next batch and waits for its commit."""
        raise NotImplementedError

    async def tidy(self) -> None:
        """Lets nothing linger of what was just deleted, where the database keeps copies for a while."""

    async def aclose(self) -> None:
        """Finishes what was begun and closes the database."""
        raise NotImplementedError

    @property
    def rules(self) -> Rules:
        return self.context.rules

    @rules.setter
    def rules(self, rules: Rules) -> None:
        """What content and settings decide; replaced as a whole when content is reloaded."""
        self.context.rules = rules

    @property
    def step(self) -> Step | None:
        """flows.step with the content of today; needed to hand back, to edit answers and to remind."""
        return self.context.step

    @step.setter
    def step(self, step: Step | None) -> None:
        self.context.step = step

    def now(self) -> datetime:
        return self.clock()

    _waiting: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Tells those who wait in this process that something was committed."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    async def changed(self, timeout: float) -> bool:
        """Waits until something was committed, here or in another process; False when `timeout` seconds passed."""
        if self._waiting is None or self._waiting.done():
            self._waiting = asyncio.get_running_loop().create_future()
        done, _ = await asyncio.wait([self._waiting], timeout=timeout)
        return bool(done)
