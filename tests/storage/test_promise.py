"""What is promised, over nights in which the clock changes, holidays and long queues."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from storage.promise import AMSTERDAM, Office, opening, sentence

OFFICE = Office()
MORNINGS = Office(hours={day: ((time(9), time(12)), (time(13), time(17))) for day in range(5)})
NIGHT = Office(hours={day: ((time(1), time(5)),) for day in range(7)}, holidays=False)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("asked", "promised"),
    [
        ("2026-11-23 10:00", "uiterlijk vandaag om 12.00 uur"),
        ("2026-11-23 10:07", "uiterlijk vandaag om 12.30 uur"),
        ("2026-11-23 08:00", "uiterlijk vandaag om 11.00 uur"),
        ("2026-11-23 15:00", "uiterlijk vandaag om 17.00 uur"),
        ("2026-11-23 15:20", "uiterlijk dinsdag 24 november om 9.30 uur"),
        ("2026-11-21 20:00", "uiterlijk maandag 23 november om 11.00 uur"),
        ("2026-11-20 16:30", "uiterlijk maandag 23 november om 10.30 uur"),
        ("2026-04-02 16:00", "uiterlijk dinsdag 7 april om 10.00 uur"),  # Good Friday counts as a holiday by law
        ("2026-04-04 12:00", "uiterlijk dinsdag 7 april om 11.00 uur"),  # over Easter Monday
        ("2026-04-24 16:00", "uiterlijk dinsdag 28 april om 10.00 uur"),  # over King's Day, a Monday
        ("2026-05-13 16:30", "uiterlijk vrijdag 15 mei om 10.30 uur"),  # over Ascension Day
        ("2026-12-24 16:30", "uiterlijk maandag 28 december om 10.30 uur"),
        ("2026-12-31 16:00", "uiterlijk maandag 4 januari om 10.00 uur"),
        ("2026-03-27 16:30", "uiterlijk maandag 30 maart om 10.30 uur"),  # the clock went forward on Sunday
        ("2026-10-23 16:30", "uiterlijk maandag 26 oktober om 10.30 uur"),  # and back
    ],
)
def test_the_promise_skips_nights_weekends_and_holidays(asked: str, promised: str) -> None:
    now = at(asked)
    assert sentence(OFFICE.due(now), now) == promised


def test_a_lunch_break_is_no_working_time() -> None:
    now = at("2026-11-23 11:00")
    assert MORNINGS.due(now) == at("2026-11-23 14:00")


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_night_in_which_the_clock_changes_counts_as_the_clock_on_the_wall(day: str) -> None:
    now = at(f"{day} 00:30")
    assert NIGHT.due(now) == at(f"{day} 03:00")


def test_a_longer_queue_gets_an_honest_later_time() -> None:
    now = at("2026-11-23 10:00")
    assert OFFICE.due(now, 0) == at("2026-11-23 12:00")
    assert OFFICE.due(now, 4) == at("2026-11-23 16:00")
    assert OFFICE.due(now, 8) == at("2026-11-24 12:00")
    assert Office(coaches=4).due(now, 8) == at("2026-11-23 14:00")


def test_nobody_to_answer_promises_nothing() -> None:
    now = at("2026-11-23 10:00")
    for office in (
        Office(coaches=0),
        Office(hours={}),
        Office(closed=frozenset(now.date() + timedelta(days=n) for n in range(90))),
    ):
        assert office.due(now) is None
        assert sentence(office.due(now), now) == ""
    assert not Office(coaches=0).reachable
    assert opening(Office(coaches=0), now) == ""


def test_the_promise_is_never_in_the_past_and_always_in_working_time() -> None:
    now = at("2026-01-01 00:00")
    for hours in range(0, 24 * 366, 5):
        asked = now + timedelta(hours=hours, minutes=7)
        due = OFFICE.due(asked)
        assert due is not None
        assert due > asked
        assert any(start < due <= end for start, end in OFFICE.shifts(due.date()))


def test_when_the_desk_is_open_next_is_said_in_both_languages() -> None:
    closed = at("2026-11-21 20:00")
    assert opening(OFFICE, closed) == "We zijn nu dicht. We zijn er weer op maandag 23 november om 9.00 uur."
    assert opening(OFFICE, closed, "en") == "We are closed now. We are back on Monday 23 November at 09:00."
    assert opening(OFFICE, at("2026-11-23 10:00")) == "We zijn open tot 17.00 uur."
    assert opening(OFFICE, at("2026-11-23 10:00"), "en") == "We are open until 17:00."
    assert sentence(at("2026-11-23 11:00"), closed, "en") == "by Monday 23 November at 11:00"


def test_a_team_can_have_its_own_closed_days() -> None:
    office = Office(closed=frozenset({date(2026, 11, 24)}))
    assert office.due(at("2026-11-23 16:30")) == at("2026-11-25 10:30")
