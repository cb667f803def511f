"""Choices, several choices, yes or no, and codes from a list: by label, number, synonym or near-miss."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz, process

from flows import otherwords
from flows.answers.outcome import Answered, Asking, Doubt, Outcome, Unread
from flows.answers.words import plain, without_fillers
from knowledge.facts import Fact

Labels = tuple[tuple[str, str], ...]
Named = tuple[tuple[str, tuple[str, ...]], ...]  # (id, (label, synonym, …)), made plain

CLOSE = 86.0  # a near-miss at least this like is taken for a typing error
NEAR = 74.0  # between NEAR and CLOSE we ask
APART = 7.0  # a winner must be this much better than the runner-up

YES = ("ja", "jazeker", "jawel", "zeker", "klopt", "ja hoor", "ja graag", "graag", "yes", "yep", "sure", "ok", "oke",
       "okay", "is goed", "goed", "prima", "doe maar", "👍", "j", "y", "ja klopt", "dat klopt", "jep")  # fmt: skip
NO = ("nee", "neen", "nee hoor", "nee dank u", "nee bedankt", "no", "nope", "niet", "liever niet", "n", "nee nog niet",
      "klopt niet", "no thanks", "👎", "nog niet")  # fmt: skip


def read_choice(text: str, asking: Asking) -> Outcome:
    """One of the fact's choices; a choice that was not on the screen counts too."""
    return match(text, named(asking), dict(asking.labels))


def read_choices(text: str, asking: Asking) -> Outcome:
    """'ww en bijstand', '1, 3', 'geen': a tuple of ids in the fact's own order. `none` excludes the others."""
    names = named(asking)
    found: list[str] = []
    parts = [part for part in re.split(r"\s*(?:,|;|\+|&|\ben\b|\band\b|\n)\s*", text) if part.strip()]
    said = plain(text)
    if asking.fact.none and (said in _NO or said in _NONE):
        return Answered((asking.fact.none,))
    if said in _ALL:
        return Answered(tuple(one for one in asking.fact.choices if one != asking.fact.none))
    whole = match(text, names, dict(asking.labels))
    if isinstance(whole, Answered):
        return Answered((whole.value,))
    for part in parts if len(parts) > 1 else []:
        outcome = match(part, names, dict(asking.labels))
        if not isinstance(outcome, Answered):
            return outcome if not found else Unread("choice_not_understood")
        found.append(outcome.value)
    if not found:
        if isinstance(whole, Doubt):
            return Doubt(tuple(((value,), label) for value, label in whole.options), whole.phrase)
        return whole
    return Answered(ordered(found, asking.fact))


_NONE = frozenset(("geen", "geen enkele", "geen van deze", "geen van die", "niets daarvan", "none", "none of these"))
_ALL = frozenset(("alles", "allemaal", "alle", "all", "all of them", "all of these", "everything"))


def ordered(ids: list[str] | tuple[str, ...], fact: object) -> tuple[str, ...]:
    """Without doubles and in the fact's order, so that equal answers are equal values."""
    known = list(getattr(fact, "choices", {}) or {})
    unique = dict.fromkeys(ids)
    return tuple(sorted(unique, key=lambda one: known.index(one) if one in known else len(known)))


def value_of_option(fact: Fact, id: str | tuple[str, ...]) -> Any:
    """The answer value a button id stands for: a band becomes an interval, several choices a tuple."""
    if fact.kind == "choices":
        chosen = (id,) if isinstance(id, str) else id
        if fact.none and fact.none in chosen and len(chosen) > 1:
            chosen = tuple(one for one in chosen if one != fact.none)
        return ordered(chosen, fact)
    one = id if isinstance(id, str) else id[0]
    if fact.kind in ("number", "amount"):
        low, _, high = one.partition("-")
        return (float(low) if "." in low else int(low), float(high) if "." in high else int(high))
    return one


