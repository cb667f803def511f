"""What is known about one visitor now: answers turned into the values still possible."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any as Anything
from typing import NamedTuple, Protocol

from knowledge.criteria import NO, NOT_APPLICABLE, UNKNOWN, YES, missing
from knowledge.facts import MOST_KEPT, Fact, Facts

INFINITE = float("inf")


class Answered(Protocol):
    """An answer as flows keep it (flows/state.py): status given, dont_know or declined; value only when given."""

    @property
    def status(self) -> str: ...
    @property
    def value(self) -> Anything: ...


class Given(NamedTuple):
    """An answer outside any conversation: in an example, in `loket match`, in a test."""

    value: Anything = None
    status: str = "given"


class Profile:
    """Immutable. Everything is worked out at first use and kept, so a profile costs nothing until it is judged.

    A given answer counts unless the fact is known not to apply: who tells his age without being asked has one.
    `geography` may be a function that gives it; it is only called for conditions on areas.
    """

    __slots__ = ("_answers", "_applies", "_geography", "_key", "_marks", "_possible", "_states", "facts", "today")

    def __init__(
        self, facts: Facts, geography: Anything, answers: Mapping[str, Answered], today: date | None = None
    ) -> None:
        self.facts = facts
        self.today = today
        self._geography = geography
        self._answers = answers
        self._possible: dict[str, Anything] = {}
        self._states: dict[str, str] = {}
        self._marks: dict[str, Hashable] = {}
        self._applies: dict[int, int] = {}
        self._key: Hashable | None = None

    @property
    def geography(self) -> Anything:
        if callable(self._geography):
            self._geography = self._geography()
        return self._geography

    @property
    def key(self) -> Hashable:
        """Equal for equal knowledge; answers that no fact takes (any more) are left out."""
        if self._key is None:
            self._key = tuple(
                sorted(
                    (fact, answer.status, _hashable(answer.value) if answer.status == "given" else "")
                    for fact, answer in self._answers.items()
                    if fact in self.facts and self._answer(fact) is not None
                )
            )
        return self._key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Profile) and self.key == other.key and self.facts is other.facts

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Profile({len(self._answers)} answers)"  # never the answers: a trace may show this

    def with_answer(self, fact: str, value: Anything) -> Profile:
        """The same with one more given answer."""
        return Profile(self.facts, self._geography, {**self._answers, fact: Given(value)}, self.today)

    def _answer(self, fact: str) -> Answered | None:
        """The stored answer, unless its fact no longer takes that value: then it counts as not asked."""
        answer = self._answers.get(fact)
        if answer is None or answer.status != "given" or self.facts.takes(fact, answer.value):
            return answer
        return None

    # ── marks ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def applies_level(self, fact: str) -> int:
        """Whether a fact applies: NO, UNKNOWN or YES."""
        group = self.facts.groups.get(fact)
        if group is None:
            return YES
        level = self._applies.get(group.number)
        if level is None:
            depends = group.depends
            key = self.mark(depends[0]) if len(depends) == 1 else tuple([self.mark(one) for one in depends])
            level = group.levels.get(key)
            if level is None:
                if len(group.levels) > MOST_KEPT:
                    group.levels.clear()
                level = group.levels[key] = group.criterion.level(self)
            self._applies[group.number] = level
        return level

    def mark(self, fact: str) -> Hashable:
        """Equal marks mean that every condition on this fact has the same level; cheaper than working one out."""
        mark = self._marks.get(fact)
        if mark is None:
            declared = self.facts[fact]
            if declared.derive:
                mark = tuple([self.mark(source) for source in declared.derive])
            else:
                level, answer = self.applies_level(fact), self._answer(fact)
                if answer is None or level == NO:
                    mark = level
                elif answer.status == "given":
                    value = answer.value
                    mark = (tuple(value),) if type(value) is list else (value,)
                else:
                    mark = (level, answer.status)
            self._marks[fact] = mark
        return mark

    # ── states ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def state_of(self, fact: str) -> str:
        """given, dont_know, declined, not_asked, not_applicable or derived."""
        state = self._states.get(fact)
        if state is None:
            state = self._states[fact] = self._find_state(self.facts[fact])
        return state

    def _find_state(self, fact: Fact) -> str:
        if fact.derive:
            states = [self.state_of(source) for source in fact.derive]
            if "given" in states:
                return "derived"
            open_states = [state for state in states if state != "not_applicable"]
            if not open_states:
                return "not_applicable"
            return "not_asked" if "not_asked" in open_states else open_states[-1]
        if fact.applies is not None and self.applies_level(fact.id) == NO:
            return "not_applicable"
        answer = self._answer(fact.id)
        return "not_asked" if answer is None else answer.status

    def is_known(self, fact: str) -> bool:
        return self.state_of(fact) in ("given", "derived")

    def value(self, fact: str) -> Anything:
        """The given value, of derived facts their source's; None when there is none or it does not apply."""
        declared = self.facts[fact]
        for source in declared.derive:
            if self.state_of(source) == "given":
                return self._answers[source].value
        if not declared.derive and self.state_of(fact) == "given":
            return self._answers[fact].value
        return None

    def source(self, fact: str) -> str:
        """Where a derived fact takes its value from now; otherwise the fact itself."""
        for source in self.facts[fact].derive:
            if self.state_of(source) == "given":
                return source
        return fact

    def is_sure_to_apply(self, fact: str) -> bool:
        """Whether there certainly is a value: it was given, or nothing about the visitor can rule it out."""
        if self.is_known(fact):
            return True
        declared = self.facts[fact]
        if declared.derive:
            return any(self.is_sure_to_apply(source) for source in declared.derive)
        return self.applies_level(fact) == YES

    def askable(self, fact: str) -> tuple[str, ...]:
        """What to ask to know a fact: itself, or the first source of a derived fact that could still answer.

        While it is open whether the fact applies at all, what decides that comes first.
        """
        declared = self.facts[fact]
        sources = declared.derive
        if not sources:
            if declared.applies is None or self.is_known(fact) or self.applies_level(fact) != UNKNOWN:
                return (fact,)
            return missing(declared.applies, self) or (fact,)
        states = {source: self.state_of(source) for source in sources}
        for wanted in (("given",), ("not_asked",), ("dont_know", "declined")):
            for source in sources:
                if states[source] in wanted:
                    return self.askable(source)
        return sources[:1]

    # ── values ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def possible(self, fact: str) -> Anything:
        """The values still possible, in the form the tests of criteria.py take, or NOT_APPLICABLE.

        choice, yes_no, code: frozenset of ids. choices: frozenset of the chosen, None when not told. Numbers, amounts
        and dates (as day number): lowest and highest. place: Spot or None. Texts: the text or None.
        """
        try:
            return self._possible[fact]
        except KeyError:
            found = self._possible[fact] = self._find_possible(self.facts[fact])
            return found

    def _find_possible(self, fact: Fact) -> Anything:
        if self.state_of(fact.id) == "not_applicable":
            return NOT_APPLICABLE
        value = self.value(fact.id)
        kind = fact.kind
        if kind in ("choice", "yes_no", "code"):
            if value is None:
                return self.facts.all_values.get(fact.id, frozenset())
            if isinstance(value, str):
                return self.facts.narrower(fact, value)
            return frozenset(narrow for one in value for narrow in self.facts.narrower(fact, one))
        if kind == "choices":
            if value is None:
                return None
            return frozenset((value,)) if isinstance(value, str) else frozenset(value)
        if fact.is_range:
            return self._range(fact, value)
        if kind == "place" and value is not None:
            return self.geography.spot(value)
        return value

    @staticmethod
    def _range(fact: Fact, value: Anything) -> tuple[float, float]:
        low = -INFINITE if fact.min is None else fact.min
        high = INFINITE if fact.max is None else fact.max
        if value is None:
            return low, high
        if fact.kind == "date":
            day = float(date.fromisoformat(value).toordinal())
            return day, day
        if isinstance(value, tuple | list):
            return (low if value[0] is None else value[0], high if value[1] is None else value[1])
        return value, value


def _hashable(value: Anything) -> Hashable:
    return "|".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
