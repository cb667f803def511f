"""SQLite: one synchronous engine on one writer thread, and a read-only connection beside it.

Turns that wait while a commit is going on form the next batch ("natural group commit"): alone a turn costs one commit,
under load the commits share. Measured eleven to twenty times faster than the asynchronous path, which besides loses
updates with its default transactions (RELIABILITY A3). One writing process per file, held by a lock file.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import StaticPool

from knowledge.problems import LoketError
from storage.base import TRIES, Clock, NotStored, Quiet, is_quiet
from storage.batch import Job, run_batch
from storage.context import Rules
from storage.failpoints import failpoint
from storage.keys import Keys
from storage.messages import TurnResult
from storage.setup import Older, context_of, prepare
from storage.statements import Conflict
from storage.store import Store
from storage.waiting import Waiting, settle

T = TypeVar("T")

PRAGMAS = {
    "journal_mode": "wal",  # readers never wait for the writer
    "synchronous": 2,  # FULL: a commit survives a power cut, which NORMAL does not promise in WAL
    "busy_timeout": 5000,  # milliseconds, for short administrative commands beside the server
    "foreign_keys": 1,
    "secure_delete": 1,  # what is deleted is overwritten
    "cache_size": -16384,  # KiB: the pages of conversations that are going on
    "wal_autocheckpoint": 4000,  # pages: what many turns wrote on one page is copied back once
}


class AlreadyServed(LoketError):
    """Another process writes to this database. Stop it first, or use its own commands."""


def _engine(connect: Callable[[], sqlite3.Connection], begin: str) -> Engine:
    engine = sa.create_engine("sqlite://", creator=connect, poolclass=StaticPool)

    @sa.event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        raw: Any = conn.connection.driver_connection
        raw.execute(begin)  # pysqlite itself would begin only at the first write: too late for what was read

    return engine


def writing_engine(database: str) -> Engine:
    """A writer with all pragmas set; transactions take the write lock at once."""

    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(database, check_same_thread=False, isolation_level=None, timeout=5)
        for name, value in PRAGMAS.items():
            if not (database == ":memory:" and name == "journal_mode"):
                raw.execute(f"PRAGMA {name}={value}")
        return raw

    return _engine(connect, "BEGIN IMMEDIATE")


def reading_engine(path: Path) -> Engine:
    """A second connection that cannot write, for the desk's pages."""

    def connect() -> sqlite3.Connection:
        where = f"file:{quote(str(path.resolve()))}?mode=ro"
        raw = sqlite3.connect(where, uri=True, check_same_thread=False, isolation_level=None, timeout=5)
        raw.execute("PRAGMA query_only=ON")
        return raw

    return _engine(connect, "BEGIN")


def _way_on(error: DBAPIError) -> str:
    """What helps an operator whose database cannot be opened."""
    said = str(error.orig)
    if "full" in said:
        return "make room on its disk and try again; nothing is lost"
    if "readonly" in said or "unable to open" in said:
        return "it and its folder must belong to the user that runs the desk: chown, or another LOKET_DATA"
    if "locked" in said:
        return "another program holds it: close that, and try again"
    return "keep it as it is, and put the newest backup in an empty LOKET_DATA with `loket restore`"


