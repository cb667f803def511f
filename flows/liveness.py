"""Which facts matter from a step on: visitors who differ only in others are one and the same to the proof."""

from __future__ import annotations

from typing import Any

from flows.content import CONTACT, Content
from flows.model import Advise, Ask, Do, Handoff, Offer, SetFact, When
from knowledge.criteria import facts_in


class Liveness:
    """Worked out once per chain of steps, and kept."""

    def __init__(self, content: Content) -> None:
        self.content, self.facts = content, content.knowledge.facts
        self.alive: dict[int, frozenset[str] | None] = {}
        self.entry_facts: dict[tuple[str, ...], frozenset[str]] = {}

    def live(self, rest: tuple[Any, ...]) -> frozenset[str] | None:
        """Facts that a later step reads; None when a later step reads all of them (`advise`)."""
        known = self.alive.get(id(rest), False)
        if known is not False:
            return known  # type: ignore[return-value]
        found: frozenset[str] | None = frozenset()
        if rest:
            after = self.live(rest[1])
            own = self.reads(rest[0], ())
            found = None if after is None or own is None else after | own
        self.alive[id(rest)] = found
        return found

    def reads(self, step: Any, active: tuple[str, ...]) -> frozenset[str] | None:
        """Facts that one step reads, with all below it; `active` are the flows it lies in."""
        if isinstance(step, Advise):
            return self.read_by_entries(step.kinds)
        flows: list[str] = []
        found: set[str] = set()
        if isinstance(step, Do):
            flows = [step.flow]
        elif isinstance(step, Handoff) or (isinstance(step, Offer) and step.what == "coach"):
            flows = [CONTACT]
        elif isinstance(step, Offer):
            flows = [step.what]
        elif isinstance(step, Ask):
            found |= set(self.facts.behind([step.fact]))
        elif isinstance(step, SetFact):
            found.add(step.fact)
        inner: list[Any] = []
        if isinstance(step, When):
            found |= set(self.facts.behind(step.condition.facts))
            inner = [*step.then, *step.otherwise, *step.unknown]
        for name in flows:
            if name in self.content.flows and name not in active:
                inner += [(part, (*active, name)) for part in self.content.flows[name].steps]
        for part in inner:
            one, around = part if isinstance(part, tuple) else (part, active)
            read = self.reads(one, around)
            if read is None:
                return None
            found |= read
        return frozenset(found)

    def read_by_entries(self, kinds: tuple[str, ...]) -> frozenset[str]:
        """Facts that decide whether an entry of these kinds fits, however far back."""
        if kinds not in self.entry_facts:
            catalogue = self.content.knowledge.catalogue
            found: set[str] = set()
            for entry in catalogue.of_kind(*kinds) if kinds else catalogue.values():
                found |= set(facts_in(entry.criterion))
            self.entry_facts[kinds] = frozenset(self.facts.behind(found))
        return self.entry_facts[kinds]
