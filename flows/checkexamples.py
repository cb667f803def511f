"""Runs the `examples:` of the flows with the real engine's walk: answers in, advice and number of questions out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.content import Content
from flows.model import Example, Flow
from flows.state import Answer, State
from flows.stories import counted
from flows.voice import Voice
from flows.walk import Walk, walk
from knowledge.given import read_given
from knowledge.problems import Problems

MOST_QUESTIONS = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    walk: Walk
    questions: int
    state: State


def run_example(content: Content, given: dict[str, Any], moment: datetime) -> tuple[Outcome, list[str]]:
    """Walk with these answers; every question they leave open is answered "weet ik niet". Complaints come along."""
    answers, complaints = read_given(given, content.knowledge.facts, lambda: content.knowledge.geography)
    state = State(answers={fact: Answer(one.status, one.value) for fact, one in answers.items()})
    out = walk(content, state, moment)
    for _ in range(MOST_QUESTIONS):
        if out.pending is None or out.pending.kind != "ask":
            break
        state = State(
            answers={**state.answers, out.pending.fact: Answer("dont_know")}, asked=out.asked, done=state.done
        )
        out = walk(content, state, moment)
    questions = len(set(out.facts))
    return Outcome(out, questions, state), [str(one) for one in complaints]


def check_examples(content: Content, moment: datetime, problems: Problems) -> None:
    for flow in content.flows.values():
        for example in flow.examples:
            _check(content, flow, example, moment, problems)


def _check(content: Content, flow: Flow, example: Example, moment: datetime, problems: Problems) -> None:
    outcome, complaints = run_example(content, {**flow.given, **example.given}, moment)

    def fails(message: str, proposal: str = "") -> None:
        problems.error(
            example.place,
            f"example '{example.name}' fails: {message}",
            proposal or "Change the flow, the catalogue or the example.",
            witness="" if proposal else _story(content, outcome),
        )

    for complaint in complaints:
        fails(complaint, "Correct the given answers.")
    shown = outcome.walk.advice or ()
    catalogue = content.knowledge.catalogue
    for name in example.advice:
        entry = catalogue.resolve(name)
        if entry is None:
            fails(f"there is no entry '{name}'")
        elif entry.id not in shown:
            fails(f"'{name}' is not shown; shown are: {', '.join(shown) or 'none'}")
    for name in example.never:
        entry = catalogue.resolve(name)
        if entry is None:
            fails(f"there is no entry '{name}'")
            continue
        verdict = content.knowledge.matcher.one(entry, outcome.walk.profile, moment).verdict
        if verdict != "does_not_fit":
            fails(f"'{name}' must not fit, but its verdict is {verdict}")
    if example.max_questions is not None and outcome.questions > example.max_questions:
        fails(f"it takes {counted(outcome.questions, 'question')}, at most {example.max_questions} are allowed")


def _story(content: Content, outcome: Outcome) -> str:
    """The example as a conversation: what the visitor tells, is asked and gets."""
    voice, answers = Voice(content, "nl"), outcome.state.answers
    asked = [fact for fact in dict.fromkeys(outcome.walk.facts) if fact in answers]
    told = [(fact, one.value, one.status) for fact, one in answers.items() if fact not in asked]
    lines = [f"  u:     (vertelt) {voice.listed(told)}"] if told else []
    for fact in asked:
        step = content.asks(fact, "")
        lines.append(f"  loket: {voice.question(step) if step is not None else content.knowledge.facts[fact].question}")
        lines.append(f"  u:     {voice.value(fact, answers[fact].value, answers[fact].status)}")
    shown = [content.knowledge.catalogue[one].name for one in outcome.walk.advice or ()]
    return "\n".join(["Zo gaat het mis:", *lines, f"  loket: toont {', '.join(shown) or 'niets'}"])
