"""Follow-ups: planned with one tap, moved by working days, and in a coach's own calendar without anybody's data."""

from __future__ import annotations

import re
from datetime import date, time

import pytest

from bot.desk import Desk
from bot.web.agenda import folded
from bot.web.planning import read_template, titled, working_day
from storage.promise import Office
from tests.web.conftest import Visitor, a_case, staff

OFFICE = Office(hours={day: ((time(9), time(17)),) for day in range(5)}, closed=frozenset({date(2026, 11, 24)}))


async def test_a_template_fills_in_words_kind_and_the_next_working_day(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    form = {"template": "Terugbellen over …|call|1", "title": "het cao-fonds", "due_on": "", "due_time": "14.30"}
    page = await sanne.post(f"/desk/g/{code}/opvolgen", data=form)
    assert "dinsdag 24 november, 14.30 uur" in page.text
    assert "Terugbellen over het cao-fonds" in page.text
    [row] = await desk.store.follow_ups(code)
    assert (row.kind, row.due_time, row.origin) == ("call", "14:30", "template")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"kind": "call", "title": "Bellen", "due_on": ""}, "Die datum begrijp ik niet"),
        ({"kind": "call", "title": "", "due_on": "24-11-2026"}, "Er stond geen tekst"),
        ({"kind": "call", "title": "Bellen", "due_on": "24-11-2026", "due_time": "straks"}, "Die tijd begrijp ik niet"),
        ({"template": "Bellen|dansen|1"}, "Dat bestaat niet meer"),
    ],
)
async def test_a_follow_up_that_cannot_be_planned_is_said(
    visitor: Visitor, sanne: Visitor, desk: Desk, form: dict[str, str], said: str
):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    assert said in (await sanne.post(f"/desk/g/{code}/opvolgen", data=form)).text
    assert not await desk.store.follow_ups(code)


async def test_not_reached_offers_to_try_again_and_counts(visitor: Visitor, sanne: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    for times in (1, 2, 3):
        page = await sanne.post(f"/desk/g/{code}/gebeld", data={"result": "not_reached"})
        assert f"{times} keer niet bereikt" in page.text
    assert "rond af met" in page.text
    await sanne.post(f"/desk/g/{code}/opvolgen", data={"template": "Nog een keer bellen|call|1"})
    [row] = await desk.store.follow_ups(code)
    page = await sanne.post(f"/desk/agenda/{row.id}", data={"result": "not_reached:1"})
    assert "De opvolging is verzet" in page.text
    [row] = await desk.store.follow_ups(code)
    assert (row.state, row.attempts, row.due_on) == ("open", 1, date(2026, 11, 24))


async def test_a_coach_of_another_team_cannot_touch_a_follow_up(
    visitor: Visitor, sanne: Visitor, bilal: Visitor, desk: Desk
):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    await desk.store.change_staff((await staff(desk, "bilal")).id, teams=("een-ander-team",))
    await sanne.post(f"/desk/g/{code}/overdragen", data={"to": "team:business", "note": "Dit is voor bedrijven."})
    await sanne.post(f"/desk/g/{code}/oppakken")
    await sanne.post(f"/desk/g/{code}/opvolgen", data={"template": "Bellen|call|1"})
    [row] = await desk.store.follow_ups(code)
    page = await bilal.post(f"/desk/agenda/{row.id}", data={"result": "done"})
    assert "Dat mag u hier niet doen" in page.text


async def test_coordinators_change_the_templates_and_coaches_use_them(
    browser, visitor: Visitor, sanne: Visitor, desk: Desk
):
    noor = browser()
    await noor.log_in("noor")
    page = await noor.post("/desk/agenda/sjablonen", data={"title": "Bezoek aan ...", "kind": "check", "days": "3"})
    assert 'value="Bezoek aan …"' in page.text
    page = await noor.post("/desk/agenda/sjablonen", data={"number": "0", "do": "delete"})
    assert "Terugbellen over" not in page.text
    page = await noor.post("/desk/agenda/sjablonen", data={"title": "… en …", "kind": "check", "days": "3"})
    assert page.status_code == 422
    assert (await sanne.post("/desk/agenda/sjablonen", data={"title": "x"})).status_code == 403
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    text = (await sanne.get(f"/desk/g/{code}")).text
    assert "Bezoek aan …|check|3" in text
    assert "Nog een keer bellen|call|2" in text, "the others are still there"


async def test_the_calendar_holds_code_kind_and_time_and_nobodys_data(
    visitor: Visitor, sanne: Visitor, browser, desk: Desk
):
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken")
    form = {"template": "Terugbellen over …|call|1", "title": "Fatima en haar bakkerij", "due_time": "14.30"}
    await sanne.post(f"/desk/g/{code}/opvolgen", data=form)
    await sanne.post(f"/desk/g/{code}/opvolgen", data={"template": "Papieren|documents|2"})
    path = await a_feed(sanne)
    program = browser()
    answer = await program.get(path)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert f"SUMMARY:{code} bellen\r\n" in answer.text
    assert "DTSTART:20261124T133000Z" in answer.text
    assert "DTSTART;VALUE=DATE:20261125" in answer.text
    for word in ("Fatima", "bakkerij", "Tiel", "0612345678", "Papieren", "Sanne"):
        assert word not in answer.text.replace(f"{code} papieren", "")
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))


