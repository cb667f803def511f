"""Who is in at the desk now, on which devices, how they proved it; and who they are at the organisation's own login."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import tables as t
from storage.base import Base
from storage.keys import code, hashed
from storage.rows import Staff
from storage.staff import RECOVERY_CODES, _staff
from storage.values import moment, ms

HANDLE = 16  # hexadecimal digits that name a session on a page; they open nothing


@dataclass(frozen=True, slots=True)
class DeskSession:
    """One browser that is logged in."""

    handle: str  # names it among the sessions of one person
    staff: Staff
    began: datetime
    seen: datetime
    confirmed: datetime | None  # when its person last proved who they are
    method: str  # password | oidc | link
    strong: bool  # a second factor was part of it
    device: str


class Sessions(Base):
    """The part of the store about being logged in."""

    async def desk_session(self, token_hash: str) -> DeskSession | None:
        """The session of this token; None when it ended or its person was switched off."""
        query = sa.select(t.desk_session).where(t.desk_session.c.token_hash == token_hash)

        def read(conn: Connection) -> DeskSession | None:
            row = conn.execute(query).fetchone()
            who = _staff(conn, t.coach.c.id == row.coach) if row else None
            return _session(row, who) if row is not None and who is not None and who.active else None

        return await self._read(read)

    async def sessions_of(self, staff: Staff) -> list[DeskSession]:
        """All of this person's sessions, the one used last first."""
        query = (
            sa.select(t.desk_session)
            .where(t.desk_session.c.coach == staff.id)
            .order_by(t.desk_session.c.last_seen.desc())
        )
        return await self._read(lambda conn: [_session(row, staff) for row in conn.execute(query)])

    async def end_sessions(self, staff: str, *, handle: str = "", but: str = "") -> int:
        """Ends one session by its handle, or all of this person but the one with token hash `but`; how many ended."""
        where = [t.desk_session.c.coach == staff]
        if handle:
            where.append(t.desk_session.c.token_hash.startswith(handle, autoescape=True))
        if but:
            where.append(t.desk_session.c.token_hash != but)
        return await self._write(lambda conn: conn.execute(t.desk_session.delete().where(*where)).rowcount)

    async def confirm_session(self, token_hash: str, fresh_hash: str) -> None:
        """Its person proved who they are once more: the old token dies, the fresh one goes on."""
        values = {"token_hash": fresh_hash, "step_up_at": ms(self.clock()), "last_seen": ms(self.clock())}
        same = t.desk_session.c.token_hash == token_hash
        await self._write(lambda conn: conn.execute(t.desk_session.update().where(same).values(values)) and None)

    # ---- recovery codes ----

    async def recovery_left(self, staff: str) -> int:
        """How many recovery codes have not been used."""
        query = sa.select(t.coach.c.recovery).where(t.coach.c.id == staff)
        return await self._read(lambda conn: len(json.loads(conn.execute(query).scalar() or "[]")))

    async def new_recovery(self, staff: str) -> tuple[str, ...]:
        """Fresh recovery codes, shown once; older ones stop working. () when there is no second factor."""
        codes = tuple(code(3) for _ in range(RECOVERY_CODES))
        stored = json.dumps([hashed(one) for one in codes])
        enrolled = sa.and_(t.coach.c.id == staff, t.coach.c.totp_sealed.is_not(None))

        def work(conn: Connection) -> tuple[str, ...]:
            return codes if conn.execute(t.coach.update().where(enrolled).values(recovery=stored)).rowcount else ()

        return await self._write(work)

    # ---- the organisation's own login ----

    async def staff_by_subject(self, subject: str) -> Staff | None:
        """Who this subject of the organisation's login is at the desk."""
        return await self._read(lambda conn: _staff(conn, t.coach.c.oidc_subject == subject) if subject else None)

    async def is_linked(self, staff: str) -> bool:
        """Whether this person came in through the organisation's login before."""
        query = sa.select(t.coach.c.oidc_subject).where(t.coach.c.id == staff)
        return await self._read(lambda conn: bool(conn.execute(query).scalar()))

    async def link_subject(self, staff: str, subject: str) -> bool:
        """Binds a person to a subject; False when they are bound to another one already. '' unbinds."""
        free = sa.or_(t.coach.c.oidc_subject == "", t.coach.c.oidc_subject == subject)
        where = sa.and_(t.coach.c.id == staff, free) if subject else t.coach.c.id == staff

        def work(conn: Connection) -> bool:
            return conn.execute(t.coach.update().where(where).values(oidc_subject=subject)).rowcount == 1

        return await self._write(work)


def _session(row: Any, who: Staff) -> DeskSession:
    began, seen = moment(row.created_at), moment(row.last_seen)
    assert began is not None
    assert seen is not None
    confirmed = moment(row.step_up_at)
    handle = row.token_hash[:HANDLE]
    return DeskSession(handle, who, began, seen, confirmed, row.method, bool(row.strong), row.device)