class SqliteStore(Store):
    """A store in one file."""

    def __init__(self, engine: Engine, reader: Engine | None, clock: Clock, path: Path | None) -> None:
        self.engine = engine
        self.clock = clock
        self.path = path
        self._conn = engine.connect()
        self._reader = reader
        self._lock_file: IO[str] | None = None
        self._inode = os.stat(path).st_ino if path else 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="loket-writer")
        self._read_thread = ThreadPoolExecutor(1, thread_name_prefix="loket-reader") if reader else self._thread
        self._turns = Waiting()
        self._guard = threading.Lock()
        self._draining = False

    @classmethod
    async def open(
        cls, path: Path, keys: Keys, clock: Clock, rules: Rules, *, writer: bool = True, older: Older = "migrate"
    ) -> SqliteStore:
        """Raises LoketError when the file cannot be written, is no database, or is served by another process."""
        return await asyncio.to_thread(cls._open, path, keys, clock, rules, writer, older)

    @classmethod
    def _open(cls, path: Path, keys: Keys, clock: Clock, rules: Rules, writer: bool, older: Older) -> SqliteStore:
        try:
            if path.is_dir():
                raise LoketError(
                    f"{path} is a folder; LOKET_DATABASE_URL names the file in it: sqlite:///{path}/loket.db"
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = _lock(path) if writer else None
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise LoketError(f"cannot write {path}: {error.strerror}") from None
        engine = writing_engine(str(path))
        try:
            store = cls(engine, None, clock, None)
            with store._conn.begin():
                prepare(store._conn, older)
                store.context = context_of(store._conn, keys, rules, "sqlite")
        except BaseException as error:
            engine.dispose()
            if lock is not None:
                lock.close()
            if isinstance(error, DBAPIError):
                raise LoketError(f"cannot open the database {path}: {error.orig}; {_way_on(error)}") from None
            raise
        store._lock_file = lock
        store.url = f"sqlite:///{path}"
        store.path, store._inode = path, os.stat(path).st_ino
        store._reader = reading_engine(path)
        store._read_thread = ThreadPoolExecutor(1, thread_name_prefix="loket-reader")
        return store

    # ---- turns ----

    async def _queue(self, job: Job) -> TurnResult:
        future = self._turns.put(job)
        with self._guard:
            start, self._draining = not self._draining, True
        if start:
            self._submit(self._drain)
        return await future

    def _submit(self, work: Callable[[], None]) -> None:
        try:
            self._thread.submit(work)
        except RuntimeError:
            raise NotStored("the store is closing; send it again") from None

    def _drain(self) -> None:
        """One batch on the writer thread; then others get their turn on it before the next batch."""
        batch = self._turns.take()
        if batch:
            results = self._run([job for job, _ in batch])
            self._turns.done(batch)
            batch[0][1].get_loop().call_soon_threadsafe(settle, batch, results)
        with self._guard:
            self._draining = more = len(self._turns) > 0
        if more:
            self._thread.submit(self._drain)

    def _run(self, jobs: list[Job]) -> list[TurnResult | BaseException]:
        try:
            return list(self._transaction(lambda conn: run_batch(conn, self.context, jobs, self.clock())))
        except NotStored as error:
            return [error for _ in jobs]
        except Exception as error:
            if len(jobs) == 1:
                return [error]
            return [self._run([job])[0] for job in jobs]  # only the bad one fails

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        """On the writer thread only."""
        self._still_there()
        for attempt in range(TRIES):
            try:
                with self._conn.begin():
                    result = work(self._conn)
                    failpoint("before commit")
                failpoint("after commit")
                return result
            except (Conflict, IntegrityError, sqlite3.IntegrityError):
                if attempt == TRIES - 1:
                    raise
            except (OperationalError, sqlite3.OperationalError) as error:
                cause = error.orig if isinstance(error, OperationalError) else error
                raise NotStored(f"the database cannot be written now: {cause}") from error
        raise AssertionError("unreachable")

    def _still_there(self) -> None:
        """A database that was deleted or replaced under us is not written to, and not made anew in silence."""
        if self.path is None:
            return
        try:
            same = os.stat(self.path).st_ino == self._inode
        except OSError:
            same = False
        if not same:
            raise NotStored(f"the database file {self.path.name} was removed or replaced; stop and put it back")

    # ---- other work ----

    async def _write(self, work: Callable[[Connection], T], quiet: Quiet[T] = False) -> T:
        loop = asyncio.get_running_loop()
        result = await loop.run_in_executor(self._thread, self._transaction, work)
        if not is_quiet(quiet, result):
            self.wake()
        return result

    async def _read(self, work: Callable[[Connection], T]) -> T:
        def read() -> T:
            if self._reader is None:
                with self._conn.begin():
                    return work(self._conn)
            with self._reader.connect() as conn, conn.begin():
                return work(conn)

        return await asyncio.get_running_loop().run_in_executor(self._read_thread, read)

    async def tidy(self) -> None:
        """Writes the log back and empties it: a key that was destroyed must not survive in an old page of it."""
        if self.path is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._checkpoint)

    def _checkpoint(self) -> None:
        raw = self._conn.connection.driver_connection
        if raw is not None:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # busy while a page is read: the next one does it

    async def aclose(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    def _close(self) -> None:
        while True:
            with self._guard:
                if not self._draining:
                    break
            self._thread.submit(lambda: None).result()
        self._thread.shutdown(wait=True)
        self._read_thread.shutdown(wait=True)
        if self._reader is not None:
            self._reader.dispose()
        self._conn.close()
        self.engine.dispose()
        if self._lock_file is not None:
            self._lock_file.close()


def _lock(path: Path) -> IO[str]:
    """Holds the right to process turns on this file until closed. Raises AlreadyServed."""
    handle = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
    file = os.fdopen(handle, "a+", encoding="ascii")  # held while the store lives
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise AlreadyServed(
            f"{path.name} is already served by process {holder or 'unknown'}; "
            "stop that one, or use PostgreSQL for several"
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def integrity(conn: Any) -> str:
    """SQLite's own verdict about the file: "ok" or its first complaint."""
    return str(conn.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
