"""Opening hours, closing days and teams, changed in the browser: what is promised follows at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

import pytest

from bot.chosen import Chosen
from bot.desk import Desk
from bot.web.dates import AMSTERDAM
from bot.web.settling import Unreadable, read_hours
from knowledge.desk_file import Hours
from tests.web.conftest import Visitor, a_case

WEEK = {"day0": "9.00-12.00, 13.00-17.00", "day1": "", "day2": "10-15 uur", "target": "2", "do": "save"}


@pytest.fixture
async def noor(browser: Callable[..., Visitor]) -> Visitor:
    made = browser()
    await made.log_in("noor")
    return made


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ()),
        ("dicht", ()),
        ("9.00-17.00", ((9, 0, 17, 0),)),
        ("9:30 - 12 en 13-17.00 uur", ((9, 30, 12, 0), (13, 0, 17, 0))),
        ("9 tot 17 uur", ((9, 0, 17, 0),)),
    ],
)
def test_hours_as_people_write_them(typed: str, read: tuple[tuple[int, int, int, int], ...]):
    assert read_hours(typed, "maandag") == tuple(Hours(time(a, b), time(c, d)) for a, b, c, d in read)


@pytest.mark.parametrize(
    "typed", ["vroeg", "17.00-9.00", "9-13, 12-17", "9.00-25.00", "8-9,10-11,12-13,14-15", "9:61-10"]
)
def test_hours_that_cannot_be_are_said(typed: str):
    with pytest.raises(Unreadable, match="Maandag"):
        read_hours(typed, "maandag")


async def test_a_coordinator_changes_the_hours_and_the_promise_follows(noor: Visitor, visitor: Visitor, desk: Desk):
    page = await noor.post("/desk/beheer/uren", data=WEEK)
    assert "maandag, 9.00 tot 12.00 uur, 13.00 tot 17.00 uur; woensdag, 10.00 tot 15.00 uur" in page.text
    monday = datetime(2026, 11, 23, 16, 30, tzinfo=AMSTERDAM)
    assert desk.store.rules.office.due(monday) == datetime(2026, 11, 25, 11, 30, tzinfo=AMSTERDAM)
    assert ("settled", "hours") in [(line["action"], line["object"]) for line in await desk.store.audit_log()]
    page = await noor.post("/desk/beheer/uren", data=WEEK | {"day3": "ooit"})
    assert page.status_code == 422
    assert "Donderdag: schrijf bijvoorbeeld 9.00-17.00" in page.text
    await noor.post("/desk/beheer/uren", data={"do": "reset"})
    assert desk.chosen == Chosen()


async def test_a_closing_day_is_added_and_taken_away(noor: Visitor, desk: Desk):
    page = await noor.post("/desk/beheer/dicht", data={"do": "add", "day": "27-11-2026"})
    assert "vrijdag 27 november 2026" in page.text
    assert desk.store.rules.office.shifts(date(2026, 11, 27)) == ()
    assert (await noor.post("/desk/beheer/dicht", data={"do": "add", "day": "20-11-2026"})).status_code == 422
    await noor.post("/desk/beheer/dicht", data={"do": "delete", "day": "2026-11-27"})
    assert desk.store.rules.office.shifts(date(2026, 11, 27))


async def test_a_new_team_gets_the_cases_of_its_people_and_region(noor: Visitor, visitor: Visitor, desk: Desk):
    team = {"name": "Bakkers Tiel", "situations": "employer", "regions": "Rivierenland", "do": "save"}
    page = await noor.post("/desk/beheer/team", data=team)
    assert "de regio Rivierenland" in page.text
    await noor.post("/desk/beheer/team", data={"id": "business", "name": "Bedrijven", "situations": "school"})
    code = await a_case(visitor, desk)
    row = await desk.store.case(code)
    assert row is not None
    assert row.team == "bakkers-tiel"
    page = await noor.post("/desk/beheer/team", data={"id": "bakkers-tiel", "do": "delete"})
    assert "nog open hulpvragen" in page.text
    page = await noor.post("/desk/beheer/team", data={"id": "schools", "do": "delete"})
    assert "schools" not in [one.id for one in desk.content.knowledge.desk.teams]
    page = await noor.post("/desk/beheer/team", data=team | {"regions": "Rivierenlend, Mordor"})
    assert page.status_code == 422
    await noor.post("/desk/beheer/team", data={"do": "reset"})
    assert desk.chosen.teams is None


async def test_who_is_no_coordinator_or_admin_changes_none_of_it(sanne: Visitor, desk: Desk):
    for path in ("uren", "dicht", "team"):
        assert (await sanne.post(f"/desk/beheer/{path}", data={"do": "reset"})).status_code == 403
