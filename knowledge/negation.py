"""What is denied: "geen uitkering", "niet werkloos", "geen lasser maar monteur"."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.text import Token
from knowledge.words import group

REACH = 3  # words


def is_denied(said: Sequence[Token], first: int) -> bool:
    """Whether the word at `first` stands behind a denial that reaches it."""
    for back in range(1, REACH + 2):
        at = first - back
        if at < 0:
            return False
        word = said[at].text
        if word in group("negation_denying"):
            follows = said[at + 1].text if at + 1 < len(said) else ""
            before = said[at - 1].text if at else ""
            return follows not in group("negation_otherwise") and not (
                word == "niet" and before in group("negation_otherwise") and back > 1
            )
        if word not in group("negation_between"):
            return False
    return False
