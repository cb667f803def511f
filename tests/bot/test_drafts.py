"""Editing a pack beside a conversation, publishing it in one go, and going back."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import drafts
from bot.cli import main
from bot.commands.serving import reload_on_hangup
from bot.desk import Desk
from bot.drafts import Draft, DraftTalk, in_force, previous, put_back, put_in_force, stage, stamp
from bot.reloading import reload_content
from bot.settings import read_settings
from flows.content import Content
from flows.events import Said
from flows.state import State
from flows.turn import Turn
from knowledge.problems import LoketError
from storage.store import open_store

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
DAY = date(2026, 11, 21)
DESK = """\
name: Proefloket
organisations: [Proef]
controller: Proef
privacy_contact: privacy@example.nl
regions: national
extends: none
languages: [nl]
"""
FACT = """\
{id}:
  kind: {kind}
  question: {question}
  name: {name}
  why: Om u te helpen.
  class: personal
  purpose: Helpen.
  cost: 1
  max: 60
"""
FACTS = "".join(
    FACT.format(id=id, kind=kind, question=question, name=f"uw {name}")
    for id, kind, question, name in (
        ("phone", "phone", "Op welk nummer bellen we u?", "nummer"),
        ("name", "text", "Hoe heet u?", "naam"),
        ("wish", "text", "Wat wilt u leren?", "wens"),
        ("street", "text", "In welke straat woont u?", "straat"),
    )
)
WELCOME = """\
flow: welcome
title: Proef
steps:
  - say: Schrijf vandaag op wat u wilt.
    id: say-today
    today: yes
  - ask: wish
    for: coach
  - finish
