"""Figures: what is small is hidden, everywhere; a download that no spreadsheet runs; per group and region."""

from __future__ import annotations

import csv
import io

import pytest

from bot.desk import Desk
from bot.web.figures import Asked, cell, percentage, table, tables
from bot.web.house import House
from bot.web.sse import Broker
from storage.rows import Figures
from tests.web.conftest import Visitor, a_case


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        "+31612345678",
        "-2",
        "@cmd",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "  @x",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "|x",
        "%x",
    ],
)
def test_no_cell_begins_a_formula(typed: str):
    read = next(csv.reader(io.StringIO(cell(typed), newline=""), delimiter=";"))[0]
    assert read == f"'{typed}"


@pytest.mark.parametrize("typed", ["bakkerij", 'zegt "ja"', "a;b", "12", "1 = 1"])
def test_an_ordinary_cell_stays_as_it_is(typed: str):
    assert next(csv.reader(io.StringIO(cell(typed)), delimiter=";")) == [typed]


def test_a_small_count_is_hidden_and_so_is_the_length_of_its_bar():
    rows = {
        row.label: (row.shown, row.share)
        for row in table("t", "w", {"a": 40, "b": 10, "c": 9, "d": 1, "e": 0}, {}).rows
    }
    assert rows == {"a": ("40", 100), "b": ("10", 25), "c": ("<10", None), "d": ("<10", None), "e": ("0", None)}
    assert percentage(9, 9) == "te weinig"
    assert percentage(9, 10) == "90%"


def test_what_was_wanted_is_not_shown_per_group_because_nobody_keeps_who_wanted_it(desk: Desk):
    here, found = House(desk, Broker(None, None)), Figures(wishes={"lascursus": 30})  # type: ignore[arg-type]
    assert any(one.title == "Waar geen aanbod voor was" for one in tables(here, found, Asked(30)))
    assert not any(one.title == "Waar geen aanbod voor was" for one in tables(here, found, Asked(30, "employer")))


async def test_figures_of_a_group_and_a_region_and_their_download(noor: Visitor, visitor: Visitor, desk: Desk):
    await a_case(visitor, desk)
    reasons = "Waarom mensen een coach vroegen"
    whole = (await noor.get("/desk/cijfers")).text
    assert "bel mij" in whole.partition(reasons)[2].partition("</table>")[0]
    page = (await noor.get("/desk/cijfers?doelgroep=employer&regio=rivierenland")).text
    assert "bel mij" in page.partition(reasons)[2].partition("</table>")[0]
    assert "&lt;10" in page
    for query in ("doelgroep=job_seeker", "regio=achterhoek"):
        page = (await noor.get(f"/desk/cijfers?{query}")).text
        assert "Nog geen gegevens" in page.partition(reasons)[2].partition("</table>")[0], query
    answer = await noor.get("/desk/cijfers.csv?dagen=7&doelgroep=employer&regio=' OR 1=1")
    lines = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert ["Gekozen", "Doelgroep", "Heeft een bedrijf"] in lines
    assert ["Gekozen", "Regio", "alle"] in lines
    assert ["Waarom mensen een coach vroegen", "bel mij", "<10"] in lines