async def test_the_secret_address_can_be_taken_back_and_ends_with_the_coach(sanne: Visitor, browser, desk: Desk):
    program = browser()
    first = await a_feed(sanne)
    second = await a_feed(sanne)
    assert (await program.get(first)).status_code == 404, "a new address replaces the old one"
    assert (await program.get(second)).status_code == 200
    assert second.rpartition("/")[2].removesuffix(".ics") not in (await sanne.get("/desk/agenda")).text
    await desk.store.change_staff((await staff(desk, "sanne")).id, active=False)
    assert (await program.get(second)).status_code == 404
    await desk.store.change_staff((await staff(desk, "sanne")).id, active=True)
    await sanne.log_in("sanne")
    await sanne.post("/desk/agenda/kalender", data={"do": "drop"})
    assert (await program.get(second)).status_code == 404
    assert (await program.get("/agenda/geraden.ics")).status_code == 404


async def a_feed(sanne: Visitor) -> str:
    page = await sanne.post("/desk/agenda/kalender", data={"do": "make"})
    found = re.search(r"(/agenda/[\w-]+\.ics)", page.text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("template", "added", "title"),
    [
        ("Terugbellen over …", "het fonds", "Terugbellen over het fonds"),
        ("Terugbellen over …", "", "Terugbellen"),
        ("Vragen of … is aangevraagd", "SLIM", "Vragen of SLIM is aangevraagd"),
        ("Vragen of … is aangevraagd", "", "Vragen of de vraag is aangevraagd"),
        ("Nog een keer bellen", "", "Nog een keer bellen"),
        ("Nog een keer bellen", "na 16 uur", "Nog een keer bellen: na 16 uur"),
    ],
)
def test_a_template_reads_well_with_and_without_words(template: str, added: str, title: str):
    assert titled(template, added) == title


def test_working_days_skip_weekends_and_closed_days():
    friday = date(2026, 11, 20)
    assert working_day(OFFICE, friday, 0) == friday
    assert working_day(OFFICE, friday, 1) == date(2026, 11, 23)
    assert working_day(OFFICE, friday, 2) == date(2026, 11, 25)
    assert working_day(Office(), friday, 1) == date(2026, 11, 23)


@pytest.mark.parametrize("days", ["-1", "261", "drie", ""])
def test_a_template_without_days_is_none(days: str):
    assert read_template("Bellen", "call", days) is None


def test_long_lines_are_folded_between_letters():
    text = folded("SUMMARY:" + "é" * 100)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.replace("\r\n ", "") == "SUMMARY:" + "é" * 100


async def test_a_coach_sets_where_mail_goes(sanne: Visitor, desk: Desk):
    page = await sanne.post("/desk/account/mail", data={"email": "sanne@loket.example"})
    assert "Bewaard" in page.text
    assert (await staff(desk, "sanne")).email == "sanne@loket.example"
    assert "geen mailadres" in (await sanne.post("/desk/account/mail", data={"email": "sanne@"})).text
    await sanne.post("/desk/account/mail", data={"email": ""})
    assert (await staff(desk, "sanne")).email == ""
