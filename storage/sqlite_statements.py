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
    CHANGED,
    INDEXED,
    QUEUE,
    SAVED,
    TALK,
    Conflict,
    Opened,
    Record,
    Statements,
    StockRow,
    Update,
    Written,
    names_of,
    opened_of,
    text_of,
    upsert_of,
)


class SqliteStatements(Statements):
    """One writer: the lock is the transaction itself (BEGIN IMMEDIATE)."""

    name = "sqlite"
    dialect = sqlite.dialect(paramstyle="qmark")

    _look = f"""
        SELECT talk.*, desk.*
        FROM (
            SELECT
                (SELECT json_group_array(value) FROM json_each(?1) WHERE EXISTS (
                    SELECT 1 FROM seen WHERE channel = json_extract(value, '$[0]')
                    AND bot = json_extract(value, '$[1]') AND update_id = json_extract(value, '$[2]'))) AS stale,
                ({text_of(sa.select(QUEUE), dialect)}) AS queue,
                (SELECT json_group_array(json_array({", ".join(StockRow._fields)})) FROM stock) AS stocks
        ) AS desk
        LEFT JOIN (
            {text_of(TALK, dialect)} WHERE identity.address_index IN (SELECT value FROM json_each(?2))
        ) AS talk ON true
    """  # noqa: S608 - our own names only

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
        self._drop = t.answer.delete().where(
            t.answer.c.conversation == sa.bindparam("conversation"), t.answer.c.fact == sa.bindparam("fact")
        )

    def _execute(self, conn: Connection, text: str, rows: list[Any]) -> int:
        return int(_driver(conn).executemany(text, rows).rowcount)

    def look(self, conn: Connection, updates: Sequence[Update], indexes: Sequence[str]) -> Opened:
        asked = json.dumps(updates), json.dumps(indexes)
        return opened_of(_driver(conn).execute(self._look, asked).fetchall(), lambda stale: map(tuple, stale))

    def write(self, conn: Connection, rows: Written) -> None:
        if rows.seen:
            self.many(conn, "seen", t.seen.insert(), rows.seen)
            failpoint("after seen")
        if rows.dropped:
            self.many(conn, "drop", self._drop, rows.dropped)
            failpoint("after dropped answers")
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
        saved = 0
        if stayed := [row for row in rows.talks if not row["moved"]]:
            saved += self.many(conn, "save", self._save, stayed)
        if moved := [row for row in rows.talks if row["moved"]]:
            saved += self.many(conn, "move", self._move, moved)
        if saved != len(rows.talks):
            raise Conflict(CHANGED)
        failpoint("after conversations")

    def upserting(self, table: sa.Table, update: Iterable[str]) -> Any:
        return upsert_of(sqlite.insert, table, tuple(update))

    def insert_new(self, conn: Connection, table: sa.Table, row: Record) -> bool:
        return conn.execute(sqlite.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


def _driver(conn: Connection) -> Any:
    """The driver's own connection, in the transaction of `conn`."""
    return conn.connection.driver_connection
