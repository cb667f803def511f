"""The turn in SQLite's words: a few statements each way, straight to the driver, in the transaction of the writer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection

from storage import tables as t
from storage.failpoints import failpoint
from storage.statements import (
    ANSWERED,
    INDEXED,
    QUEUE,
    SAVED,
    STOCKS,
    TALK,
    Opened,
    Record,
    Statements,
    StockRow,
    TalkRow,
    Update,
    Written,
    names_of,
    text_of,
    upsert_of,
)


class SqliteStatements(Statements):
    """One writer: the lock is the transaction itself (BEGIN IMMEDIATE)."""

    name = "sqlite"
    dialect = sqlite.dialect(paramstyle="qmark")

    _seen = (
        "INSERT INTO seen (channel, bot, update_id, at) "
        "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), ? "
        "FROM json_each(?) WHERE true ON CONFLICT DO NOTHING RETURNING channel, bot, update_id"
    )
    _talks = text_of(
        TALK.where(
            t.identity.c.address_index.in_(
                sa.select(sa.func.json_each(sa.bindparam("indexes")).table_valued("value").c.value)
            )
        ),
        dialect,
    )
    _stocks = text_of(STOCKS, dialect)
    _queue = text_of(sa.select(QUEUE), dialect)

    def __init__(self) -> None:
        super().__init__()
        same = sa.and_(
            t.conversation.c.id == sa.bindparam("key"), t.conversation.c.version == sa.bindparam("seen_version")
        )
        saved: dict[str, Any] = {name: sa.bindparam(name) for name in names_of(SAVED)}
        moved = saved | {name: sa.bindparam(name) for name in names_of(INDEXED)}
        next_version = {"version": t.conversation.c.version + sa.literal_column("1")}
        self._save = t.conversation.update().where(same).values(saved | next_version)
        self._move = t.conversation.update().where(same).values(moved | next_version)

    def _execute(self, conn: Connection, text: str, rows: list[Any]) -> int:
        return int(_driver(conn).executemany(text, rows).rowcount)

    def open_turns(self, conn: Connection, updates: Sequence[Update], indexes: Sequence[str], at: int) -> Opened:
        execute = _driver(conn).execute
        fresh = set(execute(self._seen, (at, json.dumps(updates))).fetchall()) if updates else set()
        failpoint("after seen")
        talks = [TalkRow(*row) for row in execute(self._talks, (json.dumps(indexes),)).fetchall()]
        stocks = [StockRow(*row) for row in execute(self._stocks).fetchall()]
        return Opened(fresh, talks, stocks, execute(self._queue).fetchone()[0])

    def write(self, conn: Connection, rows: Written) -> int:
        if rows.messages:
            self.many(conn, "message", t.message.insert(), rows.messages)
            failpoint("after messages")
        if rows.answers:
            self.many(conn, "answer", self.upserting(t.answer, ANSWERED), rows.answers)
        failpoint("after answers")
        if rows.outbox:
            self.many(conn, "outbox", t.outbox.insert().inline(), rows.outbox)
            failpoint("after outbox")
        if rows.events:
            self.many(conn, "event", t.event.insert().inline(), rows.events)
            failpoint("after events")
        count = 0
        if stayed := [row for row in rows.talks if not row["moved"]]:
            count += self.many(conn, "save", self._save, stayed)
        if moved := [row for row in rows.talks if row["moved"]]:
            count += self.many(conn, "move", self._move, moved)
        failpoint("after conversations")
        return count

    def upserting(self, table: sa.Table, update: Iterable[str]) -> Any:
        return upsert_of(sqlite.insert, table, tuple(update))

    def insert_new(self, conn: Connection, table: sa.Table, row: Record) -> bool:
        return conn.execute(sqlite.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


def _driver(conn: Connection) -> Any:
    """The driver's own connection, in the transaction of `conn`."""
    return conn.connection.driver_connection
