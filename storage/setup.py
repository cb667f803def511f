"""Bringing a database to today's shape, and getting at its own keys."""

from __future__ import annotations

import os
import socket
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knowledge.problems import LoketError
from storage import guards  # noqa: F401 - its triggers are made with the tables
from storage import tables as t
from storage.context import Context, Rules
from storage.keys import Index, KeyLost, Keys
from storage.sealing import PersonKey
from storage.statements import for_url

HEAD = "0006"  # the newest migration; a test keeps it equal to what alembic finds
SECRETS = ("index", "audit", "parcel")
# Alembic's own table, as alembic makes it: importing alembic costs more than making all tables.
_VERSION = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
_LOCK = 0x6C6F6B6574  # "loket": PostgreSQL advisory lock while migrating


class TooNew(LoketError):
    """This database was made by a newer version. Upgrade this installation; nothing was changed."""


class TooOld(LoketError):
    """This database was made by an older version, and this command does not change that; nothing was changed.

    Back it up with `loket backup`, then run `loket migrate`.
    """


Older = Literal["migrate", "refuse", "keep"]


def prepare(conn: Connection, older: Older) -> None:
    """An empty database gets its tables; one of an older version is migrated, refused, or left as it is."""
    revision = _revision(conn)
    if revision in ("", HEAD) or older == "migrate":
        migrate(conn)
    elif older == "refuse":
        raise TooOld(
            f"the database is at version {revision}, this program works with {HEAD}; run `loket backup FOLDER`, "
            "then `loket migrate`"
        )


def migrate(conn: Connection) -> bool:
    """Brings the tables to HEAD; True when something changed. Safe to call by several workers at once."""
    if _revision(conn) == HEAD:
        return False
    if conn.dialect.name == "postgresql":
        conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if _revision(conn) == HEAD:
            return False
    if _revision(conn) == "":
        make_tables(conn)
    else:
        from storage.migrations.run import upgrade

        upgrade(conn)
    return True


def make_tables(conn: Connection) -> None:
    """An empty database gets the tables of HEAD at once: what all migrations together make, in a tenth of the time. A
    test compares the two on both databases."""
    t.metadata.create_all(conn, checkfirst=False)
    _VERSION.create(conn, checkfirst=True)
    conn.execute(_VERSION.insert().values(version_num=HEAD))


def _revision(conn: Connection) -> str:
    if not sa.inspect(conn).has_table("alembic_version"):
        return ""
    found = conn.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or ""
    if found > HEAD:
        raise TooNew(f"the database is at version {found}, this program knows {HEAD}; upgrade the program")
    return str(found)


def context_of(conn: Connection, keys: Keys, rules: Rules, url: str) -> Context:
    """The installation's own keys, made on first use. Raises KeyLost when the secret key is not the right one."""
    sql = for_url(url)
    opened: dict[str, bytes] = {}
    rows = {row.name: row for row in conn.execute(sa.select(t.secret))}
    for name in SECRETS:
        if name not in rows:
            raw = os.urandom(32)
            fresh: dict[str, Any] = {
                "name": name, "kek": keys.current, "wrapped": keys.wrap("secret", name, raw),
            }  # fmt: skip
            if sql.insert_new(conn, t.secret, fresh):
                opened[name] = raw
                continue
            rows[name] = conn.execute(sa.select(t.secret).where(t.secret.c.name == name)).one()
        row = rows[name]
        try:
            opened[name] = keys.unwrap("secret", name, row.kek, row.wrapped)
        except KeyLost as lost:
            raise KeyLost(f"this database was sealed with another secret key ({row.kek}): {lost}") from None
    sealed_with = sa.select(t.person_key.c.kek).where(t.person_key.c.kek.not_in(keys.names)).limit(1)
    if (kek := conn.execute(sealed_with).scalar()) is not None:
        raise KeyLost(
            f"people were sealed with the secret {kek}, which LOKET_SECRET_KEY does not hold; put it back behind the "
            "new one, and take it away only after `loket keys rotate` says so"
        )
    chain = f"{socket.gethostname()[:20]}:{os.getpid()}" if sql.name == "postgresql" else "main"
    return Context(
        keys, Index(opened["index"]), sql, rules, PersonKey("desk", opened["parcel"]), opened["audit"], chain
    )
