"""Forgetting a person for good: key, rows, and everything that could bring them back."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import tables as t
from storage.audit import record
from storage.codec import dump, message_to_json
from storage.failpoints import failpoint
from storage.keys import hashed
from storage.pen import Pen
from storage.talk import Talk
from storage.values import new_id

DAY = 24 * 3600 * 1000
TOMBSTONE_DAYS = 30  # far longer than any channel redelivers
DELETABLE = 2 * DAY  # Telegram lets a bot delete messages of the last 48 hours


def erase_person(conn: Connection, pen: Pen, person: str, *, talk: Talk | None = None, actor: str = "visitor") -> str:
    """Erases one person in this transaction; returns a reference that says nothing about who it was.

    Their case numbers remain as stubs, so that a coach sees that something was erased and counts stay right. What the
    current turn still says, and the deletion of their recent messages, survives in sealed parcels for two days.
    """
    identities = conn.execute(
        sa.select(t.identity.c.id, t.identity.c.address_index).where(t.identity.c.person == person)
    ).fetchall()
    for row in identities:
        grave = {"address_index": row.address_index, "at": pen.at, "until": pen.at + TOMBSTONE_DAYS * DAY}
        pen.context.sql.upsert(conn, t.tombstone, [grave], ("at", "until"))
    failpoint("after tombstone")
    parcels = _deletions(conn, pen, person) if identities else []
    if talk is not None:
        parcels += _last_words(pen, talk)
    conn.execute(
        t.case.update()
        .where(t.case.c.person == person)
        .values(
            state=sa.case((t.case.c.state == "closed", "closed"), else_="lapsed"),
            outcome=sa.case((t.case.c.state == "closed", t.case.c.outcome), else_="erased"),
            closed_at=sa.func.coalesce(t.case.c.closed_at, pen.at),
            reason_sealed=None, summary_sealed=None, snapshot_sealed=None, person=None, conversation=None,
            region="", sector="", coach=None, unread_at=None, version=t.case.c.version + 1,
        )
    )  # fmt: skip
    for sign_up in conn.execute(sa.select(t.sign_up).where(t.sign_up.c.person == person)).fetchall():
        conn.execute(
            t.stock.update().where(t.stock.c.what == sign_up.what).values(taken=t.stock.c.taken - sign_up.units)
        )
    conn.execute(t.one_time.delete().where(t.one_time.c.subject == person))
    conn.execute(t.person_key.delete().where(t.person_key.c.person == person))
    pen.context.keys.forget(person)
    pen.context.states.forget()
    failpoint("after key")
    conn.execute(t.person.delete().where(t.person.c.id == person))
    failpoint("after person")
    for parcel in parcels:
        conn.execute(t.outbox.insert(), parcel)
    if talk is not None:
        pen.forget(talk.id)
    reference = "W-" + hashed(new_id())[:10].upper()
    record(conn, pen.context, pen.now, actor=actor, action="erase", subject=reference)
    return reference


def _parcel(
    pen: Pen, channel: str, bot: str, lane: str, address: str, body: bytes | None, action: str, target: str
) -> dict[str, object]:
    inside = dump({"address": address, "message": None if body is None else body.decode()})
    return {
        "lane": lane, "parcel_sealed": pen.context.parcel.seal("outbox", "parcel_sealed", lane, inside),
        "channel": channel, "bot": bot, "origin": "system", "action": action, "target": target, "state": "new",
        "proactive": 0, "next_at": pen.at, "created_at": pen.at,
    }  # fmt: skip


def _last_words(pen: Pen, talk: Talk) -> list[dict[str, object]]:
    if talk.channel not in pen.context.rules.push:
        return []
    lane = new_id()
    return [
        _parcel(pen, talk.channel, talk.bot, lane, talk.address, message_to_json(out.message), "send", "")
        for out in talk.outgoing
    ]


def _deletions(conn: Connection, pen: Pen, person: str) -> list[dict[str, object]]:
    """Recent messages on channels that can delete them: ours (by what the channel called them) and the visitor's."""
    since = pen.at - DELETABLE
    push = sorted(pen.context.rules.push)
    ours = (
        sa.select(t.outbox.c.identity, t.outbox.c.external_id.label("ref"))
        .join(t.identity, t.identity.c.id == t.outbox.c.identity)
        .where(t.identity.c.person == person, t.outbox.c.external_id != "", t.outbox.c.done_at > since)
    )
    theirs = (
        sa.select(t.conversation.c.identity, t.message.c.ref)
        .join(t.conversation, t.conversation.c.id == t.message.c.conversation)
        .where(t.conversation.c.person == person, t.message.c.ref != "", t.message.c.at > since)
    )
    addresses = {}
    keys = conn.execute(
        sa.select(t.person_key).where(t.person_key.c.person == person, t.person_key.c["class"] == "personal")
    ).fetchone()
    if keys is None:
        return []
    key = pen.context.keys.person(person, keys.kek, keys.wrapped)
    for row in conn.execute(
        sa.select(t.identity).where(t.identity.c.person == person, t.identity.c.channel.in_(push))
    ).fetchall():
        address = key.unseal("identity", "address_sealed", row.id, row.address_sealed).decode()
        addresses[row.id] = (row.channel, row.bot, address, new_id())
    return [
        _parcel(pen, channel, bot, lane, address, None, "delete", ref)
        for identity, ref in (*conn.execute(ours).fetchall(), *conn.execute(theirs).fetchall())
        if identity in addresses
        for channel, bot, address, lane in (addresses[identity],)
    ]
