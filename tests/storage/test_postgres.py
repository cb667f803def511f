"""What only several workers can do wrong, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from knowledge.problems import LoketError
from storage import actions as a
from storage.base import NotStored
from storage.context import Rules
from storage.invariants import check_invariants
from storage.keys import KeyLost, Keys
from storage.messages import Verdict
from storage.migrations.run import upgrade
from storage.setup import make_tables
from storage.store import Store, open_store
from tests.storage.conftest import SECRET, empty
from tests.storage.desk import CLASSES, Visitor, a_coach, counting, step
from tests.storage.test_cases import a_case

pytestmark = pytest.mark.pg


async def a_worker(url: str) -> Store:
    store = await open_store(url, secret=Keys.from_text(SECRET), rules=Rules(classes=CLASSES))
    store.step = step
    return store


@pytest.fixture
async def workers(shared_postgres: str) -> AsyncIterator[list[Store]]:
    await empty(shared_postgres)
    opened = await asyncio.gather(*(a_worker(shared_postgres) for _ in range(3)))
    yield list(opened)
    for store in opened:
        await store.aclose()


async def holds(store: Store) -> list[str]:
    return await store._read(lambda conn: check_invariants(conn, store.context, whole_log=True))


async def test_workers_that_open_an_empty_database_at_once_migrate_it_once(postgres_url: str) -> None:
    stores = await asyncio.gather(*(a_worker(postgres_url) for _ in range(3)))
    await Visitor(stores[0], "piet").says()
    assert await stores[2].conversation_at("telegram", "", "piet") is not None, "they share the keys of the desk"
    for store in stores:
        await store.aclose()
    with pytest.raises(KeyLost):
        await open_store(postgres_url, secret=Keys.from_text("een-heel-ander-geheim-van-dertig-tekens"))


async def test_the_migrations_make_exactly_the_tables_of_today(postgres_url: str, postgres_server: str) -> None:
    from tests.storage.postgres import drop_database, make_database

    async def shape(url: str, fill: object) -> list[tuple[object, ...]]:
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.begin() as conn:
            await conn.run_sync(fill)  # type: ignore[arg-type]
            columns = await conn.exec_driver_sql(
                "SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length"
                " FROM information_schema.columns WHERE table_schema = 'public' AND table_name != 'alembic_version'"
                " ORDER BY 1, 2"
            )
            found = [tuple(row) for row in columns]
            indexes = await conn.exec_driver_sql(
                "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"
                " AND tablename != 'alembic_version' ORDER BY 1, 2"
            )
            found += [tuple(row) for row in indexes]
            keys = await conn.exec_driver_sql(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE connamespace = 'public'::regnamespace AND conname != 'alembic_version_pkc' ORDER BY 1"
            )
            found += [tuple(row) for row in keys if row[0] != "alembic_version_version_num_not_null"]
            for query in (
                "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
                "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
                "SELECT relname, reloptions FROM pg_class WHERE reloptions IS NOT NULL ORDER BY 1",
                "SELECT version_num FROM alembic_version",
            ):
                found += [tuple(row) for row in await conn.exec_driver_sql(query)]
        await engine.dispose()
        return found

    other = make_database(postgres_server)
    made = await shape(postgres_url, make_tables)
    assert ("conversation", ["fillfactor=70"]) in made
    assert sum("TRIGGER audit" in str(row[0]) for row in made) == 2
    assert made == await shape(other, upgrade)
    drop_database(postgres_server, other)


async def test_three_workers_apply_an_update_once_and_lose_none(workers: list[Store]) -> None:
    """Every update is delivered to two workers at once, as after a webhook's time-out."""
    for number in range(25):
        turns = []
        for chat in range(6):
            for worker in (workers[number % 3], workers[(number + 1) % 3]):
                turns.append(
                    Visitor(worker, f"chat{chat}").says(f"{chat}-{number}", counting, update=f"{chat}-{number}")
                )
        results = await asyncio.gather(*turns)
        assert sum(result.duplicate for result in results) == 6
    for chat in range(6):
        talk = await workers[0].conversation_at("telegram", "", f"chat{chat}")
        assert talk is not None
        assert talk.version == 25
        log = await workers[0].messages(talk.id)
        assert [row.message.text for row in log if row.sender == "visitor"] == [f"{chat}-{n}" for n in range(25)]
    assert await holds(workers[0]) == []


