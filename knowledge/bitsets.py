"""The fast evaluator: all criteria of the catalogue at once, one bit per entry.

Every criterion becomes clauses that must all hold, each clause a choice of leaves; in a chain of truth values that
rewriting changes nothing. A leaf is not asked what it thinks of a range of values: per fact, the constants that occur
cut the values into atoms, and a leaf is true or false of a whole atom. What a fact contributes to all entries depends
only on the atoms still possible, and is kept, so a turn costs a few operations on long integers.

This is a second implementation of `criteria.py`, on purpose; a property test keeps the two equal.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any as Anything
from typing import NamedTuple, TypeAlias

from knowledge.criteria import (
    NOT_APPLICABLE,
    All,
    At,
    Between,
    Criterion,
    EachOf,
    Human,
    Inside,
    InState,
    Leaf,
    Not,
    OneOf,
    SomeOf,
    Test,
)
from knowledge.facts import MOST_KEPT, Facts
from knowledge.profile import Profile

MOST_CLAUSES = 64  # of one criterion; beyond that it is judged by walking its tree

Literal: TypeAlias = tuple[Leaf, bool] | Human  # a leaf and whether it must hold


class Verdicts(NamedTuple):
    """Bit sets of entries by the least they reach; each contains the one before."""

    fits: int
    coach: int  # fits, or only a person still decides
    possible: int  # not ruled out


@dataclass(slots=True)
class _Column:
    """Everything the criteria ask of one fact."""

    fact: str
    literals: dict[tuple[Test, bool], int] = field(default_factory=dict)  # -> number
    alone: dict[int, list[tuple[int, ...]]] = field(default_factory=dict)
    mixed: list[tuple[int, int, int]] = field(default_factory=list)  # (clause slot, literal, entries)
    constants: list[float] = field(default_factory=list)
    has: int = 0  # entries with a clause on this fact alone
    humans: dict[tuple[int, ...], int] = field(default_factory=dict)
    clauses: dict[tuple[tuple[int, ...], bool], int] = field(default_factory=dict)  # (literals, human?) -> entries
    tests_state: bool = False
    kept: dict[Hashable, _Part] = field(default_factory=dict)  # by the atoms still possible
    seen: dict[Hashable, _Part] = field(default_factory=dict)  # by answer, in front of that


class _Part(NamedTuple):
    """What one fact contributes, given the atoms still possible."""

    fits: int
    coach: int
    possible: int
    held: int  # entries that ask something of this fact alone, and get it
    mixed: tuple[tuple[int, int, int], ...]  # (slot, true for, possible for)


class BitSets:
    """Compiled criteria; the position in `criteria` is the bit."""

    def __init__(self, criteria: Sequence[Criterion], facts: Facts) -> None:
        self.facts = facts
        self.size = len(criteria)
        self.all = (1 << self.size) - 1
        self._columns: dict[str, _Column] = {}
        self._mixed_has: list[int] = []  # per slot of clauses over several facts
        self._mixed_human: list[int] = []
        self._only_human = 0  # entries with a clause that only a person decides
        self._never = 0  # entries with an empty clause
        self._trees: dict[Criterion, int] = {}  # equal ones are judged once
        for position, criterion in enumerate(criteria):
            self._add(1 << position, criterion)
        for column in self._columns.values():
            column.constants = sorted(
                {
                    bound
                    for test, _ in column.literals
                    if isinstance(test, Between)
                    for bound in (test.low, test.high)
                    if bound is not None
                }
            )
            column.tests_state = any(isinstance(test, InState) for test, _ in column.literals)

    # ── compiling ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _add(self, bit: int, criterion: Criterion) -> None:
        clauses = _clauses(criterion, True)
        if clauses is None:
            self._trees[criterion] = self._trees.get(criterion, 0) | bit
            return
        slot = 0
        for clause in clauses:
            human = any(isinstance(literal, Human) for literal in clause)
            literals = [literal for literal in clause if not isinstance(literal, Human)]
            names = {leaf.fact for leaf, _ in literals}
            if not names:
                if human:
                    self._only_human |= bit
                else:
                    self._never |= bit
            elif len(names) == 1:
                column = self._column(names.pop())
                numbers = tuple(sorted({_number(column, leaf.test, wanted) for leaf, wanted in literals}))
                key = (numbers, human)
                column.clauses[key] = column.clauses.get(key, 0) | bit
                column.has |= bit
            else:
                self._add_mixed(slot, bit, literals, human)
                slot += 1

    def _add_mixed(self, slot: int, bit: int, literals: list[tuple[Leaf, bool]], human: bool) -> None:
        if slot == len(self._mixed_has):
            self._mixed_has.append(0)
            self._mixed_human.append(0)
        self._mixed_has[slot] |= bit
        if human:
            self._mixed_human[slot] |= bit
        for leaf, wanted in literals:
            column = self._column(leaf.fact)
            number = _number(column, leaf.test, wanted)
            for position, (known_slot, known, bits) in enumerate(column.mixed):
                if (known_slot, known) == (slot, number):
                    column.mixed[position] = (slot, number, bits | bit)
                    break
            else:
                column.mixed.append((slot, number, bit))

    def _column(self, fact: str) -> _Column:
        return self._columns.setdefault(fact, _Column(fact))

    # ── evaluating ─────────────────────────────────────────────────────────────────────────────────────────────────

    def verdicts(self, profile: Profile) -> Verdicts:
        """All entries at once."""
        possible = self.all & ~self._never
        coach, fits = possible, possible & ~self._only_human
        mixed: list[_Part] = []
        for column in self._columns.values():
            part = column.seen.get(profile.mark(column.fact)) or self._part(column, profile)
            fits &= part.fits
            coach &= part.coach
            possible &= part.possible
            if part.mixed:
                mixed.append(part)
        if self._mixed_has:
            fits, coach, possible = self._with_mixed(mixed, fits, coach, possible)
        for criterion, some in self._trees.items():
            level = criterion.level(profile)
            if level < 3:
                fits &= ~some
            if level < 2:
                coach &= ~some
            if level < 1:
                possible &= ~some
        return Verdicts(fits, coach, possible)

    def _with_mixed(self, parts: list[_Part], fits: int, coach: int, possible: int) -> Verdicts:
        true = [self.all & ~has for has in self._mixed_has]
        maybe = list(true)
        for part in parts:
            for slot, held, open_ in part.mixed:
                true[slot] |= held
                maybe[slot] |= open_
        for slot, human in enumerate(self._mixed_human):
            fits &= true[slot]
            coach &= true[slot] | human
            possible &= maybe[slot] | human
        return Verdicts(fits, coach, possible)

    def held(self, profile: Profile, fact: str) -> int:
        """Entries that ask something of this fact, and the answer satisfies them."""
        column = self._columns.get(fact)
        if column is None:
            return 0
        return (column.seen.get(profile.mark(fact)) or self._part(column, profile)).held

    @property
    def facts_asked(self) -> tuple[str, ...]:
        """Every fact that some criterion asks about."""
        return tuple(self._columns)

    def asks(self, fact: str) -> int:
        """Entries with a condition on this fact."""
        column = self._columns.get(fact)
        if column is None:
            return 0
        bits = column.has
        for _, _, entries in column.mixed:
            bits |= entries
        return bits

    def _part(self, column: _Column, profile: Profile) -> _Part:
        mark = profile.mark(column.fact)
        part = column.seen.get(mark)
        if part is None:
            key = self._key(column, profile)
            part = column.kept.get(key)
            if part is None:
                if len(column.kept) > MOST_KEPT:
                    column.kept.clear()
                part = column.kept[key] = self._work_out(column, profile)
            if len(column.seen) > MOST_KEPT:
                column.seen.clear()
            column.seen[mark] = part
        return part

    def _key(self, column: _Column, profile: Profile) -> Hashable:
        possible = profile.possible(column.fact)
        state = profile.state_of(column.fact) if column.tests_state else ""
        if possible is NOT_APPLICABLE:
            return (None, state)
        sure = profile.is_known(column.fact) or profile.is_sure_to_apply(column.fact)
        if type(possible) is tuple:
            constants = column.constants
            return (_atom(constants, possible[0]), _atom(constants, possible[1]), sure, state)
        if possible is not None and not isinstance(possible, frozenset | str):
            return (possible.key, sure, state)
        return (possible, sure, state)

    def _work_out(self, column: _Column, profile: Profile) -> _Part:
        truths: list[tuple[bool, bool]] = []  # per literal: certainly true, possibly true
        for test, wanted in column.literals:
            every, some = self._truth(column, test, profile)
            truths.append((every, some) if wanted else (not some, not every))
        fits = coach = possible = self.all
        for (numbers, human), entries in column.clauses.items():
            if not any(truths[number][0] for number in numbers):
                fits &= ~entries
                if not human:
                    coach &= ~entries
                    if not any(truths[number][1] for number in numbers):
                        possible &= ~entries
        slots: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for slot, number, entries in column.mixed:
            if truths[number][0]:
                slots[slot][0] |= entries
            if truths[number][1]:
                slots[slot][1] |= entries
        mixed = tuple((slot, held, open_) for slot, (held, open_) in slots.items())
        return _Part(fits, coach, possible, fits & column.has, mixed)

    def _truth(self, column: _Column, test: Test, profile: Profile) -> tuple[bool, bool]:
        """Whether a test certainly holds, and whether it may hold."""
        fact = self.facts[column.fact]
        if isinstance(test, InState):
            held = profile.state_of(fact.id) in test.states
            return held, held
        possible = profile.possible(fact.id)
        if possible is NOT_APPLICABLE:
            return False, False
        if isinstance(test, Between):
            found = [_within(test, point) for point in _points(column.constants, *possible)]
        elif isinstance(test, OneOf):
            found = [value in test.accepts for value in possible]
        elif isinstance(test, Inside | At):
            return _there(test, possible, profile)
        elif possible is None:  # nothing chosen yet: any set of choices, or none of them, is possible
            whole = isinstance(test, SomeOf) and test.everything
            found = [True] if whole else [True, False]
        else:
            enough: Callable[..., bool] = all if isinstance(test, EachOf) else any
            found = [enough(value in possible for value in test.values)]
        every, some = all(found), any(found)
        return every and profile.is_sure_to_apply(fact.id), some


def _there(test: Inside | At, spot: Anything, profile: Profile) -> tuple[bool, bool]:
    if spot is None:
        return False, True
    if isinstance(test, At):
        return spot.key in test.keys, spot.key in test.keys
    found = [profile.geography.inside(spot, scope) for scope in test.scopes]
    return any(found), any(inside is None or inside for inside in found)


def _number(column: _Column, test: Test, wanted: bool) -> int:
    return column.literals.setdefault((test, wanted), len(column.literals))


def _clauses(criterion: Criterion, wanted: bool) -> list[tuple[Literal, ...]] | None:
    """Conjunctive normal form; None when it would grow too large."""
    if isinstance(criterion, Leaf):
        return [((criterion, wanted),)]
    if isinstance(criterion, Human):
        return [(criterion,)]
    if isinstance(criterion, Not):
        return _clauses(criterion.part, not wanted)
    parts = [_clauses(part, wanted) for part in criterion.parts]
    if isinstance(criterion, All) == wanted:
        joined: list[tuple[Literal, ...]] = []
        for part in parts:
            if part is None or len(joined) + len(part) > MOST_CLAUSES:
                return None
            joined.extend(part)
        return joined
    product: list[tuple[Literal, ...]] = [()]
    for part in parts:
        if part is None or len(product) * len(part) > MOST_CLAUSES:
            return None
        product = [(*left, *right) for left in product for right in part]
    return product


def _atom(constants: list[float], value: float) -> int:
    """The number of the piece of the line `value` lies on: 0 before the first constant, 1 on it, 2 between, …"""
    position = bisect_left(constants, value)
    return 2 * position + (position < len(constants) and constants[position] == value)


def _points(constants: list[float], low: float, high: float) -> Iterator[float]:
    """One value of every piece of the line between low and high."""
    yield low
    yield high
    inside = [constant for constant in constants if low < constant < high]
    yield from inside
    edges = [low, *inside, high]
    for left, right in pairwise(edges):
        if left < right:
            yield _between(left, right)


def _between(left: float, right: float) -> float:
    if left == float("-inf"):
        return right - 1 if right != float("inf") else 0
    return left + 1 if right == float("inf") else (left + right) / 2


def _within(test: Between, value: float) -> bool:
    if test.low is not None and (value < test.low or (test.over and value == test.low)):
        return False
    return test.high is None or value < test.high or (not test.under and value == test.high)


def positions(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


__all__ = ["BitSets", "Verdicts", "positions"]
