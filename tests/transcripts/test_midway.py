"""What people say instead of an answer, halfway a conversation, and what the desk makes of it."""

from __future__ import annotations

import pytest

from tests.transcripts.test_first_minute import Talk, text_of


def after(*before: str) -> Talk:
    talk = Talk()
    for said in before:
        talk.says(said)
    return talk


@pytest.mark.parametrize(
    "said",
    ["geen idee", "maakt niet uit", "weet ik niet, mijn man regelt dat", "dat hangt ervan af", "alles is goed",
     "dat weet ik eigenlijk niet", "geen voorkeur"],
)  # fmt: skip
def test_not_knowing_is_an_answer_in_whatever_words(said: str) -> None:
    told = after("ik zoek werk").says(said)
    assert told.understood == {"wanted_sector": {"state": "dont_know"}}
    assert told.question is not None
    assert told.question.fact == "goal"


@pytest.mark.parametrize(
    ("said", "goal"),
    [("2e", "other_sector"), ("die eerste", "better_at_work"), ("de bovenste", "better_at_work"),
     ("derde knop", "diploma"), ("optie 2 graag", "other_sector"), ("de laatste", "unsure")],
)  # fmt: skip
def test_a_button_can_be_named_by_its_place(said: str, goal: str) -> None:
    assert after("ik werk in de metaal").says(said).understood == {"goal": goal}


@pytest.mark.parametrize("said", ["allebei", "beide", "1 en 3"])
def test_two_answers_where_one_can_be_given_are_asked_back(said: str) -> None:
    told = after("ik werk in de metaal").says(said)
    assert told.understood == {}
    assert "Welke is het?" in text_of(told)


@pytest.mark.parametrize("said", ["geen zorg", "niet in de bouw", "alles behalve horeca"])
def test_what_somebody_does_not_want_is_never_taken_as_the_wish(said: str) -> None:
    told = after("ik zoek werk").says(said)
    assert told.understood == {}
    assert "Goed, dat niet. Wat dan wel?" in text_of(told)


def test_two_kinds_of_work_are_asked_which() -> None:
    told = after("ik zoek werk").says("zorg of techniek")
    assert told.understood == {}
    assert "Bedoelt u een van deze?" in text_of(told)


@pytest.mark.parametrize("said", ["wacht even", "sorry ik moet gaan", "ik kom later terug"])
def test_who_leaves_may_come_back(said: str) -> None:
    told = after("ik zoek werk").says(said)
    assert text_of(told) == "Geen haast. U kunt later verdergaan waar we waren. Typ dan gewoon iets."


@pytest.mark.parametrize("said", ["hoeveel vragen nog", "dit duurt te lang"])
def test_who_finds_it_long_can_have_advice_now(said: str) -> None:
    assert "Typ genoeg." in text_of(after("ik zoek werk").says(said))


def test_what_does_not_apply_to_an_employer_is_not_noted_for_him() -> None:
    told = after("heb een bakkerij met 6 man in tiel").says("ik weet niet welke cao")
    assert "goal" not in told.understood


def test_why_not_of_what_ended_says_that_it_ended() -> None:
    told = text_of(
        after("ik werk in de metaal in Ulft en wil een diploma", "nee").says("waarom niet gelders vakmanschap")
    )
    assert "stopte in 2019" in told
    assert "past juist wel" not in told


def test_a_fear_in_the_middle_is_answered_and_the_question_comes_again() -> None:
    told = after("ik zoek werk in de logistiek in almere zonder diploma").says("ben bang dat ik mijn uitkering verlies")
    assert "Bij WW vraagt u het UWV" in text_of(told)
    assert told.question is not None
    assert told.question.fact == "benefit"
