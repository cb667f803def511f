"""Several worker processes on one database: turns a second together, and what a turn costs of the processor.

PostgreSQL with 1, 2 and 4 workers; SQLite with the one it allows. Each worker carries sixteen conversations at once.
The first row is the floor: hand-written commits of the same rows in the same database, just before.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from storage.context import Rules
from storage.keys import Keys
from storage.store import open_store
from tests.bench.by_hand import connected, on_postgresql, somebodies
from tests.bench.servers import cpu_of_database
from tests.bench.storing import FAR, GROUPS, SECRET, decide, first_words, turns

SECONDS = 4.0
AT_ONCE = 16
FLOOR = 1600  # turns by hand
BLOCK = 160  # turns between two looks at the clock


@dataclass(frozen=True)
class Share:
    """What one worker did between the same two moments as the others."""

    turns: int
    seconds: float
    cpu: float


def report() -> list[str]:
    from tests.storage.postgres import a_server, drop_database, make_database

    lines = ["| what | turns a second | CPU of the workers a turn | CPU of the server a turn |", "|---|---:|---:|---:|"]
    with a_server(fsync=True) as server:
        url = make_database(server)
        lines += asyncio.run(_floor(url))
        for workers in (1, 2, 4):
            before = cpu_of_database(url)
            shares, server_cpu = _together(url, workers, before)
            lines.append(_line(f"PostgreSQL, {_counted(workers)}", shares, server_cpu))
        drop_database(server, url)
    with tempfile.TemporaryDirectory() as folder:
        shares, _ = _together(f"sqlite:///{folder}/loket.db", 1, 0.0)
        lines.append(_line("SQLite, its one process", shares, None))
    return [
        *lines,
        "",
        f"Everything on the same cores, {AT_ONCE} conversations at once a worker, {SECONDS:.0f} s each.",
    ]


async def _floor(url: str) -> list[str]:
    people = await somebodies(url, Keys.from_text(SECRET), AT_ONCE, first_words, decide)
    lines = []
    async with connected(url) as raw:
        for name, group in GROUPS:
            start, cpu, server = time.perf_counter(), time.process_time(), cpu_of_database(url)
            await on_postgresql(raw, people[:group], FLOOR, group * FAR)
            spent, cpu, server = time.perf_counter() - start, time.process_time() - cpu, cpu_of_database(url) - server
            lines.append(_row(f"asyncpg by hand, one process, {name}", FLOOR / spent, cpu / FLOOR, server / FLOOR))
    return lines


def _counted(workers: int) -> str:
    return "1 worker" if workers == 1 else f"{workers} workers"


def _line(name: str, shares: list[Share], server: float | None) -> str:
    done = sum(share.turns for share in shares)
    rate = sum(share.turns / share.seconds for share in shares)
    return _row(name, rate, sum(share.cpu for share in shares) / done, None if server is None else server / done)


def _row(name: str, rate: float, cpu: float, server: float | None) -> str:
    theirs = "" if server is None else f"{server * 1e6:,.0f} µs"
    return f"| {name} | {rate:,.0f} | {cpu * 1e6:,.0f} µs | {theirs} |"


def _together(url: str, workers: int, before: float) -> tuple[list[Share], float]:
    """Starts the workers, lets them begin at the same moment, and reads the server while their sessions are open."""
    command = [sys.executable, "-m", "tests.bench.workers", url]
    pipes = subprocess.PIPE
    running = [subprocess.Popen([*command, str(n)], stdin=pipes, stdout=pipes, text=True) for n in range(workers)]
    try:
        for worker in running:
            assert _said(worker) == "ready"
        before = cpu_of_database(url) if url.startswith("postgresql") else before
        for worker in running:
            _tell(worker, "go")
        shares = [Share(**json.loads(_said(worker))) for worker in running]
        after = cpu_of_database(url) if url.startswith("postgresql") else before
        for worker in running:
            _tell(worker, "stop")
        return shares, after - before
    finally:
        for worker in running:
            worker.communicate(timeout=30)


def _said(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()


def _tell(worker: subprocess.Popen[str], word: str) -> None:
    assert worker.stdin is not None
    worker.stdin.write(word + "\n")
    worker.stdin.flush()


async def work(url: str, number: int) -> None:
    """The life of one worker: warm up, wait for the sign, work until the time is over, tell, wait for the end."""
    store = await open_store(url, secret=Keys.from_text(SECRET), rules=Rules())
    who = f"worker{number}-"
    await turns(store, -1, AT_ONCE, BLOCK * 2, who)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    start, cpu, done = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - start < SECONDS:
        done += await turns(store, done, AT_ONCE, BLOCK, who)
    took, spent = time.perf_counter() - start, time.process_time() - cpu
    print(json.dumps({"turns": done, "seconds": took, "cpu": spent}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await store.aclose()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], int(sys.argv[2])))
