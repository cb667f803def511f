"""Places and postcodes, through the geography: old names, misspellings, and names that exist twice."""

from __future__ import annotations

import re

from flows.answers.outcome import Answered, Asking, Doubt, Outcome, Unread
from knowledge.geography_spots import Abroad, Ambiguous, Found, Spot


def read_place(text: str, asking: Asking) -> Outcome:
    text = text.strip()
    if not text or len(text) > 120:
        return Unread("place_unknown", {"given": text[:40]})
    result = asking.geography.find(text)
    if not isinstance(result, Found | Ambiguous | Abroad) and " " in text:
        mentions = asking.geography.scan(text)
        if len(mentions) == 1:
            result = mentions[0].result
        elif len(mentions) > 1 and all(isinstance(m.result, Found) for m in mentions):
            return Doubt(_options(tuple(m.result.spot for m in mentions if isinstance(m.result, Found))), "which_place")
    if isinstance(result, Found):
        return Answered(result.spot.key) if result.exact else Doubt(_options((result.spot,)))
    if isinstance(result, Ambiguous):
        return Doubt(_options(result.choices), "which_place")
    if isinstance(result, Abroad):
        return Unread("place_abroad", {"given": result.name}, sure=True)
    if result.suggestions and len(text.split()) <= 3:
        return Doubt(_options(result.suggestions[:3]))
    return Unread("place_unknown", {"given": text[:40]}, sure=bool(re.fullmatch(r"\d{4}\s?([A-Za-z]{2})?", text)))


def _options(spots: tuple[Spot, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((spot.key, spot.name) for spot in spots[:5])
