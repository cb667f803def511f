"""What somebody reads who asks for all we hold: in words, in their own language."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.desk import Desk
from bot.web.house import House
from bot.web.my_data import NAMES, SECTIONS, VALUES, sections
from bot.web.sse import Broker
from storage import actions as do
from tests.web.conftest import Visitor, a_case, staff

CODES = re.compile(r"\b(\w+_\w+|true|false|null|handoff|call_back)\b")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "nl",
            ("Hulpvragen", "stand: afgerond", "uitkomst: advies gegeven", "soort: bellen", "toestemming: ja", "u: "),
        ),
        ("en", ("Consents", "state: closed", "outcome: advice given", "kind: call", "consent: yes", "you: ")),
    ],
)
async def test_every_field_is_in_words(visitor: Visitor, desk: Desk, language: str, words: tuple[str, ...]):
    code = await a_case(visitor, desk)
    sanne = (await staff(desk, "sanne")).id
    for action in (
        do.Claim(code, sanne),
        do.AddFollowUp(code, sanne, "call", "Horen hoe het ging", date(2026, 11, 30)),
        do.AddOutcome(code, sanne, "advised", date(2026, 11, 23), "slim-regeling-mkb"),
        do.Close(code, sanne, "advised"),
    ):
        assert isinstance(await desk.store.act(action), do.Done)
    row = await desk.store.case(code)
    assert row is not None
    assert row.conversation is not None
    data = await desk.store.data_of(row.conversation.id, sanne)
    assert data is not None
    found = sections(House(desk, Broker(None, None)), data, language)  # type: ignore[arg-type]
    text = "\n".join(line for title, lines in found for line in (title, *lines))
    for word in words:
        assert word in text, word
    assert not CODES.findall(re.sub(r"[\w.]+@[\w.]+", "", text)), CODES.findall(text)


def test_every_name_has_both_languages():
    for words in (NAMES, SECTIONS, VALUES):
        assert all(len(pair) == 2 and all(pair) for pair in words.values())
