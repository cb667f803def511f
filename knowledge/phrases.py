"""Ways of saying things, kept as data: `words/phrases.yaml` in, the phrases found in a sentence out.

The notation stands at the top of that file. A phrase never runs across a comma or full stop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.source import Node
from knowledge.text import Token, fold

GAP = 3  # most words that `..` stands for

_ELEMENT = re.compile(r"\[[^\]]*\]|\S+")


@dataclass(frozen=True, slots=True)
class Element:
    """One word of a phrase: any of `words`, or a word with one of `prefixes`, or a number, or a gap."""

    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    number: bool = False
    gap: bool = False
    optional: bool = False

    def fits(self, word: str) -> bool:
        if word in self.words or (self.number and word[:1].isdigit()):
            return True
        return bool(self.prefixes) and word.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A way to say `value` of `fact`; `weight` is how surely, 1 to 3."""

    fact: str
    value: str
    weight: int
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase in a sentence: the words `first` up to `last` (not included)."""

    fact: str
    value: str
    weight: int
    first: int
    last: int


class Phrases:
    """All phrases, indexed by their first word."""

    def __init__(self) -> None:
        self._sets: dict[str, frozenset[str]] = {}
        self._by_word: dict[str, list[Phrase]] = {}
        self._by_prefix: dict[str, list[tuple[tuple[str, ...], Phrase]]] = {}  # by first letter
        self._by_number: list[Phrase] = []
        self.prefixes: tuple[str, ...] = ()

    @classmethod
    def read(cls, node: Node) -> Phrases:
        """From the file as read: `sets`, then `fact.value` or `fact.value.weight` with a phrase a line."""
        phrases = cls()
        phrases.sets(node)
        for key, lines in node.map.items():
            if key == "sets":
                continue
            fact, value, *weight = key.split(".")
            for line in lines.text.splitlines():
                if line.strip():
                    phrases.add(fact, value, line, int(weight[0]) if weight else 3)
        return phrases

    def sets(self, node: Node) -> None:
        """Learn the sets of a file, to be named as `@set`."""
        sets = node.get("sets")
        for name, words in (sets.map if sets else {}).items():
            self._sets[name] = frozenset(word.strip() for word in words.text.split(","))

    def learn(self, name: str, words: frozenset[str]) -> None:
        """Learn one set, to be named as `@name`."""
        self._sets[name] = words

    def words_of(self, name: str) -> frozenset[str]:
        return self._sets.get(name, frozenset())

    def vocabulary(self) -> set[str]:
        """Every word that occurs in a phrase or set: words that need no repair."""
        found = {word for words in self._sets.values() for word in words}
        for phrases in self._by_word.values():
            found.update(word for phrase in phrases for element in phrase.elements for word in element.words)
        return found

    def add(self, fact: str, value: str, line: str, weight: int = 3) -> None:
        elements = tuple(self._element(part) for part in _ELEMENT.findall(fold(line)))
        phrase = Phrase(fact, value, weight, elements)
        first = elements[0]
        for word in first.words:
            self._by_word.setdefault(word, []).append(phrase)
        if first.prefixes:
            self.prefixes += first.prefixes
            for letter in {prefix[0] for prefix in first.prefixes}:
                self._by_prefix.setdefault(letter, []).append((first.prefixes, phrase))
        if first.number:
            self._by_number.append(phrase)

    def _element(self, written: str) -> Element:
        if written == "..":
            return Element(gap=True)
        optional = written.startswith("[")
        words: set[str] = set()
        prefixes: list[str] = []
        number = False
        for part in written.strip("[]").split("/"):
            if part == "#":
                number = True
            elif part.startswith("@"):
                words |= self._sets[part[1:]]
            elif part.endswith("*"):
                prefixes.append(part[:-1])
            else:
                words.add(part)
        return Element(frozenset(words), tuple(prefixes), number, False, optional)

    def find(self, said: Sequence[Token]) -> Iterator[Hit]:
        """Every phrase, at every place; overlapping ones too."""
        return self.find_in([token.text for token in said])

    @property
    def starts(self) -> frozenset[str]:
        """The words a phrase may start with; others start with one of `prefixes`, or with any number."""
        return frozenset(self._by_word)

    def occur(self, texts: Sequence[str]) -> bool:
        """Whether `find` finds anything in these words."""
        return next(self.find_in(texts), None) is not None

    def find_in(self, texts: Sequence[str]) -> Iterator[Hit]:
        """The same in bare words."""
        for at, word in enumerate(texts):
            for phrase in self._by_word.get(word, ()):
                yield from self._hit(phrase, texts, at)
            if word[:1].isdigit():
                for phrase in self._by_number:
                    yield from self._hit(phrase, texts, at)
            for prefixes, phrase in self._by_prefix.get(word[:1], ()):
                if word.startswith(prefixes) and word not in phrase.elements[0].words:
                    yield from self._hit(phrase, texts, at)

    def _hit(self, phrase: Phrase, texts: Sequence[str], at: int) -> Iterator[Hit]:
        end = _match(phrase.elements, 1, texts, at + 1)
        if end is not None:
            yield Hit(phrase.fact, phrase.value, phrase.weight, at, end)


def _breaks(word: str) -> bool:
    """Whether a word may not stand in a gap: "wil … geen diploma" is no wish for one."""
    return not word[:1].isalnum() or word in ("geen", "niet", "zonder", "no", "not", "without")


def _match(elements: tuple[Element, ...], index: int, texts: Sequence[str], at: int) -> int | None:
    """Where the rest of a phrase ends, or None."""
    if index == len(elements):
        return at
    element = elements[index]
    if element.gap:
        for skip in range(GAP + 1):
            if at + skip > len(texts) or any(map(_breaks, texts[at : at + skip])):
                return None
            end = _match(elements, index + 1, texts, at + skip)
            if end is not None:
                return end
        return None
    if at < len(texts) and element.fits(texts[at]):
        end = _match(elements, index + 1, texts, at + 1)
        if end is not None:
            return end
    return _match(elements, index + 1, texts, at) if element.optional else None
