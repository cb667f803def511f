"""Visitors and criteria for the tests of the knowledge core; each states only what matters."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from knowledge.content import Knowledge
from knowledge.criteria import All, Between, Criterion, EachOf, Human, Inside, InState, Leaf, Not, OneOf, SomeOf
from knowledge.criteria import Any as AnyOf
from knowledge.criteria_reading import read_criterion
from knowledge.given import read_given
from knowledge.problems import Problems
from knowledge.profile import Given, Profile
from knowledge.source import read_text

TODAY = date(2026, 11, 21)
KNOWLEDGE = Knowledge.load()
FACTS = KNOWLEDGE.facts
GEOGRAPHY = KNOWLEDGE.geography

SCOPES = ("region:achterhoek", "province:gelderland", "region:rijnmond", "municipality:almere", "province:flevoland")
SPOTS = ("Ulft", "Almere", "Rotterdam", "Arnhem", "Tiel", "provincie Gelderland", "Achterhoek")
NUMBERS = ("age", "company_size", "annual_turnover", "contract_hours")
CHOSEN = ("situation", "goal", "education", "contract", "sector", "field", "cao", "shift_work",
          "recognised_training_company", "initiative", "would_happen_anyway", "employer_goal",
          "agency_phase")  # fmt: skip
MANY = ("benefit", "plan_activity", "hire_group")
ASKED = (*NUMBERS, *(fact for fact in CHOSEN if fact != "field"), *MANY, "wanted_sector", "place", "company_place")


def person(**given: Any) -> Profile:
    """A visitor with these answers; place names are looked up."""
    answers, complaints = read_given(given, FACTS, GEOGRAPHY)
    assert not complaints, complaints
    return Profile(FACTS, GEOGRAPHY, answers, TODAY)


def criteria(text: str) -> Criterion:
    """Criteria from YAML; they must be right."""
    problems = Problems()
    node = read_text(text, "test.yaml", problems)
    assert node is not None, problems.found
    found = read_criterion(node, FACTS, GEOGRAPHY, problems)
    assert not problems.found, [problem.render() for problem in problems.found]
    return found


def findings(text: str) -> list[str]:
    """What reading wrong criteria reports: "line:column message | proposal"."""
    problems = Problems()
    node = read_text(text, "test.yaml", problems)
    assert node is not None
    read_criterion(node, FACTS, GEOGRAPHY, problems)
    return [f"{p.place.line}:{p.place.column} {p.message} | {p.proposal}" for p in problems.found]


def _choice_leaf(fact: str) -> st.SearchStrategy[Leaf]:
    values = sorted(FACTS[fact].choices)
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(
        lambda some: Leaf(
            fact, OneOf(tuple(some), frozenset(n for one in some for n in FACTS.narrower(FACTS[fact], one)))
        )
    )


def _many_leaf(fact: str) -> st.SearchStrategy[Leaf]:
    ids = st.lists(st.sampled_from(sorted(FACTS[fact].choices)), min_size=1, max_size=3, unique=True)
    return st.one_of(
        ids.map(lambda some: Leaf(fact, SomeOf(tuple(some)))), ids.map(lambda some: Leaf(fact, EachOf(tuple(some))))
    )


def _number_leaf(fact: str) -> st.SearchStrategy[Leaf]:
    low, high = int(FACTS[fact].min or 0), int(min(FACTS[fact].max or 0, 300))
    bound = st.one_of(st.none(), st.integers(low, high).map(float))
    return (
        st.tuples(bound, bound, st.booleans(), st.booleans())
        .filter(lambda b: (b[0] is not None or b[1] is not None) and (None in b[:2] or b[0] < b[1]))
        .map(lambda b: Leaf(fact, Between(*b)))
    )


def leaf_strategy(states: bool = True) -> st.SearchStrategy[Leaf]:
    options = [
        st.sampled_from(CHOSEN).flatmap(_choice_leaf),
        st.sampled_from(MANY).flatmap(_many_leaf),
        st.sampled_from(NUMBERS).flatmap(_number_leaf),
        st.lists(st.sampled_from(SCOPES), min_size=1, max_size=2, unique=True).map(
            lambda some: Leaf("area", Inside(tuple(some)))
        ),
    ]
    if states:
        state = st.lists(st.sampled_from(("given", "dont_know", "declined", "not_asked", "not_applicable")), min_size=1,
                         max_size=2, unique=True)  # fmt: skip
        options.append(st.tuples(st.sampled_from(ASKED), state).map(lambda p: Leaf(p[0], InState(tuple(p[1])))))
    return st.one_of(options)


def criterion_strategy(human: bool = True, states: bool = True, leaves: int = 8) -> st.SearchStrategy[Criterion]:
    base = leaf_strategy(states)
    inner = st.recursive(base, _combine, max_leaves=leaves)
    if not human:
        return inner
    with_people = st.one_of(inner, st.sampled_from(("UWV beslist.", "De gemeente beslist.")).map(Human))
    return st.recursive(with_people, _join, max_leaves=leaves)


def _join(parts: st.SearchStrategy[Criterion]) -> st.SearchStrategy[Criterion]:
    some = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(some.map(All), some.map(AnyOf))


def _combine(parts: st.SearchStrategy[Criterion]) -> st.SearchStrategy[Criterion]:
    return st.one_of(_join(parts), parts.map(Not))


def _answer(fact: str) -> st.SearchStrategy[Given]:
    declared = FACTS[fact]
    unknown = st.sampled_from(("dont_know", "declined")).map(lambda state: Given(None, state))
    if declared.kind == "choices":
        value: Any = st.lists(st.sampled_from(sorted(declared.choices)), min_size=1, max_size=3, unique=True).map(tuple)
    elif declared.choices:
        value = st.sampled_from(sorted(declared.choices))
    elif declared.kind == "place":
        value = st.sampled_from([GEOGRAPHY.find(name).spot.key for name in SPOTS])
    else:
        low, high = int(declared.min or 0), int(min(declared.max or 0, 300))
        number = st.integers(low, high)
        value = st.one_of(number, st.tuples(number, number).map(lambda b: (min(b), max(b))))
    return st.one_of(value.map(Given), value.map(Given), value.map(Given), unknown)


@st.composite
def answers_strategy(draw: st.DrawFn) -> dict[str, Given]:
    """Random partial answers."""
    facts = draw(st.lists(st.sampled_from(ASKED), max_size=10, unique=True))
    return {fact: draw(_answer(fact)) for fact in facts}
