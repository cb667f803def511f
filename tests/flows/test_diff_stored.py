"""`loket diff` counts what stored conversations will notice; here they then go on, and the count was right."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.cli import main
from bot.rules import rules_of
from flows.content import Content
from flows.effects import Say
from flows.engine import step
from flows.events import Event, Said, Started
from flows.state import State
from flows.turn import Turn
from flows.world import World
from storage.messages import Incoming
from storage.store import open_store
from tests.flows.conftest import NOVEMBER
from tests.flows.test_moving import CHANGED, edited

CONVERSATIONS = {
    "owner": ("ik heb een bedrijf", "mijn mensen scholen"),
    "school": ("ik werk voor een school", "gastles"),
    "second school": ("ik werk voor een school", "gastles"),
    "school further on": ("ik werk voor een school", "gastles", "vmbo"),
    "employee": ("ik heb werk", "lesgeven over mijn vak"),
    "nobody yet": (),
}
NEW_ORDER = {"school.yaml": ("[school_goal, school_kind, school_place]", "[school_goal, school_place, school_kind]")}


def on(content: Content, event: Event) -> Callable[[State, World, datetime], Turn]:
    return lambda state, world, now: step(content, world, state, event, NOVEMBER)


async def talk(path: Path, content: Content, said: dict[str, tuple[str, ...]], *, start: bool) -> dict[str, Turn]:
    """Everybody says these things to this content; the last turn of each."""
    store = await open_store(f"sqlite:///{path}", rules=rules_of(content))
    last: dict[str, Turn] = {}
    try:
        for who, texts in said.items():
            events: list[Event] = [*([Started()] if start else []), *(Said(one) for one in texts)]
            for event in events:
                result = await store.turn(Incoming("web", who, event, NOVEMBER), on(content, event))
                assert result.turn is not None
                last[who] = result.turn
    finally:
        await store.aclose()
    return last


def heard(turn: Turn) -> str:
    return "\n".join(effect.message.text for effect in turn.effects if isinstance(effect, Say))


def test_the_counts_of_diff_are_what_then_happens(
    content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, pack = tmp_path / "data", tmp_path / "pack"
    data.mkdir()
    asyncio.run(talk(data / "loket.db", content, CONVERSATIONS, start=True))
    new = edited(pack, NEW_ORDER)
    monkeypatch.setenv("LOKET_DATA", str(data))
    before = (data / "loket.db").read_bytes()

    old = tmp_path / "old"
    old.mkdir()
    assert main(["diff", str(old), str(pack), "--date", "2026-11-21"]) == 0
    told = capsys.readouterr().out
    assert (data / "loket.db").read_bytes() == before, "diff may only read"

    went_on = asyncio.run(talk(data / "loket.db", new, dict.fromkeys(CONVERSATIONS, ("hm",)), start=False))
    noticed = [turn for turn in went_on.values() if CHANGED in heard(turn)]
    asked = Counter(turn.question.fact for turn in noticed if turn.question is not None)
    assert f"{len(CONVERSATIONS) - len(noticed)} of {len(CONVERSATIONS)} go on without noticing" in told
    assert asked == {"school_place": 2}
    assert "2 are asked something else, or again: school_place 2" in told
    again = asyncio.run(talk(data / "loket.db", new, dict.fromkeys(CONVERSATIONS, ("hm",)), start=False))
    assert not any(CHANGED in heard(turn) for turn in again.values()), "it is said once"


def test_without_a_database_diff_says_nothing_about_conversations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOKET_DATA", str(tmp_path / "none"))
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    assert main(["diff", str(tmp_path / "old"), str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out.strip() == "Nothing changes for visitors."
    assert not (tmp_path / "none").exists()
