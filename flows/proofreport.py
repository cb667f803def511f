"""The proof in words: what was covered, how many questions anyone is asked, and what is not proven."""

from __future__ import annotations

from collections import Counter
from math import prod

from flows.content import Content
from flows.proof import Proof, Visit
from flows.quotient import ABSENT, Group

NOT_PROVEN = (
    "the order of cards and which questions 'advise' asks (their number is bounded; both are property-tested)",
)


def proof_text(content: Content, proof: Proof, unproven: list[str]) -> str:
    """A page for the editor, in English as the other reports; people and facts by their ids."""
    asked = sorted({fact for visit in proof.endings for fact in visit.asked})
    raw = prod(proof.quotient.size(fact) for fact in asked)
    lines = [
        f"Proven for every visitor: {raw:,} combinations of answers to {len(asked)} facts,"
        f" in {len(proof.endings):,} classes." if proof.complete else "Not everything was walked:",
        "",
        f"{'kind of visitor':<22}{'questions':>10}{'first step':>12}{'words before it':>17}",
    ]  # fmt: skip
    for who, visits in _by_situation(proof).items():
        most = max(visit.questions for visit in visits)
        first = max((visit.first_step or (visit.questions, 0))[0] for visit in visits)
        words = max((visit.first_step or (0, visit.words))[1] for visit in visits)
        lines.append(f"{who:<22}{most:>10}{first:>12}{words:>17}")
    spread = Counter(visit.questions for visit in proof.endings)
    said = ", ".join(f"{count:,} classes get {number}" for number, count in sorted(spread.items()))
    lines += ["", f"Questions at most: {said}."]
    advised = sum(visit.certain for visit in proof.endings)
    lines.append(f"A step for today: {advised:,} of {len(proof.endings):,} classes, whatever else they answer.")
    lines += ["", "Not proven:"]
    lines += [f"- {reason}" for reason in (*NOT_PROVEN, *unproven)]
    return "\n".join(lines)


def _by_situation(proof: Proof) -> dict[str, list[Visit]]:
    found: dict[str, list[Visit]] = {}
    for visit in proof.endings:
        group = visit.assigned.get("situation", Group(ABSENT))
        name = str(group.value) if group.status == "given" else f"({group.status})"
        found.setdefault(name, []).append(visit)
    return found


def most_questions(proof: Proof) -> int:
    """The most questions anyone is asked before the end: for "nog hoogstens {n} vragen"."""
    return max((visit.questions for visit in proof.endings), default=0)
