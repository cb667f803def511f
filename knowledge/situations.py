"""Who speaks, from concepts that come together in a sentence: `situations` in `words/concepts.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from knowledge.frames import Frames, spelled
from knowledge.text import Token
from knowledge.words import read_words


@cache
def _frames() -> Frames:
    node = read_words("concepts")["concepts"]
    frames = Frames(spelled())
    concepts, situations = node.get("concepts"), node.get("situations")
    for name, phrases in (concepts.map if concepts else {}).items():
        frames.concept(name, phrases.text)
    for value, lines in (situations.map if situations else {}).items():
        for line in filter(str.strip, lines.text.splitlines()):
            frames.add(value, line)
    return frames


def situations_told(said: Sequence[Token]) -> frozenset[str]:
    """The situations that frames of concepts tell."""
    return frozenset(value for value, _ in _frames().find(said))
