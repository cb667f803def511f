"""Cutting Dutch compounds with a dictionary: "loodgietersbedrijf" is "loodgieter" and "bedrijf".

Every part must be a known word; between parts may stand a linking -s-, -e-, -en- or -n-. Fewer and longer parts win.
"""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache

SHORTEST = 3  # letters of a part
LINKS = ("", "s", "en", "e", "n")


class Splitter:
    """Splits words with one dictionary; remembers what it split."""

    def __init__(self, dictionary: Container[str]) -> None:
        self._known = dictionary
        self.split = lru_cache(maxsize=8192)(self._split)

    def _split(self, word: str) -> tuple[str, ...]:
        """The parts of a folded word, or the word alone when it is no compound of known words."""
        if len(word) < 2 * SHORTEST or not word.isalpha():
            return (word,)
        return self._parts(word, 0) or (word,)

    def _parts(self, word: str, depth: int) -> tuple[str, ...] | None:
        best: tuple[str, ...] | None = None
        for cut in range(len(word) - SHORTEST, SHORTEST - 1, -1):
            head = self._head(word[:cut])
            if not head:
                continue
            rest = word[cut:]
            if rest in self._known:
                tail: tuple[str, ...] | None = (rest,)
            else:
                tail = self._parts(rest, depth + 1) if depth < 2 and len(rest) >= 2 * SHORTEST else None
            if tail and (best is None or len(tail) + 1 < len(best)):
                best = (head, *tail)
        return best

    def _head(self, piece: str) -> str | None:
        """The known word in a first part, without its linking letters."""
        for link in LINKS:
            if link and not piece.endswith(link):
                continue
            bare = piece[: len(piece) - len(link)]
            if len(bare) >= SHORTEST and bare in self._known:
                return bare
        return None
