"""Ten minutes at the average load of ten million conversations a day: 1,273 durable turns a second, none lost.

    make soak                      ten minutes on SQLite, ten on PostgreSQL, both with the disk in earnest
    SOAK_SECONDS=60 make soak      to try it out

Two thousand conversations go on at once; each is over after eleven turns and a new visitor takes its place. One in
fifty updates is delivered twice. Half of the visitors write through a channel that must be sent to, and two senders
beside empty the outbox. What is reported is what was measured: the run fails when something was lost, applied twice or
left in disorder, not when the machine was too slow; then it says that turns were held back.
"""

from __future__ import annotations

import asyncio
import os
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.effects import Message, Say
from flows.events import Said
from flows.state import Answer, State
from flows.turn import Turn
from flows.world import World
from storage import tables as t
from storage.context import Rules
from storage.invariants import check_invariants
from storage.keys import Keys
from storage.messages import Incoming, Verdict
from storage.store import Store, open_store, system_clock
from tests.storage.conftest import SECRET
from tests.storage.postgres import a_server, drop_database, make_database

RATE = 1_273  # turns a second
SECONDS = int(os.environ.get("SOAK_SECONDS", "600"))
AT_ONCE = 2_000  # conversations going on
TURNS_EACH = 11
TWICE = 50  # one in so many updates comes a second time
LONGEST_QUEUE = 5_000  # turns waiting; more means the machine does not keep up, and the load waits for it
MIB = 1024 * 1024


def decide(state: State, world: World, now: object) -> Turn:
    """One answer more, two messages out."""
    number = len(state.answers)
    after = state.with_answer(f"q{number}", Answer("given", "werken in de techniek"))
    return Turn(after, (Say(Message("Ik lees: techniek.")), Say(Message("Wat wilt u het liefst?", kind="question"))))


@dataclass
class Soak:
    """What happened, second by second."""

    store: Store
    waits: array[float] = field(default_factory=lambda: array("f"))  # seconds of each turn, in the order they ended
    memory: list[int] = field(default_factory=list)  # MiB, every second
    queue: list[int] = field(default_factory=list)  # turns under way, every second
    outbox: list[int] = field(default_factory=list)  # messages waiting, every five seconds
    sent: int = 0  # different updates
    done: int = 0
    duplicates: int = 0
    sent_twice: int = 0  # updates that were delivered a second time
    held_back: int = 0  # times the load waited for the machine
    running: bool = True

    async def turn(self, number: int) -> None:
        seat, round_ = number % AT_ONCE, number // AT_ONCE
        visitor = f"{seat}-{(round_ + seat) // TURNS_EACH}"  # they began at different moments
        channel = "telegram" if seat % 2 else "web"
        said = Incoming(channel, visitor, Said("techniek"), system_clock(), update_id=f"{visitor}-{round_}")
        began = time.perf_counter()
        result = await self.store.turn(said, decide)
        self.waits.append(time.perf_counter() - began)
        self.done += not result.duplicate
        self.duplicates += result.duplicate

    async def load(self) -> float:
        """Offers turns at RATE for SECONDS; returns how long it took until the last was answered."""
        tasks: set[asyncio.Task[None]] = set()
        start = time.perf_counter()
        sent = seconds = 0
        while (now := time.perf_counter() - start) < SECONDS:
            if now >= seconds:
                seconds += 1
                self.memory.append(_memory())
                self.queue.append(len(tasks))
            due = int(now * RATE)
            while sent < due and len(tasks) <= LONGEST_QUEUE:
                copies = 2 if sent % TWICE == 0 else 1
                self.sent_twice += copies - 1
                for _ in range(copies):
                    task = asyncio.create_task(self.turn(sent))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                sent += 1
            self.held_back += sent < due
            await asyncio.sleep(0.005)
        await asyncio.gather(*tasks)
        self.sent = sent
        return time.perf_counter() - start

    async def send(self) -> None:
        """A sender: takes what is next in every lane, and settles it as the channel would."""
        while self.running:
            batch = await self.store.claim_outbox(["telegram"])
            if batch:
                await self.store.settle([(out, Verdict("sent", f"m{out.id}")) for out in batch])
            else:
                await asyncio.sleep(0.05)

    async def watch(self) -> None:
        waiting = sa.select(sa.func.count()).where(t.outbox.c.state.in_(("new", "sending")))
        while self.running:
            self.outbox.append(int(await self.store._read(lambda conn: conn.execute(waiting).scalar()) or 0))
            await asyncio.sleep(5)


