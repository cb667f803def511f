"""The page of promises is what the tests are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.telegram.conftest import COLLECTED
from tests.telegram.promises import HERE, PAGE, PROMISES, names, page


def test_every_promise_is_held_by_tests_that_exist_and_stands_on_the_page() -> None:
    told = PAGE.read_text(encoding="utf-8")
    for promise in PROMISES:
        assert names(promise)
        assert f"| {promise.sentence} |" in told


def test_no_test_of_the_channel_is_without_a_promise() -> None:
    held = {f"test_{file}.py" for promise in PROMISES for file in names(promise)}
    assert held == {path.name for path in HERE.glob("test_*.py")} - {Path(__file__).name}


def test_the_page_tells_the_libraries_and_ways_of_today(request: pytest.FixtureRequest) -> None:
    """`python -m tests.telegram.promises` writes it anew."""
    collected = request.config.stash[COLLECTED]
    if len({one.partition("::")[0] for one in collected if "tests/telegram/" in one}) < len([*HERE.glob("test_*.py")]):
        return  # part of the tests were asked for; a whole run compares
    assert PAGE.read_text(encoding="utf-8") == page(collected)
