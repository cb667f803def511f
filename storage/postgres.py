"""PostgreSQL: any number of workers, each with an async engine; the same statements, run through `run_sync`.

Turns that wait during a commit form the next batch, as on SQLite. Rows are locked in id order and every save tells
which versions it met, so two workers that meet repeat instead of overwriting. Commits are announced with NOTIFY, after
them; a worker that missed one looks again every second.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from knowledge.problems import LoketError
from storage.base import LARGEST_BATCH, TRIES, Clock, NotStored, Quiet, is_quiet
from storage.context import Rules
from storage.failpoints import failpoint
from storage.keys import Keys
from storage.messages import TurnResult
from storage.setup import Older, context_of, prepare
from storage.statements import Conflict
from storage.store import Store
from storage.turns import Job, run_batch

T = TypeVar("T")
CHANNEL = "loket"
AGAIN = {"40001", "40P01"}  # serialization failure, deadlock: repeat
RECONNECTS = 2  # connections of the pool may be dead without our knowing; a new one is made at once
POLL = 1.0  # seconds: the fallback when a notification got lost
BREATH = 0.02  # seconds between two notifications of one worker
OLDEST = 150000  # PostgreSQL 15


class PostgresStore(Store):
    """A store that several workers share."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self._jobs: deque[tuple[Job, asyncio.Future[TurnResult]]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._listener: asyncio.Task[None] | None = None
        self._closing = False
        self._news = asyncio.Event()  # something was committed that others have not heard of

    @classmethod
    async def open(cls, url: URL, keys: Keys, clock: Clock, rules: Rules, *, older: Older = "migrate") -> PostgresStore:
        """Raises LoketError when the server cannot be reached or is too old."""
        engine = create_async_engine(url, pool_size=5, max_overflow=5, pool_pre_ping=False)
        store = cls(engine, clock)
        try:
            async with engine.begin() as conn:
                version = (await conn.exec_driver_sql("SHOW server_version_num")).scalar()
                if int(version or 0) < OLDEST:
                    raise LoketError(f"PostgreSQL {version} is too old; 15 or newer is needed")
                await conn.run_sync(prepare, older)
            async with engine.begin() as conn:
                store.context = await conn.run_sync(context_of, keys, rules, "postgresql")
        except (DBAPIError, OSError) as error:
            await engine.dispose()
            raise LoketError(
                f"cannot open the database at {url.host or url.query.get('host', '')}: {_cause(error)}"
            ) from None
        except LoketError:
            await engine.dispose()
            raise
        store.url = url.render_as_string(hide_password=True)
        store._listener = asyncio.create_task(store._listen())
        return store

    # ---- turns ----

    async def _queue(self, job: Job) -> TurnResult:
        if self._closing:
            raise NotStored("the store is closing; send it again")
        future: asyncio.Future[TurnResult] = asyncio.get_running_loop().create_future()
        self._jobs.append((job, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return await future

    def _take(self) -> list[tuple[Job, asyncio.Future[TurnResult]]]:
        batch: list[tuple[Job, asyncio.Future[TurnResult]]] = []
        later: list[tuple[Job, asyncio.Future[TurnResult]]] = []
        taken: set[str] = set()
        while self._jobs and len(batch) < LARGEST_BATCH:
            entry = self._jobs.popleft()
            (later if entry[0].index in taken else batch).append(entry)
            taken.add(entry[0].index)
        self._jobs.extendleft(reversed(later))
        return batch

    async def _drain(self) -> None:
        while self._jobs:
            batch = self._take()
            results = await self._run([job for job, _ in batch])
            for (_, future), result in zip(batch, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, BaseException):
                    future.set_exception(result)
                else:
                    future.set_result(result)

    async def _run(self, jobs: list[Job]) -> list[TurnResult | BaseException]:
        try:
            return list(await self._transaction(lambda conn: run_batch(conn, self.context, jobs, self.clock())))
        except NotStored as error:
            return [error for _ in jobs]
        except Exception as error:
            if len(jobs) == 1:
                return [error]
            return [(await self._run([job]))[0] for job in jobs]  # only the bad one fails

    async def _transaction(self, work: Callable[[Connection], T], *, writes: bool = True, quiet: Quiet[T] = False) -> T:
        committing = False
        for attempt in range(TRIES):
            try:
                async with self.engine.begin() as conn:
                    result = await conn.run_sync(work)
                    failpoint("before commit")
                    committing = writes  # from here on a lost connection leaves open whether it was stored
                failpoint("after commit")
                if writes and not is_quiet(quiet, result):
                    self._news.set()
                return result
            except (Conflict, IntegrityError):
                if attempt == TRIES - 1:
                    raise
            except (OperationalError, InterfaceError, OSError) as error:
                if committing or attempt >= RECONNECTS:
                    raise NotStored(f"the database cannot be reached now: {_cause(error)}") from error
            except DBAPIError as error:
                if error.connection_invalidated and (committing or attempt >= RECONNECTS):
                    raise NotStored(f"the database cannot be reached now: {_cause(error)}") from error
                if not error.connection_invalidated and _state(error) not in AGAIN:
                    raise
                if attempt == TRIES - 1:
                    raise NotStored("the database is too busy; send it again") from error
            await asyncio.sleep(random.uniform(0, 0.005 * 2**attempt))  # noqa: S311 - spreads workers that met
        raise AssertionError("unreachable")

    # ---- other work ----

    async def _write(self, work: Callable[[Connection], T], quiet: Quiet[T] = False) -> T:
        result = await self._transaction(work, quiet=quiet)
        if not is_quiet(quiet, result):
            self.wake()
        return result

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await self._transaction(work, writes=False)

    async def _listen(self) -> None:
        """Wakes up with every commit of any worker; looks again every second in case one was missed."""
        while not self._closing:
            try:
                async with self.engine.connect() as conn:
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
        tell = asyncio.create_task(self._tell(raw))
        try:
            while not self._closing and not raw.is_closed():
                try:
                    async with asyncio.timeout(POLL):
                        await heard.wait()
                except TimeoutError:
                    pass
                heard.clear()
                self.wake()
        finally:
            tell.cancel()
            await asyncio.gather(tell, return_exceptions=True)
            if not raw.is_closed():
                await raw.remove_listener(CHANNEL, hear)

    async def _tell(self, raw: Any) -> None:
        """Announces commits to the other workers, after them and at most one for a breath.

        Not inside the transactions: a NOTIFY there makes all commits of the database wait for one another.
        """
        while not raw.is_closed():
            await self._news.wait()
            self._news.clear()
            await raw.execute(f"NOTIFY {CHANNEL}")
            await asyncio.sleep(BREATH)

    async def aclose(self) -> None:
        self._closing = True
        if self._task is not None and not self._task.done():
            await self._task
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        await self.engine.dispose()


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", "") or getattr(error.orig, "pgcode", "") or "")


def _cause(error: BaseException) -> str:
    """The driver's own first line, without the statement or its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
