"""Conditions as data, judged over the values that are still possible.

A leaf is true when every possible value satisfies it, false when none does, unknown otherwise; all, any and not
combine leaves by strong Kleene logic. "Don't know" leaves everything possible, so it never counts as "no". What only a
person can decide is a value of its own between unknown and true. The four form a chain, no < unknown < human < yes:
`all` takes the lowest of its parts and `any` the highest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any as Anything
from typing import Protocol, TypeAlias

from knowledge.problems import Place

NO, UNKNOWN, HUMAN, YES = 0, 1, 2, 3
TRUTH = ("no", "unknown", "unknown", "yes")
VERDICTS = ("does_not_fit", "maybe", "coach_decides", "fits")

_OPPOSITE = (YES, UNKNOWN, UNKNOWN, NO)

NOWHERE = Place("")


class Known(Protocol):
    """What judging needs of a profile (profile.py)."""

    @property
    def geography(self) -> Anything: ...
    def possible(self, fact: str) -> Anything: ...
    def is_sure_to_apply(self, fact: str) -> bool: ...
    def state_of(self, fact: str) -> str: ...
    def askable(self, fact: str) -> tuple[str, ...]: ...


class NotApplicable:
    """The possible values of a fact that does not apply: there are none."""

    def __repr__(self) -> str:
        return "NOT_APPLICABLE"


NOT_APPLICABLE = NotApplicable()


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of these."""

    values: tuple[str, ...]  # as written
    accepts: frozenset[str]  # with everything below them in a code list
    ranks: tuple[tuple[str, str], ...] = ()  # as written for ordered choices: (("below", "mbo2"),)

    def level(self, possible: frozenset[str], geography: Anything) -> int:
        if possible.isdisjoint(self.accepts):
            return NO
        return YES if possible <= self.accepts else UNKNOWN


@dataclass(frozen=True, slots=True)
class SomeOf:
    """Of the chosen values, at least one is one of these (`choices` facts)."""

    values: tuple[str, ...]
    everything: bool = False

    def level(self, chosen: frozenset[str] | None, geography: Anything) -> int:
        if chosen is None:
            return YES if self.everything else UNKNOWN
        return NO if chosen.isdisjoint(self.values) else YES


@dataclass(frozen=True, slots=True)
class EachOf:
    """All of these are among the chosen (`choices` facts)."""

    values: tuple[str, ...]

    def level(self, chosen: frozenset[str] | None, geography: Anything) -> int:
        if chosen is None:
            return UNKNOWN
        return YES if chosen.issuperset(self.values) else NO


@dataclass(frozen=True, slots=True)
class Between:
    """A number, amount or date (as day number) within bounds; `None` is open."""

    low: float | None = None
    high: float | None = None
    over: bool = False  # low itself is not enough
    under: bool = False  # high itself is too much

    def holds(self, value: float) -> bool:
        if self.low is not None and (value <= self.low if self.over else value < self.low):
            return False
        return self.high is None or (value < self.high if self.under else value <= self.high)

    def level(self, possible: tuple[float, float], geography: Anything) -> int:
        low, high = possible
        if self.holds(low) and self.holds(high):
            return YES
        if self.low is not None and (high <= self.low if self.over else high < self.low):
            return NO
        if self.high is not None and (low >= self.high if self.under else low > self.high):
            return NO
        return UNKNOWN


@dataclass(frozen=True, slots=True)
class Inside:
    """A place that lies in one of these areas ("province:gelderland", "region:achterhoek", "municipality:almere")."""

    scopes: tuple[str, ...]

    def level(self, spot: Anything, geography: Anything) -> int:
        if spot is None:
            return UNKNOWN
        best = NO
        for scope in self.scopes:
            inside = geography.inside(spot, scope)
            if inside:
                return YES
            if inside is None:
                best = UNKNOWN
        return best


@dataclass(frozen=True, slots=True)
class At:
    """Exactly one of these places, by key."""

    keys: tuple[str, ...]

    def level(self, spot: Anything, geography: Anything) -> int:
        if spot is None:
            return UNKNOWN
        return YES if spot.key in self.keys else NO


@dataclass(frozen=True, slots=True)
class InState:
    """Tests how the fact was answered, not with what: `{age: {state: [dont_know, declined]}}`."""

    states: tuple[str, ...]


Test: TypeAlias = OneOf | SomeOf | EachOf | Between | Inside | At | InState


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition on one fact."""

    fact: str
    test: Test
    place: Place = field(default=NOWHERE, compare=False)

    def level(self, profile: Known) -> int:
        test = self.test
        if isinstance(test, InState):
            return YES if profile.state_of(self.fact) in test.states else NO
        possible = profile.possible(self.fact)
        if possible is NOT_APPLICABLE:
            return NO
        level = test.level(possible, profile.geography)
        if level == YES and not profile.is_sure_to_apply(self.fact):
            return UNKNOWN  # every value would do, but perhaps there is none
        return level


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Criterion, ...]
    place: Place = field(default=NOWHERE, compare=False)

    def level(self, profile: Known) -> int:
        lowest = YES
        for part in self.parts:
            level = part.level(profile)
            if level < lowest:
                if level == NO:
                    return NO
                lowest = level
        return lowest


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Criterion, ...]
    place: Place = field(default=NOWHERE, compare=False)

    def level(self, profile: Known) -> int:
        highest = NO
        for part in self.parts:
            level = part.level(profile)
            if level > highest:
                if level == YES:
                    return YES
                highest = level
        return highest


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is false. Holds no `human`: reading refuses that."""

    part: Criterion
    place: Place = field(default=NOWHERE, compare=False)

    def level(self, profile: Known) -> int:
        return _OPPOSITE[self.part.level(profile)]


