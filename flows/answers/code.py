"""Codes out of a long list (sectors, cao's): typed, with typing errors repaired and near names suggested."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz, process

from flows.answers.choice import Named, match
from flows.answers.outcome import Answered, Asking, Doubt, Outcome, Unread
from flows.answers.words import plain

_DENYING = ("geen ", "niet ", "nooit ", "alles behalve ", "behalve ")
_LEAD = re.compile(r"^(?:ik werk(?: nu)?|werk|we zitten|in|bij|de|het|een|op|iets met|als|ik ben|mijn|sector)\s+")


def read_code(text: str, asking: Asking) -> Outcome:
    codes = asking.lists[asking.fact.list]
    names = _names(asking.fact.list, codes)
    words = plain(text)
    if words in ("ja", "nee", "yes", "no"):
        return Unread("code_unknown", {"given": words})  # no name of a long list, however near one looks
    if words.startswith(_DENYING) and not any(words in known for _, known in names):
        return Unread("not_that")  # "geen zorg" says what it is not
    while (shorter := _LEAD.sub("", words)) != words and shorter:
        words = shorter
    outcome = match(words, names, {})
    if isinstance(outcome, Unread) and words:
        outcome = _inside(words, names) or _suggest(words, names)
    if isinstance(outcome, Doubt):
        labels = {one: entry.label for one, entry in codes.entries.items()}
        return Doubt(tuple((one, labels[one]) for one, _ in outcome.options), outcome.phrase)
    return outcome


def _inside(words: str, names: Named) -> Outcome | None:
    """A name of the list inside a longer answer: 'monteur in een garage'. The longest name wins."""
    found: dict[str, int] = {}
    for one, known in names:
        for name in known:
            if len(name) > 2 and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words):
                found[one] = max(found.get(one, 0), len(name))
    if not found:
        return None
    longest = max(found.values())
    best = [one for one, length in found.items() if length == longest]
    return Answered(best[0]) if len(best) == 1 else Doubt(tuple((one, one) for one in best[:4]))


def _suggest(words: str, names: Named) -> Outcome:
    if len(words) < 3 or len(words) > 60:
        return Unread("code_unknown", {"given": words[:40]})
    scored: dict[str, float] = {}
    index = {name: one for one, known in names for name in known}
    for name, score, _ in process.extract(words, index.keys(), scorer=fuzz.WRatio, score_cutoff=82, limit=8):
        if len(name) >= 4:
            scored[index[name]] = max(scored.get(index[name], 0), score)
    if not scored:
        return Unread("code_unknown", {"given": words[:40]})
    best = sorted(scored, key=lambda one: -scored[one])
    return Doubt(tuple((one, one) for one in best[:4]))


@lru_cache(maxsize=16)
def _names_of(key: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Named:
    return tuple(
        (one, tuple(dict.fromkeys(plain(word) for word in (label, *words) if plain(word)))) for one, label, words in key
    )


_KEPT: dict[int, tuple[object, Named]] = {}


def _names(name: str, codes: object) -> Named:
    kept = _KEPT.get(id(codes))
    if kept is None or kept[0] is not codes:
        entries = codes.entries.items()  # type: ignore[attr-defined]
        kept = (codes, _names_of(tuple((one, entry.label, tuple(entry.words)) for one, entry in entries)))
        _KEPT.clear() if len(_KEPT) > 16 else None
        _KEPT[id(codes)] = kept
    return kept[1]
