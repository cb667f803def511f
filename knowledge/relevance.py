"""What matters to this visitor: entries that answer the goal before general ones, near before far.

Tiers first (it answers the goal, the kind of work, or neither), then a score within a tier: conditions that were met
count by how much they say about the wish, and words of the visitor that the entry knows count too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.bitsets import BitSets
from knowledge.criteria import NO, NOT_APPLICABLE, YES, All, Any, Between, Criterion, Human, Leaf, Not, OneOf
from knowledge.entries import Entry
from knowledge.facts import Facts
from knowledge.profile import Profile

# Facts that say what somebody wants; meeting one of them makes an entry an answer to it.
PURPOSE = (
    "goal", "employer_goal", "school_goal", "plan_activity", "course_kind", "course_purpose", "wants_teaching_role",
    "trainee_kind", "hire_group", "joint_application", "first_step",
)  # fmt: skip
WORK = ("field", "sector", "wanted_sector", "cao")
TOLD = ("course", "wanted_occupation", "occupation", "remark")  # free texts
_WEIGHTS = {
    **dict.fromkeys(PURPOSE, 6), **dict.fromkeys(WORK, 5), "benefit": 4, "contract": 3, "age": 2, "education": 2,
    "company_size": 2, "situation": 0, "area": 1, "place": 1, "company_place": 1, "school_place": 1,
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]{4,}")


class Relevance:
    """Compiled beside the bit sets of the same entries."""

    def __init__(self, entries: Sequence[Entry], facts: Facts, bits: BitSets) -> None:
        self._entries, self._facts, self._bits = entries, facts, bits
        self._purpose = tuple(fact for fact in PURPOSE if fact in facts)
        self._work = tuple(fact for fact in WORK if fact in facts)
        local = wide = 0
        self._sectors: dict[str, int] = {}
        self._with_sectors = 0
        for position, entry in enumerate(entries):
            bit = 1 << position
            if entry.where:
                if all(scope.startswith("province:") for scope in entry.where):
                    wide |= bit
                else:
                    local |= bit
            for sector in entry.sectors:
                self._sectors[sector] = self._sectors.get(sector, 0) | bit
                self._with_sectors |= bit
        self.nearness = (local, wide, bits.all & ~local & ~wide)  # regional, provincial, national
        self._words = [_words_of(entry) for entry in entries]

    @staticmethod
    def weight(fact: str) -> int:
        """How much a met condition on this fact says about what the visitor wants."""
        return _WEIGHTS.get(fact, 1)

    def tiers(self, profile: Profile) -> tuple[int, ...]:
        """Bit sets: answers the wish, is about the work, says nothing about either, is about other work."""
        aim = work = 0
        for fact in self._purpose:
            aim |= self._bits.held(profile, fact)
        for fact in self._work:
            work |= self._bits.held(profile, fact)
        same, other = self._sector_bits(profile)
        work |= same
        other &= ~work
        rest = self._bits.all & ~other
        both = aim & work & rest
        return (both, aim & rest & ~both, work & rest & ~aim, rest & ~aim & ~work, other)

    def _sector_bits(self, profile: Profile) -> tuple[int, int]:
        """Entries for this kind of work, and entries for another kind."""
        codes = next((profile.value(fact) for fact in ("wanted_sector", "sector") if profile.is_known(fact)), None)
        if not isinstance(codes, str) or "sectors" not in self._facts.lists:
            return 0, 0
        listed = self._facts.lists["sectors"]
        same = 0
        for code in {*listed.ancestors(codes), *listed.descendants.get(codes, ())}:
            same |= self._sectors.get(code, 0)
        return same, self._with_sectors & ~same

    def sorted(self, positions: Iterable[int], profile: Profile, is_maybe: bool) -> list[int]:
        """Within a bucket: the higher score first, for maybes also the better chance; then by id."""
        found = list(positions)
        if len(found) < 2:
            return found
        told = self._told(profile)
        return sorted(found, key=lambda at: (-self.score(at, profile, told, is_maybe), at))

    def score(self, at: int, profile: Profile, told: frozenset[str], is_maybe: bool) -> float:
        bit, score = 1 << at, 0.0
        for fact in (*self._purpose, *self._work):
            if self._bits.held(profile, fact) & bit:
                score += self.weight(fact)
        if told:
            score += 3 * len(told & self._words[at])
        if is_maybe:
            score += 4 * chance(self._entries[at].criterion, profile)
        return score

    def _told(self, profile: Profile) -> frozenset[str]:
        texts = (profile.value(fact) for fact in TOLD if fact in self._facts)
        return frozenset(word for text in texts if isinstance(text, str) for word in _WORD.findall(text.casefold()))


def _words_of(entry: Entry) -> frozenset[str]:
    return frozenset(word for text in (entry.name, *entry.words) for word in _WORD.findall(text.casefold()))


def chance(criterion: Criterion, profile: Profile) -> float:
    """How likely a criterion holds, taking every value still possible as equally likely. Only for ordering."""
    if isinstance(criterion, Leaf):
        return _leaf_chance(criterion, profile)
    if isinstance(criterion, Human):
        return 1.0
    if isinstance(criterion, Not):
        return 1 - chance(criterion.part, profile)
    if isinstance(criterion, All):
        product = 1.0
        for part in criterion.parts:
            product *= chance(part, profile)
        return product
    rest = 1.0
    if isinstance(criterion, Any):
        for part in criterion.parts:
            rest *= 1 - chance(part, profile)
    return 1 - rest


def _leaf_chance(leaf: Leaf, profile: Profile) -> float:
    level = leaf.level(profile)
    if level in (NO, YES):
        return 1.0 if level == YES else 0.0
    possible = profile.possible(leaf.fact)
    if possible is NOT_APPLICABLE:
        return 0.0
    if isinstance(leaf.test, OneOf):
        return len(possible & leaf.test.accepts) / max(1, len(possible))
    if isinstance(leaf.test, Between):
        low, high = possible
        bottom = low if leaf.test.low is None else max(low, leaf.test.low)
        top = high if leaf.test.high is None else min(high, leaf.test.high)
        return 0.5 if high - low in (0, float("inf")) else max(0.0, min(1.0, (top - bottom) / (high - low)))
    return 0.3
