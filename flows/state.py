"""What a conversation remembers: answers, not a cursor.

The position is derived by walking the flow with these answers (flows/walk.py). Saved as JSON between any two turns;
unknown keys of a newer version are refused loudly rather than dropped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `status` is given, dont_know or declined; `value` only when given.

    Values by kind: choice/code/yes_no an id; choices a tuple of ids; number/amount an int or float, or a band as
    (low, high) with None for open ends; date 'YYYY-MM-DD'; place a Spot key; text, phone, email a string.
    """

    status: str
    value: Any = None
    by: str = "visitor"  # visitor | text (volunteered in passing) | coach | link
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the screen: input is read against this, then the walk decides what comes next."""

    turn: int
    step: str  # step key, or a marker such as "!change" for the desk's own questions
    fact: str = ""
    options: tuple[str, ...] = ()  # option ids in the order shown
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Everything one conversation needs for its next turn."""

    answers: dict[str, Answer] = field(default_factory=dict)
    done: dict[str, Any] = field(default_factory=dict)  # step key -> what was done (said, advised ids, consent …)
    asked: dict[str, tuple[str, ...]] = field(default_factory=dict)  # advise step -> facts it asked by need
    shown: Shown | None = None
    older: tuple[Shown, ...] = ()  # the last few screens, so that old buttons can be read
    turn: int = 0
    language: str = "nl"
    tries: dict[str, int] = field(default_factory=dict)
    misses: int = 0  # texts in a row that were not understood
    advice: tuple[str, ...] | None = None  # ids last shown; None = not advised yet
    pending: dict[str, Any] | None = None  # a question of the desk itself: change?, which place?, did you mean?, wipe?
    phase: str = "new"  # new | talking | finished | stopped
    fingerprint: str = ""  # of the content the last turn was made with

    def to_json(self) -> str:
        raw = {name: getattr(self, name) for name in _FIELDS}  # by hand: asdict copies every answer, at every turn
        raw["answers"] = {
            fact: {"status": one.status, "value": one.value, "by": one.by, "turn": one.turn}
            for fact, one in self.answers.items()
        }
        raw["shown"] = None if self.shown is None else _screen(self.shown)
        raw["older"] = [_screen(one) for one in self.older]
        return _encode({"v": VERSION, **raw})

    @classmethod
    def from_json(cls, text: str) -> State:
        """Raises ValueError when the text was written by a newer version."""
        raw = json.loads(text)
        if raw.pop("v") != VERSION:
            raise ValueError("this conversation was stored by a newer version; upgrade this process first")
        raw["answers"] = {fact: Answer(**_untuple(answer)) for fact, answer in raw["answers"].items()}
        raw["asked"] = {step: tuple(facts) for step, facts in raw["asked"].items()}
        raw["shown"] = _shown(raw["shown"]) if raw["shown"] else None
        raw["older"] = tuple(_shown(one) for one in raw["older"])
        raw["advice"] = None if raw["advice"] is None else tuple(raw["advice"])
        return cls(**raw)

    def but(self, **changes: Any) -> State:
        """The same with these fields changed: dataclasses.replace, at a third of its cost, which a turn pays often."""
        new = object.__new__(State)
        for name in _FIELDS:
            object.__setattr__(new, name, changes.pop(name) if name in changes else getattr(self, name))
        if changes:
            raise TypeError(f"a state has no {', '.join(changes)}")
        return new

    def with_answer(self, fact: str, answer: Answer) -> State:
        answers = {key: value for key, value in self.answers.items() if key != fact}
        answers[fact] = answer  # a changed answer moves to the end: *terug* undoes the latest first
        return self.but(answers=answers)

    def without(self, *facts: str) -> State:
        return self.but(answers={key: value for key, value in self.answers.items() if key not in facts})


_FIELDS = tuple(one.name for one in fields(State))


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _screen(shown: Shown) -> dict[str, Any]:
    return {
        "turn": shown.turn, "step": shown.step, "fact": shown.fact, "options": shown.options,
        "fingerprint": shown.fingerprint,
    }  # fmt: skip


def _untuple(raw: dict[str, Any]) -> dict[str, Any]:
    if isinstance(raw["value"], list):
        raw["value"] = tuple(raw["value"])
    return raw


def _shown(raw: dict[str, Any]) -> Shown:
    return Shown(raw["turn"], raw["step"], raw["fact"], tuple(raw["options"]), raw["fingerprint"])
