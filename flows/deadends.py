"""Conditions that no visitor meets, and steps nobody comes to."""

from __future__ import annotations

from collections.abc import Iterator

from flows.content import Content
from flows.model import Ask, Do, Flow, Offer, When, every_step
from flows.proof import ADVICE
from flows.quotient import ASKED
from flows.stories import length, name_of, story
from flows.visiting import Proof, Visit
from knowledge.criteria import YES, leaves
from knowledge.problems import Problems
from knowledge.witness import Finder, TooHard


def check_conditions(content: Content, proof: Proof, problems: Problems, unproven: list[str]) -> None:
    """All findings about conditions; what took too long goes to `unproven`."""
    dead = _contradictions(content, problems, unproven)
    dead |= _read_too_early(content, proof, problems)
    dead |= _dead_branches(content, proof, problems, dead)
    _unreached(content, proof, problems, dead)


def _contradictions(content: Content, problems: Problems, unproven: list[str]) -> set[str]:
    """Conditions that no answers at all can meet, or that every answer meets."""
    finder = Finder(content.knowledge.facts, content.knowledge.geography)
    dead: set[str] = set()
    for _, step in _whens(content):
        criterion = step.condition.criterion
        if criterion is None or any(leaf.fact == ADVICE for leaf in leaves(criterion)):
            continue
        try:
            possible = finder.find(criterion, lambda level: level == YES)
        except TooHard:
            unproven.append(f"{step.place}: whether this condition can hold took too many steps")
            continue
        if possible is None:
            dead.add(step.key)
            problems.error(
                step.place,
                f"this condition can never hold: {_said(content, step)} contradicts itself",
                "Change one of its parts, or remove the step.",
                witness="Zo gaat het mis: geen enkele bezoeker krijgt dit te zien, welk antwoord hij ook geeft.",
                width=4,
            )
    return dead


def _read_too_early(content: Content, proof: Proof, problems: Problems) -> set[str]:
    """A condition on a fact that is only asked later on the way."""
    found: set[str] = set()
    for flow in content.flows.values():
        order = every_step(flow.steps)
        asked_at = {step.fact: step for step in reversed(order) if isinstance(step, Ask)}
        for position, step in enumerate(order):
            if not isinstance(step, When) or step.key not in proof.reached or "yes" in proof.branches.get(step.key, ()):
                continue
            for fact in step.condition.facts:
                later = asked_at.get(fact)
                seen = proof.seen.get(step.key, {}).get(fact, set())
                if later is None or order.index(later) < position or any(group.answered for group in seen):
                    continue
                found.add(step.key)
                problems.error(
                    step.place,
                    f"reads '{fact}', which is asked only later (line {later.place.line})",
                    "Move this step below the question.",
                    witness=story(
                        content,
                        _closest(content, proof, step),
                        f"Hier weet het loket nog niet: {name_of(content, fact)}.",
                    ),
                    width=4,
                )
    return found


def _dead_branches(content: Content, proof: Proof, problems: Problems, known: set[str]) -> set[str]:
    """Conditions that never hold, or always hold, for those who come by."""
    dead: set[str] = set()
    for flow, step in _whens(content):
        if step.key not in proof.reached or step.key in known:
            continue
        outcomes = proof.branches.get(step.key, set())
        if step.then and "yes" not in outcomes:
            dead.add(step.key)
            why, proposal = _why_dead(content, proof, flow, step)
            problems.error(
                step.place,
                f"this condition never holds here: {why}",
                proposal,
                witness=story(content, _closest(content, proof, step), "En dan wordt deze stap altijd overgeslagen."),
                width=4,
            )
        elif outcomes == {"yes"} and (step.otherwise or step.unknown) and step.condition.criterion is not None:
            dead.add(step.key)
            problems.error(
                step.place,
                "this condition always holds here, so its other branch is never used",
                "Remove the condition or the branch.",
                witness=story(content, _closest(content, proof, step), "En dan geldt dit altijd."),
                width=4,
            )
        elif step.otherwise and "no" not in outcomes:
            shown = story(content, _closest(content, proof, step), "En dan wordt deze 'else' altijd overgeslagen.")
            problems.error(
                step.otherwise[0].place,
                "this 'else' is never used",
                "Remove it, or widen the condition.",
                witness=shown,
            )
        elif step.unknown and "unknown" not in outcomes:
            shown = story(content, _closest(content, proof, step), "En dan wordt deze 'unknown' altijd overgeslagen.")
            problems.error(step.unknown[0].place, "this 'unknown' is never used", "Remove it.", witness=shown)
    return dead


