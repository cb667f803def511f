"""The labelled queries, and the measures of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from knowledge.content import Knowledge
from knowledge.problems import Problems
from knowledge.search import Search
from knowledge.source import read_file

FOLDER = Path(__file__).parent
THEMES = (
    "employer_schemes",
    "people_schemes",
    "funds",
    "desks",
    "providers",
    "regional",
    "worries",
    "needs",
    "nothing",
)


@dataclass(frozen=True)
class Query:
    """A query with the ids that answer it; none: nothing may be answered."""

    text: str
    finds: frozenset[str]
    theme: str
    held: bool
    kind: str = ""


@dataclass
class Measures:
    """Of queries with an answer: right at the first place, in the first three. Of the others: answered anyway."""

    asked: int = 0
    first: int = 0
    three: int = 0
    empty: int = 0
    false: int = 0
    mistakes: list[str] = field(default_factory=list)

    @property
    def recall1(self) -> float:
        return self.first / max(1, self.asked)

    @property
    def recall3(self) -> float:
        return self.three / max(1, self.asked)

    @property
    def false_answers(self) -> float:
        return self.false / max(1, self.empty)


def queries() -> Iterator[Query]:
    for theme in THEMES:
        problems = Problems()
        node = read_file(FOLDER / f"{theme}.yaml", theme, problems)
        assert node is not None, [one.render() for one in problems.found]
        assert not problems, [one.render() for one in problems.found]
        for part in node.items:
            row = part.plain()
            yield Query(row["ask"], frozenset(row["finds"]), theme, row.get("held") == "yes", row.get("kind", ""))


@cache
def knowledge() -> Knowledge:
    return Knowledge.load()


@cache
def search() -> Search:
    found: Search = knowledge().search
    return found


@cache
def names() -> dict[str, frozenset[str]]:
    """Each id with all ids of the same thing."""
    found: dict[str, frozenset[str]] = {}
    for document in search().index.documents:  # an explained word may be called like its entry
        found[document.id] = found.get(document.id, frozenset()) | {document.id, *document.aliases}
    return found


def measure(asked: Sequence[Query], answer: Callable[[str], Sequence[str]]) -> Measures:
    """`answer` gives the ids found, best first."""
    found = Measures()
    for query in asked:
        ids = list(answer(query.text))[:3]
        if not query.finds:
            found.empty += 1
            if ids:
                found.false += 1
                found.mistakes.append(f"{query.text!r} must find nothing, found {ids}")
            continue
        found.asked += 1
        right = [bool(names().get(one, frozenset((one,))) & query.finds) for one in ids]
        found.first += right[:1] == [True]
        found.three += any(right)
        if right[:1] != [True]:
            found.mistakes.append(f"{query.text!r} wants {sorted(query.finds)}, found {ids}")
    return found
