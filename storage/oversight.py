"""What those who watch over the desk read and set right: pages of the audit log, and what could not be delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import tables as t
from storage.base import Base
from storage.values import K, moment, ms

FINAL = ("stale", "restored")  # not sent on purpose: trying again would be wrong


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines of the audit log are wanted; '' and None leave that part open."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None  # this moment itself no more


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the audit log."""

    at: datetime
    actor: str
    action: str
    subject: str
    purpose: str
    result: str
    chain: str
    seq: int


@dataclass(frozen=True, slots=True)
class LogPage:
    """A stretch of the log, newest first, and how many lines fit the filter in all."""

    lines: tuple[LogLine, ...]
    total: int
    actions: tuple[str, ...] = field(default=())  # every action the log knows, for a list to choose from


@dataclass(frozen=True, slots=True)
class Undelivered:
    """One message that could not be delivered and waits for a decision."""

    id: int
    code: str  # of the conversation's newest case; '' = none
    channel: str
    origin: str  # bot | coach | system
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stuck:
    """What did not leave the house."""

    messages: tuple[Undelivered, ...]
    total: int
    notices: int  # mails to coaches that failed three times
    set_aside: int  # updates of a messenger that nobody could read


class Oversight(Base):
    """The part of the store for auditors and administrators."""

    async def log_page(self, wanted: LogFilter, *, limit: int = 50, offset: int = 0) -> LogPage:
        """Lines of the audit log that fit, the newest first."""
        where = _where(wanted)
        order = (t.audit.c.at.desc(), t.audit.c.chain, t.audit.c.seq.desc())
        query = sa.select(t.audit).where(*where).order_by(*order).limit(limit).offset(offset)
        count = sa.select(sa.func.count()).select_from(t.audit).where(*where)
        actions = sa.select(t.audit.c.action).distinct().order_by(t.audit.c.action)

        def read(conn: Connection) -> LogPage:
            return LogPage(
                tuple(_line(row) for row in conn.execute(query)),
                int(conn.execute(count).scalar() or 0),
                tuple(str(action) for action in conn.execute(actions).scalars()),
            )

        return await self._read(read)

    async def stuck(self, limit: int = 50) -> Stuck:
        """What failed and may be tried again; what was dropped on purpose is left out."""
        failed = sa.and_(
            t.outbox.c.state == "dead", t.outbox.c.reason.not_in(FINAL), t.outbox.c.parcel_sealed.is_(None)
        )
        of = sa.select(sa.func.max(t.case.c.number)).where(t.case.c.conversation == t.outbox.c.conversation)
        query = (
            sa.select(t.outbox, of.scalar_subquery().label("number"))
            .where(failed)
            .order_by(t.outbox.c.done_at.desc(), t.outbox.c.id.desc())
            .limit(limit)
        )

        def count(conn: Connection, table: sa.Table, *where: Any) -> int:
            return int(conn.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar() or 0)

        def read(conn: Connection) -> Stuck:
            return Stuck(
                tuple(_undelivered(row) for row in conn.execute(query)),
                count(conn, t.outbox, failed),
                count(conn, t.notice, t.notice.c.state == "dead"),
                count(conn, t.set_aside),
            )

        return await self._read(read)

    async def retry_stuck(self, id_: int | None = None) -> int:
        """Puts one failed message back in line, or all of them with the failed mails; how many."""
        at = ms(self.clock())
        where = [t.outbox.c.state == "dead", t.outbox.c.reason.not_in(FINAL), t.outbox.c.parcel_sealed.is_(None)]
        if id_ is not None:
            where.append(t.outbox.c.id == id_)
        again = {"state": "new", "next_at": at, "reason": "", "done_at": None, "attempts": 0}

        def work(conn: Connection) -> int:
            count = conn.execute(t.outbox.update().where(*where).values(again)).rowcount
            if id_ is None:
                dead = t.notice.update().where(t.notice.c.state == "dead")
                count += conn.execute(dead.values(state="new", attempts=0, due_at=at)).rowcount
            return count

        return await self._write(work)


def _where(wanted: LogFilter) -> list[Any]:
    where: list[Any] = []
    if wanted.actor:
        where.append(t.audit.c.actor == wanted.actor)
    if wanted.action:
        where.append(t.audit.c.action == wanted.action)
    if wanted.subject:
        where.append(t.audit.c.object == wanted.subject)
    if wanted.since is not None:
        where.append(t.audit.c.at >= ms(wanted.since))
    if wanted.until is not None:
        where.append(t.audit.c.at < ms(wanted.until))
    return where


def _line(row: Any) -> LogLine:
    at = moment(row.at)
    assert at is not None
    return LogLine(at, row.actor, row.action, row.object, row.purpose, row.result, row.chain, row.seq)


def _undelivered(row: Any) -> Undelivered:
    at = moment(row.done_at or row.created_at)
    assert at is not None
    code = K(row.number) if row.number else ""
    return Undelivered(row.id, code, row.channel, row.origin, row.reason, at)
