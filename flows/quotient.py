"""The values of a fact, grouped by what the conditions can tell apart. Exact: equal group, equal outcome.

Numbers are split at the constants that occur, choices and codes by the tests they meet, places by the areas named.
Every group keeps how many raw values it stands for, so that a proof can say what it covered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from knowledge.criteria import (
    HUMAN,
    NO,
    UNKNOWN,
    YES,
    All,
    At,
    Between,
    EachOf,
    Human,
    Inside,
    InState,
    Leaf,
    Not,
    OneOf,
    SomeOf,
    leaves,
)
from knowledge.criteria import Any as AnyOf
from knowledge.facts import Fact, Facts

ABSENT = "not_asked"
UNREAD = "x"  # stands for any answer to a question that no condition reads
ASKED = "asked"  # answered, but no condition has needed to know with what yet
MOST_TESTED = 8  # values of one several-choices fact that conditions name; beyond this it is listed as not proven


class Group(NamedTuple):
    """Values (or an answer state) that no condition of the flows tells apart. `value` stands for all of them there.

    `every` is what holds for each of them, as an answer that leaves open what is open: ids, a band, or None.
    """

    status: str  # given, dont_know, declined or not_asked
    value: Any = None
    size: int = 1  # raw values
    every: Any = None

    @property
    def answered(self) -> bool:
        return self.status != ABSENT


class Quotient:
    """Groups per fact, for the tests that occur in a set of criteria."""

    def __init__(self, facts: Facts, geography: Any, criteria: Iterable[Any]) -> None:
        self.facts, self._geography = facts, geography
        self.tests: dict[str, list[Any]] = {}
        self.unproven: list[str] = []
        for criterion in criteria:
            for leaf in leaves(criterion):
                self._note(leaf)
        self._groups: dict[str, tuple[Group, ...]] = {}
        self._known: dict[Group, Group] = {}

    def _note(self, leaf: Leaf) -> None:
        sources = self.facts[leaf.fact].derive or (leaf.fact,)
        for source in sources:
            known = self.tests.setdefault(source, [])
            if leaf.test not in known:
                known.append(leaf.test)

    def reads(self, fact: str) -> bool:
        """Whether any condition reads this fact."""
        return fact in self.tests

    def groups(self, fact: str) -> tuple[Group, ...]:
        """Given values by group, then one group for no answer (two when a condition tells those apart)."""
        if fact not in self._groups:
            declared = self.facts[fact]
            given = self._given(declared, [t for t in self.tests.get(fact, []) if not isinstance(t, InState)])
            states = {state for t in self.tests.get(fact, []) if isinstance(t, InState) for state in t.states}
            unanswered = [Group("dont_know")]
            if ("dont_know" in states) != ("declined" in states):
                unanswered.append(Group("declined"))
            self._groups[fact] = tuple([self.one(group) for group in (*given, *unanswered)])
        return self._groups[fact]

    def one(self, group: Group) -> Group:
        """The group that stands for all equal ones, so that visitors can be compared by what they hold."""
        return self._known.setdefault(group, group)

    def size(self, fact: str) -> int:
        return sum(group.size for group in self.groups(fact))

    def _given(self, fact: Fact, tests: list[Any]) -> list[Group]:
        if fact.kind in ("choice", "yes_no", "code"):
            return self._by_outcome(fact, tests, list(fact.choices))
        if fact.kind == "choices":
            return self._subsets(fact, tests)
        if fact.kind in ("number", "amount"):
            return _intervals(fact, tests)
        if fact.kind == "place":
            return self._places(tests)
        return [Group("given", "x")]

    def _by_outcome(self, fact: Fact, tests: list[Any], values: list[str]) -> list[Group]:
        groups: dict[tuple[int, ...], list[str]] = {}
        for value in values:
            possible = self.facts.narrower(fact, value)
            outcome = tuple(test.level(possible, None) for test in tests)
            groups.setdefault(outcome, []).append(value)
        return [Group("given", members[0], len(members), tuple(members)) for members in groups.values()]

    def _subsets(self, fact: Fact, tests: list[Any]) -> list[Group]:
        named = sorted({value for test in tests for value in getattr(test, "values", ())}, key=list(fact.choices).index)
        if len(named) > MOST_TESTED:
            self.unproven.append(f"combinations of {fact.id}: more than {MOST_TESTED} values are named in conditions")
            named = named[:MOST_TESTED]
        rest = [value for value in fact.choices if value not in named]
        groups: dict[tuple[int, ...], Group] = {}
        for count in range(len(named) + 1):
            for some in combinations(named, count):
                if fact.none in some and len(some) > 1:
                    continue
                size = 1 if fact.none in some else 2 ** len(rest)
                value = some or tuple(rest[:1])
                if not value:
                    continue
                outcome = tuple(test.level(frozenset(value), None) for test in tests)
                before = groups.get(outcome)
                groups[outcome] = (
                    Group("given", value, size) if before is None else before._replace(size=before.size + size)
                )
        return list(groups.values())

    def _places(self, tests: list[Any]) -> list[Group]:
        areas = [test for test in tests if isinstance(test, Inside | At)]
        spots = self._geography.municipalities
        if not areas:
            return [Group("given", spots[0].key, len(spots))]
        groups: dict[tuple[int, ...], list[str]] = {}
        for spot in spots:
            outcome = tuple(test.level(spot, self._geography) for test in areas)
            groups.setdefault(outcome, []).append(spot.key)
        return [Group("given", members[0], len(members)) for members in groups.values()]


def _intervals(fact: Fact, tests: list[Any]) -> list[Group]:
    """Whole numbers between two constants behave alike; each constant stands alone."""
    low = int(fact.min if fact.min is not None else 0)
    high = int(fact.max if fact.max is not None else 10**9)
    cuts = sorted(
        {
            int(bound)
            for test in tests
            if isinstance(test, Between)
            for bound in (test.low, test.high)
            if bound is not None
        }
    )
    groups: list[Group] = []
    at = low
    for cut in [c for c in cuts if low <= c <= high]:
        if cut > at:
            groups.append(Group("given", (at + cut - 1) // 2, cut - at, (at, cut - 1)))
        groups.append(Group("given", cut, 1, cut))
        at = cut + 1
    if at <= high:
        groups.append(Group("given", (at + min(high, at + 1000)) // 2, high - at + 1, (at, high)))
    return groups


def needed(criterion: Any, assigned: Mapping[str, Group], facts: Facts, profile: Any) -> tuple[int, str]:
    """(level, '') when the assigned facts decide the criterion, else (unknown, the first fact still needed).

    Asks for as little as possible: parts that are already false decide an `all`, whatever else is open.
    """
    if isinstance(criterion, Leaf):
        fact = _first_open(criterion.fact, assigned, facts, profile)
        return (UNKNOWN, fact) if fact else (criterion.level(profile), "")
    if isinstance(criterion, Human):
        return HUMAN, ""
    if isinstance(criterion, Not):
        level, fact = needed(criterion.part, assigned, facts, profile)
        return (level, fact) if fact or level == UNKNOWN else (YES - level, "")
    decisive = NO if isinstance(criterion, All) else YES
    found = [needed(part, assigned, facts, profile) for part in criterion.parts]
    if any(level == decisive and not fact for level, fact in found):
        return decisive, ""
    fact = next((fact for _, fact in found if fact), "")
    if fact:
        return UNKNOWN, fact
    levels = [level for level, _ in found]
    if isinstance(criterion, AnyOf):
        return max(levels, default=NO), ""
    return min(levels, default=YES), ""


def _first_open(fact: str, assigned: Mapping[str, Group], facts: Facts, profile: Any) -> str:
    """The first unassigned fact that decides this one: what it applies to, its source, or itself."""
    declared = facts[fact]
    for source in declared.derive:
        found = _first_open(source, assigned, facts, profile)
        if found:
            return found
        if profile.state_of(source) == "given":
            return ""
    if declared.derive or (fact in assigned and assigned[fact].status != ASKED):
        return ""
    if declared.applies is not None:
        level, first = needed(declared.applies, assigned, facts, profile)
        if first:
            return first
        if level == 0:
            return ""
    return fact


TESTS = (OneOf, SomeOf, EachOf, Between, Inside, At, InState)
