"""Fears and frequent questions of visitors, answered in at most 40 words: `worries.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.problems import Place, Problems
from knowledge.source import Node, Reader

LONGEST_ANSWER = 40  # words
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


def read_worries(nodes: Mapping[str, Node], problems: Problems) -> Worries:
    """All worries; a later file replaces a worry of the same id."""
    found: dict[str, Worry] = {}
    for node in nodes.values():
        if not node.is_map:
            problems.error(node.place, "the worries must be a mapping of id to worry", "Start with 'te-oud:'.")
            continue
        for name, part in node.map.items():
            found[name] = _worry(name, part, node.key_place(name), problems)
    return Worries(found)


def _worry(name: str, node: Node, place: Place, problems: Problems) -> Worry:
    reader = Reader(node, problems, f"worry '{name}'")
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
