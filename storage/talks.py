"""Getting at a conversation by its own id, under lock, outside a visitor's turn."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import tables as t
from storage.context import Context
from storage.sealing import PersonKey
from storage.talk import Talk

_SELECT = sa.select(
    t.conversation,
    t.identity.c.address_sealed,
    t.identity.c.gone_at,
    t.person_key.c.kek,
    t.person_key.c.wrapped,
).select_from(
    t.conversation.join(t.identity, t.identity.c.id == t.conversation.c.identity).join(
        t.person_key, sa.and_(t.person_key.c.person == t.conversation.c.person, t.person_key.c["class"] == "personal")
    )
)
_LOCKED = _SELECT.where(t.conversation.c.id == sa.bindparam("id")).with_for_update(of=t.conversation)


def lock_talk(conn: Connection, context: Context, conversation: str) -> Talk | None:
    """The conversation, locked until the transaction ends; None when it is gone."""
    row = conn.execute(_LOCKED, {"id": conversation}).fetchone()
    if row is None:
        return None
    key = context.keys.person(row.person, row.kek, row.wrapped)
    return Talk.from_row(row, key, address_of(key, row.identity, row.address_sealed), context.states)


def address_of(key: PersonKey, identity: str, sealed: bytes) -> str:
    return key.unseal("identity", "address_sealed", identity, sealed).decode()


def key_of(conn: Connection, context: Context, person: str) -> PersonKey | None:
    """The key of a person; None when that person was erased."""
    row = conn.execute(
        sa.select(t.person_key).where(t.person_key.c.person == person, t.person_key.c["class"] == "personal")
    ).fetchone()
    return None if row is None else context.keys.person(person, row.kek, row.wrapped)


def keys_of(conn: Connection, context: Context, persons: set[str]) -> dict[str, PersonKey]:
    """The keys of several people at once."""
    if not persons:
        return {}
    found: list[Any] = list(
        conn.execute(
            sa.select(t.person_key).where(t.person_key.c.person.in_(persons), t.person_key.c["class"] == "personal")
        )
    )
    return {row.person: context.keys.person(row.person, row.kek, row.wrapped) for row in found}
