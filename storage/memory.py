"""A store without a file, with the same promises: the same statements on a database in memory.

For tests, for `loket chat`, and for trying things out. Nothing is left behind; its keys die with it.
"""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import dialect

from storage import guards  # noqa: F401 - its triggers are made with the tables
from storage.base import Clock
from storage.context import Rules
from storage.keys import Keys
from storage.setup import context_of
from storage.sqlite import SqliteStore, writing_engine
from storage.tables import metadata


class MemoryStore(SqliteStore):
    """All of SqliteStore but the disk: one connection for writing and reading, no lock file, no migrations to run."""

    @classmethod
    async def open(cls, keys: Keys, clock: Clock, rules: Rules) -> MemoryStore:  # type: ignore[override]
        store = cls(writing_engine(":memory:"), None, clock, None)
        with store._conn.begin():
            for statement in _tables():
                store._conn.exec_driver_sql(statement)
            store.context = context_of(store._conn, keys, rules, "sqlite")
        store.url = "memory:"
        return store


@cache
def _tables() -> tuple[str, ...]:
    """What makes all tables, worded once per process: wording it costs ten times as much as doing it."""
    said: list[str] = []

    def say(one: sa.DDLElement, *_: object, **__: object) -> None:
        said.append(str(one.compile(dialect=dialect())))

    metadata.create_all(sa.create_mock_engine("sqlite://", say), checkfirst=False)
    return tuple(said)
