"""Shipped content once per run, and a conversation whose state is written and read back before every turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from flows.content import Content
from flows.effects import Effect, Message, Say
from flows.engine import step
from flows.events import Event, Said, Started
from flows.state import State
from flows.turn import Turn
from flows.world import World
from tests.shipped import shipped

NOVEMBER = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@dataclass
class Conversation:
    content: Content
    world: World = field(default_factory=lambda: World(promise="uiterlijk maandag 23 november om 11.00 uur"))
    state: State = field(default_factory=State)
    turn: Turn = field(default_factory=lambda: Turn(State()))

    def play(self, event: Event) -> Conversation:
        before = State.from_json(self.state.to_json())
        assert before == self.state, "something in the state does not survive JSON"
        self.turn = step(self.content, self.world, before, event, NOVEMBER)
        self.state = self.turn.state
        return self

    def start(self, payload: str = "") -> Conversation:
        return self.play(Started(payload))

    def say(self, *texts: str) -> Conversation:
        for text in texts:
            self.play(Said(text))
        return self

    @property
    def messages(self) -> list[Message]:
        return [effect.message for effect in self.turn.effects if isinstance(effect, Say)]

    @property
    def text(self) -> str:
        return "\n".join(message.text for message in self.messages)

    @property
    def asked(self) -> str:
        """The fact that is being asked for now."""
        return self.turn.question.fact if self.turn.question else ""

    @property
    def buttons(self) -> list[str]:
        return [option.label for option in self.turn.question.options] if self.turn.question else []

    def effects(self, kind: type) -> list[Effect]:
        return [effect for effect in self.turn.effects if isinstance(effect, kind)]


@pytest.fixture(scope="session")
def content() -> Content:
    return shipped()


@pytest.fixture
def talk(content: Content) -> Conversation:
    """A conversation that has just been opened."""
    return Conversation(content).start()
