"""What the desk says to a visitor, said about that visitor: a coach reads "geen diploma" and "omdat de klant …"."""

from __future__ import annotations

import re

_WORDS = {
    "u": "de klant",
    "uw": "zijn of haar",
    "uzelf": "zichzelf",
    "hebt": "heeft",
    "bent": "is",
    "kunt": "kan",
    "wilt": "wil",
    "zult": "zal",
}
_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.IGNORECASE)
_BEGINS = re.compile(r"(?:(?<=^)|(?<=, )|(?<=; )|(?<=: ))(?:u|uw) (?=\w)", re.IGNORECASE)


def about_client(text: str) -> str:
    """The same in the third person. A phrase that begins with "u" or "uw" goes without: "u zoekt werk" is "zoekt
    werk"; a whole sentence keeps its subject."""
    large = text[:1].isupper()
    told = _WORD.sub(_turned, text if text.rstrip().endswith(".") else _BEGINS.sub("", text))
    return told[:1].upper() + told[1:] if large else told


def _turned(match: re.Match[str]) -> str:
    word = _WORDS[match[0].lower()]
    return word.capitalize() if match[0][0].isupper() else word
