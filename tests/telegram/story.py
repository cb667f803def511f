"""One whole story: intake, odd messages, advice, hand-over, coach, outcome. Played in every way there is.

`Neutral` plays it without any messenger, straight through the desk, and says what the visitor saw. `OnTelegram` plays
the same through the fake server. What both saw must be equal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.channels.telegram import calls_for, shares
from bot.desk import Desk
from flows.effects import Message
from flows.events import Event, Pressed, Said, SentOther, Shared, Started
from storage.actions import Claim, Close, Done, Reply
from storage.messages import Incoming, Outgoing
from storage.withdrawal import WHY
from tests.telegram.fake_api import BOT, PATIENCE, FakeApi, Shown

CHAT = 7001


@dataclass(frozen=True)
class Said_:
    """The visitor types, edits, shares or sends something: as an event, and as the parts of a Telegram message."""

    event: Event
    parts: dict[str, Any] = field(default_factory=dict)
    edited: bool = False


@dataclass(frozen=True)
class Taps:
    """The button with this label; the `back`-th last message that has one (1 = the last)."""

    label: str


@dataclass(frozen=True)
class ByCoach:
    """Something a coach does in the desk."""

    what: str  # claim | reply | close


Step = Said_ | Taps | ByCoach


def says(text: str) -> Said_:
    return Said_(Said(text), {"text": text})


FILE = {"file_id": "AgACAgQAAxkB", "file_unique_id": "AQADq7cx"}
STICKER = {
    **FILE, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍",
}  # fmt: skip
FROM_OTHER = {"type": "hidden_user", "date": 1, "sender_user_name": "Een ander"}
START = Said_(Started(language="nl"), {"text": "/start"})
THE_STORY: tuple[Step, ...] = (
    START,
    says("wil heftruck rijden geen diploma almere"),
    Said_(SentOther("sticker"), {"sticker": STICKER}),
    says("nee bijstand"),
    Said_(SentOther("voice"), {"voice": {**FILE, "duration": 3}}),
    says("/terug"),
    says("bijstand"),
    Said_(Said("ik woon in tiel", edited=True), {"text": "ik woon in tiel"}, edited=True),
    says("<b>vet</b> & [link](tg://user?id=1) {naam} 😀"),
    says("Dit is een zin van een lang verhaal. " * 120),
    Said_(SentOther("photo"), {"photo": [{**FILE, "width": 1, "height": 1}]}),
    Said_(SentOther("document"), {"document": FILE}),
    Said_(SentOther("forwarded"), {"text": "van een ander", "forward_origin": FROM_OTHER}),
    Said_(Shared("place", "Arnhem"), {"location": {"latitude": 51.985, "longitude": 5.899}}),
    says("/overzicht"),
    says("mijn bsn is 111222333"),
    says("bel mij"),
)
HANDED_OVER: tuple[Step, ...] = (
    says("ik heb nog een vraag"),
    ByCoach("claim"),
    ByCoach("reply"),
    says("dat is fijn"),
    ByCoach("close"),
    says("/privacy"),
)


@dataclass
class Seen:
    """What one step put on the visitor's screen."""

    texts: list[str]
    labels: list[str]


