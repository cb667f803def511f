"""The audit log as an auditor reads it: filtered, paged, whole or not, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.desk import Desk
from storage import tables as t
from tests.web.conftest import Visitor, a_case, staff
from tests.web.serving import Clock


@pytest.fixture
async def otto(browser: Callable[..., Visitor]) -> Visitor:
    made = browser()
    await made.log_in("otto")
    return made


def rows(text: str) -> list[str]:
    """The visible lines of the table, each as one text."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)).strip() for one in body.split("</tr>") if "<td>" in one]


async def test_an_auditor_reads_who_opened_which_case(otto: Visitor, sanne: Visitor, visitor: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    await sanne.get(f"/desk/g/{code}")
    page = await otto.get("/desk/logboek")
    assert any("Sanne hulpvraag geopend" in row and code in row for row in rows(page.text))
    assert "Het logboek is heel" in page.text
    assert "bakkerij" not in page.text


async def test_the_log_is_filtered_by_person_action_day_and_case(
    otto: Visitor, sanne: Visitor, bilal: Visitor, visitor: Visitor, desk: Desk
):
    code = await a_case(visitor, desk)
    for one in (sanne, bilal):
        await one.get(f"/desk/g/{code}")
    me = (await staff(desk, "bilal")).id
    assert all("Bilal" in row for row in rows((await otto.get(f"/desk/logboek?wie={me}")).text))
    assert all("ingelogd" in row for row in rows((await otto.get("/desk/logboek?wat=login")).text))
    for typed in (code, code.lower(), code.removeprefix("K-"), code.replace("-", "")):
        found = await otto.get(f"/desk/logboek?code={typed}")
        if typed.isdigit():
            assert "Zo ziet een code" in found.text
        else:
            assert len(rows(found.text)) == 2, typed
    assert len(rows((await otto.get(f"/desk/logboek?code={code}&wie={me}")).text)) == 1
    assert len(rows((await otto.get("/desk/logboek?van=23-11-2026&tot=23-11-2026")).text)) >= 5
    for query in ("van=24-11-2026", "tot=22-11-2026", "code=K-9999", "wie=niemand"):
        page = await otto.get(f"/desk/logboek?{query}")
        assert "Geen regels die hierbij passen" in page.text, query


@pytest.mark.parametrize("query", ["van=gisteren", "tot=31-02-2026", "code=';--", "van=" + "9" * 50])
async def test_a_filter_that_cannot_be_read_is_said(otto: Visitor, query: str):
    page = await otto.get(f"/desk/logboek?{query}")
    assert page.status_code == 422
    assert 'role="alert"' in page.text


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999", "2", "١"])
async def test_a_page_number_that_does_not_exist_is_no_error(otto: Visitor, number: str):
    assert (await otto.get("/desk/logboek", params={"pagina": number})).status_code == 200


async def test_the_log_is_paged_and_the_filter_goes_along(otto: Visitor, desk: Desk):
    me = (await staff(desk, "otto")).id
    for _ in range(60):
        await desk.store.audit(me, "open_case", "K-7")
    first = await otto.get("/desk/logboek?wat=open_case")
    assert len(rows(first.text)) == 50
    assert "Bladzijde 1 van 2" in first.text
    older = re.search(r'href="(/desk/logboek\?[^"]*pagina=2)"', first.text)
    assert older
    second = await otto.get(older[1].replace("&amp;", "&"))
    assert len(rows(second.text)) == 10
    assert "Nieuwer" in second.text


async def test_a_log_that_was_changed_is_said_at_the_top(otto: Visitor, desk: Desk):
    await otto.get("/desk/logboek")

    def tamper(conn: Connection) -> None:  # as somebody who owns the database could
        conn.execute(sa.text("DROP TRIGGER audit_fixed"))
        conn.execute(t.audit.update().where(t.audit.c.seq == 1).values(actor="boef"))

    await desk.store._write(tamper)
    clock = desk.clock
    assert isinstance(clock, Clock)
    clock.forward(minutes=6)
    page = await otto.get("/desk/logboek")
    assert "klopt niet meer vanaf regel 1" in page.text
    assert 'role="alert"' in page.text


@pytest.mark.parametrize("evil", ['=HYPERLINK("x")', "+31", "@SUM(1)", "\t=1+1", '"; =1'])
async def test_the_download_holds_no_formula(otto: Visitor, desk: Desk, evil: str):
    await desk.store.audit(evil, evil, evil, purpose=evil, result=evil)
    answer = await otto.get("/desk/logboek.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    table = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert table[0] == ["wanneer", "wie", "wat", "waarover", "toelichting", "uitkomst"]
    assert {len(row) for row in table} == {6}
    for row in table[1:]:
        assert not [value for value in row if value.lstrip(" ").startswith(("=", "+", "@", "\t"))]
    assert "export_log" in {line["action"] for line in await desk.store.audit_log()}


async def test_the_log_is_for_auditors_and_administrators_alone(
    sanne: Visitor, browser: Callable[..., Visitor], desk: Desk
):
    assert (await sanne.get("/desk/logboek")).status_code == 403
    assert "Logboek" not in (await sanne.get("/desk")).text
    ada = browser()
    await ada.log_in("ada")
    await desk.store.audit("visitor", "my_data", "K-7")
    page = await ada.get("/desk/logboek")
    assert page.status_code == 200
    assert 'href="/desk/g/' not in page.text  # an administrator sees no content, so no way to it either
