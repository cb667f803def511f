"""Fears and frequent questions of visitors, answered in at most 40 words: `worries.yaml`.

`heard` lists how a question is put in the middle of a story, in the notation of `words/phrases.yaml`: such words are
recognised whatever stands around them. `frames` lists the concepts that together ask it (`words/concepts.yaml`).
`same_as` takes the phrases of another worry; `when` says for whom this answer is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any as Anything

from knowledge.criteria import Criterion, facts_in
from knowledge.criteria_reading import read_criterion
from knowledge.facts import Facts
from knowledge.frames import Frames, spelled
from knowledge.phrases import Phrases
from knowledge.problems import Place, Problems, did_you_mean
from knowledge.source import Node, Reader
from knowledge.text import Token
from knowledge.words import group, read_words

LONGEST_ANSWER = 40  # words
COMMANDS = ("erase", "my_data", "privacy", "call_me", "coach", "language")  # what a worry may do
CONFIDENCES = ("verified", "likely", "unverified")


@dataclass(frozen=True, slots=True)
class Support:
    """What an answer leans on: an entry of the catalogue, or a page."""

    entry: str = ""
    url: str = ""
    supports: str = ""


@dataclass(frozen=True, slots=True)
class Worry:
    """One question with its answer, Dutch and English."""

    id: str
    question: str
    answer: str
    question_en: str = ""
    answer_en: str = ""
    also: tuple[str, ...] = ()  # other ways to ask it
    words: tuple[str, ...] = ()
    term: str = ""  # explains this word of the glossary
    refer_to: tuple[str, ...] = ()  # ids of entries to offer next
    situations: tuple[str, ...] = ()  # `for`
    confidence: str = "unverified"
    sources: tuple[Support, ...] = ()
    heard: tuple[str, ...] = ()  # phrases that ask it in the middle of a story
    frames: tuple[str, ...] = ()  # concepts that ask it, in any order (knowledge/frames.py)
    does: str = ""  # the command that does what is asked
    waits: bool = False  # whoever asks this wants no question now
    same_as: tuple[str, ...] = ()  # heard in the phrases of these worries too
    when: Criterion | None = None  # only for whom this holds
    shows: str = ""  # the entry that is told instead of the answer
    human: bool = False  # a human is offered with it
    general: bool = False  # only when nothing more telling was heard
    place: Place = field(default=Place(""), compare=False)

    @property
    def explains(self) -> bool:
        """Whether it explains a word ("Wat is bbl?")."""
        return self.id.startswith("begrip-")

    def text(self, language: str = "nl") -> str:
        return self.answer_en if language == "en" and self.answer_en else self.answer


class Worries(Mapping[str, Worry]):
    """Worries by id, in the order of the file."""

    def __init__(self, worries: Mapping[str, Worry]) -> None:
        self._worries = dict(worries)

    def __getitem__(self, worry: str) -> Worry:
        return self._worries[worry]

    def __iter__(self) -> Iterator[str]:
        return iter(self._worries)

    def __len__(self) -> int:
        return len(self._worries)

    @cached_property
    def _phrases(self) -> Phrases:
        phrases = Phrases()
        for name in ("asked_money", "asked_pays", "asked_learning", "asked_you"):
            phrases.learn(name, group(name))
        for worry in self._worries.values():
            for line in (*worry.heard, *(line for other in worry.same_as for line in self._worries[other].heard)):
                phrases.add("worry", worry.id, line)
        return phrases

    @cached_property
    def _frames(self) -> Frames:
        frames = Frames(spelled())
        for name, phrases in _concepts().items():
            frames.concept(name, phrases)
        for worry in self._worries.values():
            for line in worry.frames:
                frames.add(worry.id, line)
        return frames

    def in_passing(self, said: Sequence[Token]) -> list[Worry]:
        """The questions asked somewhere in these words, the one told in most words first; of the same words the one
        that is for somebody in particular."""
        found: dict[str, int] = {}
        for hit in self._phrases.find(said):
            found[hit.value] = max(found.get(hit.value, 0), hit.last - hit.first)
        for name, many in self._frames.find(said):
            found[name] = max(found.get(name, 0), many)
        return sorted(
            (self._worries[name] for name in found),
            key=lambda worry: (worry.general, -found[worry.id], -len(facts_in(worry.when)) if worry.when else 0),
        )


@cache
def _concepts() -> Mapping[str, str]:
    """The concepts of the desk's own matters: name -> phrases between commas."""
    listed = read_words("concepts")["concepts"].get("concepts")
    return {name: phrases.text for name, phrases in (listed.map if listed else {}).items()}


def read_worries(nodes: Mapping[str, Node], problems: Problems, facts: Facts, geography: Anything) -> Worries:
    """All worries; a later file replaces a worry of the same id. `geography` as in `read_criterion`."""
    found: dict[str, Worry] = {}
    for node in nodes.values():
        if not node.is_map:
            problems.error(node.place, "the worries must be a mapping of id to worry", "Start with 'te-oud:'.")
            continue
        for name, part in node.map.items():
            found[name] = _worry(name, part, node.key_place(name), problems, facts, geography)
    concepts = _concepts()
    for worry in found.values():
        for name in re.findall(r"@(\w+)", " ".join(worry.frames)):
            if name not in concepts:
                hint = did_you_mean(name, concepts) or "The concepts stand in knowledge/words/concepts.yaml."
                problems.error(worry.place, f"worry '{worry.id}' has a frame with '@{name}', which is no concept", hint)
        for other in worry.same_as:
            if other not in found:
                problems.error(worry.place, f"worry '{worry.id}' is heard as '{other}', which is no worry")
    return Worries(found)


def _worry(name: str, node: Node, place: Place, problems: Problems, facts: Facts, geography: Anything) -> Worry:
    reader = Reader(node, problems, f"worry '{name}'")
    when = reader.node_of("when")
    english = reader.node_of("en")
    english_reader = Reader(english, problems, f"'en' of worry '{name}'") if english else None
    worry = Worry(
        name,
        reader.text("question", required=True),
        reader.text("answer", required=True),
        english_reader.text("question", required=True) if english_reader else "",
        english_reader.text("answer", required=True) if english_reader else "",
        reader.texts("also"),
        tuple(word.strip() for word in reader.text("words").split(",") if word.strip()),
        reader.text("term"),
        reader.texts("refer_to"),
        reader.texts("for"),
        reader.one_of("confidence", CONFIDENCES, "unverified", required=True),
        tuple(_support(part, problems) for part in reader.parts("sources")),
        tuple(line.strip() for line in reader.text("heard").splitlines() if line.strip()),
        tuple(line.strip() for line in reader.text("frames").splitlines() if line.strip()),
        reader.one_of("does", COMMANDS),
        reader.text("waits") == "yes",
        reader.texts("same_as"),
        read_criterion(when, facts, geography, problems) if when else None,
        reader.text("shows"),
        reader.text("human") == "yes",
        reader.text("general") == "yes",
        place,
    )
    reader.done()
    if english_reader:
        english_reader.done()
    else:
        problems.error(place, f"worry '{name}' has no English", "Add 'en:' with question and answer.")
    for text in (worry.answer, worry.answer_en):
        if len(text.split()) > LONGEST_ANSWER:
            problems.error(
                place, f"the answer of worry '{name}' has {len(text.split())} words", f"Use at most {LONGEST_ANSWER}."
            )
    return worry


def _support(node: Node, problems: Problems) -> Support:
    reader = Reader(node, problems, "a source")
    support = Support(reader.text("entry"), reader.text("url"), reader.text("supports"))
    reader.done()
    return support
