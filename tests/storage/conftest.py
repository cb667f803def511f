"""Stores for the tests: in memory, in a file, and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.context import Rules
from storage.keys import Keys
from storage.store import Store, open_store
from tests.storage.desk import CLASSES, Clock, step
from tests.storage.postgres import drop_database, make_database, postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

SECRET = "a-secret-of-the-tests-long-enough-to-be-one"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def shared_postgres(postgres_server: str) -> Iterator[str]:
    """One migrated database for all tests that empty it before use."""
    url = make_database(postgres_server)
    yield url
    drop_database(postgres_server, url)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated database to copy: migrating costs more than most tests."""
    path = tmp_path_factory.mktemp("migrated") / "loket.db"

    async def make() -> None:
        await (await open_store(f"sqlite:///{path}", secret=Keys.from_text(SECRET))).aclose()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, make()).result()
    return path


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    rules = Rules(classes=CLASSES)
    if request.param == "memory":
        opened = await open_store("memory:", clock=clock, rules=rules)
    elif request.param == "sqlite":
        path = tmp_path / "loket.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        opened = await open_store(f"sqlite:///{path}", secret=Keys.from_text(SECRET), clock=clock, rules=rules)
    else:
        url = request.getfixturevalue("shared_postgres")
        await empty(url)
        opened = await open_store(url, secret=Keys.from_text(SECRET), clock=clock, rules=rules)
    opened.step = step
    yield opened
    await opened.aclose()


async def empty(url: str) -> None:
    """Removes all rows of a database, as fast as can be."""
    import sqlalchemy as sa
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    from storage.tables import metadata

    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as conn:
        known = await conn.run_sync(lambda sync: set(sa.inspect(sync).get_table_names()))
        names = [table.name for table in metadata.sorted_tables if table.name in known and table.name != "secret"]
        if names:
            await conn.exec_driver_sql("SET LOCAL session_replication_role = replica")  # the audit log refuses to go
            await conn.exec_driver_sql(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE")
    await engine.dispose()
