"""Outcomes in words: the program's ladder, with an organisation's own words and codes under its steps."""

from __future__ import annotations

from bot.chosen import OutcomeCode
from bot.web.house import House
from storage.actions import rung_of

LADDER = (
    ("advised", "geadviseerd"),
    ("prepared", "aanvraag voorbereid"),
    ("submitted", "ingediend"),
    ("granted", "toegekend"),
    ("started", "gestart"),
    ("finished", "afgerond"),
    ("rejected", "afgewezen"),
    ("no_scheme", "geen regeling"),
    ("referred", "doorverwezen"),
    ("not_reachable", "niet bereikbaar"),
    ("own_way", "zelf verder"),
    ("stopped", "gestopt"),
)
CLOSING = {  # those a case can end with, as a coach picks them
    "advised": "Advies gegeven",
    "prepared": "Aanvraag voorbereid",
    "submitted": "Aanvraag ingediend",
    "granted": "Toegekend",
    "started": "Gestart met leren of werk",
    "referred": "Doorverwezen",
    "no_scheme": "Geen regeling gevonden",
    "own_way": "Gaat zelf verder",
    "not_reachable": "Niet bereikbaar",
    "stopped": "Klant is gestopt",
}


def chosen(here: House) -> dict[str, OutcomeCode]:
    return {one.id: one for one in here.desk.chosen.outcomes}


def steps(here: House) -> list[tuple[str, str]]:
    """Codes on offer for a step that is noted: each rung, then the organisation's own under it."""
    return _offered(here, LADDER)


def closing(here: House) -> list[tuple[str, str]]:
    """Codes on offer for closing a case."""
    return _offered(here, tuple(CLOSING.items()))


def _offered(here: House, rungs: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    words = chosen(here)
    found = []
    for rung, label in rungs:
        mine = words.get(rung, OutcomeCode(rung))
        under = [one for one in words.values() if one.id != rung and rung_of(one.id) == rung]
        found += [(one.id, one.label or label) for one in (mine, *under) if not one.hidden]
    return found


def said(here: House, code: str) -> str:
    """The word of a code that was noted, hidden or not; the code itself when nobody knows it."""
    return own(here, code) or dict(LADDER).get(rung_of(code), code)


def own(here: House, code: str, language: str = "nl") -> str:
    """The organisation's own word of a code; '' when it has none."""
    mine = chosen(here).get(code)
    return "" if mine is None else (language == "en" and mine.label_en) or mine.label
