"""The few statements that differ between SQLite and PostgreSQL, behind one set of names.

Everything else is plain SQLAlchemy Core and the same for both. A batch works on sets: one look finds out what is new
and who it is about, one write saves everything and says which conversations it saved. These statements are built once
and given to the driver as they are: SQLAlchemy's own way costs 40 us a statement and 20 us a row in processing that
plain values do not need, and a turn writes six rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from storage import tables as t
from storage.failpoints import failpoint

Record = dict[str, Any]
Update = tuple[str, str, str]  # channel, bot, the update's id there


class TalkRow(NamedTuple):
    """What a turn reads of one conversation, in one look: its row, its address, and its person's wrapped key."""

    id: str
    person: str
    identity: str
    channel: str
    bot: str
    language: str
    state_sealed: bytes
    version: int
    speaker: str
    epoch: int
    coach: str | None
    open_case: int | None
    promised_at: int | None
    next_seq: int
    situation: str
    region: str
    sector: str
    last_client_at: int | None
    last_at: int | None
    purge_at: int | None
    address_index: str
    identity_now: str  # the address that wrote, which need not be the one last used
    gone_at: int | None
    kek: str
    wrapped: bytes


class StockRow(NamedTuple):
    """One thing that can run out."""

    what: str
    kind: str
    ceiling: int | None
    taken: int
    title: str
    place: str
    starts_at: int | None


@dataclass(frozen=True)
class Opened:
    """What a batch of turns finds."""

    fresh: set[Update]  # those not applied before; marked as applied by this very look
    talks: list[TalkRow]
    stocks: list[StockRow]
    queue: int  # cases that wait for a coach


_ELSEWHERE = {
    "address_index": t.identity.c.address_index,
    "identity_now": t.identity.c.id.label("identity_now"),
    "gone_at": t.identity.c.gone_at,
    "kek": t.person_key.c.kek,
    "wrapped": t.person_key.c.wrapped,
}
_TALK = sa.select(
    *(_ELSEWHERE[name] if name in _ELSEWHERE else t.conversation.c[name] for name in TalkRow._fields)
).select_from(
    t.identity.join(t.conversation, t.identity.c.conversation == t.conversation.c.id).join(
        t.person_key,
        sa.and_(
            t.person_key.c.person == t.conversation.c.person,
            t.person_key.c["class"] == sa.literal_column("'personal'"),
        ),
    )
)
QUEUE = (  # practice cases keep nobody waiting
    sa.select(sa.func.count())
    .select_from(t.case)
    .where(t.case.c.state == sa.literal_column("'waiting'"), t.case.c.practice == sa.literal_column("0"))
    .scalar_subquery()
)
STOCKS = sa.select(*(t.stock.c[name] for name in StockRow._fields))

Columns = tuple[tuple[str, str], ...]  # names, with the PostgreSQL type of each
SAVED: Columns = (  # what a turn changes of its conversation
    ("state_sealed", "bytea"), ("fingerprint", "text"), ("phase", "text"), ("turn", "int"), ("language", "text"),
    ("speaker", "text"), ("epoch", "int"), ("coach", "text"), ("open_case", "bigint"), ("promised_at", "bigint"),
    ("next_seq", "int"), ("situation", "text"), ("region", "text"), ("sector", "text"), ("last_client_at", "bigint"),
    ("last_at", "bigint"), ("channel", "text"), ("bot", "text"),
)  # fmt: skip
INDEXED: Columns = (("identity", "text"), ("purge_at", "bigint"))  # seldom differ; left alone they cost no index
MESSAGE: Columns = (
    ("conversation", "text"), ("seq", "int"), ("sender", "text"), ("kind", "text"), ("private", "int"),
    ("body_sealed", "bytea"), ("class", "text"), ("epoch", "int"), ("turn", "int"), ("coach", "text"),
    ("origin", "text"), ("ref", "text"), ("at", "bigint"),
)  # fmt: skip
ANSWER: Columns = (
    ("conversation", "text"), ("fact", "text"), ("status", "text"), ("value", "text"), ("value_sealed", "bytea"),
    ("class", "text"), ("by", "text"), ("turn", "int"), ("at", "bigint"),
)  # fmt: skip
OUTBOX: Columns = (
    ("lane", "text"), ("conversation", "text"), ("identity", "text"), ("seq", "int"), ("channel", "text"),
    ("bot", "text"), ("origin", "text"), ("epoch", "int"), ("turn", "int"), ("action", "text"), ("target", "text"),
    ("state", "text"), ("proactive", "int"), ("next_at", "bigint"), ("created_at", "bigint"),
)  # fmt: skip
EVENT: Columns = (("conversation", "text"), ("name", "text"), ("detail", "text"), ("at", "bigint"))
_ANSWERED = tuple(name for name, _ in ANSWER[2:])


def _names(columns: Columns) -> list[str]:
    return [name for name, _ in columns]


