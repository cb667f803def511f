"""Conversations that begin: a new person with a key of their own, an address, and an empty conversation.

All that begin in one batch are written together, one statement per table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.state import State
from storage import tables as t
from storage.context import Context
from storage.failpoints import failpoint
from storage.messages import Incoming
from storage.pen import Pen
from storage.statements import Record
from storage.talk import PRACTICE, Talk
from storage.values import ms, new_id

if TYPE_CHECKING:
    from storage.batch import Job


def begin_talks(conn: Connection, context: Context, jobs: Sequence[Job], pen: Pen) -> dict[str, Talk | None]:
    """A conversation for every address that has none; None where the visitor was erased after sending this.

    Raises IntegrityError when another worker met the same visitor at the same moment: the transaction is repeated.
    """
    buried = _tombstones(conn, [job.index for job in jobs])
    talks: dict[str, Talk | None] = {}
    rows: dict[str, list[Record]] = {"person": [], "person_key": [], "identity": [], "conversation": []}
    for job in jobs:
        if job.index in buried and buried[job.index] >= ms(job.incoming.received_at):
            talks[job.index] = None
            continue
        talks[job.index] = _begin(context, job.incoming, job.index, pen, rows)
    for name, table in _TABLES.items():
        if rows[name]:
            context.sql.many(conn, f"begin {name}", table.insert(), rows[name])
    failpoint("after opening")
    return talks


_TABLES = {"person": t.person, "person_key": t.person_key, "identity": t.identity, "conversation": t.conversation}


def _begin(context: Context, incoming: Incoming, index: str, pen: Pen, rows: dict[str, list[Record]]) -> Talk:
    person, identity, conversation = new_id(), new_id(), new_id()
    wrapped, key = context.keys.new_person(person)
    practice = int(incoming.address.startswith(PRACTICE))
    rows["person"].append({"id": person, "created_at": pen.at, "practice": practice})
    rows["person_key"].append(
        {"person": person, "class": "personal", "kek": context.keys.current, "wrapped": wrapped},
    )
    rows["identity"].append(
        {
            "id": identity, "person": person, "channel": incoming.channel, "bot": incoming.bot, "address_index": index,
            "address_sealed": key.seal("identity", "address_sealed", identity, incoming.address.encode()),
            "conversation": conversation, "created_at": pen.at,
        }
    )  # fmt: skip
    talk = Talk(
        conversation, person, identity, incoming.channel, incoming.bot, incoming.address, key,
        State(language=incoming.language or "nl"), indexed=(identity, None),
    )  # fmt: skip
    saved = {
        name: value
        for name, value in talk.saved(context.states).items()
        if name not in ("key", "seen_version", "moved")
    }
    rows["conversation"].append(
        {"id": conversation, "person": person, "created_at": pen.at, "version": 0, **saved},
    )
    return talk


def _tombstones(conn: Connection, indexes: Sequence[str]) -> Mapping[str, int]:
    rows = conn.execute(
        sa.select(t.tombstone.c.address_index, t.tombstone.c.at).where(t.tombstone.c.address_index.in_(indexes))
    )
    return {row.address_index: row.at for row in rows}