"""


def make_draft(folder: Path) -> Path:
    """A pack of its own with one question, that passes the check."""
    (folder / "flows").mkdir(parents=True)
    (folder / "desk.yaml").write_text(DESK)
    (folder / "facts.yaml").write_text(FACTS)
    (folder / "flows" / "welcome.yaml").write_text(WELCOME)
    for flow, fact in (("contact", "name"), ("call_me", "phone")):
        steps = f"  - ask: {fact}\n    for: coach\n"
        (folder / "flows" / f"{flow}.yaml").write_text(f"flow: {flow}\ntitle: Contact\nsteps:\n{steps}")
    return folder


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "flows" / "welcome.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return make_draft(tmp_path / "draft")


def asked(turn: Turn | None) -> str:
    return turn.question.fact if turn is not None and turn.question is not None else ""


# ---- trying -------------------------------------------------------------------------------------------------------


def test_a_sound_draft_says_so_and_talks(pack: Path) -> None:
    draft = Draft(pack, DAY)
    assert draft.refresh()
    assert draft.told().startswith("No errors")
    assert asked(DraftTalk(draft, lambda: NOON).begin()) == "wish"


def test_nothing_is_read_again_until_something_is_saved(pack: Path) -> None:
    draft = Draft(pack, DAY)
    draft.refresh()
    held = draft.content
    assert not draft.refresh()
    edit(pack, "- ask: wish", "- ask: [wish, street]")
    assert draft.refresh()
    assert draft.content is not held


def test_answers_are_kept_over_a_reload_and_walked_on_the_new_flow(pack: Path) -> None:
    draft = Draft(pack, DAY)
    draft.refresh()
    talk = DraftTalk(draft, lambda: NOON)
    talk.begin()
    talk.play(Said("lassen"))
    edit(pack, "- ask: wish", "- ask: [street, wish]")
    draft.refresh()
    turn = talk.begin()
    assert asked(turn) == talk.asked == "street", "the new question is reached, the old one has its answer"
    assert turn is not None
    assert turn.state.answers["wish"].value == "lassen"


@pytest.mark.parametrize(
    "broken",
    ["flow: welcome\nsteps: [", "", "- a\n- b\n", WELCOME.replace("wish", "wich"), "\x00", "a: &x 1"],
)
def test_a_broken_draft_is_told_and_the_last_good_one_talks_on(pack: Path, broken: str) -> None:
    draft = Draft(pack, DAY)
    draft.refresh()
    talk = DraftTalk(draft, lambda: NOON)
    talk.begin()
    (pack / "flows" / "welcome.yaml").write_text(broken)
    assert draft.refresh()
    assert not draft.readable
    assert "last version that could be read" in draft.told()
    assert "flows/welcome.yaml" in draft.told()
    assert talk.play(Said("lassen")) is not None


def test_bytes_that_are_no_text_do_not_end_the_conversation(pack: Path) -> None:
    (pack / "flows" / "welcome.yaml").write_bytes(b"\xff\xfe\xfa")
    draft = Draft(pack, DAY)
    assert draft.refresh()
    assert draft.content is None
    assert "nothing to talk with yet" in draft.told()
    assert DraftTalk(draft, lambda: NOON).begin() is None


def test_a_check_that_fails_itself_is_told(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(folder: Path, today: date) -> None:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(drafts, "check", fails)
    draft = Draft(pack, DAY)
    assert draft.refresh()
    assert draft.readable
    assert "could not be checked: ZeroDivisionError: odd" in draft.told()


def test_a_logical_error_does_not_stop_the_talk(pack: Path) -> None:
    edit(pack, "    today: yes\n", "")
    draft = Draft(pack, DAY)
    draft.refresh()
    assert draft.readable
    assert draft.told().startswith("1 error")


def test_new_changed_and_removed_files_show(pack: Path) -> None:
    seen = {stamp(pack)}
    (pack / "flows" / "more.yaml").write_text("flow: more\n")
    seen.add(stamp(pack))
    os.utime(pack / "flows" / "more.yaml", ns=(1, 1))
    seen.add(stamp(pack))
    (pack / "flows" / "welcome.yaml").unlink()
    seen.add(stamp(pack))
    assert len(seen) == 4


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str | Callable[[], str]) -> None:
    """What somebody types; a function does something first, such as saving a file."""
    waiting = list(lines)

    def read(prompt: str = "") -> str:
        if not waiting:
            raise EOFError
        line = waiting.pop(0)
        return line if isinstance(line, str) else line()

    monkeypatch.setattr("builtins.input", read)


def test_trying_in_the_terminal(
    pack: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def saves_a_typo() -> str:
        edit(pack, "ask: wish", "ask: wisj")
        return ""

    def repairs_it() -> str:
        edit(pack, "ask: wisj", "ask: [wish, street]")
        return "lassen"

    typed(monkeypatch, saves_a_typo, repairs_it, "tot ziens")
    assert main(["try", str(pack), "--date", "2026-11-21"]) == 0
    told = capsys.readouterr().out
    assert "Wat wilt u leren?" in told
    assert "there is no fact 'wisj'" in told
    assert "Did you mean 'wish'?" in told
    assert told.rstrip().endswith("[Bel mij]")
    assert "In welke straat woont u?" in told, "the same question stood there, so the answer counts"


def test_trying_a_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["try", str(tmp_path / "nowhere")]) == 2
    assert "is not a folder" in capsys.readouterr().err


# ---- publishing ---------------------------------------------------------------------------------------------------


def title(target: Path) -> str:
    return Content.load(target).flows["welcome"].title


def at(second: int) -> datetime:
    return NOON.replace(second=second)


def test_publishing_and_going_back(pack: Path, tmp_path: Path) -> None:
    target = tmp_path / "live"
    first = put_in_force(stage(pack, target, at(1)))
    assert in_force(target) == first
    edit(pack, "title: Proef", "title: Anders")
    assert title(target) == "Proef", "editing the draft changes nothing for visitors"
    put_in_force(stage(pack, target, at(2)))
    assert title(target) == "Anders"
    assert put_back(target) == first
    assert title(target) == "Proef"
    put_in_force(stage(pack, target, at(3)))
    assert previous(target) == first, "what was undone is not gone back to"
    with pytest.raises(LoketError, match="no earlier version"):
        put_back(target) and put_back(target)


def test_a_publication_that_stopped_halfway_changes_nothing_and_is_cleared_away(pack: Path, tmp_path: Path) -> None:
    target = tmp_path / "live"
    first = put_in_force(stage(pack, target, at(1)))
    edit(pack, "title: Proef", "title: Anders")
    halfway = stage(pack, target, at(2))  # and then the power fails
    assert in_force(target) == first
    assert title(target) == "Proef"
    put_in_force(stage(pack, target, at(3).replace(day=23)))
    assert title(target) == "Anders"
    assert not halfway.folder.exists()
    assert previous(target) == first


def test_one_link_decides_for_all_files(pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before and after the link changes, a desk that loads sees the old pack whole or the new pack whole."""
    target = tmp_path / "live"
    put_in_force(stage(pack, target, at(1)))
    edit(pack, "title: Proef", "title: Anders")
    (pack / "desk.yaml").write_text(DESK.replace("Proefloket", "Anders"))
    (pack / "catalogue").mkdir()
    staged = stage(pack, target, at(2))
    seen: set[tuple[str, str]] = set()
    real = drafts._point

    def look() -> None:
        content = Content.load(target)
        seen.add((content.knowledge.desk.name, content.flows["welcome"].title))

    def looking(link: Path, to: str) -> None:
        look()
        real(link, to)
        look()

    monkeypatch.setattr(drafts, "_point", looking)
    put_in_force(staged)
    assert seen == {("Proefloket", "Proef"), ("Anders", "Anders")}


