"""Two evaluators, written apart, must agree; and both must agree with trying every completion."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.bitsets import BitSets, positions
from knowledge.criteria import HUMAN, NO, UNKNOWN, YES, judge, missing
from knowledge.profile import Profile
from tests.knowledge.people import FACTS, GEOGRAPHY, KNOWLEDGE, answers_strategy, criterion_strategy

RELAXED = settings(
    max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)


@RELAXED
@given(st.lists(criterion_strategy(), min_size=1, max_size=6), st.lists(answers_strategy(), min_size=1, max_size=3))
def test_bit_sets_and_tree_walk_agree_on_random_criteria_and_answers(criteria, people):
    bits = BitSets(criteria, FACTS)
    for answers in people:
        profile = Profile(FACTS, GEOGRAPHY, answers)
        verdicts = bits.verdicts(profile)
        for position, criterion in enumerate(criteria):
            level = criterion.level(profile)
            found = [(bits >> position) & 1 for bits in verdicts]
            assert found == [level == YES, level >= HUMAN, level >= UNKNOWN], (criterion, answers)


@RELAXED
@given(answers_strategy())
def test_they_agree_on_the_shipped_catalogue(answers):
    matcher, profile = KNOWLEDGE.matcher, KNOWLEDGE.profile(answers)
    verdicts = matcher.bits.verdicts(profile)
    for position, entry in enumerate(matcher.entries):
        level = entry.criterion.level(profile)
        assert [(bits >> position) & 1 for bits in verdicts] == [level == YES, level >= HUMAN, level >= UNKNOWN], (
            entry.id
        )


@RELAXED
@given(criterion_strategy(), answers_strategy())
def test_judging_with_reasons_gives_the_same_level_as_judging_without(criterion, answers):
    profile = Profile(FACTS, GEOGRAPHY, answers)
    judgement = judge(criterion, profile)
    assert judgement.level == criterion.level(profile)
    assert bool(judgement.missing) == (judgement.level == UNKNOWN)
    assert missing(criterion, profile) == judgement.missing
    assert not (judgement.against and judgement.level != NO)


def test_a_criterion_with_too_many_clauses_is_walked_instead():
    from tests.knowledge.people import criteria, person

    branches = ", ".join(f"{{age: {{min: {20 + n}}}, company_size: {{min: {n}}}, sector: metal}}" for n in range(1, 6))
    big = criteria(f"any: [{branches}]")
    bits = BitSets([big], FACTS)
    assert list(positions(bits.verdicts(person(situation="employee", age=52)).possible)) == []
    assert list(positions(bits.verdicts(person(situation="employer", company_size=9)).possible)) == []
    assert list(positions(bits.verdicts(person()).possible)) == [0]
