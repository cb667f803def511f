"""The few statements that differ between SQLite and PostgreSQL, behind one set of names.

Everything else is plain SQLAlchemy Core and the same for both. A batch works on sets: one statement reads all
conversations of a batch, one marks its updates as seen, one saves the conversations and says which it saved.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Connection, Row

from storage import tables as t

Record = dict[str, Any]

_TALK = (
    t.conversation,
    t.identity.c.address_index,
    t.identity.c.id.label("identity_now"),
    t.identity.c.gone_at,
    t.person_key.c.kek,
    t.person_key.c.wrapped,
)
_JOINED = t.identity.join(t.conversation, t.identity.c.conversation == t.conversation.c.id).join(
    t.person_key, sa.and_(t.person_key.c.person == t.conversation.c.person, t.person_key.c["class"] == "personal")
)

SAVED = (  # what a turn changes of its conversation, with the PostgreSQL type of each
    ("state_sealed", "bytea"),
    ("fingerprint", "text"),
    ("phase", "text"),
    ("turn", "int"),
    ("language", "text"),
    ("speaker", "text"),
    ("epoch", "int"),
    ("coach", "text"),
    ("open_case", "bigint"),
    ("promised_at", "bigint"),
    ("next_seq", "int"),
    ("situation", "text"),
    ("region", "text"),
    ("sector", "text"),
    ("last_client_at", "bigint"),
    ("last_at", "bigint"),
    ("purge_at", "bigint"),
    ("identity", "text"),
    ("channel", "text"),
    ("bot", "text"),
)


class Prepared:
    """A Core statement compiled once, for many rows: what differs per row goes straight to the driver.

    SQLAlchemy's own way costs 20 us a row in processing that plain values do not need; a turn writes six rows.
    """

    def __init__(self, statement: Any, columns: Sequence[str], dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(columns))
        self._sql = str(compiled)
        self._order = tuple(compiled.positiontup or ())
        self._values = itemgetter(*self._order)

    def many(self, conn: Connection, rows: Sequence[Record]) -> int:
        """Runs it for every row; returns how many rows were touched where the driver can tell."""
        values = self._values
        return int(conn.exec_driver_sql(self._sql, [values(row) for row in rows]).rowcount)


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
        self._prepared: dict[str, Prepared] = {}

    def many(self, conn: Connection, key: str, statement: Any, rows: Sequence[Record]) -> int:
        """Runs a statement for many rows of the same columns; compiled on first use under `key`."""
        prepared = self._prepared.get(key)
        if prepared is None:
            prepared = self._prepared[key] = Prepared(statement, list(rows[0]), self.dialect)
        return prepared.many(conn, rows)

    def mark_seen(self, conn: Connection, keys: Sequence[tuple[str, str, str]], at: int) -> set[tuple[str, str, str]]:
        """Marks update ids as applied; returns those that were new. Waits for another worker's unfinished turn."""
        raise NotImplementedError

    def talks(self, conn: Connection, indexes: Sequence[str]) -> Sequence[Row[Any]]:
        """The conversations at these addresses, locked until the transaction ends."""
        raise NotImplementedError

    def save_talks(self, conn: Connection, rows: Sequence[Record]) -> int:
        """Saves conversations whose version is still `seen_version`; returns how many."""
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

    _seen = sa.text(
        "INSERT INTO seen (channel, bot, update_id, at) "
        "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), :at "
        "FROM json_each(:keys) WHERE true "
        "ON CONFLICT DO NOTHING RETURNING channel, bot, update_id"
    )
    _talks = (
        sa.select(*_TALK)
        .select_from(_JOINED)
        .where(
            t.identity.c.address_index.in_(
                sa.select(sa.func.json_each(sa.bindparam("indexes")).table_valued("value").c.value)
            )
        )
    )
    _save = (
        t.conversation.update()
        .where(t.conversation.c.id == sa.bindparam("key"), t.conversation.c.version == sa.bindparam("seen_version"))
        .values(
            {name: sa.bindparam(name) for name, _ in SAVED}
            | {"version": t.conversation.c.version + sa.literal_column("1")}
        )
    )

    def mark_seen(self, conn: Connection, keys: Sequence[tuple[str, str, str]], at: int) -> set[tuple[str, str, str]]:
        return {tuple(row) for row in conn.execute(self._seen, {"keys": json.dumps(keys), "at": at})}

    def talks(self, conn: Connection, indexes: Sequence[str]) -> Sequence[Row[Any]]:
        return conn.execute(self._talks, {"indexes": json.dumps(list(indexes))}).fetchall()

    def save_talks(self, conn: Connection, rows: Sequence[Record]) -> int:
        return self.many(conn, "save", self._save, rows)

    def upserting(self, table: sa.Table, update: Iterable[str]) -> Any:
        return _upsert(sqlite.insert, table, tuple(update))

    def insert_new(self, conn: Connection, table: sa.Table, row: Record) -> bool:
        return conn.execute(sqlite.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


_SAVE_MANY = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in SAVED)
_SAVE_SET = ", ".join(f"{name} = n.{name}" for name, _ in SAVED)
_SAVE_NAMES = ", ".join(name for name, _ in SAVED)


class PostgresStatements(Statements):
    """Any number of writers: rows are locked in id order, and the save tells which versions it met."""

    name = "postgresql"
    dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]

    _seen = sa.text(
        "INSERT INTO seen (channel, bot, update_id, at) "
        "SELECT c, b, u, :at FROM unnest(CAST(:channels AS text[]), CAST(:bots AS text[]), CAST(:updates AS text[])) "
        "AS n(c, b, u) ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING RETURNING channel, bot, update_id"
    )
    _talks = (
        sa.select(*_TALK)
        .select_from(_JOINED)
        .where(t.identity.c.address_index == sa.any_(sa.bindparam("indexes", type_=postgresql.ARRAY(sa.String(44)))))
        .order_by(t.conversation.c.id)
        .with_for_update(of=t.conversation)
    )
    _save = sa.text(
        f"UPDATE conversation AS c SET version = c.version + 1, {_SAVE_SET} "  # noqa: S608 - our own column names
        f"FROM unnest(CAST(:key AS text[]), CAST(:seen_version AS int[]), {_SAVE_MANY}) "
        f"AS n(key, seen_version, {_SAVE_NAMES}) "
        "WHERE c.id = n.key AND c.version = n.seen_version RETURNING c.id"
    )

    def mark_seen(self, conn: Connection, keys: Sequence[tuple[str, str, str]], at: int) -> set[tuple[str, str, str]]:
        channels, bots, updates = ([key[part] for key in keys] for part in range(3))
        found = conn.execute(self._seen, {"at": at, "channels": channels, "bots": bots, "updates": updates})
        return {tuple(row) for row in found}

    def talks(self, conn: Connection, indexes: Sequence[str]) -> Sequence[Row[Any]]:
        return conn.execute(self._talks, {"indexes": list(indexes)}).fetchall()

    def save_talks(self, conn: Connection, rows: Sequence[Record]) -> int:
        columns = {name: [row[name] for row in rows] for name in ("key", "seen_version", *(name for name, _ in SAVED))}
        return len(conn.execute(self._save, columns).fetchall())

    def upserting(self, table: sa.Table, update: Iterable[str]) -> Any:
        return _upsert(postgresql.insert, table, tuple(update))

    def insert_new(self, conn: Connection, table: sa.Table, row: Record) -> bool:
        return conn.execute(postgresql.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


def for_url(url: str) -> Statements:
    return PostgresStatements() if url.startswith("postgresql") else SqliteStatements()
