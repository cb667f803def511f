"""Whether one can apply for something now, worked out from what was found on the day it was checked.

Never mixed with the verdict: a closed scheme that fits still fits, and the visitor hears when it opens again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from knowledge.entries import Entry, Window


@dataclass(frozen=True, slots=True)
class Availability:
    """`status` is open, opens_on, closed, paused, ended or unknown. `certain` is false when the visitor must check it:
    the date is provisional, the entry is past its review date, or nobody could verify it."""

    status: str
    opens: datetime | None = None  # the next opening, also a provisional one
    closes: datetime | None = None  # of the window that is open now; the first moment that no longer counts
    certain: bool = True
    budget_gone: bool = False

    @property
    def opens_on(self) -> date | None:
        return self.opens.date() if self.opens else None

    @property
    def last_day(self) -> date | None:
        return (self.closes - timedelta(microseconds=1)).date() if self.closes else None


def availability(entry: Entry, now: date | datetime, budget_left: int | None = None) -> Availability:
    """What holds at `now`: a moment in Dutch wall-clock time (a zone is dropped), or a day, then taken at noon.

    `budget_left` in euros, when somebody keeps count; zero closes whatever is open.
    """
    moment = _moment(now)
    certain = entry.is_certain and not entry.needs_review(moment.date())
    if entry.status == "ended" or _is_over(entry, moment.date()):
        return Availability("ended", certain=certain)
    coming = _next(entry.windows, moment)
    opens = coming.opens if coming else None
    if entry.status == "paused":
        return Availability("paused", opens, certain=certain)
    current = _current(entry, moment)
    gone = budget_left is not None and budget_left <= 0
    if entry.budget and entry.budget.exhausted and (current is None or _measured_in(entry, current)):
        gone = True
    if current is not None:
        if gone:
            return Availability("closed", opens, certain=certain, budget_gone=True)
        status = "unknown" if current.provisional else "open"
        return Availability(status, closes=current.closes, certain=certain and not current.provisional)
    return _without_window(entry, moment, coming, certain, gone)


def _without_window(entry: Entry, moment: datetime, coming: Window | None, certain: bool, gone: bool) -> Availability:
    """No dated window holds now: what comes next, else what was found on the day of checking."""
    dated = any(window.opens or window.closes for window in entry.windows)
    announced = coming.opens if coming and not coming.provisional else None
    provisional = coming.opens if coming else None
    if entry.opens_on and moment.date() < entry.opens_on:
        opens = announced or _noon(entry.opens_on)
        return Availability("opens_on", opens, certain=certain and not _is_provisional(entry, entry.opens_on))
    if announced:
        return Availability("opens_on", announced, certain=certain)
    if entry.status == "opens_on":  # its day came, and no window says otherwise
        if dated:
            return Availability("closed", provisional, certain=certain)
        if entry.opens_on is None:
            return Availability("unknown", certain=False)
        return Availability("closed" if gone else "open", certain=certain, budget_gone=gone)
    if entry.status == "open":
        if gone:
            return Availability("closed", provisional, certain=certain, budget_gone=True)
        return Availability("closed" if dated else "open", provisional, certain=certain)
    return Availability(entry.status, provisional, certain=certain and entry.status != "unknown", budget_gone=gone)


def _current(entry: Entry, moment: datetime) -> Window | None:
    """The window that holds now, unless it was found closed while it was already running."""
    for window in entry.windows:
        if not (window.opens or window.closes):
            continue
        if (window.opens and moment < window.opens) or (window.closes and moment >= window.closes):
            continue
        found_during = entry.status_on is not None and (window.opens is None or entry.status_on > window.opens.date())
        if entry.status == "closed" and found_during:
            continue
        return window
    return None


def _next(windows: tuple[Window, ...], moment: datetime) -> Window | None:
    coming = [window for window in windows if window.opens and window.opens > moment]
    return min(coming, key=lambda window: (window.opens or moment, window.provisional), default=None)


def _measured_in(entry: Entry, window: Window) -> bool:
    """Whether the empty budget was measured in this window; a later window has new money."""
    measured = (entry.budget.measured_on if entry.budget else None) or entry.status_on
    return measured is None or window.opens is None or measured >= window.opens.date()


def _is_over(entry: Entry, day: date) -> bool:
    ended = entry.ended
    return bool(ended and ended.on and ended.on <= day.isoformat()[: len(ended.on)]) if _says_day(entry) else False


def _says_day(entry: Entry) -> bool:
    """Only a full date ends something by itself; "2027" on an open entry is a plan, told in its text."""
    return bool(entry.ended and len(entry.ended.on) == 10)


def _is_provisional(entry: Entry, day: date) -> bool:
    return any(window.provisional and window.opens and window.opens.date() == day for window in entry.windows)


def _moment(now: date | datetime) -> datetime:
    return now.replace(tzinfo=None) if isinstance(now, datetime) else _noon(now)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))
