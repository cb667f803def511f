"""Conditions: what they accept, what they report, and how they are judged over the values still possible."""

from __future__ import annotations

import pytest

from knowledge.criteria import HUMAN, NO, UNKNOWN, YES, judge
from tests.knowledge.people import criteria, findings, person

YES_NO_UNKNOWN = {"yes": YES, "no": NO, "unknown": UNKNOWN}


def level(text: str, **given: object) -> str:
    return {value: key for key, value in YES_NO_UNKNOWN.items()}[criteria(text).level(person(**given))]


# ── leaves over the values still possible ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("{situation: employee}", {"situation": "employee"}, "yes"),
        ("{situation: [employee, self_employed]}", {"situation": "employer"}, "no"),
        ("{situation: employee}", {}, "unknown"),
        ("{age: {min: 45}}", {"situation": "employee", "age": 45}, "yes"),
        ("{age: {above: 45}}", {"situation": "employee", "age": 45}, "no"),
        ("{company_size: {below: 250}}", {"situation": "employer", "company_size": "50-249"}, "yes"),
        ("{company_size: {below: 250}}", {"situation": "employer", "company_size": "10-500"}, "unknown"),
        ("{company_size: {below: 250}}", {"situation": "employer", "company_size": [250, None]}, "no"),
        ("{company_size: 10-49}".replace("10-49", "{min: 10, max: 49}"), {"company_size": "10-49"}, "yes"),
        ("{age: 52}", {"age": 52}, "yes"),
        ("{education: {below: mbo2}}", {"education": "vmbo"}, "yes"),
        ("{education: {min: mbo2}}", {"education": "vmbo"}, "no"),
        ("{education: {above: mbo4, max: wo}}", {"education": "hbo"}, "yes"),
        ("{benefit: [ww, wia]}", {"benefit": ["ww", "bijstand"]}, "yes"),
        ("{benefit: {all: [ww, wia]}}", {"benefit": ["ww", "bijstand"]}, "no"),
        ("{benefit: {all: [ww, wia]}}", {"benefit": ["ww", "wia"]}, "yes"),
        ("{benefit: ww}", {}, "unknown"),
        ("{sector: technology}", {"sector": "metal"}, "yes"),
        ("{sector: metal}", {"sector": "technology"}, "unknown"),
        ("{sector: care}", {"sector": "metal"}, "no"),
        ("{field: technology}", {"situation": "employee", "sector": "metal"}, "yes"),
        ("{field: care}", {"situation": "employee", "sector": "metal", "wanted_sector": "care"}, "yes"),
        ("{area: {in: [region:achterhoek]}}", {"situation": "employee", "place": "Ulft"}, "yes"),
        ("{area: {in: [province:gelderland, region:rijnmond]}}", {"situation": "employee", "place": "Almere"}, "no"),
        ("{area: {in: [region:achterhoek]}}", {"situation": "employee", "place": "provincie Gelderland"}, "unknown"),
        ("{area: {in: [province:gelderland]}}", {"situation": "employer", "company_place": "Tiel"}, "yes"),
        ("{place: Ulft}", {"situation": "employee", "place": "Ulft"}, "yes"),
        ("{place: Ulft}", {"situation": "employee", "place": "Arnhem"}, "no"),
        ("{shift_work: yes}", {"situation": "employee", "shift_work": True}, "yes"),
    ],
)
def test_a_leaf_is_true_when_every_possible_value_satisfies_it_and_false_when_none_does(text, given, expected):
    assert level(text, **given) == expected


@pytest.mark.parametrize("state", ["dont_know", "declined"])
def test_not_knowing_is_never_no(state):
    assert level("{age: {min: 45}}", situation="employee", age={"state": state}) == "unknown"
    assert level("{not: {age: {min: 45}}}", situation="employee", age={"state": state}) == "unknown"


def test_what_does_not_apply_makes_a_positive_leaf_false():
    assert level("{age: {min: 45}}", situation="employer") == "no"
    assert level("{not: {age: {min: 45}}}", situation="employer") == "yes"
    assert level("{annual_turnover: {max: 50000000}}", situation="employer", company_size=6) == "no"


def test_an_answer_that_no_longer_applies_is_parked():
    assert level("{age: {min: 45}}", situation="employer", age=52) == "no"
    assert level("{age: {min: 45}}", age=52) == "yes"  # told before anybody asked the situation


def test_a_condition_that_every_value_meets_holds_only_once_the_fact_applies():
    everything = "{contract: [permanent, temporary, agency, on_call]}"
    assert level(everything) == "unknown"
    assert level(everything, situation="employee") == "yes"
    assert level(everything, situation="employer") == "no"


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"situation": "employee", "age": 52}, "given"),
        ({"situation": "employee", "age": {"state": "dont_know"}}, "dont_know"),
        ({"situation": "employee", "age": {"state": "declined"}}, "declined"),
        ({"situation": "employee"}, "not_asked"),
        ({"situation": "employer"}, "not_applicable"),
    ],
)
def test_the_answer_states_stay_apart(given, state):
    profile = person(**given)
    assert profile.state_of("age") == state
    assert criteria(f"{{age: {{state: {state}}}}}").level(profile) == YES
    others = {"given", "dont_know", "declined", "not_asked", "not_applicable", "derived"} - {state}
    assert criteria(f"{{age: {{state: [{', '.join(sorted(others))}]}}}}").level(profile) == NO


