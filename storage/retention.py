"""Retention: what may no longer be kept goes, per class, in one transaction a day. desk.yaml decides how long.

periods (desk.yaml) -> is the clock plausible? -> counts (dry run), or away with it and a line in the audit log
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knowledge.problems import LoketError
from storage import tables as t
from storage.audit import record, shorten
from storage.codec import dump
from storage.pen import Pen
from storage.periods import DAY, Periods
from storage.promise import AMSTERDAM
from storage.talk import Talk
from storage.talks import lock_talk

SEEN_HOURS = 72  # Telegram keeps updates for 24
PARCEL_DAYS = 2  # messages of somebody who was erased can be deleted so long
SET_ASIDE_DAYS = 14
LARGEST_SHARE = 0.20  # of all conversations in one run: more looks like a wrong clock
LEAST = 25  # below this many a share says nothing
LONGEST_GAP = timedelta(days=60)  # since the last run, or since anybody wrote
LAST_RUN, LAST_PERIODS = "retention", "retention:periods"  # settings that a run leaves behind


class RetentionRefused(LoketError):
    """Retention would delete so much, or the clock jumped so far, that something is probably wrong.

    Look at the system's clock, and at the periods in desk.yaml. When they are right, run `loket retention --anyway`.
    """


@dataclass(frozen=True)
class Swept:
    """What one retention run removed, or would remove."""

    dry_run: bool
    counts: dict[str, int] = field(default_factory=dict)


def sweep(conn: Connection, pen: Pen, *, dry_run: bool, anyway: bool) -> Swept:
    """One retention run in one transaction."""
    periods = pen.context.rules.periods
    planned = t.conversation.c.purge_at if _unchanged(conn, periods) else _planned_anew(periods)
    due = _due(planned, pen.at)
    _guard(conn, pen, due, anyway)
    counts: dict[str, int] = {}
    at = pen.at
    if not dry_run and planned is not t.conversation.c.purge_at:
        conn.execute(t.conversation.update().where(t.conversation.c.purge_at.is_not(None)).values(purge_at=planned))
        due = _due(t.conversation.c.purge_at, at)
    for name, table, where in (
        ("seen", t.seen, t.seen.c.at < at - SEEN_HOURS * 3600 * 1000),
        ("outbox", t.outbox, sa.and_(t.outbox.c.done_at.is_not(None), t.outbox.c.done_at < at - periods.outbox * DAY)),
        ("parcels", t.outbox,
         sa.and_(t.outbox.c.parcel_sealed.is_not(None), t.outbox.c.created_at < at - PARCEL_DAYS * DAY)),
        ("special messages", t.message,
         sa.and_(t.message.c["class"] == "special", t.message.c.at < at - periods.special * DAY)),
        ("one-time links", t.one_time, t.one_time.c.expires_at < at),
        ("attempts", t.attempt, t.attempt.c.at < at - DAY),
        ("sessions", t.desk_session, t.desk_session.c.created_at < at - DAY),
        ("tombstones", t.tombstone, t.tombstone.c.until < at),
        ("notices", t.notice, t.notice.c.done_at < at - periods.outbox * DAY),
        ("set aside", t.set_aside, t.set_aside.c.at < at - SET_ASIDE_DAYS * DAY),
    ):  # fmt: skip
        if dry_run:
            counts[name] = int(conn.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar() or 0)
        else:
            counts[name] = conn.execute(table.delete().where(where)).rowcount
    counts["sensitive answers"] = _forget_answers(conn, pen, dry_run)
    counts["case details"] = _strip_cases(conn, pen, dry_run)
    found = conn.execute(sa.select(t.conversation.c.id, t.conversation.c.person).where(due)).fetchall()
    counts["conversations"] = len(found)
    if not dry_run:
        for row in found:
            _let_go(conn, pen, row.id, row.person)
        counts["persons"] = _forget_the_empty(conn, pen)
        context = pen.context
        counts["audit"] = shorten(conn, context, at - periods.audit * DAY)
        pen.flush(conn)
        left = [{"name": LAST_RUN, "value": str(at)}, {"name": LAST_PERIODS, "value": _written(periods)}]
        context.sql.upsert(conn, t.setting, left, ("value",))
        total = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
        record(conn, context, pen.now, actor="retention", action="retention", result=total or "nothing")
    return Swept(dry_run, counts)


def _written(periods: Periods) -> str:
    return json.dumps(asdict(periods))


def _unchanged(conn: Connection, periods: Periods) -> bool:
    """Whether every plan was made with these periods."""
    before = conn.execute(sa.select(t.setting.c.value).where(t.setting.c.name == LAST_PERIODS)).scalar()
    return before == _written(periods)


def _planned_anew(periods: Periods) -> Any:
    """When a conversation goes by these periods: the plan that stands in `purge_at` was made by others."""
    talk = t.conversation.c
    closed = sa.select(sa.func.max(t.case.c.closed_at)).where(t.case.c.conversation == talk.id).scalar_subquery()
    followed = (
        sa.select(sa.func.max(t.follow_up.c.done_at))
        .where(t.follow_up.c.case_number == t.case.c.number, t.case.c.conversation == talk.id)
        .scalar_subquery()
    )
    last = sa.func.coalesce(talk.last_at, talk.created_at)
    over = sa.case((sa.and_(followed.is_not(None), followed > closed), followed), else_=closed)
    return sa.case(
        (closed.is_not(None), over + periods.chat_after_case * DAY),
        (talk.phase == "finished", last + periods.chat_without_case * DAY),
        else_=last + periods.intake_unfinished * DAY,
    )


def _due(planned: Any, at: int) -> Any:
    """Conversations whose time is over: no open case, and no follow-up or outcome question that is still to come."""
    follows = sa.exists().where(
        t.case.c.conversation == t.conversation.c.id,
        t.follow_up.c.case_number == t.case.c.number,
        t.follow_up.c.state == "open",
    )
    asked = sa.exists().where(t.reminder.c.conversation == t.conversation.c.id, t.reminder.c.key.startswith("outcome:"))
    over = sa.and_(t.conversation.c.purge_at.is_not(None), planned <= at)
    return sa.and_(over, t.conversation.c.open_case.is_(None), ~follows, ~asked)


def _forget_answers(conn: Connection, pen: Pen, dry_run: bool) -> int:
    """Sensitive answers of closed cases, and special ones of any: from the projection, and from the sealed state."""
    periods = pen.context.rules.periods
    closed_before = pen.at - periods.case_sensitive * DAY
    ended = sa.select(t.case.c.conversation).where(t.case.c.closed_at < closed_before)
    answer = t.answer.c
    sensitive = sa.and_(
        answer["class"] == "sensitive", answer.at < closed_before, answer.conversation.in_(ended),
        t.conversation.c.open_case.is_(None),
    )  # fmt: skip
    special = sa.and_(answer["class"] == "special", answer.at < pen.at - periods.special * DAY)
    rows = conn.execute(
        sa.select(answer.conversation, answer.fact)
        .join(t.conversation, t.conversation.c.id == answer.conversation)
        .where(sa.or_(sensitive, special))
    ).fetchall()
    facts: dict[str, list[str]] = {}
    for row in rows:
        facts.setdefault(row.conversation, []).append(row.fact)
    for conversation, names in facts.items() if not dry_run else ():
        talk = lock_talk(conn, pen.context, conversation)
        if talk is not None:
            before = talk.state.answers
            talk.state = talk.state.without(*names)  # the walk finds its place again at the visitor's next event
            pen.answer_rows(talk, before)
            pen.keep(talk)
            if talk.open_case is not None:
                _leave_out(conn, talk, names)
    return len(rows)


def _leave_out(conn: Connection, talk: Talk, facts: list[str]) -> None:
    """Takes answers out of what was frozen for the coach, and the reasons that may repeat them."""
    same = t.case.c.number == talk.open_case
    sealed = conn.execute(sa.select(t.case.c.snapshot_sealed).where(same)).scalar()
    if sealed is None:
        return
    row = str(talk.open_case)
    frozen = json.loads(talk.key.unseal("cases", "snapshot_sealed", row, sealed))
    for fact in facts:
        frozen.get("answers", {}).pop(fact, None)
    for verdict in frozen.get("verdicts", ()):
        verdict["because"] = []
    again = talk.key.seal("cases", "snapshot_sealed", row, dump(frozen))
    conn.execute(t.case.update().where(same).values(snapshot_sealed=again))


def _strip_cases(conn: Connection, pen: Pen, dry_run: bool) -> int:
    """What was frozen at a hand-over may hold sensitive answers, so it goes as early as they do."""
    before = pen.at - pen.context.rules.periods.case_sensitive * DAY
    old = sa.and_(t.case.c.closed_at < before, t.case.c.snapshot_sealed.is_not(None))
    if dry_run:
        return int(conn.execute(sa.select(sa.func.count()).select_from(t.case).where(old)).scalar() or 0)
    return conn.execute(t.case.update().where(old).values(snapshot_sealed=None, summary_sealed=None)).rowcount


def _guard(conn: Connection, pen: Pen, due: Any, anyway: bool) -> None:
    """Refuses what looks like a wrong clock or a slip in desk.yaml: better kept a day longer than gone for good."""
    if anyway:
        return
    run = conn.execute(sa.select(t.setting.c.value).where(t.setting.c.name == LAST_RUN)).scalar()
    wrote = conn.execute(sa.select(sa.func.max(t.conversation.c.last_at))).scalar()
    for said, stamp in (("the last run", int(run) if run else None), ("the last message", wrote)):
        if stamp is not None and stamp - pen.at > DAY:
            raise RetentionRefused(f"{said} lies in the future: the clock was set back")
    before, said = (int(run), "the last run") if run else (wrote, "the last message")
    if before is not None and pen.at - before > LONGEST_GAP.total_seconds() * 1000:
        raise RetentionRefused(f"{said} is more than sixty days ago: the clock may have jumped")
    total = int(conn.execute(sa.select(sa.func.count()).select_from(t.conversation)).scalar() or 0)
    doomed = int(conn.execute(sa.select(sa.func.count()).select_from(t.conversation).where(due)).scalar() or 0)
    if total >= LEAST and doomed > total * LARGEST_SHARE:
        raise RetentionRefused(f"{doomed} of {total} conversations would go in one run")


def _let_go(conn: Connection, pen: Pen, conversation: str, person: str) -> None:
    """Removes one conversation; what it adds to the funnel stays as a count."""
    row = conn.execute(sa.select(t.conversation).where(t.conversation.c.id == conversation)).one()
    practice = conn.execute(sa.select(t.person.c.practice).where(t.person.c.id == person)).scalar()
    counts = conn.execute(
        sa.select(t.event.c.name, t.event.c.detail, sa.func.min(t.event.c.at))
        .where(t.event.c.conversation == conversation)
        .group_by(t.event.c.name, t.event.c.detail)
    ).fetchall()
    for name, detail, first in counts if not practice else ():
        day = datetime.fromtimestamp(first / 1000, AMSTERDAM).date().isoformat()
        key = {
            "day": day, "name": name, "detail": detail, "situation": row.situation, "region": row.region,
            "sector": row.sector, "channel": row.channel,
        }  # fmt: skip
        if not pen.context.sql.insert_new(conn, t.event_count, {**key, "n": 1}):
            same = sa.and_(*(t.event_count.c[column] == value for column, value in key.items()))
            conn.execute(t.event_count.update().where(same).values(n=t.event_count.c.n + 1))
    conn.execute(t.conversation.delete().where(t.conversation.c.id == conversation))


def _forget_the_empty(conn: Connection, pen: Pen) -> int:
    """People of whom nothing is left but a key, and whose case closed long enough ago, are forgotten."""
    kept_until = pen.at - pen.context.rules.periods.case_personal * DAY
    busy = sa.or_(
        sa.exists().where(t.conversation.c.person == t.person.c.id),
        sa.exists().where(
            t.case.c.person == t.person.c.id,
            sa.or_(t.case.c.closed_at.is_(None), t.case.c.closed_at > kept_until),
        ),
        sa.exists().where(t.follow_up.c.person == t.person.c.id, t.follow_up.c.state == "open"),
        sa.exists().where(t.subscription.c.person == t.person.c.id),
    )
    gone = [row.id for row in conn.execute(sa.select(t.person.c.id).where(~busy))]
    for person in gone:
        conn.execute(
            t.case.update().where(t.case.c.person == person)
            .values(reason_sealed=None, summary_sealed=None, snapshot_sealed=None, person=None)
        )  # fmt: skip
        conn.execute(t.person_key.delete().where(t.person_key.c.person == person))
        conn.execute(t.person.delete().where(t.person.c.id == person))
    return len(gone)
