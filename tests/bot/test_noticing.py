"""What a process notices by itself: findings of another process, and hours and teams that were chosen in a browser."""

from __future__ import annotations

import os
from datetime import date, datetime, time
from pathlib import Path

import pytest

from bot import noticing
from bot.chosen import Chosen
from bot.noticing import Noticing
from bot.web.dates import AMSTERDAM
from knowledge.desk_file import Hours, Team
from tests.web.serving import a_desk

CHECKED = "slim-regeling-mkb:\n  status: paused\n  checked_on: 2026-11-23\n  review_by: 2027-02-23\n"
WHOLE = Chosen(
    {0: (Hours(time(9), time(12)), Hours(time(13), time(17))), 4: ()},
    "",
    (date(2026, 12, 24),),
    4,
    (Team("people", "Inwoners", ("job_seeker",), ("region:rivierenland",), "030 123", "team@example.nl"),),
)


@pytest.fixture(autouse=True)
def read_before(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(noticing, "read_ahead", lambda content, now: None)


@pytest.mark.parametrize("chosen", [Chosen(), WHOLE, Chosen(closed_on=())])
def test_what_was_chosen_is_kept_whole(chosen: Chosen):
    assert Chosen.from_text(chosen.to_text()) == chosen


async def test_a_finding_that_another_process_wrote_is_read(tmp_path: Path):
    (tmp_path / "desk.yaml").write_text("name: Loket Oost\n", encoding="utf-8")
    async with a_desk(content=tmp_path) as desk:
        desk.pack_mark = noticing.pack_mark(tmp_path)
        other = Noticing(desk)
        await other.look()
        before = desk.content
        await other.look()
        assert desk.content is before, "nothing changed, so nothing is read"
        (tmp_path / "checked.next").write_text(CHECKED, encoding="utf-8")
        os.replace(tmp_path / "checked.next", tmp_path / "checked.yaml")
        await other.look()
        assert desk.content.knowledge.catalogue["slim-regeling-mkb"].status == "paused"


async def test_a_pack_that_cannot_be_read_is_tried_once(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "desk.yaml").write_text("name: Loket Oost\n", encoding="utf-8")
    async with a_desk(content=tmp_path) as desk:
        desk.pack_mark = noticing.pack_mark(tmp_path)
        (tmp_path / "checked.yaml").write_text("slim-regeling-mkb: [\n", encoding="utf-8")
        other = Noticing(desk)
        await other.look()
        said = len(caplog.records)
        assert said
        await other.look()
        assert len(caplog.records) == said


async def test_chosen_hours_hold_in_a_process_that_did_not_choose_them():
    async with a_desk() as desk:
        now = datetime(2026, 11, 24, 9, 0, tzinfo=AMSTERDAM)
        first = desk.store.rules.office.due(now)
        await desk.store.put_setting("chosen", Chosen(closed_on=(now.date(),), first_reply_hours=1).to_text())
        await Noticing(desk).look()
        later = desk.store.rules.office.due(now)
        assert first is not None
        assert later == datetime(2026, 11, 25, 10, 0, tzinfo=AMSTERDAM)
        assert desk.content.knowledge.desk.closed_on == (now.date(),)
        await desk.choose(Chosen())
        assert desk.store.rules.office.due(now) == first
