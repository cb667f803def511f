"""The turn in PostgreSQL's words: one statement that marks, locks and reads, and one that writes all tables."""

from __future__ import annotations

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
    CHANGED,
    DROPPED,
    EVENT,
    INDEXED,
    MESSAGE,
    OUTBOX,
    QUEUE,
    SAVED,
    SEEN,
    TALK,
    Columns,
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


class PostgresStatements(Statements):
    """Any number of writers: rows are locked in id order, and the write is refused when it met another version.

    Every statement is a trip to the server, so a batch takes two: one look, one write. A batch that needs nothing else
    looks without a lock and is committed by its write (storage/postgres_turns.py).
    """

    name = "postgresql"
    dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]

    def __init__(self) -> None:
        super().__init__()
        self._look_locked = _look(TALK.order_by(t.conversation.c.id).with_for_update(of=t.conversation), self.dialect)
        self.look_text = _look(TALK, self.dialect)
        self.write_text, self._order = _write()

    def _execute(self, conn: Connection, text: str, rows: list[Any]) -> int:
        return int(conn.exec_driver_sql(text, rows).rowcount)

    def look(self, conn: Connection, updates: Sequence[Update], indexes: Sequence[str]) -> Opened:
        return self.found(_trip(conn, self._look_locked, self.asked(updates, indexes)), updates)

    def asked(self, updates: Sequence[Update], indexes: Sequence[str]) -> tuple[list[str], ...]:
        """What a look is given."""
        channels, bots, numbers = ([update[part] for update in updates] for part in range(3))
        return channels, bots, numbers, list(indexes)

    def found(self, rows: Sequence[Any], updates: Sequence[Update]) -> Opened:
        """What a look found: it names updates by their places."""
        return opened_of(rows, lambda stale: (updates[place - 1] for place in stale))

    def write(self, conn: Connection, rows: Written) -> None:
        try:
            _trip(conn, self.write_text, self.given(rows))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") == REFUSED:
                raise Conflict(CHANGED) from None
            raise
        failpoint("after conversations")

    def given(self, rows: Written) -> tuple[list[Any], ...]:
        """What the write is given: an array for each column of each table."""
        return tuple(
            [row[column] for row in getattr(rows, part)] for part, columns in self._order for column in columns
        )

    def upserting(self, table: sa.Table, update: Iterable[str]) -> Any:
        return upsert_of(postgresql.insert, table, tuple(update))

    def insert_new(self, conn: Connection, table: sa.Table, row: Record) -> bool:
        return conn.execute(postgresql.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


REFUSED = "22012"  # division by zero: how the write stops when it saved fewer conversations than it was given


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


def _look(talks: Any, dialect: sa.Dialect) -> str:
    """One statement that reads all that a batch of turns wants to know."""
    before, order, after = text_of(talks, dialect).partition("ORDER BY")
    given = "unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n(c, b, u, place)"
    columns = ", ".join(StockRow._fields)
    return f"""
        SELECT talk.*, desk.*
        FROM (
            SELECT
                (SELECT json_agg(place)::text FROM {given} WHERE EXISTS
                    (SELECT 1 FROM seen WHERE channel = c AND bot = b AND update_id = u)) AS stale,
                ({text_of(sa.select(QUEUE), dialect)}) AS queue,
                (SELECT json_agg(json_build_array({columns}))::text FROM stock) AS stocks
        ) AS desk
        LEFT JOIN ({before} WHERE identity.address_index = ANY($4::text[]) {order} {after}) AS talk ON true
    """  # noqa: S608 - our own names only


def _write() -> tuple[str, list[tuple[str, list[str]]]]:
    """One statement that writes all tables of a turn, and the columns it takes, as arrays, in order.

    It is whole or not at all: when a conversation has another version than was read, it divides by zero.
    """
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
    insert("seen", "seen", SEEN)
    parts.append(
        f"dropped AS (DELETE FROM answer AS a USING {arrays('dropped', DROPPED)} "  # noqa: S608
        "WHERE a.conversation = n.conversation AND a.fact = n.fact)"
    )
    insert("messages", "message", MESSAGE)
    overwritten = ", ".join(f"{name} = excluded.{name}" for name in _quoted(ANSWER[2:]))
    insert("answers", "answer", ANSWER, f" ON CONFLICT (conversation, fact) DO UPDATE SET {overwritten}")
    insert("outbox", "outbox", OUTBOX)
    insert("events", "event", EVENT)
    whole = "SELECT 1 / (count(*) = cardinality($1))::int FROM talks"
    return f"WITH {', '.join(parts)} {whole}", order


def _quoted(columns: Columns) -> list[str]:
    return [f'"{name}"' for name in names_of(columns)]
