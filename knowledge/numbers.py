"""Numbers in words, Dutch and English: "vijfenveertig", "fifty two", "begin vijftig", "met z'n achten"."""

from __future__ import annotations

import re
from functools import cache

from knowledge.text import Token

Band = tuple[int | None, int | None]

_UNITS = {
    "nul": 0, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9,
    "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vijftien": 15, "zestien": 16,
    "zeventien": 17, "achttien": 18, "negentien": 19,
}  # fmt: skip
_TENS = {
    "twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50, "zestig": 60, "zeventig": 70, "tachtig": 80,
    "negentig": 90,
}  # fmt: skip
_ENGLISH = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_ENGLISH_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_TOGETHER = {
    "tweeen": 2, "drieen": 3, "vieren": 4, "vijven": 5, "zessen": 6, "zevenen": 7, "achten": 8, "negenen": 9,
    "tienen": 10, "elven": 11, "twaalven": 12, "dertienen": 13, "veertienen": 14, "vijftienen": 15, "twintigen": 20,
}  # fmt: skip


@cache
def number_words() -> dict[str, int]:
    """Every single word that is a number above one; "een" is left out because it is an article first."""
    found = {**_UNITS, **_TENS, **_ENGLISH, **_ENGLISH_TENS, "honderd": 100, "hundred": 100, "duizend": 1000}
    ones = {"een": 1, **{word: value for word, value in _UNITS.items() if 0 < value < 10}}
    for ten, value in _TENS.items():
        found |= {f"{one}{link}{ten}": value + more for one, more in ones.items() for link in ("en", "n", "een")}
    for one, value in _UNITS.items():
        if value > 1:
            found[f"{one}honderd"] = 100 * value
    found |= {f"honderd{word}": 100 + value for word, value in {**_UNITS, **_TENS}.items() if value}
    return found


def digits(words: list[Token]) -> list[Token]:
    """The same tokens with numbers in words written as digits; "fifty two" becomes one token."""
    known = number_words()
    out: list[Token] = []
    for token in words:
        value = known.get(token.text)
        if value is None:
            out.append(token)
            continue
        last = out[-1] if out else None
        if (
            last
            and last.text in _TENS_AS_DIGITS
            and value < 10
            and token.text in _ENGLISH
            and token.start - last.end < 2
        ):
            out[-1] = Token(str(int(last.text) + value), last.start, token.end)
            continue
        out.append(token.said(str(value)))
    return out


_TENS_AS_DIGITS = {str(value) for value in range(20, 100, 10)}


def together(word: str) -> int | None:
    """ "(met z'n) achten" is 8."""
    return _TOGETHER.get(word)


def whole(text: str) -> int | None:
    """A whole number as typed: "1.200" is 1200, "12,5" is not one."""
    if re.fullmatch(r"\d{1,3}(?:[.]\d{3})+|\d{1,9}", text):
        return int(text.replace(".", ""))
    return None


def decade(part: str, ten: int) -> Band:
    """Years within a decade: begin 50 is 50-53, half 54-56, end 57-59, "in de vijftig" 50-59."""
    low, high = {"begin": (0, 3), "half": (4, 6), "midden": (4, 6), "eind": (7, 9), "": (0, 9)}[part]
    return ten + low, ten + high
