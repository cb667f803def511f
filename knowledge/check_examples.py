"""Checks on criteria of entries: examples come true, every condition matters, and somebody fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any as Anything

from knowledge.criteria import (
    HUMAN,
    NO,
    UNKNOWN,
    VERDICTS,
    YES,
    All,
    Any,
    Criterion,
    Leaf,
    Not,
    judge,
    leaves,
    missing,
)
from knowledge.entries import MONEY_KINDS, Entry, Example
from knowledge.facts import Facts
from knowledge.given import read_given_node
from knowledge.problems import Problems
from knowledge.profile import Given, Profile
from knowledge.witness import Finder, TooHard


@dataclass(frozen=True, slots=True)
class _Case:
    example: Example
    profile: Profile

    def level(self, criterion: Criterion) -> int:
        return criterion.level(self.profile)

    def comes_true(self, criterion: Criterion) -> bool:
        return VERDICTS[self.level(criterion)] == self.example.verdict and (
            self.example.missing is None or set(missing(criterion, self.profile)) == set(self.example.missing)
        )


EXAMPLE = "Add one to 'examples', like {{name: who it is, given: {{situation: employee}}, verdict: {verdict}}}."


class CriteriaChecks:
    def __init__(self, facts: Facts, geography: Anything, problems: Problems) -> None:
        self.facts, self.geography, self.problems = facts, geography, problems
        self.finder = Finder(facts, geography)
        self.meaning: dict[Leaf, str] = {}

    def check(self, entry: Entry) -> None:
        before = len(self.problems.errors)
        cases = self.cases(entry)
        for case in cases:
            self.example(entry, case)
        self.somebody_fits(entry, {case.level(entry.criterion) for case in cases})
        self.conditions_mean_something(entry)
        if entry.kind in MONEY_KINDS:
            self.enough_examples(entry)
            if len(self.problems.errors) == before:  # an example that fails proves nothing
                self.every_leaf_matters(entry, cases)

    def cases(self, entry: Entry) -> list[_Case]:
        found = []
        for example in entry.examples:
            answers = read_given_node(example.given, self.facts, self.geography, self.problems)
            for name in example.missing or ():
                if name not in self.facts:
                    self.problems.error(example.place, f"'{name}' in 'missing' is not a fact")
            found.append(_Case(example, Profile(self.facts, self.geography, answers)))
        return found

    def example(self, entry: Entry, case: _Case) -> None:
        example = case.example
        if case.comes_true(entry.criterion):
            return
        judgement = judge(entry.criterion, case.profile)
        if judgement.verdict != example.verdict:
            told = self.reason(entry, case, judgement)
            self.problems.error(
                example.place,
                f"example '{example.name}' expects {example.verdict} but gets {judgement.verdict}",
                told or "Change the audience, or the example when the source says otherwise.",
            )
        elif example.missing is not None:
            self.problems.error(
                example.place,
                f"example '{example.name}' expects missing [{', '.join(sorted(example.missing))}] "
                f"but gets [{', '.join(sorted(judgement.missing))}]",
                "Give the other answers in the example, or list them as missing.",
            )

    def reason(self, entry: Entry, case: _Case, judgement: Anything) -> str:
        """What decided, in the terms of an editor."""
        if judgement.level == UNKNOWN:
            return f"Still missing: {', '.join(judgement.missing)}."
        if judgement.level == NO:
            parts = []
            for reason in judgement.against:
                fact = reason.leaf.fact
                state = case.profile.state_of(fact)
                word = "does not apply to this visitor" if state == "not_applicable" else "does not hold"
                parts.append(f"the condition on '{fact}' (line {reason.leaf.place.line}) {word}")
            return f"{'; '.join(parts)}." if parts else ""
        return "Every condition holds." if judgement.verdict == "fits" else f"Left to a person: {judgement.human[0]}"

    def enough_examples(self, entry: Entry) -> None:
        """One who fits (or whom a coach decides about), one who does not, one about whom something is missing."""
        has = {example.verdict for example in entry.examples}
        lacking = []
        if not has & {"fits", "coach_decides"}:
            lacking.append("fits")
        if "does_not_fit" not in has:
            lacking.append("does_not_fit")
        if not any(example.verdict == "maybe" and example.missing for example in entry.examples):
            lacking.append("maybe with its exact 'missing'")
        for one in lacking:
            self.problems.error(
                entry.place, f"'{entry.id}' has no example that expects {one}", EXAMPLE.format(verdict=one.split()[0])
            )

    def every_leaf_matters(self, entry: Entry, cases: Sequence[_Case]) -> None:
        """Leaving a condition out must break an example, else nobody ever checked it against the source."""
        for leaf in leaves(entry.audience):
            without = _without(entry.criterion, leaf)
            if all(case.comes_true(without) for case in cases):
                self.problems.error(
                    leaf.place,
                    f"no example depends on this condition on '{leaf.fact}'",
                    "Add an example that only this condition decides, or remove the condition.",
                )

    def somebody_fits(self, entry: Entry, levels: set[int]) -> None:
        """`levels` are those of the examples: an example is somebody, so what it shows is not searched for."""
        try:
            if not levels & {HUMAN, YES} and self.finder.holds(entry.criterion) is None:
                self.problems.error(
                    entry.place,
                    f"nobody can ever get '{entry.id}'",
                    "Two conditions of the audience exclude each other.",
                )
            elif entry.kind in MONEY_KINDS and NO not in levels and self.finder.fails(entry.criterion) is None:
                self.problems.error(
                    entry.place, f"'{entry.id}' fits everybody", "Add the conditions of the source to 'audience'."
                )
        except TooHard:
            self.problems.warning(
                entry.place, f"not proven whether anybody can get '{entry.id}'", "Simplify the audience."
            )

    def conditions_mean_something(self, entry: Entry) -> None:
        """A condition that always or never holds is a typing error or a misunderstanding."""
        for leaf in leaves(entry.audience):
            if leaf not in self.meaning:  # equal conditions of many entries are looked at once
                self.meaning[leaf] = self.how_it_holds(leaf)
            if self.meaning[leaf] == "never":
                self.problems.error(leaf.place, f"this condition on '{leaf.fact}' never holds", "Look at its values.")
            elif self.meaning[leaf] == "always":
                self.problems.error(leaf.place, f"this condition on '{leaf.fact}' always holds", "Remove it.")

    def how_it_holds(self, leaf: Leaf) -> str:
        """never, always or sometimes."""
        if self.finder.holds(leaf) is None:
            return "never"
        return "always" if self.finder.holds(self._fails_though_it_applies(leaf)) is None else "sometimes"

    def _fails_though_it_applies(self, leaf: Leaf) -> Criterion:
        applies = self.facts[leaf.fact].applies
        return All((Not(leaf), applies)) if applies is not None else Not(leaf)

    def witness(self, entry: Entry) -> dict[str, Given] | None:
        """Somebody whom this entry fits."""
        return self.finder.holds(entry.criterion)


def _without(criterion: Criterion, leaf: Leaf) -> Criterion:
    """The criterion with one leaf left out, found by identity."""
    if isinstance(criterion, Not):
        if criterion.part is leaf:
            return All(())
        return replace(criterion, part=_without(criterion.part, leaf))
    if isinstance(criterion, All | Any):
        kept = tuple(_without(part, leaf) for part in criterion.parts if part is not leaf and not _only(part, leaf))
        return replace(criterion, parts=kept)
    return All(()) if criterion is leaf else criterion


def _only(criterion: Criterion, leaf: Leaf) -> bool:
    """Whether nothing of a criterion is left without the leaf."""
    if isinstance(criterion, Not):
        return criterion.part is leaf or _only(criterion.part, leaf)
    if isinstance(criterion, All | Any):
        return bool(criterion.parts) and all(part is leaf or _only(part, leaf) for part in criterion.parts)
    return False
