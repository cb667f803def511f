"""What free text says, as the flows need it: facts to take along, a place to choose, and texts that need care."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flows.content import Content


@dataclass(slots=True)
class Heard:
    """`safety` is '', crisis, sensitive, out_of_scope, abuse, spam or injection; `reply` its reviewed answer."""

    facts: dict[str, Any] = field(default_factory=dict)
    summary: str = ""  # "Ik lees: bakkerij, 6 mensen, Tiel."
    which: tuple[str, tuple[tuple[Any, str], ...]] | None = None  # fact, (value, label): a name that means several
    safety: str = ""
    reply: str = ""
    question: bool = False
    correction: bool = False


def listen(content: Content, text: str, pending: str, language: str) -> Heard:
    """Read a text. Nothing is guessed: what is not sure is left out."""
    reading = content.knowledge.understanding.read(text, pending=pending or None, language=language)
    which = None
    if reading.uncertain:
        first = reading.uncertain[0]
        which = (first.fact, tuple(first.choices))
    return Heard(
        dict(reading.facts),
        reading.summary(language),
        which,
        "sensitive" if reading.sensitive else "",
        question=reading.question,
        correction=reading.correction,
    )
