"""What is wrong with a file that is no YAML, in the words of somebody who writes sentences and not code.

The parser says what it expected and where it gave up; an editor needs to know which sign to change, and that is often
where something was opened rather than where the file went wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """Line and column are counted from 1."""

    line: int
    column: int
    message: str
    proposal: str
    width: int = 1


_TAB = ("has a tab", "Use spaces: this line must start exactly as far as the lines it belongs with.")
_INDENT = (
    "does not start as far from the margin as the line it belongs with",
    "Line it up exactly with the '-' or the word above it that is of the same level.",
)
_COLON = (
    "has a second colon, and that starts a new key",
    'Put the whole sentence between double quotes: "…". Or look whether this line starts too far to the right.',
)
# What the parser says -> what to tell, for the places where it gave up.
_HERE = {
    "violates indentation": _TAB,
    "found a tab character": _TAB,
    "did not find expected '-' indicator": _INDENT,
    "did not find expected key": _INDENT,
    "mapping values are not allowed": _COLON,
    "could not find expected ':'": (
        "has no colon after the key above it",
        "Write 'key: value'. A longer text goes below 'key: >-', two spaces further in.",
    ),
    "block sequence entries are not allowed": (
        "has a list right behind the colon", "Start the list on the next line, each part after '- '."),
    "unknown escape character": (
        "has a backslash between double quotes", "Use single quotes around this text, or write the backslash twice."),
    "did not find expected node content": (
        "stops in the middle of something: a '[' or '{' is never closed", "Close it with ']' or '}' on the same line."),
    "did not find expected comment or line break": (
        "has text right behind '|' or '>'", "Start the text on the next line, two spaces further in."),
}  # fmt: skip
# The same for what was opened and never closed: told where it was opened.
_OPENED = {
    "while scanning a quoted scalar": (
        "opens a quote that is never closed",
        "Close it with the same sign. A text that starts with ' (such as 's avonds) goes between double quotes.",
    ),
    "while parsing a flow sequence": ("opens a '[' that is never closed", "Close it with ']' on the same line."),
    "while parsing a flow mapping": ("opens a '{' that is never closed", "Close it with '}' on the same line."),
}


def fault(error: Any, text: str) -> Fault:
    """`error` is a yaml.MarkedYAMLError."""
    said, context = error.problem or error.context or "", error.context or ""
    if context in _OPENED and error.context_mark is not None and "escape" not in said:
        message, proposal = _OPENED[context]
        return _at(error.context_mark, message, proposal)
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Fault(1, 1, f"cannot be read: {said}", "Compare it with a file that works.")
    line = (text.splitlines() or [""])[min(mark.line, len(text.splitlines()) - 1)]
    if "cannot start any token" in said:
        sign = line[mark.column : mark.column + 1]
        if sign == "\t":
            return _at(mark, *_TAB)
        return _at(mark, f"starts a text with '{sign}'", "Put the text between double quotes.")
    if "did not find expected key" in said and line[: mark.column].rstrip().endswith(('"', "'", "}", "]")):
        return _at(
            mark, "goes on behind a closing quote or bracket", "Put the whole text between one pair of double quotes."
        )
    for words, (message, proposal) in _HERE.items():
        if words in said:
            return _at(mark, message, proposal)
    return _at(mark, f"cannot be read: {said}", "Look at the indentation and the quotes here and one line above.")


def _at(mark: Any, message: str, proposal: str) -> Fault:
    return Fault(mark.line + 1, mark.column + 1, message, proposal)


def no_break_space(text: str) -> Fault | None:
    """A space that came along from a document where YAML needs a real one: at the start of a line or after a colon."""
    for number, line in enumerate(text.splitlines(), 1):
        if "\u00a0" not in line:
            continue
        start = len(line) - len(line.lstrip())
        column = line.find("\u00a0", 0, start)
        after = line.find(":\u00a0")
        if column < 0 and after >= 0 and ": " not in line[:after]:
            column = after + 1
        if column >= 0:
            return Fault(
                number, column + 1, "has a no-break space", "Type the space again; it was copied from a document."
            )
    return None
