"""A conversation in this process: no database, nothing left behind. Used by the terminal, `--json` and transcripts."""

from __future__ import annotations

from dataclasses import replace

from bot.cleaning import clean_text
from bot.clock import Clock
from flows.content import Content
from flows.engine import step
from flows.events import Event, Said, Started
from flows.state import State
from flows.turn import Turn
from flows.world import World


class LocalTalk:
    """Holds one conversation's state between turns, as JSON: whatever is forgotten there shows at once."""

    def __init__(self, content: Content, clock: Clock, *, language: str = "nl", flow: str = "") -> None:
        self._content, self._clock = content, clock
        self._saved = State(language=language).to_json()
        self._flow, self._language = flow, language

    async def start(self) -> Turn:
        return await self.turn(Started(payload=self._flow, language=self._language))

    async def turn(self, event: Event) -> Turn:
        if isinstance(event, Said):
            event = replace(event, text=clean_text(event.text))
        world = World(channel="terminal")
        turn = step(self._content, world, State.from_json(self._saved), event, self._clock())
        self._saved = turn.state.to_json()
        return turn

    async def close(self) -> None:
        """Nothing to close; the stored conversation has the same shape."""
