"""Durable turns a second: our store beside a hand-written transaction of the same rows in the same database."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot.clock import AMSTERDAM
from flows.effects import Message, Say
from flows.events import Said
from flows.state import Answer, State
from flows.turn import Turn
from flows.world import World
from storage.context import Rules
from storage.keys import Keys
from storage.messages import Incoming
from storage.store import Store, open_store
from tests.bench.measuring import Figure, of
from tests.bench.servers import cpu_of_database, rows_by_hand

SECRET = "a-secret-for-measuring-only-long-enough-to-be-one"
NOW = datetime(2026, 11, 21, 10, tzinfo=AMSTERDAM)
TURNS = 640
TEXT = "Wat wilt u het liefst? Kies een knop of typ uw antwoord. U kunt ook een mens spreken." * 2


def decide(state: State, world: World, now: datetime) -> Turn:
    """What a turn usually brings: one answer, two messages out."""
    after = state.with_answer(f"q{len(state.answers) % 10}", Answer("given", "werken in de techniek"))
    return Turn(after, (Say(Message("Ik lees: techniek.")), Say(Message(TEXT, kind="question"))))


def figures() -> list[Figure]:
    """Our turn does what the hand-written one does not: it seals, redacts, keeps indexes, and checks foreign keys."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(_sqlite(Path(folder)))
    return found + asyncio.run(_postgresql())


async def _sqlite(folder: Path) -> list[Figure]:
    store = await open_store(f"sqlite:///{folder / 'loket.db'}", rules=Rules())
    try:
        found = await _both(store, "SQLite")
    finally:
        await store.aclose()
    for name, group in (("one commit a turn", 1), ("sixteen turns a commit", 16)):

        async def by_hand(start: int, group: int = group) -> int:
            return _by_hand(folder / "hand.db", group)

        found.append(await _rounds(f"sqlite3 by hand, {name}", by_hand))
    return found


async def _postgresql() -> list[Figure]:
    from tests.storage.postgres import a_server, drop_database, make_database

    with a_server(fsync=True) as server:
        url = make_database(server)
        store = await open_store(url, secret=Keys.from_text(SECRET), rules=Rules())
        try:
            found = await _both(store, "PostgreSQL", url)
        finally:
            await store.aclose()
        for name, group in (("one commit a turn", 1), ("sixteen turns a commit", 16)):

            async def by_hand(start: int, group: int = group) -> int:
                await rows_by_hand(url, TURNS, group)
                return TURNS

            found.append(await _rounds(f"asyncpg by hand, {name}", by_hand, url))
        drop_database(server, url)
        return found


async def _both(store: Store, name: str, url: str = "") -> list[Figure]:
    return [
        await _rounds(f"{name}, one conversation at a time", lambda start: turns(store, start, 1), url),
        await _rounds(f"{name}, sixteen conversations at once", lambda start: turns(store, start, 16), url),
    ]


async def _rounds(name: str, work: Callable[[int], Awaitable[int]], url: str = "") -> Figure:
    """Wall time; beside it the processor time of this process, and of the server's where that is another one."""
    times: list[float] = []
    units, ours, theirs = 1, 0.0, 0.0
    for number in range(6):
        cpu, server, start = time.process_time(), cpu_of_database(url), time.perf_counter()
        units = await work(number * TURNS)
        if number:
            times.append(time.perf_counter() - start)
            ours += time.process_time() - cpu
            theirs += cpu_of_database(url) - server
    note = f"CPU {ours * 1e6 / units / len(times):,.0f} µs"
    if url:
        note += f" + {theirs * 1e6 / units / len(times):,.0f} µs of the server"
    return of(name, times, units, note)


async def turns(store: Store, start: int, at_once: int, count: int = TURNS, who: str = "lane") -> int:
    """`count` turns of `at_once` conversations that each wait for the answer before they go on."""

    async def one(lane: int) -> None:
        for number in range(count // at_once):
            said = Said("werken in de techniek")
            update = f"{start}-{at_once}-{lane}-{number}"
            await store.turn(Incoming("telegram", f"{who}{lane}", said, NOW, update_id=f"{who}{update}"), decide)

    await asyncio.gather(*(one(lane) for lane in range(at_once)))
    return count


def _by_hand(path: Path, group: int) -> int:
    """The floor: the same rows, no abstraction, FULL synchronous, `group` turns a commit."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE IF NOT EXISTS seen (k TEXT PRIMARY KEY);"
            "CREATE TABLE IF NOT EXISTS talk (id INTEGER PRIMARY KEY, version INTEGER, state BLOB);"
            "CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, talk INTEGER, seq INTEGER, body BLOB);"
            "CREATE TABLE IF NOT EXISTS answer (talk INTEGER, fact TEXT, body BLOB, PRIMARY KEY (talk, fact));"
            "CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, talk INTEGER, body BLOB);"
            "INSERT OR IGNORE INTO talk VALUES (1, 0, x'00');"
        )
        state, body = b"s" * 370, b"b" * 180
        base = db.execute("SELECT count(*) FROM seen").fetchone()[0]
        for number in range(0, TURNS, group):
            db.execute("BEGIN IMMEDIATE")
            for turn in range(number, number + group):
                db.execute("INSERT INTO seen VALUES (?)", (f"{base + turn}",))
                version = db.execute("SELECT version, state FROM talk WHERE id = 1").fetchone()[0]
                db.executemany("INSERT INTO message (talk, seq, body) VALUES (1, ?, ?)", [(turn, body)] * 3)
                db.execute("INSERT OR REPLACE INTO answer VALUES (1, ?, ?)", (f"q{turn % 10}", body))
                db.executemany("INSERT INTO outbox (talk, body) VALUES (1, ?)", [(body,)] * 2)
                db.execute(
                    "UPDATE talk SET version = ?, state = ? WHERE id = 1 AND version = ?", (version + 1, state, version)
                )
            db.execute("COMMIT")
    return TURNS
