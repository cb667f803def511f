"""What holds at a moment: windows with clock times, budgets, and dates that nobody announced yet."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from knowledge.availability import availability
from knowledge.entries import Budget, Ended, Entry, Window
from knowledge.entry_reading import read_moment

TODAY = date(2026, 11, 21)


def entry(**fields) -> Entry:
    return Entry(id="x", kind="scheme", name="X", confidence="verified", status_on=date(2026, 11, 1), **fields)


def window(opens="", closes="", **fields) -> Window:
    return Window(
        read_moment(opens, closing=False) if opens else None,
        read_moment(closes, closing=True) if closes else None,
        **fields,
    )


SPRING = window("2027-03-01 09:00", "2027-03-31 17:00")


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2027-03-01 08:59", "opens_on"),
        ("2027-03-01 09:00", "open"),
        ("2027-03-31 16:59", "open"),
        ("2027-03-31 17:00", "closed"),
    ],
)
def test_a_window_opens_and_closes_on_the_clock(moment, status):
    assert availability(entry(status="closed", windows=(SPRING,)), datetime.fromisoformat(moment)).status == status


def test_a_last_day_without_a_time_counts_whole():
    open_ = entry(status="open", windows=(window("2026-11-01", "2026-11-30"),))
    assert availability(open_, datetime.fromisoformat("2026-11-30T23:59")).status == "open"
    assert availability(open_, datetime.fromisoformat("2026-12-01")).status == "closed"
    assert availability(open_, TODAY).last_day == date(2026, 11, 30)


def test_of_several_windows_the_next_one_is_told():
    autumn = window("2027-09-01", "2027-09-30")
    both = entry(status="closed", windows=(SPRING, autumn))
    assert availability(both, TODAY).opens_on == date(2027, 3, 1)
    assert availability(both, date(2027, 6, 1)).opens_on == date(2027, 9, 1)
    assert availability(both, date(2027, 6, 1)).status == "opens_on"


def test_a_provisional_date_is_told_but_never_as_certain():
    maybe = entry(status="closed", windows=(window("2027-03-01", "2027-03-31", provisional=True),))
    now = availability(maybe, TODAY)
    assert (now.status, now.opens_on) == ("closed", date(2027, 3, 1))
    during = availability(maybe, date(2027, 3, 5))
    assert (during.status, during.certain) == ("unknown", False)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "open"}, "open"),
        ({"status": "closed"}, "closed"),
        ({"status": "paused"}, "paused"),
        ({"status": "unknown"}, "unknown"),
        ({"status": "opens_on", "opens_on": date(2027, 1, 4)}, "opens_on"),
        ({"status": "opens_on", "opens_on": date(2026, 11, 21)}, "open"),
        ({"status": "opens_on"}, "unknown"),
        ({"status": "ended", "ended": Ended("2019")}, "ended"),
        ({"status": "open", "ended": Ended("2026-12-31")}, "open"),
        ({"status": "open", "ended": Ended("2026-11-20")}, "ended"),
        ({"status": "open", "windows": (window("2026-01-01", "2026-02-01"),)}, "closed"),
        ({"status": "open", "windows": (window(pattern="ieder jaar maart"),)}, "open"),
    ],
)
def test_without_a_window_that_holds_the_checked_status_counts(fields, status):
    assert availability(entry(**fields), TODAY).status == status


def test_an_empty_budget_closes_what_is_open():
    spent = entry(status="open", budget=Budget(exhausted=True, measured_on=date(2026, 11, 1)))
    assert (availability(spent, TODAY).status, availability(spent, TODAY).budget_gone) == ("closed", True)
    assert availability(entry(status="open"), TODAY, budget_left=0).status == "closed"
    assert availability(entry(status="open"), TODAY, budget_left=5000).status == "open"


def test_a_new_window_has_new_money():
    again = entry(status="closed", windows=(SPRING,), budget=Budget(exhausted=True, measured_on=date(2026, 11, 1)))
    assert availability(again, datetime.fromisoformat("2027-03-10T10:00")).status == "open"


def test_closed_early_while_the_window_ran_stays_closed():
    early = entry(status="closed", windows=(window("2026-10-01", "2026-12-31"),))
    assert availability(early, TODAY).status == "closed"


def test_what_should_have_been_read_again_is_less_certain():
    old = entry(status="open", review_by=date(2026, 11, 20))
    assert (availability(old, TODAY).status, availability(old, TODAY).certain) == ("open", False)
    assert availability(entry(status="open", review_by=TODAY), TODAY).certain
