"""Counts for the dashboard and the demand report. Raw numbers; `rows.shown` hides what is below ten."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import tables as t
from storage.actions import LADDER, SIDE_EXITS
from storage.base import Base
from storage.outcome_questions import under
from storage.promise import AMSTERDAM
from storage.rows import Figures
from storage.values import moment, ms

FUNNEL = ("started", "answered", "advised", "handed_over", "replied", "called", "closed")
BEGINNING = datetime(2020, 1, 1, tzinfo=AMSTERDAM)


class Reports(Base):
    """The part of the store that counts."""

    async def figures(
        self, since: datetime | None = None, until: datetime | None = None, *, team: str = "", situation: str = "",
        region: str = "",
    ) -> Figures:  # fmt: skip
        """Everything the dashboard shows for a period; practice cases never count. People count once per step."""
        first, last = ms(since or BEGINNING), ms(until or self.clock()) + 1
        narrow = {"team": team, "situation": situation, "region": region}
        return await self._read(lambda conn: _figures(conn, self.clock(), first, last, narrow))

    async def doubts(self, since: datetime) -> dict[tuple[str, str], int]:
        """How often coaches said that an entry is not right: (entry, reason) -> times."""
        query = (
            sa.select(t.event.c.detail, sa.func.count())
            .where(t.event.c.name == "wrong_entry", t.event.c.at >= ms(since))
            .group_by(t.event.c.detail)
        )
        rows = await self._read(lambda conn: [(str(row[0]), int(row[1])) for row in conn.execute(query)])
        return {(detail.rpartition(":")[0], detail.rpartition(":")[2]): count for detail, count in rows}

    async def demand(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> list[tuple[str, str, str, int]]:
        """What was asked for and not on offer: (what, region, sector, how often), most wanted first."""
        first = (since or BEGINNING).astimezone(AMSTERDAM).date().isoformat()
        last = (until or self.clock()).astimezone(AMSTERDAM).date().isoformat()
        total = sa.func.sum(t.wish.c.n)
        query = (
            sa.select(t.wish.c.what, t.wish.c.region, t.wish.c.sector, total)
            .where(t.wish.c.day >= first, t.wish.c.day <= last)
            .group_by(t.wish.c.what, t.wish.c.region, t.wish.c.sector)
            .order_by(total.desc(), t.wish.c.what)
        )
        return await self._read(lambda conn: [(row[0], row[1], row[2], int(row[3])) for row in conn.execute(query)])


def _figures(conn: Connection, now: datetime, first: int, last: int, narrow: dict[str, str]) -> Figures:
    wanted = [t.case.c[name] == value for name, value in narrow.items() if value]
    real = sa.and_(t.case.c.practice == 0, *wanted)
    period = sa.and_(t.case.c.created_at >= first, t.case.c.created_at < last)
    waiting = conn.execute(
        sa.select(sa.func.count(), sa.func.min(t.case.c.waiting_since)).where(real, t.case.c.state == "waiting")
    ).one()
    cases = conn.execute(sa.select(t.case).where(real, period)).fetchall()
    replied = [(row.first_reply_at - row.created_at) // 60_000 for row in cases if row.first_reply_at is not None]
    at = ms(now)
    promised = [row for row in cases if row.due_at is not None and (row.first_reply_at is not None or row.due_at < at)]
    kept = sum(
        row.first_reply_at is not None and not row.promised_again and row.first_reply_at <= row.due_at
        for row in promised
    )
    persons = Counter(row.person for row in cases if row.person)
    return Figures(
        waiting=int(waiting[0]), oldest=moment(waiting[1]), kept=kept, promised=len(promised),
        first_reply_minutes=int(median(replied)) if replied else None,
        reopened=sum(count - 1 for count in persons.values()), closed=sum(row.closed_at is not None for row in cases),
        funnel=_funnel(conn, first, last, narrow), reasons=dict(Counter(row.kind for row in cases)),
        outcomes=_outcomes(conn, first, last, narrow, _rung()),
        codes=_outcomes(conn, first, last, narrow, t.outcome.c.step),
        wishes=_wishes(conn, first, last, narrow["region"]),
        channels=dict(Counter(row.channel for row in cases if row.channel)),
    )  # fmt: skip


def _funnel(conn: Connection, first: int, last: int, narrow: dict[str, str]) -> dict[str, int]:
    query = (
        sa.select(t.event.c.name, sa.func.count(sa.distinct(t.conversation.c.person)))
        .select_from(
            t.event.join(t.conversation, t.conversation.c.id == t.event.c.conversation).join(
                t.person, t.person.c.id == t.conversation.c.person
            )
        )
        .where(t.event.c.at >= first, t.event.c.at < last, t.person.c.practice == 0)
        .group_by(t.event.c.name)
    )
    gone = (
        sa.select(t.event_count.c.name, sa.func.sum(t.event_count.c.n))
        .where(t.event_count.c.day >= _day(first), t.event_count.c.day <= _day(last))
        .group_by(t.event_count.c.name)
    )
    for name in ("situation", "region"):
        if narrow[name]:
            query = query.where(t.conversation.c[name] == narrow[name])
            gone = gone.where(t.event_count.c[name] == narrow[name])
    counts: Counter[str] = Counter()
    for name, count in (*conn.execute(query), *conn.execute(gone)):
        counts[str(name)] += int(count)
    return {**{step: counts[step] for step in FUNNEL}, **{name: counts[name] for name in sorted(counts)}}


def _rung() -> Any:
    """The ladder's step of an outcome, in SQL: what figures count by, whatever codes an organisation adds."""
    step = t.outcome.c.step
    rungs = (*LADDER, *SIDE_EXITS)
    return sa.case(*((under(step, rung), sa.literal(rung)) for rung in rungs), else_=step)


def _outcomes(conn: Connection, first: int, last: int, narrow: dict[str, str], step: Any) -> dict[str, int]:
    """People per entry and step: "entry step" -> how many."""
    superseded = sa.select(t.outcome.c.supersedes).where(t.outcome.c.supersedes.is_not(None))
    query: Any = sa.select(t.outcome.c.entry, step.label("reached"), t.outcome.c.person).where(
        t.outcome.c.at >= first, t.outcome.c.at < last, t.outcome.c.id.not_in(superseded)
    )
    wanted = [t.case.c[name] == value for name, value in narrow.items() if value]
    if wanted:
        query = query.where(t.outcome.c.case_number.in_(sa.select(t.case.c.number).where(*wanted)))
    each = query.subquery()
    counted = sa.select(each.c.entry, each.c.reached, sa.func.count(sa.distinct(each.c.person)))
    grouped = conn.execute(counted.group_by(each.c.entry, each.c.reached))
    return {f"{entry} {reached}".strip(): int(count) for entry, reached, count in grouped}


def _wishes(conn: Connection, first: int, last: int, region: str) -> dict[str, int]:
    query: Any = (
        sa.select(t.wish.c.what, sa.func.sum(t.wish.c.n))
        .where(t.wish.c.day >= _day(first), t.wish.c.day <= _day(last))
        .group_by(t.wish.c.what)
    )
    if region:
        query = query.where(t.wish.c.region == region)
    return {str(what): int(count) for what, count in conn.execute(query)}


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, AMSTERDAM).date().isoformat()
