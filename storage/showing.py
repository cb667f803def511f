"""A conversation as its visitor's own page shows it: who speaks, what is known, what is new. Two statements, one read.

Pages and streams read this at every message of every visitor, so the statements are made once.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.state import State
from storage import tables as t
from storage.base import Base
from storage.reads import CONVERSATIONS, MESSAGES, conversation_row, message_row
from storage.rows import ConversationRow, MessageRow
from storage.sealed_state import open_state

_HERE = (
    sa.select(t.identity.c.conversation).where(t.identity.c.address_index == sa.bindparam("address")).scalar_subquery()
)
_FAR = sa.select(t.conversation.c.next_seq).where(t.conversation.c.id == _HERE)
_TALK = (
    CONVERSATIONS.add_columns(t.person_key.c.kek, t.person_key.c.wrapped)
    .join(
        t.person_key,
        sa.and_(t.person_key.c.person == t.conversation.c.person, t.person_key.c["class"] == "personal"),
    )
    .where(t.conversation.c.id == _HERE)
)
_earlier = t.message.alias("earlier")
_BEFORE = (  # the number after which the reader wants to go on may be a line that only coaches see
    sa.select(sa.func.max(_earlier.c.seq))
    .where(
        _earlier.c.conversation == sa.bindparam("talk"),
        _earlier.c.seq <= sa.bindparam("first"),
        _earlier.c.private == 0,
    )
    .scalar_subquery()
)
_NEW = (
    MESSAGES.where(
        t.message.c.conversation == sa.bindparam("talk"),
        t.message.c.seq >= sa.func.coalesce(_BEFORE, sa.bindparam("first")),
        t.message.c.private == 0,
    )
    .order_by(t.message.c.seq)
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One moment of a conversation. `before` is the last message the reader has already, when there is one."""

    row: ConversationRow
    state: State
    messages: tuple[MessageRow, ...]
    before: MessageRow | None = None


class Showing(Base):
    """The part of the store that visitors' pages read from."""

    async def how_far(self, channel: str, bot: str, address: str) -> int | None:
        """The number of the last message at this address; None when there is no conversation (any more)."""
        index = self.context.index.of(channel, bot, address)
        found = await self._read(lambda conn: conn.execute(_FAR, {"address": index}).scalar())
        return None if found is None else int(found) - 1

    async def shown(self, channel: str, bot: str, address: str, after: int, most: int = 500) -> Shown | None:
        """The conversation somebody has at this address, and at most `most` messages after number `after`; None when
        there is none (any more)."""
        index = self.context.index.of(channel, bot, address)

        def read(conn: Connection) -> Shown | None:
            row = conn.execute(_TALK, {"address": index}).fetchone()
            if row is None:
                return None
            key = self.context.keys.person(row.person, row.kek, row.wrapped)
            rows = conn.execute(_NEW, {"talk": row.id, "first": after, "most": most + 1}) if most else ()
            found = [message_row(key, row.id, one) for one in rows]
            before = found.pop(0) if found and found[0].seq <= after else None
            state = open_state(key, row.id, row.state_sealed)[1]
            return Shown(conversation_row(row), state, tuple(found[:most]), before)

        return await self._read(read)
