"""The turn: what one incoming event does, in one transaction, for up to 64 conversations at once.

    updates seen before? conversations -> decide (pure) -> effects -> all rows: updates, messages, answers, outbox, …

Nothing is acknowledged before the commit that follows. `decide` may be called again when a batch is replayed, so it
must be pure. A batch holds at most one turn per address; one bad turn fails the batch, which is then done one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NoReturn, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.effects import Count, Redacted, Say
from flows.events import Chose, CoachAnswered, Commanded, Event, Pressed, Said, SentOther, Shared
from flows.state import State
from flows.turn import Turn
from flows.world import EventPlan, World
from knowledge.redaction import redact
from storage import tables as t
from storage.beginning import begin_talks
from storage.context import Context
from storage.effects import carry_out, hands_over
from storage.messages import Incoming, TurnResult
from storage.outcome_questions import take_outcome
from storage.pen import Pen
from storage.periods import DAY
from storage.promise import AMSTERDAM, opening, sentence
from storage.rating import RATING, take_rating
from storage.statements import QUEUE, STOCKS, Opened, StockRow, TalkRow, Update, Written
from storage.talk import Talk
from storage.thanks import is_thanks
from storage.values import K, moment
from storage.withdrawal import withdraw_sensitive

Decide = Callable[[State, World, datetime], Turn]
HOUR = 3600 * 1000  # milliseconds


@dataclass(frozen=True, eq=False)
class Job:
    """One event waiting for its turn."""

    incoming: Incoming
    decide: Decide
    index: str  # blind index of the address


@dataclass
class Stocks:
    """What is limited, as this transaction sees it; sign-ups of earlier turns in the batch are counted in."""

    queue: int  # cases waiting for a coach
    budgets: dict[str, int]
    events: tuple[EventPlan, ...]


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
    for job in jobs:
        row = rows.get(job.index)
        if row is None or row.open_case is not None or row.gone_at is not None:
            results.append(None)
            continue
        talk = _talk_of(context, row, job.incoming)
        try:
            results.append(_once(_NOWHERE, pen, job, talk, stocks, opened.stale))
        except Exception:  # whatever it was, `run_batch` meets it again and says so
            pen.forget(talk)
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
    result = _turn(conn, pen, job, talk, stocks)
    if job.incoming.update_id:
        pen.applies(update)
        applied.add(update)
    return result


def _turn(conn: Connection, pen: Pen, job: Job, talk: Talk, stocks: Stocks) -> TurnResult:
    incoming = job.incoming
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
    turn = job.decide(before, world, here)
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
