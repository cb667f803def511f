"""One turn in the making: the state as it becomes, what must be said, and what must happen.

A session lives within one `step`. It collects lines and effects; `close` (asking.py) walks with the new answers, adds
what the walk reached, asks what is pending, and gives the finished Turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flows.content import Content
from flows.draft import Draft
from flows.effects import Effect, Message, Option, counted
from flows.state import Answer, State
from flows.voice import Voice
from flows.walk import Walk, walk
from flows.world import World


class Session:
    """Mutable on purpose, and private to one turn."""

    __slots__ = (
        "_walked", "advice", "before", "content", "effects", "lead", "now", "only_said", "own", "quiet", "read_back",
        "said", "state", "today", "understood", "voice", "volunteered", "wait", "world",
    )  # fmt: skip

    def __init__(self, content: Content, world: World, state: State, now: datetime) -> None:
        self.content, self.world, self.before, self.now = content, world, state, now
        self.today: date = now.date()
        self.state = draft = Draft(state)
        draft.turn = state.turn + 1
        draft.fingerprint = content.fingerprint
        self.voice = Voice.of(content, state.language, world.channel)
        self.effects: list[Effect] = []
        self.lead: list[str] = []  # lines above whatever comes next
        self.read_back: list[str] = []  # "Ik lees: …", right above the question
        self.said: list[Message] = []
        self.understood: dict[str, Any] = {}
        self.advice: tuple[Any, ...] | None = None
        self.volunteered: list[str] = []  # facts taken from free text this turn
        self.own: tuple[str, str, Sequence[Option]] | None = None  # the desk's own question: text, fact, options
        self.quiet = False  # nothing may be said (a coach speaks)
        self.wait = False  # say what there is to say, and do not repeat the question
        self._walked: tuple[Any, Any, Any, Walk] | None = None
        self.only_said = False  # not even what the walk reached: somebody else speaks, or everything was wiped

    # --- changing what is known ------------------------------------------------------------------------------------

    def answer(self, fact: str, value: Any, *, by: str = "visitor", status: str = "given") -> None:
        """Store an answer; it moves to the end so that *terug* undoes the latest first."""
        state = self.state
        state.with_answer(fact, Answer(status, value, by, state.turn))
        state.misses = 0
        if state.phase == "new":
            state.phase = "talking"
        self.understood[fact] = value if status == "given" else {"state": status}
        self.effects.append(counted("answered", fact))

    def recent(self) -> list[str]:
        """Facts taken from free text in the latest turn that took any."""
        latest = max((a.turn for a in self.state.answers.values() if a.by == "text"), default=0)
        return [fact for fact, answer in self.state.answers.items() if answer.turn == latest]

    def set_language(self, language: str) -> None:
        """Switch; answers stay as they are."""
        self.state = self.state.but(language=language)
        self.voice = Voice.of(self.content, language, self.world.channel)

    def step_on_screen(self) -> str:
        """Key of the step whose question stands on the screen."""
        shown = self.before.shown
        if shown is None:
            return ""
        pending = self.before.pending or {}
        return str(pending.get("step", "")) if shown.step.startswith("!") else shown.step

    def forget(self, *facts: str) -> None:
        self.state.answers = {known: held for known, held in self.state.answers.items() if known not in facts}

    def mark(self, key: str, value: Any) -> None:
        self.state = self.state.but(done={**self.state.done, key: value})

    def unmark(self, *keys: str) -> None:
        self.state = self.state.but(done={k: v for k, v in self.state.done.items() if k not in keys})

    # --- saying ----------------------------------------------------------------------------------------------------

    def say(self, name: str, /, **values: str) -> None:
        """A phrase above what comes next."""
        self.lead.append(self.voice.phrase(name, **values))

    def ask_own(self, kind: str, text: str, options: Sequence[Option], **data: Any) -> None:
        """A question of the desk itself, such as "Bedoelt u …?"; waits in state.pending until answered or passed by."""
        self.state = self.state.but(pending={"kind": kind, **data})
        self.own = (text, str(data.get("fact", "")), options)

    def option(self, id: str, phrase: str, group: str = "row") -> Option:
        return self.voice.option(id, phrase, group)

    def walk(self, state: State | None = None) -> Walk:
        """The position with these answers. Nothing changes the parts of a state in place, so the same parts are the
        same position."""
        at = state or self.state
        walked = self._walked
        if walked is None or walked[0] is not at.answers or walked[1] is not at.done or walked[2] is not at.asked:
            found = walk(self.content, at, self.now, self.world)
            walked = self._walked = (at.answers, at.done, at.asked, found)
        return walked[3]