class Coach:
    """A coach at the desk, for both drivers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._id = ""

    async def does(self, what: str, case: str) -> tuple[Outgoing, ...]:
        store = self._desk.store
        if not self._id:
            self._id = (await store.add_staff("coach", "Coach", "coach")).id
        action: Any = {
            "claim": Claim(case, self._id),
            "reply": Reply(case, self._id, "Goedemiddag. Ik bel u om 14.00 uur.", "reply-1"),
            "close": Close(case, self._id, "helped", "Veel succes!"),
        }[what]
        done = await store.act(action)
        assert isinstance(done, Done), done
        return done.outgoing


class Neutral:
    """The desk without a messenger: what a web page would show, turn by turn."""

    def __init__(self, desk: Desk, channel: str = "telegram") -> None:
        self._desk, self._channel = desk, channel
        self._coach = Coach(desk)
        self._shown: list[tuple[int, Message]] = []  # turn and message
        self.case = ""
        self.calls: list[int] = []  # how many messages of Telegram each step makes
        self._keys_up = False
        self._count = 0

    async def play(self, step: Step) -> Seen:
        if isinstance(step, ByCoach):
            outgoing = await self._coach.does(step.what, self.case)
        else:
            self._count += 1
            event = self._pressed(step.label) if isinstance(step, Taps) else step.event
            incoming = Incoming(
                self._channel, str(CHAT), event, self._desk.clock(), str(self._count), "neutral", "nl", "1"
            )
            result = await self._desk.receive(incoming)
            outgoing, self.case = result.outgoing, result.case or self.case
        said = [one for one in outgoing if one.action == "send"]
        self._shown += [(one.turn, one.message) for one in said]
        self.calls.append(0)
        for one in said:
            for call in calls_for(one, keys_up=self._keys_up):
                self.calls[-1] += 1
                up = shares(call)
                self._keys_up = self._keys_up if up is None else up
        return Seen(
            [line for one in said for line in lines(one.message.text) if line != WHY["nl"]],
            [option.label for one in said for option in one.message.options],
        )

    def _pressed(self, label: str) -> Pressed:
        for turn, message in reversed(self._shown):
            for place, option in enumerate(message.options):
                if option.label == label:
                    return Pressed(turn, message.first + place)
        raise AssertionError(f"no button {label!r}")

    @property
    def question(self) -> Message:
        return self._shown[-1][1]


class OnTelegram:
    """The same through the fake server, and back out of the visitor's screen."""

    def __init__(self, api: FakeApi, desk: Desk, chat: int = CHAT) -> None:
        self._api, self._desk, self._chat = api, desk, chat
        self._coach = Coach(desk)
        self._before = 0
        self.last: dict[str, Any] = {}

    async def case(self) -> str:
        talk = await self._desk.store.conversation_at("telegram", BOT, str(self._chat))
        assert talk is not None
        return talk.case

    async def play(self, step: Step, calls: int) -> Seen:
        api, heard = self._api, await self._heard()
        if isinstance(step, ByCoach):
            await self._coach.does(step.what, await self.case())
        elif isinstance(step, Taps):
            self.last = await api.press(self._chat, step.label)
        elif step.edited:
            number = max(api.chat(self._chat).own)
            message = api.message(self._chat, number, edit_date=1_795_000_100, **step.parts)
            self.last = await api.update("edited_message", message)
        else:
            self.last = await api.send(self._chat, **step.parts)
        shown = (await api.shows(self._chat, self._before + calls))[self._before :]
        self._before += calls
        if not calls:  # no answer to wait for, and a host's own loop confirms what it has not handled yet
            async with asyncio.timeout(PATIENCE):
                while await self._heard() == heard:
                    await asyncio.sleep(0.01)
        return seen(shown)

    async def _heard(self) -> int:
        talk = await self._desk.store.conversation_at("telegram", BOT, str(self._chat))
        return 0 if talk is None else talk.last_seq


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


OF_THE_CHANNEL = ("Deel mijn nummer", "Deel mijn locatie", "Meer op de website")


def seen(shown: Sequence[Shown]) -> Seen:
    """A screen of Telegram in neutral terms: without the buttons and words that only this channel has."""
    texts = [line for one in shown for line in lines(one.text) if one.text not in ("Goed.", WHY["nl"])]
    return Seen(texts, [label for one in shown for label in one.labels if label not in OF_THE_CHANNEL])


async def plan(play: Callable[[Step], Awaitable[Seen]], neutral: Neutral) -> list[Step]:
    """The story as it goes with this content: after *bel mij* whatever is asked is answered, until a case is open."""
    steps: list[Step] = []

    async def do(step: Step) -> None:
        steps.append(step)
        await play(step)

    for step in THE_STORY:
        await do(step)
    for _ in range(12):
        if neutral.case:
            break
        await do(_reply_to(neutral.question))
    assert neutral.case, "the story never came to a hand-over"
    for step in HANDED_OVER:
        await do(step)
    return steps


def _reply_to(question: Message) -> Step:
    if question.expects == "phone":
        contact = {"phone_number": "+31612345678", "first_name": "Test", "user_id": CHAT}
        return Said_(Shared("phone", "+31612345678"), {"contact": contact})
    if question.fact == "name":
        return says("Sam")
    if question.expects == "place":
        return says("Tiel")
    choices = [option for option in question.options if option.group == "choice"]
    return Taps((choices or list(question.options))[0].label)
