"""A batch: the turns of up to 64 conversations in one transaction.

    updates seen before? conversations -> a turn each -> all rows: updates, messages, answers, outbox, conversations

Nothing is acknowledged before the commit that follows. `decide` may be called again when a batch is replayed, so it
must be pure. A batch holds at most one turn per address; one bad turn fails the batch, which is then done one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn, cast

from sqlalchemy.engine import Connection

from storage import tables as t
from storage.beginning import begin_talks
from storage.context import Context
from storage.messages import Incoming, TurnResult
from storage.pen import Pen
from storage.statements import Opened, TalkRow, Update, Written
from storage.talk import Talk
from storage.turns import Decide, Stocks, do_turn, stocks_of
from storage.values import K


@dataclass(frozen=True, eq=False)
class Job:
    """One event waiting for its turn."""

    incoming: Incoming
    decide: Decide
    index: str  # blind index of the address


def run_batch(conn: Connection, context: Context, jobs: Sequence[Job], now: datetime) -> list[TurnResult]:
    """Does all jobs. Raises Conflict to be repeated, and whatever a `decide` raised."""
    pen = Pen(context, now)
    addresses = {job.index: job for job in jobs}
    opened = context.sql.look(conn, updates_of(jobs), list(addresses))
    talks = read_talks(conn, context, addresses, opened.talks, pen)
    stocks = stocks_of(opened.stocks, opened.queue, now)
    results: list[TurnResult] = []
    for job in jobs:
        talk = talks.get(job.index)
        if talk is None:  # this address was erased after the event was sent
            results.append(TurnResult(None, True, "", 0))
        else:
            results.append(_once(conn, pen, job, talk, stocks, opened.stale))
    pen.flush(conn)
    return results


def plan_batch(
    context: Context, jobs: Sequence[Job], opened: Opened, now: datetime
) -> tuple[list[TurnResult | None], Written]:
    """The turns that only add rows of their own, without a connection: what came of them, and the rows to write.

    Most are such. None stands for the others, of which nothing is written: those that begin a conversation, that a
    coach follows, whose effects look or change elsewhere, or whose `decide` raised. They want `run_batch`.
    """
    pen = Pen(context, now)
    rows = {row.address_index: row for row in opened.talks}
    stocks = stocks_of(opened.stocks, opened.queue, now)
    results: list[TurnResult | None] = []
    met: set[str] = set()  # conversations: who writes from two addresses at once has two turns, one after the other
    for job in jobs:
        row = rows.get(job.index)
        if row is None or row.id in met or row.open_case is not None or row.gone_at is not None:
            results.append(None)
            continue
        met.add(row.id)
        try:
            talk = _talk_of(context, row, job.incoming)
            results.append(_once(_NOWHERE, pen, job, talk, stocks, opened.stale))
        except Exception:  # whatever it was, `run_batch` meets it again and says so
            pen.forget(row.id)
            results.append(None)
    return results, pen.rows()


class _Nowhere:
    """In the place of a connection where there is none: who asks it anything wants one."""

    def __getattr__(self, name: str) -> NoReturn:
        raise NotHere(f"this turn needs a connection: {name}")


class NotHere(Exception):
    """A turn turned out to need more than rows of its own."""


_NOWHERE = cast(Connection, _Nowhere())


def update_of(job: Job) -> Update:
    return job.incoming.channel, job.incoming.bot, job.incoming.update_id


def updates_of(jobs: Sequence[Job]) -> list[Update]:
    """The updates that can be delivered twice, each once."""
    return sorted({update_of(job) for job in jobs if job.incoming.update_id})


def _once(conn: Connection, pen: Pen, job: Job, talk: Talk, stocks: Stocks, applied: set[Update]) -> TurnResult:
    """The turn, unless its update is among those `applied`; afterwards it is."""
    update = update_of(job)
    if update in applied:
        return TurnResult(None, True, talk.id, talk.version, case=K(talk.open_case))
    result = do_turn(conn, pen, job.incoming, job.decide, talk, stocks)
    if job.incoming.update_id:
        pen.applies(update)
        applied.add(update)
    return result


def _talk_of(context: Context, row: TalkRow, incoming: Incoming) -> Talk:
    key = context.keys.person(row.person, row.kek, row.wrapped)
    talk = Talk.from_row(row, key, incoming.address, context.states)
    talk.identity, talk.channel, talk.bot = row.identity_now, incoming.channel, incoming.bot  # reply where heard
    return talk


def read_talks(
    conn: Connection, context: Context, addresses: Mapping[str, Job], rows: Sequence[TalkRow], pen: Pen
) -> dict[str, Talk | None]:
    """The conversation of every address, locked; new ones are made. None = erased after the event was sent."""
    talks: dict[str, Talk | None] = {}
    for row in rows:
        talk = talks[row.address_index] = _talk_of(context, row, addresses[row.address_index].incoming)
        if row.gone_at is not None:  # who writes can be reached again
            conn.execute(t.identity.update().where(t.identity.c.id == talk.identity).values(gone_at=None))
    new = [job for index, job in addresses.items() if index not in talks]
    if new:
        talks.update(begin_talks(conn, context, new, pen))
    return talks
