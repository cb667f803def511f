"""Turns on PostgreSQL in two trips to the server: one look, and one write that commits itself.

No lock is held while the desk thinks. The write saves a conversation only at the version that was read, and marks its
update as applied: when either was done by somebody else meanwhile, the statement is refused as a whole, and the turns
are done again in a transaction that locks first. So a worker that looked at something old loses time, never an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.base import NotStored
from storage.batch import Job, plan_batch, updates_of
from storage.context import Context
from storage.failpoints import failpoint
from storage.messages import TurnResult
from storage.postgres_statements import PostgresStatements

Outcome = TurnResult | NotStored | None  # None: not done, and nothing stored
_GONE = (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)  # the second: dropped between two messages
_UNKNOWN = ("08", "57", "58", "XX")  # classes of errors after which a statement may have been committed all the same
_SETTINGS = "; ".join(  # one plan for ever, by index: planning anew costs as much as the turn, and both tables grow
    f"SET {name} = {value}"
    for name, value in {
        "plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "enable_hashjoin": "off",
        "enable_mergejoin": "off",
    }.items()
)  # fmt: skip


class Lane:
    """One connection of its own, for one batch at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._held: tuple[AsyncConnection, Any] | None = None  # and the driver's own connection

    async def carry(self, context: Context, jobs: Sequence[Job], now: datetime) -> list[Outcome]:
        """Does the turns that only add rows of their own; the others, and those that met somebody, are not done."""
        sql = context.sql
        assert isinstance(sql, PostgresStatements)
        left: list[Outcome] = [None for _ in jobs]
        updates = updates_of(jobs)
        try:
            driver = await self._driver()
            found = await driver.fetch(sql.look_text, *sql.asked(updates, [job.index for job in jobs]))
        except (asyncpg.PostgresError, DBAPIError, *_GONE):
            await self.close()
            return left
        results, rows = plan_batch(context, jobs, sql.found(found, updates), now)
        if not rows.any():
            return list(results)
        failpoint("before commit")
        try:
            await driver.fetch(sql.write_text, *sql.given(rows))
        except asyncpg.DataError:  # a text that cannot be sent
            return left
        except asyncpg.PostgresError as error:
            if not (error.sqlstate or "08").startswith(_UNKNOWN):
                return left
            return await self._lost(left, results, error)
        except _GONE as error:
            return await self._lost(left, results, error)
        failpoint("after commit")
        return list(results)

    async def _lost(
        self, left: list[Outcome], results: Sequence[TurnResult | None], error: BaseException
    ) -> list[Outcome]:
        """The connection went while the write was on its way: nobody knows whether it was stored."""
        await self.close()
        unknown = NotStored(f"the database cannot be reached now: {type(error).__name__}")
        return [nothing if result is None else unknown for nothing, result in zip(left, results, strict=True)]

    async def _driver(self) -> Any:
        if self._held is None or self._held[1].is_closed():
            await self.close()
            conn = await self._engine.connect()
            driver: Any = (await conn.get_raw_connection()).driver_connection
            self._held = conn, driver
            await driver.execute(_SETTINGS)
        return self._held[1]

    async def close(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            await held[0].invalidate()  # its settings are for turns only
            await held[0].close()
