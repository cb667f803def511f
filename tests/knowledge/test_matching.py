"""Matching: verdicts, order, what to ask, and why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.catalogue import Catalogue
from knowledge.criteria import judge
from knowledge.entries import Entry
from knowledge.matching import Matcher
from tests.knowledge.people import FACTS, GEOGRAPHY, KNOWLEDGE, TODAY, answers_strategy, criteria, person

RELAXED = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
VERDICTS = ["fits", "coach_decides", "maybe", "does_not_fit"]
RUNNING = {"open": 0, "opens_on": 1, "unknown": 2, "closed": 3, "paused": 3, "ended": 4}
MATCHER = KNOWLEDGE.matcher


def entry(name: str, audience: str, **fields: object) -> Entry:
    read = criteria(audience)
    base = Entry(id=name, kind="scheme", name=name, audience=read, criterion=read, status="open", confidence="verified")
    return replace(base, **fields)


def a_matcher(*entries: Entry) -> Matcher:
    return Matcher(Catalogue(entries), FACTS, GEOGRAPHY, KNOWLEDGE.explainer)


@dataclass(frozen=True)
class Outside:
    budgets: dict[str, int]


def test_verdicts_run_from_certain_to_ruled_out():
    matcher = a_matcher(
        entry("d", "{situation: employer}"),
        entry("c", "{situation: employee, age: {min: 45}}"),
        entry("b", "{situation: employee, human: UWV beslist.}"),
        entry("a", "{situation: employee}"),
    )
    found = matcher.match(person(situation="employee"), TODAY)
    assert [(match.entry.id, match.verdict) for match in found] == list(zip("abcd", VERDICTS, strict=True))
    assert found[1].human == ("UWV beslist.",)
    assert found[2].missing == ("age",)
    assert found[3].against == ("U hebt werk. Dit is er alleen als u een bedrijf met personeel hebt.",)


def test_the_worst_part_decides_the_verdict():
    matcher = a_matcher(entry("x", "{situation: employee, age: {min: 45}, human: UWV beslist.}"))
    verdict = lambda **answers: matcher.one("x", person(**answers), TODAY).verdict  # noqa: E731
    assert verdict(situation="employee", age=50) == "coach_decides"
    assert verdict(situation="employee") == "maybe"
    assert verdict(situation="employee", age=30) == "does_not_fit"


def test_what_is_open_goes_before_what_is_near_and_that_before_what_was_said():
    everybody = "{situation: employee}"
    matcher = a_matcher(
        entry("ended", everybody, status="ended"),
        entry("closed", everybody, status="closed"),
        entry("soon", everybody, status="opens_on", opens_on=date(2027, 1, 1)),
        entry("national", everybody),
        entry("province", everybody, where=("province:gelderland",)),
        entry("region", everybody, where=("region:achterhoek",)),
        entry("wish", "{situation: employee, goal: diploma}"),
    )
    order = [match.entry.id for match in matcher.match(person(situation="employee", goal="diploma"), TODAY)]
    assert order == ["region", "province", "wish", "national", "soon", "closed", "ended"]


def test_advice_names_what_answers_the_visitor_before_what_fits_anybody():
    matcher = a_matcher(
        entry("anybody", "{situation: employee}"),
        entry("trade", "{situation: employee, sector: metal, cao: metalworking}"),
        entry("wish", "{situation: employee, goal: diploma}"),
        entry("gone", "{situation: employee, goal: diploma}", status="ended"),
        entry("other", "{situation: employee}", sectors=("care",)),
        entry("never", "{situation: employer}"),
    )
    visitor = person(situation="employee", goal="diploma", sector="metal")
    assert [match.entry.id for match in matcher.advice(visitor, TODAY)] == ["wish", "trade", "anybody", "other", "gone"]


def test_words_of_the_visitor_lift_what_uses_them():
    matcher = a_matcher(
        entry("aaa", "{situation: employee}"),
        entry("zzz", "{situation: employee}", words=("heftruckcursus",)),
    )
    told = person(situation="employee", course="een heftruckcursus graag")
    assert [match.entry.id for match in matcher.match(told, TODAY)] == ["zzz", "aaa"]


def test_an_empty_budget_in_the_world_closes_an_entry():
    matcher = a_matcher(entry("voucher", "{situation: employee}"))
    visitor = person(situation="employee")
    assert matcher.match(visitor, TODAY)[0].status == "open"
    assert matcher.match(visitor, TODAY, world=Outside({"voucher": 0}))[0].status == "closed"
    assert matcher.one("voucher", visitor, TODAY, Outside({"voucher": 0})).availability.budget_gone


def test_kinds_limit_the_list():
    matcher = a_matcher(entry("a", "{situation: employee}"), entry("b", "{situation: employee}", kind="fund"))
    assert [match.entry.id for match in matcher.match(person(), TODAY, kinds=["fund"])] == ["b"]
    assert matcher.match(person(), TODAY, kinds=[]) == []


@RELAXED
@given(answers_strategy())
def test_the_display_order_holds_for_everybody(answers):
    profile = KNOWLEDGE.profile(answers)
    found = MATCHER.match(profile, TODAY)
    assert sorted(match.entry.id for match in found) == sorted(KNOWLEDGE.catalogue)
    ranks = [VERDICTS.index(match.verdict) for match in found]
    assert ranks == sorted(ranks)
    for verdict in VERDICTS[:3]:
        states = [RUNNING[match.status] for match in found if match.verdict == verdict]
        assert states == sorted(states)
    assert [match.entry.id for match in MATCHER.top(profile, TODAY, show=5)] == [
        match.entry.id for match in found if match.verdict != "does_not_fit"
    ][:5]


@RELAXED
@given(answers_strategy())
def test_every_match_explains_itself(answers):
    profile = KNOWLEDGE.profile(answers)
    for match in MATCHER.match(profile, TODAY):
        assert (match.verdict == "does_not_fit") == bool(match.judgement.against)
        assert (match.verdict == "maybe") == bool(match.missing)
        for sentence in (*match.because, *match.against):
            assert sentence.endswith(".")
            assert "{" not in sentence
            assert "  " not in sentence


@RELAXED
@given(answers_strategy(), st.randoms(use_true_random=False))
def test_the_order_of_answering_changes_nothing(answers, random):
    pairs = list(answers.items())
    random.shuffle(pairs)
    one, other = KNOWLEDGE.profile(answers), KNOWLEDGE.profile(dict(pairs))
    assert one == other
    assert MATCHER.match(one, TODAY) == MATCHER.match(other, TODAY)
    assert MATCHER.next_question(one, TODAY) == MATCHER.next_question(other, TODAY)


# ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_fact_that_most_entries_need_for_its_cost_is_asked():
    matcher = a_matcher(
        entry("a", "{situation: employee, age: {min: 45}}"),
        entry("b", "{situation: employee, age: {below: 27}}"),
        entry("c", "{situation: employee, shift_work: yes}"),
    )
    visitor = person(situation="employee")
    assert matcher.next_question(visitor, TODAY) == "shift_work"  # needed once at cost 2, age twice at cost 4
    more = a_matcher(*matcher.entries, entry("d", "{situation: employee, age: {min: 20}}"))
    assert more.next_question(visitor, TODAY) == "age"


@pytest.mark.parametrize(
    ("audience", "given", "asked"),
    [
        ("{situation: employee, age: {min: 45}}", {}, "situation"),  # what decides whether age applies comes first
        ("{situation: employee, age: {min: 45}}", {"situation": "employee"}, "age"),
        ("{situation: employee, age: {min: 45}}", {"situation": "employer"}, None),
        ("{situation: employee, age: {min: 45}}", {"situation": "employee", "age": {"state": "dont_know"}}, None),
        ("{situation: employee, age: {min: 45}}", {"situation": "employee", "age": 50}, None),
        ("{residence: status_holder}", {"situation": "employee"}, None),  # only when volunteered
        ("{area: {in: [region:achterhoek]}}", {"situation": "employer"}, "company_place"),
        (
            "{situation: employer, any: [{company_size: {below: 50}}, {annual_turnover: {max: 50000000}}]}",
            {"situation": "employer"},
            "company_size",
        ),
        ("{sector: metal}", {"situation": "employee", "sector": "technology"}, None),  # said already, only not so exact
    ],
)
def test_only_what_applies_and_is_still_open_is_asked(audience, given, asked):
    assert a_matcher(entry("x", audience)).next_question(person(**given), TODAY) == asked


def test_nothing_is_asked_twice_and_nothing_once_the_list_is_decided():
    matcher = a_matcher(entry("a", "{situation: employee, age: {min: 45}}"), entry("b", "{situation: employee}"))
    visitor = person(situation="employee")
    assert matcher.next_question(visitor, TODAY, show=1) == "age"
    assert matcher.next_question(visitor, TODAY, show=1, asked=("age",)) is None
    general = a_matcher(
        entry("fits", "{situation: employee, goal: diploma}"), entry("open", "{situation: employee, shift_work: yes}")
    )
    assert general.next_question(person(situation="employee", goal="diploma"), TODAY, show=1) is None


def test_ended_entries_are_no_reason_to_ask():
    matcher = a_matcher(entry("gone", "{situation: employee, age: {min: 45}}", status="ended"))
    assert matcher.next_question(person(situation="employee"), TODAY) is None


def test_why_do_you_ask_names_the_entries_that_depend_on_it():
    matcher = a_matcher(
        entry("a", "{situation: employee, age: {min: 45}}"),
        entry("b", "{situation: employee, shift_work: yes}"),
        entry("c", "{situation: employer, company_size: {below: 9}}"),
    )
    visitor = person(situation="employee")
    assert [one.id for one in matcher.depends_on("age", visitor, TODAY)] == ["a"]
    assert [one.id for one in matcher.depends_on("situation", person(), TODAY)] == ["a", "b", "c"]


@RELAXED
@given(answers_strategy())
def test_asking_always_ends_and_never_repeats(answers):
    profile, asked = KNOWLEDGE.profile(answers), []
    for _ in range(40):
        fact = MATCHER.next_question(profile, TODAY, kinds=("scheme", "fund"), asked=asked)
        if fact is None:
            break
        assert fact not in asked
        assert profile.state_of(fact) == "not_asked"
        assert FACTS[fact].cost is not None
        asked.append(fact)
    else:
        raise AssertionError("asked forty questions")


# ── why not ────────────────────────────────────────────────────────────────────────────────────────────────────────


def why_not(audience: str, **given: object):
    return a_matcher(entry("x", audience)).why_not("x", person(**given), TODAY)


def test_the_smallest_change_is_told():
    told = why_not(
        "{situation: employer, any: [{company_size: {below: 250}}, {company_size: {min: 1000}, cao: metalektro}]}",
        situation="employer", company_size=600, cao="bodywork",
    )  # fmt: skip
    assert told.change == "Dit kan wel passen als u minder dan 250 mensen hebt."


@pytest.mark.parametrize(
    ("audience", "given"),
    [
        ("{age: {min: 45}}", {"situation": "employee", "age": 40}),  # nobody is told to be older
        ("{situation: employer}", {"situation": "employee"}),
        ("{area: {in: [region:achterhoek]}}", {"situation": "employee", "place": "Almere"}),
        ("{not: {contract: agency}}", {"situation": "employee", "contract": "agency"}),
    ],
)
def test_who_and_where_somebody_is_is_never_something_to_change(audience, given):
    told = why_not(audience, **given)
    assert told.verdict == "does_not_fit"
    assert told.sentences
    assert told.change == ""


def test_an_open_entry_says_what_is_open():
    told = why_not("{age: {min: 45}, human: UWV beslist.}", situation="employee")
    assert (told.verdict, told.sentences) == ("maybe", ("Nog niet bekend: uw leeftijd.", "UWV beslist."))


def test_the_told_change_really_helps():
    matcher = a_matcher(
        entry("x", "{situation: employer, company_size: {below: 250}, recognised_training_company: yes}")
    )
    before = person(situation="employer", company_size=900, recognised_training_company="no")
    assert matcher.why_not("x", before, TODAY).change == (
        "Dit kan wel passen als u minder dan 250 mensen hebt en uw bedrijf een erkend leerbedrijf is."
    )
    after = person(situation="employer", company_size=100, recognised_training_company="yes")
    assert judge(matcher.entries[0].criterion, after).verdict == "fits"
