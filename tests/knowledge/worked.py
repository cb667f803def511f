"""Twenty worked cases: `python -m tests.knowledge.worked` prints what the desk finds for each, with its reasons."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge.problems import Problems
from knowledge.profile import Profile
from knowledge.source import read_file
from tests.knowledge.people import KNOWLEDGE, TODAY, person

FILE = Path(__file__).with_name("worked.yaml")
NOW = datetime.fromisoformat("2026-11-21T10:00")
SHOWN = 5


@dataclass(frozen=True)
class Worked:
    """One visitor with what must and what may never come of it."""

    name: str
    profile: Profile
    first: tuple[str, ...]
    never: tuple[str, ...]


def cases() -> Iterator[Worked]:
    problems = Problems()
    node = read_file(FILE, FILE.name, problems)
    assert node is not None, [one.render() for one in problems.found]
    for part in node.items:
        row: dict[str, Any] = part.plain()
        yield Worked(row["name"], person(**row["given"]), tuple(row["first"] or ()), tuple(row["never"] or ()))


def main() -> None:
    """The first few that fit, each with why; then what was ruled out, with why not."""
    for case in cases():
        sys.stdout.write(f"\n{case.name}\n")
        matches = KNOWLEDGE.matcher.match(case.profile, NOW)
        for match in [one for one in matches if one.verdict != "does_not_fit"][:SHOWN]:
            sys.stdout.write(f"  {match.verdict:14}{match.status:9}{match.entry.id}: {' '.join(match.because)}\n")
        for name in case.never:
            told = KNOWLEDGE.matcher.why_not(KNOWLEDGE.catalogue[name], case.profile, NOW)
            sys.stdout.write(f"  not           {name}: {' '.join(told.sentences)} {told.change}\n")
    sys.stdout.write(f"\nchecked for {TODAY}\n")


if __name__ == "__main__":
    main()
