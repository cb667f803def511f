"""What holds for every flow somebody may write, not only for the shipped ones: flows and visitors are made at random.

A flow is drawn as the YAML an editor would write, of steps of every kind, and read by the loader. Where two steps
derive the same fact or a fact is read before it is asked, that is for `loket check`: the engine must hold regardless.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from flows.content import HERE, Content, flow_files
from flows.engine import step
from flows.events import CoachAnswered, Event, Pressed, Said, SentOther, Started
from flows.position import Walk
from flows.state import Answer, State
from flows.turn import Turn
from flows.walk import walk
from flows.walker import Walker
from flows.world import World
from knowledge.problems import Problems
from tests.flows.conftest import NOVEMBER
from tests.flows.test_properties import TEXTS

WORLD = World(promise="uiterlijk maandag om 11.00 uur")
QUIET = settings(
    max_examples=25,
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
VALUES: dict[str, list[Any]] = {
    "situation": ["job_seeker", "employee", "employer"],
    "goal": ["find_work", "diploma", "teach"],
    "age": [19, 45, 60],
    "benefit": [["none"], ["ww"], ["ww", "bijstand"]],
    "shift_work": ["yes", "no"],
    "education": ["none", "vmbo", "mbo4"],
    "company_size": [3, 40, 300],
    "place": ["Ulft", "Almere", "Tiel"],
}
CONDITIONS: list[dict[str, Any]] = [
    {"situation": "employee"},
    {"situation": ["job_seeker", "employer"]},
    {"age": {"min": 45}},
    {"benefit": "ww"},
    {"shift_work": "yes"},
    {"goal": {"state": ["not_asked", "dont_know"]}},
    {"any": [{"company_size": {"below": 10}}, {"education": "none"}]},
    {"not": {"situation": "employer"}},
]
facts = st.sampled_from(list(VALUES))


@st.composite
def step_lists(draw: st.DrawFn, depth: int = 0) -> list[dict[str, Any]]:
    """Steps of one list; ids are made unique afterwards."""
    kinds = ["ask", "ask", "ask", "say", "when", "advise", "set", "note", "offer", "do", "consent", "answer", "handoff"]
    out: list[dict[str, Any]] = []
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=6 if depth == 0 else 3)):
        if kind == "ask":
            out.append({"ask": draw(facts)})
        elif kind in ("say", "note", "answer"):
            out.append({kind: "Een zin." if kind != "answer" else "Wat wilt u weten?"})
        elif kind == "when":
            made: dict[str, Any] = {"when": draw(st.sampled_from(CONDITIONS))}
            if depth < 2:
                made["steps"] = draw(step_lists(depth=depth + 1))
                if draw(st.booleans()):
                    made["else"] = draw(step_lists(depth=depth + 1))
                if draw(st.booleans()):
                    made["unknown"] = draw(step_lists(depth=depth + 1))
            else:
                made["say"] = "Nog een zin."
            out.append(made)
        elif kind == "advise":
            out.append({"advise": {"kinds": ["service", "scheme"], "show": 1, "questions": draw(st.integers(0, 2))}})
        elif kind == "set":
            fact = draw(st.sampled_from(["goal", "shift_work"]))
            out.append({"set": {fact: "diploma" if fact == "goal" else "yes"}})
        elif kind == "offer":
            out.append({"offer": "coach", "reason": "Wil praten"})
        elif kind == "do":
            out.append({"do": "more"})
        elif kind == "consent":
            out.append({"consent": "follow_up", "text": "Mag dat?"})
        else:
            out.append({"handoff": {"reason": "Gaat verder met een mens"}})
    return out


def with_ids(steps: list[dict[str, Any]], numbers: Iterator[int]) -> list[dict[str, Any]]:
    """Every step that is not named by a fact gets its own id, as `loket check --fix` would write it."""
    for made in steps:
        for branch in ("steps", "else", "unknown"):
            if branch in made:
                with_ids(made[branch], numbers)
        if {"say", "note", "answer", "handoff", "advise"} & made.keys():
            made["id"] = f"step-{next(numbers)}"
    return steps


class Unwritable(Exception):
    """The loader refuses the flow, which is then no flow to hold to anything."""


def content_of(base: Content, welcome: list[dict[str, Any]], more: list[dict[str, Any]]) -> Content:
    numbers = iter(range(1000))
    files = [(shown, path) for shown, path in flow_files(None) if path.stem in ("contact", "call_me")]
    with tempfile.TemporaryDirectory() as folder:
        for name, steps in (("welcome", welcome), ("more", more)):
            path = Path(folder) / f"{name}.yaml"
            raw = {
                "flow": name,
                "title": "Proef",
                "steps": [*with_ids(steps, numbers), *([{"finish": None}] * (name == "welcome"))],
            }
            raw = json.loads(json.dumps(raw))  # no two steps share a condition: anchors are not read
            path.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
            files.append((f"flows/{name}.yaml", path))
        problems = Problems()
        built = Content.build(base.knowledge, files, [HERE / "i18n"], problems)
    if problems.errors:
        raise Unwritable("\n".join(problem.render() for problem in problems.errors))
    return built


drawn = st.tuples(step_lists(), step_lists(depth=2))
answer_sets = st.fixed_dictionaries({}, optional={fact: st.sampled_from(values) for fact, values in VALUES.items()})


def value_of(written: Any) -> Any:
    return tuple(written) if isinstance(written, list) else written


def state_of(answers: dict[str, Any], **others: Any) -> State:
    return State(answers={fact: Answer("given", value_of(value)) for fact, value in answers.items()}, **others)


def seen(walked: Walk) -> tuple[Any, ...]:
    """All a walk says, comparable."""
    pending = walked.pending
    return (
        pending and (pending.kind, pending.step.key, pending.fact, pending.advise, pending.handoff),
        [getattr(event, "key", None) or [match.entry.id for match in event.shown] for event in walked.events],
        walked.asked, walked.advice, walked.facts, sorted(walked.derived), walked.ended,
    )  # fmt: skip


def from_scratch(content: Content, state: State) -> Walk:
    return Walker(content, state, NOVEMBER, WORLD.budgets, content.withheld(WORLD.channel)).run()


def turn_of(content: Content, state: State, event: Event) -> Turn:
    """One turn; the state goes to JSON and back before it, and everything a turn must be is looked at after it."""
    again = State.from_json(state.to_json())
    assert again == state, "something in the state does not survive JSON"
    turn = step(content, WORLD, again, event, NOVEMBER)
    assert State.from_json(turn.state.to_json()) == turn.state
    kept, fresh = walk(content, turn.state, NOVEMBER, WORLD), from_scratch(content, turn.state)
    assert seen(kept) == seen(fresh), "the remembered walk is not the walk"
    assert seen(from_scratch(content, turn.state.but(asked=fresh.asked))) == seen(fresh), "its own asked-list moves it"
    shown = turn.state.shown
    if turn.question is not None and fresh.pending is not None and turn.state.pending is None and shown is not None:
        assert shown.step == fresh.pending.key, "the question on the screen is not where the walk stands"
    return turn


class AnyVisitor(RuleBasedStateMachine):
    """One visitor in one flow, doing what a visitor can do, in any order."""

    base: Content

    @initialize(flows=drawn)
    def open(self, flows: Any) -> None:
        self.content = content_of(self.base, *flows)
        self.state = turn_of(self.content, State(), Started()).state

    def play(self, event: Event) -> None:
        self.state = turn_of(self.content, self.state, event).state

    @rule(text=st.one_of(st.sampled_from(TEXTS), st.text(max_size=40)))
    def says(self, text: str) -> None:
        self.play(Said(text))

    @rule(
        command=st.sampled_from(
            ["terug", "wijzig", "overzicht", "waarom", "meer", "genoeg", "taal", "opnieuw", "bel mij"]
        )
    )
    def commands(self, command: str) -> None:
        self.play(Said(command))

    @rule(turn=st.integers(0, 14), option=st.integers(0, 7))
    def presses(self, turn: int, option: int) -> None:
        self.play(Pressed(turn, option))

    @precondition(lambda self: self.state.shown is not None and self.state.shown.options)
    @rule(number=st.integers(0, 7))
    def answers(self, number: int) -> None:
        shown = self.state.shown
        assert shown is not None
        self.play(Pressed(shown.turn, number % len(shown.options)))

    @rule(fact=facts, data=st.data())
    def coach_fills_in(self, fact: str, data: st.DataObject) -> None:
        self.play(CoachAnswered(fact, data.draw(st.sampled_from([*VALUES[fact], None]))))

    @rule(kind=st.sampled_from(["voice", "photo"]))
    def sends_other(self, kind: str) -> None:
        self.play(SentOther(kind))

    @invariant()
    def an_open_conversation_has_a_screen(self) -> None:
        if hasattr(self, "state"):
            assert self.state.shown is not None


def test_any_visitor_in_any_flow(content: Content) -> None:
    """Never raises, survives JSON at every turn, and what is remembered of walks is never another walk."""
    AnyVisitor.base = content
    run_state_machine_as_test(AnyVisitor, settings=QUIET)


def position(content: Content, state: State) -> tuple[Any, ...]:
    """Advice and pending question: what is promised to be equal."""
    walked = from_scratch(content, state)
    return (walked.pending and (walked.pending.kind, walked.pending.step.key, walked.pending.fact), walked.advice)


@QUIET
@given(drawn, answer_sets, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(
    content: Content, flows: Any, answers: dict[str, Any], random: Any
) -> None:
    built = content_of(content, *flows)
    order = list(answers)
    random.shuffle(order)
    assert position(built, state_of(answers)) == position(built, state_of({fact: answers[fact] for fact in order}))


@QUIET
@given(drawn, st.text(max_size=60))
def test_no_text_raises_anywhere(content: Content, flows: Any, text: str) -> None:
    built = content_of(content, *flows)
    state = turn_of(built, State(), Started()).state
    for said in (text, f"ik {text}", text[::-1]):
        state = turn_of(built, state, Said(said)).state


def test_the_drawn_flows_are_flows_an_editor_could_write(content: Content) -> None:
    """Every kind of step is among them, and the loader takes them."""
    built = content_of(content, [{"ask": "goal"}, {"when": CONDITIONS[0], "say": "Ja."}], [{"do": "welcome"}])
    assert set(built.flows) >= {"welcome", "more"}
    with pytest.raises(Unwritable):
        content_of(content, [{"ask": "nothing"}], [{"say": "x"}])
