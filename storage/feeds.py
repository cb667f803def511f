"""The secret address of a coach's agenda: made again or revoked at any time, kept hashed, one at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import tables as t
from storage.base import Base
from storage.keys import hashed, token
from storage.rows import Staff
from storage.staff import _staff
from storage.values import moment, ms

PURPOSE = "agenda"
KEPT = timedelta(days=730)  # somebody who left long ago is read by nobody


class Feeds(Base):
    """The part of the store that calendars of coaches ask."""

    async def make_feed(self, staff: str) -> str:
        """A fresh token; the one before stops working."""
        made, now = token(), self.clock()
        row = {
            "token_hash": hashed(made), "purpose": PURPOSE, "subject": staff, "expires_at": ms(now + KEPT),
            "uses_left": 1, "created_at": ms(now),
        }  # fmt: skip

        def work(conn: Connection) -> None:
            conn.execute(t.one_time.delete().where(_of(staff)))
            conn.execute(t.one_time.insert(), row)

        await self._write(work)
        return made

    async def drop_feed(self, staff: str) -> None:
        await self._write(lambda conn: conn.execute(t.one_time.delete().where(_of(staff))) and None)

    async def feed_since(self, staff: str) -> datetime | None:
        """When the address in use was made; None when there is none."""
        query = sa.select(t.one_time.c.created_at).where(_of(staff), t.one_time.c.expires_at > ms(self.clock()))
        return await self._read(lambda conn: moment(conn.execute(query).scalar()))

    async def feed_of(self, made: str) -> Staff | None:
        """Whose agenda a token opens; None when it is unknown, revoked, old, or of somebody who may not log in."""
        same = sa.and_(t.one_time.c.token_hash == hashed(made), t.one_time.c.purpose == PURPOSE)
        query = sa.select(t.one_time.c.subject).where(same, t.one_time.c.expires_at > ms(self.clock()))

        def read(conn: Connection) -> Staff | None:
            subject = conn.execute(query).scalar()
            found = _staff(conn, t.coach.c.id == subject) if subject else None
            return found if found is not None and found.active else None

        return await self._read(read)


def _of(staff: str) -> sa.ColumnElement[bool]:
    return sa.and_(t.one_time.c.purpose == PURPOSE, t.one_time.c.subject == staff)
