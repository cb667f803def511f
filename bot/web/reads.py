"""What the web pages read from the store, as views. Reading only; every change goes through a turn or an action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

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
    """One visitor's conversation: its row and what it remembers."""

    row: ConversationRow
    state: State

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
    """The conversation of this address, as far as its visitor may see: everything."""
    row = await store.conversation_at(channel, "", address)
    if row is None:
        return None
    state = await store.state(row.id)
    return None if state is None else Talk(row, state)


async def bubbles(
    store: Store, content: Content, conversation: str, after: int = 0, *, language: str = "nl", private: bool = False
) -> tuple[Bubble, ...]:
    """The messages after number `after`. Only the newest question's buttons stand on the screen."""
    rows = await store.messages(conversation, after, MOST, private)
    newest = max((row.turn for row in rows if row.message.options), default=0)
    return tuple(_bubble(content, row, newest, language) for row in rows if not row.withdrawn)


def _bubble(content: Content, row: MessageRow, newest: int, language: str) -> Bubble:
    sender = "note" if row.private else row.sender
    current = bool(row.message.options) and row.turn == newest
    message = row.message
    if row.private and message.kind in TOLD:
        message = replace(message, text=TOLD[message.kind].get(message.text.partition(":")[2], message.text))
    if message.kind == "command" and message.text.startswith("/"):
        message = replace(message, text=spoken(content, message.text, language))
    return Bubble(row.seq, sender, row.at, message, row.name, row.turn, current, row.delivery)


async def last_seq(store: Store, conversation: str) -> int:
    row = await store.conversation(conversation)
    return row.last_seq if row else 0


async def events(store: Store) -> tuple[EventPlan, ...]:
    """Meetings that are still to come, with the places left."""
    now = store.now()
    return await store._read(lambda conn: read_stocks(conn, now).events)


def broker_for(store: Store) -> Broker:
    """Wakes the live pages of this store's conversations."""

    async def positions(topics: Iterable[str]) -> Mapping[str, object]:
        wanted = [topic for topic in topics if topic != EVERYTHING]

        def read(conn: Connection) -> dict[str, object]:
            found: dict[str, object] = {}
            table = t.conversation
            for start in range(0, len(wanted), 500):
                rows = conn.execute(
                    sa.select(table.c.id, table.c.version, table.c.next_seq, table.c.epoch).where(
                        table.c.id.in_(wanted[start : start + 500])
                    )
                )
                found.update({row.id: (row.version, row.next_seq, row.epoch) for row in rows})
            marks = sa.select(sa.func.count(), sa.func.sum(t.case.c.version), sa.func.max(t.case.c.number))
            found[EVERYTHING] = tuple(conn.execute(marks).one())
            return found

        return await store._read(read)

    return Broker(positions, store.changed)
