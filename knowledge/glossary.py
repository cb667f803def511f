"""Words that visitors meet and need not know, each explained in a few short sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.problems import Place, Problems
from knowledge.source import Node, Reader


@dataclass(frozen=True, slots=True)
class Term:
    """One explained word."""

    id: str
    name: str  # "bbl"
    meaning: str  # Dutch, B1
    full: str = ""  # what the letters stand for
    english: str = ""
    words: tuple[str, ...] = ()  # other ways to say it
    related: tuple[str, ...] = ()  # ids of entries
    source: str = ""
    place: Place = field(default=Place(""), compare=False)

    def text(self, language: str = "nl") -> str:
        return self.english if language == "en" and self.english else self.meaning


class Glossary(Mapping[str, Term]):
    """Terms by id; `find` takes any of their words."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        self._terms = dict(terms)
        self._words = {
            word.casefold(): term.id
            for term in self._terms.values()
            for word in (term.id, term.name, term.full, *term.words)
            if word
        }

    def __getitem__(self, term: str) -> Term:
        return self._terms[term]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def find(self, word: str) -> Term | None:
        """The term with this name, in any case."""
        return self._terms.get(self._words.get(" ".join(word.casefold().split()), ""))

    @property
    def words(self) -> Mapping[str, str]:
        """Every word that is explained, in small letters, with the id of its term."""
        return self._words


def read_glossary(nodes: Mapping[str, Node], problems: Problems) -> Glossary:
    """All terms; a later file replaces a term of the same id."""
    terms: dict[str, Term] = {}
    for node in nodes.values():
        if not node.is_map:
            problems.error(node.place, "the glossary must be a mapping of id to term", "Start with 'bbl:'.")
            continue
        for name, part in node.map.items():
            reader = Reader(part, problems, f"term '{name}'")
            terms[name] = Term(
                name,
                reader.text("name", name),
                reader.text("meaning", required=True),
                reader.text("full"),
                reader.text("en", required=True),
                reader.texts("words"),
                reader.texts("related"),
                reader.text("source"),
                node.key_place(name),
            )
            reader.done()
    owner: dict[str, Term] = {}
    for term in terms.values():
        for word in dict.fromkeys(one.casefold() for one in (term.name, *term.words)):
            other = owner.setdefault(word, term)
            if other is not term:
                problems.error(term.place, f"'{word}' is explained twice, also as '{other.id}'", "Keep one of the two.")
    return Glossary(terms)
