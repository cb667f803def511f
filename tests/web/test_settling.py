"""Opening hours, closing days and teams, changed in the browser: what is promised follows at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from httpx import Response

from bot.chosen import SETTING, Chosen, OutcomeCode
from bot.desk import Desk
from bot.web import outcome_words
from bot.web.dates import AMSTERDAM
from bot.web.figures import Asked, own_codes, tables
from bot.web.house import House
from bot.web.keeping import OURS
from bot.web.outcome_words import CLOSING
from bot.web.settling import MARKED, Unreadable, read_hours
from bot.web.sse import Broker
from knowledge.desk_file import Desk as DeskFile
from knowledge.desk_file import Hours
from storage.rows import Figures
from tests.web.conftest import Visitor, a_case
from tests.web.serving import Clock

WEEK = {"day0": "9.00-12.00, 13.00-17.00", "day1": "", "day2": "10-15 uur", "target": "2", "do": "save"}


@pytest.fixture
def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


async def send(who: Visitor, desk: Desk, where: str, data: dict[str, str]) -> Response:
    """A form of Beheer as it was drawn just now."""
    part = {"uren": "hours", "dicht": "days", "team": "teams", "uitkomst": "outcomes", "bewaren": "retention"}[where]
    return await who.post(f"/desk/beheer/{where}", data={"mark": desk.chosen.mark(*MARKED[part]), **data})


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
    page = await send(noor, desk, "uren", WEEK)
    assert "maandag, 9.00 tot 12.00 uur, 13.00 tot 17.00 uur; woensdag, 10.00 tot 15.00 uur" in page.text
    monday = datetime(2026, 11, 23, 16, 30, tzinfo=AMSTERDAM)
    assert desk.store.rules.office.due(monday) == datetime(2026, 11, 25, 11, 30, tzinfo=AMSTERDAM)
    assert ("settled", "hours") in [(line["action"], line["object"]) for line in await desk.store.audit_log()]
    page = await send(noor, desk, "uren", WEEK | {"day3": "ooit"})
    assert page.status_code == 422
    assert "Donderdag: schrijf bijvoorbeeld 9.00-17.00" in page.text
    await send(noor, desk, "uren", {"do": "reset"})
    assert desk.chosen == Chosen()


async def test_a_closing_day_is_added_and_taken_away(noor: Visitor, desk: Desk):
    page = await send(noor, desk, "dicht", {"do": "add", "day": "27-11-2026"})
    assert "vrijdag 27 november 2026" in page.text
    assert desk.store.rules.office.shifts(date(2026, 11, 27)) == ()
    assert (await send(noor, desk, "dicht", {"do": "add", "day": "20-11-2026"})).status_code == 422
    await send(noor, desk, "dicht", {"do": "delete", "day": "2026-11-27"})
    assert desk.store.rules.office.shifts(date(2026, 11, 27))


async def test_a_new_team_gets_the_cases_of_its_people_and_region(noor: Visitor, visitor: Visitor, desk: Desk):
    team = {"name": "Bakkers Tiel", "situations": "employer", "regions": "Rivierenland", "do": "save"}
    page = await send(noor, desk, "team", team)
    assert "de regio Rivierenland" in page.text
    await send(noor, desk, "team", {"id": "business", "name": "Bedrijven", "situations": "school"})
    code = await a_case(visitor, desk)
    row = await desk.store.case(code)
    assert row is not None
    assert row.team == "bakkers-tiel"
    page = await send(noor, desk, "team", {"id": "bakkers-tiel", "do": "delete"})
    assert "nog open hulpvragen" in page.text
    page = await send(noor, desk, "team", {"id": "schools", "do": "delete"})
    assert "schools" not in [one.id for one in desk.content.knowledge.desk.teams]
    page = await send(noor, desk, "team", team | {"regions": "Rivierenlend, Mordor"})
    assert page.status_code == 422
    await send(noor, desk, "team", {"do": "reset"})
    assert desk.chosen.teams is None


async def test_who_is_no_coordinator_or_admin_changes_none_of_it(sanne: Visitor, desk: Desk):
    for path in ("uren", "dicht", "team"):
        assert (await sanne.post(f"/desk/beheer/{path}", data={"do": "reset"})).status_code == 403


async def test_of_two_tabs_the_second_is_refused_and_told(noor: Visitor, desk: Desk):
    drawn = {"mark": desk.chosen.mark(*MARKED["hours"])}
    assert (await noor.post("/desk/beheer/uren", data=WEEK | drawn)).status_code == 200
    page = await noor.post("/desk/beheer/uren", data=WEEK | drawn | {"target": "9"})
    assert page.status_code == 409
    assert "Iemand anders heeft dit net gewijzigd" in page.text
    assert desk.content.knowledge.desk.first_reply_hours == 2
    other = {"mark": desk.chosen.mark("closed_on"), "do": "add", "day": "27-11-2026"}
    assert (await noor.post("/desk/beheer/dicht", data=other)).status_code == 200, "another part is no conflict"


async def test_what_another_process_kept_in_between_is_not_overwritten(desk: Desk):
    before = desk.chosen
    await desk.store.put_setting(SETTING, Chosen(first_reply_hours=3).to_text())
    assert await desk.choose(replace(before, first_reply_hours=9)) is False
    assert desk.content.knowledge.desk.first_reply_hours == 3
    assert await desk.choose(replace(desk.chosen, first_reply_hours=9)) is True


async def test_an_own_outcome_under_a_step_is_picked_hidden_and_kept_with_old_cases(
    noor: Visitor, sanne: Visitor, visitor: Visitor, desk: Desk
):
    made = {"do": "add", "rung": "granted", "label": "Lening toegekend", "label_en": "Loan granted"}
    await send(noor, desk, "uitkomst", made)
    [own] = desk.chosen.outcomes
    assert own.id == "granted.lening-toegeke"
    code = await a_case(visitor, desk)
    page = await sanne.post(f"/desk/g/{code}/oppakken")
    assert "Lening toegekend" in page.text
    page = await sanne.post(f"/desk/g/{code}/afronden", data={"outcome": own.id, "epoch": "1"})
    row = await desk.store.case(code)
    assert row is not None
    assert row.outcome == own.id
    page = await send(noor, desk, "uitkomst", {"do": "delete", "id": own.id})
    assert page.status_code == 422
    assert "al gebruikt" in page.text
    await send(noor, desk, "uitkomst", {"do": "save", "id": own.id, "label": "Lening", "hidden": "1"})
    house = House(desk, Broker(None, None))  # type: ignore[arg-type]
    assert own.id not in dict(outcome_words.closing(house))
    assert outcome_words.said(house, own.id) == "Lening"
    assert outcome_words.said(house, "granted.vergeten") == "toegekend", "a code of a backup that nobody knows any more"


async def test_a_step_of_the_program_gets_another_name_and_can_be_hidden_but_not_all(noor: Visitor, desk: Desk):
    house = House(desk, Broker(None, None))  # type: ignore[arg-type]
    await send(noor, desk, "uitkomst", {"do": "save", "id": "referred", "label": "Warm overgedragen"})
    assert ("referred", "Warm overgedragen") in outcome_words.closing(house)
    await send(noor, desk, "uitkomst", {"do": "reset", "id": "referred"})
    assert desk.chosen.outcomes == ()
    for rung in list(CLOSING)[1:]:
        await send(noor, desk, "uitkomst", {"do": "save", "id": rung, "hidden": "1"})
    page = await send(noor, desk, "uitkomst", {"do": "save", "id": "advised", "hidden": "1"})
    assert page.status_code == 422
    assert [id_ for id_, _ in outcome_words.closing(house)] == ["advised"]
    assert (await send(noor, desk, "uitkomst", {"do": "save", "id": "nergens", "label": "x"})).status_code == 422
    assert (await send(noor, desk, "uitkomst", {"do": "add", "rung": "x.y", "label": "x"})).status_code == 422


async def test_a_shorter_period_shows_what_goes_and_asks_first(ada: Visitor, visitor: Visitor, desk: Desk):
    await visitor.get("/chat")
    await visitor.say("ik zoek werk")
    held = desk.content.knowledge.desk.retention
    days = {name: str(held[name]) for name in OURS}
    page = await send(ada, desk, "bewaren", days | {"intake_unfinished": "4"})
    assert "van 14 naar <b>4 dagen</b>" in page.text
    assert "Ja, bewaar korter" in page.text
    assert desk.chosen.retention is None, "asked, and nothing kept yet"
    await send(ada, desk, "bewaren", days | {"intake_unfinished": "4", "sure": "1"})
    assert desk.store.rules.periods.intake_unfinished == 4
    assert ("settled", "retention") in [(line["action"], line["object"]) for line in await desk.store.audit_log()]
    page = await send(ada, desk, "bewaren", days)
    assert desk.store.rules.periods.intake_unfinished == 14, "longer again: nothing to ask"
    for wrong in ({"special": "31"}, {"case_sensitive": "95"}, {"audit": "1"}, {"outbox": "twee"}):
        assert (await send(ada, desk, "bewaren", days | wrong)).status_code == 422, wrong
    await send(ada, desk, "bewaren", {"do": "reset"})
    assert desk.chosen.retention is None


async def test_periods_are_an_admins_and_ask_who_it_is(noor: Visitor, ada: Visitor, desk: Desk, clock: Clock):
    assert (await send(noor, desk, "bewaren", {"do": "reset"})).status_code == 403
    clock.forward(minutes=11)
    page = await send(ada, desk, "bewaren", {"do": "reset"})
    assert "Bevestig dat u het bent" in page.text


def test_periods_of_another_version_are_pulled_within_what_the_law_allows():
    periods = Chosen(retention={"special": 400, "case_sensitive": 99, "case_personal": 20, "logs": 0}).over(
        DeskFile("x")
    )
    assert (periods.retention["case_sensitive"], periods.retention["special"]) == (20, 20)
    assert periods.retention["logs"] == 1


def test_what_was_chosen_is_read_as_it_was_kept():
    made = Chosen(retention={"outbox": 3}, outcomes=(OutcomeCode("granted.lening", "Lening", "Loan", hidden=True),))
    assert Chosen.from_text(made.to_text()) == made


def test_figures_count_by_step_and_the_download_shows_the_code(desk: Desk):
    house = House(desk, Broker(None, None))  # type: ignore[arg-type]
    found = Figures(
        outcomes={"slim granted": 30, "granted": 12},
        codes={"slim granted": 18, "slim granted.lening": 12, "granted": 9, "granted.gift": 11},
    )
    [steps] = [one for one in tables(house, found, Asked(30)) if one.title == "Uitkomsten"]
    assert [(row.label.rpartition(": ")[2], row.shown, row.code) for row in steps.rows] == [
        ("toegekend", "30", "granted"), ("toegekend", "12", "granted"),
    ]  # fmt: skip
    shown = {row.code: row.shown for row in own_codes(house, Figures(codes={"granted": 9, "granted.gift": 11})).rows}
    assert set(shown.values()) == {"te weinig"}, "nine is too few, and 11 would tell it"
    assert {row.shown for row in own_codes(house, Figures(codes={"x granted": 18, "x granted.a": 12})).rows} == {
        "18",
        "12",
    }


async def test_the_audit_log_says_what_was_changed_and_into_what(noor: Visitor, ada: Visitor, desk: Desk):
    await send(noor, desk, "uitkomst", {"do": "add", "rung": "granted", "label": "Gift"})
    days = {name: str(desk.content.knowledge.desk.retention[name]) for name in OURS}
    await send(ada, desk, "bewaren", days | {"outbox": "9"})
    lines = [(one["object"], one["purpose"]) for one in await desk.store.audit_log() if one["action"] == "settled"]
    assert ("outcomes", "nieuw: granted.gift") in lines
    assert ("retention", "verstuurde berichten in de wachtrij 7 > 9") in lines
    assert "uitkomsten" in (await ada.get("/desk/logboek")).text
