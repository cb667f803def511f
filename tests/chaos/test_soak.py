"""Ten minutes at the average load of ten million conversations a day: 1,273 durable turns a second, none lost.

Behind `make test-long`. SOAK_SECONDS shortens it to try it out; what is reported is what was measured.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.effects import Message, Say
from flows.events import Said
from flows.state import Answer, State
from flows.turn import Turn
from flows.world import World
from storage import tables as t
from storage.keys import Keys
from storage.messages import Incoming
from storage.store import open_store
from storage.talk import Rules
from tests.storage.conftest import SECRET
from tests.storage.desk import MONDAY_10
from tests.storage.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

RATE = 1_273  # turns a second
SECONDS = int(os.environ.get("SOAK_SECONDS", "600"))
CONVERSATIONS = 2_000
LONGEST_QUEUE = 5_000  # turns waiting; more means the machine does not keep up


def decide(state: State, world: World, now: object) -> Turn:
    count = state.answers["n"].value if "n" in state.answers else 0
    after = state.with_answer("n", Answer("given", count + 1))
    return Turn(after, (Say(Message("Ik lees: techniek.")), Say(Message("Wat wilt u het liefst?", kind="question"))))


@pytest.mark.long
@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
async def test_the_average_of_ten_million_conversations_a_day_is_kept_up(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    if engine == "sqlite":
        store = await open_store(f"sqlite:///{tmp_path / 'loket.db'}", rules=Rules())
    else:
        url = request.getfixturevalue("postgres_url")
        store = await open_store(url, secret=Keys.from_text(SECRET), rules=Rules())
    waits: list[float] = []
    done = 0

    async def one(number: int) -> None:
        nonlocal done
        began = time.perf_counter()
        said = Incoming("web", f"person{number % CONVERSATIONS}", Said("techniek"), MONDAY_10, update_id=str(number))
        await store.turn(said, decide)
        waits.append(time.perf_counter() - began)
        done += 1

    tasks: set[asyncio.Task[None]] = set()
    start = time.perf_counter()
    sent = late = 0
    while time.perf_counter() - start < SECONDS:
        due = int((time.perf_counter() - start) * RATE)
        while sent < due:
            if len(tasks) > LONGEST_QUEUE:
                late += 1
                break
            task = asyncio.create_task(one(sent))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            sent += 1
        await asyncio.sleep(0.005)
    await asyncio.gather(*tasks)
    took = time.perf_counter() - start
    stored = await store._read(lambda conn: conn.execute(sa.select(sa.func.count()).select_from(t.seen)).scalar())
    await store.aclose()
    waits.sort()
    with capsys.disabled():
        print(
            f"\n{engine}: {done:,} turns in {took:.0f} s = {done / took:,.0f} a second (asked {RATE:,}); "
            f"median {statistics.median(waits) * 1e3:.1f} ms, "
            f"p99 {waits[int(len(waits) * 0.99)] * 1e3:.1f} ms, held back {late}"
        )
    assert stored == sent == done
