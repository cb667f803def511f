"""Mistakes of somebody who edits files and does not program: each is told in words that say what to change."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.editing import _text_of, _write
from flows.check import check_flows, check_unread
from flows.content import DEFINITIONS, Content, flow_files
from flows.content import HERE as FLOWS
from knowledge.problems import LoketError, Place, Problems
from knowledge.source import check_id, read_text
from tests.flows.conftest import NOVEMBER

SCHOOL = (DEFINITIONS / "school.yaml").read_text(encoding="utf-8")
MISTAKES = {
    "a tab": (SCHOOL.replace("  - ask", "\t- ask", 1), "has a tab"),
    "a tab below a text": ("steps:\n  - say: >-\n      Hallo.\n\tid: y\n", "has a tab"),
    "a tab before a key": ("steps:\n  - ask: goal\n\tid: y\n", "has a tab"),
    "a comma in a number": ("questions: {max: 5,5}\n", "a comma stands before '5', and that starts a new key"),
    "a comma in an amount": ("amount: {value: 12,50, unit: euro}\n", "a comma stands before '50'"),
    "a tab in a line": ("steps:\n  - say: x\n\t  id: y\n", "has a tab"),
    "an apostrophe at the start": ("title: 's avonds leren\n", "opens a quote that is never closed"),
    "a quote left open": ('title: "hallo\nflow: x\n', "opens a quote that is never closed"),
    "a colon in a sentence": ("title: Let op: dit gaat mis\n", "has a second colon"),
    "a list that is shifted": ("steps:\n  - say: x\n   - say: y\n", "does not start as far from the margin"),
    "a key that is shifted": (
        "steps:\n  - say: x\n    id: y\n   today: yes\n",
        "does not start as far from the margin",
    ),
    "a line without a colon": ("flow: a\nzomaar tekst\ntitle: b\n", "has no colon after the key above it"),
    "a bracket left open": ("kinds: [x, y\ntitle: b\n", "opens a '[' that is never closed"),
    "a brace left open": ("- when: {a: b\n  say: c\n", "opens a '{' that is never closed"),
    "a text that starts with a sign": ("title: @loket\n", "starts a text with '@'"),
    "a placeholder at the start": ("say: {desk} helpt u\n", "goes on behind a closing quote or bracket"),
    "text behind a quoted word": ('title: "Werk" en leren\n', "goes on behind a closing quote or bracket"),
    "a backslash": ('title: "C:\\map"\n', "has a backslash between double quotes"),
    "a list behind the colon": ("steps: - say\n", "has a list right behind the colon"),
    "text behind the sign for a long text": ("say: > tekst\n  meer\n", "has text right behind '|' or '>'"),
    "the same key twice": ("flow: a\nflow: b\n", "'flow' stands here twice (first on line 1)"),
    "a space copied from a document": ("steps:\n\u00a0\u00a0- say: x\n", "has a no-break space"),
    "two documents": ("a: b\n---\nc: d\n", "holds more than one document"),
    "two megabytes": ("# " + "x" * 2_000_000, "is larger than 256 KB"),
    "nothing": ("", "is empty"),
}


@pytest.mark.parametrize(("text", "told"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_told_in_plain_words_with_what_to_do(text: str, told: str) -> None:
    problems = Problems()
    read_text(text, "flows/school.yaml", problems)
    assert [problem.message for problem in problems.found] == [told] or told in problems.found[0].message
    assert problems.found[0].proposal
    assert not any(word in problems.found[0].render() for word in ("token", "mapping", "scalar", "stream", "expected"))


@pytest.mark.parametrize(
    "text", ["\ufeff" + SCHOOL, SCHOOL.replace("\n", "\r\n"), SCHOOL.replace("title: ", "title: 😀 ")]
)
def test_marks_line_ends_and_emoji_of_any_editor_are_fine(text: str) -> None:
    problems = Problems()
    assert read_text(text, "flows/school.yaml", problems) is not None
    assert problems.found == []


@pytest.mark.parametrize("raw", [SCHOOL.encode("utf-16"), "title: é".encode("latin-1"), b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_text_is_told_and_names_no_other_problem(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "school.yaml").write_bytes(raw)
    problems = Problems()
    Content.read(tmp_path, problems)
    assert [problem.message for problem in problems.errors] == ["is not UTF-8 text"]


def test_the_place_of_a_letter_that_is_no_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "school.yaml").write_bytes("flow: school\ntitle: Café\n".encode("latin-1"))
    problems = Problems()
    Content.read(tmp_path, problems)
    assert [str(problem.place).rpartition("flows/")[2] for problem in problems.errors] == ["school.yaml:2:11"]


@pytest.mark.parametrize("name", ["desk.yaml", "facts.yaml", "flows/school.yaml"])
def test_a_folder_called_like_a_file_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(parents=True)
    problems = Problems()
    Content.read(tmp_path, problems)
    check_unread(tmp_path, problems)
    told = [one.message for one in problems.errors if one.place.file.endswith(name)]
    assert told == ["is a folder, not a file"]


def test_a_flow_that_could_not_be_read_is_the_only_finding(content: Content) -> None:
    """No finding about what follows from it, such as schools that get no answer."""
    files = [(shown, path) for shown, path in flow_files(None) if path.stem != "school"]
    problems = Problems()
    report = check_flows(Content.build(content.knowledge, files, [FLOWS / "i18n"], problems), NOVEMBER, problems)
    assert "was left out" in report.skipped
    assert not any("stops here" in problem.message for problem in report.errors)


@pytest.mark.parametrize(
    ("name", "instead"), [("één vraag", "een_vraag"), ("a/b", "a_b"), ("-x", "x"), ("?", "a_name")]
)
def test_an_id_with_a_space_or_an_accent_gets_a_proposal(name: str, instead: str) -> None:
    problems = Problems()
    check_id(name, Place("facts.yaml"), problems)
    assert problems.errors[0].proposal.startswith(f"Write '{instead}'")
    check_id(instead, Place("facts.yaml"), problems)
    assert len(problems.errors) == 1


def test_a_file_that_could_not_be_read_is_not_missed_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "school.yaml").write_text(
        "flow: scholen\ntitle: School\nsteps:\n  - finish\n", encoding="utf-8"
    )
    problems = Problems()
    content = Content.read(tmp_path, problems)
    assert [problem.message for problem in problems.errors] == ["flow 'scholen' stands in a file called 'school.yaml'"]
    assert content is not None
    assert "school" in content.flows


def test_a_file_whose_name_keeps_it_from_being_read_is_named(tmp_path: Path) -> None:
    for name in ("flows/school.yml", "flows/mijn/employee.yaml", "catalogue/service/x.yaml.txt", "flows/ok.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("flow: x\n", encoding="utf-8")
    problems = Problems()
    check_unread(tmp_path, problems)
    assert [problem.place.file for problem in problems.found] == [
        "catalogue/service/x.yaml.txt", "flows/mijn/employee.yaml", "flows/school.yml",
    ]  # fmt: skip


def test_a_dialogue_or_picture_that_cannot_be_read_or_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bin.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(LoketError, match=r"bin\.txt' is not UTF-8 text; save it as UTF-8"):
        _text_of(tmp_path / "bin.txt")
    with pytest.raises(LoketError, match="cannot be read: Is a directory"):
        _text_of(tmp_path)
    with pytest.raises(LoketError, match="cannot be written: No such file or directory"):
        _write(tmp_path / "nowhere" / "code.svg", "<svg/>")
