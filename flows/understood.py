"""What free text says, as the flows need it: facts to take along, a place to choose, and texts that need care."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flows.content import Content
from knowledge.languages import likely_language
from knowledge.manner import is_surely_english


@dataclass(slots=True)
class Heard:
    """`care` is '', crisis, sensitive, out_of_scope, abuse, spam or injection; `reply` its reviewed answer."""

    facts: dict[str, Any] = field(default_factory=dict)
    summary: str = ""  # "Ik lees: bakkerij, 6 mensen, Tiel."
    which: tuple[str, tuple[tuple[Any, str], ...]] | None = None  # fact, (value, label): a name that means several
    care: str = ""
    reply: str = ""
    topic: str = ""  # of what is sensitive: health or debt
    question: bool = False
    correction: bool = False
    abroad: bool = False  # a place across the border is named


def crisis(text: str, language: str) -> tuple[str, bool]:
    """The reviewed text for somebody in need, in the language of the text when that shows, or ''; and whether it is
    surely a crisis, or only may be."""
    concern = _classify()(text)
    if concern is None or concern.kind not in ("crisis", "doubt"):
        return "", False
    spoken = likely_language(text) or ("en" if is_surely_english(text) else "")
    if spoken and spoken not in concern.answers:
        spoken = "en"  # better than Dutch for who writes Spanish or Romanian
    return str(concern.answer(spoken or language)), concern.kind == "crisis"


@cache
def _classify() -> Callable[[str], Any]:
    from knowledge import safety  # its word lists are read at the first typed text, not before the first prompt

    return safety.load().classify


def listen(content: Content, text: str, pending: str, language: str) -> Heard:
    """Read a text. Nothing is guessed: what is not sure is left out."""
    reading = content.knowledge.understanding.read(text, pending=pending or None, language=language)
    which = None
    if reading.uncertain:
        first = reading.uncertain[0]
        which = (first.fact, tuple(first.choices))
    heard = Heard(
        dict(reading.facts), reading.summary(language), which, question=reading.question, correction=reading.correction,
        abroad=bool(reading.abroad),
    )  # fmt: skip
    concern = _classify()(text)
    if reading.sensitive:
        heard.care, heard.topic = "sensitive", reading.sensitive
    elif concern is not None:
        heard.care, heard.reply = concern.kind, concern.answer(language)
        if concern.pointer:
            heard.reply = f"{heard.reply} {concern.pointer}" if concern.pointer not in heard.reply else heard.reply
    return heard
