"""Finding somebody for whom a criterion holds, or fails: the proof that a condition means something.

Exact, not sampled: per fact only the values are tried that some condition tells apart (numbers at and around the
constants, codes and places by the conditions they satisfy), and a branch is left as soon as three-valued judging has
decided it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import repeat
from typing import Any

from knowledge.criteria import NO, UNKNOWN, All, At, Between, Criterion, EachOf, Inside, InState, Leaf, leaves, missing
from knowledge.facts import Fact, Facts
from knowledge.profile import Given, Profile

MOST_STEPS = 20_000  # judgements per search; a criterion that needs more is reported as not proven
Goal = Callable[[int], bool]


class TooHard(Exception):
    """The search took more steps than a check may take; the criterion is neither proven nor refuted."""


class Finder:
    """Searches visitors for one knowledge base."""

    def __init__(self, facts: Facts, geography: Any) -> None:
        self._facts, self._geography = facts, geography
        self._inside: dict[str, list[bool | None]] = {}  # area -> for each municipality whether it lies in it
        self._last: _Tests | None = None
        self._kept: dict[Hashable, list[Any]] = {}  # values tried, by fact and tests: most criteria share theirs

    def find(self, criterion: Criterion, goal: Goal, given: dict[str, Given] | None = None) -> dict[str, Given] | None:
        """Answers that decide the criterion to a level `goal` accepts, asked in a sensible order; None when none do.

        Raises TooHard.
        """
        self._steps = 0
        return self._search(criterion, goal, dict(given or {}), _Tests(criterion, self._facts))

    def find_within(
        self, criterion: Criterion, goal: Goal, given: dict[str, Given], free: frozenset[str], most: int
    ) -> dict[str, Given] | None:
        """As `find`, with at most `most` answers besides those to `free` facts: None means that there are none.

        Raises TooHard.
        """
        self._steps = 0
        return self._search(criterion, goal, dict(given), self._tests_of(criterion), free, most)

    def least(self, criterion: Criterion, profile: Profile, free: frozenset[str]) -> int:
        """A bound: no fewer answers, besides those to `free` facts, decide a criterion whose parts must all hold."""
        needed: set[str] = set()
        for leaf, sources in self._tests_of(criterion).needed:
            if leaf.level(profile) == UNKNOWN and needed.isdisjoint(sources) and free.isdisjoint(sources):
                needed.add(min(sources))
        return len(needed)

    def profile(self, given: dict[str, Given]) -> Profile:
        return Profile(self._facts, self._geography, given)

    def holds(self, criterion: Criterion) -> dict[str, Given] | None:
        """Somebody who is not ruled out and for whom nothing is left to ask."""
        return self.find(criterion, lambda level: level > UNKNOWN)

    def fails(self, criterion: Criterion) -> dict[str, Given] | None:
        return self.find(criterion, lambda level: level == NO)

    def _tests_of(self, criterion: Criterion) -> _Tests:
        """Kept for the last criterion: one is looked at from many beginnings, and then never again."""
        if self._last is None or self._last.criterion is not criterion:
            self._last = _Tests(criterion, self._facts)
        return self._last

    def _search(
        self, criterion: Criterion, goal: Goal, answers: dict[str, Given], tests: _Tests,
        free: frozenset[str] = frozenset(), most: int | None = None, tried: frozenset[str] = frozenset(),
    ) -> dict[str, Given] | None:  # fmt: skip
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooHard
        profile = Profile(self._facts, self._geography, answers)
        level = criterion.level(profile)
        if level != UNKNOWN and goal(level):
            return answers
        states = [fact for fact in tests.states if fact not in answers]
        if level != UNKNOWN and not states:
            return None
        if most == 0 and free.issubset(answers):
            return None  # whatever else is asked is one answer too many
        open_facts = missing(criterion, profile) if level == UNKNOWN else ()
        if most is not None:  # told, it counts although nothing says yet that it applies
            open_facts = (*open_facts, *(leaf.fact for leaf in tests.leaves if leaf.level(profile) == UNKNOWN))
        for fact in dict.fromkeys(self._to_ask((*open_facts, *states), profile, told=most is not None)):
            left = most if most is None or fact in free else most - 1
            if fact in tried or (left is not None and left < 0):
                continue
            for answer in self.candidates(self._facts[fact], tests.by_fact.get(fact, [])):
                found = self._search(criterion, goal, {**answers, fact: answer}, tests, free, left, tried)
                if found is not None:
                    return found
            if most is None or fact in free:
                return None  # all values of one fact are all there is; where answers count, others may do without it
            tried |= {fact}  # whoever answers it was found above, whatever else they answer
        return None

    def _to_ask(self, facts: Iterable[str], profile: Profile, told: bool) -> Iterable[str]:
        """The first fact that can be answered now: what decides whether another applies comes before it, unless it is
        told without being asked."""
        for fact in facts:
            wanted, depth = fact, 0
            while depth < 10:
                declared = self._facts[wanted]
                if declared.derive:
                    wanted = profile.askable(wanted)[0]
                elif not told and declared.applies is not None and profile.applies_level(wanted) == UNKNOWN:
                    wanted = missing(declared.applies, profile)[0]
                else:
                    break
                depth += 1
            if profile.state_of(wanted) == "not_asked":
                yield wanted

    def candidates(self, fact: Fact, tests: list[Leaf]) -> list[Given]:
        """One answer of every kind that the tests tell apart; the values named in conditions first."""
        found = [Given(value) for value in self._values(fact, tests)]
        if _tests_state(tests):
            found += [Given(None, "dont_know"), Given(None, "declined")]
        return found

    def _values(self, fact: Fact, tests: list[Leaf]) -> list[Any]:
        key = (fact.id, tuple(leaf.test for leaf in tests))
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._find_values(fact, tests)
        return found

    def _find_values(self, fact: Fact, tests: list[Leaf]) -> list[Any]:
        if fact.kind in ("choice", "yes_no", "code"):
            return self._kinds_of(fact, tests)
        if fact.kind == "choices":
            sets: list[tuple[str, ...]] = [(one,) for one in fact.choices]
            sets += [leaf.test.values for leaf in tests if isinstance(leaf.test, EachOf)]
            rest = tuple(one for one in fact.choices if one != fact.none)
            return [*sets, rest] if rest else sets
        if fact.is_range:
            return _numbers(fact, tests)
        if fact.kind == "place":
            return self._places(tests)
        return ["-"]

    def _kinds_of(self, fact: Fact, tests: list[Leaf]) -> list[str]:
        seen: dict[tuple[int, ...], str] = {}
        for value in fact.choices:
            possible = self._facts.narrower(fact, value)
            key = tuple(
                leaf.test.level(possible, None) for leaf in tests if not isinstance(leaf.test, InState | Between)
            )
            seen.setdefault(key, value)
        return list(seen.values())

    def _places(self, tests: list[Leaf]) -> list[str]:
        geography = self._geography() if callable(self._geography) else self._geography
        scopes = dict.fromkeys(scope for leaf in tests if isinstance(leaf.test, Inside) for scope in leaf.test.scopes)
        keys = [key for leaf in tests if isinstance(leaf.test, At) for key in leaf.test.keys]
        spots = geography.municipalities
        for scope in scopes:
            if scope not in self._inside:
                self._inside[scope] = [geography.inside(spot, scope) for spot in spots]
        seen: dict[tuple[bool | None, ...], str] = {}
        outcomes = zip(*(self._inside[scope] for scope in scopes), strict=True) if scopes else repeat(())
        for spot, outcome in zip(spots, outcomes, strict=False):
            seen.setdefault(outcome, spot.key)
        return [*keys, *sorted(seen.values())]


class _Tests:
    """What a criterion tests, as far as a search needs it."""

    def __init__(self, criterion: Criterion, facts: Facts) -> None:
        self.criterion = criterion
        self.leaves = tuple(leaves(criterion))
        self.by_fact = _by_fact(self.leaves, facts)
        self.states = tuple(fact for fact, some in self.by_fact.items() if _tests_state(some))
        self.needed = tuple(  # what must all hold, each with the facts that can settle it
            (part, frozenset(facts[part.fact].derive or (part.fact,)))
            for part in _parts(criterion)
            if isinstance(part, Leaf)
        )


def _by_fact(some: Iterable[Leaf], facts: Facts) -> dict[str, list[Leaf]]:
    """Every leaf that may matter, by the fact that is asked: also those that decide whether a fact applies."""
    found: dict[str, list[Leaf]] = {}
    waiting, seen = list(some), set[str]()
    while waiting:
        leaf = waiting.pop(0)
        sources = facts[leaf.fact].derive or (leaf.fact,)
        for source in sources:
            found.setdefault(source, []).append(leaf)
            applies = facts[source].applies
            if source not in seen and applies is not None:
                waiting.extend(leaves(applies))
            seen.add(source)
    return found


def _parts(criterion: Criterion) -> Iterator[Criterion]:
    """What must hold together."""
    if isinstance(criterion, All):
        for part in criterion.parts:
            yield from _parts(part)
    else:
        yield criterion


def _tests_state(tests: list[Leaf]) -> bool:
    return any(isinstance(leaf.test, InState) for leaf in tests)


def _numbers(fact: Fact, tests: list[Leaf]) -> list[Any]:
    low = fact.min if fact.min is not None else -1e9
    high = fact.max if fact.max is not None else 1e9
    constants = {
        bound
        for leaf in tests
        if isinstance(leaf.test, Between)
        for bound in (leaf.test.low, leaf.test.high)
        if bound is not None
    }
    points = {low, high, *constants, *(one + 1 for one in constants), *(one - 1 for one in constants)}
    inside = sorted(point for point in points if low <= point <= high)
    if fact.kind == "date":
        from datetime import date

        return [date.fromordinal(int(point)).isoformat() for point in inside if 1 <= point <= 3_000_000]
    return inside
