"""Live pages: one watcher per process looks which conversations changed and wakes the streams that show them.

A turn of this process names its conversation, so its streams are woken without a look at the database. What coaches do,
and what other processes write, is found by one query for all open streams, a few times a second at most.

Each stream starts after the number its reader saw last (`Last-Event-ID`) and reads on from the database, so a restart
of the server or a lost connection neither skips nor repeats a message.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping

from starlette.requests import Request
from starlette.responses import StreamingResponse

HEARTBEAT = 20.0  # seconds; shorter than the patience of proxies
PAUSE = 0.2  # seconds between two looks at what changed
EVERYTHING = ""  # the channel of those who want to know that anything changed

Marks = Callable[[Collection[str]], Awaitable[Mapping[str, object]]]
Changed = Callable[[float], Awaitable[bool]]


class Broker:
    """Wakes streams. `marks(ids)` gives a mark per conversation, its version; `changed(timeout)` waits for a commit."""

    def __init__(self, marks: Marks, changed: Changed) -> None:
        self._read, self._changed = marks, changed
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._marks: dict[str, object] = {}
        self._task: asyncio.Task[None] | None = None
        self.stopped = False

    def stop(self) -> None:
        """Ends all streams, so that a server that stops need not wait for its readers; they come back by themselves."""
        self.stopped = True
        for events in self._waiting.values():
            for event in events:
                event.set()

    @property
    def watched(self) -> int:
        return sum(len(events) for events in self._waiting.values())

    @contextlib.contextmanager
    def watch(self, topic: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever `topic` (a conversation, or EVERYTHING) changes."""
        event = asyncio.Event()
        self._waiting[topic].add(event)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            yield event
        finally:
            self._waiting[topic].discard(event)
            if not self._waiting[topic]:
                del self._waiting[topic]
                self._marks.pop(topic, None)

    def touched(self, conversation: str, version: int) -> None:
        """A turn was stored here: wakes whoever shows this conversation, unless a look has seen that version."""
        if conversation not in self._waiting:
            return
        seen = self._marks.get(conversation)
        if not isinstance(seen, int) or seen < version:
            self._marks[conversation] = version
            self._wake(conversation)

    def nudge(self, conversation: str) -> None:
        """Something happened in this conversation here: whoever shows it reads it now, not at the next look."""
        self._wake(conversation)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        looked = -PAUSE
        news = loop.create_task(self._coming())
        try:
            while self._waiting:
                await news
                await asyncio.sleep(max(0.0, looked + PAUSE - loop.time()))
                looked = loop.time()
                news = loop.create_task(self._coming())  # waits already: what is stored during the look is not missed
                with contextlib.suppress(OSError):
                    await self.look()
        finally:
            news.cancel()

    async def _coming(self) -> bool:
        """Two seconds at most: writes of another process are seen then."""
        return await self._changed(2.0)

    async def look(self) -> None:
        """Compares marks and wakes whoever shows something that moved."""
        before = {topic: self._marks.get(topic, self) for topic in self._waiting}
        marks = await self._read(before)
        for topic, seen in before.items():
            mark = marks.get(topic)
            if self._marks.get(topic, self) is not seen:
                continue  # a turn was stored meanwhile and has told it
            if seen != mark:  # seen for the first time: it may have moved since it was read
                self._wake(topic)
            if topic in self._waiting:
                self._marks[topic] = mark

    def _wake(self, topic: str) -> None:
        for event in self._waiting.get(topic, ()):
            event.set()

    async def close(self) -> None:
        self.stop()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task


def event(data: str, *, id: int | None = None, name: str = "") -> str:
    """One server-sent event; every line of the data carries its field name."""
    lines = [f"id: {id}"] if id is not None else []
    if name:
        lines.append(f"event: {name}")
    lines += [f"data: {line}" for line in data.split("\n")]
    return "\n".join(lines) + "\n\n"


def last_event_id(request: Request) -> int:
    raw = request.headers.get("last-event-id") or request.query_params.get("na", "0")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 12 else 0


async def ticks(request: Request, broker: Broker, changes: asyncio.Event) -> AsyncIterator[bool]:
    """True at each change, False at each heartbeat; ends when the reader left or the server stops."""
    while not broker.stopped and not await request.is_disconnected():
        try:
            await asyncio.wait_for(changes.wait(), HEARTBEAT)
        except TimeoutError:
            yield False
        else:
            changes.clear()
            if not broker.stopped:
                yield True


def stream(body: AsyncIterator[str]) -> StreamingResponse:
    return StreamingResponse(
        body, media_type="text/event-stream", headers={"cache-control": "no-store", "x-accel-buffering": "no"}
    )
