"""Judging compared with two outsiders: an implementation of CEL, and trying every completion."""

from __future__ import annotations

import itertools

import cel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.criteria import NO, UNKNOWN, YES, All, Any, Between, Criterion, Leaf, Not, OneOf
from knowledge.profile import Given, Profile
from tests.knowledge.people import FACTS, GEOGRAPHY

RELAXED = settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
# facts that always apply to an employee; the situation is given, so "not applicable" never occurs
PLAIN = ("goal", "education", "contract", "shift_work", "initiative")
NUMBERS = ("age", "contract_hours")


def plain_leaf() -> st.SearchStrategy[Leaf]:
    def one_of(fact: str) -> st.SearchStrategy[Leaf]:
        values = sorted(FACTS[fact].choices)
        some = st.lists(st.sampled_from(values), min_size=1, max_size=len(values) - 1, unique=True)
        return some.map(lambda chosen: Leaf(fact, OneOf(tuple(chosen), frozenset(chosen))))

    def between(fact: str) -> st.SearchStrategy[Leaf]:
        bound = st.one_of(st.none(), st.integers(20, 40).map(float))
        bounds = st.tuples(bound, bound, st.booleans(), st.booleans())
        return bounds.filter(_is_sensible).map(lambda b: Leaf(fact, Between(*b)))

    return st.one_of(st.sampled_from(PLAIN).flatmap(one_of), st.sampled_from(NUMBERS).flatmap(between))


def _is_sensible(bounds: tuple[float | None, float | None, bool, bool]) -> bool:
    """Reading refuses bounds that no value meets."""
    low, high = bounds[:2]
    return (low is not None or high is not None) and (low is None or high is None or low < high)


def plain_criterion(leaves: int = 7) -> st.SearchStrategy[Criterion]:
    def combine(parts: st.SearchStrategy[Criterion]) -> st.SearchStrategy[Criterion]:
        some = st.lists(parts, min_size=1, max_size=3).map(tuple)
        return st.one_of(some.map(All), some.map(Any), parts.map(Not))

    return st.recursive(plain_leaf(), combine, max_leaves=leaves)


def some_answers() -> st.SearchStrategy[dict[str, Given]]:
    options = {fact: st.sampled_from(sorted(FACTS[fact].choices)).map(Given) for fact in PLAIN}
    options |= {fact: st.integers(18, 42).map(Given) for fact in NUMBERS}
    return st.fixed_dictionaries({}, optional=options)


def in_cel(criterion: Criterion) -> str:
    """A criterion as a CEL expression over variables that may be missing."""
    if isinstance(criterion, Not):
        return f"!({in_cel(criterion.part)})"
    if isinstance(criterion, All | Any):
        return "(" + (" && " if isinstance(criterion, All) else " || ").join(map(in_cel, criterion.parts)) + ")"
    assert isinstance(criterion, Leaf)
    name, test = f"known.{criterion.fact}", criterion.test
    if isinstance(test, OneOf):
        return f"({name} in [{', '.join(repr(value) for value in sorted(test.accepts))}])"
    assert isinstance(test, Between)
    bounds = []
    if test.low is not None:
        bounds.append(f"{name} {'>' if test.over else '>='} {test.low}")
    if test.high is not None:
        bounds.append(f"{name} {'<' if test.under else '<='} {test.high}")
    return "(" + " && ".join(bounds) + ")"


def by_cel(criterion: Criterion, answers: dict[str, Given]) -> int:
    """CEL decides where the known answers are enough and fails on a missing one: strong Kleene logic as well."""
    known = {
        fact: float(answer.value) if fact in NUMBERS else answer.value
        for fact, answer in answers.items()
        if answer.value is not None
    }
    try:
        return YES if cel.evaluate(in_cel(criterion), {"known": known}) else NO
    except Exception:  # the binding raises several types for a missing key
        return UNKNOWN


@RELAXED
@given(plain_criterion(), some_answers())
def test_an_implementation_of_cel_agrees_on_true_false_and_unknown(criterion, answers):
    profile = Profile(FACTS, GEOGRAPHY, {"situation": Given("employee"), **answers})
    assert criterion.level(profile) == by_cel(criterion, answers), in_cel(criterion)


@RELAXED
@given(plain_criterion(leaves=4), some_answers())
def test_whatever_is_decided_holds_in_every_completion(criterion, answers):
    """Three-valued judging may say "unknown" too often (a or not a), but never decides what a completion denies."""
    given_ = {"situation": Given("employee"), **answers}
    level = criterion.level(Profile(FACTS, GEOGRAPHY, given_))
    open_ = [fact for fact in facts_of(criterion) if fact not in given_]
    found = set()
    options = [sorted(FACTS[fact].choices) if fact in PLAIN else [12, 20, 27, 33, 40, 60] for fact in open_]
    for values in itertools.islice(itertools.product(*options), 400):
        complete = {**given_, **{fact: Given(value) for fact, value in zip(open_, values, strict=True)}}
        found.add(criterion.level(Profile(FACTS, GEOGRAPHY, complete)))
    assert UNKNOWN not in found, "with every answer given nothing is open"
    if level != UNKNOWN:
        assert found == {level}


@RELAXED
@given(plain_leaf(), some_answers())
def test_a_single_leaf_is_unknown_exactly_when_completions_differ(leaf, answers):
    given_ = {"situation": Given("employee"), **answers}
    level = leaf.level(Profile(FACTS, GEOGRAPHY, given_))
    values = [given_[leaf.fact].value] if leaf.fact in given_ else everything(leaf)
    found = {leaf.level(Profile(FACTS, GEOGRAPHY, {**given_, leaf.fact: Given(value)})) for value in values}
    assert level == (found.pop() if len(found) == 1 else UNKNOWN)


def everything(leaf: Leaf) -> list[object]:
    fact = FACTS[leaf.fact]
    if fact.choices:
        return list(fact.choices)
    low, high = int(fact.min or 0), int(fact.max or 0)
    return [value / 2 for value in range(low * 2, high * 2 + 1)]


def facts_of(criterion: Criterion) -> list[str]:
    if isinstance(criterion, Leaf):
        return [criterion.fact]
    parts = [criterion.part] if isinstance(criterion, Not) else criterion.parts
    return list(dict.fromkeys(fact for part in parts for fact in facts_of(part)))
