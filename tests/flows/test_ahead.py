""" "Nog hoogstens n vragen": told after the first answer, rarely again, and kept."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from flows.content import Content
from tests.flows.conftest import Conversation
from tests.flows.test_properties import QUICK

TOLD = re.compile(r"Nog hoogstens (\d+|één) vra")
TYPED = {"place": "Almere", "company_place": "Tiel", "school_place": "Ede", "sector": "metaal", "wanted_sector": "zorg"}


def told(talk: Conversation) -> int | None:
    found = TOLD.search(talk.text)
    return None if found is None else 1 if found[1] == "één" else int(found[1])


def test_it_is_told_after_the_first_answer_and_not_with_every_question(content: Content) -> None:
    talk = Conversation(content).start()
    assert told(talk) is None
    talk.say("Ik heb werk")
    first = told(talk)
    assert first is not None
    assert first >= 2
    talk.say("diploma")
    assert told(talk) is None


def test_it_is_told_in_english_too(content: Content) -> None:
    talk = Conversation(content).start().say("english", "I have a job")
    assert re.search(r"At most \d more questions\.", talk.text)


def test_while_it_is_open_who_somebody_is_no_number_is_told(content: Content) -> None:
    """An owner gets more questions than others: the number comes when that is known."""
    talk = Conversation(content).start().say("wil heftruck rijden geen diploma almere")
    assert talk.asked == "situation"
    assert told(talk) is None
    assert told(talk.say("nee")) == 1


def test_a_longer_way_after_a_change_is_told_again(content: Content) -> None:
    talk = Conversation(content).start().say("zzp", "weet ik niet")
    before = talk.state.done["!ahead"]
    talk.say("ik ben toch werkgever")
    if talk.state.pending is not None:
        talk.say("ja")
    assert talk.state.answers["situation"].value == "employer"
    again = told(talk)
    assert again is None or again > before


@QUICK
@given(
    st.lists(st.integers(0, 5), min_size=14, max_size=14), st.sampled_from(["Ik zoek werk", "werk", "zzp", "bedrijf"])
)
def test_the_promise_is_kept(content: Content, picks: list[int], first: str) -> None:
    """However the questions are answered, no more of them come before the advice than were told."""
    talk = Conversation(content).start().say(first)
    left = told(talk)
    for pick in picks:
        question = talk.turn.question
        if question is None or not question.fact or talk.state.advice is not None or talk.state.pending is not None:
            return
        if left is not None:
            assert left >= 1, f"{question.fact} is one question too many"
            left -= 1
        choices = [option.label for option in question.options if option.group == "choice" and option.id[0] != "!"]
        choices.append(TYPED.get(question.fact, "weet ik niet"))
        talk.say(choices[pick % len(choices)])
        left = told(talk) or left
