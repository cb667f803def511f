"""The few statements that differ between SQLite and PostgreSQL, behind one set of names; each database has a module.

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
from sqlalchemy.engine import Connection

from storage import tables as t

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

    stale: set[Update]  # those applied before
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
TALK = sa.select(
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

_WIDTH = len(TalkRow._fields)


def opened_of(rows: Sequence[Any], updates_of: Callable[[list[Any]], Iterable[Update]]) -> Opened:
    """What a look found: each row a conversation (or nothing), the updates applied before, the queue and the stocks.

    `updates_of` reads what stands for those updates.
    """
    stale, queue, stocks = rows[0][_WIDTH:]
    talks = [TalkRow(*row[:_WIDTH]) for row in rows if row[0] is not None]
    return Opened(
        set(updates_of(json.loads(stale or "[]"))), talks, [StockRow(*row) for row in json.loads(stocks or "[]")], queue
    )


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
DROPPED: Columns = (("conversation", "text"), ("fact", "text"))
SEEN: Columns = (("channel", "text"), ("bot", "text"), ("update_id", "text"), ("at", "bigint"))
EVENT: Columns = (("conversation", "text"), ("name", "text"), ("detail", "text"), ("at", "bigint"))
ANSWERED = tuple(name for name, _ in ANSWER[2:])


def names_of(columns: Columns) -> list[str]:
    return [name for name, _ in columns]


CHANGED = "a conversation was changed during this turn; trying again"


class Conflict(Exception):
    """Somebody else changed what this transaction had read; repeating it is right and safe."""


@dataclass(frozen=True)
class Written:
    """The rows of one transaction. No answer stands twice; a conversation is saved at most once."""

    seen: Sequence[Record]  # updates that are applied by this
    dropped: Collection[Record]  # answers that are no more
    messages: Sequence[Record]
    answers: Collection[Record]
    outbox: Sequence[Record]
    events: Sequence[Record]
    talks: Sequence[Record]  # the columns SAVED and INDEXED, `key`, `seen_version`, and whether INDEXED ones `moved`

    def any(self) -> bool:
        return any((self.seen, self.dropped, self.messages, self.answers, self.outbox, self.events, self.talks))


def text_of(statement: Any, dialect: sa.Dialect) -> str:
    """A Core statement as the driver takes it."""
    return str(statement.compile(dialect=dialect))


@lru_cache(maxsize=64)
def upsert_of(insert: Callable[[sa.Table], Any], table: sa.Table, update: tuple[str, ...]) -> Any:
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

    def look(self, conn: Connection, updates: Sequence[Update], indexes: Sequence[str]) -> Opened:
        """Finds out which updates were applied before, and reads the conversations at these addresses, locked.

        Waits for another worker's unfinished turn. The stocks and the queue are as they are at that moment.
        """
        raise NotImplementedError

    def write(self, conn: Connection, rows: Written) -> None:
        """Writes everything.

        Raises Conflict when a conversation no longer has its `seen_version`, IntegrityError when an update was applied
        by somebody else meanwhile: nothing may be committed then.
        """
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


def for_url(url: str) -> Statements:
    """The words of the database at `url`; only those are loaded."""
    if url.startswith("postgresql"):
        from storage.postgres_statements import PostgresStatements

        return PostgresStatements()
    from storage.sqlite_statements import SqliteStatements

    return SqliteStatements()
