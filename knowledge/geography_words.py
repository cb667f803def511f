"""Words that are also places, and ordinary words that look like places: lists in `knowledge/geography/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from knowledge.geography_names import fold

FOLDER = Path(__file__).with_name("geography")


def _lines(name: str) -> list[str]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def ordinary_words() -> frozenset[str]:
    """Words that are never a misspelled place, folded."""
    return frozenset(fold(word) for line in _lines("ordinary_words.txt") for word in line.split())


@cache
def words_that_are_places() -> frozenset[str]:
    """Names of places that are also words or names of people, folded: they need a context."""
    return frozenset(fold(name) for line in _lines("words_that_are_places.txt") for name in line.split(","))


@cache
def never_alone() -> frozenset[str]:
    """Names so common as words that only "woon in …" or "gemeente …", with a capital, makes them a place."""
    return frozenset(fold(name) for line in _lines("never_alone.txt") for name in line.split(","))
