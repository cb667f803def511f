"""The proof against the engine itself: in flows drawn at random, whatever some visitor meets, the proof has met.

The oracle is naive: it plays every combination of a few answers through the walk that visitors get. The proof may not
have missed a step, a way to end, or a question.
"""

from __future__ import annotations

from itertools import islice, product
from math import prod
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.content import CONTACT, Content
from flows.model import Advise, Ask, Offer, every_step
from flows.proof import prove
from flows.state import Answer, State
from flows.walk import Advised
from tests.flows.test_random_flows import QUIET, VALUES, content_of, drawn, from_scratch, value_of

MOST_PLAYED = 20  # combinations per flow
BESIDE = {CONTACT, "call_me"}  # flows whose questions are not counted: how a coach reaches somebody


def played(content: Content, answers: dict[str, Answer], says: str) -> tuple[set[str], set[str], int, bool]:
    """Steps that came by, what was given, how many questions were asked, and whether the conversation ended."""
    beside = {step.fact for name in BESIDE for step in every_step(content.flows[name].steps) if isinstance(step, Ask)}
    done: dict[str, Any] = {f"enough:{key}": 1 for key, step in content.steps.items() if isinstance(step, Advise)}
    state, met, gives = State(answers=answers, done=done), set[str](), set[str]()
    for _ in range(60):
        walked = from_scratch(content, state)
        met |= {event.step.key if isinstance(event, Advised) else event.key for event in walked.events}
        gives |= {"advice" for event in walked.events if isinstance(event, Advised)}
        pending = walked.pending
        if pending is None or pending.kind == "rating":  # `finish` asks whether it helped
            break
        met.add(pending.step.key)
        if pending.kind == "ask":
            state = state.with_answer(pending.fact, answers.get(pending.fact, Answer("dont_know")))
        else:
            gives |= {"offer"} if isinstance(pending.step, Offer) else set()
            state = state.but(done={**state.done, pending.key: {"answer": says}})
    asked = [fact for fact in dict.fromkeys(walked.facts) if fact not in beside]
    return met & content.steps.keys(), gives, len(asked), walked.ended or pending is not None


@settings(QUIET, max_examples=20)
@given(drawn, st.sampled_from(["yes", "no"]))
def test_whatever_somebody_meets_the_proof_has_met(content: Content, flows: Any, says: str) -> None:
    built = content_of(content, *flows)
    proof = prove(built)
    endings = proof.endings
    most = max(visit.questions for visit in endings)
    asked = list(
        dict.fromkeys(step.fact for step in built.steps.values() if isinstance(step, Ask) and step.fact in VALUES)
    )
    ways = [[Answer("dont_know"), *(Answer("given", value_of(one)) for one in VALUES[fact])] for fact in asked]
    spread = max(1, prod(map(len, ways)) // MOST_PLAYED)  # evenly over all combinations, not the first few
    for combination in islice(product(*ways), 0, None, spread):
        met, gives, count, ended = played(built, dict(zip(asked, combination, strict=True)), says)
        assert met <= proof.reached
        assert count <= most
        assert any(set(visit.gives) == gives and visit.ended == ended for visit in endings), gives
