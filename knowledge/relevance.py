"""What matters to this visitor: entries that answer the wish before general ones.

Tiers first (it answers the wish, is about the work, fits something else that was said, says nothing special, is about
other work), then a score within a tier: conditions that were met count by how much they say about the wish, and words
count that both the visitor (or the chosen answer) and the entry use.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.bitsets import BitSets, positions
from knowledge.criteria import NO, NOT_APPLICABLE, YES, All, Any, Between, Criterion, Human, Leaf, Not, OneOf, facts_in
from knowledge.entries import Entry
from knowledge.facts import Facts
from knowledge.profile import Profile

# Facts that say what somebody wants; meeting one of them makes an entry an answer to it.
PURPOSE = (
    "goal", "employer_goal", "school_goal", "plan_activity", "course_kind", "course_purpose", "wants_teaching_role",
    "trainee_kind", "hire_group", "joint_application", "first_step",
)  # fmt: skip
_FORMS = ("course_kind", "first_step")  # how somebody wants it, not what
WORK = ("field", "sector", "wanted_sector", "cao")
TOLD = ("course", "wanted_occupation", "occupation", "remark")  # free texts
_WEIGHTS = {
    **dict.fromkeys(PURPOSE, 6), **dict.fromkeys(WORK, 5), "benefit": 4, "contract": 3, "age": 2, "education": 2,
    "company_size": 2, "situation": 0, "area": 1, "place": 1, "company_place": 1, "school_place": 1,
}  # fmt: skip
_SILENT = frozenset(("situation", "area", "place", "company_place", "school_place"))  # these say nothing about a wish
_SPOKEN = ("goal", "employer_goal", "school_goal", "plan_activity", "course_kind")  # whose words entries may use too
_COMMON = frozenset((
    "voor", "over", "mijn", "doen", "werk", "worden", "weer", "iets", "soort", "gaan", "geen", "niet", "idee", "weet",
    "slag", "anders", "ander", "beter", "eigen", "nieuwe", "samen", "anderen", "bedrijf", "mensen", "leren", "werken",
    "school", "vinden", "kijken", "houden", "opleiding",
))  # fmt: skip
WISH, WORK_POINTS, NEAR, PERSON = 3, 2, 1, 1  # what an entry earns for each thing it answers; see Points
OTHER, LINE, UNSURE, SLIM = -99, -3, -1, -2  # other work; a phone line or a rule; may be gone; open and unlikely
SHUT = -4  # closed, and nobody knows when it opens: a wish and a trade do not make it a first card
BROAD = 6  # kinds of work: an entry that takes this many is not about any of them
UNLIKELY = 0.3  # a chance below this is too little to name an entry first
_RARE = 0.16  # a word that more entries than this share use says nothing
MOST_WEIGHED = 100  # entries of one bucket whose chances are compared; beyond that the score alone decides
MOST_REMEMBERED = 20_000  # judgements and chances kept for answers seen before
_WORD = re.compile(r"[^\W\d_]{4,}")


class Relevance:
    """Compiled beside the bit sets of the same entries."""

    def __init__(self, entries: Sequence[Entry], facts: Facts, bits: BitSets) -> None:
        self.entries, self.bits, self._facts = entries, bits, facts
        self._told = tuple(fact for fact in TOLD if fact in facts)
        self._by_sector: dict[str, int] = {}
        self._purpose = tuple(fact for fact in PURPOSE if fact in facts)
        self._work = tuple(fact for fact in WORK if fact in facts)
        local = wide = 0
        self._sectors: dict[str, int] = {}
        self.of_a_trade = 0
        for position, entry in enumerate(entries):
            bit = 1 << position
            if entry.where:
                if all(scope.startswith("province:") for scope in entry.where):
                    wide |= bit
                else:
                    local |= bit
            for sector in entry.sectors:
                self._sectors[sector] = self._sectors.get(sector, 0) | bit
                self.of_a_trade |= bit
        self.nearness = (local, wide, bits.all & ~local & ~wide)  # regional, provincial, national
        also = ("sector",) if "sector" in facts else ()  # the chance of a collective agreement depends on it
        self.depends = [facts.behind((*facts_in(entry.criterion), *also)) for entry in entries]
        self._chances: dict[Hashable, float] = {}
        self.words = [_words_of(entry) for entry in entries]
        self._other = tuple(
            fact for fact in bits.facts_asked if fact not in _SILENT and fact not in PURPOSE and fact not in WORK
        )
        self._akin = self._find_akin()
        self._serves: dict[str, dict[str, int]] = {}
        self._broad = self._lines = self._schools = self._shut = 0
        for position, entry in enumerate(entries):
            for fact, choices in entry.serves.items():
                by_choice = self._serves.setdefault(fact, {})
                for choice in choices:
                    by_choice[choice] = by_choice.get(choice, 0) | 1 << position
            if entry.status in ("closed", "paused") and not entry.windows:
                self._shut |= 1 << position
            if entry.kind == "provider":
                self._schools |= 1 << position
            if entry.facts.get("line") == "yes" or (entry.kind == "provider" and entry.status == "unknown"):
                self._lines |= 1 << position
            if max((len(kinds) for kinds in _kinds_of_work(entry.criterion)), default=0) >= BROAD:
                self._broad |= 1 << position

    def _find_akin(self) -> dict[tuple[str, str], int]:
        """Per answer about the wish, the entries that use one of its telling words."""
        by_word: dict[str, int] = {}
        for position, words in enumerate(self.words):
            for word in words:
                by_word[word] = by_word.get(word, 0) | 1 << position
        most = max(3, int(len(self.entries) * _RARE))
        found: dict[tuple[str, str], int] = {}
        for fact in _SPOKEN:
            for choice in self._facts[fact].choices.values() if fact in self._facts else ():
                bits = 0
                for word in _words_in(choice.label, *choice.words) - _COMMON:
                    some = by_word.get(word, 0)
                    if some.bit_count() <= most:
                        bits |= some
                found[fact, choice.id] = bits
        return found

    @staticmethod
    def weight(fact: str) -> int:
        """How much a met condition on this fact says about what the visitor wants."""
        return _WEIGHTS.get(fact, 1)

    def view(self, profile: Profile) -> View:
        """What matters to one visitor."""
        held = [(_WEIGHTS[fact], self.bits.held(profile, fact)) for fact in (*self._purpose, *self._work)]
        aim = work = wish = form = 0
        for fact, (_, bits) in zip(self._purpose, held, strict=False):
            aim |= bits
            if not profile.is_known(fact):
                continue  # "not asked yet" may be a condition, but it says nothing
            if fact in _FORMS:
                form |= bits
            else:
                wish |= bits
        for _, bits in held[len(self._purpose) :]:
            work |= bits
        served = self._serving(profile) & ~(self._schools & ~work)  # a school of one trade serves that trade's wishes
        if served:
            held.append((6, served))
            aim |= served
            wish |= served
        akin = self._akin_to(profile)
        if akin:
            held.append((3, akin))
            aim |= akin
        told = self.told(profile)
        if told:
            aim |= self._using(told)
        same, other = self._sector_bits(profile)
        work |= same
        other &= ~work
        about = work & ~self._broad
        special = 0
        for fact in self._other:
            bits = self.bits.held(profile, fact)
            if bits:
                special |= bits
                held.append((_WEIGHTS.get(fact, 1), bits))
        rest = self.bits.all & ~other
        both, some = aim & work & rest, (aim | work) & rest
        tiers = (both, aim & rest & ~both, work & rest & ~aim, special & rest & ~some, rest & ~some & ~special, other)
        near = self.nearness[0] & self.bits.held(profile, "area")
        person = special | form | work & self._broad | (self._using(told) if told else 0)
        points = Points(wish, about, near, person, other, self._lines, self._shut)
        return View(self, profile, tiers, [(weight, bits) for weight, bits in held if bits], told, points)

    def _serving(self, profile: Profile) -> int:
        """Entries whose editor says that they answer this wish."""
        bits = 0
        for fact, by_choice in self._serves.items():
            if profile.is_known(fact):
                value = profile.value(fact)
                for one in (value,) if isinstance(value, str) else value:
                    bits |= by_choice.get(one, 0)
        return bits

    def _akin_to(self, profile: Profile) -> int:
        bits = 0
        for fact in _SPOKEN:
            if fact in self._facts and profile.is_known(fact):
                value = profile.value(fact)
                for one in (value,) if isinstance(value, str) else value:
                    bits |= self._akin.get((fact, one), 0)
        return bits

    def _using(self, told: frozenset[str]) -> int:
        """Entries that use a word of the visitor, unless nearly all do."""
        bits = 0
        for position, words in enumerate(self.words):
            if not told.isdisjoint(words):
                bits |= 1 << position
        return bits if bits.bit_count() <= max(3, len(self.entries) * _RARE) else 0

    def _sector_bits(self, profile: Profile) -> tuple[int, int]:
        """Entries for this kind of work, and entries for another kind."""
        code = next((profile.value(fact) for fact in ("wanted_sector", "sector") if profile.is_known(fact)), None)
        if not isinstance(code, str) or "sectors" not in self._facts.lists:
            return 0, 0
        same = self._by_sector.get(code)
        if same is None:
            listed, same = self._facts.lists["sectors"], 0
            for one in {*listed.ancestors(code), *listed.descendants.get(code, ())}:
                same |= self._sectors.get(one, 0)
            self._by_sector[code] = same
        return same, self.of_a_trade & ~same

    def marks(self, at: int, profile: Profile) -> Hashable:
        """Equal marks mean equal judgements of this entry."""
        mark = profile.mark
        return (at, *[mark(fact) for fact in self.depends[at]])

    def chance_of(self, at: int, profile: Profile) -> float:
        key = self.marks(at, profile)
        found = self._chances.get(key)
        if found is None:
            if len(self._chances) > MOST_REMEMBERED:
                self._chances.clear()
            found = self._chances[key] = chance(self.entries[at].criterion, profile)
        return found

    def told(self, profile: Profile) -> frozenset[str]:
        """The words of the visitor's free texts that may name something in the catalogue."""
        texts = [text for fact in self._told if isinstance(text := profile.value(fact), str)]
        return _words_in(*texts) - _COMMON


