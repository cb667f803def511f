"""Follow-ups and outcomes: what a coach will do later, and what became of it over months."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knowledge.redaction import redact
from storage import actions as a
from storage import tables as t
from storage.actions import Done, Refused
from storage.outcome_questions import plan_question
from storage.pen import Pen
from storage.periods import DAY
from storage.talk import Talk
from storage.talks import key_of
from storage.values import K, new_id

LONGEST_TITLE = 80


def open_follow_ups(conn: Connection, number: int) -> int:
    count = sa.select(sa.func.count()).where(t.follow_up.c.case_number == number, t.follow_up.c.state == "open")
    return int(conn.execute(count).scalar() or 0)


def add_follow_up(
    conn: Connection, pen: Pen, case: Any, talk: Talk, staff: Any, action: a.AddFollowUp
) -> Done | Refused:
    if action.kind not in a.FOLLOW_UP_KINDS:
        return Refused("bad_value")
    if action.due_on < pen.here.date():
        return Refused("bad_date")
    id_ = new_id()
    title = redact(action.title.strip()).text[:LONGEST_TITLE]
    conn.execute(
        t.follow_up.insert(),
        {
            "id": id_, "person": talk.person, "case_number": case.number, "kind": action.kind,
            "due_on": action.due_on.isoformat(), "due_time": action.due_time, "coach": action.for_staff or staff.id,
            "team": case.team, "title_sealed": talk.key.seal("follow_up", "title_sealed", id_, title.encode()),
            "origin": action.origin, "ics_uid": new_id(), "created_at": pen.at,
        },
    )  # fmt: skip
    talk.purge_at = None
    pen.keep(talk)
    return Done(K(case.number), case.version, id=id_)


def finish_follow_up(conn: Connection, pen: Pen, action: a.FollowUpDone) -> Done | Refused:
    """Done, not reached (asks a new date, counts), moved or lapsed. A visitor's thanks never comes here."""
    row = conn.execute(sa.select(t.follow_up).where(t.follow_up.c.id == action.id)).fetchone()
    if row is None:
        return Refused("unknown")
    if row.state != "open":
        return Refused("closed")
    if not _may_finish(conn, row, action.staff):
        return Refused("forbidden")
    if action.result not in ("done", "not_reached", "moved", "lapsed"):
        return Refused("bad_value")
    moves = action.result in ("not_reached", "moved") and action.new_date is not None
    if action.result == "moved" and action.new_date is None:
        return Refused("bad_date")
    if action.new_date is not None and action.new_date < pen.here.date():
        return Refused("bad_date")
    key = key_of(conn, pen.context, row.person)
    note = redact(action.note.strip()).text
    values: dict[str, object] = {"attempts": row.attempts + (action.result == "not_reached")}
    if note and key is not None:
        values["result_sealed"] = key.seal("follow_up", "result_sealed", row.id, note.encode())
    if moves and isinstance(action.new_date, date):
        values["due_on"] = action.new_date.isoformat()
    else:
        values |= {"state": action.result, "done_at": pen.at}
    conn.execute(t.follow_up.update().where(t.follow_up.c.id == row.id).values(values))
    if not moves and row.case_number is not None and not open_follow_ups(conn, row.case_number):
        _start_retention(conn, pen, row.case_number)
    return Done(K(row.case_number), id=row.id)


def _may_finish(conn: Connection, row: Any, staff: str) -> bool:
    """Whose it is, a coordinator, or a coach of the same team."""
    who = conn.execute(sa.select(t.coach).where(t.coach.c.id == staff, t.coach.c.active == 1)).fetchone()
    if who is None or who.role not in ("coach", "coordinator"):
        return False
    teams = [team for team in who.teams.split(",") if team]
    return who.role == "coordinator" or row.coach == staff or not teams or not row.team or row.team in teams


def _start_retention(conn: Connection, pen: Pen, number: int) -> None:
    """The clock starts when the case is closed and its last follow-up is done."""
    closed = sa.select(t.case.c.conversation).where(t.case.c.number == number, t.case.c.closed_at.is_not(None))
    conn.execute(
        t.conversation.update()
        .where(t.conversation.c.id.in_(closed), t.conversation.c.open_case.is_(None))
        .values(purge_at=pen.at + pen.context.rules.periods.chat_after_case * DAY)
    )


def add_outcome(conn: Connection, pen: Pen, case: Any, talk: Talk, staff: Any, action: a.AddOutcome) -> Done | Refused:
    """Adds a row; what it corrects stays, marked by `supersedes`."""
    rung = a.rung_of(action.step)
    if rung not in (*a.LADDER, *a.SIDE_EXITS) or len(action.step) > a.LONGEST_CODE:
        return Refused("bad_value")
    if action.source not in ("client", "coach", "provider"):
        return Refused("bad_value")
    if action.on > pen.here.date():
        return Refused("bad_date")
    id_ = new_id()
    note = redact(action.note.strip()).text
    conn.execute(
        t.outcome.insert(),
        {
            "id": id_, "person": talk.person, "case_number": case.number, "entry": action.entry,
            "provider": action.provider, "step": action.step, "on_date": action.on.isoformat(),
            "amount": action.amount, "source": action.source, "coach": staff.id,
            "note_sealed": talk.key.seal("outcome", "note_sealed", id_, note.encode()) if note else None,
            "supersedes": action.supersedes or None, "at": pen.at,
        },
    )  # fmt: skip
    pen.count(talk, f"outcome_{rung}", action.entry)
    plan_question(conn, pen, talk.id, case.number, rung, action.entry)
    return Done(K(case.number), case.version, id=id_)