@dataclass(frozen=True, slots=True)
class Human:
    """No answer decides this; a coach, the municipality or UWV does."""

    text: str
    place: Place = field(default=NOWHERE, compare=False)

    def level(self, profile: Known) -> int:
        return HUMAN


Criterion: TypeAlias = All | Any | Not | Leaf | Human

ALWAYS = All(())


@dataclass(frozen=True, slots=True)
class Reason:
    """A leaf that decided something. `wanted` is false under a `not`: the leaf had to fail."""

    leaf: Leaf
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known about a criterion now."""

    level: int
    missing: tuple[str, ...] = ()  # facts whose answer would settle it; empty unless unknown
    human: tuple[str, ...] = ()  # what a person still decides
    because: tuple[Reason, ...] = ()  # leaves that hold
    against: tuple[Reason, ...] = ()  # leaves that make it false

    @property
    def truth(self) -> str:
        """yes, no or unknown; what only a person decides is unknown, with nothing missing."""
        return TRUTH[self.level]

    @property
    def verdict(self) -> str:
        return VERDICTS[self.level]


def judge(criterion: Criterion, profile: Known) -> Judgement:
    """Judge with reasons. `criterion.level(profile)` gives the level alone, faster. Never raises, never guesses."""
    return _judge(criterion, profile, True)


def missing(criterion: Criterion, profile: Known) -> tuple[str, ...]:
    """`judge(criterion, profile).missing` alone, faster."""
    found: dict[str, None] = {}
    if criterion.level(profile) == UNKNOWN:
        _note_missing(criterion, profile, found)
    return tuple(found)


def _note_missing(criterion: Criterion, profile: Known, found: dict[str, None]) -> None:
    """Of a criterion that is unknown: nothing but its unknown parts keeps it so."""
    if isinstance(criterion, Leaf):
        found.update(dict.fromkeys(profile.askable(criterion.fact)))
    elif isinstance(criterion, Not):
        _note_missing(criterion.part, profile, found)
    elif isinstance(criterion, All | Any):
        for part in criterion.parts:
            if part.level(profile) == UNKNOWN:
                _note_missing(part, profile, found)


def _judge(criterion: Criterion, profile: Known, wanted: bool) -> Judgement:
    if isinstance(criterion, Leaf):
        level = criterion.level(profile)
        if level == UNKNOWN:
            return Judgement(UNKNOWN, missing=profile.askable(criterion.fact))
        held = level == (YES if wanted else NO)
        reason = (Reason(criterion, wanted),)
        return Judgement(YES, because=reason) if held else Judgement(NO, against=reason)
    if isinstance(criterion, Not):
        return _judge(criterion.part, profile, not wanted)
    if isinstance(criterion, Human):
        return Judgement(HUMAN, human=(criterion.text,))
    parts = [_judge(part, profile, wanted) for part in criterion.parts]
    together = isinstance(criterion, All) == wanted  # under `not`, all and any change places
    return _conjunction(parts) if together else _disjunction(parts)


def _conjunction(parts: list[Judgement]) -> Judgement:
    level = min((part.level for part in parts), default=YES)
    return Judgement(
        level,
        _once(fact for part in parts for fact in part.missing) if level == UNKNOWN else (),
        _once(text for part in parts for text in part.human) if level != NO else (),
        _once(reason for part in parts if part.level != NO for reason in part.because),
        _once(reason for part in parts if part.level == NO for reason in part.against),
    )


def _disjunction(parts: list[Judgement]) -> Judgement:
    level = max((part.level for part in parts), default=NO)
    best = [part for part in parts if part.level == level]
    if level == YES:  # one reason is enough
        return best[0]
    return Judgement(
        level,
        _once(fact for part in best for fact in part.missing),
        _once(text for part in best for text in part.human),
        _once(reason for part in best for reason in part.because) if level != NO else (),
        _once(reason for part in best for reason in part.against) if level == NO else (),
    )


def _once(things: Iterator[Anything]) -> tuple[Anything, ...]:
    return tuple(dict.fromkeys(things))


def leaves(criterion: Criterion) -> Iterator[Leaf]:
    """Every leaf, in the order written."""
    if isinstance(criterion, Leaf):
        yield criterion
    elif isinstance(criterion, Not):
        yield from leaves(criterion.part)
    elif isinstance(criterion, All | Any):
        for part in criterion.parts:
            yield from leaves(part)


def facts_in(criterion: Criterion) -> tuple[str, ...]:
    """The facts a criterion speaks of, each once."""
    return tuple(dict.fromkeys(leaf.fact for leaf in leaves(criterion)))