def test_what_stood_there_before_is_the_version_to_go_back_to(pack: Path, tmp_path: Path) -> None:
    target = make_draft(tmp_path / "live")
    edit(target, "title: Proef", "title: Oud")
    (target / "README.md").write_text("Ours.")
    put_in_force(stage(pack, target, at(1)))
    assert title(target) == "Proef"
    assert not (target / "README.md").exists()
    put_back(target)
    assert title(target) == "Oud"
    assert (target / ".versions" / "current" / "README.md").read_text() == "Ours."


def test_a_file_added_by_hand_later_is_not_lost(pack: Path, tmp_path: Path) -> None:
    target = tmp_path / "live"
    put_in_force(stage(pack, target, at(1)))
    (target / "notes.txt").write_text("mine")
    with pytest.raises(LoketError, match=r"notes\.txt was put in"):
        put_in_force(stage(pack, target, at(2)))
    assert (target / "notes.txt").read_text() == "mine"


def test_versions_stay_in_order_when_the_clock_goes_back(pack: Path, tmp_path: Path) -> None:
    target = tmp_path / "live"
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    first = put_in_force(stage(pack, target, twice))
    put_in_force(stage(pack, target, twice.replace(minute=10, fold=1)))
    assert previous(target) == first


@pytest.mark.parametrize("where", ["", "below", ".."])
def test_a_pack_is_not_published_into_itself(pack: Path, where: str) -> None:
    with pytest.raises(LoketError, match="inside each other"):
        stage(pack, pack / where, NOON)


def published(pack: Path, target: Path, *options: str) -> int:
    return main(["publish", str(pack), "--to", str(target), "--date", "2026-11-21", *options])


def test_publish_tells_what_changes_and_asks(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "live"
    assert published(pack, target, "--yes") == 0
    edit(pack, "wat u wilt.", "wat u wilt leren.")
    typed(monkeypatch, "nee")
    assert published(pack, target) == 2
    told = capsys.readouterr().out
    assert "Schrijf vandaag op wat u wilt leren." in told
    assert "Nothing was changed." in told
    typed(monkeypatch, "ja")
    assert published(pack, target) == 0
    assert len(list((target / ".versions").glob("[0-9]*"))) == 2
    assert main(["publish", "--to", str(target), "--back", "--yes", "--date", "2026-11-21"]) == 0
    assert "wat u wilt leren" not in (target / ".versions" / "current" / "flows" / "welcome.yaml").read_text()
    assert main(["publish", "--to", str(target), "--back", "--yes"]) == 2


def test_publish_refuses_errors_and_leaves_nothing(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(pack, "ask: wish", "ask: wisj")
    assert published(pack, tmp_path / "live", "--yes") == 2
    assert "Nothing was published." in capsys.readouterr().out
    assert not (tmp_path / "live").exists()


def test_publish_without_a_pack_or_anything_to_go_back_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "--to", str(tmp_path)]) == 2
    assert main(["publish", "--to", str(tmp_path / "x"), "--back"]) == 2
    assert "no earlier version" in capsys.readouterr().err


# ---- a running desk -----------------------------------------------------------------------------------------------


@pytest.fixture
async def desk(pack: Path) -> AsyncIterator[Desk]:
    store = await open_store("memory:", clock=lambda: NOON)
    yield Desk(Content.load(pack), store, replace(read_settings({}), content=pack), lambda: NOON)
    await store.aclose()


async def test_a_running_desk_takes_the_new_pack_and_keeps_the_old_when_it_is_broken(
    desk: Desk, pack: Path, caplog: pytest.LogCaptureFixture
) -> None:
    edit(pack, "title: Proef", "title: Anders")
    assert await reload_content(desk)
    assert desk.content.flows["welcome"].title == "Anders"
    edit(pack, "ask: wish", "ask: wisj")
    with caplog.at_level(logging.ERROR, "loket.content"):
        assert not await reload_content(desk)
    assert desk.content.flows["welcome"].title == "Anders"
    assert "there is no fact 'wisj'" in caplog.text


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no SIGHUP")
async def test_the_signal_reloads(desk: Desk, pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    came = asyncio.Event()

    async def noted(of: Desk) -> bool:
        came.set()
        return await reload_content(of)

    monkeypatch.setattr("bot.reloading.reload_content", noted)
    reload_on_hangup(desk)
    try:
        os.kill(os.getpid(), signal.SIGHUP)
        async with asyncio.timeout(5):
            await came.wait()
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)


def test_an_empty_state_is_what_a_talk_begins_with(pack: Path) -> None:
    draft = Draft(pack, DAY)
    draft.refresh()
    turn = DraftTalk(draft, lambda: NOON, "en").begin()
    assert turn is not None
    assert turn.state.turn == State().turn + 1
    assert turn.state.language == "en"
