"""`loket read`: a flow as a Dutch script, for somebody who does not read YAML."""

from __future__ import annotations

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
from flows.voice import Voice

_STATES = {
    "not_asked": "nog niet gezegd", "given": "bekend", "dont_know": "“weet ik niet”",
    "declined": "“zeg ik liever niet”", "derived": "afgeleid", "not_applicable": "niet van toepassing",
}  # fmt: skip
_BOUNDS = {"min": "{} of meer", "max": "hoogstens {}", "above": "meer dan {}", "below": "minder dan {}"}


def script(content: Content, name: str) -> str:
    """The flow told in the order it is walked, indented under its conditions."""
    flow, writer = content.flows[name], _Script(content)
    lines = [flow.title, "=" * len(flow.title), ""]
    if flow.starts_with:
        lines += [f"Begint ook als iemand zegt: {', '.join(flow.starts_with)}.", ""]
    lines += list(writer.steps(flow.steps, 0))
    if flow.promises:
        lines += ["", "Beloofd:"]
        for promise in flow.promises:
            if promise.kind == "questions":
                lines.append(f"- hoogstens {promise.maximum} vragen")
            elif promise.kind == "always":
                lines.append(f"- altijd: {' of '.join(promise.what)}")
            elif promise.when is not None:
                lines.append(f"- nooit {', '.join(promise.what)} als {writer.condition(promise.when.source)}")
    return "\n".join(lines) + "\n"


class _Script:
    def __init__(self, content: Content) -> None:
        self.content, self.voice = content, Voice(content, "nl")
        self.facts = content.knowledge.facts

    def steps(self, steps: tuple[Step, ...], depth: int) -> Iterator[str]:
        pad = "    " * depth
        for step in steps:
            if isinstance(step, When):
                yield f"{pad}Als {self.condition(step.condition.source)}:"
                yield from self.steps(step.then, depth + 1)
                if step.otherwise:
                    yield f"{pad}Anders:"
                    yield from self.steps(step.otherwise, depth + 1)
                if step.unknown:
                    yield f"{pad}Als dat niet bekend is:"
                    yield from self.steps(step.unknown, depth + 1)
            else:
                for line in self.told(step):
                    yield pad + line

    def told(self, step: Step) -> Iterator[str]:
        match step:
            case Say():
                yield f"Loket: {' '.join(step.text.split())}"
                if step.link_url:
                    yield f"       [{step.link_text}] {step.link_url}"
            case Ask():
                yield f"Loket: {self.voice.question(step)}"
                labels = [label for _, label in self.voice.labels(step)]
                if step.more:
                    labels.append(step.more)
                if labels:
                    yield "       " + " ".join(f"[{label}]" for label in labels)
                if step.opening:
                    yield f"       (de eerste keer: {' '.join(step.opening.split())})"
            case Do():
                flow = self.content.flows.get(step.flow)
                yield f"→ verder met “{flow.title if flow else step.flow}”"
            case Advise():
                kinds = ", ".join(step.kinds) or "alles"
                yield f"→ advies uit {kinds}: {step.show} tegelijk, hoogstens {step.questions} extra vragen"
                if step.opening:
                    yield f"Loket: {' '.join(step.opening.split())}"
            case Answer():
                yield f"Loket: {step.text} (zoekt het antwoord op)"
            case SetFact():
                yield f"→ onthoud: {self.voice.name(step.fact)} = {self.value(step.fact, step.value)}"
            case Note():
                yield f"→ voor de coach: {step.text}"
            case Consent():
                yield f"Loket vraagt toestemming: {step.text}"
            case Handoff():
                yield f"→ naar een coach: {step.reason}" + (" (dringend)" if step.urgent else "")
            case Offer():
                yield f"Loket: {step.text or self.voice.phrase('offer_coach')} (bij ja: {step.what})"
            case Remind():
                yield f"→ herinnering na {step.after // 3600} uur: {step.text}"
            case Review():
                yield "Loket: Dit geef ik door. Klopt het?"
            case Finish():
                yield "Einde, met één vraag of het hielp."

    def condition(self, source: Any) -> str:
        """'uw situatie “ik heb werk” is en uw leeftijd 45 of meer is'"""
        if isinstance(source, list):
            return " of ".join(self.condition(one) for one in source)
        parts = []
        for key, value in source.items():
            if key == "any":
                parts.append("(" + " of ".join(self.condition(one) for one in value) + ")")
            elif key == "all":
                parts.append(" en ".join(self.condition(one) for one in value))
            elif key == "not":
                parts.append(f"niet geldt dat {self.condition(value)}")
            else:
                parts.append(self.leaf(key, value))
        return " en ".join(parts)

    def leaf(self, fact: str, value: Any) -> str:
        name = self.voice.name(fact) if fact in self.facts else "het advies"
        if isinstance(value, dict):
            if "state" in value:
                states = value["state"] if isinstance(value["state"], list) else [value["state"]]
                return f"{name} {' of '.join(_STATES.get(str(one), str(one)) for one in states)} is"
            if "in" in value:
                areas = value["in"] if isinstance(value["in"], list) else [value["in"]]
                return f"{name} ligt in {' of '.join(one.split(':')[-1] for one in areas)}"
            said = [_BOUNDS[key].format(self.value(fact, one)) for key, one in value.items() if key in _BOUNDS]
            return f"{name} {' en '.join(said)} is"
        values = value if isinstance(value, list) else [value]
        return f"{name} “{'” of “'.join(self.value(fact, one) for one in values)}” is"

    def value(self, fact: str, value: Any) -> str:
        declared = self.facts.get(fact)
        if declared is not None and declared.choices and not declared.open:
            ids = value if isinstance(value, list) else [value]
            return ", ".join(self.voice.label(fact, one).lower() for one in ids)
        return str(value)
