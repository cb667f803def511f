"""What the proof says is wrong with a flow, each finding with a conversation that shows it.

One function per defect. Findings about logic are told in Dutch to the editor who reads the flow ("Zo gaat het mis: …").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flows.content import Content
from flows.model import Advise, Ask, Do, Flow, Offer, When, every_step
from flows.proof import ADVICE, Proof, Visit
from flows.quotient import ABSENT, ASKED, Group
from flows.voice import Voice
from knowledge.criteria import UNKNOWN, YES, leaves
from knowledge.facts import Fact
from knowledge.problems import Place, Problems
from knowledge.witness import Finder, TooHard

CONCRETE_STEP = 4  # questions before a concrete step stands on the screen
CONCRETE_STEP_OWNERS = 5


def find(content: Content, proof: Proof, problems: Problems) -> list[str]:
    """All findings of logic; returns what could not be proven."""
    unproven = list(proof.unproven)
    dead = _contradictions(content, problems, unproven)
    dead |= _read_too_early(content, proof, problems)
    dead |= _dead_branches(content, proof, problems, dead)
    _unreached(content, proof, problems, dead)
    _shadowed(content, proof, problems)
    _double_sets(content, proof, problems)
    _gaps(content, proof, problems)
    _concrete_step(content, proof, problems)
    _promises(content, proof, problems, unproven)
    return unproven


# --- conditions ------------------------------------------------------------------------------------------------------


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
                    witness=_story(
                        content, proof.witnesses[step.key], f"Hier weet het loket nog niet: {_name(content, fact)}."
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
                witness=_story(content, proof.witnesses[step.key], "En dan wordt deze stap altijd overgeslagen."),
                width=4,
            )
        elif outcomes == {"yes"} and (step.otherwise or step.unknown) and step.condition.criterion is not None:
            dead.add(step.key)
            problems.error(
                step.place,
                "this condition always holds here, so its other branch is never used",
                "Remove the condition or the branch.",
                witness=_story(content, proof.witnesses[step.key], "En dan geldt dit altijd."),
                width=4,
            )
        elif step.otherwise and "no" not in outcomes:
            problems.error(step.otherwise[0].place, "this 'else' is never used", "Remove it, or widen the condition.")
        elif step.unknown and "unknown" not in outcomes:
            problems.error(step.unknown[0].place, "this 'unknown' is never used", "Remove it.")
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
        for step in every_step(flow.steps):
            if step.key not in proof.reached and step.key not in inside:
                problems.error(step.place, "nobody comes to this step", "Remove it, or widen the condition above it.")


# --- order and effects -----------------------------------------------------------------------------------------------


def _shadowed(content: Content, proof: Proof, problems: Problems) -> None:
    """Questions that everybody who comes by has answered already; a branch that an earlier finish cuts off."""
    for flow in content.flows.values():
        for step in every_step(flow.steps):
            outcomes = proof.asks.get(step.key, set()) if isinstance(step, Ask) else set()
            if isinstance(step, Ask) and outcomes == {"answered"}:
                problems.error(
                    step.place,
                    f"'{step.fact}' was always answered before this question",
                    "Remove it, or the earlier question.",
                    witness=_story(
                        content, proof.witnesses[step.key], f"{_name(content, step.fact)} is dan al gevraagd."
                    ),
                    width=len(step.fact),
                )
            elif isinstance(step, Ask) and outcomes == {"not_applicable"}:
                problems.error(
                    step.place,
                    f"'{step.fact}' never applies to those who come here",
                    "Move the question, or change 'applies' in knowledge/facts.yaml.",
                    witness=_story(content, proof.witnesses[step.key], "Deze vraag geldt voor niemand op deze plek."),
                    width=len(step.fact),
                )


def _double_sets(content: Content, proof: Proof, problems: Problems) -> None:
    for fact, keys in proof.sets.items():
        if fact.endswith("!") and len(keys) > 1:
            steps = [content.steps[key] for key in sorted(keys)]
            problems.error(
                steps[-1].place,
                f"'{fact[:-1]}' is set twice on one way (also on line {steps[0].place.line})",
                "Make the two conditions exclude each other.",
                witness=_story(content, proof.witnesses[steps[-1].key], "Dan krijgt dit gegeven twee waarden."),
            )


# --- endings ---------------------------------------------------------------------------------------------------------


def _gaps(content: Content, proof: Proof, problems: Problems) -> None:
    """Kinds of visitors who reach the end without a finish, advice or a human."""
    told: set[Any] = set()
    for visit in proof.endings:
        if visit.ended or visit.handed or visit.certain:
            continue
        who = visit.assigned.get("situation", Group(ABSENT))
        if (who.status, who.value) in told:
            continue
        told.add((who.status, who.value))
        last = _last_step(content, visit)
        problems.error(
            last,
            f"the conversation stops here for {_who(content, visit)}: no advice, no hand-over, no 'finish'",
            "Add a branch for this kind of visitor, or end with 'offer: coach' and 'finish'.",
            witness=_story(content, visit, "En dan zegt het loket niets meer."),
        )


def _concrete_step(content: Content, proof: Proof, problems: Problems) -> None:
    """A concrete step stands on the screen after at most four questions (five for owners)."""
    worst: dict[Any, Visit] = {}
    for visit in proof.endings:
        asked = visit.first_step[0] if visit.first_step else visit.questions
        situation = visit.assigned.get("situation", Group(ABSENT)).value
        limit = CONCRETE_STEP_OWNERS if situation == "employer" else CONCRETE_STEP
        if asked > limit or visit.first_step is None:
            held = worst.get(situation)
            if held is None or (held.first_step or (held.questions, 0))[0] < asked:
                worst[situation] = visit
    for situation, visit in worst.items():
        asked = visit.first_step[0] if visit.first_step else visit.questions
        limit = CONCRETE_STEP_OWNERS if situation == "employer" else CONCRETE_STEP
        what = f"only after {asked} questions" if visit.first_step else "at no point"
        problems.error(
            _last_step(content, visit),
            f"{_who(content, visit)} gets a concrete step {what}; at most {limit} questions may come before it",
            "Ask less before 'advise', or lower its 'questions'.",
            witness=_story(content, visit, "Pas dan staat er iets concreets op het scherm."),
        )


def _promises(content: Content, proof: Proof, problems: Problems, unproven: list[str]) -> None:
    finder = Finder(content.knowledge.facts, content.knowledge.geography)
    for flow in content.flows.values():
        endings = [visit for visit in proof.endings if flow.id in visit.flows]
        for promise in flow.promises:
            if promise.kind == "always":
                broken = next(
                    (v for v in endings if not any(_kept(content, flow, v, what) for what in promise.what)), None
                )
                if broken is not None:
                    problems.error(
                        promise.place,
                        f"promise broken: not everybody gets {' or '.join(promise.what)}",
                        "Add a branch for this visitor.",
                        witness=_story(content, broken, "En dan wordt de belofte niet gehouden."),
                    )
            elif promise.kind == "questions":
                most = max(endings, key=lambda visit: visit.questions, default=None)
                if most is not None and most.questions > promise.maximum:
                    problems.error(
                        promise.place,
                        f"promise broken: somebody is asked {counted(most.questions, 'question')},"
                        f" at most {promise.maximum} promised",
                        "Ask less, or raise the promise.",
                        witness=_story(content, most, ""),
                    )
            elif promise.kind == "never" and promise.when is not None:
                _never(content, flow, promise, finder, problems, unproven)


def _kept(content: Content, flow: Flow, visit: Visit, what: str) -> bool:
    if what == "step_today":
        return visit.certain or visit.handed
    if what == "handoff":
        return visit.handed
    keys = {key.split("!")[0] for key in visit.events}
    kinds = {"advice": Advise, "offer": Offer}
    return any(isinstance(content.steps.get(key), kinds[what]) for key in keys)


def _never(content: Content, flow: Flow, promise: Any, finder: Finder, problems: Problems, unproven: list[str]) -> None:
    from knowledge.criteria import All

    for name in promise.what:
        entry = content.knowledge.catalogue.resolve(name)
        if entry is None:
            problems.error(promise.place, f"there is no entry '{name}' in the catalogue", "Check the id.")
            continue
        try:
            somebody = finder.find(All((promise.when.criterion, entry.criterion)), lambda level: level > UNKNOWN)
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


# --- telling ---------------------------------------------------------------------------------------------------------


def _whens(content: Content) -> Iterator[tuple[Flow, When]]:
    for flow in content.flows.values():
        for step in every_step(flow.steps):
            if isinstance(step, When):
                yield flow, step


def _story(content: Content, visit: Visit, end: str) -> str:
    """The shortest conversation that shows it: questions with the answers that lead here."""
    voice = Voice(content, "nl")
    lines = ["Zo gaat het mis:"]
    told = [
        fact
        for fact, group in visit.assigned.items()
        if group.status == "given" and group.size and fact not in visit.asked and fact != ADVICE
    ]
    for fact in told:
        lines.append(f"  bezoeker vertelt: {voice.value(fact, visit.assigned[fact].value)}")
    for fact in visit.asked:
        declared = content.knowledge.facts[fact]
        group = visit.assigned.get(fact)
        lines.append(f"  loket: {declared.question}")
        if group is not None and group.status == ASKED and declared.choices:
            lines.append(f"  u:     {voice.value(fact, any_of(declared))}")  # whatever is answered, it goes on so
        elif group is not None and group.status == "given" and group.value != "x":
            lines.append(f"  u:     {voice.value(fact, group.value)}")
        else:
            lines.append("  u:     weet ik niet" if group is not None and group.status == "dont_know" else "  u:     …")
    if end:
        lines.append(f"  {end}")
    return "\n".join(lines)


def _who(content: Content, visit: Visit) -> str:
    group = visit.assigned.get("situation")
    if group is None or group.status != "given":
        return "somebody whose situation is not known"
    return f"situation '{group.value}'"


def any_of(fact: Fact) -> Any:
    """The first value of a fact with choices."""
    first = next(iter(fact.choices))
    return (first,) if fact.kind == "choices" else first


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _name(content: Content, fact: str) -> str:
    return content.knowledge.facts[fact].name


def _last_step(content: Content, visit: Visit) -> Place:
    flow = content.flows[visit.flows[-1]]
    for key in reversed(visit.events):
        step = content.steps.get(key)
        if step is not None:
            return step.place
    return flow.place


def _said(content: Content, step: When) -> str:
    return str(step.condition.source).replace("'", "")
