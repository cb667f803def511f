"""What is asked by name, by place or in passing, and answered as such."""

from __future__ import annotations

import pytest

from tests.flows.conftest import Conversation


def test_the_title_of_a_voucher_says_nothing_about_who_asks(talk: Conversation) -> None:
    talk.say("bestaat de voucher ik werk buiten de techniek nog?")
    assert "stopte in 2019" in talk.text
    assert "situation" not in talk.state.answers


def test_who_tells_that_sentence_of_himself_is_believed(talk: Conversation) -> None:
    talk.say("Ik werk in de techniek in Ede, is er een voucher?")
    assert talk.state.answers["situation"].value == "employee"


def test_a_network_names_its_nearest_school(talk: Conversation) -> None:
    talk.say("Is er een bedrijfsvakschool in Tilburg?")
    assert "SVM in Oudenbosch, ongeveer" in talk.text


def test_the_desk_of_the_own_region_answers_when_another_is_asked_for(talk: Conversation) -> None:
    talk.say("Ik zit in Enschede, kan ik bij dat ontwikkelloket in Rotterdam terecht?")
    assert "Twente" in talk.text
    assert talk.state.answers["place"].value == "Enschede"


def test_a_question_about_later_tells_nothing_about_today(talk: Conversation) -> None:
    talk.say("heb ik na de leerwerkfabriek een vast contract?")
    assert "kan niemand beloven" in talk.text
    assert not talk.state.answers


def test_a_bare_number_is_not_looked_up(talk: Conversation) -> None:
    talk.say("Ik heb een bedrijf", "12")
    assert "begrijp ik niet" in talk.text


@pytest.mark.parametrize("said", ["wil liever een echt mens spreken", "kan ik misschien met iemand praten"])
def test_who_wants_a_human_in_his_own_words_gets_one(talk: Conversation, said: str) -> None:
    talk.say(said)
    assert talk.asked == "phone"


def test_after_the_end_a_question_is_answered_without_an_old_question(talk: Conversation) -> None:
    talk.say("Ik ben zzp'er", "Beter worden in mijn werk", "Arnhem", "elektricien", "nee", "ja", "en SLIM?")
    assert "SLIM" in talk.text
    assert "Nu weer mijn vraag" not in talk.text
