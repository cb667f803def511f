"""Dates and times as people say them. Own tables: no locale data, the same words on every machine."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from knowledge import languages
from knowledge.date_words import MONTHS, WEEKDAYS

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(moment: datetime) -> datetime:
    return moment.astimezone(AMSTERDAM)


def clock(moment: datetime) -> str:
    """9.30 or 11.00, as Dutch offices write it."""
    return f"{local(moment):%H.%M}".removeprefix("0")


def day(moment: date | datetime, language: str = "nl", *, year: bool = True) -> str:
    """21 november 2026"""
    if isinstance(moment, datetime):
        moment = local(moment)
    months = MONTHS.get(language, MONTHS["nl"])
    text = f"{moment.day} {months[moment.month - 1]}"
    return f"{text} {moment.year}" if year else text


def weekday(moment: date | datetime, language: str = "nl") -> str:
    """maandag 23 november"""
    if isinstance(moment, datetime):
        moment = local(moment)
    return f"{WEEKDAYS.get(language, WEEKDAYS['nl'])[moment.weekday()]} {day(moment, language, year=False)}"


def promise(moment: datetime, language: str = "nl") -> str:
    """uiterlijk maandag 23 november om 11.00 uur"""
    if languages.speaks_of_time(language):
        return languages.at_the_latest(local(moment), False, language)
    if language == "en":
        return f"by {weekday(moment, 'en')} at {local(moment):%H:%M} at the latest"
    return f"uiterlijk {weekday(moment)} om {clock(moment)} uur"


def short(moment: datetime, now: datetime) -> str:
    """When, as short as stays clear: `11.00`, `ma 23 nov 11.00`, `ma 23 nov 2025`."""
    there, here = local(moment), local(now)
    if there.date() == here.date():
        return clock(moment)
    name = f"{WEEKDAYS['nl'][there.weekday()][:2]} {there.day} {MONTHS['nl'][there.month - 1][:3]}"
    return f"{name} {clock(moment)}" if there.year == here.year else f"{name} {there.year}"


def span(length: timedelta) -> str:
    """About how long: `5 min`, `2 uur`, `3 dagen`. Never negative."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours = round(minutes / 60)
        return f"{hours} uur"
    return f"{minutes // (24 * 60)} dagen"


def until(due: datetime, now: datetime) -> tuple[str, str]:
    """How long still, and whether it is `late`, `soon` (within half an hour) or `ok`."""
    left = due - now
    if left <= -timedelta(minutes=1):
        return f"{span(-left)} te laat", "late"
    if left <= timedelta(minutes=1):
        return "nu", "soon"
    if left <= timedelta(minutes=30):
        return f"bijna: nog {span(left)}", "soon"
    return f"nog {span(left)}", "ok"


def due_words(kind: str, state: str, due: datetime | None, now: datetime, *, all_day: bool = False) -> tuple[str, str]:
    """A row of *Vandaag* in words, and whether it is `late`, `soon` or `ok`.

    A promise runs out. An answer of a client waits since it was written. A follow-up of a day is late when that day
    is over, not in the course of it.
    """
    if due is None:
        return "zonder belofte", "ok"
    if kind == "follow_up" and all_day:
        days = (local(now).date() - local(due).date()).days
        return (
            ("vandaag", "ok")
            if days <= 0
            else (f"{days} dag te laat" if days == 1 else f"{days} dagen te laat", "late")
        )
    if kind == "follow_up" or state == "waiting":
        return until(due, now)
    waits = now - due
    return (f"wacht {span(waits)}" if waits >= timedelta(minutes=1) else "net geschreven"), "ok"
