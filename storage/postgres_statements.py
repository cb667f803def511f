"""The turn in PostgreSQL's words: one statement that marks, locks and reads, and one that writes all tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from storage import tables as t
from storage.failpoints import failpoint
from storage.statements import (
    ANSWER,
    EVENT,
    INDEXED,
    MESSAGE,
    OUTBOX,
    QUEUE,
    SAVED,
    TALK,
    Columns,
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


class PostgresStatements(Statements):
    """Any number of writers: rows are locked in id order, and the save tells which versions it met.

    Every statement is a trip to the server, so a batch takes two: one look, one write.
    """

    name = "postgresql"
    dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]

    def __init__(self) -> None:
        super().__init__()
        self._look = _look(self.dialect)
        self._write, self._order = _write()

    def _execute(self, conn: Connection, text: str, rows: list[Any]) -> int:
        return int(conn.exec_driver_sql(text, rows).rowcount)

    def open_turns(self, conn: Connection, updates: Sequence[Update], indexes: Sequence[str], at: int) -> Opened:
        channels, bots, numbers = ([update[part] for update in updates] for part in range(3))
        rows = _trip(conn, self._look, (channels, bots, numbers, at, list(indexes)))
        failpoint("after seen")
        stale, queue, stocks = rows[0][_WIDTH:]
        fresh = {update for place, update in enumerate(updates, 1) if place not in stale} if stale else set(updates)
        talks = [TalkRow(*row[:_WIDTH]) for row in rows if row[0] is not None]
        return Opened(fresh, talks, [StockRow(*row) for row in json.loads(stocks or "[]")], queue)

    def write(self, conn: Connection, rows: Written) -> int:
        given: list[list[Any]] = []
        for name, columns in self._order:
            given += [[row[column] for row in getattr(rows, name)] for column in columns]
        saved = int(_trip(conn, self._write, tuple(given))[0][0])
        failpoint("after conversations")
        return saved

    def upserting(self, table: sa.Table, update: Iterable[str]) -> Any:
        return upsert_of(postgresql.insert, table, tuple(update))

    def insert_new(self, conn: Connection, table: sa.Table, row: Record) -> bool:
        return conn.execute(postgresql.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


_WIDTH = len(TalkRow._fields)


def _trip(conn: Connection, text: str, values: tuple[Any, ...]) -> list[Any]:
    """One trip to the server, through the driver's own cursor. Errors come as SQLAlchemy's."""
    dialect = conn.dialect
    errors: Any = dialect.loaded_dbapi.Error
    cursor = conn.connection.cursor()
    try:
        cursor.execute(text, values)
        return list(cursor.fetchall())
    except errors as error:
        gone = dialect.is_disconnect(error, conn.connection, cursor)
        if gone:
            conn.invalidate(error)
        raise DBAPIError.instance(None, None, error, errors, connection_invalidated=gone, dialect=dialect) from error
    finally:
        cursor.close()


def _look(dialect: sa.Dialect) -> str:
    """One statement that marks, locks and reads.

    The marks come first, because the look for conversations begins by counting them: two workers that get the same
    update meet there, instead of each holding what the other wants.
    """
    locked = text_of(TALK.order_by(t.conversation.c.id).with_for_update(of=t.conversation), dialect)
    before, after = locked.split("ORDER BY", 1)
    here = "(SELECT count(*) FROM fresh) >= 0 AND identity.address_index = ANY($5::text[])"
    given = "unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n(c, b, u, place)"
    columns = ", ".join(StockRow._fields)
    return f"""
        WITH fresh AS (
            INSERT INTO seen (channel, bot, update_id, at) SELECT c, b, u, $4::bigint FROM {given}
            ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING RETURNING channel, bot, update_id
        )
        SELECT talk.*, first.stale, first.queue, first.stocks
        FROM (
            SELECT
                (SELECT array_agg(place::int) FROM {given} WHERE NOT EXISTS
                    (SELECT 1 FROM fresh WHERE channel = c AND bot = b AND update_id = u)) AS stale,
                ({text_of(sa.select(QUEUE), dialect)}) AS queue,
                (SELECT json_agg(json_build_array({columns}))::text FROM stock) AS stocks
        ) AS first
        LEFT JOIN ({before} WHERE {here} ORDER BY {after}) AS talk ON true
    """  # noqa: S608 - our own names only


def _write() -> tuple[str, list[tuple[str, list[str]]]]:
    """One statement that writes all tables of a turn, and the columns it takes, as arrays, in order."""
    parts: list[str] = []
    order: list[tuple[str, list[str]]] = []
    place = 0

    def arrays(name: str, columns: Columns) -> str:
        nonlocal place
        order.append((name, names_of(columns)))
        found = ", ".join(f"${place + number}::{kind}[]" for number, (_, kind) in enumerate(columns, 1))
        place += len(columns)
        return f"unnest({found}) WITH ORDINALITY AS n({', '.join(_quoted(columns))}, place)"

    def insert(part: str, table: str, columns: Columns, after: str = "") -> None:
        names = ", ".join(_quoted(columns))
        given = arrays(part, columns)
        parts.append(
            f"{part} AS (INSERT INTO {table} ({names}) SELECT {names} FROM {given} ORDER BY place{after})"  # noqa: S608
        )

    changed = SAVED + INDEXED
    sets = ", ".join(f"{name} = n.{name}" for name in names_of(changed))
    given = arrays("talks", (("key", "text"), ("seen_version", "int"), *changed))
    parts.append(
        f"talks AS (UPDATE conversation AS c SET version = c.version + 1, {sets} FROM {given} "  # noqa: S608
        "WHERE c.id = n.key AND c.version = n.seen_version RETURNING c.id)"
    )
    insert("messages", "message", MESSAGE)
    overwritten = ", ".join(f"{name} = excluded.{name}" for name in _quoted(ANSWER[2:]))
    insert("answers", "answer", ANSWER, f" ON CONFLICT (conversation, fact) DO UPDATE SET {overwritten}")
    insert("outbox", "outbox", OUTBOX)
    insert("events", "event", EVENT)
    return f"WITH {', '.join(parts)} SELECT count(*) FROM talks", order  # noqa: S608


def _quoted(columns: Columns) -> list[str]:
    return [f'"{name}"' for name in names_of(columns)]
