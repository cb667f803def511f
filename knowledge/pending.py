"""Bare answers: what a text says when one question was just asked. "52", "zes", "mbo 3", "in ploegen ja"."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.facts import CodeList, Fact, Facts
from knowledge.numbers import decade, together, whole
from knowledge.sentence import Sentence
from knowledge.text import words
from knowledge.traits import Value
from knowledge.words import group

LONGEST = 6  # words: a longer text is no bare answer

_NO = frozenset(["nee", "neen", "no", "nope", "niet", "nog", "niet"])
_PARTS = {"begin": "begin", "half": "half", "midden": "midden", "eind": "eind", "einde": "eind"}


def answer_to(pending: str, sentence: Sentence, facts: Facts, lists: Mapping[str, CodeList]) -> Value | None:
    """The answer to the asked fact, or None. Places, texts and contact details have their own parsers."""
    fact = facts.get(pending)
    if fact is None or len([word for word in sentence.texts if word[:1].isalnum()]) > LONGEST:
        return None
    if fact.kind == "number":
        return _number(fact, sentence)
    if fact.kind == "yes_no":
        first = sentence.texts[0]
        return "yes" if first in group("pending_yes") else "no" if first in _NO else None
    if fact.list:
        return _code(sentence, lists[fact.list], fact)
    if fact.kind in ("choice", "choices"):
        found = _choice(sentence, fact)
        return None if found is None else (found,) if fact.kind == "choices" else found
    return None


def _number(fact: Fact, sentence: Sentence) -> Value | None:
    numbers = [(at, whole(word)) for at, word in enumerate(sentence.texts)]
    found = [(at, number) for at, number in numbers if number is not None]
    many = [number for word in sentence.texts if (number := together(word))]
    if not found and many:
        return many[0]
    if not found and fact.id == "company_size" and {"alleen", "mezelf", "ikzelf"} & set(sentence.texts):
        return 1
    if len(found) == 2 and found[1][0] - found[0][0] <= 2 and found[0][1] < found[1][1]:
        return int(found[0][1] or 0), int(found[1][1] or 0)
    if len(found) != 1:
        return None
    at, number = found[0]
    assert number is not None
    before = sentence.before(at, 2)
    if fact.id == "age" and before[-1:] and before[-1] in _PARTS and number % 10 == 0:
        return decade(_PARTS[before[-1]], number)
    if (fact.min is not None and number < fact.min) or (fact.max is not None and number > fact.max):
        return None
    return number


def _code(sentence: Sentence, codes: CodeList, fact: Fact) -> str | None:
    if codes.id == "sectors":
        return next((mention.work.sector for mention in sentence.works if not sentence.denied(mention.first)), None)
    said = " ".join(word for word in sentence.texts if word[:1].isalnum())
    for entry in codes.entries.values():
        if any(" ".join(words(name)) == said for name in (entry.label, *entry.words)):
            return entry.id
    return None


def _choice(sentence: Sentence, fact: Fact) -> str | None:
    """The one choice whose label or words stand in the text."""
    said = " " + " ".join(word for word in sentence.texts if word[:1].isalnum()) + " "
    found = [
        choice.id
        for choice in fact.choices.values()
        if any(f" {' '.join(words(name))} " in said for name in (choice.label, *choice.words))
    ]
    return found[0] if len(found) == 1 else None
