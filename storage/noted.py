"""Small facts of the running desk, by name: which group is linked, which cards it shows. Nothing about visitors."""

from __future__ import annotations

import sqlalchemy as sa

from storage import tables as t
from storage.base import Base


class Noted(Base):
    """The part of the store that remembers such facts."""

    async def setting(self, name: str) -> str:
        """What was put there; '' when nothing was."""
        query = sa.select(t.setting.c.value).where(t.setting.c.name == name)
        return str(await self._read(lambda conn: conn.execute(query).scalar()) or "")

    async def put_setting(self, name: str, value: str) -> None:
        """Overwrites; names have at most 48 characters."""
        row = {"name": name, "value": value}
        await self._write(lambda conn: self.context.sql.upsert(conn, t.setting, [row], ("value",)), quiet=True)
