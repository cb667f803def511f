"""Claiming: the next message of each conversation, taken by one process at a time.

A message that this process stored itself a moment ago need not be opened again (`known`): its row says only that it may
go, and what it says is at hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.effects import Message
from storage import tables as t
from storage.codec import message_from_json
from storage.context import Context
from storage.failpoints import failpoint
from storage.messages import Outgoing
from storage.reads import open_message
from storage.talks import address_of

Known = Mapping[tuple[str, int], Outgoing]

_NEW: sa.ColumnElement[str] = sa.literal_column("'new'")  # literals: only then is the partial index meant
_SENDING: sa.ColumnElement[str] = sa.literal_column("'sending'")
OPEN = sa.or_(t.outbox.c.state == _NEW, t.outbox.c.state == _SENDING)
_earlier = t.outbox.alias("earlier")
_HEAD = ~sa.exists().where(
    _earlier.c.lane == t.outbox.c.lane,
    _earlier.c.id < t.outbox.c.id,
    sa.or_(_earlier.c.state == _NEW, _earlier.c.state == _SENDING),
)
EPOCH_NOW = sa.select(t.conversation.c.epoch).where(t.conversation.c.id == t.outbox.c.conversation).scalar_subquery()
_CLAIM = (
    sa.select(
        t.outbox,
        t.message.c.body_sealed,
        t.identity.c.address_sealed,
        t.identity.c.keyboard,
        t.identity.c.person,
        t.person_key.c.kek,
        t.person_key.c.wrapped,
    )
    .select_from(
        t.outbox.outerjoin(
            t.message, sa.and_(t.message.c.conversation == t.outbox.c.conversation, t.message.c.seq == t.outbox.c.seq)
        )
        .outerjoin(t.identity, t.identity.c.id == t.outbox.c.identity)
        .outerjoin(
            t.person_key,
            sa.and_(t.person_key.c.person == t.identity.c.person, t.person_key.c["class"] == "personal"),
        )
    )
    .where(OPEN, t.outbox.c.next_at <= sa.bindparam("at"), _HEAD)
    .where(t.outbox.c.channel.in_(sa.bindparam("channels", expanding=True)))
    .where(sa.or_(t.outbox.c.state == _NEW, t.outbox.c.sending_at <= sa.bindparam("lost")))
    .order_by(t.outbox.c.next_at, t.outbox.c.id)
    .limit(sa.bindparam("many"))
    .with_for_update(skip_locked=True, of=t.outbox)
)
_CLAIM_OF_BOTS = _CLAIM.where(t.outbox.c.bot.in_(sa.bindparam("bots", expanding=True)))
_TAKE = (
    t.outbox.update()
    .where(t.outbox.c.id.in_(sa.bindparam("ids", expanding=True)))
    .values(
        state="sending",
        sending_at=sa.bindparam("at"),
        attempts=t.outbox.c.attempts + 1,
        maybe_twice=t.outbox.c.maybe_twice + sa.case((t.outbox.c.state == "sending", 1), else_=0),
    )
)
_DROP_STALE = (
    t.outbox.update()
    .where(t.outbox.c.state == _NEW, t.outbox.c.origin == "bot", t.outbox.c.epoch < EPOCH_NOW)
    .values(state="dead", reason="stale", done_at=sa.bindparam("at"))
)


def claim(
    conn: Connection, context: Context, at: int, lost: int, channels: Sequence[str], limit: int,
    bots: Sequence[str] | None, known: Known,
) -> list[Outgoing]:  # fmt: skip
    """The next message of up to `limit` conversations, marked as being sent. Claims older than `lost` are free."""
    drop_stale(conn, at)
    if limit <= 0:
        return []
    wanted = {"at": at, "lost": lost, "channels": channels, "many": limit}
    if bots is None:
        rows = conn.execute(_CLAIM, wanted).fetchall()
    else:
        rows = conn.execute(_CLAIM_OF_BOTS, {**wanted, "bots": bots}).fetchall()
    if not rows:
        return []
    conn.execute(_TAKE, {"at": at, "ids": [row.id for row in rows]})
    failpoint("after outbox claim")
    return [_parcel(context, row, known) for row in rows]


def drop_stale(conn: Connection, at: int) -> int:
    """Bot messages that were made before somebody else began to speak."""
    return conn.execute(_DROP_STALE, {"at": at}).rowcount


def _parcel(context: Context, row: Any, known: Known) -> Outgoing:
    """A claimed row as channels see it: address and message opened."""
    message, stored = _EMPTY, known.get((row.conversation, row.seq)) if row.action in _TOLD else None
    if stored is not None:
        address, message = stored.address, stored.message
    elif row.parcel_sealed is not None:
        inside = json.loads(context.parcel.unseal("outbox", "parcel_sealed", row.lane, row.parcel_sealed))
        address = inside["address"]
        if inside["message"]:
            message = message_from_json(inside["message"].encode())
    else:
        key = context.keys.person(row.person, row.kek, row.wrapped)
        address = address_of(key, row.identity, row.address_sealed)
        if row.action in _TOLD:
            message = open_message(key, row.conversation, row.seq, row.body_sealed)
    return Outgoing(
        row.id, row.conversation or "", address, row.channel, row.bot, row.seq, row.epoch, row.origin, row.turn,
        message, row.attempts + 1, bool(row.proactive), row.action, row.target, bool(row.keyboard),
    )  # fmt: skip


_TOLD = ("send", "edit")
_EMPTY = Message("")
