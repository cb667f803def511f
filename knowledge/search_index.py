"""What can be found, cut into weighted words: entries, explained words, and answers to frequent questions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from knowledge.compounds import Splitter
from knowledge.entries import Entry
from knowledge.facts import CodeList
from knowledge.glossary import Glossary
from knowledge.text import squash, stem, words
from knowledge.words import group
from knowledge.worries import Worries

Kind: TypeAlias = Literal["entry", "glossary", "worry"]

_FIELDS = {
    "name": 3.0,
    "alias": 2.6,
    "word": 2.6,
    "question": 2.0,
    "summary": 1.0,
    "operator": 1.4,
    "place": 1.6,
    "sector": 0.9,
}
_PART = 0.72  # how much a part of a compound counts beside the whole


@dataclass(slots=True)
class Document:
    """One thing to find. `phrases` are squashed names and words that, typed as such, mean exactly this."""

    id: str
    kind: Kind
    name: str
    answer: tuple[str, str] = ("", "")  # Dutch and English, for glossary and worries
    aliases: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    ended: bool = False
    entry: Entry | None = None
    phrases: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)  # stem -> weight
    questions: tuple[frozenset[str], ...] = ()  # the stems of each typical question


def documents(
    catalogue: Iterable[Entry], glossary: Glossary, worries: Worries, sectors: CodeList | None
) -> Iterator[tuple[Document, list[tuple[str, str]]]]:
    """Each document with its texts as (field, text)."""
    for entry in catalogue:
        yield _entry(entry), list(_entry_texts(entry, sectors))
    explained = {worry.term for worry in worries.values() if worry.term}
    for term in glossary.values():
        if term.id in explained:
            continue
        document = Document(term.id, "glossary", term.name, (term.text("nl"), term.text("en")))
        forms = [term.name, *term.words, term.full]
        yield (
            document,
            [
                *(("word", one) for one in forms),
                *(("question", f"wat is {one}") for one in forms[:1]),
                ("summary", term.meaning),
            ],
        )
    for worry in worries.values():
        kind: Kind = "glossary" if worry.explains else "worry"
        document = Document(
            worry.id, kind, worry.question, (worry.answer, worry.text("en")), (worry.term,) if worry.term else ()
        )
        texts = [("question", worry.question), *(("question", one) for one in worry.also), ("summary", worry.answer)]
        forms = list(worry.words)
        if worry.term and worry.term in glossary:
            forms += [glossary[worry.term].name, *glossary[worry.term].words]
        texts += [("word", one) for one in forms]
        if worry.question_en:
            texts.append(("question", worry.question_en))
        yield document, texts


def _entry(entry: Entry) -> Document:
    return Document(
        entry.id,
        "entry",
        entry.name,
        aliases=entry.aliases,
        where=entry.where,
        ended=entry.status == "ended",
        entry=entry,
    )


def _entry_texts(entry: Entry, sectors: CodeList | None) -> Iterator[tuple[str, str]]:
    yield "name", entry.name
    yield "alias", entry.id.replace("-", " ")
    for alias in entry.aliases:
        yield "alias", alias.replace("-", " ")
    for word in entry.words:
        yield "word", word
    for question in entry.questions:
        yield "question", question
    yield "summary", entry.summary
    yield "operator", entry.operator
    places = entry.facts.get("locations", ())
    for place in (places,) if isinstance(places, str) else places:
        yield "place", str(place)
    for name in ("name", "summary"):
        if isinstance(entry.en.get(name), str):
            yield "summary", str(entry.en[name])
    for code in entry.sectors:
        found = sectors.entries.get(code) if sectors else None
        if found:
            yield "sector", found.label


def told(said: Iterable[str]) -> Iterator[str]:
    """The stems of the words that tell something."""
    return (stem(word) for word in said if word not in group("search_stop"))


def sector_stem(code: str) -> str:
    """What stands for a kind of work in the index; no word can be equal to it."""
    return f"§{code}"


class Index:
    """Stems to documents, and how rare each is."""

    def __init__(
        self, catalogue: Iterable[Entry], glossary: Glossary, worries: Worries, lists: Mapping[str, CodeList]
    ) -> None:
        self.documents: list[Document] = []
        self._sectors = lists.get("sectors")
        raw: list[list[tuple[str, list[str]]]] = []
        vocabulary: set[str] = set()
        for document, texts in documents(catalogue, glossary, worries, lists.get("sectors")):
            cut = [(name, words(text)) for name, text in texts if text]
            for name, text in texts:
                if name in ("name", "alias", "word") and text:
                    key = squash(text)
                    if len(key) > 1:
                        document.phrases[key] = 1.0 if name != "name" else 1.1
            self.documents.append(document)
            raw.append(cut)
            vocabulary.update(word for _, said in cut for word in said)
        self.splitter = Splitter(frozenset(word for word in vocabulary if len(word) > 2))
        self.words = frozenset(vocabulary)
        for document, cut in zip(self.documents, raw, strict=True):
            self._weigh(document, cut)
            asked = [said for name, said in cut if name in ("question", "name")]
            document.questions = tuple(frozenset(told(said)) for said in asked)
            for code in document.entry.sectors if document.entry else ():
                document.weights[sector_stem(code)] = 2.4

    def sectors_above(self, code: str) -> Iterator[tuple[str, float]]:
        """A kind of work and what it is part of, with how well an entry for that one fits."""
        for wide in self._sectors.ancestors(code) if self._sectors else ():
            yield sector_stem(wide), 1.0 if wide == code else 0.75

    def _weigh(self, document: Document, cut: list[tuple[str, list[str]]]) -> None:
        """The best field a stem stands in counts, and a little for each further one."""
        for name, said in cut:
            weight = _FIELDS[name]
            for word in said:
                if word in group("search_stop"):
                    continue
                for one, share in self.terms(word):
                    old = document.weights.get(one, 0.0)
                    new = weight * share
                    document.weights[one] = max(old, new) + 0.08 * min(old, new)

    def terms(self, word: str) -> tuple[tuple[str, float], ...]:
        """The stems a word stands for with their share: itself, and the parts of a compound."""
        parts = self.splitter.split(word)
        found = [(stem(word), 1.0)]
        if len(parts) > 1:
            found += [(stem(part), _PART) for part in parts if part not in group("search_stop")]
        return tuple(found)

    @cached_property
    def postings(self) -> dict[str, list[tuple[int, float]]]:
        found: dict[str, list[tuple[int, float]]] = {}
        for number, document in enumerate(self.documents):
            for one, weight in document.weights.items():
                found.setdefault(one, []).append((number, weight))
        return found

    @cached_property
    def rarity(self) -> dict[str, float]:
        """How much a stem tells: 1 for one that stands in a single document, near 0 for one in most."""
        most = math.log(1 + len(self.documents))
        return {
            one: math.log(1 + len(self.documents) / sum(min(1.0, weight / 2) for _, weight in listed)) / most
            for one, listed in self.postings.items()
        }

    @cached_property
    def phrases(self) -> dict[str, list[tuple[int, float]]]:
        found: dict[str, list[tuple[int, float]]] = {}
        for number, document in enumerate(self.documents):
            for phrase, weight in document.phrases.items():
                found.setdefault(phrase, []).append((number, weight))
        return found

    def numbers(self, name: str) -> list[int]:
        """The document with this id or alias; empty when there is none."""
        return [at for at, one in enumerate(self.documents) if name == one.id or name in one.aliases]

    @cached_property
    def by_letter(self) -> dict[str, list[str]]:
        """Stems by first letter, for misspellings."""
        found: dict[str, list[str]] = {}
        for one in self.postings:
            if len(one) > 3 and one.isalpha():
                found.setdefault(one[0], []).append(one)
        return found
