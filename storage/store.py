"""The store: one async interface over SQLite, PostgreSQL and memory.

Everything that happens inside a transaction is plain synchronous SQLAlchemy Core, the same for all three; an engine
(storage/sqlite.py, storage/postgres.py) only knows how to run a function in a writing or reading transaction, how to
batch turns, and how to wake up those who wait for changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from knowledge.problems import LoketError
from storage.base import Clock, system_clock
from storage.batch import Job
from storage.cases import CaseActions
from storage.context import Rules
from storage.delivery import Delivery
from storage.feeds import Feeds
from storage.figures import Reports
from storage.keys import Keys
from storage.messages import Incoming, TurnResult
from storage.noted import Noted
from storage.notices import Notices
from storage.oversight import Oversight
from storage.people import People
from storage.privacy import Privacy
from storage.reads import Reads
from storage.sessions import Sessions
from storage.showing import Showing
from storage.staff import StaffRoom
from storage.timers import Timers
from storage.turns import Decide

if TYPE_CHECKING:
    from storage.setup import Older


class Store(
    Reads, Reports, CaseActions, Delivery, Feeds, Noted, Notices, Oversight, People, Privacy, Sessions, Showing,
    StaffRoom, Timers,
):  # fmt: skip
    """What is remembered. Open with `open_store`, close with `aclose`."""

    async def turn(self, incoming: Incoming, decide: Decide) -> TurnResult:
        """One event, one transaction. When this returns, the turn is on disk; only then acknowledge.

        `decide` is pure and may be called more than once. Raises what `decide` raised, or NotStored when the database
        could not be written (then nothing happened and the same update may be delivered again).
        """
        index = self.context.index.of(incoming.channel, incoming.bot, incoming.address)
        result = await self._queue(Job(incoming, decide, index))
        if result.turn is not None:
            self.wake()
        if result.erased:
            await self.tidy()
        return result


async def open_store(
    url: str, *, secret: Keys | None = None, clock: Clock = system_clock, rules: Rules | None = None,
    writer: bool = True, older: Older | None = None,
) -> Store:  # fmt: skip
    """Opens (and migrates) the database at `url`.

    `memory:` · `sqlite:///loket.db` · `postgresql+asyncpg://…`. Without `secret` an embedded database uses the key file
    beside it. `writer=False` opens an embedded database for a short administrative command beside a running server:
    no lock, short transactions. Such a command refuses a database of an older version instead of migrating it under the
    server's feet; `older="keep"` opens it as it is, for a backup.

    Raises LoketError with one clear sentence when it cannot be opened.
    """
    rules = rules or Rules()
    older = older or ("migrate" if writer else "refuse")
    if url.startswith("memory:") or url in ("sqlite://", "sqlite:///:memory:"):
        from storage.memory import MemoryStore

        return await MemoryStore.open(secret or Keys.in_memory(), clock, rules)
    try:
        parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):  # the second for a port that is no number
        raise LoketError("the database URL is not understood; use sqlite:///path or postgresql+asyncpg://…") from None
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        from storage.sqlite import SqliteStore

        path = Path(parsed.database)
        return await SqliteStore.open(path, secret or Keys.beside(path), clock, rules, writer=writer, older=older)
    if parsed.get_backend_name() == "postgresql":
        from storage.postgres import PostgresStore

        if secret is None:
            raise LoketError("PostgreSQL needs LOKET_SECRET_KEY: the key may not live beside the data")
        return await PostgresStore.open(parsed.set(drivername="postgresql+asyncpg"), secret, clock, rules, older=older)
    raise LoketError(
        f"a database of kind '{parsed.drivername}' is not known; use sqlite:///path or postgresql+asyncpg://…"
    )
