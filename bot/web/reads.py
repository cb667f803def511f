"""What the web pages read from the store, as views. Reading only; every change goes through a turn or an action."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.web.dates import local
from bot.web.knowing import spoken
from bot.web.sse import EVERYTHING, Broker
from bot.web.views import Bubble, Waiting
from flows.content import Content
from flows.state import State
from flows.world import EventPlan
from storage import tables as t
from storage.rows import ConversationRow, MessageRow
from storage.store import Store
from storage.turns import read_stocks

TOLD = {  # private lines that the store writes as codes
    "called": {
        "spoken": "Gebeld: gesproken.",
        "voicemail": "Gebeld: voicemail ingesproken.",
        "not_reached": "Gebeld: niet bereikt.",
        "appointment": "Gebeld: afspraak gemaakt.",
    },
    "unreachable": {
        "telegram": "Deze klant is niet meer bereikbaar via Telegram. Neem op een andere manier contact op.",
        "web": "Deze klant is niet meer bereikbaar via de webchat. Neem op een andere manier contact op.",
    },
}
MOST = 500  # messages of one conversation on a page


@dataclass(frozen=True, slots=True)
class Talk:
    """One visitor's conversation: its row, what it remembers, and the messages that were asked for."""

    row: ConversationRow
    state: State
    bubbles: tuple[Bubble, ...] = ()

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def language(self) -> str:
        return self.row.language

    @property
    def waiting(self) -> Waiting:
        return Waiting(self.row.speaker, self.row.coach, self.row.case, self.row.promise)


async def talk_at(store: Store, address: str, channel: str = "web") -> Talk | None:
    """The conversation of this address, without its messages."""
    found = await store.shown(channel, "", address, 0, 0)
    return None if found is None else Talk(found.row, found.state)


async def talk_since(store: Store, content: Content, address: str, after: int = 0) -> Talk | None:
    """The conversation of this web visitor, with the messages after number `after`, as one moment shows them."""
    found = await store.shown("web", "", address, after, MOST)
    if found is None:
        return None
    bubbles = _bubbles(content, found.messages, found.row.language, found.before)
    return Talk(found.row, found.state, bubbles)


async def bubbles(store: Store, content: Content, conversation: str, after: int = 0) -> tuple[Bubble, ...]:
    """The messages after number `after` as coaches see them: in Dutch, private lines included."""
    rows = await store.messages(conversation, max(0, after - 1), MOST + 1, private=True)
    before = rows.pop(0) if rows and rows[0].seq == after else None
    return _bubbles(content, rows, "nl", before)


def _bubbles(
    content: Content, rows: Sequence[MessageRow], language: str, before: MessageRow | None
) -> tuple[Bubble, ...]:
    """Only the newest question's buttons stand on the screen. The first message of a day says which day it is."""
    newest = max((row.turn for row in rows if row.message.options), default=0)
    day = local(before.at).date() if before is not None else None
    found = []
    for row in rows:
        if row.withdrawn:
            continue
        begins = local(row.at).date()
        found.append(_bubble(content, row, newest, language, begins if begins != day else None))
        day = begins
    return tuple(found)


def _bubble(content: Content, row: MessageRow, newest: int, language: str, day: date | None) -> Bubble:
    sender = "note" if row.private else row.sender
    current = bool(row.message.options) and row.turn == newest
    message = row.message
    if row.private and message.kind in TOLD:
        message = replace(message, text=TOLD[message.kind].get(message.text.partition(":")[2], message.text))
    if message.kind == "command" and message.text.startswith("/"):
        message = replace(message, text=spoken(content, message.text, language))
    return Bubble(row.seq, sender, row.at, message, row.name, row.turn, current, row.delivery, day)


async def events(store: Store) -> tuple[EventPlan, ...]:
    """Meetings that are still to come, with the places left."""
    now = store.now()
    return await store._read(lambda conn: read_stocks(conn, now).events)


_VERSIONS = sa.select(t.conversation.c.id, t.conversation.c.version).where(
    t.conversation.c.id.in_(sa.bindparam("ids", expanding=True))
)
_CASES = sa.select(sa.func.count(), sa.func.sum(t.case.c.version), sa.func.max(t.case.c.number))
TOGETHER = 500  # conversations in one statement


def broker_for(store: Store) -> Broker:
    """Wakes the live pages of this store's conversations."""

    async def marks(topics: Collection[str]) -> Mapping[str, object]:
        wanted = [topic for topic in topics if topic != EVERYTHING]

        def read(conn: Connection) -> dict[str, object]:
            found: dict[str, object] = {}
            for start in range(0, len(wanted), TOGETHER):
                rows = conn.execute(_VERSIONS, {"ids": wanted[start : start + TOGETHER]})
                found.update((row[0], row[1]) for row in rows)
            if EVERYTHING in topics:
                found[EVERYTHING] = tuple(conn.execute(_CASES).one())
            return found

        return await store._read(read)

    return Broker(marks, store.changed)
