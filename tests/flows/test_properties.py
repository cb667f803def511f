"""What holds for every conversation, not only for the ones somebody thought of.

Visitors are made at random out of everything they can do: press any button, type answers, commands, questions and
noise, in any order. Examples are derandomised, so a failure fails for everyone.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.commands import COMMANDS
from flows.content import Content
from flows.engine import step
from flows.events import Chose, CoachAnswered, Event, Pressed, Said, SentOther, Shared, Started
from flows.state import Answer, State
from flows.turn import Turn
from flows.walk import walk
from flows.world import World
from tests.flows.conftest import NOVEMBER

QUICK = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WORLD = World(promise="uiterlijk maandag om 11.00 uur")
ANSWERS: dict[str, list[Any]] = {
    "situation": ["job_seeker", "employee", "self_employed", "employer", "school", "intermediary"],
    "goal": ["find_work", "other_sector", "diploma", "teach", "unsure"],
    "employer_goal": ["train_people", "guide_student", "find_people", "team_plan"],
    "place": ["Ulft", "Almere", "Rotterdam"],
    "company_place": ["Tiel", "Rotterdam"],
    "company_size": [6, 8, (10, 49), 300],
    "sector": ["metal", "care", "electro", "bakery"],
    "wanted_sector": ["logistics", "metal"],
    "age": [19, 45, 52],
    "education": ["none", "vmbo", "mbo4"],
    "benefit": [("none",), ("ww",), ("bijstand",)],
    "course_kind": ["short", "bbl"],
    "shift_work": ["yes", "no"],
}
TEXTS = [
    "ik zoek werk", "Ik heb een bedrijf", "zzp", "bakkerij met 6 man in tiel", "weet ik niet", "zeg ik liever niet",
    "Tiel", "Hengelo", "6", "10-49", "ja", "nee", "ja hoor", "Wat is bbl?", "En SLIM?", "ik ben toch zzp'er",
    "geen diploma", "bijstand", "52", "230", "0612345678", "jan@example.com", "morgen", "😀", "…", "asdkfj",
    "ik wil dood", "mijn bsn is 111222333", "2", "1, 3", "meer dan 50", "metaal", "lesgeven", "Klopt niet",
]  # fmt: skip


def hold(content: Content, events: list[Event]) -> list[Turn]:
    """A conversation whose state goes to JSON and back between any two turns."""
    state, turns = State(), []
    for event in [Started(), *events]:
        again = State.from_json(state.to_json())
        assert again == state
        turn = step(content, WORLD, again, event, NOVEMBER)
        assert step(content, WORLD, again, event, NOVEMBER) == turn, "equal arguments, equal turn"
        state = turn.state
        turns.append(turn)
    return turns


@st.composite
def visitors(draw: st.DrawFn, most: int = 9) -> list[Event]:
    """Things a visitor does; buttons by number, of this turn or an older one."""
    kinds = st.one_of(
        st.sampled_from(TEXTS).map(Said),
        st.sampled_from([words[0] for words in COMMANDS.values()]).map(Said),
        st.builds(Pressed, st.integers(0, 10), st.integers(0, 6)),
        st.sampled_from(["employer", "employee", "team_plan", "yes", "no", "!more", "!leave_out", "!other"]).map(
            lambda id: Chose((id,))
        ),
        st.sampled_from(["voice", "photo", "sticker"]).map(SentOther),
        st.sampled_from([("phone", "+31612345678"), ("place", "Ulft")]).map(lambda pair: Shared(*pair)),
        st.sampled_from([("age", 45), ("place", "Tiel"), ("age", None)]).map(lambda pair: CoachAnswered(*pair)),
    )
    return draw(st.lists(kinds, max_size=most))


@QUICK
@given(visitors())
def test_any_conversation_keeps_its_shape(content: Content, events: list[Event]) -> None:
    for turn in hold(content, events):
        shown = turn.state.shown
        assert shown is not None
        for effect in turn.effects:
            message = getattr(effect, "message", None)
            if message is not None:
                assert message.text.strip()
                assert len(message.text) <= 4096
                assert "{" not in message.text
                assert all(len(option.label) <= 60 for option in message.options)


@settings(QUICK, max_examples=120)
@given(
    st.text(max_size=80), st.sampled_from([(), ("Ik heb een bedrijf",), ("Ik zoek werk", "Werk vinden"), ("bel mij",)])
)
def test_no_text_ever_raises(content: Content, text: str, before: tuple[str, ...]) -> None:
    hold(content, [*map(Said, before), Said(text)])


@QUICK
@given(visitors(5))
def test_back_and_the_same_answer_is_as_if_nothing_happened(content: Content, events: list[Event]) -> None:
    state = hold(content, events)[-1].state
    shown = state.shown
    if shown is None or state.pending is not None or not shown.fact or state.phase != "talking":
        return
    choices = [id for id in shown.options if not id.startswith("!")]
    if not choices or shown.fact in state.answers:
        return
    answered = step(content, WORLD, state, Chose((choices[0],)), NOVEMBER).state
    if shown.fact not in answered.answers or answered.phase != "talking":
        return
    back = step(content, WORLD, answered, Said("terug"), NOVEMBER).state
    assert back.answers == state.answers
    assert position(content, back) == position(content, state)
    again = step(content, WORLD, back, Chose((choices[0],)), NOVEMBER).state
    assert position(content, again) == position(content, answered)


def position(content: Content, state: State) -> tuple[str, str, tuple[str, ...] | None]:
    walked = walk(content, state, NOVEMBER)
    return (walked.pending.kind if walked.pending else "", walked.pending.fact if walked.pending else "", walked.advice)


answer_sets = st.fixed_dictionaries({}, optional={fact: st.sampled_from(values) for fact, values in ANSWERS.items()})


@QUICK
@given(answer_sets, st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(content: Content, answers: dict[str, Any], random: Any) -> None:
    facts = list(answers)
    random.shuffle(facts)
    first = State(answers={fact: Answer("given", value) for fact, value in answers.items()})
    second = State(answers={fact: Answer("given", answers[fact]) for fact in facts})
    assert position(content, first) == position(content, second)


@QUICK
@given(answer_sets, st.sampled_from(["situation", "place", "sector", "goal"]), st.data())
def test_a_correction_equals_having_said_it_at_once(
    content: Content, answers: dict[str, Any], fact: str, data: st.DataObject
) -> None:
    """Compared on advice and pending question, for conversations with the same answers and the same asked-list."""
    right = data.draw(st.sampled_from(ANSWERS[fact]))
    wrong = data.draw(st.sampled_from(ANSWERS[fact]))
    said = {**answers, fact: wrong}
    state = State(answers={name: Answer("given", value) for name, value in said.items()}, phase="talking")
    state = step(content, WORLD, state, Started(), NOVEMBER).state
    corrected = state.with_answer(fact, Answer("given", right))
    at_once = State(
        answers={name: Answer("given", value) for name, value in {**answers, fact: right}.items()},
        asked=state.asked,
        done=state.done,
    )
    assert position(content, corrected) == position(content, at_once)


@QUICK
@given(answer_sets)
def test_the_proof_bounds_what_the_engine_asks(content: Content, answers: dict[str, Any]) -> None:
    """Whoever says "weet ik niet" to everything still reaches a step within the questions that were proven."""
    from flows.checkexamples import run_example
    from flows.proof import prove

    bound = content.memory.get("bound")
    if bound is None:
        bound = content.memory["bound"] = max(visit.questions for visit in prove(content).endings)
    outcome, complaints = run_example(content, answers, NOVEMBER)
    assert complaints == []
    assert outcome.walk.advised is not None
    unsaid = [fact for fact in outcome.walk.facts if fact not in answers]
    assert len(unsaid) <= bound
