"""Mails that are due by the clock and not by a case: the digest of a coach's day, made once per coach and day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy.engine import Connection

from storage import tables as t
from storage.base import Base
from storage.values import ms


class Notices(Base):
    """The part of the store that plans such mails; claiming and settling them is delivery's."""

    async def plan_digests(self, day: date, staff: Iterable[str]) -> int:
        """A digest for each of them, unless it was planned already; returns how many are new. Safe in two processes."""
        at = ms(self.clock())
        rows = [
            {"key": f"digest:{day.isoformat()}:{one}", "kind": "digest", "audience": f"coach:{one}", "due_at": at}
            for one in staff
        ]

        def work(conn: Connection) -> int:
            return sum(bool(self.context.sql.insert_new(conn, t.notice, row)) for row in rows)

        return await self._write(work, quiet=True)
