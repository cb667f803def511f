"""The visitors a proof walks with, and what walking them showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from flows.model import Advise
from flows.quotient import Group, Quotient


class Visit(NamedTuple):
    """One visitor so far. Nothing of it is ever changed in place, so that splitting is sharing."""

    assigned: Mapping[str, Group] = MappingProxyType({})
    asked: tuple[str, ...] = ()  # facts asked, in order
    by_need: int = 0  # questions advise may add
    words: int = 0  # words read
    first_step: tuple[int, int] | None = None  # questions and words before the first concrete step
    events: tuple[str, ...] = ()  # keys of steps whose effect came
    flows: tuple[str, ...] = ()
    offers: Mapping[str, str] = MappingProxyType({})
    certain: bool = False  # holds something that can be done today, whatever else is answered
    handed: bool = False
    ended: bool = False
    gives: tuple[str, ...] = ()  # advice, offer: what promises ask whether everybody gets it
    told: int = 0  # facts told without being asked

    @property
    def said(self) -> int:
        """How much this visitor has to say: the length of the conversation."""
        return len(self.asked) + self.told

    def given(self, what: str) -> Visit:
        return self if what in self.gives else self._replace(gives=tuple(sorted((*self.gives, what))))

    @property
    def questions(self) -> int:
        return len(self.asked) + self.by_need


@dataclass(frozen=True, slots=True)
class Arrival:
    """A visitor who comes to an `advise` step, and what is known there about all entries, as bit sets."""

    step: Advise
    visit: Visit
    possible: int  # entries not ruled out
    settled: int  # entries that fit whatever else is answered, or that only a person still decides about


@dataclass(slots=True)
class Proof:
    """What walking everybody showed."""

    quotient: Quotient
    endings: list[Visit] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)  # keys of steps somebody comes to
    branches: dict[str, set[str]] = field(default_factory=dict)  # when key -> yes, no, unknown
    seen: dict[str, dict[str, set[Group]]] = field(default_factory=dict)  # when key -> fact -> groups of who came by
    asks: dict[str, set[str]] = field(default_factory=dict)  # ask key -> asked, answered, not_applicable
    sets: dict[str, set[str]] = field(default_factory=dict)  # fact -> set keys reached by one visitor together
    came: dict[str, list[Visit]] = field(default_factory=dict)  # step key -> the first visitors who came by
    unproven: list[str] = field(default_factory=list)
    complete: bool = True
    arrivals: dict[tuple[object, ...], Arrival] = field(default_factory=dict)  # (advise key, what is known) -> who came
