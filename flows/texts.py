"""Every text of the flows that people read, with its key and place: for translation, checks and scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.content import Content
from flows.model import Advise, Answer, Ask, Consent, Finish, Handoff, Offer, Remind, Review, Say, every_step
from knowledge.problems import Place


@dataclass(frozen=True, slots=True)
class Text:
    """`kind` decides the limits: message, opening, question, hint, label, phrase or button."""

    key: str
    dutch: str
    kind: str
    place: Place


def texts(content: Content) -> Iterator[Text]:
    """Texts of all flows and phrases, in the order they stand."""
    for flow in content.flows.values():
        for step in every_step(flow.steps):
            for part, text, kind in _of(step):
                if text:
                    key = f"flow.{step.key}" + (f".{part}" if part else "")
                    yield Text(key, text, kind, step.place)
    for name, text in content.phrases.items():
        line = _line(content, name)
        place = Place("flows/phrases.yaml", line)
        yield Text(f"phrase.{name}", text, "button" if name.startswith("b_") else "phrase", place)


def _of(step: object) -> Iterator[tuple[str, str, str]]:
    match step:
        case Say():
            yield "", step.text, "message"
            yield "link", step.link_text, "label"
        case Ask():
            yield "opening", step.opening, "opening"
            yield "text", step.text, "question"
            yield "hint", step.hint, "hint"
            yield "more", step.more, "label"
            for choice, label in step.choices:
                yield f"choices.{choice}", label, "label"
        case Advise():
            yield "opening", step.opening, "message"
            yield "nothing", step.nothing, "message"
        case Answer():
            yield "", step.text, "question"
        case Consent() | Offer() | Handoff():
            yield "text", step.text, "question"
        case Review() | Finish():
            yield "text", step.text, "message"
        case Remind():
            yield "", step.text, "message"


def _line(content: Content, name: str) -> int:
    for number, line in enumerate(content.sources.get("flows/phrases.yaml", "").splitlines(), 1):
        if line.startswith(f"{name}:"):
            return number
    return 1
