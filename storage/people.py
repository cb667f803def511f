"""Going on elsewhere, and going on later: codes, transfers, reminders, wishes to hear when something opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.effects import Message
from flows.events import Event, TimePassed
from flows.state import State
from flows.turn import Turn
from flows.world import World
from storage import tables as t
from storage.base import Base
from storage.effects import carry_out
from storage.erasure import erase_person
from storage.keys import code, hashed, typed
from storage.messages import TurnResult
from storage.outcome_questions import PREFIX, ask_outcome
from storage.pen import Pen
from storage.promise import AMSTERDAM
from storage.staff import take_one_time
from storage.talks import key_of, lock_talk
from storage.turns import Decide, apply_turn, promised, read_stocks, world_of
from storage.values import K, ms, new_id

TRIES = 5  # wrong codes from one address in a quarter of an hour
WINDOW = timedelta(minutes=15)
TRANSFER = timedelta(minutes=10)
CLAIMED = 60_000  # milliseconds a reminder belongs to one worker
AWAKE = range(9, 20)  # hours in which the desk writes by itself
STICKY = ("outcome:", "follow:")  # reminders that the visitor's own messages do not make moot

_TOLD = {
    "nl": "U praat nu verder op een ander apparaat.",
    "en": "You are now continuing on another device.",
}


@dataclass(frozen=True, slots=True)
class DueReminder:
    conversation: str
    key: str


class People(Base):
    """The part of the store about visitors beyond one turn."""

    async def make_resume_code(self, conversation: str, minutes: int = 60 * 24 * 30, once: bool = True) -> str:
        """A random code (78 bits) that opens this conversation elsewhere; kept hashed. A newer one replaces it."""
        return await self._make_code(conversation, "resume", timedelta(minutes=minutes), 1 if once else 1000)

    async def make_transfer_code(self, conversation: str) -> str:
        """A code for another device, good for ten minutes and one use."""
        return await self._make_code(conversation, "transfer", TRANSFER, 1)

    async def _make_code(self, conversation: str, purpose: str, valid: timedelta, uses: int) -> str:
        fresh = code(4)
        now = self.clock()
        row = {
            "token_hash": hashed(fresh), "purpose": purpose, "subject": conversation,
            "expires_at": ms(now + valid), "uses_left": uses, "created_at": ms(now),
        }  # fmt: skip

        def work(conn: Connection) -> None:
            same = sa.and_(t.one_time.c.subject == conversation, t.one_time.c.purpose == purpose)
            conn.execute(t.one_time.delete().where(same))
            conn.execute(t.one_time.insert(), row)

        await self._write(work)
        return fresh

    async def resume(self, typed_code: str, channel: str, bot: str, address: str) -> str | None:
        """Binds this address to the conversation of the code; None for a wrong, old or used code, or after five tries.

        Nobody is told whether a code ever existed. The conversation is told that it goes on elsewhere.
        """
        index = self.context.index.of(channel, bot, address)

        def work(conn: Connection) -> str | None:
            pen = Pen(self.context, self.clock())
            key = f"code:{index}"
            since = pen.at - int(WINDOW.total_seconds() * 1000)
            tries = sa.select(sa.func.count()).where(t.attempt.c.key == key, t.attempt.c.at > since)
            if (conn.execute(tries).scalar() or 0) >= TRIES:
                return None
            same = sa.and_(
                t.one_time.c.token_hash == hashed(typed(typed_code)), t.one_time.c.purpose.in_(("resume", "transfer"))
            )
            subject = take_one_time(conn, same, pen.at)
            if subject is None or not _bind(conn, pen, subject, index, channel, bot, address):
                conn.execute(t.attempt.insert(), {"key": key, "at": pen.at})
                return None
            pen.flush(conn)
            return subject

        return await self._write(work)

    async def event_turn(
        self, conversation: str, event: Event, decide: Callable[[State, World, Event, datetime], Turn] | None = None
    ) -> TurnResult:
        """A turn that no visitor asked for (time passed, answers forgotten), on a conversation by its id."""
        step = decide or self.step
        assert step is not None, "set store.step, or give decide"
        return await self._write(
            lambda conn: _internal_turn(conn, Pen(self.context, self.clock()), conversation,
                                        lambda state, world, now: step(state, world, event, now))
        )  # fmt: skip

    async def due_reminders(self, limit: int = 50) -> list[DueReminder]:
        """Reminders to carry out now with `remind`. Nothing at night; moot ones are removed."""

        def work(conn: Connection) -> list[DueReminder]:
            now = self.clock()
            at = ms(now)
            if now.astimezone(AMSTERDAM).hour not in AWAKE:
                return []
            rows = conn.execute(
                sa.select(t.reminder, t.conversation.c.last_client_at, t.conversation.c.phase)
                .join(t.conversation, t.conversation.c.id == t.reminder.c.conversation)
                .where(t.reminder.c.due_at <= at)
                .where(sa.or_(t.reminder.c.claimed_at.is_(None), t.reminder.c.claimed_at <= at - CLAIMED))
                .order_by(t.reminder.c.due_at)
                .limit(limit)
                .with_for_update(skip_locked=True, of=t.reminder)
            ).fetchall()
            due = []
            for row in rows:
                same = sa.and_(t.reminder.c.conversation == row.conversation, t.reminder.c.key == row.key)
                wrote = row.last_client_at is not None and row.last_client_at > row.set_at
                if row.phase == "stopped" or (wrote and not row.key.startswith(STICKY)):
                    conn.execute(t.reminder.delete().where(same))
                    continue
                conn.execute(t.reminder.update().where(same).values(claimed_at=at))
                due.append(DueReminder(row.conversation, row.key))
            return due

        return await self._write(work, quiet=True)

    async def remind(
        self, due: DueReminder, decide: Callable[[State, World, Event, datetime], Turn] | None = None
    ) -> TurnResult:
        """Carries one reminder out: the row goes in the same transaction, so it happens once."""
        step = decide or self.step
        event = TimePassed(due.key)

        def work(conn: Connection) -> TurnResult:
            same = sa.and_(t.reminder.c.conversation == due.conversation, t.reminder.c.key == due.key)
            if conn.execute(t.reminder.delete().where(same)).rowcount != 1:
                return TurnResult(None, True, due.conversation, 0)
            if due.key.startswith(PREFIX):
                return _ask_outcome(conn, Pen(self.context, self.clock()), due)
            assert step is not None, "set store.step, or give decide"
            return _internal_turn(
                conn, Pen(self.context, self.clock()), due.conversation,
                lambda state, world, now: step(state, world, event, now),
            )  # fmt: skip

        return await self._write(work)

    async def subscribed_entries(self) -> dict[str, int]:
        """Entries people want to hear about, and how many people."""
        query = sa.select(t.subscription.c.entry, sa.func.count()).group_by(t.subscription.c.entry)
        return await self._read(lambda conn: {str(entry): int(count) for entry, count in conn.execute(query)})

    async def tell_subscribers(self, entry: str, message: Callable[[str], Message]) -> int:
        """Tells everybody who asked, once, that an entry opened; then the wish goes. `message` takes a language."""
        query = sa.select(t.subscription).where(t.subscription.c.entry == entry)
        rows = await self._read(lambda conn: conn.execute(query).fetchall())

        def tell(conn: Connection, person: str, conversation: str) -> int:
            pen = Pen(self.context, self.clock())
            pen.proactive = True
            same = sa.and_(t.subscription.c.person == person, t.subscription.c.entry == entry)
            talk = lock_talk(conn, self.context, conversation)
            if conn.execute(t.subscription.delete().where(same)).rowcount != 1 or talk is None:
                return 0
            pen.tell(talk, message(talk.language), "system")
            pen.keep(talk)
            pen.flush(conn)
            return 1

        told = 0
        for row in rows:
            told += await self._write(lambda conn, row=row: tell(conn, row.person, row.conversation))  # type: ignore[misc]
        return told

    async def set_stock(
        self, what: str, kind: str, ceiling: int | None, *, title: str = "", place: str = "",
        starts: datetime | None = None,
    ) -> None:  # fmt: skip
        """A budget (euros) or the places at an event; what was taken stays taken."""
        row = {
            "what": what, "kind": kind, "ceiling": ceiling, "title": title, "place": place,
            "starts_at": None if starts is None else ms(starts),
        }  # fmt: skip
        columns = ("kind", "ceiling", "title", "place", "starts_at")
        await self._write(lambda conn: self.context.sql.upsert(conn, t.stock, [row], columns))


def _ask_outcome(conn: Connection, pen: Pen, due: DueReminder) -> TurnResult:
    talk = lock_talk(conn, pen.context, due.conversation)
    pen.proactive = True
    if talk is None or not ask_outcome(conn, pen, talk, due.key):
        return TurnResult(None, True, due.conversation, 0)
    pen.flush(conn)
    return TurnResult(Turn(talk.state), False, talk.id, talk.version + 1, tuple(talk.outgoing), K(talk.open_case))


def _internal_turn(conn: Connection, pen: Pen, conversation: str, decide: Decide) -> TurnResult:
    talk = lock_talk(conn, pen.context, conversation)
    if talk is None:
        return TurnResult(None, True, "", 0)
    pen.proactive = True
    stocks = read_stocks(conn, pen.now)
    due = promised(pen, talk, stocks)
    turn = decide(talk.state, world_of(pen, talk, stocks, due), pen.here)
    apply_turn(conn, pen, talk, turn, stocks, due)
    link, erased = carry_out(conn, pen, talk, turn.effects, stocks, due)
    pen.flush(conn)
    return TurnResult(turn, False, talk.id, talk.version + 1, tuple(talk.outgoing), K(talk.open_case), link, erased)


def _bind(conn: Connection, pen: Pen, conversation: str, index: str, channel: str, bot: str, address: str) -> bool:
    """Makes `address` an address of this conversation. False when that address has an open case of its own."""
    talk = lock_talk(conn, pen.context, conversation)
    if talk is None:
        return False
    found = conn.execute(sa.select(t.identity).where(t.identity.c.address_index == index)).fetchone()
    if found is not None and found.person != talk.person:
        cases = sa.select(sa.func.count()).where(t.case.c.person == found.person)
        if conn.execute(cases).scalar():
            return False
        erase_person(conn, pen, found.person, actor="resume")  # a bare start on this device, replaced by the real one
        conn.execute(t.tombstone.delete().where(t.tombstone.c.address_index == index))
        found = None
    key = key_of(conn, pen.context, talk.person)
    assert key is not None
    if found is None:
        identity = new_id()
        conn.execute(
            t.identity.insert(),
            {
                "id": identity, "person": talk.person, "channel": channel, "bot": bot, "address_index": index,
                "address_sealed": key.seal("identity", "address_sealed", identity, address.encode()),
                "conversation": talk.id, "created_at": pen.at,
            },
        )  # fmt: skip
    else:
        identity = found.id
        conn.execute(t.identity.update().where(t.identity.c.id == identity).values(conversation=talk.id, gone_at=None))
    pen.tell(talk, Message(_TOLD.get(talk.language, _TOLD["nl"]), "system"), "system")
    talk.identity, talk.channel, talk.bot, talk.address = identity, channel, bot, address
    pen.keep(talk)
    return True