@contextmanager
def a_database(engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'loket.db'}"
        return
    with a_server(fsync=True) as server:
        url = make_database(server)
        yield url
        drop_database(server, url)


@pytest.mark.long
@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
async def test_the_average_of_ten_million_conversations_a_day(
    engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_database(engine, tmp_path) as url:
        store = await open_store(url, secret=Keys.from_text(SECRET), rules=Rules())
        soak = Soak(store)
        beside = [asyncio.create_task(work) for work in (soak.send(), soak.send(), soak.watch())]
        cpu = time.process_time()
        took = await soak.load()
        cpu = time.process_time() - cpu
        drained = await _drained(store)
        soak.running = False
        await asyncio.gather(*beside)
        found = await store._read(lambda conn: check_invariants(conn, store.context, whole_log=True))
        stored, applied = await store._read(_counted)
        counts = await store.outbox_counts()
        await store.aclose()
    with capsys.disabled():
        print("\n" + "\n".join(_report(engine, soak, took, cpu, drained)))
    assert found == []
    assert soak.done == soak.sent == stored == applied
    assert soak.duplicates == soak.sent_twice
    assert counts.get("new", 0) == counts.get("sending", 0) == counts["maybe_twice"] == 0


def _counted(conn: sa.Connection) -> tuple[int, int]:
    """Updates that were marked as seen, and turns that conversations count."""
    seen = conn.execute(sa.select(sa.func.count()).select_from(t.seen)).scalar()
    turns = conn.execute(sa.select(sa.func.sum(t.conversation.c.version))).scalar()
    return int(seen or 0), int(turns or 0)


async def _drained(store: Store) -> float:
    """Seconds until the senders have emptied the outbox."""
    start = time.perf_counter()
    while await store.outbox_due() is not None:
        await asyncio.sleep(0.2)
    return time.perf_counter() - start


def _report(engine: str, soak: Soak, took: float, cpu: float, drained: float) -> list[str]:
    tenth = max(1, len(soak.waits) // 10)
    return [
        (
            f"{engine}: {soak.done:,} turns in {took:.0f} s = {soak.done / took:,.0f} a second (asked {RATE:,}), "
            f"{soak.sent // TURNS_EACH:,} conversations of {TURNS_EACH} turns, {soak.duplicates:,} updates refused as "
            f"delivered twice, CPU of the process {cpu / soak.done * 1e6:,.0f} us a turn, senders included"
        ),
        f"  all:          {_quantiles(soak.waits)}",
        f"  first tenth:  {_quantiles(soak.waits[:tenth])}",
        f"  last tenth:   {_quantiles(soak.waits[-tenth:])}",
        f"  under way at most {max(soak.queue):,} turns; the load was held back {soak.held_back:,} times",
        f"  outbox: at most {max(soak.outbox):,} waiting, empty {drained:.1f} s after the last turn",
        (
            f"  memory: {soak.memory[0]} MiB at the start, {soak.memory[len(soak.memory) // 5]} after a fifth, "
            f"{soak.memory[-1]} at the end"
        ),
    ]


def _quantiles(waits: array[float]) -> str:
    found = sorted(waits)
    cuts = ((name, found[min(len(found) - 1, int(len(found) * part))]) for name, part in _CUTS)
    return ", ".join(f"{name} {cut * 1e3:,.1f} ms" for name, cut in cuts)


_CUTS = (("median", 0.5), ("p95", 0.95), ("p99", 0.99), ("longest", 1.0))


def _memory() -> int:
    """Resident MiB of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // MIB
