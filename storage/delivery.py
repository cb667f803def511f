"""Getting messages out: lanes with one in flight, stale ones dropped, every answer of a channel a fixed reaction.

A row goes new -> sending -> sent, or dead. After a crash a row that is `sending` for half a minute is sent again: at
most one more copy for every answer that was lost, each counted (`maybe_twice`). Bot messages older than the present
speaker are never sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import tables as t
from storage.base import Base
from storage.claiming import EPOCH_NOW, OPEN, Known, claim
from storage.messages import Outgoing, Verdict
from storage.pen import Pen
from storage.talks import lock_talk
from storage.values import K, moment, ms

LOST_AFTER = timedelta(seconds=30)  # an answer that has not come by then may have been lost with us
MARGIN = timedelta(seconds=10)  # for one call to the channel

_LOOK = sa.select(
    t.outbox.c.id, t.outbox.c.state, t.outbox.c.attempts, t.outbox.c.sending_at, EPOCH_NOW.label("epoch")
).where(t.outbox.c.id.in_(sa.bindparam("ids", expanding=True)))


_GOING = (
    sa.select(t.conversation.c.id)
    .join(t.identity, t.identity.c.conversation == t.conversation.c.id)
    .where(t.identity.c.address_index == sa.bindparam("index"))
    .where(sa.or_(t.conversation.c.phase.in_(("new", "talking")), t.conversation.c.open_case.is_not(None)))
)


class Delivery(Base):
    """The part of the store that senders use."""

    async def claim_outbox(
        self, channels: Iterable[str], limit: int = 64, bots: Iterable[str] | None = None
    ) -> list[Outgoing]:
        """The next message of up to `limit` conversations, ours to send now. Settle each with `settle`.

        `bots` narrows to the bots this process carries; None = all.
        """
        return await self.exchange((), channels, limit, bots)

    async def exchange(
        self, results: Sequence[tuple[Outgoing, Verdict]], channels: Iterable[str], limit: int = 64,
        bots: Iterable[str] | None = None, known: Known | None = None,
    ) -> list[Outgoing]:  # fmt: skip
        """Settles `results` and claims what may go next, in one transaction: a busy desk does both all the time.

        `known` are messages of turns that this process stored itself, by conversation and place: they need not be
        opened again.
        """
        names = sorted(channels)
        carried = None if bots is None else sorted(bots)

        def work(conn: Connection) -> list[Outgoing]:
            if results:
                _settle_all(conn, Pen(self.context, self.clock()), results)
            at = ms(self.clock())
            return claim(conn, self.context, at, at - _milliseconds(LOST_AFTER), names, limit, carried, known or {})

        return await self._write(work, quiet=not _shows(results))

    async def may_send(self, outgoing: Outgoing) -> bool:
        """A last look before the network: is this claim still ours, and did no coach take over since?"""
        return outgoing.id in await self.may_send_all([outgoing])

    async def may_send_all(self, claimed: Sequence[Outgoing]) -> frozenset[int]:
        """The rows of `claimed` that may go now, in one look.

        A claim that was held for most of `LOST_AFTER` is given up: somebody else is about to send it.
        """
        wanted = {"ids": [one.id for one in claimed]}
        found = await self._read(lambda conn: {row.id: row for row in conn.execute(_LOOK, wanted)})
        given_up = ms(self.clock() - LOST_AFTER + MARGIN)

        def may(one: Outgoing) -> bool:
            row = found.get(one.id)
            if row is None or row.state != "sending" or row.attempts != one.attempts or row.sending_at <= given_up:
                return False
            return one.origin != "bot" or row.epoch is None or bool(row.epoch <= one.epoch)

        return frozenset(one.id for one in claimed if may(one))

    async def settle(self, results: Sequence[tuple[Outgoing, Verdict]]) -> None:
        """Records what became of messages: sent, retry_at, gone, bad, stale or unknown."""

        if results:
            await self._write(
                lambda conn: _settle_all(conn, Pen(self.context, self.clock()), results), quiet=not _shows(results)
            )

    async def outbox_due(self) -> datetime | None:
        """When the next waiting message may go; None when nothing waits."""
        lost = _milliseconds(LOST_AFTER)
        when = sa.case((t.outbox.c.state == "sending", t.outbox.c.sending_at + lost), else_=t.outbox.c.next_at)
        query = sa.select(sa.func.min(when)).where(OPEN)
        return await self._read(lambda conn: moment(conn.execute(query).scalar()))

    async def set_gone(self, channel: str, bot: str, address: str, gone: bool) -> None:
        """The visitor blocked the bot, or let it in again."""
        index = self.context.index.of(channel, bot, address)

        def work(conn: Connection) -> None:
            row = conn.execute(sa.select(t.identity).where(t.identity.c.address_index == index)).fetchone()
            if row is None:
                return
            pen = Pen(self.context, self.clock())
            if gone:
                _lost(conn, pen, row.id, row.conversation, channel, "blocked")
                pen.flush(conn)
            else:
                conn.execute(t.identity.update().where(t.identity.c.id == row.id).values(gone_at=None))

        await self._write(work)

    async def known(self, channel: str, bot: str, address: str) -> bool:
        """Whether a conversation is going on at this address: not finished or stopped, or with an open case."""
        index = self.context.index.of(channel, bot, address)
        return await self._read(lambda conn: conn.execute(_GOING, {"index": index}).fetchone() is not None)

    async def set_aside(self, channel: str, bot: str, update_id: str, reason: str) -> None:
        """Remembers that an update could not be read: which one, and the kind of error; never its content."""
        row = {"channel": channel, "bot": bot, "update_id": update_id, "reason": reason[:120], "at": ms(self.clock())}
        await self._write(lambda conn: self.context.sql.insert_new(conn, t.set_aside, row) and None, quiet=True)

    async def hold_lease(self, name: str, holder: str, seconds: int = 30) -> bool:
        """True while `holder` is the one that may do `name`; call again to keep it. Free when not renewed in time."""
        at = ms(self.clock())
        row = {"name": name, "holder": holder, "until": at + seconds * 1000}

        def work(conn: Connection) -> bool:
            if self.context.sql.insert_new(conn, t.lease, row):
                return True
            free = sa.or_(t.lease.c.holder == holder, t.lease.c.until <= at)
            return conn.execute(t.lease.update().where(t.lease.c.name == name, free).values(row)).rowcount == 1

        return await self._write(work, quiet=True)

    async def drop_lease(self, name: str, holder: str) -> None:
        """Lets another have it at once."""
        same = sa.and_(t.lease.c.name == name, t.lease.c.holder == holder)
        await self._write(lambda conn: conn.execute(t.lease.delete().where(same)) and None, quiet=True)

    async def outbox_counts(self) -> dict[str, int]:
        """How many rows stand in each state, and how many may have been sent twice."""

        def read(conn: Connection) -> dict[str, int]:
            states = conn.execute(sa.select(t.outbox.c.state, sa.func.count()).group_by(t.outbox.c.state))
            found = {str(state): int(count) for state, count in states}
            twice = conn.execute(sa.select(sa.func.sum(t.outbox.c.maybe_twice))).scalar()
            return {**found, "maybe_twice": int(twice or 0)}

        return await self._read(read)

    async def retry_failed(self, conversation: str, seq: int) -> bool:
        """[Opnieuw] of a coach: a message that could not be delivered is tried again."""
        at = ms(self.clock())
        same = sa.and_(t.outbox.c.conversation == conversation, t.outbox.c.seq == seq, t.outbox.c.state == "dead")
        values = {"state": "new", "next_at": at, "reason": "", "done_at": None}
        return await self._write(lambda conn: conn.execute(t.outbox.update().where(same).values(values)).rowcount == 1)

    # ---- notices to coaches and visitors, by mail, without personal data ----

    async def claim_notices(self, limit: int = 20) -> list[tuple[str, str, str, str]]:
        """Due notices as (key, kind, K-code, audience). A notice whose case was answered meanwhile is not made."""

        def work(conn: Connection) -> list[tuple[str, str, str, str]]:
            at = ms(self.clock())
            answered = sa.select(t.case.c.number).where(t.case.c.first_reply_at.is_not(None))
            conn.execute(
                t.notice.delete().where(
                    t.notice.c.state == "new",
                    t.notice.c.kind.in_(("case_half", "case_late")),
                    t.notice.c.case_number.in_(answered),
                )
            )
            lost = at - _milliseconds(LOST_AFTER)
            due = sa.or_(
                t.notice.c.state == "new", sa.and_(t.notice.c.state == "sending", t.notice.c.sending_at <= lost)
            )
            rows = conn.execute(
                sa.select(t.notice).where(due, t.notice.c.due_at <= at).order_by(t.notice.c.due_at).limit(limit)
                .with_for_update(skip_locked=True)
            ).fetchall()  # fmt: skip
            if rows:
                conn.execute(
                    t.notice.update().where(t.notice.c.key.in_([row.key for row in rows]))
                    .values(state="sending", sending_at=at, attempts=t.notice.c.attempts + 1)
                )  # fmt: skip
            return [(row.key, row.kind, K(row.case_number), row.audience) for row in rows]

        return await self._write(work, quiet=True)

    async def settle_notice(self, key: str, *, sent: bool) -> None:
        """Sent, or to be tried again in five minutes (three times)."""
        at = ms(self.clock())
        again = {
            "state": sa.case((t.notice.c.attempts >= 3, "dead"), else_="new"),
            "due_at": at + 300_000,
        }
        values: dict[str, Any] = {"state": "sent", "done_at": at} if sent else again
        same = t.notice.c.key == key
        await self._write(lambda conn: conn.execute(t.notice.update().where(same).values(values)) and None, quiet=True)


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)


_SENT = (
    t.outbox.update()
    .where(t.outbox.c.id == sa.bindparam("key"))
    .values(
        state=sa.bindparam("sent"),
        done_at=sa.bindparam("now"),
        external_id=sa.bindparam("external"),
        parcel_sealed=sa.null(),
    )
)

_KEYBOARD = (
    t.identity.update()
    .where(
        t.identity.c.id == sa.select(t.outbox.c.identity).where(t.outbox.c.id == sa.bindparam("key")).scalar_subquery()
    )
    .values(keyboard=sa.bindparam("up"))
)


def _shows(results: Sequence[tuple[Outgoing, Verdict]]) -> bool:
    """Whether a page of the desk shows any of this."""
    return any(verdict.kind in ("gone", "bad") or out.origin == "coach" for out, verdict in results)


def _settle_all(conn: Connection, pen: Pen, results: Sequence[tuple[Outgoing, Verdict]]) -> None:
    sent = [
        {"key": out.id, "sent": "sent", "now": pen.at, "external": verdict.external_id}
        for out, verdict in results
        if verdict.kind == "sent"
    ]
    if sent:
        pen.context.sql.many(conn, "sent", _SENT, sent)
    for outgoing, verdict in results:
        if verdict.keyboard is not None:
            conn.execute(_KEYBOARD, {"key": outgoing.id, "up": int(verdict.keyboard)})
        if verdict.kind != "sent":
            _settle(conn, pen, outgoing, verdict)
    pen.flush(conn)


def _settle(conn: Connection, pen: Pen, outgoing: Outgoing, verdict: Verdict) -> None:
    ours = t.outbox.c.attempts == outgoing.attempts  # nobody claimed it after us
    same = sa.and_(t.outbox.c.id == outgoing.id, ours)
    reason = verdict.reason[:200]
    values: dict[str, Any]
    match verdict.kind:
        case "retry_at":
            at = verdict.retry_at
            values = {"state": "new", "next_at": pen.at + 1000 if at is None else ms(at), "reason": reason}
        case "bad":
            values = {"state": "dead", "done_at": pen.at, "reason": reason or verdict.kind, "parcel_sealed": None}
        case "stale":  # not sent after a last look: dead when somebody else speaks now, else free for the next claim
            overtaken = sa.and_(t.outbox.c.origin == "bot", t.outbox.c.epoch < EPOCH_NOW)
            same = sa.and_(same, t.outbox.c.state == "sending")
            values = {
                "state": sa.case((overtaken, "dead"), else_="new"), "reason": sa.case((overtaken, "stale"), else_=""),
                "done_at": sa.case((overtaken, pen.at), else_=None),
            }  # fmt: skip
        case "gone":
            _gone(conn, pen, outgoing, reason)
            return
        case _:  # unknown: it may have arrived; after LOST_AFTER it is sent again: twice is better than never
            values = {"reason": reason}
    conn.execute(t.outbox.update().where(same).values(values))


def _gone(conn: Connection, pen: Pen, outgoing: Outgoing, reason: str) -> None:
    """This address cannot be reached any more: stop trying, and tell the coach in the case."""
    if not outgoing.conversation:
        dead = {"state": "dead", "done_at": pen.at, "reason": reason or "gone", "parcel_sealed": None}
        conn.execute(t.outbox.update().where(t.outbox.c.id == outgoing.id).values(dead))
        return
    identity = conn.execute(sa.select(t.outbox.c.identity).where(t.outbox.c.id == outgoing.id)).scalar()
    if identity is not None:
        _lost(conn, pen, identity, outgoing.conversation, outgoing.channel, reason or "gone")


def _lost(conn: Connection, pen: Pen, identity: str, conversation: str, channel: str, reason: str) -> None:
    talk = lock_talk(conn, pen.context, conversation)
    dead = {"state": "dead", "done_at": pen.at, "reason": reason}
    conn.execute(t.outbox.update().where(t.outbox.c.identity == identity, OPEN).values(dead))
    first = conn.execute(
        t.identity.update().where(t.identity.c.id == identity, t.identity.c.gone_at.is_(None)).values(gone_at=pen.at)
    )
    if talk is not None and talk.open_case is not None and first.rowcount == 1:
        pen.private(talk, "unreachable:" + channel, sender="system", kind="unreachable")
        pen.heard_cases.append({"n": talk.open_case, "now": pen.at})  # the coach must notice: another way is needed
        pen.keep(talk)
