"""The labelled sentences, and how a reading is scored. `python -m tests.understanding.labelled` prints the report."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from knowledge.content import Knowledge
from knowledge.understanding import Reading, Understanding

FILE = Path(__file__).with_name("sentences.tsv")
FLAGS = ("sensitive", "correction", "question")


@dataclass(frozen=True)
class Labelled:
    """One sentence with what must, may and must not be read."""

    text: str
    held: bool
    must: tuple[tuple[str, str], ...]
    may: tuple[tuple[str, str], ...]


@dataclass
class Score:
    """Counts over a set; precision counts every fact read that is neither asked for nor allowed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    sentences: int = 0
    whole: int = 0  # sentences read without a wrong or missed fact
    mistakes: list[str] = field(default_factory=list)
    by_fact: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)


def sentences() -> Iterator[Labelled]:
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith(("#", "set\t")):
            continue
        where, text, *expected = line.split("\t")
        must, may = [], []
        for part in (expected[0] if expected else "").split("; "):
            fact, _, value = part.partition("=")
            if part.startswith("!") or not part:
                continue
            (may if part.startswith("~") else must).append((fact.lstrip("~"), value))
        yield Labelled(text, where == "held", tuple(must), tuple(may))


@cache
def understanding() -> Understanding:
    found: Understanding = Knowledge.load().understanding
    return found


def _said(value: object) -> str:
    if isinstance(value, tuple) and (not value or isinstance(value[0], int) or value[0] is None or value[-1] is None):
        return "-".join("" if end is None else str(end) for end in value)
    return ",".join(value) if isinstance(value, tuple) else str(value)


def read_as(reading: Reading) -> dict[str, str]:
    """A reading in the notation of the labels."""
    found = {fact: _said(value) for fact, value in reading.facts.items()}
    for one in reading.uncertain:
        found[f"{one.fact}?"] = one.said
    if reading.sensitive:
        found["sensitive"] = reading.sensitive
    if reading.correction:
        found["correction"] = "yes"
    if reading.question:
        found["question"] = "yes"
    return found


def _same(fact: str, wanted: str, got: str) -> bool:
    if fact == "course":
        return wanted in got and len(got) <= len(wanted) + 22
    return got == wanted


def score(labelled: Labelled, found: Mapping[str, str], into: Score) -> None:
    wrong, missed = [], []
    must = dict(labelled.must)
    for fact, value in labelled.must:
        if fact in found and _same(fact, value, found[fact]):
            into.right += 1
        else:
            missed.append(f"{fact}={value}")
    for fact, value in found.items():
        if fact in must and _same(fact, must[fact], value):
            continue
        if any(one == fact and (_same(fact, allowed, value) or not allowed) for one, allowed in labelled.may):
            continue
        if fact == "question" and "question" not in must:
            continue  # a hint for the engine, no fact
        if fact == "place?" and any(one == "place" for one, _ in labelled.may):
            continue
        wrong.append(f"{fact}={value}")
    into.wrong += len(wrong)
    into.missed += len(missed)
    into.sentences += 1
    into.whole += not wrong and not missed
    for one in wrong:
        into.by_fact["+" + one.split("=")[0]] += 1
    for one in missed:
        into.by_fact["-" + one.split("=")[0]] += 1
    if wrong or missed:
        into.mistakes.append(f"{labelled.text}\n    wrong {wrong}   missed {missed}")


def scores() -> dict[str, Score]:
    found = {"tune": Score(), "held": Score()}
    reader = understanding()
    for labelled in sentences():
        score(labelled, read_as(reader.read(labelled.text)), found["held" if labelled.held else "tune"])
    return found


def main() -> None:
    """Print precision and recall; `-v` also prints the mistakes in the tuning set, never those in the held-out set."""
    for name, one in scores().items():
        print(
            f"{name}: {one.sentences} sentences, precision {one.precision:.1%}, recall {one.recall:.1%}, "
            f"read without any mistake {one.whole / one.sentences:.0%}"
        )
        if name == "tune" and "-v" in sys.argv:
            print("\n".join(one.mistakes))
            print(one.by_fact.most_common())


if __name__ == "__main__":
    main()