@dataclass(frozen=True, slots=True)
class Points:
    """How much of what a visitor told each entry answers, as bit sets.

    The wish earns three points, the kind of work two; being of this very region, and meeting something else that was
    told, one each. A telephone line, or a rule to know, is no answer by itself. Off go one point of what may be gone,
    two of what is open and unlikely, and four of what is closed without a date. Other work comes last.
    """

    wish: int
    work: int
    near: int
    person: int
    other: int
    lines: int
    shut: int = 0

    def levels(self, unsure: int, unlikely: int) -> list[tuple[int, int]]:
        """(points, entries), the most first."""
        parts = (*self._earned(), (unsure, UNSURE), (unlikely, SLIM), (self.shut, SHUT))
        found = {0: -1}  # -1: every bit
        for bits, worth in parts:
            after: dict[int, int] = {}
            for points, some in found.items():
                for total, share in ((points + worth, some & bits), (points, some & ~bits)):
                    if share:
                        after[total] = after.get(total, 0) | share
            found = after
        return sorted(found.items(), reverse=True)

    def of(self, at: int) -> int:
        """The points of one entry, before anything goes off."""
        return sum(worth for bits, worth in self._earned() if bits >> at & 1)

    def _earned(self) -> tuple[tuple[int, int], ...]:
        return (
            (self.wish, WISH), (self.work, WORK_POINTS), (self.near, NEAR), (self.person, PERSON), (self.other, OTHER),
            (self.lines, LINE),
        )  # fmt: skip


