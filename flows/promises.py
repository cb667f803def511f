"""The promises of a flow, proven for every combination of answers."""

from __future__ import annotations

from typing import Any

from flows.content import Content
from flows.model import Flow
from flows.stories import counted, length, shortest, story
from flows.visiting import Proof, Visit
from flows.voice import Voice
from knowledge.criteria import UNKNOWN, All
from knowledge.problems import Problems
from knowledge.witness import Finder, TooHard


def check_promises(content: Content, proof: Proof, problems: Problems, unproven: list[str]) -> None:
    finder = Finder(content.knowledge.facts, content.knowledge.geography)
    for flow in content.flows.values():
        endings = [visit for visit in proof.endings if flow.id in visit.flows]
        for promise in flow.promises:
            if promise.kind == "always":
                broken = shortest(v for v in endings if not any(_kept(v, what) for what in promise.what))
                if broken is not None:
                    problems.error(
                        promise.place,
                        f"promise broken: not everybody gets {' or '.join(promise.what)}",
                        "Add a branch for this visitor.",
                        witness=story(content, broken, "En dan wordt de belofte niet gehouden."),
                    )
            elif promise.kind == "questions":
                most = max(endings, key=lambda visit: (visit.questions, -length(visit)), default=None)
                if most is not None and most.questions > promise.maximum:
                    problems.error(
                        promise.place,
                        f"promise broken: somebody is asked {counted(most.questions, 'question')},"
                        f" at most {promise.maximum} promised",
                        "Ask less, or raise the promise.",
                        witness=story(content, most, ""),
                    )
            elif promise.kind == "never" and promise.when is not None:
                _never(content, flow, promise, finder, problems, unproven)


def _kept(visit: Visit, what: str) -> bool:
    if what == "step_today":
        return visit.certain or visit.handed
    if what == "handoff":
        return visit.handed
    return what in visit.gives


def _fits(level: int) -> bool:
    return level > UNKNOWN


def _never(content: Content, flow: Flow, promise: Any, finder: Finder, problems: Problems, unproven: list[str]) -> None:
    for name in promise.what:
        entry = content.knowledge.catalogue.resolve(name)
        if entry is None:
            problems.error(promise.place, f"there is no entry '{name}' in the catalogue", "Check the id.")
            continue
        try:
            both = All((promise.when.criterion, entry.criterion))
            somebody = finder.find(both, _fits)
            for most in range(len(somebody or {})):  # the fewest answers that show it
                fewer = finder.find_within(both, _fits, {}, frozenset(), most)
                if fewer is not None:
                    somebody = fewer
                    break
        except TooHard:
            unproven.append(f"{promise.place}: that '{name}' is never advised took too many steps")
            continue
        if somebody is not None:
            voice = Voice(content, "nl")
            said = ", ".join(voice.value(f, a.value, a.status) for f, a in somebody.items() if a.status == "given")
            problems.error(
                promise.place,
                f"promise broken: '{name}' can be advised here",
                "Change the audience of the entry, or the promise.",
                witness=f"Zo gaat het mis: een bezoeker met {said} krijgt {entry.name}.",
            )
