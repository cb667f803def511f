"""What a question asks for: each telling word with the stems it may mean and how much it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.geography_words import ordinary_words
from knowledge.search_index import Index
from knowledge.source import Node
from knowledge.text import stem
from knowledge.words import Work, group, read_words

_AGAIN = frozenset(["open", "opengaan", "aanvragen", "beschikbaar", "mogelijk", "te"])  # behind "weer": once more


@dataclass(frozen=True, slots=True)
class Weights:
    """Numbers calibrated on the tuning queries (tests/queries/report.py)."""

    weak: float = 0.37  # a word that asks for help or money in general
    ordinary: float = 0.48  # an everyday word that documents know too
    unknown_ordinary: float = 0.26  # an everyday word no document knows
    unknown: float = 0.65  # another word no document knows
    number: float = 0.28  # a number no document knows
    place: float = 0.28  # the place somebody names; where it is decides elsewhere
    same: float = 0.9  # how surely a word of the same meaning is meant
    sector: float = 0.95  # how surely an occupation means its branch
    typo: float = 0.2  # what each wrong letter takes off
    base: float = 0.26  # what a word anywhere in a document counts …
    field: float = 0.265  # … and how much more per weight of its field
    long: float = 1.5  # weight of a question beyond which further words count half
    short: float = 0.55  # weight of a question below which it tells too little
    off_topic: float = 0.7  # what is left of a score when nothing shows that the text is about work or learning
    private: float = 0.44  # … and when it sounds like shopping or private life
    question: float = 0.3  # what a typical question adds that is asked in the same words
    threshold: float = 0.5  # least score to answer with


@dataclass(frozen=True, slots=True)
class Asked:
    """One word of a question: stems it may mean, each with how surely, and how much the word tells."""

    word: str
    stems: dict[str, float]
    weight: float


class Reader:
    """Reads questions against one index."""

    def __init__(self, index: Index, work: Callable[[str], Work | None], weights: Weights) -> None:
        self.index, self._work, self._weights = index, work, weights

    # ── word lists ─────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _same(self) -> dict[str, tuple[str, ...]]:
        """Stem -> stems of words that mean the same."""
        found: dict[str, tuple[str, ...]] = {}
        for line in _text(self._words, "same").splitlines():
            alike = [stem(word.strip()) for word in line.split(",") if word.strip()]
            for one in alike:
                found[one] = (*found.get(one, ()), *(other for other in alike if other != one))
        return found

    @cached_property
    def _apart(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Verb form -> (particle, verb): "leid … op" is "opleiden"."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for line in _text(self._words, "apart").splitlines():
            forms, _, verb = line.partition(": ")
            *verbs, particle = forms.split()
            for one in verbs:
                found[one] = (*found.get(one, ()), (particle, verb.strip()))
        return found

    @cached_property
    def domain_words(self) -> frozenset[str]:
        """Words that show that a text is about work, learning or what pays for it."""
        return frozenset(_text(self._words, "domain").split())

    @cached_property
    def _domain(self) -> frozenset[str]:
        return frozenset(stem(word) for word in _text(self._words, "domain").split())

    @cached_property
    def _private(self) -> frozenset[str]:
        return frozenset(_text(self._words, "private").split())

    @cached_property
    def _weak_stems(self) -> frozenset[str]:
        return frozenset(stem(word) for word in group("search_weak"))

    @cached_property
    def _words(self) -> Node:
        return read_words("search")["search"]

    # ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────

    def asked(self, said: Sequence[str], in_place: frozenset[str]) -> Iterator[Asked]:
        """The telling words of a question, in order."""
        at = 0
        while at < len(said):
            word = said[at]
            joined = self._joined(said, at)
            if joined:
                yield joined
                at += 2
                continue
            if said[at + 1 : at + 2] == ["te"] and "".join((word, *said[at + 2 : at + 3])) in self.index.words:
                yield self._read(word + said[at + 2])  # "in te burgeren"
                at += 3
                continue
            at += 1
            verb = next((verb for particle, verb in self._apart.get(word, ()) if particle in said[at : at + 6]), "")
            if verb:
                yield self._read(verb)
            elif word in in_place:
                found = self._read(word)
                yield Asked(word, found.stems, found.weight * self._weights.place)
            elif word not in group("search_stop"):
                yield self._read(word)

    def _joined(self, said: Sequence[str], at: int) -> Asked | None:
        """Two words that make one: "praktijk leren"."""
        if at + 1 == len(said):
            return None
        word, follows = said[at], said[at + 1]
        both = word + follows
        stop = group("search_stop")
        if len(both) < 6 or both not in self.index.words or (word in stop and follows in stop):
            return None
        stems = {stem(both): 1.0, stem(word): 0.8, stem(follows): 0.8}
        return Asked(both, stems, max(self.index.rarity.get(one, 0.0) for one in stems))

    def _read(self, word: str) -> Asked:
        weights, index = self._weights, self.index
        stems, weight = self._meanings(word)
        if word in group("search_weak") or (stems and self._weak_stems.issuperset(stems)):
            weight *= weights.weak
        elif _is_everyday(word) and stems:
            weight *= weights.ordinary
        work = self._work(word) if len(word) > 2 else None
        if work and work.sector:
            for one, share in index.sectors_above(work.sector):
                stems[one] = max(stems.get(one, 0.0), share * weights.sector)
            weight = max(weight, 0.4)
        return Asked(word, stems, weight)

    def _meanings(self, word: str) -> tuple[dict[str, float], float]:
        weights, index = self._weights, self.index
        found = {one: share for one, share in index.terms(word) if one in index.postings}
        whole = stem(word)
        alike = [one for one in self._same.get(whole, ()) if one in index.postings]
        for one in alike:
            found[one] = max(found.get(one, 0.0), weights.same)
        if whole in index.postings:
            return found, index.rarity[whole]
        if word.isdigit():
            return found, weights.number
        known = _is_everyday(word)
        if not known and not alike and len(word) > 4:
            for one, share in self._misspelled(whole if len(whole) > 4 else word):
                found[one] = max(found.get(one, 0.0), share)
        if found:
            return found, max(0.5, *(index.rarity[one] for one in found))
        return {}, weights.unknown_ordinary if known else weights.unknown

    def _misspelled(self, word: str) -> list[tuple[str, float]]:
        most = 1 if len(word) < 8 else 2
        close = process.extract(
            word, self.index.by_letter.get(word[0], ()), scorer=OSA.distance, score_cutoff=most, limit=4
        )
        return [(str(one), 0.9 - self._weights.typo * distance) for one, distance, _ in close]

    # ── what it is about ───────────────────────────────────────────────────────────────────────────────────────────

    def trust(self, said: Sequence[str], desk: bool) -> float:
        """1 for a question about work and learning, less for one that shows nothing of it or sounds like shopping."""
        if desk or self._names_domain(said):
            return 1.0
        if self._sounds_private(said):
            return self._weights.private
        if self._tells_own_work(said):
            return 1.0
        return 1.0 if self._is_name(said) else self._weights.off_topic

    def _sounds_private(self, said: Sequence[str]) -> bool:
        """A word of shopping or private life; "weer open" is no weather."""
        again = [at for at, word in enumerate(said) if word == "weer" and {*said[at + 1 : at + 2]} & _AGAIN]
        return any(word in self._private for at, word in enumerate(said) if at not in again)

    def _tells_own_work(self, said: Sequence[str]) -> bool:
        """ "ik ben metselaar", "werk als kok": about work, though no word says so."""
        return any(
            self._work(word) and {"ben", "als", "werk"} & set(said[max(0, at - 2) : at]) for at, word in enumerate(said)
        )

    def _names_domain(self, said: Sequence[str]) -> bool:
        return any(
            self._domain & {stem(part) for part in (word, *self.index.splitter.split(word))}
            for word in said
            if word not in group("search_stop")
        )

    def _is_name(self, said: Sequence[str]) -> bool:
        """Whether a name, or a word of an entry, makes up most of the question."""
        size = sum(len(word) for word in said if word not in group("search_stop") and word not in group("search_weak"))
        for first in range(len(said)):
            key = ""
            for last in range(first, min(len(said), first + 7)):
                key += said[last]
                if len(key) < 3 or len(key) * 2 <= size or key not in self.index.phrases or key in ordinary_words():
                    continue
                if len(key) == size or not self._work(key):  # "makelaar" with more beside it is who sells a house
                    return True
        return False


def _is_everyday(word: str) -> bool:
    return word in ordinary_words() or word in group("search_everyday")


def _text(node: Node, key: str) -> str:
    found = node.get(key)
    return found.text if found else ""
