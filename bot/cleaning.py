"""Text as it comes in, made safe to store and show: only the cleaned text exists from here on.

NUL breaks PostgreSQL, lone surrogates break both drivers, bidirectional overrides make one sentence look like another,
and towers of combining marks hide a screen. What a person would type on purpose passes unchanged, emoji included.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 10_000  # characters; the engine asks for fewer words long before this

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MARKS_IN_A_ROW = 3


def clean_text(text: str, longest: int = LONGEST) -> str:
    """The text without control characters, bidirectional overrides, half characters and towers of marks; NFC."""
    text = text[: longest * 4]  # normalising a hostile megabyte costs time; what is cut here is cut below anyway
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = unicodedata.normalize("NFC", text)
    if not text.isascii():
        text = _without_towers(text)
    return text[:longest].strip()


def _without_towers(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)
