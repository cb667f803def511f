"""Problems found in content, told to the person who edits it.

A problem points at a place, says what is wrong in one sentence, and proposes an edit. Readers collect problems instead
of raising at the first one: three typos should not take three runs.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import NamedTuple

LINE = 150  # characters of an offending line that are shown


class Place(NamedTuple):
    """Where something stands: file, line and column, the last two counted from 1 as an editor does."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One finding. `severity` is `error` (nothing is served) or `warning` (served, and said)."""

    place: Place
    message: str
    proposal: str = ""
    severity: str = "error"
    width: int = field(default=1, compare=False)  # how many characters the caret underlines
    witness: str = field(default="", compare=False)  # for findings about logic: "Zo gaat het mis: …"
    seek: str = field(default="", compare=False)  # words it is about, that stand somewhere below the place

    def render(self, lines: list[str] | None = None) -> str:
        """The finding as an editor reads it; `lines` are the lines of the file, when at hand."""
        said = "warning: " if self.severity == "warning" else ""
        out = [f"{self.place}: {said}{self.message}", *self.pointed(lines)]
        if self.witness:
            out.append("  " + self.witness.replace("\n", "\n  "))
        if self.proposal:
            out.append("  " + self.proposal)
        return "\n".join(out)

    def located(self, lines: list[str] | None) -> Problem:
        """The same, pointing at the words it is about when they are found below its place."""
        if not self.seek or not lines:
            return self
        wanted = re.compile(rf"(?<!\w){re.escape(self.seek)}(?!\w)", re.IGNORECASE)
        for number, line in enumerate(lines[self.place.line - 1 :], self.place.line):
            if match := wanted.search(line):
                return replace(self, place=Place(self.place.file, number, match.start() + 1), width=len(self.seek))
        return self

    def pointed(self, lines: list[str] | None) -> tuple[str, ...]:
        """The offending line with its number, and the caret below it; empty when the line is not at hand."""
        if not lines or not 0 < self.place.line <= len(lines):
            return ()
        number = f"{self.place.line:>4} | "
        line, column = _window(lines[self.place.line - 1].rstrip("\n").expandtabs(1), self.place.column)
        caret = " " * (len(number) + column - 1) + "^" * max(1, min(self.width, len(line) - column + 1))
        return number + line, caret


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of a long line around a column, and where the column stands in it."""
    if len(line) <= LINE:
        return line, column
    start = max(0, min(column - LINE // 2, len(line) - LINE))
    ends = "…" if start + LINE < len(line) else ""
    return (f"…{line[start + 1 : start + LINE]}{ends}" if start else line[:LINE] + ends), column - start


class Problems:
    """A growing list of findings that readers share."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def error(
        self, place: Place, message: str, proposal: str = "", *, width: int = 1, witness: str = "", seek: str = ""
    ) -> None:
        self.found.append(Problem(place, message, proposal, "error", width, witness, seek))

    def warning(self, place: Place, message: str, proposal: str = "", *, width: int = 1, witness: str = "") -> None:
        self.found.append(Problem(place, message, proposal, "warning", width, witness))

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.found if problem.severity == "error"]

    def __bool__(self) -> bool:
        return bool(self.errors)


class LoketError(Exception):
    """Something the desk expects to go wrong, told to its operator or editor without a stack trace."""


class ContentInvalid(LoketError):
    """The flows or the catalogue contain errors, so nothing was started.

    Run `loket check` to see each one with its file and line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(problem.render() for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A proposal naming the known word closest to `word`, or an empty string."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else ""


def shown(path: PurePath, root: PurePath) -> str:
    """A path as editors know it: relative to the repository or content folder where possible, with `/`."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()
