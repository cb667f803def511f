"""Entries called by the words of their name in another order or form: "gelderse voucher vakmanschap"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from knowledge.entries import Entry
from knowledge.geography_words import ordinary_words
from knowledge.text import words
from knowledge.words import group

KINDS = ("scheme", "voucher", "fund", "loan", "tax", "programme")
SHORT = 5  # letters: shorter words are in many names
FEWEST = 2  # telling words in one name


# In the names of many entries.
GENERAL = frozenset(("voucher", "vouchers", "gestopt", "levenlang", "ontwikkeling", "opleidingsfonds", "stichting"))


def _bare(word: str) -> str:
    """Without the ending that changes with what follows: "gelderse" and "gelders" are "gelder"."""
    return word.rstrip("es") if len(word) > SHORT else word


class LooseNames:
    """The telling words of each name, without their endings."""

    def __init__(self, catalogue: Mapping[str, Entry]) -> None:
        self._names: list[tuple[frozenset[str], Entry]] = []
        for entry in catalogue.values():
            if entry.kind in KINDS:
                for name in (entry.id, entry.name):
                    telling = frozenset(self._telling(words(name)))
                    rare = any(word not in ordinary_words() for word in words(name) if len(word) >= SHORT)
                    if rare and len(telling) >= FEWEST:
                        self._names.append((telling, entry))

    @staticmethod
    def _telling(said: Iterable[str]) -> Iterable[str]:
        dull = group("search_everyday") | group("search_weak") | GENERAL
        return (_bare(word) for word in said if len(word) >= SHORT and word.isalpha() and word not in dull)

    def find(self, text: str) -> Entry | None:
        """The entry of whose name most telling words, and all of them, stand in a text; None when there is none."""
        said = {_bare(word) for word in words(text)}
        found = [(len(telling), entry) for telling, entry in self._names if telling <= said]
        return max(found, key=lambda one: one[0])[1] if found else None
