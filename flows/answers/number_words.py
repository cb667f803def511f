"""Dutch and English number words: 'tweeënvijftig', 'twaalfhonderd', 'twenty-five', 'anderhalf'."""

from __future__ import annotations

import re

from flows.answers.words import plain

_NL = {
    "nul": 0, "een": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9,
    "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vijftien": 15, "zestien": 16,
    "zeventien": 17, "achttien": 18, "negentien": 19,
}  # fmt: skip
_NL_TENS = {
    "twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50, "zestig": 60, "zeventig": 70, "tachtig": 80,
    "negentig": 90,
}  # fmt: skip
_EN = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_MORE = {"geen": 0, "niemand": 0, "dozijn": 12, "anderhalf": 1.5, "paar": None, "none": 0, "nobody": 0, "dozen": 12}


def number_of(text: str) -> int | float | None:
    """The number a word or short phrase says, or None. 'een paar' is no number: it would be a guess."""
    text = plain(text).replace(".", "")
    if not text or len(text) > 60:
        return None
    if text in _MORE:
        return _MORE[text]
    dutch = _dutch(text.replace(" ", "").replace("-", ""))
    return dutch if dutch is not None else _english(text)


def _dutch(text: str) -> int | None:
    """Greedy from the largest unit down: [x]duizend [y]honderd [unit en]tens."""
    if not text:
        return None
    for word, worth in (("miljoen", 1_000_000), ("duizend", 1000), ("honderd", 100)):
        if word in text:
            head, _, tail = text.partition(word)
            before = _dutch(head) if head else 1
            after = _dutch(re.sub(r"^en(?=.)", "", tail)) if tail else 0
            return None if before is None or after is None else before * worth + after
    if text in _NL:
        return _NL[text]
    if text in _NL_TENS:
        return _NL_TENS[text]
    for tens, worth in _NL_TENS.items():
        if text.endswith(tens) and text[: -len(tens)].endswith("en"):
            unit = text[: -len(tens)][:-2]
            if 0 < _NL.get(unit, 0) < 10:
                return worth + _NL[unit]
    return None


def _english(text: str) -> int | None:
    total = part = 0
    seen = False
    for word in re.split(r"[ -]+", text):
        if word in ("and", "a"):
            continue
        if word in _EN:
            part, seen = part + _EN[word], True
        elif word == "hundred" and seen:
            part *= 100
        elif word == "thousand" and seen:
            total, part = total + part * 1000, 0
        else:
            return None
    return total + part if seen else None
