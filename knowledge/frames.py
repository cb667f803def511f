"""Frames: what a sentence is about when certain concepts come together in it, in any order.

A frame is a line of parts: `@call + @somebody + mij - @work`. Every part behind a `+` stands in the sentence, none
behind a `-`. A part is a phrase in the notation of `words/phrases.yaml`, or `@name`: any phrase of that concept. Words
are read loosely: street spelling, endings left off, a letter wrong in a long word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import pairwise, product

from rapidfuzz.distance import OSA

from knowledge.geography_words import ordinary_words
from knowledge.phrases import Phrases
from knowledge.source import Node
from knowledge.text import Token
from knowledge.words import read_words

REACH = 16  # words: concepts further apart do not belong together
LONG = 6  # letters from which a wrong one is forgiven
_PARTS = re.compile(r"(?:^|\s)([+-])\s")
_ENDS = frozenset(".!?;:\n")
_DENYING = frozenset(("niet", "geen", "nooit", "zonder", "not", "no"))


class Frames:
    """All frames of one kind. Add concepts first. `negation`: a concept that is denied does not count."""

    def __init__(self, spelled: Mapping[str, str], *, negation: bool = True) -> None:
        self._spelled = spelled
        self._negation = negation
        self._phrases = Phrases()
        self._concepts: dict[str, str] = {}
        self._known: dict[str, str] = {}  # a part -> its name among the phrases
        self._frames: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []

    def concept(self, name: str, phrases: str) -> None:
        """Learn a concept: phrases between commas."""
        self._concepts[name] = phrases

    def add(self, value: str, line: str) -> None:
        """Learn one frame. Raises KeyError for a concept that was not learned."""
        pieces = _PARTS.split(f"+ {line.strip()}")
        signed = list(zip(pieces[1::2], pieces[2::2], strict=True))
        for _, part in signed:
            self._learn(part.strip())
        self._frames.append(
            (
                value,
                tuple(part.strip() for sign, part in signed if sign == "+"),
                tuple(part.strip() for sign, part in signed if sign == "-"),
            )
        )

    def _learn(self, part: str) -> None:
        if part in self._known:
            return
        self._known[part] = part
        for phrase in self._concepts[part[1:]].split(",") if part.startswith("@") else (part,):
            self._phrases.add(part, "", phrase.strip())

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(self._phrases.vocabulary())

    @cached_property
    def anchors(self) -> frozenset[str]:
        """Words of which every sentence with a frame holds one: the longest of each phrase of the first part, also
        without its n and in street spelling. So the part that is said least stands first in a frame."""
        firsts = {wanted[0] for _, wanted, _ in self._frames}
        phrases = [
            phrase
            for part in firsts
            for phrase in (self._concepts[part[1:]].split(",") if part.startswith("@") else (part,))
        ]
        meant = {word for phrase in phrases for word in max(phrase.split(), key=len).split("/")}
        meant |= {word[:-1] for word in meant if word.endswith("en")}
        return frozenset(meant | {typed for typed, one in self._spelled.items() if one in meant})

    def find(self, said: Sequence[Token]) -> Iterator[tuple[str, int]]:
        """The values of the frames in a text, each with how many concepts it joins; sentence by sentence."""
        for sentence in _sentences(said):
            yield from self._in_sentence([self._meant(word) for word in sentence])

    def _in_sentence(self, texts: list[str]) -> Iterator[tuple[str, int]]:
        where: dict[str, list[tuple[int, int]]] = {}
        for hit in self._phrases.find_in(texts):
            if not (self._negation and _is_denied(texts, hit.first)):
                where.setdefault(hit.fact, []).append((hit.first, hit.last))
        for value, wanted, never in self._frames:
            if all(part in where for part in wanted) and not any(part in where for part in never):
                places = [where[part][:6] for part in wanted]
                if any(map(_belongs, product(*places))):
                    yield value, len(wanted)

    def _meant(self, word: str) -> str:
        word = self._spelled.get(word, word)
        if word in self._vocabulary or not word.isalpha():
            return word
        if f"{word}n" in self._vocabulary and word.endswith("e"):
            return f"{word}n"  # "belle", "leve"
        if len(word) < LONG - 1 or word in ordinary_words():
            return word
        near = (one for one in self._long if abs(len(one) - len(word)) <= 1 and one[0] == word[0])
        return next((one for one in near if OSA.distance(word, one, score_cutoff=1) <= 1), word)

    @cached_property
    def _long(self) -> tuple[str, ...]:
        return tuple(sorted(one for one in self._vocabulary if len(one) >= LONG))


@cache
def spelled() -> Mapping[str, str]:
    """Street spelling of one word by one word: "nie" is "niet"."""
    node = read_words("colloquial")["colloquial"].get("words")
    pairs = (line.partition(": ")[::2] for line in (node.text if node else "").splitlines())
    return {typed.strip(): meant.strip() for typed, meant in pairs if meant.strip().isalpha()}


def frames_of(node: Node, lead: str, *, negation: bool = True) -> Frames:
    """The frames of a file: its `concepts`, and under each key that starts with `lead` a frame a line."""
    frames = Frames(spelled(), negation=negation)
    concepts = node.get("concepts")
    for name, phrases in (concepts.map if concepts else {}).items():
        frames.concept(name, phrases.text)
    for key, lines in node.map.items():
        if key.startswith(lead):
            for line in filter(str.strip, lines.text.splitlines()):
                frames.add(key.removeprefix(lead), line)
    return frames


def _sentences(said: Sequence[Token]) -> Iterator[list[str]]:
    sentence: list[str] = []
    for token in said:
        if token.text in _ENDS:
            yield sentence
            sentence = []
        elif token.text[:1].isalnum():
            sentence.append(token.text)
    yield sentence


def _belongs(places: tuple[tuple[int, int], ...]) -> bool:
    """Whether these concepts stand close enough together, each in words of its own."""
    if max(last for _, last in places) - min(first for first, _ in places) > REACH:
        return False
    ordered = sorted(places)
    return all(one[1] <= other[0] for one, other in pairwise(ordered))


def _is_denied(texts: Sequence[str], first: int) -> bool:
    """ "niet bellen", "geen mens": the word right before it denies it."""
    return bool(first) and texts[first - 1] in _DENYING and texts[first] not in _DENYING
