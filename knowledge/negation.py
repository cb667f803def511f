"""What is denied: "geen uitkering", "niet werkloos", "geen lasser maar monteur"."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.text import Token

DENYING = frozenset("geen niet nooit noch no not nergens never zonder without".split())
# Between the denial and what it denies: "geen vast contract", "niet in de zorg", "nog geen erkend leerbedrijf".
_BETWEEN = frozenset(
    "een de het in bij als op van echt meer meteen vast vaste erkend eigen aan the a in ik als mijn werkzaam via zin om".split()
)
# "niet alleen", "niet meer dan", "weet niet", "kan niet": the denial is about something else.
_OTHERWISE = frozenset("alleen weet weten kan kon wist zeker goed te".split())
REACH = 3  # words


def is_denied(said: Sequence[Token], first: int) -> bool:
    """Whether the word at `first` stands behind a denial that reaches it."""
    for back in range(1, REACH + 2):
        at = first - back
        if at < 0:
            return False
        word = said[at].text
        if word in DENYING:
            follows = said[at + 1].text if at + 1 < len(said) else ""
            before = said[at - 1].text if at else ""
            return follows not in _OTHERWISE and not (word == "niet" and before in _OTHERWISE and back > 1)
        if word not in _BETWEEN:
            return False
    return False


def is_corrected(said: Sequence[Token], first: int) -> bool:
    """Whether the words at `first` are the right half of "niet X maar Y" or "geen X maar Y"."""
    texts = [token.text for token in said[:first]]
    return "maar" in texts and bool(DENYING & set(texts[: texts.index("maar")]))
