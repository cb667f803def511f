"""What a conversation remembers: answers, not a cursor.

The position is derived by walking the flow with these answers (flows/walk.py). Saved as JSON between any two turns;
what a newer version wrote is refused loudly rather than dropped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

VERSION = 3  # 2 wrote older screens as lists, 1 wrote answers and screens with names; both are still read


class Answer(NamedTuple):
    """One answer; a tuple, because every turn reads and writes all of them.

    `status` is given, dont_know or declined; `value` only when given.

    Values by kind: choice/code/yes_no an id; choices a tuple of ids; number/amount an int or float, or a band as
    (low, high) with None for open ends; date 'YYYY-MM-DD'; place a Spot key; text, phone, email a string.
    """

    status: str
    value: Any = None
    by: str = "visitor"  # visitor | text (volunteered in passing) | coach | link
    turn: int = 0


class Shown(NamedTuple):
    """What stands on the screen: input is read against this, then the walk decides what comes next."""

    turn: int
    step: str  # step key, or a marker such as "!change" for the desk's own questions
    fact: str = ""
    options: tuple[str, ...] = ()  # option ids in the order shown
    fingerprint: str = ""

    def line(self) -> str:
        """As it is kept when the next screen comes: one text, since every turn stores all of them and reads none."""
        return "\t".join((str(self.turn), self.step, self.fact, self.fingerprint, *self.options))

    @classmethod
    def of_line(cls, line: str) -> Shown:
        turn, step, fact, fingerprint, *options = line.split("\t")
        return cls(int(turn), step, fact, tuple(options), fingerprint)


@dataclass(frozen=True, slots=True)
class State:
    """Everything one conversation needs for its next turn."""

    answers: dict[str, Answer] = field(default_factory=dict)
    done: dict[str, Any] = field(default_factory=dict)  # step key -> what was done (said, advised ids, consent …)
    asked: dict[str, tuple[str, ...]] = field(default_factory=dict)  # advise step -> facts it asked by need
    shown: Shown | None = None
    older: tuple[str, ...] = ()  # the last few screens as lines (`Shown.of_line`), so that old buttons can be read
    turn: int = 0
    language: str = "nl"
    tries: dict[str, int] = field(default_factory=dict)
    misses: int = 0  # texts in a row that were not understood
    advice: tuple[str, ...] | None = None  # ids last shown; None = not advised yet
    pending: dict[str, Any] | None = None  # a question of the desk itself: change?, which place?, did you mean?, wipe?
    phase: str = "new"  # new | talking | finished | stopped
    fingerprint: str = ""  # of the content the last turn was made with

    def but(self, **changes: Any) -> State:
        """The same with these fields changed: dataclasses.replace, at a third of its cost, which a turn pays often."""
        new = object.__new__(State)
        for name, put in _PUT:
            put(new, changes.pop(name) if name in changes else getattr(self, name))
        if changes:
            raise TypeError(f"a state has no {', '.join(changes)}")
        return new

    def with_answer(self, fact: str, answer: Answer) -> State:
        answers = {key: value for key, value in self.answers.items() if key != fact}
        answers[fact] = answer  # a changed answer moves to the end: *terug* undoes the latest first
        return self.but(answers=answers)

    def without(self, *facts: str) -> State:
        return self.but(answers={key: value for key, value in self.answers.items() if key not in facts})

    def to_json(self) -> str:
        return _encode({
            "v": VERSION, "answers": self.answers, "done": self.done, "asked": self.asked, "shown": self.shown,
            "older": self.older, "turn": self.turn, "language": self.language, "tries": self.tries,
            "misses": self.misses, "advice": self.advice, "pending": self.pending, "phase": self.phase,
            "fingerprint": self.fingerprint,
        })  # fmt: skip

    @classmethod
    def from_json(cls, text: str) -> State:
        """Raises ValueError when the text was written by a newer version."""
        raw = _decode(text)[0]
        version = raw.pop("v")
        if version != VERSION:
            _upgrade(raw, version)
        answers = raw["answers"]
        for fact, one in answers.items():
            if type(one[1]) is list:
                one[1] = tuple(one[1])
            answers[fact] = _tuple(Answer, one)
        if raw["asked"]:
            raw["asked"] = {step: tuple(facts) for step, facts in raw["asked"].items()}
        if raw["shown"]:
            raw["shown"] = _shown(raw["shown"])
        raw["older"] = tuple(raw["older"])
        if raw["advice"] is not None:
            raw["advice"] = tuple(raw["advice"])
        state = object.__new__(cls)
        for name, put in _PUT:  # what a frozen class does itself, at a third of its cost
            put(state, raw[name])
        return state


_PUT = tuple((one.name, getattr(State, one.name).__set__) for one in fields(State))
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().raw_decode
_tuple = tuple.__new__


def _shown(raw: list[Any]) -> Shown:
    return Shown(raw[0], raw[1], raw[2], tuple(raw[3]), raw[4])


def _upgrade(raw: dict[str, Any], version: int) -> None:
    """What older versions wrote, in today's shape."""
    if version not in (1, 2):
        raise ValueError("this conversation was stored by a newer version; upgrade this process first")
    if version == 1:
        raw["answers"] = {
            fact: [one["status"], one["value"], one["by"], one["turn"]] for fact, one in raw["answers"].items()
        }
        screens = [raw["shown"], *raw["older"]]
        raw["shown"], *raw["older"] = [
            one and [one["turn"], one["step"], one["fact"], one["options"], one["fingerprint"]] for one in screens
        ]
    raw["older"] = [_shown(one).line() for one in raw["older"]]
