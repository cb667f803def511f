"""No log, at any level, holds an answer, a name or a number; also not when something breaks half-way."""

from __future__ import annotations

import logging

import pytest

from bot.desk import Desk
from tests.web.conftest import Visitor, a_case

CANARIES = ("bakkerij", "tiel", "612345678", "kwetterlied", "schuldsanering", "jan@voorbeeld.nl")


async def test_no_answer_name_or_number_is_logged(
    visitor: Visitor, sanne: Visitor, desk: Desk, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    code = await a_case(visitor, desk)
    await sanne.post(f"/desk/g/{code}/oppakken", data={"epoch": "0"})
    await sanne.get(f"/desk/zoek?q=kwetterlied+{code}")
    for text in ("ik heet Kwetterlied, jan@voorbeeld.nl", "ik zit in de schuldsanering", "wis mijn gegevens"):
        await visitor.say(text)
    assert not spoken_of(caplog)


async def test_a_turn_that_breaks_is_logged_without_what_was_said(
    visitor: Visitor, desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    def breaks(*_: object) -> None:
        raise ValueError("kwetterlied in tiel 0612345678")

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("bot.desk.step", breaks)
    answer = await visitor.say("bakkerij in tiel")
    assert answer.status_code >= 400, "the turn was not stored, and that is said"
    assert caplog.records, "an operator hears that something broke"
    assert not spoken_of(caplog)


def spoken_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Lines of our own and of the libraries that hold something a person said, tracebacks and extras included.

    The lines of httpx are left out: that is the browser of this test.
    """
    written = logging.Formatter("%(message)s")
    lines = [
        f"{record.name}: {written.format(record)} {record.__dict__.get('reason', '')}"
        for record in caplog.records
        if not record.name.startswith(("httpx", "httpcore"))
    ]
    return [line for line in lines if any(canary in line.lower() for canary in CANARIES)]
