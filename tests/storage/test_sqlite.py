"""What only the file can do wrong: settings, two writers, a file that is locked, full, read-only, gone or too new."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from knowledge.problems import LoketError
from storage.base import NotStored
from storage.migrations.run import scripts, upgrade
from storage.setup import HEAD, TooNew, make_tables, migrate
from storage.sqlite import PRAGMAS, AlreadyServed, SqliteStore, writing_engine
from storage.store import open_store
from tests.storage.desk import Visitor, counting


async def opened(path: Path) -> SqliteStore:
    store = await open_store(f"sqlite:///{path}")
    assert isinstance(store, SqliteStore)
    return store


async def test_every_pragma_is_what_we_set(tmp_path: Path) -> None:
    store = await opened(tmp_path / "loket.db")

    def read() -> dict[str, object]:
        return {name: store._conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}

    with store._conn.begin():
        found = read()
    assert found == PRAGMAS
    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        await store._read(lambda conn: conn.exec_driver_sql("DELETE FROM seen"))
    await store.aclose()
    assert (tmp_path / "loket.db").stat().st_mode & 0o777 == 0o600


async def test_a_second_writer_is_refused_by_name_and_welcome_when_the_first_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "loket.db"
    first = await opened(path)
    with pytest.raises(AlreadyServed, match=f"process {os.getpid()}"):
        await open_store(f"sqlite:///{path}")
    beside = await open_store(f"sqlite:///{path}", writer=False)
    await beside.add_staff("sanne", "Sanne")
    assert await first.staff("sanne") is not None, "short administrative work goes on beside the server"
    await beside.aclose()
    await first.aclose()
    await (await opened(path)).aclose()


def test_the_migrations_make_exactly_the_tables_of_today() -> None:
    """A new database is made from the tables, an older one by the migrations: tables, indexes, triggers are equal."""

    def shape(fill: object) -> list[tuple[str, str]]:
        engine = sa.create_engine("sqlite://")
        with engine.begin() as conn:
            fill(conn)  # type: ignore[operator]
            rows = conn.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version' ORDER BY name"
            ).fetchall()
        engine.dispose()
        return [(row[0], " ".join(sorted(row[1].replace(",", " ").replace("\n", " ").split()))) for row in rows]

    assert shape(upgrade) == shape(make_tables)


def test_a_new_database_is_stamped_as_the_migrations_would() -> None:
    def version(fill: Callable[[sa.Connection], None]) -> list[object]:
        engine = sa.create_engine("sqlite://")
        with engine.begin() as conn:
            fill(conn)
            made = conn.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'alembic_version'").scalar_one()
            rows = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
        engine.dispose()
        return [" ".join(made.split()), *rows]

    assert version(make_tables) == version(upgrade)


def test_there_is_one_newest_migration_and_it_is_the_one_we_know() -> None:
    assert scripts().get_heads() == [HEAD]


async def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    store = await opened(tmp_path / "loket.db")
    assert await store._write(migrate) is False
    await store.aclose()


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "loket.db"
    await (await opened(path)).aclose()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    with pytest.raises(TooNew, match="9999"):
        await open_store(f"sqlite:///{path}")


async def test_a_file_that_is_no_database_is_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "loket.db"
    path.write_text("dit is een boodschappenlijst, geen database " * 50)
    (tmp_path / "loket.key").write_text("k" * 40)
    with pytest.raises(LoketError, match="not a database"):
        await open_store(f"sqlite:///{path}")


async def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LoketError):
        await open_store(f"sqlite:///{tmp_path / 'file' / 'loket.db'}")


@pytest.mark.parametrize("url", ["mysql://x/y", "geen url", "sqlite", "postgresql://localhost/x"])
async def test_an_unknown_or_incomplete_url_is_explained(url: str) -> None:
    with pytest.raises(LoketError):
        await open_store(url)


async def test_a_locked_database_stores_nothing_acknowledges_nothing_and_recovers(tmp_path: Path) -> None:
    path = tmp_path / "loket.db"
    store = await opened(path)
    piet = Visitor(store, "piet")
    await piet.says("een", counting)
    store._conn.connection.driver_connection.execute("PRAGMA busy_timeout=50")  # type: ignore[union-attr]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(NotStored, match="locked"):
            await piet.says("twee", counting, update="2")
        other.execute("ROLLBACK")
    result = await piet.says("twee", counting, update="2")
    assert (result.duplicate, result.version) == (False, 2)
    await store.aclose()


async def test_a_full_disk_stores_nothing_acknowledges_nothing_and_recovers(tmp_path: Path) -> None:
    store = await opened(tmp_path / "loket.db")
    piet = Visitor(store, "piet")
    await piet.says("een", counting)
    raw = store._conn.connection.driver_connection
    assert raw is not None
    pages = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(NotStored, match="full"):
        await piet.says("x" * 50_000, counting, update="2")
    raw.execute("PRAGMA max_page_count=1000000")
    result = await piet.says("twee", counting, update="2")
    assert (result.duplicate, result.version) == (False, 2)
    assert [one.message.text for one in await store.messages(result.conversation)] == [
        "een", "antwoord 1", "twee", "antwoord 2",
    ]  # fmt: skip
    await store.aclose()


async def test_a_database_that_was_removed_is_not_made_anew_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "loket.db"
    store = await opened(path)
    piet = Visitor(store, "piet")
    await piet.says()
    path.rename(tmp_path / "elders.db")
    with pytest.raises(NotStored, match="removed or replaced"):
        await piet.says(update="2")
    assert not path.exists()
    (tmp_path / "elders.db").rename(path)
    assert not (await piet.says(update="2")).duplicate
    await store.aclose()


async def test_turns_that_wait_at_the_end_are_finished_or_refused_never_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "loket.db"
    store = await opened(path)
    visitors = [Visitor(store, f"v{n}") for n in range(100)]
    turns = [asyncio.create_task(visitor.says("x", counting)) for visitor in visitors]
    await asyncio.sleep(0)
    await store.aclose()
    results = await asyncio.gather(*turns, return_exceptions=True)
    again = await opened(path)
    for visitor, result in zip(visitors, results, strict=True):
        stored = await again.conversation_at("telegram", "", visitor.address) is not None
        assert stored == (not isinstance(result, BaseException))
    await again.aclose()


def test_opening_does_not_load_what_it_does_not_need(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys; from storage.store import open_store\n"
        f"store = asyncio.run(open_store('sqlite:///{tmp_path}/loket.db'))\n"
        "known = {'asyncpg', 'holidays', 'argon2', 'rapidfuzz', 'pyotp', 'stdnum', 'sqlalchemy.orm'}\n"
        "heavy = known & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


async def test_the_writing_engine_begins_before_the_first_read(tmp_path: Path) -> None:
    engine = writing_engine(str(tmp_path / "x.db"))
    with engine.connect() as conn, conn.begin():
        conn.exec_driver_sql("SELECT 1")
        assert conn.connection.driver_connection is not None
        assert conn.connection.driver_connection.in_transaction
    engine.dispose()
