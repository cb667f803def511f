"""`loket chat --json`: a program talks to the desk, one JSON object a line."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest

from bot.cli import main
from bot.commands import talking
from flows.content import Content
from tests.shipped import shipped

KEYS = {"messages", "question", "understood", "advice", "handoff", "ended"}


def command(options: tuple[str, ...]) -> list[str]:
    return ["chat", "--json", "--date", "2026-11-21", *options]


def talk(*lines: str | bytes, options: tuple[str, ...] = ()) -> tuple[list[dict[str, object]], int]:
    """The command in this process: its bytes in, its objects and exit status out."""
    raw = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)
    out, before = io.StringIO(), sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(raw))
    try:
        with redirect_stdout(out):
            status = main(command(options))
    finally:
        sys.stdin = before
    return [json.loads(line) for line in out.getvalue().split("\n") if line], status


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def content(folder: object) -> Content:
        return shipped()

    monkeypatch.setattr(talking, "load_content", content)


def test_it_is_a_program_of_its_own_as_well() -> None:
    line = [sys.executable, "-m", "bot.cli", *command(())]
    done = subprocess.run(line, input=b"ik zoek werk\n\xff\xfe\n", capture_output=True, check=False)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert said[1]["understood"] == {"situation": "job_seeker"}
    assert set(said[2]) == {"error"}
    assert done.stderr == b""


def test_the_first_object_comes_before_any_input() -> None:
    said, status = talk()
    assert status == 0
    assert len(said) == 1
    assert set(said[0]) == KEYS
    assert said[0]["question"]["fact"] == "situation"  # type: ignore[index]


def test_what_was_said_is_taken_along_and_never_asked_again() -> None:
    said, _ = talk("heb een bakkerij met 6 man in tiel, is er subsidie om ze te scholen")
    understood = said[1]["understood"]
    assert isinstance(understood, dict)
    assert understood["situation"] == "employer"
    assert understood["company_size"] == 6
    assert understood["company_place"] == "Tiel"
    assert said[1]["question"]["fact"] not in understood  # type: ignore[index]


def test_a_choice_by_id_a_command_and_a_text_are_all_read() -> None:
    said, status = talk('{"choice": "employee"}', '{"command": "terug"}', '{"text": "ik zoek werk"}')
    assert status == 0
    assert said[1]["understood"] == {"situation": "employee"}
    assert said[2]["question"]["fact"] == "situation"  # type: ignore[index]
    assert said[3]["understood"] == {"situation": "job_seeker"}


@pytest.mark.parametrize("bad", ['{"chioce": "x"}', '{"choice": 3}', '{"command": ["terug"]}', b"\xff\xfe", "{}"])
def test_a_bad_line_is_named_and_the_program_goes_on(bad: str | bytes) -> None:
    said, status = talk(bad, "ik zoek werk")
    assert status == 1
    assert set(said[1]) == {"error"}
    assert said[2]["understood"] == {"situation": "job_seeker"}


@pytest.mark.parametrize("odd", ["", "   ", "x" * 99_000, "👍🏽" * 50, "a\x00b", "[" * 5000, '"text"', "12e999"])
def test_odd_input_gets_a_friendly_answer_and_the_question_again(odd: str) -> None:
    said, status = talk(odd)
    assert status == 0
    assert said[1]["messages"]
    assert said[1]["question"]["fact"] == "situation"  # type: ignore[index]


def test_english_is_spoken_from_the_first_sentence() -> None:
    said, _ = talk(options=("--language", "en"))
    assert "computer" in said[0]["messages"][0]  # type: ignore[index]
    assert "Hallo" not in said[0]["messages"][0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("options", "says"),
    [(("--flow", "employr"), "Did you mean 'employer'?"), (("--language", "xx"), "is not a language")],
)
def test_a_wrong_option_is_one_clear_line(options: tuple[str, ...], says: str) -> None:
    errors = io.StringIO()
    with redirect_stderr(errors):
        assert main(command(options)) == 2
    assert says in errors.getvalue()
    assert errors.getvalue().count("\n") == 1
