"""What visitors type, made comparable: folded letter by letter, cut into words that know their place, stemmed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 2000  # characters of a text that are read; the rest is stored by others, not understood

_WORD = re.compile(r"\d+(?:[.,]\d+)*(?=\D|$)|[a-z]+(?:'[a-z]+)*|&|\+|[.,;:!?()\n/-]")
_NOT_SQUASHED = re.compile(r"[^a-z0-9]+")
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u00b4`\u2032"), "'")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_SPECIAL = {"ß": "s", "ø": "o", "ł": "l", "đ": "d", "œ": "o", "æ": "a", "ı": "i", "€": " "}


@lru_cache(maxsize=2048)
def _letter(char: str) -> str:
    """One character for one character, so that places in the folded text are places in the typed text."""
    if char in _SPECIAL:
        return _SPECIAL[char]
    first = unicodedata.normalize("NFKD", char.casefold())[:1] or " "
    if first.isdecimal():
        return str(unicodedata.decimal(first))
    return first if first.isalnum() or first in "'-.,;:!?()/&+\n" else " "


def fold(text: str) -> str:
    """Lower case, without accents, emoji and odd quotes; exactly as long as `text`."""
    if text.isascii():  # of the odd quotes only one is ASCII
        return text.lower().replace("`", "'").replace("\t", " ").replace("\r", " ")
    text = text.translate(_QUOTES).translate(_DASHES)
    if text.isascii():
        return text.lower().replace("\t", " ").replace("\r", " ")
    return "".join(char.lower() if char.isascii() else _letter(char) for char in text)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign; `start:end` are places in the typed text. `text` may have been corrected since."""

    text: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[:1].isalpha()

    def said(self, text: str) -> Token:
        return replace(self, text=text)


def tokens(text: str) -> list[Token]:
    """The words and signs of a text, folded. An apostrophe inside a word stays out of it: "zzp'er" is "zzper"."""
    folded = fold(text[:LONGEST])
    return [Token(m[0].replace("'", ""), m.start(), m.end()) for m in _WORD.finditer(folded)]


def bare_words(plain: str) -> list[str]:
    """What `tokens` would hold of a lower-case ASCII text, as bare texts without hyphens and slashes: for those who do
    not ask for places."""
    found = _WORD.findall(plain.replace("`", "'"))
    if "'" in plain or "`" in plain or "-" in plain or "/" in plain:
        return [word.replace("'", "") for word in found if word not in ("-", "/")]
    return found


def words(text: str) -> list[str]:
    """Only the words and numbers, folded."""
    return [token.text for token in tokens(text) if token.text[:1].isalnum()]


def squash(text: str) -> str:
    """A phrase without spaces, hyphens and apostrophes: "cv-monteur" and "cv monteur" are "cvmonteur"."""
    return _NOT_SQUASHED.sub("", fold(text))


@lru_cache(maxsize=1)
def _stemmer() -> Callable[[str], str]:
    import snowballstemmer  # imported late: most commands never stem

    stem: Callable[[str], str] = snowballstemmer.stemmer("dutch").stemWord
    return stem


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Dutch Snowball stem of a folded word; short words and words with digits stay as they are."""
    if len(word) < 4 or not word.isalpha():
        return word
    return _stemmer()(word)
