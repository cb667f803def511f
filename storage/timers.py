"""What happens because time passed: snoozes end, promises are renewed, waiting visitors are reminded.

All timers are rows. `tick` does what is due, in short transactions of one case each, so that two workers may tick at
the same time: every change is conditional on what was read under the conversation's lock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.effects import Message
from storage import tables as t
from storage.base import Base
from storage.effects import close_open_case
from storage.pen import Pen
from storage.periods import DAY
from storage.phrases import say
from storage.promise import AMSTERDAM, Office, sentence
from storage.talk import Talk
from storage.talks import lock_talk
from storage.values import ms

NUDGES = (3, 7)  # working days of silence after which the visitor is reminded
LAPSE_DAYS = 14 * 24 * 3600 * 1000
GRACE = 60_000  # a broken promise is told a minute after it
Timer = Callable[[Connection, Pen, Any, Talk], None]


class Timers(Base):
    """The part of the store that a worker calls every half minute."""

    async def tick(self) -> int:
        """Does what came due; returns how many cases changed."""

        def find(conn: Connection) -> list[int]:
            at = ms(self.clock())
            due = sa.or_(
                sa.and_(t.case.c.state == "snoozed", t.case.c.snoozed_until <= at),
                sa.and_(t.case.c.state == "waiting_for_client", t.case.c.wait_since.is_not(None)),
                sa.and_(t.case.c.state == "waiting", t.case.c.promised_again == 0, t.case.c.due_at <= at - GRACE),
            )
            return [row.number for row in conn.execute(sa.select(t.case.c.number).where(due).limit(500))]

        changed = 0
        for number in await self._read(find):
            changed += await self._write(partial(self._tick_one, number), quiet=lambda count: count == 0)
        return changed

    def _tick_one(self, number: int, conn: Connection) -> int:
        return _one(conn, Pen(self.context, self.clock()), number)


def _one(conn: Connection, pen: Pen, number: int) -> int:
    where = conn.execute(sa.select(t.case.c.conversation).where(t.case.c.number == number)).scalar()
    talk = lock_talk(conn, pen.context, where) if where else None
    pen.proactive = True
    case = conn.execute(sa.select(t.case).where(t.case.c.number == number)).one()
    if talk is None:
        return 0
    if case.state == "snoozed" and case.snoozed_until is not None and case.snoozed_until <= pen.at:
        _set(conn, case, state="with_coach", snoozed_until=None, unread_at=pen.at)
    elif case.state == "waiting" and not case.promised_again and case.due_at is not None:
        if case.due_at > pen.at - GRACE:
            return 0
        _promise_again(conn, pen, case, talk)
    elif case.state == "waiting_for_client" and case.wait_since is not None:
        if not _silence(conn, pen, case, talk):
            return 0
    else:
        return 0
    pen.keep(talk)
    pen.flush(conn)
    return 1


def _set(conn: Connection, case: Any, **values: object) -> None:
    conn.execute(t.case.update().where(t.case.c.number == case.number).values(version=t.case.c.version + 1, **values))


def _promise_again(conn: Connection, pen: Pen, case: Any, talk: Talk) -> None:
    """Once: it takes longer, and until when. A second promise would be worth nothing."""
    due = pen.context.rules.office_of(case.team).due(pen.here)
    _set(conn, case, promised_again=1, due_at=None if due is None else ms(due))
    talk.promised_at = None if due is None else ms(due)
    text = (
        say("late", talk.language, promise=sentence(due, pen.here, talk.language))
        if due is not None
        else say("late_open", talk.language)
    )
    pen.tell(talk, Message(text, "system"), "system")


def working_days(office: Office, since: datetime, until: datetime) -> int:
    """Days after `since` on which the team works, up to and including `until`."""
    first, last = since.astimezone(AMSTERDAM).date(), until.astimezone(AMSTERDAM).date()
    return sum(bool(office.shifts(first + timedelta(days=ahead))) for ahead in range(1, (last - first).days + 1))


def _silence(conn: Connection, pen: Pen, case: Any, talk: Talk) -> bool:
    """Reminds after three and seven working days, and lets the case lapse after two weeks."""
    if pen.at - case.wait_since >= LAPSE_DAYS:
        close_open_case(conn, pen, talk, "lapsed", "no_answer")
        pen.tell(talk, Message(say("lapsed", talk.language), "system"), "system")
        talk.purge_at = pen.at + pen.context.rules.periods.chat_after_case * DAY
        return True
    since = datetime.fromtimestamp(case.wait_since / 1000, AMSTERDAM)
    if case.nudges >= len(NUDGES) or not pen.context.rules.office.open_at(pen.now):
        return False
    if working_days(pen.context.rules.office_of(case.team), since, pen.now) < NUDGES[case.nudges]:
        return False
    _set(conn, case, nudges=case.nudges + 1)
    pen.tell(talk, Message(say("nudge", talk.language), "system"), "system")
    return True


def release_of(conn: Connection, pen: Pen, coach: str) -> int:
    """Puts the unread cases of a coach who is away back in the queue, and tells their visitors."""
    theirs = sa.select(t.case.c.number, t.case.c.conversation).where(
        t.case.c.coach == coach, t.case.c.state == "with_coach", t.case.c.unread_at.is_not(None)
    )
    count = 0
    for row in conn.execute(theirs).fetchall():
        talk = lock_talk(conn, pen.context, row.conversation) if row.conversation else None
        if talk is None:
            continue
        case = conn.execute(sa.select(t.case).where(t.case.c.number == row.number)).one()
        due = pen.context.rules.office_of(case.team).due(pen.here)
        _set(conn, case, state="waiting", coach=None, waiting_since=pen.at, due_at=None if due is None else ms(due),
             prefers=coach, promised_again=0)  # fmt: skip
        talk.promised_at = None if due is None else ms(due)
        talk.speaker, talk.coach, talk.epoch = "queue", None, talk.epoch + 1
        pen.tell(talk, Message(say("released", talk.language), "system"), "system")
        pen.keep(talk)
        count += 1
    return count
