"""Answers given outside a conversation: in examples, in `loket match facts.yaml`, in a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

from knowledge.facts import STATES, Fact, Facts
from knowledge.problems import Problems, did_you_mean
from knowledge.profile import Given
from knowledge.source import Node, as_day, as_number

_BAND = re.compile(r"(\d[\d.]*)\s*(?:-|–|tot|t/m)\s*(\d[\d.]*)")
_HOME = {"employer": "company_place", "school": "school_place"}
_PLACES = ("place", "company_place", "school_place")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What could not be read of one fact, in words for whoever wrote it."""

    fact: str
    message: str
    proposal: str = ""

    def __str__(self) -> str:
        return f"{self.fact}: {self.message}" + (f". {self.proposal}" if self.proposal else "")


def read_given(raw: Mapping[str, Any], facts: Facts, geography: Any) -> tuple[dict[str, Given], list[Complaint]]:
    """Plain values (from YAML or JSON) as answers. What cannot be read is left out and complained about.

    Values: ids of choices, numbers, bands ("10-49" or [10, 49]), place names or postcodes, true/false/yes/no, and
    {"state": "dont_know"}. A place under the wrong one of its three names is taken for the one that applies.
    """
    answers: dict[str, Given] = {}
    complaints: list[Complaint] = []
    for name, value in raw.items():
        fact = facts.get(name)
        if fact is None:
            complaints.append(Complaint(str(name), "is not a fact", did_you_mean(str(name), facts)))
            continue
        found = _read(fact, value, facts, geography)
        if isinstance(found, Complaint):
            complaints.append(found)
        elif found is not None:
            answers[name] = found
    return _rightly_placed(answers), complaints


def read_given_node(node: Node, facts: Facts, geography: Any, problems: Problems) -> dict[str, Given]:
    """The same from a YAML file; complaints become problems at their place."""
    if not node.is_map:
        problems.error(node.place, "the given answers must be a mapping", "Write {situation: employee, age: 52}.")
        return {}
    answers, complaints = read_given(node.plain(), facts, geography)
    for one in complaints:
        part = node.get(one.fact)
        is_name = one.message == "is not a fact"
        place = node.key_place(one.fact) if is_name or part is None else part.place
        problems.error(place, f"'{one.fact}' {one.message}", one.proposal, width=len(one.fact) if is_name else 1)
    return answers


def _rightly_placed(answers: dict[str, Given]) -> dict[str, Given]:
    situation = answers.get("situation")
    wanted = _HOME.get(situation.value, "place") if situation and isinstance(situation.value, str) else ""
    if not wanted or wanted in answers:
        return answers
    told = next((name for name in _PLACES if name in answers), "")
    if not told:
        return answers
    return {wanted if name == told else name: answer for name, answer in answers.items()}


def _read(fact: Fact, value: Any, facts: Facts, geography: Any) -> Given | Complaint | None:
    if value is None or value == "":
        return None
    if isinstance(value, Mapping):
        state = value.get("state")
        if set(value) == {"state"} and state in ("dont_know", "declined"):
            return Given(None, str(state))
        if set(value) == {"state"} and state == "not_asked":
            return None
        if set(value) <= {"min", "max"} and fact.is_range:
            return _band(fact, value.get("min"), value.get("max"))
        known = ", ".join(one for one in STATES if one in ("dont_know", "declined", "not_asked"))
        return Complaint(fact.id, "has a mapping that is no answer", f"Write a value, or {{state: …}} with {known}.")
    if value in ("dont_know", "declined") and value not in fact.choices:
        return Given(None, value)
    if fact.derive or fact.open:
        asked = ", ".join(fact.derive)
        if not (fact.derive and fact.derive[0] in facts):
            return Complaint(fact.id, "follows from other things and cannot be given", "")
        return Complaint(fact.id, "follows from other facts", f"Give {asked} instead.")
    if fact.kind in ("choice", "code", "yes_no"):
        return _choice(fact, value)
    if fact.kind == "choices":
        return _choices(fact, value)
    if fact.kind in ("number", "amount"):
        return _number(fact, value)
    if fact.kind == "date":
        return _day(fact, value)
    if fact.kind == "place":
        return _place(fact, value, geography)
    text = str(value).strip()
    return Given(text[: int(fact.max)] if fact.kind == "text" and fact.max else text)


