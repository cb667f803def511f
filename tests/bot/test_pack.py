"""A region's own pack passes `loket check` at once, and nothing is overwritten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.pack import make_pack
from flows.check import check
from flows.content import Content
from knowledge.problems import LoketError


def test_a_new_pack_passes_check_and_names_the_region(tmp_path: Path) -> None:
    folder = tmp_path / "regio-vallei"
    make_pack(folder, today="2026-11-21")
    report = check(folder, date(2026, 11, 21))
    assert report.errors == []
    content = Content.load(folder)
    assert content.knowledge.desk.name == "Loket Regio Vallei"
    assert "inloop-regio-vallei" in content.knowledge.catalogue


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(LoketError, match="not empty"):
        make_pack(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "keep"
