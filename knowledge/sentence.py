"""One text of a visitor, read once: its words as meant, the phrases in it, the work and places it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.compounds import Splitter
from knowledge.geography_spots import Mention
from knowledge.geography_words import ordinary_words
from knowledge.negation import is_denied
from knowledge.numbers import digits
from knowledge.phrases import Hit
from knowledge.text import Token, tokens
from knowledge.words import Lexicon, Work, every_group, group, singulars

WINDOW = 4  # most words of one name of work
COURSE_TAILS = frozenset(["cursus", "opleiding", "training", "diploma", "certificaat", "vakschool", "les"])
WORK_TAILS = frozenset(["sector", "branche", "industrie", "werk", "vak", "wereld"])


@dataclass(frozen=True, slots=True)
class WorkMention:
    """Work named by the words `first` up to `last`."""

    work: Work
    first: int
    last: int
    said: str
    plural: bool
    tail: str = ""  # of a compound: "lascursus" has "cursus"


class Reader:
    """What is needed to read sentences: the words, and the known vocabulary for repairs."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.places: Callable[[str], bool] = lambda word: False

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Words that are right as they are."""
        return frozenset(
            self.lexicon.phrases.vocabulary()
            | every_group()
            | set(self.lexicon.works)
            | set(self.lexicon.colloquial)
            | ordinary_words()
            | group("sentence_company_tails")
            | COURSE_TAILS
            | WORK_TAILS
            | group("sentence_starts_after_and")
        )

    @cached_property
    def targets(self) -> dict[str, list[str]]:
        """Words worth repairing to, by first letter: occupations, kinds of work, and the words that decide much."""
        found: dict[str, list[str]] = {}
        for word in sorted(group("sentence_worth_repairing") | set(self.lexicon.works)):
            if len(word) >= 6 and word.isalpha():
                found.setdefault(word[0], []).append(word)
        return found

    @cached_property
    def splitter(self) -> Splitter:
        return Splitter(self.vocabulary)

    def job(self, word: str) -> str:
        """A short word where only a job can stand, as in "laser worden": the one job that is a letter away."""
        if len(word) != 5 or not word.isalpha() or word in ordinary_words() or self.lexicon.work(word):
            return word
        jobs = [name for name, work in self.lexicon.works.items() if work.occupation and 5 <= len(name) <= 6]
        close = process.extract(word, jobs, scorer=OSA.distance, score_cutoff=1, limit=2)
        return str(close[0][0]) if len(close) == 1 else word

    def knows(self, word: str) -> bool:
        """Whether a word is one of work or learning. Everyday words do not count: first names are among them."""
        listed = self.lexicon.phrases.vocabulary() | group("wishes_skills") | COURSE_TAILS
        return word in listed or self.lexicon.work(word) is not None

    def repaired(self, word: str) -> str:
        """The known word that a misspelled one must be, or the word itself: "werkzoeknde" -> "werkzoekende"."""
        if len(word) < 6 or not word.isalpha() or word in self.vocabulary or self.places(word):
            return word
        if any(one in self.vocabulary for one in singulars(word)) or len(self.splitter.split(word)) > 1:
            return word
        most = 1 if len(word) < 9 else 2
        close = process.extract(word, self.targets.get(word[0], ()), scorer=OSA.distance, score_cutoff=most, limit=2)
        if close and (len(close) == 1 or close[0][1] < close[1][1]):
            return str(close[0][0])
        return word

    def read(self, text: str) -> list[Token]:
        """The words as meant: hyphens gone, street spelling and misspellings repaired, numbers as digits."""
        out: list[Token] = []
        raw = tokens(text)
        for index, token in enumerate(raw):
            if token.text in ("-", "/"):
                spaced = index and raw[index - 1].end < token.start and index + 1 < len(raw)
                if spaced and token.text == "-" and raw[index + 1].start > token.end:
                    out.append(token.said(","))
                continue
            meant = self.lexicon.colloquial.get(token.text)
            if meant is None and token.is_word:
                becomes = raw[index + 1].text if index + 1 < len(raw) else ""
                meant = (self.job(token.text) if becomes == "worden" else self.repaired(token.text),)
                meant = self.lexicon.colloquial.get(meant[0], meant)
            out.extend(token.said(word) for word in meant or (token.text,))
        return digits(out)


class Sentence:
    """The words of one text and everything found in them."""

    def __init__(self, text: str, reader: Reader, mentions: Sequence[Mention]) -> None:
        self.text = text
        self.places = tuple(mentions)
        self.lexicon = reader.lexicon
        self._reader = reader
        self.said = reader.read(text)
        self.texts = [token.text for token in self.said]
        self.clauses = list(_clauses(self.texts))
        self.elsewhere: frozenset[int] = frozenset()  # clauses about somebody else

    @cached_property
    def hits(self) -> Mapping[str, tuple[Hit, ...]]:
        """Phrases by fact."""
        found: dict[str, list[Hit]] = {}
        for hit in self.lexicon.phrases.find(self.said):
            found.setdefault(hit.fact, []).append(hit)
        return {fact: tuple(hits) for fact, hits in found.items()}

    def denied(self, first: int) -> bool:
        return is_denied(self.said, first)

    def has(self, *words: str) -> bool:
        return any(word in self.texts for word in words)

    def before(self, at: int, most: int = 6, same_clause: bool = True) -> list[str]:
        """The words before position `at`, nearest last."""
        first = max(0, at - most)
        if same_clause:
            while first < at and self.clauses[first] != self.clauses[at]:
                first += 1
        return [word for word in self.texts[first:at] if word[:1].isalnum()]

    def after(self, at: int, most: int = 4) -> list[str]:
        """The words from position `at` on, within its clause (that of the word before it)."""
        clause = self.clauses[at - 1] if at else 0
        return [
            word
            for word, c in zip(self.texts[at : at + most], self.clauses[at : at + most], strict=False)
            if c == clause
        ]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words `first` up to `last` stand in the typed text."""
        return self.said[first].start, self.said[last - 1].end

    def in_place(self, first: int, last: int) -> bool:
        """Whether these words are (part of) the name of a place."""
        start, end = self.span(first, last)
        return any(mention.start < end and start < mention.end for mention in self.places)

    @cached_property
    def works(self) -> tuple[WorkMention, ...]:
        """Occupations, kinds of work and companies, the longest first, without overlap."""
        found: list[WorkMention] = []
        at = 0
        while at < len(self.texts):
            mention = self._work_at(at)
            if mention and not self.in_place(mention.first, mention.last):
                found.append(mention)
                at = mention.last
            else:
                at += 1
        return tuple(found)

    def _work_at(self, at: int) -> WorkMention | None:
        if not self.texts[at][:1].isalpha() or self.texts[at] in group("sentence_no_work"):
            return None
        for count in range(min(WINDOW, len(self.texts) - at), 0, -1):
            part = self.texts[at : at + count]
            if not all(word[:1].isalnum() for word in part):
                continue
            key = "".join(part)
            exact = self.lexicon.works.get(key)
            work = exact or (self.lexicon.work(key) if len(part[-1]) > 4 else None)
            if work:
                plural = exact is None or any(one in self.lexicon.works for one in singulars(key))
                return WorkMention(work, at, at + count, " ".join(part), plural)
        return self._compound_at(at)

    def _compound_at(self, at: int) -> WorkMention | None:
        """Work inside a compound: "lascursus", "scheepslasser", "schildersbaan"."""
        word = self.texts[at]
        if len(word) < 7 or word in ordinary_words():
            return None
        parts = self._reader.splitter.split(word)
        if len(parts) == 1:
            return None
        head, tail = "".join(parts[:-1]), parts[-1]
        whole = self.lexicon.work(tail)
        if whole and whole.occupation:
            return WorkMention(whole, at, at + 1, word, tail not in self.lexicon.works)
        first = self.lexicon.work(head) or self.lexicon.work(parts[0])
        if first and tail in group("sentence_company_tails") | WORK_TAILS | COURSE_TAILS:
            business = tail in group("sentence_company_tails")
            return WorkMention(Work(first.sector, business=business), at, at + 1, word, False, tail)
        return None


def _clauses(texts: Sequence[str]) -> Iterator[int]:
    """For each word, which part of the sentence it stands in."""
    clause = 0
    for at, word in enumerate(texts):
        if (
            word in group("sentence_starts_clause")
            or word in ".,;:!?()\n"
            or (word in ("en", "and") and at + 1 < len(texts) and texts[at + 1] in group("sentence_starts_after_and"))
        ):
            clause += 1
        yield clause