def test_a_derived_place_takes_the_first_that_was_given_and_applies():
    assert person(situation="employee", place="Ulft").state_of("area") == "derived"
    assert person(situation="employer", company_place="Tiel").value("area") == "Tiel"
    assert person(situation="employer").askable("area") == ("company_place",)
    assert person(situation="school").askable("area") == ("school_place",)


# ── combining ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{situation: employee, age: {min: 45}}", "unknown"),
        ("{situation: employer, age: {min: 45}}", "no"),
        ("{any: [{situation: employee}, {age: {min: 45}}]}", "yes"),
        ("{any: [{situation: employer}, {age: {min: 45}}]}", "unknown"),
        ("{all: [{situation: employee}, {not: {situation: school}}]}", "yes"),
        ("[{situation: school}, {situation: employee}]", "yes"),
        ("{not: [{situation: school}, {age: {min: 45}}]}", "unknown"),
        ("{not: [{situation: employee}, {age: {min: 45}}]}", "no"),
    ],
)
def test_all_any_and_not_combine_by_strong_kleene_logic(text, expected):
    assert level(text, situation="employee") == expected


def test_what_only_a_person_decides_stands_between_unknown_and_true():
    either = criteria("{situation: employee, human: UWV beslist.}")
    assert either.level(person(situation="employee")) == HUMAN
    assert either.level(person(situation="employer")) == NO
    assert either.level(person()) == UNKNOWN
    judgement = judge(either, person(situation="employee"))
    assert (judgement.truth, judgement.verdict, judgement.human) == ("unknown", "coach_decides", ("UWV beslist.",))
    assert criteria("any: [{situation: employee}, {human: UWV beslist.}]").level(person(situation="employee")) == YES


def test_the_answers_that_would_settle_it_come_along():
    audience = criteria(
        "{situation: employer, company_size: {below: 250}, any: [{company_size: {below: 50}}, "
        "{annual_turnover: {max: 50000000}}, {balance_total: {max: 43000000}}]}"
    )
    assert judge(audience, person()).missing == ("situation",)
    assert judge(audience, person(situation="employer")).missing == ("company_size",)
    assert judge(audience, person(situation="employer", company_size=100)).missing == ("annual_turnover",)
    richer = person(situation="employer", company_size=100, annual_turnover=60_000_000)
    assert judge(audience, richer).missing == ("balance_total",)
    assert judge(audience, person(situation="employer", company_size=6)).verdict == "fits"


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{situatie: employee}", "1:2 'situatie' is not a fact | Did you mean 'situation'?"),
        (
            "{situation: self_employd}",
            "1:13 'self_employd' is not a value of 'situation' | Did you mean 'self_employed'?",
        ),
        ("{age: old}", "1:7 'age' is compared with a number | Write a number, or bounds such as {min: …}."),
        (
            "{age: {min: 450}}",
            (
                "1:13 450 lies outside the bounds of 'age' (12 to 100) | "
                "Choose a number within them, or widen the bounds in facts.yaml."
            ),
        ),
        ("{age: {min: 60, max: 40}}", "1:13 no value of 'age' lies within these bounds | Widen one of them."),
        ("{age: {min: 60, above: 40}}", "1:24 'min' and 'above' both stand here | Keep one of the two."),
        (
            "{age: {under: 60}}",
            "1:8 'under' cannot be tested on 'age' (kind number) | Use state, min, above, below, max.",
        ),
        ("{education: {below: none}}", "1:21 no value of 'education' lies within these bounds | Widen one of them."),
        ("{situation: {min: employee}}", "1:14 'min' cannot be tested on 'situation' (kind choice) | Use state."),
        (
            "{not: {human: UWV beslist.}}",
            (
                "1:8 'human' stands inside 'not' | "
                "A person's decision cannot be turned around. Put 'human' beside 'not'."
            ),
        ),
        ("{human: ''}", "1:9 'human' is empty | Say who decides what."),
        ("{any: []}", "1:2 'any' has no conditions | Write a list of conditions below it."),
        ("{area: {in: [region:achterhok]}}", "1:14 there is no region 'achterhok' | Did you mean 'region:achterhoek'?"),
        (
            "{area: {in: [Gelderland]}}",
            (
                "1:14 'Gelderland' is not an area | "
                "Write province:…, region:… or municipality:… and then its id, such as region:achterhoek."
            ),
        ),
        (
            "{place: Hengelo}",
            (
                "1:9 'Hengelo' is not one known place | Write the official name, with the province when "
                "there are two, such as 'Hengelo (Gld)'. For a region use {in: [region:…]}."
            ),
        ),
        ("{name: Jan}", "1:8 the text of 'name' cannot be compared | Test whether it was given: {state: given}."),
        (
            "{age: {state: known}}",
            (
                "1:15 'known' is not an answer state | "
                "Use one of: given, dont_know, declined, not_asked, not_applicable, derived."
            ),
        ),
        ("{benefit: [ww, ww]}", "1:16 'ww' stands here twice | Keep one of the two."),
        ("{sector: metaal}", "1:10 'metaal' is not a value of 'sector' | Did you mean 'metal'?"),
        ("employee", "1:1 'employee' is not a condition | Write 'fact: value', for example 'situation: employee'."),
    ],
)
def test_a_wrong_condition_is_pointed_at_explained_and_mended(text, message):
    assert message in findings(text)


def test_all_mistakes_are_reported_at_once():
    assert len(findings("{situatie: employee, age: old, sector: metaal}")) == 3
