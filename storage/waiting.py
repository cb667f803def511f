"""Turns that wait for the next commit. Those that wait while one is going on share the next: alone a turn costs one
commit, under load the commits share."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterable

from storage.batch import Job
from storage.messages import TurnResult

LARGEST_BATCH = 64
Entry = tuple[Job, asyncio.Future[TurnResult]]


class Waiting:
    """A queue that hands out batches. Safe to use from two threads."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._busy: set[str] = set()  # addresses of which a turn is going on
        self._guard = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, job: Job) -> asyncio.Future[TurnResult]:
        future: asyncio.Future[TurnResult] = asyncio.get_running_loop().create_future()
        with self._guard:
            self._entries.append((job, future))
        return future

    def take(self, most: int = LARGEST_BATCH) -> list[Entry]:
        """What waits, in order; of an address only its oldest, and nothing while one of it is going on.

        Give it back with `done`.
        """
        batch: list[Entry] = []
        later: list[Entry] = []
        with self._guard:
            while self._entries and len(batch) < most:
                entry = self._entries.popleft()
                index = entry[0].index
                (later if index in self._busy else batch).append(entry)
                self._busy.add(index)
            self._entries.extendleft(reversed(later))
        return batch

    def done(self, batch: Iterable[Entry]) -> None:
        with self._guard:
            self._busy.difference_update(job.index for job, _ in batch)


def settle(batch: Iterable[Entry], results: Iterable[TurnResult | BaseException]) -> None:
    """Tells those who wait what came of it. In their own loop."""
    for (_, future), result in zip(batch, results, strict=True):
        if future.done():
            continue  # the channel gave up waiting; the turn is stored all the same
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)
