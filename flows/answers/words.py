"""Text made comparable: case, accents, apostrophes and punctuation out of the way."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


# What stays of ASCII: letters (in lower case), digits and the signs below; everything else parts words.
_ASCII = "".join(chr(at).lower() if chr(at).isalnum() or chr(at) in "_'-,.@+/:%" else " " for at in range(128))
_ENDS = " .,:'-"


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """'Zzp’ers, één!' -> "zzp'ers een": lower case, no accents, single spaces, no punctuation but ' - , . @ + €."""
    if text.isascii():  # the same as below, at a fifth of the cost
        return " ".join(text.replace("`", "'").translate(_ASCII).split()).strip(_ENDS)
    return _plain(text)


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    text = re.sub(r"[^\w\s'\-,.@+€/:%]", " ", text)
    return re.sub(r"\s+", " ", text).strip(_ENDS)


_FILLERS = re.compile(
    r"^(?:(?:ja|nou|eh|uh|hm|dus|ik denk|volgens mij|dat is|het is|is|graag|doe maar|i think|well|it is|it's)\b[ ,]*)+"
)


def without_fillers(text: str) -> str:
    """Drop small words before an answer: 'nou, ik denk de bouw' -> 'de bouw'. Never returns an empty text."""
    return _FILLERS.sub("", text).strip() or text
