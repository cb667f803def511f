"""Reasons are sentences made from the condition and the answer, in plain Dutch and in English."""

from __future__ import annotations

import pytest

from knowledge.criteria import judge
from knowledge.explain import said_day, said_number
from tests.knowledge.people import FACTS, KNOWLEDGE, TODAY, criteria, person

EXPLAINER = KNOWLEDGE.explainer


def why(text, language="nl", **given):
    profile = person(**given)
    return EXPLAINER.why(judge(criteria(text), profile).because, profile, language)


def why_not(text, language="nl", **given):
    profile = person(**given)
    return EXPLAINER.why_not(judge(criteria(text), profile).against, profile, language)


def test_a_person_of_52_in_the_metal_trade_hears_both_reasons():
    text = "{age: {min: 45}, sector: [technology, metal]}"
    given = {"situation": "employee", "age": 52, "sector": "metal"}
    assert why(text, **given) == ("U bent 52 jaar.", "U werkt in de metaal.")
    assert why(text, "en", **given) == ("You are 52 years old.", "You work in metalwork.")
    profile = person(**given)
    assert EXPLAINER.why_clause(judge(criteria(text), profile).because, profile) == (
        "omdat u 52 jaar bent en in de metaal werkt"
    )


def test_a_large_employer_hears_why_the_scheme_does_not_fit():
    given = {"situation": "employer", "company_size": 900}
    assert why_not("{company_size: {min: 1, below: 250}}", **given) == (
        "Bij u werken 900 mensen. Dit is er alleen als u minder dan 250 mensen hebt.",
    )
    assert why_not("{company_size: {below: 250}}", "en", **given) == (
        "900 people work for you. This is only available if you have fewer than 250 people.",
    )


@pytest.mark.parametrize(
    ("text", "given", "sentence"),
    [
        (
            "{contract: permanent}",
            {"situation": "employee", "contract": "agency"},
            "U werkt via een uitzendbureau. Dit is er alleen als u een vast contract hebt.",
        ),
        (
            "{situation: [job_seeker, employee]}",
            {"situation": "self_employed"},
            "U bent zzp'er. Dit is er alleen als u werk zoekt of werk hebt.",
        ),
        (
            "{area: {in: [province:gelderland, region:achterhoek]}}",
            {"situation": "employee", "place": "Almere"},
            "U woont in Almere. Dit is er alleen in de provincie Gelderland of de regio Achterhoek.",
        ),
        (
            "{not: {education: [hbo, wo]}}",
            {"situation": "employee", "education": "hbo"},
            "U hebt hbo. Dan geldt dit niet.",
        ),
        (
            "{recognised_training_company: yes}",
            {"situation": "employer", "recognised_training_company": "no"},
            "Uw bedrijf is geen erkend leerbedrijf. Dit is er alleen als uw bedrijf een erkend leerbedrijf is.",
        ),
        (
            "{annual_turnover: {max: 50000000}}",
            {"situation": "employer", "company_size": 99, "annual_turnover": 60_000_000},
            "De omzet is 60 miljoen euro. Dit is er alleen als u hoogstens 50 miljoen euro omzet per jaar hebt.",
        ),
        (
            "{education: {min: mbo4}}",
            {"situation": "employee", "education": "none"},
            "U hebt geen diploma. Dit is er alleen als u mbo 4 hebt, hbo hebt of een universitair diploma hebt.",
        ),
        (
            "{company_size: {below: 10}}",
            {"situation": "employer", "company_size": "10-49"},
            "Bij u werken 10 tot en met 49 mensen. Dit is er alleen als u minder dan 10 mensen hebt.",
        ),
    ],
)
def test_what_does_not_fit_names_the_answer_and_what_would_have_been_needed(text, given, sentence):
    assert why_not(text, **given) == (sentence,)


def test_what_does_not_apply_is_told_only_when_there_is_no_other_reason():
    both = "{situation: employer, recognised_training_company: yes}"
    assert why_not(both, situation="employee") == (
        "U hebt werk. Dit is er alleen als u een bedrijf met personeel hebt.",
    )
    assert why_not("{recognised_training_company: yes}", situation="employee") == (
        "Dit is er alleen als uw bedrijf een erkend leerbedrijf is.",
    )


def test_open_answers_are_named():
    assert EXPLAINER.open_questions(("age", "cao")) == "Nog niet bekend: uw leeftijd en de cao."
    assert EXPLAINER.open_questions(("age",), "en") == "Not known yet: your age."


@pytest.mark.parametrize(
    ("value", "dutch", "english"),
    [
        (6000, "6.000", "6,000"),
        (50_000_000, "50 miljoen", "50 million"),
        (12.5, "12,5", "12.5"),
        (7, "7", "7"),
        (2_500_000, "2,5 miljoen", "2.5 million"),
        (1234.56, "1.234,56", "1,234.56"),
    ],
)
def test_numbers_are_said_as_people_write_them(value, dutch, english):
    assert (said_number(value), said_number(value, "en")) == (dutch, english)


def test_a_day_is_said_with_its_month():
    assert (said_day(TODAY), said_day(TODAY, "en")) == ("21 november 2026", "21 November 2026")


def test_every_choice_of_every_fact_can_be_said():
    for fact in FACTS.values():
        for choice in fact.choices.values():
            if fact.kind == "choice":
                profile = person(**{fact.id: choice.id})
                if profile.is_known(fact.id):
                    assert EXPLAINER.statement(fact.id, profile)[0].isupper()
                    assert EXPLAINER.clause(fact.id, profile, "en")


def test_sensitive_reasons_can_be_left_out():
    matcher = KNOWLEDGE.matcher
    profile = person(situation="job_seeker", benefit=["ww"], place="Almere")
    reasons = judge(criteria("{benefit: ww, area: {in: [province:flevoland]}}"), profile).because
    assert [one.leaf.fact for one in matcher.visible(reasons, profile, ("sensitive", "special"))] == ["area"]
    assert [one.leaf.fact for one in matcher.visible(reasons, profile, ("personal", "sensitive"))] == []
