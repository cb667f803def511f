"""Every text of the flows that people read, with its key and place: for translation, checks and scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from flows.model import Advise, Answer, Ask, Consent, Finish, Flow, Handoff, Offer, Remind, Review, Say, every_step
from knowledge.problems import Place


@dataclass(frozen=True, slots=True)
class Text:
    """`kind` decides the limits: message, opening, question, hint, label, phrase or button."""

    key: str
    dutch: str
    kind: str
    place: Place


class Written(Protocol):
    """What the texts stand in (content.py): the flows, the phrases and the files as they were read."""

    @property
    def flows(self) -> Mapping[str, Flow]: ...
    @property
    def phrases(self) -> Mapping[str, str]: ...
    @property
    def sources(self) -> Mapping[str, str]: ...


def texts(content: Written) -> Iterator[Text]:
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


def _line(content: Written, name: str) -> int:
    for number, line in enumerate(content.sources.get("flows/phrases.yaml", "").splitlines(), 1):
        if line.startswith(f"{name}:"):
            return number
    return 1
