"""What the desk says to a visitor, said about that visitor: a coach reads "geen diploma" and "omdat de klant …"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from knowledge.explain import enumeration
from knowledge.summaries import label

if TYPE_CHECKING:
    from knowledge.content import Knowledge

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


_MINE = re.compile(r"\b(?:ik|mij|mijn|me|mezelf|wij|ons|onze)\b", re.IGNORECASE)


def choice_about_client(knowledge: Knowledge, fact: str, value: str) -> str:
    """A choice as a coach says it of the client. A button in the visitor's own words ("Ik heb een bedrijf") becomes
    what is read back for it ("heeft een bedrijf"), or what its sentence says; another keeps its words."""
    words = knowledge.explainer.choice(fact, value)
    if words.startswith("'"):  # 's Ochtends
        return words.lower()
    if not _MINE.search(words):
        return about_client(words)
    read_back = label(fact, value, knowledge.facts, knowledge.facts.lists, str, "nl")
    if _MINE.search(read_back):
        read_back = _small(knowledge.explainer.choice(fact, value, "says"))
    return about_client(read_back)


def value_about_client(knowledge: Knowledge, fact: str, value: Any) -> str:
    """A given value in words, of the client; with a capital, as on the sheet."""
    declared = knowledge.facts[fact]
    if not declared.choices:
        return str(knowledge.explainer.value(fact, value))
    if declared.list:
        return about_client(knowledge.explainer.value(fact, value))
    parts = [value] if isinstance(value, str) else list(value)
    told = enumeration([choice_about_client(knowledge, fact, one) for one in parts], "en")
    return told[:1].upper() + told[1:]


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
