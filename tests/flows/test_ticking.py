"""Several choices by button: ticks come and go, *Klaar* finishes, and typing works as ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.content import Content
from flows.effects import Message
from flows.events import Chose, Pressed
from flows.state import Answer
from tests.flows.conftest import Conversation
from tests.flows.test_steps import talk


@pytest.fixture
def asked(content: Content, tmp_path: Path) -> Conversation:
    """Somebody who looks for work is asked for the benefit he gets."""
    held = talk(content, tmp_path, "- ask: [situation, benefit, place]").say("ik zoek werk")
    assert held.asked == "benefit"
    return held


def question(talk: Conversation) -> Message:
    assert talk.turn.question is not None
    return talk.turn.question


def press(talk: Conversation, id: str) -> Conversation:
    shown = talk.state.shown
    assert shown is not None
    return talk.play(Pressed(shown.turn, shown.options.index(id)))


def ticked(talk: Conversation) -> list[str]:
    return [option.id for option in question(talk).options if option.ticked]


def test_a_press_ticks_and_a_second_press_takes_the_tick_away(asked: Conversation) -> None:
    press(asked, "ww")
    assert ticked(asked) == ["ww"]
    assert "Klaar" in asked.buttons
    assert question(asked).again
    press(asked, "bijstand")
    assert ticked(asked) == ["ww", "bijstand"]
    press(asked, "ww")
    assert ticked(asked) == ["bijstand"]
    press(asked, "bijstand")
    assert ticked(asked) == []
    assert "Klaar" not in asked.buttons
    assert "benefit" not in asked.state.answers


def test_klaar_takes_what_is_ticked(asked: Conversation) -> None:
    press(press(asked, "bijstand"), "ww")
    press(asked, "!done")
    assert asked.state.answers["benefit"].value == ("ww", "bijstand")
    assert asked.asked != "benefit"
    assert asked.state.pending is None


def test_klaar_may_be_typed(asked: Conversation) -> None:
    press(asked, "ww").say("klaar")
    assert asked.state.answers["benefit"].value == ("ww",)


def test_a_choice_that_excludes_the_others_needs_no_klaar(asked: Conversation) -> None:
    press(asked, "ww")
    press(asked, "none")
    assert asked.state.answers["benefit"].value == ("none",)


def test_a_press_on_the_keyboard_of_a_moment_ago_still_ticks(asked: Conversation) -> None:
    first = asked.state.shown
    assert first is not None
    press(asked, "ww")
    asked.play(Pressed(first.turn, first.options.index("bijstand")))  # both were pressed before the ticks came
    assert ticked(asked) == ["ww", "bijstand"]


def test_the_other_choices_keep_the_ticks(asked: Conversation) -> None:
    press(asked, "ww")
    assert "!other" in question_ids(asked), "a question that shows all its choices proves nothing here"
    press(asked, "!other")
    assert ticked(asked) == ["ww"]
    press(asked, "wajong")
    press(asked, "!done")
    assert asked.state.answers["benefit"].value == ("ww", "wajong")


def question_ids(talk: Conversation) -> list[str]:
    return [option.id for option in question(talk).options]


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("1 en 2", None),
        ("ww, bijstand en wajong", ("ww", "bijstand", "wajong")),
        ("ww en bijstand", ("ww", "bijstand")),
        ("geen van deze", ("none",)),
        ("nee", ("none",)),
    ],
)
def test_typing_several_works_with_and_without_ticks(
    asked: Conversation, said: str, taken: tuple[str, ...] | None
) -> None:
    for held in (Conversation(asked.content, asked.world, asked.state), press(asked, "ww")):
        shown = [id for id in (held.state.shown.options if held.state.shown else ()) if not id.startswith("!")]
        held.say(said)
        expected = taken or tuple(id for id in shown[:2] if id != "none")
        assert held.state.answers["benefit"].value == expected


def test_everything_is_a_way_to_choose_all(content: Content) -> None:
    from flows.answers import Answered, read_answer
    from tests.flows.conftest import NOVEMBER

    read = read_answer("alles", content.asking("plan_activity", NOVEMBER.date()))
    assert read == Answered(("training_plan", "career_advice", "learning_method", "course"))


def test_another_button_and_terug_leave_the_ticks(asked: Conversation) -> None:
    before = asked.state.answers
    press(asked, "ww").say("terug")
    assert asked.state.answers == before
    assert asked.asked == "benefit"
    assert ticked(asked) == []
    press(asked, "ww")
    press(asked, "!declined")
    assert asked.state.answers["benefit"].status == "declined"


def test_a_form_sends_all_choices_at_once(asked: Conversation) -> None:
    press(asked, "ww")
    asked.play(Chose(("bijstand", "wajong")))
    assert asked.state.answers["benefit"].value == ("bijstand", "wajong")
    assert asked.state.pending is None


def test_an_older_screen_of_another_question_stays_an_offer_to_change(asked: Conversation) -> None:
    shown = asked.state.shown
    assert shown is not None
    press(asked, "ww")
    press(asked, "!done")
    held = asked.state.answers["benefit"]
    assert isinstance(held, Answer)
    asked.play(Pressed(shown.turn, shown.options.index("bijstand")))
    assert asked.state.answers["benefit"] == held
    assert asked.state.pending is not None
    assert asked.state.pending["kind"] == "change"
