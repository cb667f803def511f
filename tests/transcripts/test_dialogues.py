"""Exact dialogues, word for word, with the state written and read back between any two lines.

`loket replay --write tests/transcripts/readme` writes them again after a text was changed on purpose.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.behaviour import is_behaviour
from flows.content import Content
from flows.transcript import TranscriptInvalid, read, replay
from tests.shipped import shipped

HERE = Path(__file__).parent
DIALOGUES = [path for path in sorted(HERE.rglob("*.txt")) if not is_behaviour(path.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def content() -> Content:
    return shipped()


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_the_desk_says_exactly_this(path: Path, content: Content) -> None:
    played = replay(content, path.read_text(encoding="utf-8"), path.name)
    assert played.holds, played.difference


def test_a_line_that_is_nothing_is_named() -> None:
    with pytest.raises(TranscriptInvalid, match=r"x\.txt:3: a line starts with"):
        read("gesprek: x\nu: hallo\nwat is dit\n", "x.txt")


def test_a_button_that_is_not_there_is_named(content: Content) -> None:
    with pytest.raises(TranscriptInvalid, match="Ik zoek werk"):
        replay(content, "gesprek: x\ndatum: 2026-11-21\nu: [Bestaat niet]\n")
