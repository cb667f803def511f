"""Knowledge that is read again: shown before it is saved, checked as `loket check` does, in force at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.desk import Desk
from bot.web.app import create_app
from flows.content import Content
from tests.web.conftest import HOME, Visitor, a_case
from tests.web.serving import a_desk

ENTRY = "slim-regeling-mkb"
PAGE = f"/desk/kennis/{ENTRY}"


@dataclass
class Place:
    """A desk with a pack of its own."""

    desk: Desk
    pack: Path
    app: Any

    async def somebody(self, name: str = "") -> Visitor:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
        made = Visitor(transport=transport, base_url=HOME, follow_redirects=True, headers={"origin": HOME})
        if name:
            await made.log_in(name)
        return made

    @property
    def file(self) -> Path:
        return self.pack / "checked.yaml"

    @property
    def entry(self) -> Any:
        return self.desk.content.knowledge.catalogue[ENTRY]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    (tmp_path / "desk.yaml").write_text("name: Loket Oost\nhours: {monday-friday: '9:00-17:00'}\n", encoding="utf-8")
    async with a_desk(content=tmp_path) as desk:
        yield Place(desk, tmp_path, create_app(desk))


def filled(page: str, **changed: str) -> dict[str, str]:
    """The form as the page shows it, with what somebody changes."""
    form = page.partition("Er is iets veranderd")[2]
    found = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', form))
    status = re.search(r'value="(\w+)" selected', form)
    assert status
    return {**found, "status": status[1], **changed}


async def test_still_right_sets_the_day_and_takes_it_off_the_pile(place: Place):
    noor = await place.somebody("noor")
    page = await noor.get(PAGE)
    seen = re.search(r'name="seen" value="(\w+)"', page.text)
    assert seen
    page = await noor.post(PAGE, data={"do": "same", "seen": seen[1]})
    assert "Dit geldt vanaf nu" in page.text
    assert place.entry.checked_on.isoformat() == "2026-11-23"
    assert place.entry.review_by > place.entry.checked_on
    assert "checked_on: '2026-11-23'" in place.file.read_text()


async def test_a_change_is_shown_before_it_is_saved_and_holds_at_once(place: Place):
    noor = await place.somebody("noor")
    was = place.entry.status
    data = filled((await noor.get(PAGE)).text, status="paused", do="look")
    page = await noor.post(PAGE, data=data)
    assert "Klopt deze wijziging?" in page.text
    assert "<ins>staat stil</ins>" in page.text
    assert not place.file.exists()
    await noor.post(PAGE, data={**data, "do": "save"})
    assert place.entry.status == "paused"
    assert Content.load(place.pack).knowledge.catalogue[ENTRY].status == "paused"
    log = [line for line in await place.desk.store.audit_log() if line["action"] == "knowledge_save"]
    assert [line["object"] for line in log] == [ENTRY]
    seen = re.search(r'name="seen" value="(\w+)"', (await noor.get(PAGE)).text)
    assert seen
    page = await noor.post(PAGE, data={"do": "undo", "seen": seen[1]})
    assert "ongedaan gemaakt" in page.text
    assert place.entry.status == was


async def test_windows_and_budget_come_back_as_they_were_typed(place: Place):
    noor = await place.somebody("noor")
    text = (await noor.get(PAGE)).text
    new = len(place.entry.windows)
    more = {f"w{new}-opens": "01-06-2027", f"w{new}-closes": "30-06-2027 17.00", "ceiling": "250.000"}
    await noor.post(PAGE, data=filled(text, do="save", **more))
    window = place.entry.windows[-1]
    assert (f"{window.opens:%Y-%m-%d %H:%M}", f"{window.closes:%Y-%m-%d %H:%M}") == (
        "2027-06-01 00:00",
        "2027-06-30 17:00",
    )
    assert place.entry.budget.ceiling == 250_000
    again = (await noor.get(PAGE)).text
    assert 'value="30-06-2027 17.00"' in again
    assert 'value="250000"' in again


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"checked_on": "24-11-2026"}, "niet in de toekomst"),
        ({"status": "opens_on", "opens_on": "morgen"}, "schrijf een datum"),
        ({"w0-opens": "31-02-2027"}, "geen datum"),
        ({"ceiling": "veel"}, "een bedrag"),
        ({"status": "verdwenen"}, "Kies een stand"),
    ],
)
async def test_what_cannot_be_read_is_said_and_nothing_is_saved(place: Place, changed: dict[str, str], said: str):
    noor = await place.somebody("noor")
    data = filled((await noor.get(PAGE)).text, do="save", **changed)
    page = await noor.post(PAGE, data=data)
    assert page.status_code == 422
    assert said in page.text
    assert not place.file.exists()


async def test_what_loket_check_refuses_is_not_saved(place: Place):
    noor = await place.somebody("noor")
    new = len(place.entry.windows)
    more = {f"w{new}-opens": "01-07-2027", f"w{new}-closes": "01-06-2027"}
    page = await noor.post(PAGE, data=filled((await noor.get(PAGE)).text, do="save", **more))
    assert page.status_code == 422
    assert "closes before it opens" in page.text
    assert not place.file.exists()
    assert not list(place.pack.glob(".*"))


async def test_the_second_of_two_tabs_sees_what_the_first_saved(place: Place):
    noor, ada = await place.somebody("noor"), await place.somebody("ada")
    text = (await noor.get(PAGE)).text
    await ada.post(PAGE, data=filled(text, do="save", status="paused"))
    for press in ("look", "save"):
        page = await noor.post(PAGE, data=filled(text, do=press, status="unknown"))
        assert page.status_code == 409
        assert "intussen gewijzigd" in page.text
        assert 'value="unknown" selected' in page.text, "what was typed stays"
    assert place.entry.status == "paused"


async def test_of_two_who_save_at_once_one_wins(place: Place):
    noor, ada = await place.somebody("noor"), await place.somebody("ada")
    text = (await noor.get(PAGE)).text
    answers = await asyncio.gather(
        noor.post(PAGE, data=filled(text, do="save", status="paused")),
        ada.post(PAGE, data=filled(text, do="save", status="unknown")),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.parametrize("name", ["sanne", "otto"])
async def test_coaches_and_auditors_cannot_change_knowledge(place: Place, name: str):
    somebody = await place.somebody(name)
    assert (await somebody.get(PAGE)).status_code == 403
    assert (await somebody.post(PAGE, data={"do": "same"})).status_code == 403


async def test_without_a_pack_the_page_says_what_is_needed():
    async with a_desk() as desk:
        here = Place(desk, Path(), create_app(desk))
        noor = await here.somebody("noor")
        page = await noor.get(PAGE)
        assert "geen eigen map" in page.text
        page = await noor.post(PAGE, data={"do": "same", "seen": "x"})
        assert page.status_code == 422


async def test_a_published_pack_keeps_findings_beside_its_versions(tmp_path: Path):
    version = tmp_path / ".versions" / "20261121-090000-000000"
    version.mkdir(parents=True)
    (version / "desk.yaml").write_text("name: Loket Oost\n", encoding="utf-8")
    (tmp_path / ".versions" / "current").symlink_to(version.name)
    async with a_desk(content=tmp_path) as desk:
        here = Place(desk, tmp_path, create_app(desk))
        noor = await here.somebody("noor")
        await noor.post(PAGE, data=filled((await noor.get(PAGE)).text, do="save", status="paused"))
        assert here.entry.status == "paused"
    assert [path.name for path in tmp_path.iterdir()] == [".versions"]
    assert (tmp_path / ".versions" / "checked.yaml").is_file()


async def test_an_own_file_that_was_checked_later_counts(tmp_path: Path):
    shipped = Content.load().knowledge.catalogue_paths
    path = next(path for path in shipped.values() if path.stem == ENTRY)
    text = re.sub(r"checked_on: .*", "checked_on: 2026-11-23", path.read_text(encoding="utf-8"))
    own = tmp_path / "catalogue" / "scheme"
    own.mkdir(parents=True)
    (own / path.name).write_text(text, encoding="utf-8")
    (tmp_path / "desk.yaml").write_text("name: Loket Oost\n", encoding="utf-8")
    finding = f"{ENTRY}: {{status: paused, checked_on: 2026-11-22, review_by: 2027-02-22}}\n"
    (tmp_path / "checked.yaml").write_text(finding, encoding="utf-8")
    assert Content.load(tmp_path).knowledge.catalogue[ENTRY].status != "paused"


async def test_what_coaches_doubt_comes_first_until_it_is_checked(place: Place):
    visitor, sanne, noor = await place.somebody(), await place.somebody("sanne"), await place.somebody("noor")
    code = await a_case(visitor, place.desk)
    await sanne.post(f"/desk/g/{code}/kloptniet", data={"entry": ENTRY, "reason": "facts", "note": "Bedrag is anders."})
    page = (await noor.get("/desk/kennis")).text
    assert "1× klopt niet" in page
    assert page.index(ENTRY) < page.index("blad=2")
    assert "De gegevens kloppen niet (1×)" in (await noor.get(PAGE)).text


async def test_a_form_that_changes_nothing_says_so(place: Place):
    noor = await place.somebody("noor")
    await noor.post(PAGE, data=filled((await noor.get(PAGE)).text, do="save", status="paused"))
    page = await noor.post(PAGE, data=filled((await noor.get(PAGE)).text, do="look"))
    assert "Er verandert niets" in page.text
    assert 'value="save"' not in page.text
