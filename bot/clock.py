"""The one place that asks the machine for the time. Everything else takes `now` or `today` as an argument."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

Clock = Callable[[], datetime]  # the current moment in Europe/Amsterdam


def system_clock() -> datetime:
    return datetime.now(AMSTERDAM)


def clock_on(day: date) -> Clock:
    """A clock that stands at noon of one day: `loket chat --date 2027-01-04` previews next year."""
    moment = datetime.combine(day, time(12), AMSTERDAM)
    return lambda: moment
