"""First messages and what the desk's first reply makes of them. `python -m tests.understanding.replies [-v]` reports.

A sentence can be read well and still be answered badly; here the whole desk answers, flows and catalogue included.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from flows.content import Content
from flows.effects import Count, OpenCase, Say
from flows.events import Said, Started
from flows.transcript import Script, Talk
from tests.shipped import shipped

FILE = Path(__file__).with_name("first_replies.tsv")
TO_A_HUMAN = re.compile(r"Op welk nummer|Een coach|een mens|Zal een (coach|adviseur)|Wanneer bellen we")


@dataclass(frozen=True)
class First:
    """One first message and what a good reply does."""

    text: str
    where: str  # tune, held or unseen
    expected: tuple[str, ...]


@dataclass
class Tally:
    """Good replies of all, and what was wrong with the others."""

    good: int = 0
    all: int = 0
    bad: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.good / max(1, self.all)


def firsts() -> Iterator[First]:
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith(("#", "set\t")):
            where, text, expected = line.split("\t")
            yield First(text, where, tuple(expected.split("; ")))


@cache
def content() -> Content:
    return shipped()


def failing(first: First) -> tuple[list[str], str]:
    """The expectations that the first reply does not meet, and that reply."""
    talk = Talk(content(), Script(promise="uiterlijk maandag 23 november om 11.00 uur"))
    talk.play(Started("", "nl"))
    turn = talk.play(Said(first.text))
    reply = "\n".join(effect.message.text for effect in turn.effects if isinstance(effect, Say))
    told = {effect.detail for effect in turn.effects if isinstance(effect, Count) and effect.name == "shown"}
    opened = any(isinstance(effect, OpenCase) for effect in turn.effects)
    known = {fact: answer.value for fact, answer in turn.state.answers.items() if answer.status == "given"}

    def holds(wanted: str) -> bool:
        key, _, value = wanted.partition("=")
        if wanted == "human":
            return opened or bool(TO_A_HUMAN.search(reply))
        if key == "says":
            return bool(re.search(value, reply))
        if key == "never":
            return not re.search(value, reply)
        if key == "card":
            return bool(told & set(value.split("|")))
        if wanted.startswith("!"):
            return key[1:] not in known if not value else value != _plain(known.get(key[1:]))
        return _plain(known.get(key)) in value.split("|") or (key == "course" and value in _plain(known.get(key)))

    return [wanted for wanted in first.expected if not holds(wanted)], reply


def _plain(value: object) -> str:
    found = ",".join(str(one) for one in value) if isinstance(value, tuple | list) else str(value)
    return found.partition(":")[2] or found


@cache
def tallies() -> dict[str, Tally]:
    found = {"tune": Tally(), "held": Tally(), "unseen": Tally()}
    for first in firsts():
        wrong, reply = failing(first)
        tally = found[first.where]
        tally.all += 1
        tally.good += not wrong
        if wrong:
            tally.bad.append(f"{first.text}\n    fails {wrong}\n    {reply!r}")
    return found


def main() -> None:
    """Print the share of good first replies; `-v` also the bad ones of the tuning set, never of the others."""
    for name, one in tallies().items():
        print(f"{name}: {one.good} of {one.all} first replies are good ({one.share:.0%})")
        if name == "tune" and "-v" in sys.argv:
            print("\n".join(one.bad))


if __name__ == "__main__":
    main()