async def test_a_new_visitor_who_writes_twice_at_once_through_two_workers_is_one_person(workers: list[Store]) -> None:
    for number in range(10):
        one, two = (Visitor(worker, f"nieuw{number}") for worker in workers[:2])
        results = await asyncio.gather(one.says("a", counting, update="a"), two.says("b", counting, update="b"))
        assert len({result.conversation for result in results}) == 1
    persons = await workers[0]._read(lambda conn: conn.execute(sa.text("SELECT count(*) FROM person")).scalar())
    assert persons == 10
    assert await holds(workers[0]) == []


async def test_coaches_on_different_workers_never_both_win(workers: list[Store]) -> None:
    coaches = [await a_coach(workers[0], name) for name in ("anna", "bram", "cas")]
    for number in range(6):
        code = await a_case(workers[0], f"v{number}")
        results = await asyncio.gather(
            *(worker.act(a.Claim(code, coach.id)) for worker, coach in zip(workers, coaches, strict=True))
        )
        assert sum(isinstance(result, a.Done) for result in results) == 1
    assert await holds(workers[0]) == []


async def test_a_coach_claims_while_the_visitor_writes_and_nobody_is_lost(workers: list[Store]) -> None:
    anna = await a_coach(workers[0], "anna")
    for number in range(8):
        code = await a_case(workers[0], f"v{number}")
        visitor = Visitor(workers[1], f"v{number}", sent=10)
        await asyncio.gather(
            workers[2].act(a.Claim(code, anna.id)), *(visitor.says("nog iets", counting) for _ in range(3))
        )
        case = await workers[0].case(code)
        assert case is not None
        assert case.unread_at is not None or case.state == "with_coach"
        log = await workers[0].messages(case.conversation.id)  # type: ignore[union-attr]
        taken = next(row.seq for row in log if "U praat nu met coach" in row.message.text)
        assert not [row for row in log if row.seq > taken and row.sender == "bot"]
    assert await holds(workers[0]) == []


async def test_senders_on_different_workers_keep_every_lane_in_order(workers: list[Store]) -> None:
    for chat in range(5):
        for _ in range(4):
            await Visitor(workers[0], f"c{chat}", sent=0).says("x", counting, update=f"{chat}{_}")
    sent: list[tuple[str, int]] = []

    async def sender(worker: Store) -> None:
        empty_handed = 0
        while empty_handed < 5:
            batch = await worker.claim_outbox(["telegram"], limit=2)
            empty_handed = 0 if batch else empty_handed + 1
            for out in batch:
                sent.append((out.address, out.seq))
                await worker.settle([(out, Verdict("sent", "1"))])
            await asyncio.sleep(0)

    await asyncio.gather(*(sender(worker) for worker in workers))
    assert len(sent) == len(set(sent)) == 20
    for chat in range(5):
        seqs = [seq for address, seq in sent if address == f"c{chat}"]
        assert seqs == sorted(seqs)


async def test_a_commit_of_one_worker_wakes_another(workers: list[Store]) -> None:
    await asyncio.sleep(0.05)  # the listeners are connecting
    waiting = asyncio.create_task(workers[1].changed(5))
    await asyncio.sleep(0)
    await Visitor(workers[0], "piet").says()
    assert await waiting


async def test_a_server_that_drops_us_stores_nothing_acknowledges_nothing_and_recovers(
    workers: list[Store], shared_postgres: str
) -> None:
    piet = Visitor(workers[0], "piet")
    await piet.says("een", counting, update="1")
    engine = create_async_engine(shared_postgres, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    kick = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid != pg_backend_pid()"
    )
    acked = {"1"}
    for number in range(2, 12):
        async with engine.connect() as conn:
            await conn.execute(kick)
        for _ in range(5):
            try:
                await piet.says(f"{number}", counting, update=str(number))
                acked.add(str(number))
                break
            except NotStored:
                await asyncio.sleep(0.01)
    await engine.dispose()
    assert acked == {str(number) for number in range(1, 12)}
    talk = await workers[1].conversation_at("telegram", "", "piet")
    assert talk is not None
    assert talk.version == 11
    assert await holds(workers[0]) == []


async def test_a_text_that_postgresql_cannot_hold_fails_alone(workers: list[Store]) -> None:
    turns = [Visitor(workers[0], f"v{n}", channel="web" if n else "we\0b").says("x", counting) for n in range(5)]
    results = await asyncio.gather(*turns, return_exceptions=True)
    assert [isinstance(result, BaseException) for result in results] == [True, False, False, False, False]


@pytest.mark.parametrize("url", ["postgresql+asyncpg://loket:geheim@127.0.0.1:1/niets"])
async def test_a_server_that_is_not_there_is_said_without_the_password(url: str) -> None:
    with pytest.raises(LoketError) as told:
        await open_store(url, secret=Keys.from_text(SECRET))
    assert "geheim" not in str(told.value)