def read_yes_no(text: str, asking: Asking) -> Outcome:
    words = plain(text) or text.strip()
    if words in _YES:
        return Answered("yes")
    if words in _NO:
        return Answered("no")
    first = words.split(" ")[0].rstrip(",") if words else ""
    if len(words.split()) <= 4 and first in ("ja", "yes", "nee", "no"):
        return Answered("yes" if first in ("ja", "yes") else "no")
    return Unread("say_yes_or_no")


def match(text: str, names: Named, labels: dict[str, str]) -> Outcome:
    """The choice a text names: exactly, with small words around it, or nearly."""
    words = plain(text)
    if not words:
        return Unread("choice_not_understood")
    index = _index(names)
    found = index.get(words) or index.get(without_fillers(words))
    if found:
        if len(found) == 1:
            return Answered(found[0])
        return Doubt(tuple((one, labels.get(one) or _label(names, one)) for one in found[:4]))
    if len(words) > 60 or len(words) < 3 or len(words.split()) > 6:
        return Unread("choice_not_understood")
    part = _part_of(words, names)
    return Answered(part) if part else _nearly(words, names, index, labels)


_SMALL = frozenset(["de", "het", "een", "in", "op", "van", "voor", "mijn", "ik", "u", "met", "en", "of", "is"])


def _part_of(words: str, names: Named) -> str:
    """'beter worden' for 'Beter worden in mijn werk': words that start the name of one choice only."""
    said = [word for word in words.split() if word not in _SMALL]
    if not said or len("".join(said)) < 5:
        return ""
    found = {
        one
        for one, known in names
        for name in known
        if [word for word in name.split() if word not in _SMALL][: len(said)] == said
    }
    return found.pop() if len(found) == 1 else ""


def _nearly(words: str, names: Named, index: dict[str, tuple[str, ...]], labels: dict[str, str]) -> Outcome:
    scored: dict[str, float] = {}
    for name, score, _ in process.extract(words, index.keys(), scorer=fuzz.ratio, score_cutoff=NEAR, limit=6):
        if abs(len(name) - len(words)) > 3 and score < 90:
            continue
        for one in index[name]:
            scored[one] = max(scored.get(one, 0), score)
    if not scored:
        return Unread("choice_not_understood")
    best = sorted(scored.items(), key=lambda item: -item[1])
    top, score = best[0]
    if score >= CLOSE and (len(best) == 1 or score - best[1][1] >= APART) and len(words) >= 4:
        return Answered(top)
    return Doubt(tuple((one, labels.get(one) or _label(names, one)) for one, _ in best[:3]))


@lru_cache(maxsize=512)
def _index(names: Named) -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for one, words in names:
        for word in words:
            found = index.get(word, ())
            if one not in found:
                index[word] = (*found, one)
    return index


def _label(names: Named, wanted: str) -> str:
    return next((words[0] for one, words in names if one == wanted), wanted)


def named(asking: Asking) -> Named:
    """Everything the fact's choices are called, shown labels first."""
    names: Named | None = asking.worked_out.get("names")
    if names is None:
        known = tuple((c.id, c.label, tuple(c.words)) for c in choices_of(asking))
        names = asking.worked_out["names"] = _named(asking.fact.id, asking.labels, known)
    return names


def choices_of(asking: Asking) -> list[Any]:
    return list((asking.fact.choices or {}).values())


@lru_cache(maxsize=512)
def _named(
    fact: str, labels: tuple[tuple[str, str], ...], known: tuple[tuple[str, str, tuple[str, ...]], ...]
) -> Named:
    shown = dict(labels)
    return tuple(
        (one, tuple(dict.fromkeys(plain(word) for word in (shown.get(one) or label, label, *words) if plain(word))))
        for one, label, words in known
    )


_YES = frozenset(plain(word) or word for word in (*YES, *otherwords.YES))
_NO = frozenset(plain(word) or word for word in (*NO, *otherwords.NO))
