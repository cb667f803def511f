"""Does a turn cost the same when there is much? And how much is there to keep?

A database gets conversations of others by bulk insert (rows as a finished intake leaves them), and the same turns are
timed beside a thousand of them and beside many: 100,000, or a million in `make bench-long`.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.context import Rules
from storage.keys import Keys
from storage.store import Store, open_store
from tests.bench.measuring import Figure, of
from tests.bench.servers import cpu_of_database
from tests.bench.storing import SECRET, TURNS, turns

LONG = bool(os.environ.get("BENCH_LONG"))
FEW, MANY = 1_000, 1_000_000 if LONG else 100_000
TURNS_EACH = 11  # of one conversation: RELIABILITY's intake of ten questions, and the greeting
MESSAGES = 6  # rows of a conversation of others, kept small: what counts is how many there are
ROUNDS = 5
CHUNK = 50_000  # conversations a transaction


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(_measure("SQLite", f"sqlite:///{Path(folder) / 'loket.db'}"))
    from tests.storage.postgres import a_server, drop_database, make_database

    with a_server(fsync=True) as server:
        url = make_database(server)
        found += asyncio.run(_measure("PostgreSQL", url))
        drop_database(server, url)
    return found


async def _measure(name: str, url: str) -> list[Figure]:
    """One conversation at a time, so that nothing is hidden by batches; once beside few others, once beside many."""
    store = await open_store(url, secret=Keys.from_text(SECRET), rules=Rules())
    found = []
    try:
        for stored, before in ((FEW, 0), (MANY, FEW)):
            filling = time.perf_counter()
            for low in range(before, stored, CHUNK):
                await store._write(partial(fill, low=low, high=min(low + CHUNK, stored)))
            await _settle_down(store)
            filling = time.perf_counter() - filling
            times, cpu = [], 0.0
            for number in range(ROUNDS + 1):
                start, spent = time.perf_counter(), time.process_time() + cpu_of_database(url)
                await turns(store, number, 16, TURNS, f"beside{stored}-")
                if number:
                    times.append(time.perf_counter() - start)
                    cpu += time.process_time() + cpu_of_database(url) - spent
            note = f"CPU {cpu * 1e6 / TURNS / ROUNDS:,.0f} µs in all; filled in {filling:.0f} s"
            found.append(of(f"{name}, beside {stored:,} stored conversations", times, TURNS, note))
    finally:
        await store.aclose()
    return found


def fill(conn: Connection, low: int, high: int) -> None:
    """Conversations `low` to `high` of others, finished, with everything a turn could stumble over."""
    if conn.dialect.name == "sqlite":
        counted = "WITH RECURSIVE n(i) AS (SELECT :low UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :high)"
        series, blob, name = "n", "randomblob({})", "printf('%032x', i)"
        times = (
            f"(WITH RECURSIVE m(s) AS (SELECT 1 UNION ALL SELECT s + 1 FROM m WHERE s < {MESSAGES}) SELECT s FROM m)"
        )
    else:
        counted = ""
        series = "generate_series(CAST(:low AS bigint), CAST(:high AS bigint) - 1) AS n(i)"
        name, blob = "lpad(to_hex(i), 32, '0')", "decode(repeat(md5(CAST(i AS text)), {} / 16), 'hex')"
        times = f"generate_series(1, {MESSAGES}) AS m(s)"
        conn.exec_driver_sql("SET LOCAL session_replication_role = replica")  # our own rows: no check row by row
    at = 1_790_000_000_000
    rows = {
        "person (id, created_at)": f"{name}, {at}",
        "person_key (person, class, kek, wrapped)": f"{name}, 'personal', 'none', {blob.format(64)}",
        "identity (id, person, channel, address_index, conversation, created_at)": (
            f"{name}, {name}, 'telegram', {name}, {name}, {at}"
        ),
        "conversation (id, person, identity, channel, state_sealed, phase, version, next_seq, created_at, purge_at)": (
            f"{name}, {name}, {name}, 'telegram', {blob.format(512)}, 'finished', 11, {MESSAGES + 1}, {at}, "
            f"{at} + i * 1000"
        ),
        "seen (channel, bot, update_id, at)": f"'telegram', '', 'o' || i, {at}",
        "answer (conversation, fact, status, value_sealed, at)": f"{name}, 'q1', 'given', {blob.format(48)}, {at}",
    }
    limits = {"low": low, "high": high}
    for where, what in rows.items():
        conn.execute(sa.text(f"INSERT INTO {where} {counted} SELECT {what} FROM {series}"), limits)
    body = f"{name}, s, 'bot', 'say', {blob.format(128)}, {at}"
    message = "message (conversation, seq, sender, kind, body_sealed, at)"
    post = "outbox (lane, conversation, identity, seq, channel, origin, state, next_at, done_at, created_at)"
    posted = f"{name}, {name}, {name}, s, 'telegram', 'bot', 'sent', {at}, {at}, {at}"
    for where, what in ((message, body), (post, posted)):
        each = f"SELECT {what} FROM {series} CROSS JOIN {times}{' AS m' if counted else ''}"
        conn.execute(sa.text(f"INSERT INTO {where} {counted} {each}"), limits)


async def _settle_down(store: Store) -> None:
    """What a database does by itself within minutes of such a load, done before the clock starts."""
    engine: Any = store.engine  # type: ignore[attr-defined]
    if engine.dialect.name == "sqlite":
        await store.tidy()
        await store._write(lambda conn: conn.exec_driver_sql("ANALYZE") and None)
        return
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as conn:
        await conn.exec_driver_sql("VACUUM ANALYZE")
        await conn.exec_driver_sql("CHECKPOINT")


# ---- how much there is to keep ------------------------------------------------------------------------------------


def sizes() -> list[str]:
    """Bytes a conversation of eleven turns leaves behind, indexes and all, before retention takes any of it."""
    lines = [
        "| database | stored a conversation | of that a turn | written to the log a turn |",
        "|---|---:|---:|---:|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        lines.append(asyncio.run(_size("SQLite", f"sqlite:///{Path(folder) / 'loket.db'}")))
    from tests.storage.postgres import a_server, drop_database, make_database

    with a_server() as server:
        url = make_database(server)
        lines.append(asyncio.run(_size("PostgreSQL", url)))
        drop_database(server, url)
    return [*lines, "", f"{_TALKS} conversations of {TURNS_EACH} turns: an answer and two messages out each turn."]


_TALKS = 320


async def _size(name: str, url: str) -> str:
    store = await open_store(url, secret=Keys.from_text(SECRET), rules=Rules())
    try:
        await turns(store, -1, 16, 16, "first")  # what every database has once
        await _settle_down(store)
        before, log = await store._read(_bytes), await store._read(_log)
        for group in range(_TALKS // 16):
            await turns(store, group, 16, 16 * TURNS_EACH, f"talk{group}-")
        written = await store._read(_log) - log if log >= 0 else -1
        await _settle_down(store)
        each = (await store._read(_bytes) - before) / _TALKS
        of_log = f"{written / _TALKS / TURNS_EACH:,.0f} B" if written >= 0 else ""
        return f"| {name} | {each:,.0f} B | {each / TURNS_EACH:,.0f} B | {of_log} |"
    finally:
        await store.aclose()


def _bytes(conn: Connection) -> int:
    if conn.dialect.name == "sqlite":
        pages, free, size = (
            int(conn.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size
    return int(conn.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)


def _log(conn: Connection) -> int:
    """Bytes written to PostgreSQL's log since its beginning; -1 for SQLite, whose log is emptied on the way."""
    if conn.dialect.name == "sqlite":
        return -1
    return int(conn.exec_driver_sql("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint").scalar() or 0)
