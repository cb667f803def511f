"""Updates in any order and number, a clock that jumps, a backup while the desk is busy."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.effects import Remind
from flows.events import Said
from storage.backup import backup, restore
from storage.context import Rules
from storage.invariants import check_invariants
from storage.keys import Keys
from storage.messages import Incoming
from storage.store import Store, open_store
from tests.chaos.simulated import Desk, a_store, desk_decides, run
from tests.storage.desk import CLASSES, Clock, Visitor, a_coach, answering, counting
from tests.storage.test_cases import CALL_ME

SECRET = "een-geheim-van-ruim-dertig-tekens-lang"


@settings(
    max_examples=int(os.environ.get("LOKET_EXAMPLES", "40")), deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_any_multiset_of_deliveries_equals_delivering_each_once(order: list[int]) -> None:
    clock = Clock()
    updates = [Incoming("telegram", f"chat{n % 3}", Said(f"tekst {n}"), clock.now, str(n)) for n in range(10)]

    def outcome(numbers: list[int]) -> list[tuple[str, int, list[str]]]:
        store = a_store(clock)
        for number in numbers:
            run(store.turn(updates[number], desk_decides(updates[number])))
        found = []
        for chat in range(3):
            talk = run(store.conversation_at("telegram", "", f"chat{chat}"))
            if talk is not None:
                log = run(store.messages(talk.id))
                found.append((f"chat{chat}", talk.version, [row.message.text for row in log]))
        return found

    assert outcome(order) == outcome(list(dict.fromkeys(order)))


async def test_a_clock_that_jumps_back_doubles_no_reminder_and_loses_no_turn() -> None:
    clock = Clock()
    store = await open_store("memory:", clock=clock, rules=Rules(classes=CLASSES))
    store.step = lambda state, world, event, now: answering()(state, world, now)
    piet = Visitor(store, "piet", clock=clock)
    await piet.says("x", answering("age", 1, Remind("intake", 3600)))
    clock.tick(hours=2)
    (due,) = await store.due_reminders()
    assert not (await store.remind(due)).duplicate
    clock.tick(hours=-3)
    assert await store.due_reminders() == []
    clock.tick(days=3650)
    assert await store.due_reminders() == []
    assert (await store.remind(due)).duplicate
    result = await piet.says("later", counting)
    clock.tick(days=-3650)
    assert (await piet.says("en terug", counting)).version == result.version + 1
    assert await findings(store) == []
    await store.aclose()


async def test_nights_in_which_the_clock_changes_move_no_due_time() -> None:
    for start in ("2026-03-28T12:00:00+01:00", "2026-10-24T12:00:00+02:00"):
        clock = Clock()
        clock.now = clock.now.fromisoformat(start)
        store = await open_store("memory:", clock=clock, rules=Rules(classes=CLASSES))
        code = (await Visitor(store, "piet", clock=clock).says("x", answering("age", 1, CALL_ME))).case
        case = await store.case(code)
        assert case is not None
        assert case.due is not None
        assert case.due.astimezone(clock.now.tzinfo).weekday() == 0, (
            "Monday at eleven, whatever the clock did on Sunday"
        )
        before = case.due
        clock.tick(days=1)
        await store.tick()
        case = await store.case(code)
        assert case is not None
        assert case.due == before
        await store.aclose()


async def findings(store: Store) -> list[str]:
    return await store._read(lambda conn: check_invariants(conn, store.context, whole_log=True))


async def test_a_backup_during_load_restores_to_a_moment_in_which_everything_was_true(tmp_path: Path) -> None:
    store = await open_store(
        f"sqlite:///{tmp_path / 'loket.db'}", secret=Keys.from_text(SECRET), rules=Rules(classes=CLASSES)
    )
    sanne = await a_coach(store)
    busy = True
    answered: set[int] = set()
    begun = asyncio.Event()

    async def visitor(number: int) -> None:
        who = Visitor(store, f"v{number}")
        while busy:
            await who.says("x", counting if who.sent % 5 else answering("age", 1, CALL_ME))
            answered.add(number)
            if len(answered) == 8:
                begun.set()

    turns = [asyncio.create_task(visitor(number)) for number in range(8)]
    await begun.wait()  # on a busy machine nobody may have been answered after a tenth of a second
    data, keys = await backup(store, tmp_path / "b")
    await asyncio.sleep(0.05)
    busy = False
    await asyncio.gather(*turns)
    assert data is not None
    now = store.clock()
    assert await store.staff("sanne") == sanne
    await store.aclose()
    counts = restore(data, keys, tmp_path / "terug.db", Keys.from_text(SECRET), now + timedelta(minutes=1))
    assert counts["people"] > 0
    with closing(sqlite3.connect(tmp_path / "terug.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = await open_store(
        f"sqlite:///{tmp_path / 'terug.db'}", secret=Keys.from_text(SECRET), rules=Rules(classes=CLASSES)
    )
    assert await findings(again) == []
    assert (await Visitor(again, "v0", sent=99_999).says("verder", counting)).version > 1
    await again.aclose()


def test_a_simulated_desk_that_loses_an_answer_is_noticed() -> None:
    """The net has no hole: a store that forgets one message is found out."""
    desk = Desk(1)
    desk.visitor_types(0)
    desk.deliver()
    desk.store._conn.exec_driver_sql("DELETE FROM message WHERE sender = 'visitor'")
    desk.store._conn.commit()
    with pytest.raises(AssertionError, match="1 messages are missing"):
        desk.check()