class View:
    """Tiers and scores of all entries for one visitor.

    `tiers` are bit sets, the best first: answers the wish and is about the work, answers the wish, is about the work,
    meets something else that was said, says nothing special, is about other work.
    """

    __slots__ = ("_held", "_relevance", "_told", "points", "profile", "tiers")

    def __init__(
        self,
        relevance: Relevance,
        profile: Profile,
        tiers: tuple[int, ...],
        held: list[tuple[int, int]],
        told: frozenset[str],
        points: Points,
    ) -> None:
        self._relevance, self.profile, self.tiers, self._held, self._told = relevance, profile, tiers, held, told
        self.points = points

    def unlikely(self, maybe: int) -> int:
        """Of these open entries, those that answer something and yet have little chance."""
        some = maybe & (self.points.wish | self.points.work | self.points.person) & ~self.points.other
        bits = 0
        for at in positions(some):
            if self._relevance.chance_of(at, self.profile) < UNLIKELY:
                bits |= 1 << at
        return bits

    def sorted(self, found_at: Iterable[int], is_maybe: bool) -> list[int]:
        """Within a bucket: the higher score first, for maybes also the better chance; then by id."""
        found = list(found_at)
        if len(found) < 2 or not (is_maybe or self._held or self._told):
            return found
        with_chance = is_maybe and len(found) <= MOST_WEIGHED
        return sorted(found, key=lambda at: (-self.score(at, with_chance), at))

    def score(self, at: int, with_chance: bool) -> float:
        score = 0.0
        for weight, bits in self._held:
            if bits >> at & 1:
                score += weight
        if self._told:
            score += 3 * len(self._told & self._relevance.words[at])
        if with_chance:
            score += 4 * self._relevance.chance_of(at, self.profile)
        return score


def _kinds_of_work(criterion: Criterion) -> Iterator[frozenset[str]]:
    """Per condition on the kind of work, the kinds it takes."""
    if isinstance(criterion, Leaf):
        if criterion.fact in ("field", "sector", "wanted_sector") and isinstance(criterion.test, OneOf):
            yield frozenset(criterion.test.values)
    elif isinstance(criterion, All | Any):
        for part in criterion.parts:
            yield from _kinds_of_work(part)


def _words_in(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in _WORD.findall(text.casefold()))


def _words_of(entry: Entry) -> frozenset[str]:
    return _words_in(entry.name, *entry.words, *entry.questions)


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
        likely = _likely(leaf.fact, possible, profile)
        return len(likely & leaf.test.accepts) / max(1, len(likely))
    if isinstance(leaf.test, Between):
        low, high = possible
        bottom = low if leaf.test.low is None else max(low, leaf.test.low)
        top = high if leaf.test.high is None else min(high, leaf.test.high)
        return 0.5 if high - low in (0, float("inf")) else max(0.0, min(1.0, (top - bottom) / (high - low)))
    return 0.3


def _likely(fact: str, possible: frozenset[str], profile: Profile) -> frozenset[str]:
    """Collective agreements of the visitor's own kind of work; everything when there are none or it is not known."""
    declared = profile.facts[fact]
    work = profile.value("sector") if declared.list and "sector" in profile.facts else None
    listed = profile.facts.lists.get("sectors")
    if not isinstance(work, str) or listed is None:
        return possible
    near = {*listed.ancestors(work), *listed.descendants.get(work, ())}
    found = frozenset(one for one in possible if not near.isdisjoint(declared.choices[one].sectors))
    return found or possible
