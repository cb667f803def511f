"""When a coach will answer: the promise, counted in hours that the team works.

Pure: the clock, the queue and the hours come in. Times are Europe/Amsterdam; counting happens per day on the wall
clock, so that a night in which the clock changes neither gives nor takes an hour of work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from knowledge import languages
from knowledge.date_words import MONTHS, WEEKDAYS

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LOOK_AHEAD = 60  # days; a team that is closed longer promises nothing

Shift = tuple[time, time]
WEEKDAYS_9_TO_5: Mapping[int, tuple[Shift, ...]] = {day: ((time(9), time(17)),) for day in range(5)}


@lru_cache(maxsize=64)
def dutch_holidays(year: int) -> frozenset[date]:
    """Days on which a Dutch public desk is closed: the public holidays, and Liberation Day in every fifth year."""
    import holidays  # here, because most processes never promise anything

    return frozenset(holidays.country_holidays("NL", years=year))


@dataclass(frozen=True, eq=False)  # compared by identity, so that what it promised this minute can be remembered
class Office:
    """One team's hours and what it can promise."""

    hours: Mapping[int, tuple[Shift, ...]] = field(default_factory=lambda: WEEKDAYS_9_TO_5)  # weekday 0-6 -> shifts
    target: timedelta = timedelta(hours=2)  # working time to a first reply
    per_coach: int = 8  # cases one coach answers in a working day
    coaches: int = 1  # 0 = nobody: nothing is promised
    closed: frozenset[date] = frozenset()  # besides public holidays
    holidays: bool = True
    phone: str = ""

    @property
    def reachable(self) -> bool:
        """Whether this desk has coaches and hours at all."""
        return self.coaches > 0 and any(self.hours.values())

    def shifts(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The stretches this team works on `day`."""
        if day in self.closed or (self.holidays and day in dutch_holidays(day.year)):
            return ()
        return tuple(
            (datetime.combine(day, start, AMSTERDAM), datetime.combine(day, end, AMSTERDAM))
            for start, end in self.hours.get(day.weekday(), ())
        )

    def open_at(self, now: datetime) -> bool:
        here = now.astimezone(AMSTERDAM)
        return any(start <= here < end for start, end in self.shifts(here.date()))

    def next_opening(self, now: datetime) -> datetime | None:
        """The start of the next stretch after `now`; None when closed for two months."""
        here = now.astimezone(AMSTERDAM)
        for ahead in range(LOOK_AHEAD):
            for start, _ in self.shifts(here.date() + timedelta(days=ahead)):
                if start > here:
                    return start
        return None

    @lru_cache(maxsize=256)  # noqa: B019 - offices live as long as the content they come from
    def due(self, now: datetime, queue: int = 0) -> datetime | None:
        """When an answer is promised to somebody who asks now, behind `queue` others; None = promise nothing.

        Rounded up to a whole hour (half hours while that is today), because "11.07 uur" promises a precision that
        nobody has. A longer queue gives a later, honest time.
        """
        if not self.reachable:
            return None
        wait = self.target + self._working_day() * (queue / (self.per_coach * self.coaches))
        here = now.astimezone(AMSTERDAM)
        for ahead in range(LOOK_AHEAD):
            for start, end in self.shifts(here.date() + timedelta(days=ahead)):
                begin = max(start, here)
                if begin >= end:
                    continue
                # Wall clock times of one stretch in one zone: subtracting them counts hours as the team lives them.
                if begin + wait <= end:
                    return _rounded(begin + wait, end)
                wait -= end - begin
        return None

    def _working_day(self) -> timedelta:
        longest = [sum((_length(shift) for shift in shifts), timedelta()) for shifts in self.hours.values()]
        return max(longest, default=timedelta())


def _length(shift: Shift) -> timedelta:
    day = date(2026, 1, 1)
    return datetime.combine(day, shift[1]) - datetime.combine(day, shift[0])


def _rounded(moment: datetime, latest: datetime) -> datetime:
    step = 30 * 60
    into = (moment.minute * 60 + moment.second) % step
    up = moment.replace(microsecond=0)
    if into or moment.microsecond:
        up += timedelta(seconds=step - into)
    return min(up, latest)


def clock_time(moment: datetime, language: str = "nl") -> str:
    """11.00 uur, or 11:00."""
    return f"{moment:%H}.{moment:%M} uur".lstrip("0") if language == "nl" else f"{moment:%H}:{moment:%M}"


def day_name(day: date, language: str = "nl") -> str:
    """maandag 23 november, or Monday 23 November."""
    names = language if language in WEEKDAYS else "nl"
    return f"{WEEKDAYS[names][day.weekday()]} {day.day} {MONTHS[names][day.month - 1]}"


def sentence(due: datetime | None, now: datetime, language: str = "nl") -> str:
    """ "uiterlijk maandag 23 november om 11.00 uur"; '' when nothing is promised."""
    if due is None:
        return ""
    here, there = now.astimezone(AMSTERDAM), due.astimezone(AMSTERDAM)
    today = here.date() == there.date()
    if languages.speaks_of_time(language):
        return languages.at_the_latest(there, today, language)
    if language == "nl":
        return f"uiterlijk {'vandaag' if today else day_name(there.date())} om {clock_time(there)}"
    return f"by {'today' if today else day_name(there.date(), 'en')} at {clock_time(there, 'en')}"


@lru_cache(maxsize=256)
def opening(office: Office, now: datetime, language: str = "nl") -> str:
    """When the desk is open next, as a sentence; '' when it never is."""
    here = now.astimezone(AMSTERDAM)
    if not office.reachable:
        return ""
    if office.open_at(now):
        end = max(end for start, end in office.shifts(here.date()) if start <= here < end)
        if languages.speaks_of_time(language):
            return languages.open_until(end, language)
        return (
            f"We zijn open tot {clock_time(end)}."
            if language == "nl"
            else f"We are open until {clock_time(end, 'en')}."
        )
    start = office.next_opening(now)
    if start is None:
        return ""
    if languages.speaks_of_time(language):
        return languages.back_on(start, language)
    if language == "nl":
        return f"We zijn nu dicht. We zijn er weer op {day_name(start.date())} om {clock_time(start)}."
    return f"We are closed now. We are back on {day_name(start.date(), 'en')} at {clock_time(start, 'en')}."
