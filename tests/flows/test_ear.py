"""What is not heard can only be an answer: no text that anybody ever typed in a test is overheard by the ear."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import greeting, hearing, overheard
from flows.answers import plain
from flows.commands import find_command
from flows.content import Content
from flows.ear import Ear
from flows.lost import is_stuck
from flows.session import Session
from flows.state import Shown, State
from flows.world import World
from tests.flows.conftest import NOVEMBER

TESTS = Path(__file__).parents[1]


def typed() -> list[str]:
    """Whatever visitors type in the transcripts and the labelled sentences, and each of its words alone."""
    texts = {
        line.partition("u:")[2].strip()
        for path in (TESTS / "transcripts").rglob("*.txt")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(("u:", "jij:"))
    }
    for path in (TESTS / "understanding").glob("*.tsv"):
        texts |= {line.partition("\t")[0] for line in path.read_text(encoding="utf-8").splitlines()}
    texts |= {word for text in texts for word in text.split()}
    return sorted(text for text in texts if any(map(str.isalnum, text)))  # signs alone answer no question


def test_whatever_is_recognised_anywhere_is_heard(content: Content) -> None:
    ear = Ear.of(content)
    unheard = [text for text in typed() if not ear.hears(text)]
    assert len(unheard) > 500, "most texts are only answers"
    state = State(shown=Shown(1, "welcome.situation", "situation"), turn=1, phase="talking")
    for text in unheard:
        session, said = Session(content, World(), state, NOVEMBER), plain(text)
        recognised = (
            find_command(text) is not None
            or greeting.said_by_sign(text) != text
            or greeting.greeted(session, text)
            or is_stuck(said)
            or hearing._opens_flow(session, text, said)
            or greeting.in_another_language(session, text)
            or overheard.button_in_words(session, text)
            or overheard.explained(session, text)
        )
        assert not recognised, f"'{text}' is more than an answer, and the ear does not hear it"


@pytest.mark.parametrize(
    "text",
    [
        "bel me morgen op 06-12345678", "0612345678bellen", "terugbellen.aub", "don't know", "/terug@bot",
        "wis_mijn_gegevens", "kan jij english?", "hey", "ik heb een vraagje", "zelfscan", "ich suche arbeit", "👍",
        "één", "wat is dat", "begrijp er niks van", "dat klopt niet",
    ],
)  # fmt: skip
def test_what_is_listened_for_is_heard_however_it_is_typed(content: Content, text: str) -> None:
    assert Ear.of(content).hears(text)
    assert Ear.of(content).hears(text.upper())
