"""PostgreSQL: any number of workers, each with an async engine; the same statements, run through `run_sync`.

Turns that wait form the next batch, as on SQLite, and two batches are under way at once. Most take two trips to the
server (storage/postgres_turns.py). The others lock their rows in id order. Every save is refused when it meets another
version than was read, so two workers that meet repeat instead of overwriting.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from knowledge.problems import LoketError
from storage.base import TRIES, Clock, NotStored, Quiet, is_quiet
from storage.batch import Job, run_batch
from storage.context import Rules
from storage.failpoints import failpoint
from storage.keys import Keys
from storage.messages import TurnResult
from storage.postgres_news import News
from storage.postgres_turns import Lane
from storage.setup import Older, context_of, prepare
from storage.statements import Conflict
from storage.store import Store
from storage.waiting import LARGEST_BATCH, Entry, Waiting, settle

T = TypeVar("T")
LANES = 2  # batches under way at once: one is thought about while the server writes the other
WORTH_A_LANE = 8  # turns; fewer are not divided
AGAIN = {"40001", "40P01"}  # serialization failure, deadlock: repeat
RECONNECTS = 2  # connections of the pool may be dead without our knowing; a new one is made at once
OLDEST = 150000  # PostgreSQL 15


class PostgresStore(Store):
    """A store that several workers share."""

    _news: News

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self._turns = Waiting()
        self._free = [Lane(engine) for _ in range(LANES)]
        self._under_way: set[asyncio.Task[None]] = set()
        self._called = False  # `_start` is about to run
        self._closing = False

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
                f"cannot open the database at {url.host or url.query.get('host', '')}: {_cause(error)}; see whether it "
                "runs there, and whether LOKET_DATABASE_URL names it"
            ) from None
        except LoketError:
            await engine.dispose()
            raise
        store.url = url.render_as_string(hide_password=True)
        store._news = News(engine, store.wake)
        return store

    # ---- turns ----

    async def _queue(self, job: Job) -> TurnResult:
        if self._closing:
            raise NotStored("the store is closing; send it again")
        future = self._turns.put(job)
        self._soon()
        return await future

    def _soon(self) -> None:
        """Starts what waits, once those who were told something in this moment have said what they want next."""
        if not self._called:
            self._called = True
            asyncio.get_running_loop().call_soon(self._start)

    def _start(self) -> None:
        """Deals what waits out over the lanes that are free."""
        self._called = False
        while self._free and len(self._turns):
            batch = self._turns.take(min(LARGEST_BATCH, max(WORTH_A_LANE, -(-len(self._turns) // len(self._free)))))
            if not batch:
                return
            task = asyncio.create_task(self._carry(self._free.pop(), batch))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _carry(self, lane: Lane, batch: list[Entry]) -> None:
        results: list[TurnResult | BaseException]
        try:
            results = await self._run(lane, [job for job, _ in batch])
        except Exception as error:  # nobody may wait for ever
            results = [error for _ in batch]
        self._turns.done(batch)
        self._free.append(lane)
        settle(batch, results)
        self._soon()

    async def _run(self, lane: Lane, jobs: list[Job]) -> list[TurnResult | BaseException]:
        """In two trips what can be; the rest in a transaction."""
        done = await lane.carry(self.context, jobs, self.clock())
        if any(result is not None for result in done):
            self._news.tell()
        rest = await self._locked([job for job, result in zip(jobs, done, strict=True) if result is None])
        others = iter(rest)
        return [next(others) if result is None else result for result in done]

    async def _locked(self, jobs: list[Job]) -> list[TurnResult | BaseException]:
        if not jobs:
            return []
        try:
            return list(await self._transaction(lambda conn: run_batch(conn, self.context, jobs, self.clock())))
        except NotStored as error:
            return [error for _ in jobs]
        except Exception as error:
            if len(jobs) == 1:
                return [error]
            return [(await self._locked([job]))[0] for job in jobs]  # only the bad one fails

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
                    self._news.tell()
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

    async def aclose(self) -> None:
        self._closing = True
        while self._under_way or len(self._turns):
            await asyncio.gather(*self._under_way)
            await asyncio.sleep(0)
        await self._news.stop()
        for lane in self._free:
            await lane.close()
        await self.engine.dispose()


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", "") or getattr(error.orig, "pgcode", "") or "")


def _cause(error: BaseException) -> str:
    """The driver's own first line, without the statement or its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
