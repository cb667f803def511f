"""How long things are kept is what desk.yaml says: for new rows, and for what was stored under older periods."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from storage import actions as a
from storage import tables as t
from storage.periods import Periods
from storage.retention import RetentionRefused
from storage.store import Store
from tests.storage.desk import Clock, Visitor, a_coach, answering
from tests.storage.test_cases import CALL_ME


def keep(store: Store, **days: int) -> None:
    """desk.yaml was edited and content reloaded."""
    store.rules = replace(store.rules, periods=replace(Periods(), **days))


async def at_desk(store: Store, *addresses: str) -> list[bool]:
    return [await store.conversation_at("telegram", "", one) is not None for one in addresses]


async def test_every_period_of_a_desk_is_its_own(store: Store, clock: Clock) -> None:
    keep(store, intake_unfinished=4, chat_without_case=60)
    await Visitor(store, "half").says()
    await Visitor(store, "klaar").says("x", answering("age", 1, phase="finished"))
    clock.tick(days=5)
    await store.retention(dry_run=False)
    assert await at_desk(store, "half", "klaar") == [False, True]
    clock.tick(days=50)
    await store.retention(dry_run=False)
    assert await at_desk(store, "klaar") == [True]
    clock.tick(days=6)
    await store.retention(dry_run=False)
    assert await at_desk(store, "klaar") == [False]


async def test_a_shorter_period_also_holds_for_what_is_stored_already(store: Store, clock: Clock) -> None:
    await Visitor(store, "half").says()
    await store.retention(dry_run=False)
    clock.tick(days=5)
    keep(store, intake_unfinished=4)
    assert (await store.retention()).counts["conversations"] == 1
    assert (await store.retention(dry_run=False)).counts["conversations"] == 1


async def test_a_longer_period_also_holds_for_what_is_stored_already(store: Store, clock: Clock) -> None:
    await Visitor(store, "half").says()
    code = (await Visitor(store, "zaak").says("x", answering("age", 1, CALL_ME))).case
    sanne = await a_coach(store)
    await store.act(a.Close(code, sanne.id, "advised"))
    await store.retention(dry_run=False)
    keep(store, intake_unfinished=40, chat_after_case=50)
    clock.tick(days=35)
    for _ in range(2):
        assert (await store.retention(dry_run=False)).counts["conversations"] == 0
    clock.tick(days=6)
    await store.retention(dry_run=False)
    assert await at_desk(store, "half", "zaak") == [False, True]
    clock.tick(days=10)
    await store.retention(dry_run=False)
    assert await at_desk(store, "zaak") == [False]


async def test_periods_that_would_empty_the_desk_at_once_are_asked_about_first(store: Store, clock: Clock) -> None:
    for n in range(30):
        await Visitor(store, f"v{n}").says()
    await store.retention(dry_run=False)
    clock.tick(days=5)
    keep(store, intake_unfinished=4)
    with pytest.raises(RetentionRefused, match="30 of 30 conversations"):
        await store.retention()
    keep(store)
    assert (await store.retention(dry_run=False)).counts["conversations"] == 0, "the refused run changed nothing"


async def test_a_desk_whose_first_run_comes_years_after_its_last_message_waits_for_a_person(
    store: Store, clock: Clock
) -> None:
    await Visitor(store, "een").says()
    clock.tick(days=3650)
    with pytest.raises(RetentionRefused, match="last message is more than sixty days ago"):
        await store.retention(dry_run=False)


async def test_a_special_answer_goes_after_its_days_also_while_the_case_is_open(store: Store, clock: Clock) -> None:
    store.rules = replace(store.rules, classes={**store.rules.classes, "support": "special"})
    keep(store, special=10)
    piet = Visitor(store, "piet")
    await piet.says("hulp", answering("support", ["aids"]))
    asked = replace(
        CALL_ME, snapshot={"answers": {"support": 1, "age": 2}, "verdicts": [{"id": "x", "because": ["y"]}]}
    )
    code = (await piet.says("bel mij", answering("age", 52, asked))).case
    clock.tick(days=11)
    assert (await store.retention(dry_run=False)).counts["sensitive answers"] == 1
    case = await store.case(code)
    assert case is not None
    assert case.state == "waiting"
    assert case.snapshot == {"answers": {"age": 2}, "verdicts": [{"id": "x", "because": []}]}
    assert case.conversation is not None
    state = await store.state(case.conversation.id)
    assert state is not None
    assert set(state.answers) == {"age"}


async def test_sent_messages_and_the_audit_log_follow_their_own_periods(store: Store, clock: Clock) -> None:
    keep(store, outbox=2, audit=90)
    await store.audit("sanne", "open", "K-1001")
    await Visitor(store, "piet").says()
    await store._write(lambda conn: conn.execute(t.outbox.update().values(done_at=1)) and None)
    clock.tick(days=91)
    counts = (await store.retention(dry_run=False, anyway=True)).counts
    assert (counts["outbox"], counts["audit"]) == (1, 1)
    left = await store._read(lambda conn: conn.execute(sa.select(t.audit.c.action)).scalars().all())
    assert left == ["retention"]
    assert await store.verify_audit() == ()


async def test_what_other_periods_would_remove_is_counted_and_nothing_goes(store: Store, clock: Clock) -> None:
    await Visitor(store, "half").says()
    await store.retention(dry_run=False)
    clock.tick(days=5)
    assert (await store.retention_with(Periods(intake_unfinished=4))).counts["conversations"] == 1
    assert (await store.retention_with(Periods())).counts["conversations"] == 0
    assert await at_desk(store, "half") == [True]
