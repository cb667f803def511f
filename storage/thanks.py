"""Whether a message only says thank you: then nothing is reopened and nobody is waiting."""

from __future__ import annotations

import re
from collections.abc import Sequence

LIKENESS = 90  # of 100
LONGEST = 4  # words


def is_thanks(text: str, thanks: Sequence[str]) -> bool:
    """True for at most four words that are like one of `thanks` ("Bedankt!", "dankje wel", "👍")."""
    plain = re.sub(r"[\s.,!?…]+", " ", text).strip().casefold()
    if not plain or len(plain.split()) > LONGEST:
        return False
    if plain in thanks:
        return True
    from rapidfuzz import fuzz

    return any(fuzz.ratio(plain, one) >= LIKENESS for one in thanks if len(one) > 3)
