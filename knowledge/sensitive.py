"""Texts that touch health or debts. They are acknowledged kindly; nothing of them becomes a fact (DESIGN 12)."""

from __future__ import annotations

from functools import cache

from knowledge.phrases import Phrases
from knowledge.sentence import Sentence
from knowledge.words import read_words

_CLIENTS = frozenset(["client", "cliente", "klant", "kandidaat", "deelnemer"])
_OF_OTHERS = frozenset(["werknemer", "medewerker", "iemand", "personeel", "zorg", "zieke", "zieken"])


@cache
def _phrases() -> Phrases:
    return Phrases.read(read_words("sensitive")["sensitive"])


def touches(sentence: Sentence) -> str:
    """ "health", "debt", or "" when the text touches neither (or denies it, or is about an employee or a patient)."""
    for hit in _phrases().find(sentence.said):
        if hit.value == "debt" and _CLIENTS & set(sentence.texts):
            continue  # who speaks for a client
        if sentence.denied(hit.first) or _OF_OTHERS & set(sentence.before(hit.first, 3)):
            continue
        return hit.value
    return ""
