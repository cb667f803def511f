"""The turn: what one incoming event does in its conversation.

    what was heard -> decide (pure) -> new state, effects, what is said

What is stored of it is collected by the pen; batches (storage/batch.py) write it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.effects import Count, Redacted, Say
from flows.events import Chose, CoachAnswered, Commanded, Event, Pressed, Said, SentOther, Shared
from flows.state import State
from flows.turn import Turn
from flows.world import EventPlan, World
from knowledge.redaction import redact
from storage.effects import carry_out, hands_over
from storage.messages import Incoming, TurnResult
from storage.outcome_questions import take_outcome
from storage.pen import Pen
from storage.periods import DAY
from storage.promise import AMSTERDAM, opening, sentence
from storage.rating import RATING, take_rating
from storage.statements import QUEUE, STOCKS, StockRow
from storage.talk import Talk
from storage.thanks import is_thanks
from storage.values import K, moment
from storage.withdrawal import withdraw_sensitive

Decide = Callable[[State, World, datetime], Turn]
HOUR = 3600 * 1000  # milliseconds


@dataclass
class Stocks:
    """What is limited, as this transaction sees it; sign-ups of earlier turns in the batch are counted in."""

    queue: int  # cases waiting for a coach
    budgets: dict[str, int]
    events: tuple[EventPlan, ...]


def do_turn(
    conn: Connection, pen: Pen, incoming: Incoming, decide: Decide, talk: Talk, stocks: Stocks
) -> TurnResult:  # fmt: skip
    """One turn of one conversation: its rows are in the pen afterwards, the rest is in the database."""
    here = pen.here
    due = promised(pen, talk, stocks)
    world = world_of(pen, talk, stocks, due)
    before = talk.state
    asked = talk.asked(incoming.event)
    _hear(pen, talk, incoming)
    if asked is not None and asked[0].startswith("!"):
        _follow(talk, incoming)
        (take_rating if asked[0] == RATING else take_outcome)(conn, pen, talk, asked)
        turn = Turn(talk.state)
        return TurnResult(turn, False, talk.id, talk.version + 1, tuple(talk.outgoing), K(talk.open_case))
    turn = decide(before, world, here)
    _follow(talk, incoming)
    withdraw_sensitive(conn, pen, talk, before, turn.state, incoming.event, incoming.message_ref)
    apply_turn(conn, pen, talk, turn, stocks, due, message_ref=incoming.message_ref, pressed_ref=incoming.pressed_ref)
    link, erased = carry_out(conn, pen, talk, turn.effects, stocks, due)
    if not erased and talk.speaker == "coach":
        _take_asked(conn, pen, talk, incoming.event, world, stocks, due)
    if erased:
        return TurnResult(turn, False, "", 0, tuple(talk.outgoing), erased=erased)
    return TurnResult(turn, False, talk.id, talk.version + 1, tuple(talk.outgoing), K(talk.open_case), link)


def _take_asked(
    conn: Connection, pen: Pen, talk: Talk, event: Event, world: World, stocks: Stocks, due: datetime | None
) -> None:
    """What is pressed or typed at a question the coach had sent lands in the sheet; the desk itself stays silent."""
    pressed = talk.asked(event)
    asked = pressed or _typed(pen, talk, event)
    if asked is None or pen.context.step is None:
        return
    turn = pen.context.step(talk.state, world, CoachAnswered(*asked), pen.here)
    answer = turn.state.answers.get(asked[0])
    if answer is not None:  # the coach asked, the visitor answered
        turn = replace(
            turn, state=turn.state.with_answer(asked[0], answer._replace(by="visitor" if pressed else "text"))
        )
        talk.awaits("")
    apply_turn(conn, pen, talk, turn, stocks, due)


def _typed(pen: Pen, talk: Talk, event: Event) -> tuple[str, object] | None:
    """The fact a coach asked for last and what these words answer to it; thanks, health and debts answer nothing."""
    rules, fact = pen.context.rules, talk.awaited
    if not fact or rules.read is None or not isinstance(event, Said) or is_thanks(event.text, rules.thanks):
        return None
    clean = redact(event.text).text
    if rules.special is not None and rules.special(clean):
        return None
    value = rules.read(fact, clean, talk.language, pen.here.date())
    return None if value is None else (fact, value)


def apply_turn(
    conn: Connection, pen: Pen, talk: Talk, turn: Turn, stocks: Stocks, due: datetime | None, *,
    message_ref: str = "", pressed_ref: str = "", sender: str = "bot", coach: str | None = None,
) -> None:  # fmt: skip
    """Takes over the new state and says what the turn says; other effects are carried out afterwards."""
    before = talk.state.answers
    talk.state = turn.state
    talk.language = turn.state.language
    pen.answer_rows(talk, before)
    hands_over(conn, pen, talk, turn.effects, due)  # first, so that what this turn says carries the new epoch
    for effect in turn.effects:
        if isinstance(effect, Say):
            by_system = effect.message.kind == "system"
            pen.tell(talk, effect.message, "system" if by_system else sender, coach=coach, changes=pressed_ref)
        elif isinstance(effect, Count):
            pen.count(talk, effect.name, effect.detail)
        elif isinstance(effect, Redacted):
            pen.withdraw(talk, message_ref)
    hour = pen.at - pen.at % HOUR  # by whole hours: an index that moves with every message costs as much as the message
    if talk.open_case:
        talk.purge_at = None
    elif turn.state.phase == "finished":
        talk.purge_at = hour + pen.context.rules.periods.chat_without_case * DAY
    else:
        talk.purge_at = hour + pen.context.rules.periods.intake_unfinished * DAY
    pen.keep(talk)


_QUEUE = sa.select(QUEUE)


def read_stocks(conn: Connection, now: datetime) -> Stocks:
    queue = conn.execute(_QUEUE).scalar() or 0
    return stocks_of([StockRow(*row) for row in conn.execute(STOCKS)], queue, now)


def stocks_of(rows: Sequence[StockRow], queue: int, now: datetime) -> Stocks:
    budgets: dict[str, int] = {}
    events: list[EventPlan] = []
    for row in rows:
        left = None if row.ceiling is None else max(0, row.ceiling - row.taken)
        if row.kind == "budget" and left is not None:
            budgets[row.what] = left
        elif row.kind == "event":
            starts = moment(row.starts_at)
            if starts is not None and starts > now:
                events.append(EventPlan(row.what, row.title, starts.astimezone(AMSTERDAM), row.place, left))
    return Stocks(queue, budgets, tuple(sorted(events, key=lambda one: (one.starts, one.id))))


def promised(pen: Pen, talk: Talk, stocks: Stocks) -> datetime | None:
    """When a coach answers: what was promised with the open case, or what would be promised now."""
    if talk.open_case:
        return moment(talk.promised_at)
    return pen.context.rules.office.due(pen.minute, stocks.queue)


def world_of(pen: Pen, talk: Talk, stocks: Stocks, due: datetime | None) -> World:
    office = pen.context.rules.office
    return World(
        speaker=talk.speaker,
        promise=_promise(due, pen.minute, talk.state.language),
        case=K(talk.open_case),
        reachable=office.reachable,
        events=stocks.events,
        budgets=dict(stocks.budgets),
        office=opening(office, pen.minute, talk.state.language),
        channel=talk.channel,
    )


_promise = lru_cache(maxsize=256)(sentence)


def _hear(pen: Pen, talk: Talk, incoming: Incoming) -> None:
    """Keeps what the visitor said, as the coach will read it."""
    text, kind = heard(talk, incoming.event)
    if not text:
        return
    clean = redact(text).text
    special = pen.context.rules.special
    pen.visitor(talk, clean, kind=kind, special=special is not None and special(clean), ref=incoming.message_ref)


def heard(talk: Talk, event: Event) -> tuple[str, str]:
    """The visitor's words for an event, and the kind of message; no words for what the visitor did not do."""
    match event:
        case Said(text=text):
            return text, "say"
        case Pressed(turn=turn, option=option):
            return talk.label(turn, option) or "…", "say"
        case Chose(ids=ids):
            return ", ".join(talk.label_of(one) for one in ids), "say"
        case Shared(value=value):
            return value, "say"
        case SentOther(kind=kind):
            return f"[{kind}]", "other"
        case Commanded(name=name, argument=argument):
            return f"/{name} {argument}".strip(), "command"
        case _:
            return "", ""


def _follow(talk: Talk, incoming: Incoming) -> None:
    """The visitor wrote here, so answers go here."""
    talk.channel, talk.bot, talk.address = incoming.channel, incoming.bot, incoming.address
