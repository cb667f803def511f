"""How hard a Dutch text reads: words, syllables, LIX and Flesch-Douma, and words that do not fit the form of address.

Rough on purpose: it finds the sentence that is far too long, it does not grade style. Names and glossary words are
given by the caller and count as two syllables.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(
    r"(?:aai|eeuw|ieuw|ooi|oei|aa|ee|oo|uu|eu|ui|ou|au|ei|ij|ie|oe|[aeiouyáàâäéèêëíìîïóòôöúùûü])", re.I
)
_NUMBER_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_LINK = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:nl|eu|com|org)\b")
INFORMAL = frozenset(("je", "jij", "jou", "jouw", "jouwe", "jullie"))


def words(text: str) -> list[str]:
    """The words; numbers, links and punctuation are left out."""
    return _WORD.findall(_LINK.sub(" ", text))


def sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE_END.split(_NUMBER_POINT.sub(" ", _LINK.sub("link", text))) if words(part)]


def syllables(word: str) -> int:
    return max(1, len(_VOWELS.findall(word)))


def flesch_douma(text: str, exempt: Collection[str] = ()) -> float:
    """206.84 - 0.93 × words per sentence - 77 × syllables per word. Above 60 is plain, below 40 is hard."""
    found, parts = words(text), sentences(text)
    if not found or not parts:
        return 100.0
    easy = {one.casefold() for one in exempt}
    total = sum(min(2, syllables(word)) if word.casefold() in easy else syllables(word) for word in found)
    return 206.84 - 0.93 * len(found) / len(parts) - 77 * total / len(found)


def lix(text: str, exempt: Collection[str] = ()) -> float:
    """Words per sentence plus the percentage of words of more than six letters. Up to 35 is plain, from 50 hard."""
    found, parts = words(text), sentences(text)
    if not found or not parts:
        return 0.0
    easy = {one.casefold() for one in exempt}
    long = sum(len(word) > 6 and word.casefold() not in easy for word in found)
    return len(found) / len(parts) + 100 * long / len(found)


def longest_sentence(text: str) -> int:
    """Words in the longest sentence."""
    return max((len(words(part)) for part in sentences(text)), default=0)


def informal(text: str) -> list[str]:
    """Words that say "je" where the desk says "u"."""
    return [word for word in words(text) if word.casefold() in INFORMAL]
