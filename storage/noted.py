"""Small facts of the running desk, by name: which group is linked, which cards it shows. Nothing about visitors."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import tables as t
from storage.base import Base


class Noted(Base):
    """The part of the store that remembers such facts."""

    async def setting(self, name: str) -> str:
        """What was put there; '' when nothing was."""
        query = sa.select(t.setting.c.value).where(t.setting.c.name == name)
        return str(await self._read(lambda conn: conn.execute(query).scalar()) or "")

    async def swap_setting(self, name: str, before: str, value: str) -> bool:
        """Puts a value where `before` stands; False, and nothing changed, when somebody was first."""
        row = {"name": name, "value": value}

        def work(conn: Connection) -> bool:
            if not before and self.context.sql.insert_new(conn, t.setting, row):
                return True
            same = sa.and_(t.setting.c.name == name, t.setting.c.value == before)
            return conn.execute(t.setting.update().where(same).values(value=value)).rowcount == 1

        return await self._write(work, quiet=True)

    async def outcome_used(self, code: str) -> bool:
        """Whether a case or a step of somebody carries this outcome code."""
        kept = sa.union_all(
            sa.select(sa.literal(1)).where(sa.exists().where(t.outcome.c.step == code)),
            sa.select(sa.literal(1)).where(sa.exists().where(t.case.c.outcome == code)),
        )
        return await self._read(lambda conn: conn.execute(kept.limit(1)).first() is not None)

    async def put_setting(self, name: str, value: str) -> None:
        """Overwrites; names have at most 48 characters."""
        row = {"name": name, "value": value}
        await self._write(lambda conn: self.context.sql.upsert(conn, t.setting, [row], ("value",)), quiet=True)
