"""`loket draw`: a flow as a Mermaid diagram, drawn from the same steps the engine walks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flows.content import Content
from flows.model import (
    Advise,
    Answer,
    Ask,
    Consent,
    Do,
    Finish,
    Flow,
    Handoff,
    Note,
    Offer,
    Remind,
    Review,
    Say,
    SetFact,
    Step,
    When,
)

LABEL = 44  # characters of one box


def mermaid(content: Content, name: str) -> str:
    """Mermaid text of one flow: questions as rounded boxes, conditions as diamonds, endings as circles."""
    return "\n".join(_Drawing(content).lines(content.flows[name])) + "\n"


class _Drawing:
    def __init__(self, content: Content) -> None:
        self.content = content
        self.out: list[str] = []
        self.names: dict[str, str] = {}

    def lines(self, flow: Flow) -> Iterator[str]:
        yield "flowchart TD"
        yield f'  start(["{_clean(flow.title)}"])'
        ends = self.steps(flow.steps, [("start", "")])
        yield from self.out
        if ends:
            yield '  end_(["einde van deze flow"])'
            for name, label in ends:
                yield self.arrow(name, "end_", label)

    def steps(self, steps: tuple[Step, ...], ends: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Draw steps below the open ends; gives the ends that are open after them."""
        for step in steps:
            name = self.name(step)
            self.out.append(f"  {name}{self.box(step)}")
            self.out += [self.arrow(end, name, label) for end, label in ends]
            if isinstance(step, When):
                branches = [(step.then, "ja"), (step.otherwise, "nee"), (step.unknown, "onbekend")]
                if not step.otherwise and not step.unknown:
                    branches = [(step.then, "ja"), ((), "anders")]
                ends = []
                for branch, label in branches:
                    ends += self.steps(branch, [(name, label)]) if branch else [(name, label)]
            elif isinstance(step, Finish):
                return []
            else:
                ends = [(name, "")]
        return ends

    def name(self, step: Any) -> str:
        return self.names.setdefault(step.key, f"s{len(self.names) + 1}")

    @staticmethod
    def arrow(start: str, end: str, label: str) -> str:
        return f"  {start} -->|{label}| {end}" if label else f"  {start} --> {end}"

    def box(self, step: Step) -> str:
        text = _clean(self.text(step))
        if isinstance(step, When):
            return f'{{"{text}"}}'
        if isinstance(step, Ask | Offer | Consent | Review | Answer):
            return f'("{text}")'
        if isinstance(step, Finish):
            return f'(("{text}"))'
        if isinstance(step, Do):
            return f'[["{text}"]]'
        return f'["{text}"]'

    def text(self, step: Step) -> str:
        match step:
            case Say() | Note() | Remind():
                return step.text
            case Ask():
                return step.text or self.content.knowledge.facts[step.fact].question
            case When():
                return said_condition(step.condition.source)
            case Do():
                return step.flow
            case Advise():
                return f"advies: {', '.join(step.kinds) or 'alles'}"
            case Answer() | Consent():
                return step.text
            case SetFact():
                return f"{step.fact} = {step.value}"
            case Handoff():
                return f"naar een coach: {step.reason}"
            case Offer():
                return step.text or f"aanbod: {step.what}"
            case Review():
                return "klopt dit?"
            case Finish():
                return "einde"


def said_condition(source: Any) -> str:
    """A condition as written, on one line: 'situation: employee en age: min 45'."""
    if isinstance(source, dict):
        parts = []
        for key, value in source.items():
            if key in ("any", "all", "not"):
                joined = {"any": " of ", "all": " en ", "not": " en "}[key]
                inner = joined.join(said_condition(one) for one in (value if isinstance(value, list) else [value]))
                parts.append(f"niet ({inner})" if key == "not" else f"({inner})")
            else:
                parts.append(f"{key}: {said_condition(value)}")
        return " en ".join(parts)
    if isinstance(source, list):
        return " of ".join(said_condition(one) for one in source)
    return str(source)


def _clean(text: str) -> str:
    """What Mermaid can hold between quotes, shortened."""
    text = re.sub(r"\s+", " ", text).replace('"', "'").replace("#", "").strip()
    return text if len(text) <= LABEL else text[: LABEL - 1].rstrip() + "…"
