"""The desk asks by itself what became of it: "Is het toegekend?" [Ja] [Nee] [Nog niet], at the right date.

Only a "no" costs a coach time. The question is a reminder row of the storage itself, its answer a press on a button
whose label remembers what it was about; the engine and its flows know nothing of it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.effects import Message, Option
from storage import tables as t
from storage.pen import Pen
from storage.phrases import say
from storage.talk import Talk
from storage.values import new_id

PREFIX = "outcome:"
DAY = 24 * 3600 * 1000
NEXT = {"submitted": ("granted", 42), "granted": ("started", 28), "started": ("finished", 120)}  # step -> next, days
AGAIN = 28  # days after "not yet"
FAILED = {"granted": "rejected", "started": "stopped", "finished": "stopped"}


def plan_question(conn: Connection, pen: Pen, conversation: str, number: int, step: str, entry: str) -> None:
    """After `step` the visitor is asked about the next one, some weeks later."""
    if step in NEXT:
        following, days = NEXT[step]
        _remind(conn, pen, conversation, f"{PREFIX}{number}:{following}:{entry}"[:120], days)


def _remind(conn: Connection, pen: Pen, conversation: str, key: str, days: int) -> None:
    row = {
        "conversation": conversation, "key": key, "due_at": pen.at + days * DAY, "set_at": pen.at, "claimed_at": None,
    }  # fmt: skip
    pen.context.sql.upsert(conn, t.reminder, [row], ("due_at", "set_at", "claimed_at"))


def under(column: Any, rung: str) -> Any:
    """Whether a code is this rung of the ladder, or an organisation's own one under it."""
    return sa.or_(column == rung, column.startswith(f"{rung}.", autoescape=True))


def ask_outcome(conn: Connection, pen: Pen, talk: Talk, key: str) -> bool:
    """Sends the question; False when a coach already knows the answer."""
    number, step, entry = key.removeprefix(PREFIX).split(":", 2)
    known = sa.select(t.outcome.c.id).where(
        t.outcome.c.case_number == int(number), t.outcome.c.entry == entry,
        sa.or_(*(under(t.outcome.c.step, rung) for rung in (step, FAILED[step]))),
    )  # fmt: skip
    if conn.execute(known.limit(1)).fetchone() is not None:
        return False
    name = pen.context.rules.entry_name(entry) if entry else ""
    options = tuple(Option(one, say(f"outcome_{one}", talk.language)) for one in ("yes", "no", "not_yet"))
    text = say(f"outcome_{step}", talk.language, entry=name or entry)
    shown = len(talk.labels.get(str(talk.state.turn), ()))
    message = Message(text, "human", options=options, language=talk.language, first=shown)
    pen.tell(talk, message, "system")
    talk.remember_labels(talk.state.turn, message, "!" + key)
    pen.keep(talk)
    return True


def take_outcome(conn: Connection, pen: Pen, talk: Talk, asked: tuple[str, str]) -> None:
    """Records what the visitor pressed, says thank you, and plans what comes next."""
    key, choice = asked[0].removeprefix("!"), asked[1]
    code, step, entry = key.removeprefix(PREFIX).split(":", 2)
    number = int(code)
    if choice == "not_yet":
        _remind(conn, pen, talk.id, key, AGAIN)
    else:
        reached = step if choice == "yes" else FAILED[step]
        conn.execute(
            t.outcome.insert(),
            {
                "id": new_id(), "person": talk.person, "case_number": number, "entry": entry, "step": reached,
                "on_date": pen.here.date().isoformat(), "source": "client", "at": pen.at,
            },
        )  # fmt: skip
        pen.count(talk, f"outcome_{reached}", entry)
        plan_question(conn, pen, talk.id, number, reached, entry)
    if choice == "no":
        _tell_coach(conn, pen, talk, number)
    pen.tell(talk, Message(say(f"outcome_{choice}_thanks", talk.language), "system"), "system")
    talk.labels = {
        turn: [[option, label, "" if fact == asked[0] else fact] for option, label, fact in shown]
        for turn, shown in talk.labels.items()
    }
    pen.keep(talk)


def _tell_coach(conn: Connection, pen: Pen, talk: Talk, number: int) -> None:
    """A follow-up for today: only a "no" costs a coach time."""
    case: Any = conn.execute(sa.select(t.case).where(t.case.c.number == number)).fetchone()
    if case is None:
        return
    id_ = new_id()
    title = talk.key.seal("follow_up", "title_sealed", id_, say("outcome_follow_up", "nl").encode())
    conn.execute(
        t.follow_up.insert(),
        {
            "id": id_, "person": talk.person, "case_number": number, "kind": "check",
            "due_on": pen.here.date().isoformat(), "coach": case.coach, "team": case.team, "title_sealed": title,
            "origin": "scheme", "ics_uid": new_id(), "created_at": pen.at,
        },
    )  # fmt: skip