def _choice(fact: Fact, value: Any) -> Given | Complaint:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, list | tuple):
        if len(value) != 1:
            return Complaint(fact.id, "takes one value", "Choose one.")
        value = value[0]
    text = str(value)
    if text in fact.choices:
        return Given(text)
    if fact.kind == "yes_no" and text in ("true", "false"):
        return Given("yes" if text == "true" else "no")
    for choice in fact.choices.values():
        if text.casefold() == choice.label.casefold():
            return Given(choice.id)
    return Complaint(
        fact.id,
        f"has no value '{text[:60]}'",
        did_you_mean(text[:60], fact.choices) or f"Use one of: {', '.join(list(fact.choices)[:8])}.",
    )


def _choices(fact: Fact, value: Any) -> Given | Complaint:
    ids = []
    for one in value if isinstance(value, list | tuple) else [value]:
        found = _choice(fact, one)
        if isinstance(found, Complaint):
            return found
        ids.append(found.value)
    if fact.none in ids and len(ids) > 1:
        return Complaint(fact.id, f"has '{fact.none}' beside other values", "Keep one of the two.")
    return Given(tuple(dict.fromkeys(ids))) if ids else Complaint(fact.id, "has an empty list", "Choose at least one.")


def _number(fact: Fact, value: Any) -> Given | Complaint:
    if isinstance(value, list | tuple):
        return _band(fact, *value) if len(value) == 2 else Complaint(fact.id, "is not a number", "")
    if isinstance(value, bool):
        return Complaint(fact.id, "is not a number", "Write a number, such as 12.")
    if isinstance(value, str):
        band = _BAND.fullmatch(value.strip())
        if band:
            return _band(fact, band[1], band[2])
        try:
            value = as_number(value)
        except ValueError:
            return Complaint(
                fact.id, f"is not a number: '{value[:40]}'", "Write a number, such as 12, or a band: 10-49."
            )
    if not isinstance(value, int | float) or not isfinite(value):
        return Complaint(fact.id, "is not a number", "Write a number, such as 12.")
    if (fact.min is not None and value < fact.min) or (fact.max is not None and value > fact.max):
        return Complaint(fact.id, f"lies outside {fact.min:g} to {fact.max:g}", "Check the number.")
    return Given(int(value) if float(value).is_integer() else float(value))


def _band(fact: Fact, low: Any, high: Any) -> Given | Complaint:
    ends: list[float | None] = []
    for end in (low, high):
        if end is None or end == "":
            ends.append(None)
            continue
        found = _number(fact, end)
        if isinstance(found, Complaint):
            return found
        ends.append(found.value)
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        return Complaint(fact.id, "is a band that ends before it begins", "Write the lowest number first: 10-49.")
    return Given((ends[0], ends[1]))


def _day(fact: Fact, value: Any) -> Given | Complaint:
    try:
        day = value if isinstance(value, date) else as_day(str(value))
    except ValueError:
        return Complaint(fact.id, "is not a date", "Write it as 2026-03-01.")
    return Given(day.isoformat()[:10])


def _place(fact: Fact, value: Any, geography: Any) -> Given | Complaint:
    if callable(geography):
        geography = geography()
    text = str(value)
    known = geography.spot(text)
    found = geography.find(text)
    spot = known or getattr(found, "spot", None)
    if spot is not None:
        return Given(spot.key)
    choices = getattr(found, "choices", ())
    if choices:
        names = ", ".join(f"'{one.key}'" for one in choices[:4])
        return Complaint(fact.id, f"names several places: '{text[:60]}'", f"Write one of: {names}.")
    if hasattr(found, "country"):
        return Complaint(fact.id, f"lies outside the Netherlands: '{text[:60]}'", "")
    near = ", ".join(f"'{one.key}'" for one in getattr(found, "suggestions", ()))
    return Complaint(fact.id, f"is not a known place: '{text[:60]}'", f"Did you mean {near}?" if near else "")
