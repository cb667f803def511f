"""The order of advice: the specific before the general (docs/decisions/004)."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings

from knowledge.criteria import VERDICTS
from knowledge.matching import sort_of
from tests.knowledge.people import KNOWLEDGE, TODAY, answers_strategy, person

RELAXED = settings(
    max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
EMPLOYER = ("scheme", "fund", "voucher", "service", "programme", "provider", "desk", "tax")


COURSE = ("fund", "voucher", "desk")  # what the flow names to an employer who wants a course


def first(profile, show=2, kinds=EMPLOYER):
    return [match.entry.id for match in islice(KNOWLEDGE.matcher.advice(profile, TODAY, kinds, None, show), show)]


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (
            {"situation": "employer", "employer_goal": "train_people", "company_place": "Tiel", "company_size": 6,
             "sector": "bakery"},
            ["ambachtelijke-bakkers-fonds", "desk-rivierenland"],
        ),
        (
            {"situation": "employer", "employer_goal": "guide_student", "company_place": "Zwolle", "sector": "metal",
             "recognised_training_company": "yes"},
            ["bvm-werkgever", "subsidieregeling-praktijkleren"],
        ),
        (
            {"situation": "employer", "employer_goal": "team_plan", "plan_activity": "training_plan",
             "company_place": "Rotterdam", "company_size": 8},
            ["slim-regeling-mkb", "desk-rijnmond"],
        ),
        ({"situation": "job_seeker", "place": "Ulft", "wanted_sector": "metal"}, ["bvm-anton-tijdink"]),
        (
            {"situation": "job_seeker", "place": "Almere", "wanted_sector": "logistics", "education": "none"},
            ["praktijkverklaring-mbo"],
        ),
        (
            {"situation": "employee", "place": "Schiedam", "goal": "unsure"},
            ["loopbaanadvies", "desk-rijnmond"],
        ),
    ],
    ids=["bakery in Tiel", "bbl student in Zwolle", "plan in Rotterdam", "welding, Ulft", "forklift, Almere", "unsure"],
)  # fmt: skip
def test_the_first_cards_are_what_a_good_adviser_names(given_, expected):
    kinds = COURSE if given_.get("employer_goal") == "train_people" else EMPLOYER
    assert first(person(**given_), len(expected), kinds) == expected


def test_a_telephone_line_is_never_first_while_something_answers_the_wish():
    found = first(person(situation="job_seeker", benefit=["ww"], place="Apeldoorn", wanted_sector="metal"), 3)
    assert "nat-uwv-personen" not in found


@RELAXED
@given(answers_strategy())
def test_advice_holds_exactly_what_is_not_ruled_out_once_and_ended_last(answers):
    matcher, profile = KNOWLEDGE.matcher, KNOWLEDGE.profile(answers)
    named = list(matcher.advice(profile, TODAY, None, None, 2))
    shown = [match for match in matcher.match(profile, TODAY) if match.verdict != "does_not_fit"]
    assert sorted(one.entry.id for one in named) == sorted(one.entry.id for one in shown)
    statuses = [one.status == "ended" for one in named]
    assert statuses == sorted(statuses)


@RELAXED
@given(answers_strategy())
def test_the_order_is_a_function_of_the_answers_and_both_evaluators_give_the_same_verdicts(answers):
    matcher = KNOWLEDGE.matcher
    one = list(matcher.advice(KNOWLEDGE.profile(answers), TODAY, None, None, 2))
    other = list(matcher.advice(KNOWLEDGE.profile(dict(reversed(answers.items()))), TODAY, None, None, 2))
    assert [match.entry.id for match in one] == [match.entry.id for match in other]
    for match in one:
        assert match.verdict == VERDICTS[match.entry.criterion.level(match.profile)]


@RELAXED
@given(answers_strategy())
def test_two_cards_are_of_different_sorts_when_both_sorts_answer_something(answers):
    matcher, profile = KNOWLEDGE.matcher, KNOWLEDGE.profile(answers)
    named = list(islice(matcher.advice(profile, TODAY, None, None, 2), 2))
    if len(named) == 2 and sort_of(named[0]) == sort_of(named[1]):
        points = matcher.relevance.view(profile).points
        for match in islice(matcher.advice(profile, TODAY, None, None, 2), 20):
            if sort_of(match) != sort_of(named[0]) and match.status not in ("ended", "unknown"):
                assert match.verdict == "maybe" or points.of(matcher.position[match.entry.id]) <= 0


def test_only_what_was_told_earns_points():
    points = KNOWLEDGE.matcher.relevance.view(KNOWLEDGE.profile({})).points
    assert (points.wish, points.work, points.near) == (0, 0, 0)


def test_an_editors_word_lifts_an_entry_only_for_that_wish():
    position = KNOWLEDGE.matcher.position["slim-zelfscan"]
    for goal, worth in (("keep_people", True), ("find_people", False)):
        view = KNOWLEDGE.matcher.relevance.view(person(situation="employer", employer_goal=goal))
        assert bool(view.points.wish >> position & 1) is worth
