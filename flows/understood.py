"""What free text says, as the flows need it: facts to take along, a place to choose, and texts that need care."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flows.content import Content
from knowledge.safety import classify


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
    """Read a text. Nothing is guessed: what is not sure is left out. Of a crisis text nothing is read at all."""
    concern = classify(text)
    if concern is not None and concern.kind == "crisis":
        return Heard(safety="crisis", reply=concern.answer(language))
    reading = content.knowledge.understanding.read(text, pending=pending or None, language=language)
    which = None
    if reading.uncertain:
        first = reading.uncertain[0]
        which = (first.fact, tuple(first.choices))
    return Heard(
        dict(reading.facts),
        reading.summary(language),
        which,
        "sensitive" if reading.sensitive else concern.kind if concern else "",
        "" if reading.sensitive or concern is None else concern.answer(language),
        question=reading.question,
        correction=reading.correction,
    )
