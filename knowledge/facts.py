"""What the desk can know about a visitor: facts, their choices, and the code lists with levels.

Declared once in `facts.yaml` and `lists/*.yaml`; flows, criteria and the catalogue only name them. A fact that is not
declared cannot be asked, stored or tested.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from knowledge.problems import Place

if TYPE_CHECKING:
    from knowledge.criteria import Criterion

KINDS = (
    "choice", "choices", "number", "amount", "date", "place", "text", "phone", "email", "yes_no", "code",
)  # fmt: skip
CLASSES = ("public", "personal", "sensitive", "special")
STATES = ("given", "dont_know", "declined", "not_asked", "not_applicable", "derived")
MOST_KEPT = 4096  # answers whose consequences are remembered; places and numbers have no end
COMPARISONS = ("min", "above", "below", "max")


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible value of a choice, or one entry of a code list."""

    id: str
    label: str  # Dutch, on a button
    because: str = ""  # subordinate clause: "u werk zoekt"
    says: str = ""  # the same as a sentence without a full stop: "U zoekt werk"
    words: tuple[str, ...] = ()  # what people type for it
    inside: str = ""  # code lists: finishes "u werkt in …"
    parents: tuple[str, ...] = ()  # code lists: a condition on a parent holds for this one too
    sectors: tuple[str, ...] = ()  # collective agreements: the kinds of work they cover
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A long list that is typed, not shown, such as the sectors; levels come from `parents`."""

    id: str
    entries: Mapping[str, Choice]
    descendants: Mapping[str, frozenset[str]]  # itself included

    def ancestors(self, code: str) -> frozenset[str]:
        """The codes whose condition holds for `code`, itself included."""
        return frozenset(wide for wide, narrow in self.descendants.items() if code in narrow)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing the desk can know. Texts are Dutch; other languages come from the catalogues by key (i18n.py)."""

    id: str
    kind: str
    name: str
    question: str = ""  # empty for derived facts: never asked
    why: str = ""
    hint: str = ""
    because: str = ""  # subordinate clause with {value}; for yes_no what "yes" means
    because_not: str = ""  # yes_no: what "no" means
    says: str = ""  # `because` as a sentence without a full stop
    says_not: str = ""
    must: Mapping[str, str] = field(default_factory=dict)  # comparison -> clause with {n}: "u {n} jaar of ouder bent"
    cls: str = "public"
    purpose: str = ""
    cost: int | None = 1  # how reluctantly to ask, 1 easy to 9; None = only when volunteered
    unit: str = ""
    min: float | None = None  # numbers: bounds; `max` of a text is its length in characters
    max: float | None = None
    bands: tuple[str, ...] = ()  # "10-49": offered instead of an exact number
    choices: Mapping[str, Choice] = field(default_factory=dict)
    ordered: bool = False  # choices have ranks in the order written
    none: str = ""  # choices: the id that excludes all others
    list: str = ""  # code: which list
    derive: tuple[str, ...] = ()  # takes the first given of these
    applies: Criterion | None = None
    identity: bool = False  # never told as something to change
    open: bool = False  # choices that other content decides: the ids of entries in `advice`
    place: Place = field(default=Place(""), compare=False)

    @property
    def is_range(self) -> bool:
        return self.kind in ("number", "amount", "date")

    def accepts(self, value: Any) -> bool:
        """Whether a stored value is still one of this fact. Content changes; an answer that went is asked again."""
        if self.kind in ("choice", "choices", "code", "yes_no"):
            parts = (value,) if isinstance(value, str) else value
            if not isinstance(parts, tuple | list) or not parts:
                return False
            return all(isinstance(part, str) and (self.open or part in self.choices) for part in parts)
        if self.kind in ("number", "amount"):
            ends = value if isinstance(value, tuple | list) else (value,)
            if len(ends) not in (1, 2) or isinstance(value, tuple | list) != (len(ends) == 2):
                return False
            numbers = [end for end in ends if end is not None]
            return all(isinstance(end, int | float) and not isinstance(end, bool) for end in numbers) and bool(
                numbers or len(ends) == 2
            )
        if not isinstance(value, str):
            return False
        return self.kind != "date" or _is_day(value)

    @property
    def is_askable(self) -> bool:
        return bool(self.question) and not self.derive and not self.open


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class Applies:
    """A condition that decides whether facts apply, with the levels it had for answers seen before."""

    __slots__ = ("criterion", "depends", "levels", "number")

    def __init__(self, criterion: Criterion, number: int) -> None:
        from knowledge.criteria import facts_in

        self.criterion, self.number = criterion, number
        self.depends = facts_in(criterion)
        self.levels: dict[Hashable, int] = {}


class Facts(Mapping[str, Fact]):
    """All facts by id, in the order of the file; that order breaks ties."""

    def __init__(self, facts: Mapping[str, Fact], lists: Mapping[str, CodeList]) -> None:
        self._facts = dict(facts)
        self.lists = dict(lists)
        self._taken: dict[tuple[str, Any], bool] = {}
        self.order = {fact: position for position, fact in enumerate(self._facts)}
        # what is possible while nothing is known, worked out once: it is needed for every leaf of every turn
        self.all_values: dict[str, frozenset[str]] = {
            fact.id: frozenset(fact.choices) for fact in self._facts.values() if fact.choices
        }
        # many facts apply under the same condition, and what that yields depends on few answers (profile.py)
        self.groups: dict[str, Applies] = {}
        known: dict[Criterion, Applies] = {}
        for fact in self._facts.values():
            if fact.applies is not None:
                group = known.setdefault(fact.applies, Applies(fact.applies, len(known)))
                self.groups[fact.id] = group

    def __getitem__(self, fact: str) -> Fact:
        return self._facts[fact]

    def get(self, fact: str, default: Any = None) -> Any:  # asked many times a turn: Mapping's own is slow
        return self._facts.get(fact, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __contains__(self, fact: object) -> bool:
        return fact in self._facts

    def takes(self, fact: str, value: Any) -> bool:
        """`accepts` of a fact by id, remembered; False for a fact that does not exist."""
        try:
            return self._taken[fact, value]
        except KeyError:
            if len(self._taken) > MOST_KEPT:
                self._taken.clear()
            found = self._taken[fact, value] = fact in self._facts and self._facts[fact].accepts(value)
            return found
        except TypeError:  # a list cannot be remembered
            return fact in self._facts and self._facts[fact].accepts(value)

    def behind(self, facts: Iterable[str]) -> tuple[str, ...]:
        """These facts and all that decide whether they apply or what they are; nothing else can change a judgement."""
        found: dict[str, None] = {}
        waiting = list(facts)
        while waiting:
            name = waiting.pop()
            if name in found or name not in self:
                continue
            found[name] = None
            waiting.extend(self[name].derive)
            if name in self.groups:
                waiting.extend(self.groups[name].depends)
        return tuple(found)

    def narrower(self, fact: Fact, value: str) -> frozenset[str]:
        """The values that `value` may stand for: itself, and for a code everything below it."""
        if fact.list:
            return self.lists[fact.list].descendants.get(value, frozenset((value,)))
        return frozenset((value,))
