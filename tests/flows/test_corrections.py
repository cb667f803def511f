"""Corrections as visitors make them: told with their consequence before they are done, undone by correcting back."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.content import Content
from flows.events import Chose, CoachAnswered, Commanded, Event, Pressed, Said, Started
from flows.state import Answer, Shown, State
from tests.flows.conftest import Conversation
from tests.flows.test_random_flows import (
    QUIET,
    VALUES,
    answer_sets,
    content_of,
    drawn,
    from_scratch,
    position,
    state_of,
    turn_of,
    value_of,
)

OWNER = ("Ik heb een bedrijf", "Plan voor het team", "Tiel", "6")


def in_language(content: Content, language: str) -> Conversation:
    talk = Conversation(content).start()
    return talk if language == "nl" else talk.say("taal engels")


# ---- one line before it is done -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    "way",
    [
        (Commanded("change"), Chose(("situation",)), Chose(("employee",))),  # *wijzig* and two buttons
        (Commanded("change", "situation"), Chose(("employee",))),  # the button beside the answer
        (Said("ik ben toch werknemer"),),  # in a sentence
        (Commanded("change", "situation"), Said("ik weet het niet")),  # an answer that is no answer
    ],
    ids=["wijzig", "wijzig beside the answer", "free text", "weet ik niet"],
)
def test_after_advice_every_way_says_in_one_line_what_it_does_to_it(
    content: Content, language: str, way: tuple[Event, ...]
) -> None:
    talk = in_language(content, language)
    talk.play(Chose(("employer",))).play(Chose(("team_plan",))).say("Tiel", "6")
    assert talk.state.advice is not None
    for event in way:
        talk.play(event)
    assert talk.state.answers["situation"].value == "employer", "nothing is changed before it was agreed"
    line = talk.messages[-1].text
    assert "\n" not in line
    assert ("vervalt het advies" if language == "nl" else "advice of now no longer counts") in line
    assert talk.buttons == (["Ja, wijzig", "Nee, laat zo"] if language == "nl" else ["Yes, change it", "No, leave it"])
    talk.say("ja")
    assert talk.state.answers["situation"].value != "employer"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_button_of_an_older_question_offers_the_change_with_its_consequence(content: Content, language: str) -> None:
    talk = in_language(content, language)
    opening = talk.state.shown
    talk.play(Chose(("employer",))).play(Chose(("team_plan",))).say("Tiel", "6")
    assert opening is not None
    talk.play(Pressed(opening.turn, opening.options.index("employee")))
    assert ("vervalt het advies" if language == "nl" else "advice of now no longer counts") in talk.text
    talk.say("nee")
    assert talk.state.answers["situation"].value == "employer"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("nl", "Dan vervallen 2 van uw antwoorden. Ze komen terug als u het terugdraait."),
        ("en", "Then 2 of your answers no longer count. They come back when you undo it."),
    ],
)
def test_answers_that_would_no_longer_count_are_counted_before(content: Content, language: str, told: str) -> None:
    talk = in_language(content, language).say("heb een bakkerij met 6 man in tiel")
    talk.say("nee ik ben toch zzp'er")
    assert told in talk.text
    assert talk.state.answers["situation"].value == "employer"
    before = set(talk.state.answers)
    talk.say("ja")
    assert talk.state.answers["situation"].value == "self_employed"
    talk.play(Commanded("change", "situation")).play(Chose(("employer",)))
    if talk.state.pending is not None:
        talk.say("ja")
    assert set(talk.state.answers) == before
    assert "company_size" not in from_scratch(content, talk.state).facts, "what was parked counts again"


@pytest.mark.parametrize(
    ("language", "next_one", "same"),
    [
        ("nl", "Dan stel ik u andere vragen.", "De volgende vraag blijft gelijk."),
        ("en", "Then I ask you other questions.", "The next question stays the same."),
    ],
)
def test_before_advice_other_questions_are_said_and_a_change_without_consequence_too(
    content: Content, language: str, next_one: str, same: str
) -> None:
    talk = in_language(content, language).play(Chose(("employee",))).play(Chose(("diploma",))).say("Tiel")
    talk.play(Commanded("change", "situation")).play(Chose(("self_employed",)))
    assert next_one in talk.text
    other = in_language(content, language).play(Chose(("employee",))).play(Chose(("diploma",)))
    other.say("ik ben toch zzp'er")
    assert same in other.text


def test_a_change_without_any_consequence_that_was_asked_for_is_done_at_once(content: Content) -> None:
    talk = Conversation(content).start().say("Ik heb werk", "diploma", "Tiel")
    talk.play(Commanded("change", "place")).say("Almere")
    assert "Gewijzigd: Almere." in talk.text
    talk.play(Commanded("change", "place")).say("Almere")
    assert "Goed, ik laat het zo." in talk.text


def test_two_changes_in_one_sentence_are_offered_one_after_the_other(content: Content) -> None:
    talk = Conversation(content).start().say("lasser van 52 in ulft", "nee ik ben 48 en werk in de zorg")
    assert "van 52 jaar naar 48 jaar" in talk.text
    talk.say("ja")
    assert talk.state.answers["age"].value == 48
    assert "van metaal naar zorg en welzijn" in talk.text
    talk.say("nee")
    assert talk.state.answers["sector"].value == "metal"


def test_an_answer_can_be_named_without_what_was_answered(content: Content) -> None:
    talk = Conversation(content).start().say(*OWNER, "wijzig", "uw situatie")
    assert talk.asked == "situation"


# ---- in flows drawn at random -------------------------------------------------------------------------------------

ROUTES = ("wijzig", "beside", "old button", "free text", "coach")


def corrected_by(built: Content, state: State, fact: str, value: Any, route: str) -> State:
    """The state after one answer was corrected this way, and the visitor agreed when asked."""
    declared = built.knowledge.facts[fact]
    options = value if isinstance(value, tuple) else (str(value),)
    answer: Event = Chose(options) if declared.choices else Said(str(value))
    screens = [Shown.of_line(line) for line in state.older]
    old = [
        (one.turn, one.options.index(options[0])) for one in screens if one.fact == fact and options[0] in one.options
    ]
    named = declared.choices[options[0]].label if declared.choices else str(value)
    events: dict[str, list[Event]] = {
        "wijzig": [Said("wijzig"), Chose((fact,)), answer],
        "beside": [Commanded("change", fact), answer],
        "old button": [Pressed(*old[0])] if old else [],
        "free text": [Said(f"nee ik bedoel toch {named}")],
        "coach": [CoachAnswered(fact, value)],
    }
    for event in events[route]:
        state = turn_of(built, state, event).state
    if state.pending is not None and state.pending["kind"] == "change":
        state = turn_of(built, state, Said("ja")).state
    return state


def pressed(state: State, pick: int) -> Event | None:
    """A choice of what stands on the screen."""
    shown = state.shown
    if shown is None or state.phase != "talking" or state.pending is not None:
        return None
    choices = [id for id in shown.options if not id.startswith("!")]
    return Chose((choices[pick % len(choices)],)) if choices else None


MET: Counter[str] = Counter()


@QUIET
@given(drawn, answer_sets, st.lists(st.integers(0, 5), min_size=1, max_size=5), st.integers(0, 5))
def test_a_correction_equals_every_conversation_that_ends_alike(
    content: Content, flows: Any, answers: dict[str, Any], picks: list[int], other: int
) -> None:
    """Answered, corrected in each way there is, agreed to; against who said it right at once, with the same asked-list
    and decisions: the same advice and the same pending question."""
    built = content_of(content, *flows)
    state = turn_of(built, state_of(answers, phase="talking" if answers else "new"), Started()).state
    for pick in picks:
        event = pressed(state, pick)
        state = turn_of(built, state, event).state if event is not None else state
    answered = [fact for fact in reversed(state.answers) if fact in VALUES]
    if not answered:
        return
    fact = answered[0]
    others = [value_of(one) for one in VALUES[fact] if value_of(one) != state.answers[fact].value]
    right = others[other % len(others)]
    for route in ROUTES:
        corrected = corrected_by(built, state, fact, right, route)
        if corrected.answers.get(fact, Answer("")).value != right:
            continue  # its question never stood on a screen, or the sentence means something else here
        MET[route] += 1
        at_once = State(
            answers={name: Answer(one.status, one.value) for name, one in corrected.answers.items()},
            asked=corrected.asked,
            done=corrected.done,
        )
        assert position(built, corrected) == position(built, at_once), route


def test_each_way_of_correcting_was_met() -> None:
    if MET:  # chosen alone, the property above did not run
        assert set(MET) == set(ROUTES), MET


@QUIET
@given(drawn, st.lists(st.integers(0, 5), min_size=2, max_size=7), st.integers(1, 6))
def test_any_number_of_steps_back_and_the_same_answers_is_the_identity(
    content: Content, flows: Any, picks: list[int], back: int
) -> None:
    built = content_of(content, *flows)
    states = [turn_of(built, State(), Started()).state]
    events: list[Event] = []
    for pick in picks:
        event = pressed(states[-1], pick)
        if event is None:
            break
        after = turn_of(built, states[-1], event).state
        if any(isinstance(done, dict) and "opened" in done for done in after.done.values()):
            break  # a coach has it: that is not undone
        states.append(after)
        events.append(event)
        if after.phase != "talking":
            break
    back = min(back, len(events))
    state = states[-1]
    for step in range(back):
        state = turn_of(built, state, Said("terug")).state
        before = states[-2 - step]
        assert {f: a.value for f, a in state.answers.items()} == {f: a.value for f, a in before.answers.items()}
        assert position(built, state) == position(built, before)
    for event in events[len(events) - back :]:
        state = turn_of(built, state, event).state
    assert {f: a.value for f, a in state.answers.items()} == {f: a.value for f, a in states[-1].answers.items()}
    assert position(built, state) == position(built, states[-1])
