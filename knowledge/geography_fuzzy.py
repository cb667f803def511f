"""Which name was meant when it was misspelled: close in letters, or alike in sound."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.geography_names import sound

_edits: Any = OSA.distance  # its stub is stricter than what `process.extract` accepts

SAME_SOUND = 0.5  # alike in sound costs half an edit, and a little for each letter: "enskede" is surely Enschede


@dataclass(frozen=True, slots=True, order=True)
class Guess:
    """A name that may have been meant. `cost` is in edits; below `limit(...)` it is worth a question."""

    cost: float
    minor: bool  # a village or city part; a municipality is likelier to be meant
    name: str  # folded


def limit(folded: str) -> float:
    """How many edits a name of this length may differ. Short names have too many neighbours."""
    length = len(folded)
    if length < 4:
        return 0
    if length < 6:
        return 1
    return 2 if length < 9 else 3


class Misspellings:
    """An index of names by letters and by sound."""

    def __init__(self, names: Iterable[str], major: Collection[str]) -> None:
        self._major = frozenset(major)
        self._names = [name for name in names if len(name) > 3]
        self._sounds = [sound(name) for name in self._names]
        self._by_sound = _positions(self._sounds)

    def guesses(self, folded: str) -> list[Guess]:
        """Likely names, best first. Empty when nothing is near."""
        allowed = limit(folded)
        if not allowed:
            return []
        costs: dict[str, float] = {}
        found = process.extract(folded, self._names, scorer=_edits, score_cutoff=allowed, limit=12)
        for name, edits, _ in found:
            costs[name] = edits
        heard = sound(folded)
        alike = [(index, 0) for index in self._by_sound.get(heard, [])]
        if len(heard) > 4:
            near = process.extract(heard, self._sounds, scorer=_edits, score_cutoff=max(1, allowed - 1), limit=12)
            alike += [(index, edits) for _, edits, index in near]
        for index, edits in alike:
            name = self._names[index]
            letters = 0 if edits else min(OSA.distance(folded, name), 4) / 10  # Roosendaal sounds like Rozendaal
            costs[name] = min(costs.get(name, 9), edits + SAME_SOUND + letters)
        return sorted(Guess(cost, name not in self._major, name) for name, cost in costs.items() if cost <= allowed)


def _positions(sounds: list[str]) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = {}
    for index, heard in enumerate(sounds):
        positions.setdefault(heard, []).append(index)
    return positions
