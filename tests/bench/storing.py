"""Durable turns a second: our store beside a hand-written transaction of the same rows in the same database."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
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
from tests.bench.by_hand import connected, on_postgresql, on_sqlite, somebodies
from tests.bench.measuring import Figure, of
from tests.bench.servers import cpu_of_database

SECRET = "a-secret-for-measuring-only-long-enough-to-be-one"
NOW = datetime(2026, 11, 21, 10, tzinfo=AMSTERDAM)
TURNS = 640
FAR = 100_000  # more turns than any row of a table here
GROUPS = (("one commit a turn", 1), ("sixteen turns a commit", 16))
TEXT = "Wat wilt u het liefst? Kies een knop of typ uw antwoord. U kunt ook een mens spreken." * 2


def decide(state: State, world: World, now: datetime) -> Turn:
    """What a turn usually brings: one answer, two messages out."""
    turn = state.turn + 1
    after = state.with_answer(f"q{turn % 10}", Answer("given", f"werken in de techniek, {turn}", turn=turn)).but(
        turn=turn
    )
    return Turn(after, (Say(Message("Ik lees: techniek.")), Say(Message(TEXT, kind="question"))))


def figures() -> list[Figure]:
    """Our turn beside the same rows by hand (tests/bench/by_hand.py), which were made before the clock started."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(_sqlite(Path(folder)))
    return found + asyncio.run(_postgresql())


async def _sqlite(folder: Path) -> list[Figure]:
    store = await open_store(f"sqlite:///{folder / 'loket.db'}", rules=Rules())
    try:
        found = await _both(store, "SQLite")
    finally:
        await store.aclose()
    path = folder / "hand.db"
    people = await somebodies(f"sqlite:///{path}", None, 16, first_words, decide)
    for name, group in GROUPS:

        async def by_hand(start: int, group: int = group) -> int:
            return on_sqlite(path, people[:group], TURNS, group * FAR + start)

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
        people = await somebodies(url, Keys.from_text(SECRET), 16, first_words, decide)
        async with connected(url) as raw:
            for name, group in GROUPS:

                async def by_hand(start: int, group: int = group) -> int:
                    return await on_postgresql(raw, people[:group], TURNS, group * FAR + start)

                found.append(await _rounds(f"asyncpg by hand, {name}", by_hand, url))
        drop_database(server, url)
        return found


def first_words(address: str) -> Incoming:
    return Incoming("telegram", address, Said("hallo"), NOW)


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
