"""Cycles: flows that run each other, and facts that are set depending on each other."""

from __future__ import annotations

from flows.content import Content
from flows.model import Do, Offer, SetFact, Step, When, every_step
from knowledge.problems import Place, Problems


def check_cycles(content: Content, problems: Problems) -> bool:
    """True when there are none."""
    before = len(problems.errors)
    _flows(content, problems)
    _sets(content, problems)
    return len(problems.errors) == before


def _flows(content: Content, problems: Problems) -> None:
    leads: dict[str, list[tuple[str, Place]]] = {}
    for flow in content.flows.values():
        for step in every_step(flow.steps):
            name = step.flow if isinstance(step, Do) else step.what if isinstance(step, Offer) else ""
            if name in content.flows:
                leads.setdefault(flow.id, []).append((name, step.place))
    told: set[frozenset[str]] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        for onward, place in leads.get(name, ()):
            if onward in way:
                circle = (*way[way.index(onward) :], onward)
                if frozenset(circle) not in told:
                    told.add(frozenset(circle))
                    problems.error(
                        place,
                        f"these flows run each other in a circle: {' > '.join(circle)}",
                        "Remove one of the 'do' steps.",
                        witness=f"Zo gaat het mis: het gesprek gaat van {' naar '.join(circle)} en komt nooit verder.",
                        width=len(onward),
                    )
            elif len(way) < 40:
                visit(onward, (*way, onward))

    for name in content.flows:
        visit(name, (name,))


def _sets(content: Content, problems: Problems) -> None:
    """`set` of a fact under a condition that depends on that fact, directly or through others."""
    depends: dict[str, dict[str, Place]] = {}

    def gather(steps: tuple[Step, ...], under: tuple[str, ...]) -> None:
        for step in steps:
            if isinstance(step, SetFact):
                for fact in under:
                    depends.setdefault(step.fact, {}).setdefault(fact, step.place)
            elif isinstance(step, When):
                inner = (*under, *step.condition.facts)
                gather(step.then, inner)
                gather(step.otherwise, inner)
                gather(step.unknown, inner)

    for flow in content.flows.values():
        gather(flow.steps, ())
    for fact in depends:
        todo, seen = [fact], set()
        while todo:
            for onward, place in depends.get(todo.pop(), {}).items():
                if onward == fact:
                    problems.error(
                        place,
                        f"whether '{fact}' is set depends on '{fact}' itself",
                        "Let the condition read something the visitor answers.",
                        witness=f"Zo gaat het mis: {fact} verandert, dan verandert de voorwaarde, en dan weer {fact}.",
                    )
                    todo = []
                    break
                if onward not in seen:
                    seen.add(onward)
                    todo.append(onward)
