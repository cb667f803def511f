"""Plain facts about a person or company: age, size, schooling, benefit, contract, language and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from knowledge.numbers import Band, decade, together, whole
from knowledge.sentence import Sentence
from knowledge.words import group

Value: TypeAlias = "str | int | Band | tuple[str, ...]"

_YEAR = frozenset(["jaar", "jaren", "old"])
_PARTS = {"begin": "begin", "half": "half", "midden": "midden", "eind": "eind", "einde": "eind", "in": ""}
_MAY_FOLLOW_AGE = frozenset(["zonder", "geen", "in", "als", "thuis", "bij"])
_ADVERBS = frozenset(["al", "nu", "pas", "net", "ook", "inmiddels", "bijna", "intussen", "straks", "toch"])
_DONE = frozenset(["gedaan", "gewerkt", "geweest", "gezeten", "gestaan", "gereden", "gelopen"])
_AGE_UNITS = range(12, 100)
_ABOUT_SCHOOL = frozenset(["niet", "afgemaakt"])


@dataclass(frozen=True, slots=True)
class Trait:
    """One fact read from the words `first` up to `last`."""

    fact: str
    value: Value
    first: int
    last: int


def age(sentence: Sentence) -> Trait | None:
    """Years somebody says to be: "52", "52 jaar", "begin vijftig", "ouder dan 55"."""
    texts = sentence.texts
    best: tuple[int, Trait] | None = None
    for at, word in enumerate(texts):
        number = whole(word)
        if number is None or number not in _AGE_UNITS or sentence.clauses[at] in sentence.elsewhere:
            continue
        found = _age_at(sentence, at, number)
        if found and (best is None or found[0] >= best[0]):  # the last of equals: people correct themselves
            best = found
    return best[1] if best else None


def _age_at(sentence: Sentence, at: int, number: int) -> tuple[int, Trait] | None:
    before = sentence.before(at, 3)
    ahead = sentence.after(at + 1, 5)
    last, first = (before[-1] if before else ""), (ahead[0] if ahead else "")
    if sentence.denied(at) or (last == "heb" and first in _YEAR):  # "heb 19 jaar aan de band gestaan"
        return None
    if before[-2:-1] == ["op"] and last in ("mijn", "me", "m", "zijn", "haar") and first in ("e", "ste", "de"):
        return 3, Trait("age", number, at, at + 1)  # "op mijn 46e"
    if sentence.text[sentence.said[at].end :].lstrip()[:1] in ("%", "€"):  # "35% afgekeurd"
        return None
    if last in ("met", "op") and first in ("nog", "nu", "ook", "al", "te") and number >= 16:  # "met 61 nog iets leren"
        return 2, Trait("age", number, at, at + 1)
    who = last in ("vrouw", "man", "meisje", "jongen", "dame", "heer") and before[-2:-1] != ["met"]
    if who and number >= 16 and first not in (*_YEAR, *sentence.lexicon.phrases.words_of("people")):
        return 1, Trait("age", number, at, at + 1)  # "vrouw 29"
    if number % 10 == 0 and 20 <= number <= 80:
        if last in _PARTS and (last != "in" or False):
            return 3, Trait("age", decade(_PARTS[last], number), at - 1, at + 1)
        if before[-2:] == ["in", "de"]:
            return 3, Trait("age", decade("", number), at - 2, at + 1)
    if before[-2:] in (["ouder", "dan"], ["boven", "de"]) and not {"iemand", "mensen"} & set(sentence.texts):
        return 2, Trait("age", (number, None), at - 2, at + 1)
    if last in ("ben", "im", "am") and first in ("werk", "werkzaam", "bij", "woon", "work", "live") and number >= 16:
        return 3, Trait("age", number, at, at + 1)
    if (
        first in group("traits_no_age_after") - _MAY_FOLLOW_AGE
        or first in ("+", "plusser", "plus", "pk", "ton", "%")
        or last in ("niveau", "mbo", "code", "top")
    ):
        return None
    if first in _YEAR:
        follows = ahead[1] if len(ahead) > 1 else ""
        if follows in group("traits_no_age_after") or last in group("traits_no_age_before"):
            return None
        if last == "al" and follows not in ("oud", "jong"):  # "ben al 20 jaar lasser"
            return None
        if any(one.first == at + 2 for one in sentence.works) and _DONE & set(ahead):  # "30 jaar magazijn gedaan"
            return None
        if number < 16 and last not in ("ben", "is", "am", "van", "dochter", "zoon"):
            return None
        if follows == "old" or last in ("ben", "is", "am", "van", "dochter", "zoon") or follows not in ("bij",):
            return 2, Trait("age", number, at, at + 2)
        return None
    if last in _ADVERBS and before[-2:-1] in (["ben"], ["word"], ["am"]):  # "ben al 57"
        last = before[-2]
    if last in (
        "ben",
        "im",
        "am",
        "word",
        "leeftijd",
        "vader",
        "moeder",
    ) and first not in sentence.lexicon.phrases.words_of("people"):
        return 3, Trait("age", number, at, at + 1)
    if last in ("is", "nu") and first not in sentence.lexicon.phrases.words_of("people") and number >= 16:
        return 2, Trait("age", number, at, at + 1)
    if last == "van" and before[-2:-1] and before[-2] in group("traits_persons") and number >= 12:
        return 2, Trait("age", number, at, at + 1)
    alone = not ahead and _opens_clause(sentence, at)
    if alone and number >= 16:
        return 1, Trait("age", number, at, at + 1)
    return None


def _opens_clause(sentence: Sentence, at: int) -> bool:
    """A bare number between commas: "werkloos, 56, Tilburg"."""
    if at and sentence.clauses[at - 1] == sentence.clauses[at] and sentence.texts[at - 1] not in ",.;:\n()!":
        return False
    return len(sentence.texts) > 1


def company_size(sentence: Sentence) -> Trait | None:
    """How many people work in the company: "6 man", "85 fte", "met z'n achten", "tussen de 20 en 30 mensen"."""
    best: tuple[int, Trait] | None = None
    for at, word in enumerate(sentence.texts):
        number = whole(word)
        found = _size_at(sentence, at, number) if number is not None else _together_at(sentence, at)
        if found and (best is None or found[0] > best[0]):
            best = found
    return best[1] if best else None


def _together_at(sentence: Sentence, at: int) -> tuple[int, Trait] | None:
    """ "met z'n achten", "ons achten"."""
    many = together(sentence.texts[at])
    if many and sentence.before(at, 1) in (["zijn"], ["ons"]) and not _is_household(sentence):
        return 2, Trait("company_size", many, at, at + 1)
    return None


def _size_at(sentence: Sentence, at: int, number: int) -> tuple[int, Trait] | None:
    """The size told by a number; how many are looked for is no size: "zoeken 2 handige mensen"."""
    if group("people_looking") & set(sentence.before(at, 1)):
        return None
    return _told_size(sentence, at, number)


def _told_size(sentence: Sentence, at: int, number: int) -> tuple[int, Trait] | None:
    """The size told by a number, and how surely: 3 for a number of staff, 2 for people, 1 for members of a trade."""
    people = sentence.lexicon.phrases.words_of("people")
    before, ahead = sentence.before(at, 6), sentence.after(at + 1, 3)
    if sentence.clauses[at] in sentence.elsewhere or _is_household(sentence) or before[-1:] == ["voor"]:
        return None
    between = _between(sentence, at, people)
    if between is not None:
        return 3, between
    counted = next((word for word in ahead[:2] if word in people), "")
    if (
        counted
        and ahead[0] not in people
        and ahead[0] in ("jaar", "uur", "euro", "maanden", "weken", "dagen", "jarige")
    ):
        counted = ""
    company = before[-1:] == ["van"] and before[-2:-1] and before[-2] in group("traits_companies")
    if not (counted or company or _counts_workers(sentence, at)):
        return None
    sure = 3 if counted in group("traits_staff") or "dienst" in ahead else 2 if counted or company else 1
    if before[-2:] in (["minder", "dan"], ["onder", "de"]):
        return sure, Trait("company_size", (None, number - 1), at, at + 1)
    if before[-2:] in (["meer", "dan"], ["boven", "de"]):
        return sure, Trait("company_size", (number + 1, None), at, at + 1)
    return sure, Trait("company_size", number, at, at + 1)


def _between(sentence: Sentence, at: int, people: frozenset[str]) -> Trait | None:
    match = re.match(r"(\d+) (?:en|tot|a|of) (\d+) (\w+)", " ".join(sentence.texts[at : at + 4]))
    if match and match[3] in people and int(match[1]) < int(match[2]):
        return Trait("company_size", (int(match[1]), int(match[2])), at, at + 3)
    return None


def _counts_workers(sentence: Sentence, at: int) -> bool:
    """ "vier monteurs", "5 trainers", "14 schoonmakers"."""
    if group("people_looking") & set(sentence.before(at, 2)):  # "wij zoeken twee monteurs"
        return False
    return any(
        mention.first == at + 1 and mention.plural and mention.work.occupation for mention in sentence.works
    ) or sentence.after(at + 1, 1) in (["trainers"], ["monteurs"])


def _is_household(sentence: Sentence) -> bool:
    return bool(group("traits_home") & set(sentence.texts)) and not sentence.has(
        "personeel", "medewerkers", "bedrijf", "zaak"
    )


def months_without_work(sentence: Sentence) -> Trait | None:
    """How long somebody is without work, from "al acht maanden" or "3 jaar geen werk"."""
    texts = sentence.texts
    without = sentence.has("werkloos", "thuis", "werk", "baan", "werkzoekend", "ww", "bijstand", "unemployed")
    if not without:
        return None
    for at, word in enumerate(texts[:-1]):
        number = whole(word)
        unit = texts[at + 1]
        if number is None or unit not in ("jaar", "jaren", "maand", "maanden", "week", "weken", "months", "weeks"):
            continue
        if {"nog", "over", "binnen"} & set(sentence.before(at, 2)):  # "nog 6 weken ww" looks ahead
            continue
        context = {*sentence.before(at, 3), *sentence.after(at + 2, 5)}
        if not context & {
            "geen",
            "zonder",
            "thuis",
            "werkloos",
            "werkzoekend",
            "without",
            "unemployed",
            "ww",
            "bijstand",
        }:
            continue
        if unit in ("jaar", "jaren") and (
            number > 15
            or not {"al", "geen", "zonder", "thuis", "werkloos"} & {*sentence.before(at, 2), *sentence.after(at + 2, 2)}
        ):
            continue
        months = number * {"j": 12, "m": 1, "w": 0}[unit[0]]
        value = "under_6_months" if months < 6 else "under_1_year" if months <= 12 and unit[0] != "j" else "over_1_year"
        return Trait("unemployed_for", value, at, at + 2)
    return None


def schooling(sentence: Sentence) -> Trait | None:
    """The highest diploma somebody says to have; a wish ("wil hbo doen") or an unfinished school is none."""
    order = ("none", "pro_vso", "vmbo", "mbo1", "havo_vwo", "mbo2", "mbo3", "mbo4", "hbo", "wo")
    best: Trait | None = None
    for hit in sentence.hits.get("education", ()):
        first_word = sentence.texts[hit.first]
        if hit.value != "none" and not _has_finished(sentence, hit.first, hit.last):
            continue
        if hit.value == "none" and sentence.before(hit.first, 2)[-1:] == ["ook"] and first_word == "geen":
            continue
        if best is None or order.index(hit.value) > order.index(str(best.value)):
            best = Trait("education", hit.value, hit.first, hit.last)
    return best


def _has_finished(sentence: Sentence, first: int, last: int) -> bool:
    before, ahead = sentence.before(first, 5), sentence.after(last, 5)
    if sentence.denied(first) or _ABOUT_SCHOOL & set(ahead) or {"niet", "nooit"} & set(ahead[:3]):
        return False
    if sentence.clauses[first] in sentence.elsewhere:
        return False
    if {"wil", "graag", "zoek", "doen", "volgen", "kan", "mag", "op", "les", "student", "bij", "voor", "gestopt"} & set(
        before
    ):
        return bool({"alleen", "heb", "gehaald"} & set(before))
    if set(ahead[:3]) & {
        "opleiding",
        "doen",
        "volgen",
        "school",
        "student",
        "halen",
        "zoekt",
        "zoekbaan",
        "bijbaan",
        "docent",
    }:
        return bool({"gehaald", "gedaan"} & set(ahead)) or bool(
            {"gedaan", "gehaald", "heb", "mijn"} & set(before) and "opleiding" in ahead[:1]
        )
    proof = {"heb", "met", "diploma", "alleen", "mijn", "had", "enkel", "hoogste", "have"} & {*before, *ahead[:2]}
    done = {"gehaald", "gedaan", "diploma", "afgerond", "opgeleid", "papieren", "geslaagd"} & set(ahead)
    exact = sentence.texts[first:last] != ["mbo"] and len(sentence.clauses) > 0
    bare = exact and (not before or not ahead) and first in range(400) and len(ahead) <= 2 and len(before) <= 1
    return bool(proof or done or bare)


def plain(sentence: Sentence) -> Iterator[Trait]:
    """Facts whose phrases mean what they say, unless denied."""
    for fact in ("contract", "language_level", "residence", "guidance_group", "unemployed_for"):
        for hit in sentence.hits.get(fact, ()):
            if sentence.denied(hit.first) and sentence.texts[hit.first] not in ("niet", "geen", "nog", "nooit"):
                continue
            if sentence.clauses[hit.first] in sentence.elsewhere:
                continue
            yield Trait(fact, hit.value, hit.first, hit.last)
    for fact in ("shift_work", "recognised_training_company"):
        for hit in sentence.hits.get(fact, ()):
            if fact == "recognised_training_company" and "worden" in sentence.after(hit.last, 3):
                continue
            no = sentence.denied(hit.first) or sentence.has("gestopt")
            yield Trait(fact, "no" if no else "yes", hit.first, hit.last)


def benefits(sentence: Sentence) -> tuple[tuple[str, ...], tuple[Trait, ...]]:
    """Benefits somebody has. "geen uitkering" is `none`; a benefit that stopped or is asked about is left out."""
    found: list[str] = []
    traits: list[Trait] = []
    for hit in sentence.hits.get("benefit", ()):
        if hit.value != "none" and (sentence.denied(hit.first) or sentence.clauses[hit.first] in sentence.elsewhere):
            continue
        if hit.value == "none" and {"aanvragen", "meer"} & set(sentence.after(hit.last, 2)):
            continue
        if {"iemand", "werknemer", "medewerker"} & set(sentence.before(hit.first, 5)):
            continue
        if hit.value not in found:
            found.append(hit.value)
            traits.append(Trait("benefit", hit.value, hit.first, hit.last))
    if "none" in found and len(found) > 1:
        found.remove("none")
    return tuple(found), tuple(traits)
