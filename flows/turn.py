"""What one step gives back: the new state, and what must happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.effects import Effect, Message
from flows.state import State


@dataclass(frozen=True, slots=True)
class Turn:
    """The outcome of one event."""

    state: State
    effects: tuple[Effect, ...] = ()
    understood: Mapping[str, Any] = field(default_factory=dict)  # fact -> value this input set
    advice: tuple[Any, ...] | None = None  # the matches, on the turn that shows them
    ended: bool = False
    question: Message | None = None  # what is being asked now
