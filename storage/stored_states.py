"""The states of stored conversations, looked at without being able to write: for counting before publishing.

No store is opened: nothing is migrated, no lock is taken, and the connection refuses to write. So this runs beside a
serving desk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from flows.state import State
from knowledge.problems import LoketError
from storage import tables as t
from storage.keys import Keys
from storage.sealed_state import open_state
from storage.sealing import SealBroken
from storage.setup import HEAD

T = TypeVar("T")
PAGE = 500  # conversations read at a time


async def look_at_states(url: str, secret: Keys | None, look: Callable[[State], T]) -> list[T]:
    """What `look` finds in each conversation whose person was not erased.

    Raises LoketError when the database is not there, is of another version, or its key is not at hand.
    """
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise LoketError("the database URL is not understood") from None
    try:
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            return await asyncio.to_thread(_in_file, Path(parsed.database), secret, look)
        if secret is None:
            raise LoketError("PostgreSQL needs LOKET_SECRET_KEY: the key may not live beside the data")
        return await _on_server(parsed.set(drivername="postgresql+asyncpg"), secret, look)
    except (DBAPIError, OSError) as error:
        raise LoketError(f"the database cannot be read: {getattr(error, 'orig', error)}") from None


def _in_file(path: Path, secret: Keys | None, look: Callable[[State], T]) -> list[T]:
    from storage.sqlite import reading_engine

    if not path.is_file():
        raise LoketError(f"there is no database at {path}")
    keys = secret or Keys.beside(path)
    engine = reading_engine(path)
    try:
        with engine.connect() as conn, conn.begin():
            return _look(conn, keys, look)
    finally:
        engine.dispose()


async def _on_server(url: URL, keys: Keys, look: Callable[[State], T]) -> list[T]:
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(
        url, execution_options={"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    )
    try:
        async with engine.connect() as conn, conn.begin():
            return await conn.run_sync(_look, keys, look)
    finally:
        await engine.dispose()


def _look(conn: Connection, keys: Keys, look: Callable[[State], T]) -> list[T]:
    if not sa.inspect(conn).has_table("alembic_version"):
        raise LoketError("the database holds nothing of a desk yet")
    revision = conn.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if revision != HEAD:
        raise LoketError(f"the database is at version {revision}, this program at {HEAD}; run `loket migrate` first")
    found: list[T] = []
    after = ""
    key = sa.and_(t.person_key.c.person == t.conversation.c.person, t.person_key.c["class"] == "personal")
    query = (
        sa.select(t.conversation.c.id, t.conversation.c.state_sealed, t.person_key)
        .join(t.person_key, key)
        .order_by(t.conversation.c.id)
        .limit(PAGE)
    )
    while rows := conn.execute(query.where(t.conversation.c.id > after)).fetchall():
        for row in rows:
            try:
                state = open_state(keys.person(row.person, row.kek, row.wrapped), row.id, row.state_sealed)[1]
            except SealBroken:
                continue  # `loket doctor` tells about it
            found.append(look(state))
        after = rows[-1].id
    return found
