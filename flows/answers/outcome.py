"""What can come of reading a text as an answer: it is one, it may be one of several, or it is not (with a hint)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Answered:
    value: Any


@dataclass(frozen=True, slots=True)
class Doubt:
    """Close, but not certain: ask "Bedoelt u …?". `options` are (answer value, label)."""

    options: tuple[tuple[Any, str], ...]
    phrase: str = "did_you_mean"  # phrase to ask with


@dataclass(frozen=True, slots=True)
class Unread:
    """Cannot be this answer. `phrase` says so kindly, filled with `values`. `sure` is False when the text may be
    something else altogether (another fact, a question); True when it clearly tried to be this answer."""

    phrase: str
    values: dict[str, str] = field(default_factory=dict)
    sure: bool = False


Outcome = Answered | Doubt | Unread


@dataclass(frozen=True, slots=True)
class Asking:
    """What a reader of answers may know: the fact, the labels on the screen, the day, and the desk's knowledge."""

    fact: Any  # knowledge.facts.Fact
    today: date
    labels: tuple[tuple[str, str], ...] = ()  # (choice id, label) as offered
    geography: Any = None
    lists: Any = None
    worked_out: dict[str, Any] = field(default_factory=dict, compare=False)  # by the readers, of these very labels