@dataclass(frozen=True)
class Written:
    """The rows of one transaction. No answer stands twice; a conversation is saved at most once."""

    messages: Sequence[Record]
    answers: Collection[Record]
    outbox: Sequence[Record]
    events: Sequence[Record]
    talks: Sequence[Record]  # the columns SAVED and INDEXED, `key`, `seen_version`, and whether INDEXED ones `moved`

    def any(self) -> bool:
        return bool(self.messages or self.answers or self.outbox or self.events or self.talks)


def _text_of(statement: Any, dialect: sa.Dialect) -> str:
    """A Core statement as the driver takes it."""
    return str(statement.compile(dialect=dialect))


@lru_cache(maxsize=64)
def _upsert(insert: Callable[[sa.Table], Any], table: sa.Table, update: tuple[str, ...]) -> Any:
    statement = insert(table)
    changes = {name: statement.excluded[name] for name in update}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changes)


class Statements:
    """What both databases do, each in its own words."""

    name = ""
    dialect: sa.Dialect

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, Callable[[Record], Any]]] = {}

    def many(self, conn: Connection, key: str, statement: Any, rows: Collection[Record]) -> int:
        """Runs a statement for many rows of the same columns; returns how many rows were touched, where known.

        Compiled on first use under `key`.
        """
        known = self._texts.get(key)
        if known is None:
            columns = list(next(iter(rows))) if statement.is_insert else None  # an update says itself what it sets
            compiled = statement.compile(dialect=self.dialect, column_keys=columns)
            known = self._texts[key] = str(compiled), itemgetter(*compiled.positiontup)
        text, values = known
        return self._execute(conn, text, [values(row) for row in rows])

    def _execute(self, conn: Connection, text: str, rows: list[Any]) -> int:
        raise NotImplementedError

    def open_turns(self, conn: Connection, updates: Sequence[Update], indexes: Sequence[str], at: int) -> Opened:
        """Marks update ids as applied and reads the conversations at these addresses, locked until the end.

        Waits for another worker's unfinished turn. The stocks and the queue are as they are at that moment.
        """
        raise NotImplementedError

    def write(self, conn: Connection, rows: Written) -> int:
        """Writes everything; returns how many conversations still had their `seen_version` and were saved."""
        raise NotImplementedError

    def upsert(self, conn: Connection, table: sa.Table, rows: Sequence[Record], update: Iterable[str]) -> None:
        """Inserts rows, or overwrites the columns `update` where the primary key is there."""
        conn.execute(self.upserting(table, update), list(rows))

    def upserting(self, table: sa.Table, update: Iterable[str]) -> Any:
        """The statement that does so."""
        raise NotImplementedError

    def insert_new(self, conn: Connection, table: sa.Table, row: Record) -> bool:
        """Inserts one row unless its key is taken; says whether it did."""
        raise NotImplementedError


class SqliteStatements(Statements):
    """One writer: the lock is the transaction itself (BEGIN IMMEDIATE)."""

    name = "sqlite"
    dialect = sqlite.dialect(paramstyle="qmark")

    _seen = (
        "INSERT INTO seen (channel, bot, update_id, at) "
        "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), ? "
        "FROM json_each(?) WHERE true ON CONFLICT DO NOTHING RETURNING channel, bot, update_id"
    )
    _talks = _text_of(
        _TALK.where(
            t.identity.c.address_index.in_(
                sa.select(sa.func.json_each(sa.bindparam("indexes")).table_valued("value").c.value)
            )
        ),
        dialect,
    )
    _stocks = _text_of(STOCKS, dialect)
    _queue = _text_of(sa.select(QUEUE), dialect)

    def __init__(self) -> None:
        super().__init__()
        same = sa.and_(
            t.conversation.c.id == sa.bindparam("key"), t.conversation.c.version == sa.bindparam("seen_version")
        )
        saved: dict[str, Any] = {name: sa.bindparam(name) for name in _names(SAVED)}
        moved = saved | {name: sa.bindparam(name) for name in _names(INDEXED)}
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
            self.many(conn, "answer", self.upserting(t.answer, _ANSWERED), rows.answers)
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
        return _upsert(sqlite.insert, table, tuple(update))

    def insert_new(self, conn: Connection, table: sa.Table, row: Record) -> bool:
        return conn.execute(sqlite.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


def _driver(conn: Connection) -> Any:
    """The driver's own connection, in the transaction of `conn`."""
    return conn.connection.driver_connection


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
        return _upsert(postgresql.insert, table, tuple(update))

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

    The marks come first (`first` is needed before any row is looked for): two workers that get the same update then
    meet there, not each holding what the other wants.
    """
    locked = _text_of(_TALK.order_by(t.conversation.c.id).with_for_update(of=t.conversation), dialect)
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
                ({_text_of(sa.select(QUEUE), dialect)}) AS queue,
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
        order.append((name, _names(columns)))
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
    sets = ", ".join(f"{name} = n.{name}" for name in _names(changed))
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
    return [f'"{name}"' for name in _names(columns)]


def for_url(url: str) -> Statements:
    return PostgresStatements() if url.startswith("postgresql") else SqliteStatements()
