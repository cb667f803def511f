"""A state while a turn is being made: the same fields, changed in place, and a state at the end.

A turn changes its state a handful of times; making a new frozen value each time would cost more than the rest of it.
"""

from __future__ import annotations

from typing import Any

from flows.state import Answer, Shown, State

FIELDS = tuple(State.__slots__)


class Draft:
    """Private to one turn. `but` changes this very draft, and returns it."""

    __slots__ = FIELDS

    answers: dict[str, Answer]
    done: dict[str, Any]
    asked: dict[str, tuple[str, ...]]
    shown: Shown | None
    older: tuple[str, ...]
    turn: int
    language: str
    tries: dict[str, int]
    misses: int
    advice: tuple[str, ...] | None
    pending: dict[str, Any] | None
    phase: str
    fingerprint: str

    def __init__(self, state: State) -> None:  # written out: a loop over the names costs three times as much
        self.answers = state.answers
        self.done = state.done
        self.asked = state.asked
        self.shown = state.shown
        self.older = state.older
        self.turn = state.turn
        self.language = state.language
        self.tries = state.tries
        self.misses = state.misses
        self.advice = state.advice
        self.pending = state.pending
        self.phase = state.phase
        self.fingerprint = state.fingerprint

    def but(self, **changes: Any) -> Draft:
        for name, value in changes.items():
            setattr(self, name, value)
        return self

    def with_answer(self, fact: str, answer: Answer) -> None:
        """Store an answer at the end: *terug* undoes the latest first. Who holds the old answers keeps them."""
        answers = self.answers.copy()
        answers.pop(fact, None)
        answers[fact] = answer
        self.answers = answers

    def freeze(self) -> State:
        """The state as it stands now; this draft goes on."""
        return State(
            self.answers, self.done, self.asked, self.shown, self.older, self.turn, self.language, self.tries,
            self.misses, self.advice, self.pending, self.phase, self.fingerprint,
        )  # fmt: skip

    def finish(self) -> State:
        """This very draft as the state it became: from here on it is frozen. Nothing is copied, for both classes have
        the same slots."""
        self.__class__ = State  # type: ignore[assignment]
        return self  # type: ignore[return-value]