def _why_dead(content: Content, proof: Proof, flow: Flow, step: When) -> tuple[str, str]:
    """Which fact makes it dead: never asked on the way, or only with other values."""
    facts = content.knowledge.facts
    for fact in step.condition.facts:
        for source in facts[fact].derive or (fact,):
            seen = proof.seen.get(step.key, {}).get(source, set())
            if seen and not any(group.answered for group in seen):
                asks = [one for one in content.steps.values() if isinstance(one, Ask) and one.fact == source]
                dead = [ask for ask in asks if "asked" not in proof.asks.get(ask.key, set())]
                if asks and len(dead) == len(asks):
                    line = f"{dead[0].place.file}:{dead[0].place.line}"
                    return (
                        f"'{source}' is never asked, because its question ({line}) is never reached",
                        "Repair that first.",
                    )
                if asks:
                    return (
                        f"whoever comes here was never asked '{source}' (that is on line {asks[0].place.line})",
                        "Ask it on this way too, or move this step to where it is asked.",
                    )
            values = sorted({str(g.value) for g in seen if g.status == "given"})
            if seen and len(values) == 1:
                return f"whoever comes here has {source} = {values[0]}", "Move this step, or remove it."
    for fact in step.condition.facts:
        seen = proof.seen.get(step.key, {}).get(fact, set())
        asks = [one for one in content.steps.values() if isinstance(one, Ask) and one.fact == fact]
        if asks and any(group.answered for group in seen) and not all(group.answered for group in seen):
            return (
                f"'{fact}' is only asked of others (line {asks[0].place.line})",
                "Ask it on this way too, or change the condition.",
            )
    return "whoever comes here has other answers", "Move this step, or change the condition."


def _unreached(content: Content, proof: Proof, problems: Problems, dead: set[str]) -> None:
    """Steps nobody comes to, told once at the outermost."""
    used = {step.flow for step in content.steps.values() if isinstance(step, Do)}
    used |= {step.what for step in content.steps.values() if isinstance(step, Offer)}
    for flow in content.flows.values():
        inside: set[str] = set()
        for step in every_step(flow.steps):
            if isinstance(step, When) and (step.key in dead or step.key not in proof.reached):
                inside |= {one.key for one in every_step((*step.then, *step.otherwise, *step.unknown))}
        entered = any(step.key in proof.reached for step in flow.steps)
        if not entered:
            if flow.id not in ("welcome", "contact", "call_me") and flow.id not in used:
                problems.error(flow.place, f"no flow leads to '{flow.id}'", f"Add 'do: {flow.id}' under a 'when'.")
            continue
        last = ""  # the last step that somebody comes to
        for step in every_step(flow.steps):
            if step.key in proof.reached:
                last = step.key
            elif step.key not in inside:
                before: Visit | None = min(proof.came.get(last, ()), key=length, default=None)
                problems.error(
                    step.place,
                    "nobody comes to this step",
                    "Remove it, or widen the condition above it.",
                    witness=story(content, before, "Verder dan hier komt niemand.") if before is not None else "",
                )


def _closest(content: Content, proof: Proof, step: When) -> Visit:
    """The visitor who comes by and meets most of the condition: the one it was meant for."""
    parts = list(leaves(step.condition.criterion)) if step.condition.criterion is not None else []

    def met(visit: Visit) -> int:
        answers = {fact: group for fact, group in visit.assigned.items() if group.answered and group.status != ASKED}
        profile = content.profile(answers, None)
        return sum(leaf.level(profile) == YES for leaf in parts)

    return min(proof.came[step.key], key=lambda visit: (-met(visit), length(visit)))


def _whens(content: Content) -> Iterator[tuple[Flow, When]]:
    for flow in content.flows.values():
        for step in every_step(flow.steps):
            if isinstance(step, When):
                yield flow, step


def _said(content: Content, step: When) -> str:
    return str(step.condition.source).replace("'", "")
