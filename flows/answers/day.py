"""Dates as people type them: '1-3', '1 maart', 'volgende week maandag', 'over twee weken'. `today` comes in."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flows.answers.number_words import number_of
from flows.answers.outcome import Answered, Asking, Outcome, Unread
from flows.answers.words import plain

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january", "februari feb february", "maart mrt march mar", "april apr", "mei may",
            "juni jun june", "juli jul july", "augustus aug august", "september sep sept", "oktober okt october oct",
            "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DAYS = {
    name: number
    for number, names in enumerate(
        ("maandag ma monday", "dinsdag di tuesday", "woensdag wo wednesday", "donderdag do thursday",
         "vrijdag vr friday", "zaterdag za saturday", "zondag zo sunday")
    )
    for name in names.split()
}  # fmt: skip
_NEAR = {
    "vandaag": 0, "nu": 0, "today": 0, "morgen": 1, "tomorrow": 1, "overmorgen": 2, "gisteren": -1, "yesterday": -1,
    "eergisteren": -2,
}  # fmt: skip
_UNIT = {"dag": 1, "dagen": 1, "day": 1, "days": 1, "week": 7, "weken": 7, "weeks": 7}


def read_day(text: str, asking: Asking) -> Outcome:
    found = find_day(text, asking.today)
    if found is None:
        return Unread("not_a_date", sure=bool(re.search(r"\d", text)))
    return Answered(found.isoformat())


def find_day(text: str, today: date) -> date | None:
    """The day a text names, seen from `today`; None when it names none or an impossible one."""
    text = plain(text)
    if text in _NEAR:
        return today + timedelta(_NEAR[text])
    try:
        if iso := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if short := re.search(r"\b(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{2,4}))?\b", text):
            return _dated(int(short[1]), int(short[2]), short[3], today)
        for month in re.finditer(r"\b(\d{1,2})(?:e|ste|de|st|nd|rd|th)?\s+([a-z]+)(?:\s+(\d{4}))?", text):
            if month[2] in _MONTHS:
                return _dated(int(month[1]), _MONTHS[month[2]], month[3], today)
    except ValueError:
        return None
    return _counted(text, today) or _weekday(text, today)


def _dated(day: int, month: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    found = date(today.year, month, day)
    return found if found >= today else date(today.year + 1, month, day)


def _counted(text: str, today: date) -> date | None:
    found = re.search(r"\b(?:over|in)\s+(\w+)\s+(\w+)", text)
    if not found or found[2] not in _UNIT:
        return None
    count = int(found[1]) if found[1].isdigit() and len(found[1]) < 4 else number_of(found[1])
    return today + timedelta(days=int(count) * _UNIT[found[2]]) if count else None


def _weekday(text: str, today: date) -> date | None:
    named = [number for word in text.split() if (number := _DAYS.get(word)) is not None]
    if len(named) != 1:
        return None
    if re.search(r"\b(volgende week|next week)\b", text):
        monday = today + timedelta(days=7 - today.weekday())
        return monday + timedelta(days=named[0])
    return today + timedelta(days=(named[0] - today.weekday() - 1) % 7 + 1)
