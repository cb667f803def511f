"""Facts and code lists: what ships is whole, and a mistake is told at its place."""

from __future__ import annotations

import pytest

from knowledge.criteria import facts_in
from knowledge.facts_reading import read_facts, read_lists
from knowledge.problems import Problems
from knowledge.profile import Given
from knowledge.source import read_text
from tests.knowledge.people import FACTS, GEOGRAPHY, KNOWLEDGE

NEEDED = [
    "situation",
    "goal",
    "place",
    "age",
    "sector",
    "wanted_sector",
    "occupation",
    "education",
    "benefit",
    "contract",
    "company_size",
    "annual_turnover",
    "cao",
    "recognised_training_company",
    "shift_work",
    "initiative",
    "would_happen_anyway",
    "language_level",
    "residence",
    "wants_teaching_role",
    "course",
    "trainees",
    "company_place",
    "name",
    "phone",
    "email",
    "preferred_contact",
]


def reading(text: str, lists: str = "list: trades\nentries:\n  metal: {label: Metaal, in: de metaal}") -> list[str]:
    problems = Problems()
    listed = read_lists({"l.yaml": read_text(lists, "l.yaml", problems)}, problems)
    read_facts({"f.yaml": read_text(text, "f.yaml", problems)}, listed, GEOGRAPHY, problems)
    return [f"{p.place.line} {p.message}" for p in problems.found]


@pytest.mark.parametrize("fact", NEEDED)
def test_every_fact_the_desk_needs_is_declared(fact):
    assert fact in FACTS


def test_every_fact_says_why_it_is_kept_and_asked():
    for fact in FACTS.values():
        assert fact.purpose, fact.id
        assert fact.why or not fact.question, fact.id


def test_no_question_shows_more_than_its_choices_can_be_told_apart():
    for fact in FACTS.values():
        labels = [choice.label.casefold() for choice in fact.choices.values()]
        assert len(set(labels)) == len(labels), fact.id


def test_a_sector_counts_for_everything_above_it():
    sectors = FACTS.lists["sectors"]
    assert {"metal", "electro", "technology"} <= sectors.descendants["technology"]
    assert sectors.ancestors("metal") == {"metal", "technology", "industry"}


def test_what_a_fact_stands_on_is_found_through_all_detours():
    assert set(FACTS.behind(["balance_total"])) == {"balance_total", "annual_turnover", "company_size", "situation"}
    assert {"place", "company_place", "school_place", "situation"} <= set(FACTS.behind(["area"]))


def test_applies_never_goes_round_in_circles():
    for fact in FACTS.values():
        if fact.applies is not None:
            assert fact.id not in FACTS.behind(facts_in(fact.applies))


BASE = "class: public, purpose: p, name: n, question: q?"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (f"a: {{kind: number, {BASE}}}", "1 number 'a' has no bounds"),
        (f"a: {{kind: numbr, {BASE}}}", "1 'numbr' is not a known kind"),
        (
            "a: {kind: text, name: n, class: public, purpose: p}",
            "1 this entry has no 'question'".replace("this entry", "fact 'a'"),
        ),
        (f"a: {{kind: code, list: tradez, {BASE}}}", "1 there is no list 'tradez'"),
        (f"a: {{kind: choice, {BASE}}}", "1 a choice needs 'choices'"),
        (f"a: {{kind: text, {BASE}, cost: 12}}", "1 'cost' lies outside 1 to 9"),
        (f"a: {{kind: number, min: 1, max: 9, bands: ['5-2'], {BASE}}}", "1 '5-2' is not a band"),
        (f"a: {{kind: text, {BASE}, colour: red}}", "1 fact 'a' has no key 'colour'"),
        (
            f"a: {{kind: yes_no, {BASE}, applies: {{b: yes}}}}\nb: {{kind: yes_no, {BASE}, applies: {{a: yes}}}}",
            "1 whether 'a' applies depends on itself",
        ),
        (f"a: {{kind: yes_no, {BASE}, applies: {{c: yes}}}}", "1 'c' is not a fact"),
        ("a: {kind: text, name: n, class: public, purpose: p, derive: {first_of: [z]}}", "1 'z' is not a fact"),
        (f"a: {{kind: number, min: 1, max: 9, must: {{min: ouder}}, {BASE}}}", "1 'min' does not say the number"),
    ],
)
def test_a_mistake_in_a_fact_is_told_at_its_place(text, finding):
    assert finding in reading(text)


def test_a_list_with_a_wrong_parent_is_reported():
    lists = "list: trades\nentries:\n  a: {label: A, in: a, parents: [b]}\n  b: {label: B, in: b, parents: [a]}\n"
    assert any("is its own parent" in finding for finding in reading("{}", lists))
    assert any(
        "'c' is not an entry of list 'trades'" in one
        for one in reading("{}", "list: trades\nentries:\n  a: {label: A, in: a, parents: [c]}")
    )


@pytest.mark.parametrize(
    ("fact", "value", "accepted"),
    [
        ("situation", "employee", True),
        ("situation", "boss", False),
        ("situation", 5, False),
        ("benefit", ("ww", "wia"), True),
        ("benefit", ("ww", "gone"), False),
        ("benefit", (), False),
        ("age", 52, True),
        ("age", (45, None), True),
        ("age", (None, None), True),
        ("age", "52", False),
        ("age", True, False),
        ("age", None, False),
        ("age", (1, 2, 3), False),
        ("place", "Ulft", True),
        ("place", 7, False),
        ("advice", ("anything",), True),
    ],
)
def test_a_stored_value_counts_only_while_the_fact_takes_it(fact, value, accepted):
    assert FACTS[fact].accepts(value) == accepted


def test_an_answer_that_an_editor_removed_is_asked_again():
    profile = KNOWLEDGE.profile(
        {"situation": Given("boss"), "age": Given("oud"), "gone": Given("x"), "goal": Given("teach")}
    )
    assert profile.state_of("situation") == "not_asked"
    assert profile.state_of("age") == "not_asked"
    assert profile.state_of("goal") == "given"
    assert profile.possible("age") == (12, 100)
