"""Reading criteria from YAML: every name and value is checked here, so that judging never fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any as Anything

from knowledge.criteria import (
    ALWAYS,
    All,
    Any,
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
from knowledge.facts import COMPARISONS, STATES, Fact, Facts
from knowledge.problems import Problems, did_you_mean
from knowledge.source import Node, as_day, as_number

COMBINATIONS = ("any", "all", "not", "human")
NEVER = Any(())  # stands in for a condition that could not be read; the problem was reported


def read_criterion(node: Node, facts: Facts, geography: Anything, problems: Problems) -> Criterion:
    """A mapping means all of its keys, a list any of its parts. Wrong parts are reported and left out.

    `geography` may be a function that gives it: it is only needed, and read, when a place or area is named.
    """
    return _Reading(facts, geography, problems).criterion(node, under_not=False)


class _Reading:
    def __init__(self, facts: Facts, geography: Anything, problems: Problems) -> None:
        self.facts, self.problems = facts, problems
        self._geography = geography

    @property
    def geography(self) -> Anything:
        if callable(self._geography):
            self._geography = self._geography()
        return self._geography

    def criterion(self, node: Node, under_not: bool) -> Criterion:
        if node.is_list:
            return _one_or(Any, [self.criterion(part, under_not) for part in node.items], node)
        if not node.is_map:
            self.problems.error(
                node.place,
                f"'{node.text}' is not a condition",
                "Write 'fact: value', for example 'situation: employee'.",
            )
            return ALWAYS
        parts: list[Criterion] = []
        for key, value in node.map.items():
            parts.extend(self.part(key, value, node, under_not))
        return _one_or(All, parts, node)

    def part(self, key: str, value: Node, node: Node, under_not: bool) -> Iterable[Criterion]:
        place = node.key_place(key)
        if key in self.facts:
            return self.leaves(self.facts[key], value)
        if key in ("any", "all"):
            parts = [self.criterion(part, under_not) for part in value.items]
            if not parts:
                self.problems.error(place, f"'{key}' has no conditions", "Write a list of conditions below it.")
            return [_one_or(Any if key == "any" else All, parts, value)]
        if key == "not":
            return [Not(self.criterion(value, under_not=True), value.place)]
        if key == "human":
            if under_not:
                self.problems.error(
                    place,
                    "'human' stands inside 'not'",
                    "A person's decision cannot be turned around. Put 'human' beside 'not'.",
                    width=len(key),
                )
                return []
            return self.human(value)
        self.problems.error(
            place,
            f"'{key}' is not a fact",
            did_you_mean(key, [*self.facts, *COMBINATIONS]) or "Declare it in facts.yaml, or use a fact that is there.",
            width=len(key),
        )
        return []

    def human(self, value: Node) -> list[Criterion]:
        found: list[Criterion] = []
        for part in value.items:
            if part.is_text and part.text.strip():
                found.append(Human(part.text.strip(), part.place))
            else:
                self.problems.error(part.place, "'human' must be a sentence", "Say who decides what.")
        if not found:
            self.problems.error(value.place, "'human' is empty", "Say who decides what.")
        return found

    def leaves(self, fact: Fact, node: Node) -> list[Criterion]:
        """One leaf, or several when a mapping holds several comparisons."""
        if node.is_map:
            return self.mapping(fact, node)
        test = self.values(fact, node)
        return [Leaf(fact.id, test, node.place)] if test else []

    def mapping(self, fact: Fact, node: Node) -> list[Criterion]:
        found: list[Criterion] = []
        bounds: dict[str, Node] = {}
        for key, value in node.map.items():
            place, test = node.key_place(key), None
            if key == "state":
                test = self.state(value)
            elif key in COMPARISONS and (fact.is_range or fact.ordered):
                bounds[key] = value
                continue
            elif key == "in" and fact.kind == "place":
                test = self.areas(value)
            elif key == "all" and fact.kind == "choices":
                ids = self.ids(fact, value.items)
                test = EachOf(ids) if ids else None
            elif key == "any" and fact.kind != "place":
                test = self.values(fact, value)
            else:
                known = self.operators(fact)
                self.problems.error(
                    place,
                    f"'{key}' cannot be tested on '{fact.id}' (kind {fact.kind})",
                    did_you_mean(key, known) or f"Use {', '.join(known)}.",
                    width=len(key),
                )
            if test:
                found.append(Leaf(fact.id, test, value.place))
        if bounds:
            test = self.ranks(fact, bounds) if fact.ordered else self.between(fact, bounds)
            if test:
                found.insert(0, Leaf(fact.id, test, node.place))
        if not node.map:
            self.problems.error(node.place, f"no condition on '{fact.id}'", "Write a value.")
        return found

    @staticmethod
    def operators(fact: Fact) -> list[str]:
        known = ["state"]
        if fact.is_range or fact.ordered:
            known += COMPARISONS
        if fact.kind == "place":
            known.append("in")
        if fact.kind == "choices":
            known.append("all")
        return known

    def state(self, node: Node) -> Test | None:
        states = []
        for part in node.items:
            if part.text in STATES:
                states.append(part.text)
            else:
                self.problems.error(
                    part.place,
                    f"'{part.text}' is not an answer state",
                    did_you_mean(part.text, STATES) or f"Use one of: {', '.join(STATES)}.",
                    width=max(1, len(part.text)),
                )
        return InState(tuple(states)) if states else None

    def values(self, fact: Fact, node: Node) -> Test | None:
        """A bare value or list of values: any of them."""
        if fact.is_range:
            return self.exactly(fact, node)
        if fact.kind == "place":
            keys = [key for part in node.items if (key := self.spot_key(part))]
            return At(tuple(keys)) if keys else None
        if not (fact.choices or fact.kind == "yes_no" or fact.open):
            self.problems.error(
                node.place,
                f"the text of '{fact.id}' cannot be compared",
                "Test whether it was given: {state: given}.",
                width=max(1, len(node.text)),
            )
            return None
        ids = self.ids(fact, node.items)
        if not ids:
            return None
        if fact.kind == "choices":
            return SomeOf(ids, bool(fact.choices) and frozenset(ids) >= frozenset(fact.choices))
        accepts = frozenset(narrow for value in ids for narrow in self.facts.narrower(fact, value))
        return OneOf(ids, accepts)

    def ids(self, fact: Fact, parts: Iterable[Node]) -> tuple[str, ...]:
        found = []
        for part in parts:
            value = part.text.strip()
            if value in fact.choices or (fact.open and value):
                if value in found:
                    self.problems.error(
                        part.place, f"'{value}' stands here twice", "Keep one of the two.", width=len(value)
                    )
                    continue
                found.append(value)
                continue
            self.problems.error(
                part.place,
                f"'{value or part.plain()}' is not a value of '{fact.id}'",
                did_you_mean(value, fact.choices) or _some_of(fact.choices),
                width=max(1, len(value)),
            )
        return tuple(found)

    def ranks(self, fact: Fact, bounds: dict[str, Node]) -> Test | None:
        order = list(fact.choices)
        low, high, written = 0, len(order), []
        for key, node in bounds.items():
            ids = self.ids(fact, [node])
            if not ids:
                return None
            rank = order.index(ids[0])
            written.append((key, ids[0]))
            if key in ("min", "above"):
                low = max(low, rank + (key == "above"))
            else:
                high = min(high, rank + (key == "max"))
        if low >= high:
            first = next(iter(bounds.values()))
            self.empty(fact, first)
            return None
        return OneOf(tuple(order[low:high]), frozenset(order[low:high]), tuple(written))

    def between(self, fact: Fact, bounds: dict[str, Node]) -> Test | None:
        numbers = {key: self.number(fact, node) for key, node in bounds.items()}
        if None in numbers.values():
            return None
        for one, other in (("min", "above"), ("max", "below")):
            if one in numbers and other in numbers:
                self.problems.error(
                    bounds[other].place, f"'{one}' and '{other}' both stand here", "Keep one of the two."
                )
                return None
        test = Between(
            numbers.get("min", numbers.get("above")),
            numbers.get("max", numbers.get("below")),
            "above" in numbers,
            "below" in numbers,
        )
        empty = (
            test.low is not None
            and test.high is not None
            and (test.low > test.high or (test.low == test.high and (test.over or test.under)))
        )
        if empty:
            first = next(iter(bounds.values()))
            self.empty(fact, first)
            return None
        return test

    def empty(self, fact: Fact, bound: Node) -> None:
        self.problems.error(
            bound.place,
            f"no value of '{fact.id}' lies within these bounds",
            "Widen one of them.",
            witness="Zo gaat het mis: welk antwoord een bezoeker ook geeft, dit geldt nooit.",
            width=max(1, len(bound.text)),
        )

    def exactly(self, fact: Fact, node: Node) -> Test | None:
        found = [number for part in node.items if (number := self.number(fact, part)) is not None]
        if len(found) > 1:
            self.problems.error(
                node.place,
                f"'{fact.id}' has several numbers",
                "Use min and max, or an 'any' list with one number each.",
            )
            return None
        return Between(found[0], found[0]) if found else None

    def number(self, fact: Fact, node: Node) -> float | None:
        wanted = "a date like 2026-03-01" if fact.kind == "date" else "a number"
        try:
            if not node.is_text:
                raise ValueError
            value = float(as_day(node.text).toordinal()) if fact.kind == "date" else as_number(node.text)
        except ValueError:
            self.problems.error(
                node.place,
                f"'{fact.id}' is compared with {wanted}",
                f"Write {wanted}, or bounds such as {{min: …}}.",
                width=max(1, len(node.text)),
            )
            return None
        if fact.kind != "date":
            low, high = fact.min, fact.max
            if (low is not None and value < low) or (high is not None and value > high):
                self.problems.error(
                    node.place,
                    f"{node.text} lies outside the bounds of '{fact.id}' ({low:g} to {high:g})"
                    if low is not None and high is not None
                    else f"{node.text} lies outside the bounds of '{fact.id}'",
                    "Choose a number within them, or widen the bounds in facts.yaml.",
                    width=len(node.text),
                )
                return None
        return value

    def areas(self, node: Node) -> Test | None:
        scopes = []
        for part in node.items:
            scope = part.text.strip()
            kind, _, name = scope.partition(":")
            if kind not in ("province", "region", "municipality") or not name:
                self.problems.error(
                    part.place,
                    f"'{scope}' is not an area",
                    "Write province:…, region:… or municipality:… and then its id, such as region:achterhoek.",
                    width=max(1, len(scope)),
                )
                continue
            if self.geography.named(scope) is None:
                near = self.geography.suggest(scope)
                self.problems.error(
                    part.place,
                    f"there is no {kind} '{name}'",
                    f"Did you mean '{near[0]}'?" if near else "See knowledge/geography for the areas there are.",
                    width=max(1, len(scope)),
                )
                continue
            scopes.append(scope)
        return Inside(tuple(scopes)) if scopes else None

    def spot_key(self, node: Node) -> str:
        name = node.text.strip()
        spot = self.geography.spot(name) or getattr(self.geography.find(name), "spot", None)
        if spot is None:
            self.problems.error(
                node.place,
                f"'{name}' is not one known place",
                "Write the official name, with the province when there are two, such as 'Hengelo (Gld)'. "
                "For a region use {in: [region:…]}.",
                width=max(1, len(name)),
            )
            return ""
        return str(spot.key)


def _one_or(kind: type[All] | type[Any], parts: list[Criterion], node: Node) -> Criterion:
    return parts[0] if len(parts) == 1 else kind(tuple(parts), node.place)


def _some_of(known: Iterable[str]) -> str:
    names = list(known)
    shown = ", ".join(names[:8])
    return f"Use one of: {shown}{' …' if len(names) > 8 else ''}."
