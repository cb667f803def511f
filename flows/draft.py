"""A state while a turn is being made: the same fields, changed in place, frozen at the end.

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
    older: tuple[Shown, ...]
    turn: int
    language: str
    tries: dict[str, int]
    misses: int
    advice: tuple[str, ...] | None
    pending: dict[str, Any] | None
    phase: str
    fingerprint: str

    def __init__(self, state: State) -> None:
        for name in FIELDS:
            setattr(self, name, getattr(state, name))

    def but(self, **changes: Any) -> Draft:
        for name, value in changes.items():
            setattr(self, name, value)
        return self

    def freeze(self) -> State:
        return State(*[getattr(self, name) for name in FIELDS])
