"""Turns that are planned without a connection: what they may do, and what they leave to a transaction."""

from __future__ import annotations

from datetime import UTC, datetime

from flows.effects import Consent
from flows.events import Said
from storage.batch import Job, plan_batch
from storage.messages import Incoming
from storage.statements import Opened
from storage.store import open_store
from tests.storage.desk import Visitor, answering, counting

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def job(index: str, decide: object = counting, update: str = "") -> Job:
    return Job(Incoming("telegram", index, Said("hallo"), NOW, update), decide, index)  # type: ignore[arg-type]


async def test_what_only_adds_rows_is_planned_and_everything_else_is_left_whole() -> None:
    store = await open_store("memory:")
    for name in ("anna", "bram"):
        await Visitor(store, name).says("dag", counting)
    index = {name: store.context.index.of("telegram", "", name) for name in ("anna", "bram")}
    found = await store._read(lambda conn: store.context.sql.look(conn, [], list(index.values())))
    anna = next(row for row in found.talks if row.address_index == index["anna"])
    elsewhere = anna._replace(address_index="anna elsewhere")
    opened = Opened({("telegram", "", "7")}, [*found.talks, elsewhere], [], 0)
    consents = answering("age", 52, Consent("contact", True, "1"))
    jobs = [job(index["anna"]), job("anna elsewhere"), job(index["bram"], consents, "8"), job("somebody new")]
    results, rows = plan_batch(store.context, jobs, opened, NOW)
    assert [result is not None for result in results] == [True, False, False, False]
    assert [row["key"] for row in rows.talks] == [anna.id]
    assert {row["conversation"] for row in (*rows.messages, *rows.outbox, *rows.events)} == {anna.id}
    assert not rows.seen, "an update is applied with its turn, and not before"

    (again,), rows = plan_batch(store.context, [job(index["anna"], update="7")], opened, NOW)
    assert again is not None
    assert again.duplicate
    assert not rows.any()
    await store.aclose()


async def test_a_state_in_memory_is_used_for_the_very_bytes_that_are_stored_and_for_no_others() -> None:
    store = await open_store("memory:")
    piet = Visitor(store, "piet")
    before = await piet.says("een", counting)
    states, index = store.context.states, store.context.index.of("telegram", "", "piet")
    (row,) = (await store._read(lambda conn: store.context.sql.look(conn, [], [index]))).talks
    key = store.context.keys.person(row.person, row.kek, row.wrapped)
    labels, state = states.open(key, row.id, row.state_sealed)
    other = states.close(key, row.id, labels, state.but(turn=99))
    assert states.open(key, row.id, row.state_sealed)[1].turn == state.turn, "what another worker stored counts"
    assert states.open(key, row.id, other)[1].turn == 99
    assert before.version == 1
    await store.aclose()
