"""What the proof says is wrong with a flow, each finding with a conversation that shows it.

One function per defect. Findings about logic are told in Dutch to the editor who reads the flow ("Zo gaat het mis: …").
"""

from __future__ import annotations

from flows.content import Content
from flows.deadends import check_conditions
from flows.model import Ask, every_step
from flows.promises import check_promises
from flows.quotient import ABSENT, Group
from flows.stories import counted, last_step, length, name_of, story, who
from flows.visiting import Proof, Visit
from knowledge.problems import Place, Problems

CONCRETE_STEP = 4  # questions before a concrete step stands on the screen
CONCRETE_STEP_OWNERS = 5


def find(content: Content, proof: Proof, problems: Problems) -> list[str]:
    """All findings of logic; returns what could not be proven."""
    unproven = list(proof.unproven)
    check_conditions(content, proof, problems, unproven)
    _shadowed(content, proof, problems)
    _double_sets(content, proof, problems)
    _gaps(content, proof, problems)
    _nothing_today(content, proof, problems)
    _too_late(content, proof, problems)
    check_promises(content, proof, problems, unproven)
    return unproven


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
                    witness=story(
                        content, _first(proof, step.key), f"{name_of(content, step.fact)} is dan al gevraagd."
                    ),
                    width=len(step.fact),
                )
            elif isinstance(step, Ask) and outcomes == {"not_applicable"}:
                problems.error(
                    step.place,
                    f"'{step.fact}' never applies to those who come here",
                    "Move the question, or change 'applies' in knowledge/facts.yaml.",
                    witness=story(content, _first(proof, step.key), "Deze vraag geldt voor niemand op deze plek."),
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
                witness=story(content, _first(proof, steps[-1].key), "Dan krijgt dit gegeven twee waarden."),
            )


# --- endings ---------------------------------------------------------------------------------------------------------


def _gaps(content: Content, proof: Proof, problems: Problems) -> None:
    """Kinds of visitors who reach the end without a finish, advice or a human."""
    lost = [visit for visit in proof.endings if not (visit.ended or visit.handed or visit.certain)]
    for people, visit in _told_once(content, lost):
        problems.error(
            last_step(content, visit),
            f"the conversation stops here for {people}: no advice, no hand-over, no 'finish'",
            "Add a branch for this kind of visitor, or end with 'offer: coach' and 'finish'.",
            witness=story(content, visit, "En dan zegt het loket niets meer."),
        )


def _nothing_today(content: Content, proof: Proof, problems: Problems) -> None:
    """Endings that hold nothing to do today: no sentence that says so, no entry that surely fits, no human."""
    idle = [visit for visit in proof.endings if visit.ended and not (visit.handed or visit.certain)]
    for people, visit in _told_once(content, idle):
        problems.error(
            last_step(content, visit),
            f"the conversation may end here without anything to do today, for {people}",
            "Say in one sentence what they can do today, with 'today: yes' below it.",
            witness=story(content, visit, "En dan is het gesprek klaar, zonder iets voor vandaag."),
        )


def _too_late(content: Content, proof: Proof, problems: Problems) -> None:
    """A concrete step stands on the screen after at most four questions (five for owners)."""
    late: dict[tuple[int, int], list[Visit]] = {}
    for visit in proof.endings:
        asked, most = visit.first_step[0] if visit.first_step else 0, _limit(visit)
        if asked > most:
            late.setdefault((asked, most), []).append(visit)
    for (asked, most), visits in late.items():
        for people, visit in _told_once(content, visits):
            problems.error(
                last_step(content, visit),
                f"a concrete step comes only after {counted(asked, 'question')}, for {people}; at most {most} may",
                "Ask less before 'advise', or lower its 'questions'.",
                witness=story(content, visit, "Pas dan staat er iets concreets op het scherm."),
            )


def _limit(visit: Visit) -> int:
    owner = visit.assigned.get("situation", Group(ABSENT)).value == "employer"
    return CONCRETE_STEP_OWNERS if owner else CONCRETE_STEP


def _told_once(content: Content, visits: list[Visit]) -> list[tuple[str, Visit]]:
    """Who they are, with the shortest of their conversations, for each step where they end."""
    by_place: dict[Place, list[Visit]] = {}
    for visit in visits:
        by_place.setdefault(last_step(content, visit), []).append(visit)
    return [(who(content, some), min(some, key=length)) for some in by_place.values()]


def _first(proof: Proof, key: str) -> Visit:
    return min(proof.came[key], key=length)
