"""The words of visitors: occupations, kinds of work, companies, and how people really write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.facts import CodeList
from knowledge.parsed import read_files
from knowledge.phrases import Phrases
from knowledge.problems import ContentInvalid, Problems
from knowledge.source import Node
from knowledge.text import squash, words

FOLDER = Path(__file__).with_name("words")


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work somebody named. `occupation` is empty for a branch or company, `sector` for work of any branch."""

    sector: str
    occupation: str = ""
    business: bool = False  # something one can own: "bakkerij", "garage"
    hinted: bool = False  # too common a word to count without "in de …", "werk bij …"


class Lexicon:
    """Words and the work they stand for, looked up without spaces and hyphens."""

    def __init__(self) -> None:
        self.works: dict[str, Work] = {}
        self.colloquial: dict[str, tuple[str, ...]] = {}
        self.phrases = Phrases()

    def work(self, word: str) -> Work | None:
        """The work that a squashed word or phrase stands for, also in the plural."""
        return self.works.get(word) or next((self.works[one] for one in singulars(word) if one in self.works), None)

    def add(self, form: str, work: Work) -> None:
        self.works.setdefault(squash(form), work)


def singulars(word: str) -> tuple[str, ...]:
    """What a plural or diminutive may come from: "bakkers" is "bakker", "restaurantje" is "restaurant"."""
    found = []
    for ending, least in (("tjes", 7), ("jes", 6), ("tje", 6), ("je", 6), ("en", 6), ("s", 4), ("n", 5)):
        if word.endswith(ending) and len(word) >= least:
            found.append(word[: -len(ending)])
    return tuple(found)


def read_words(*names: str, folder: Path = FOLDER) -> dict[str, Node]:
    """Word files by name. Raises ContentInvalid when one is broken."""
    problems = Problems()
    shown = {f"knowledge/words/{name}.yaml": folder / f"{name}.yaml" for name in names}
    nodes = read_files(shown, problems)
    if problems or len(nodes) < len(shown):
        raise ContentInvalid(problems.found)
    return {name: nodes[f"knowledge/words/{name}.yaml"] for name in names}


@cache
def group(name: str) -> frozenset[str]:
    """A group of words of `words/grammar.yaml`. Raises KeyError when there is none of that name."""
    return _groups()[name]


@cache
def every_group() -> frozenset[str]:
    """All words of all groups: they are right as they are."""
    return frozenset(word for words in _groups().values() for word in words)


@cache
def _groups() -> dict[str, frozenset[str]]:
    return {name: frozenset(node.text.split()) for name, node in read_words("grammar")["grammar"].map.items()}


def _lines(text: str) -> list[tuple[str, str]]:
    """ "a: b" a line -> (a, b); b may be empty."""
    found = []
    for line in text.splitlines():
        left, _, right = line.partition(": ")
        if left.strip():
            found.append((left.strip(), right.strip()))
    return found


def _occupations(lexicon: Lexicon, node: Node) -> None:
    for sector, listed in node.map.items():
        for name, others in _lines(listed.text):
            work = Work("" if sector == "any" else sector, occupation=name)
            for form in (name, *others.split(",")):
                if form.strip():
                    lexicon.add(form, work)


def _kinds_of_work(lexicon: Lexicon, node: Node) -> None:
    for sector, kinds in node.map.items():
        for kind in ("business", "work"):
            listed = kinds.get(kind)
            for form in (listed.text if listed else "").split(","):
                bare = form.strip().removeprefix("~")
                if bare:
                    lexicon.add(bare, Work(sector, business=kind == "business", hinted=form.strip().startswith("~")))


def _listed(lexicon: Lexicon, sectors: CodeList) -> None:
    """What editors taught in the list of sectors, unless the word files already know better."""
    for entry in sectors.entries.values():
        if entry.id == "other":
            continue
        for form in entry.words:
            lexicon.add(form, Work(entry.id, hinted=True))


def load(lists: Mapping[str, CodeList], folder: Path = FOLDER) -> Lexicon:
    """All words. Raises ContentInvalid when a file is broken."""
    lexicon = Lexicon()
    nodes = read_words("occupations", "kinds_of_work", "phrases", "colloquial", folder=folder)
    _occupations(lexicon, nodes["occupations"])
    _kinds_of_work(lexicon, nodes["kinds_of_work"])
    if "sectors" in lists:
        _listed(lexicon, lists["sectors"])
    lexicon.phrases = Phrases.read(nodes["phrases"])
    colloquial = nodes["colloquial"].get("words")
    for typed, meant in _lines(colloquial.text if colloquial else ""):
        lexicon.colloquial[squash(typed)] = tuple(words(meant))
    return lexicon
