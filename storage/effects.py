"""What the effects of a turn do in the database, in the turn's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.effects import (
    Consent,
    Effect,
    Elsewhere,
    Erase,
    Message,
    Note,
    OpenCase,
    Remind,
    ShowMyData,
    SignUp,
    Span,
    Subscribe,
    UpdateCase,
    Wish,
)
from storage import tables as t
from storage.codec import dump
from storage.failpoints import failpoint
from storage.keys import code, hashed, token
from storage.pen import Pen
from storage.periods import DAY
from storage.phrases import say
from storage.promise import AMSTERDAM
from storage.statements import Conflict
from storage.talk import Talk
from storage.values import ms, new_id

if TYPE_CHECKING:
    from storage.turns import Stocks

MY_DATA_LINK = timedelta(hours=1)


def hands_over(conn: Connection, pen: Pen, talk: Talk, effects: Sequence[Effect], due: datetime | None) -> None:
    """Opens a case, or adds to the open one. Speaker and epoch change here and nowhere later in a turn."""
    for effect in effects:
        if isinstance(effect, OpenCase):
            if talk.open_case is None:
                open_case(conn, pen, talk, effect, due)
            else:
                add_to_case(conn, pen, talk, UpdateCase("urgent" if effect.urgent else "wrote", effect.reason))
        elif isinstance(effect, UpdateCase):
            add_to_case(conn, pen, talk, effect)


def open_case(conn: Connection, pen: Pen, talk: Talk, effect: OpenCase, due: datetime | None) -> int:
    """A new case, waiting; the visitor's words go to the queue from here on."""
    if due is None:
        due = pen.context.rules.office_of(effect.team).due(pen.now)
    number = next_number(conn)
    row = str(number)
    seal = talk.key.seal
    conn.execute(
        t.case.insert(),
        {
            "number": number, "conversation": talk.id, "person": talk.person, "kind": effect.kind,
            "team": effect.team, "state": "waiting", "urgent": int(effect.urgent), "version": 1,
            "reason_sealed": seal("cases", "reason_sealed", row, effect.reason.encode()),
            "summary_sealed": seal("cases", "summary_sealed", row, dump(list(effect.summary))),
            "snapshot_sealed": seal("cases", "snapshot_sealed", row, dump(_plain(effect.snapshot))),
            "situation": talk.situation, "region": talk.region, "sector": talk.sector, "channel": talk.channel,
            "language": talk.language, "created_at": pen.at, "waiting_since": pen.at, "unread_at": pen.at,
            "due_at": None if due is None else ms(due), "prefers": talk.coach, "practice": int(talk.practice),
        },
    )  # fmt: skip
    failpoint("after case")
    talk.open_case, talk.purge_at = number, None
    talk.promised_at = None if due is None else ms(due)
    if talk.speaker == "bot":
        talk.speaker, talk.epoch, talk.coach = "queue", talk.epoch + 1, None
    if talk.practice:
        return number
    pen.context.sql.insert_new(
        conn,
        t.notice,
        {"key": f"case:{number}:new", "kind": "new_case", "case_number": number, "audience": f"team:{effect.team}",
         "due_at": pen.at},
    )  # fmt: skip
    if due is not None and ms(due) > pen.at:
        for part, moment in (("half", pen.at + (ms(due) - pen.at) // 2), ("late", ms(due))):
            pen.context.sql.insert_new(
                conn,
                t.notice,
                {"key": f"case:{number}:{part}", "kind": f"case_{part}", "case_number": number,
                 "audience": f"team:{effect.team}", "due_at": moment},
            )  # fmt: skip
    return number


FIRST_NUMBER = 1001  # people take a K-1 for a test


def next_number(conn: Connection) -> int:
    """The next case number. Two workers at once: the second insert fails on the key and its turn is repeated."""
    highest = conn.execute(sa.select(sa.func.max(t.case.c.number))).scalar()
    return max(FIRST_NUMBER, (highest or 0) + 1)


def add_to_case(conn: Connection, pen: Pen, talk: Talk, effect: UpdateCase) -> None:
    """What the visitor added to the open case; without one there is nothing to add to."""
    if talk.open_case is None:
        return
    if effect.change == "wrote" and not effect.detail:
        return  # what was written is in the log already, and marked unread unless it only says thank you
    changes: dict[str, object] = {"version": t.case.c.version + 1}
    if effect.change == "urgent":
        changes["urgent"] = 1
    if effect.change == "withdrew":
        close_open_case(conn, pen, talk, "lapsed", "withdrawn")
        return
    changes["unread_at"] = sa.func.coalesce(t.case.c.unread_at, pen.at)
    conn.execute(t.case.update().where(t.case.c.number == talk.open_case).values(changes))
    if effect.detail:
        pen.private(talk, effect.detail)


def close_open_case(conn: Connection, pen: Pen, talk: Talk, state: str, outcome: str) -> None:
    """Ends the open case and gives the conversation back to the desk."""
    conn.execute(
        t.case.update()
        .where(t.case.c.number == talk.open_case)
        .values(
            state=state, outcome=outcome, closed_at=pen.at, unread_at=None, version=t.case.c.version + 1,
            snoozed_until=None,
        )
    )  # fmt: skip
    conn.execute(t.notice.delete().where(t.notice.c.case_number == talk.open_case, t.notice.c.state == "new"))
    talk.open_case = talk.promised_at = None
    if talk.speaker != "bot":
        talk.speaker, talk.epoch = "bot", talk.epoch + 1


def carry_out(
    conn: Connection, pen: Pen, talk: Talk, effects: Sequence[Effect], stocks: Stocks, due: datetime | None
) -> tuple[str, str]:
    """All other effects. Returns the token of a one-time link, and the reference of an erasure ('' = none)."""
    link = erased = ""
    for effect in effects:
        match effect:
            case Note(text=text):
                pen.private(talk, text)
            case Consent():
                conn.execute(
                    t.consent.insert(),
                    {
                        "id": new_id(), "person": talk.person, "conversation": talk.id, "purpose": effect.purpose,
                        "given": int(effect.given), "version": effect.version, "at": pen.at,
                    },
                )  # fmt: skip
            case Remind(key=key, after=after):
                row = {
                    "conversation": talk.id, "key": key, "due_at": pen.at + after * 1000, "set_at": pen.at,
                    "claimed_at": None,
                }  # fmt: skip
                pen.context.sql.upsert(conn, t.reminder, [row], ("due_at", "set_at", "claimed_at"))
            case Subscribe(entry=entry):
                row = {"person": talk.person, "entry": entry, "conversation": talk.id, "at": pen.at}
                pen.context.sql.insert_new(conn, t.subscription, row)
            case SignUp():
                _sign_up(conn, pen, talk, effect, stocks)
            case Wish():
                _wish(conn, pen, effect)
            case ShowMyData():
                link = my_data_link(conn, talk.person, pen.at)
                if talk.channel in pen.context.rules.push:  # a page shows it by itself
                    _send_link(pen, talk, "my_data_link", f"/mijn-gegevens/{link}")
            case Elsewhere():
                words = "rather_there" if effect.asked_here else "elsewhere"
                _send_link(pen, talk, words, f"/chat/verder#{transfer_code(conn, talk.id, pen.at)}")
            case Erase():
                from storage.erasure import erase_person

                erased = erase_person(conn, pen, talk.person, talk=talk)
            case _:
                continue
        failpoint(f"after {type(effect).__name__}")
    return link, erased


def my_data_link(conn: Connection, person: str, at: int) -> str:
    """A one-time token to everything about this person, good for an hour."""
    link = token()
    conn.execute(
        t.one_time.insert(),
        {
            "token_hash": hashed(link), "purpose": "my_data", "subject": person, "uses_left": 1, "created_at": at,
            "expires_at": at + int(MY_DATA_LINK.total_seconds() * 1000),
        },
    )  # fmt: skip
    return link


def transfer_code(conn: Connection, conversation: str, at: int) -> str:
    """A code that opens this conversation in the web chat, once; good for a day. A newer one replaces it."""
    fresh = code(4)
    same = sa.and_(t.one_time.c.subject == conversation, t.one_time.c.purpose == "transfer")
    conn.execute(t.one_time.delete().where(same))
    conn.execute(
        t.one_time.insert(),
        {
            "token_hash": hashed(fresh), "purpose": "transfer", "subject": conversation, "uses_left": 1,
            "created_at": at, "expires_at": at + DAY,
        },
    )  # fmt: skip
    return fresh


def _send_link(pen: Pen, talk: Talk, phrase: str, path: str) -> None:
    """A link below what was said. Without a public address there is nothing to link to."""
    if pen.context.rules.site:
        words, address = say(phrase, talk.language), f"{pen.context.rules.site}{path}"
        text = f"{words}\n{address}"
        span = Span(len(words) + 1, len(text), "link", address)
        pen.tell(talk, Message(text, "system", spans=(span,)), "system")


def _sign_up(conn: Connection, pen: Pen, talk: Talk, effect: SignUp, stocks: Stocks) -> None:
    """Takes or gives back what is limited. A person holds one sign-up per thing."""
    held = conn.execute(
        sa.select(t.sign_up.c.units).where(t.sign_up.c.person == talk.person, t.sign_up.c.what == effect.what)
    ).scalar()
    units = -(held or 0) if effect.give_back else effect.units - (held or 0)
    if units == 0:
        return
    room = sa.or_(t.stock.c.ceiling.is_(None), t.stock.c.taken + units <= t.stock.c.ceiling, sa.literal(units) < 0)
    taken = conn.execute(
        t.stock.update().where(t.stock.c.what == effect.what, room).values(taken=t.stock.c.taken + units)
    )
    if taken.rowcount != 1:
        raise Conflict(f"no room left for {effect.what}; deciding again with what is left now")
    if effect.give_back:
        conn.execute(t.sign_up.delete().where(t.sign_up.c.person == talk.person, t.sign_up.c.what == effect.what))
    else:
        row = {"person": talk.person, "what": effect.what, "units": effect.units, "at": pen.at}
        pen.context.sql.upsert(conn, t.sign_up, [row], ("units", "at"))
        if any(plan.id == effect.what for plan in stocks.events):
            _send_link(pen, talk, "event_calendar", f"/bijeenkomst/{effect.what}.ics")
    if effect.what in stocks.budgets:
        stocks.budgets[effect.what] -= units


def _wish(conn: Connection, pen: Pen, effect: Wish) -> None:
    day = pen.now.astimezone(AMSTERDAM).date().isoformat()
    key = {"day": day, "what": effect.what[:120], "region": effect.region[:64], "sector": effect.sector[:64]}
    if not pen.context.sql.insert_new(conn, t.wish, {**key, "n": 1}):
        same = sa.and_(*(t.wish.c[name] == value for name, value in key.items()))
        conn.execute(t.wish.update().where(same).values(n=t.wish.c.n + 1))


def _plain(value: object) -> object:
    """A snapshot as JSON can hold it."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
