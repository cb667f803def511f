"""The proof in words and in figures: what was covered, how many questions anyone is asked, and what is not proven."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import prod
from typing import Any

from flows.content import Content
from flows.quotient import ABSENT, Group
from flows.reaching import Reach, conversation
from flows.visiting import Proof, Visit

NOT_PROVEN = (
    "the order of cards and which questions 'advise' asks (their number is bounded; both are property-tested)",
    "that an entry is found by its name or by its own question (tested for each of them)",
)


@dataclass(frozen=True, slots=True)
class Most:
    """The worst that happens to one kind of visitor."""

    questions: int  # asked in all
    first_step: int  # of which before the first concrete step
    words: int  # read before it


@dataclass(frozen=True, slots=True)
class Figures:
    """The proof in numbers."""

    complete: bool
    combinations: int  # raw combinations of answers
    facts: int  # asked of anybody
    classes: int  # visitors that no condition tells apart count once
    kinds: dict[str, Most]
    questions: dict[int, int]  # number of questions -> classes asked that many at most
    certain: int  # classes that hold a step for today whatever else they answer


def figures(proof: Proof) -> Figures:
    asked = {fact for visit in proof.endings for fact in visit.asked}
    return Figures(
        proof.complete,
        prod(proof.quotient.size(fact) for fact in asked),
        len(asked),
        len(proof.endings),
        {who: _most(visits) for who, visits in _by_situation(proof).items()},
        dict(sorted(Counter(visit.questions for visit in proof.endings).items())),
        sum(visit.certain for visit in proof.endings),
    )


def proof_text(proof: Proof, reach: Reach | None, unproven: list[str]) -> str:
    """A page for the editor, in English as the other reports; people and facts by their ids."""
    found = figures(proof)
    lines = [
        f"Proven for every visitor: {found.combinations:,} combinations of answers to {found.facts} facts,"
        f" in {found.classes:,} classes." if found.complete else "Not everything was walked:",
        "",
        f"{'kind of visitor':<22}{'questions':>10}{'first step':>12}{'words before it':>17}",
    ]  # fmt: skip
    lines += [
        f"{who:<22}{most.questions:>10}{most.first_step:>12}{most.words:>17}" for who, most in found.kinds.items()
    ]
    said = ", ".join(f"{count:,} classes get {number}" for number, count in found.questions.items())
    lines += ["", f"Questions at most: {said}."]
    lines.append(f"A step for today: {found.certain:,} of {found.classes:,} classes, whatever else they answer.")
    if reach is not None:
        lines.append(reach_text(reach))
    lines += ["", "Not proven:"]
    lines += [f"- {reason}" for reason in (*NOT_PROVEN, *unproven)]
    return "\n".join(lines)


def reach_text(reach: Reach) -> str:
    """How many entries somebody comes to, and where the conversations are."""
    ways = Counter(one.how for one in reach.reached.values())
    total = len(reach.reached) + len(reach.unreached)
    how = {
        "advice": "on a card", "mention": "in a line below the cards", "question": "by its question",
        "name": "by name, for they ended",
    }  # fmt: skip
    said = ", ".join(f"{ways[way]} {words}" for way, words in how.items() if ways[way])
    return (
        f"Entries somebody comes to: {len(reach.reached)} of {total} ({said}).\n"
        "A conversation that leads to each of them: loket check --witnesses"
    )


def witnesses_text(content: Content, reach: Reach) -> str:
    """One conversation per entry, by id."""
    out: list[str] = []
    for name, reached in sorted(reach.reached.items()):
        out += [name, *(f"  {line}" for line in conversation(content, reached)), ""]
    return "\n".join(out)


def proof_data(content: Content, proof: Proof, reach: Reach | None, unproven: list[str]) -> dict[str, Any]:
    """The same for programs."""
    found = figures(proof)
    return {
        "complete": found.complete,
        "combinations": found.combinations,
        "facts": found.facts,
        "classes": found.classes,
        "kinds": {
            who: {"questions": most.questions, "first_step": most.first_step, "words_before_it": most.words}
            for who, most in found.kinds.items()
        },
        "questions": {str(number): count for number, count in found.questions.items()},
        "step_today": found.certain,
        "witnesses": {name: conversation(content, one) for name, one in reach.reached.items()} if reach else {},
        "not_proven": [*NOT_PROVEN, *unproven],
    }


def _most(visits: list[Visit]) -> Most:
    return Most(
        max(visit.questions for visit in visits),
        max((visit.first_step or (visit.questions, 0))[0] for visit in visits),
        max((visit.first_step or (0, visit.words))[1] for visit in visits),
    )


def _by_situation(proof: Proof) -> dict[str, list[Visit]]:
    found: dict[str, list[Visit]] = {}
    for visit in proof.endings:
        group = visit.assigned.get("situation", Group(ABSENT))
        name = str(group.value) if group.status == "given" else f"({group.status})"
        found.setdefault(name, []).append(visit)
    return found
