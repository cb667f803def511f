"""A small desk for storage tests: a clock that is set by hand, a pure `decide`, and visitors and coaches by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from flows.effects import Effect, Message, Option, Say
from flows.events import CoachAnswered, Event, Said, SpeakerChanged
from flows.state import Answer, State
from flows.turn import Turn
from flows.world import World
from storage.messages import Incoming, TurnResult
from storage.rows import Staff
from storage.store import Store

MONDAY_10 = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10.00 uur in Amsterdam
CLASSES = {"age": "personal", "situation": "public", "sector": "public", "benefit": "sensitive", "name": "personal"}


@dataclass
class Clock:
    """Stands still until told otherwise."""

    now: datetime = MONDAY_10

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **span: float) -> None:
        self.now += timedelta(**span)


def answering(
    fact: str = "age", value: object = 52, *effects: Effect, phase: str = "talking"
) -> Callable[[State, World, datetime], Turn]:
    """A decide that takes one answer, asks the next question, and adds `effects`."""

    def decide(state: State, world: World, now: datetime) -> Turn:
        turn = state.turn + 1
        after = replace(state.with_answer(fact, Answer("given", value, turn=turn)), turn=turn, phase=phase)
        question = Message(f"vraag {turn}", "question", options=(Option("a", "Ja"), Option("b", "Nee")))
        says: tuple[Effect, ...] = () if world.speaker == "coach" else (Say(question),)
        return Turn(after, says + effects)

    return decide


def counting(state: State, world: World, now: datetime) -> Turn:
    """Adds one to what is stored: the classic way to lose an update."""
    so_far = state.answers["n"].value if "n" in state.answers else 0
    turn = state.turn + 1
    after = replace(state.with_answer("n", Answer("given", so_far + 1, turn=turn)), turn=turn)
    says = () if world.speaker == "coach" else (Say(Message(f"antwoord {so_far + 1}")),)
    return Turn(after, says)


def step(state: State, world: World, event: Event, now: datetime) -> Turn:
    """What an engine would do with the desk's own events."""
    turn = state.turn + 1
    match event:
        case CoachAnswered(fact=fact, value=value):
            return Turn(replace(state.with_answer(fact, Answer("given", value, "coach", turn)), turn=turn))
        case SpeakerChanged(text=text):
            return Turn(
                replace(state, turn=turn), (Say(Message(text, "system")), Say(Message("Waar waren we?", "question")))
            )
        case _:
            return Turn(replace(state, turn=turn), (Say(Message(f"over {type(event).__name__}")),))


@dataclass
class Visitor:
    """Somebody on one channel."""

    store: Store
    address: str
    channel: str = "telegram"
    clock: Callable[[], datetime] = field(default=lambda: MONDAY_10)
    sent: int = 0

    async def says(
        self, text: str = "hallo", decide: Callable[[State, World, datetime], Turn] | None = None, *,
        update: str | None = None, event: Event | None = None, ref: str = "",
    ) -> TurnResult:  # fmt: skip
        self.sent += 1
        update_id = f"{self.address}-{self.sent}" if update is None else update
        incoming = Incoming(self.channel, self.address, event or Said(text), self.clock(), update_id, message_ref=ref)
        return await self.store.turn(incoming, decide or answering())


async def a_coach(store: Store, login: str = "sanne", **more: object) -> Staff:
    return await store.add_staff(login, login.title(), **more)  # type: ignore[arg-type]
