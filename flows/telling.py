"""An entry somebody asked about: what was asked for first (the sum, the date, the place), then the rest that fits.

A card that comes up by itself is shorter (cards.py); what stands behind its buttons is in details.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flows.cards import amount_text, availability, card_message, count_words, sentences
from flows.details import window_lines
from flows.effects import Message, Span
from flows.voice import Voice, sentence
from knowledge.matching import Match

WORDS = 75
_MONEY = re.compile(
    r"hoeveel|geld|subsidie|bedrag|euro|vergoed|krijg|prijs|kost|betaal|procent|much|money|cost|pay", re.IGNORECASE
)
_TIME = re.compile(r"wanneer|deadline|datum|\bopen|tot welke|\bnog\b|\bnu\b|when|date", re.IGNORECASE)


def told_message(voice: Voice, match: Match, today: date, asked: str = "") -> Message:
    """The entry with its buttons. Pieces weigh 3 (always said), 2 or 1; the lighter ones only while there is room."""
    entry = match.entry
    about = sentences(entry.text("summary", voice.language))
    name = sentence(entry.text("name", voice.language))
    step = entry.first_step_in(voice.language)
    amounts = " ".join(
        voice.phrase("d_amount", amount=said) for one in entry.amounts[:2] if (said := amount_text(voice, one))
    )
    windows = " ".join(window_lines(voice, entry, today)[:2])
    not_paid = sentences(entry.text("pays_not", voice.language))
    example = voice.phrase("d_example", example=entry.text("example", voice.language)) if entry.example else ""
    money, time = bool(_MONEY.search(asked)), bool(_TIME.search(asked))
    pieces = [
        (3, name),
        (3 if not (money or time) else 2, " ".join(about[:1])),
        (3 if money else 1, amounts),
        (2 if time else 3, example),
        (3, nearest_line(voice, match)),
        (2 if time else 3, " ".join(not_paid[:1])),
        (3, availability(voice, match)),
        (3 if time or match.status in ("closed", "opens_on") else 2, windows),
        (1, " ".join(not_paid[1:])),
        (2, " ".join(about[1:2])),
        (1, " ".join(about[2:3])),
        (1, " ".join(about[3:])),
    ]
    last = voice.phrase("today", step=sentence(step)) if step else ""
    body = " ".join(within(pieces, WORDS - count_words(last)))
    text = "\n".join(filter(None, [body, last]))
    return replace(card_message(voice, match), text=text, spans=(Span(0, len(name), "bold"),))


def within(pieces: list[tuple[int, str]], most: int) -> list[str]:
    """The pieces that fit, in their own order: all that weigh 3, then 2, then 1."""
    kept = {at for at, (weight, _) in enumerate(pieces) if weight == 3}
    used = sum(count_words(pieces[at][1]) for at in kept)
    for wanted in (2, 1):
        for at, (weight, text) in enumerate(pieces):
            if weight == wanted and used + count_words(text) <= most:
                kept.add(at)
                used += count_words(text)
    return [pieces[at][1] for at in sorted(kept) if pieces[at][1]]


def nearest_line(voice: Voice, match: Match) -> str:
    """The nearest known location of an entry that has several, seen from the visitor's place. A network names the
    entries of its schools: then the school is said too."""
    here = match.profile.possible("area") if "area" in match.profile.facts else None
    if here is None or not hasattr(here, "key"):
        return ""
    named = _locations(voice, match)
    found = voice.content.knowledge.geography.nearest(here, named)
    if not found:
        return ""
    place, km = found[0]
    school = named[place]
    said = f"{school} in {place}" if school and place not in school else school or place
    if not km:
        return voice.phrase("nearest_school_here" if school else "nearest_here", place=said)
    return voice.phrase("nearest", place=said, km=str(km))


def _locations(voice: Voice, match: Match) -> dict[str, str]:
    """Each location, with the name of the school there when the entry is a network of them."""
    catalogue = voice.content.knowledge.catalogue
    found = dict.fromkeys(map(str, _list(match.entry.facts.get("locations"))), "")
    for id in _list(match.entry.facts.get("schools")):
        school = catalogue.resolve(str(id))
        if school is not None:
            name = school.text("name", voice.language)
            found |= dict.fromkeys(map(str, _list(school.facts.get("locations"))), name)
    return found


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
