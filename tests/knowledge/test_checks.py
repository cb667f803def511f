"""`loket check` on the catalogue: each kind of mistake is found, and the shipped catalogue has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.catalogue import Catalogue
from knowledge.check_desk import check_desk
from knowledge.check_entries import check_names
from knowledge.check_examples import CriteriaChecks
from knowledge.check_facts import check_facts
from knowledge.checks import check_knowledge
from knowledge.content import Knowledge
from knowledge.criteria import Leaf, leaves
from knowledge.desk_file import Desk
from knowledge.problems import Problems
from knowledge.witness import Finder
from tests.knowledge.people import FACTS, GEOGRAPHY, KNOWLEDGE, TODAY, criteria

GOOD = """
id: test-scheme
kind: scheme
name: Testregeling
for: [employer]
summary: Hiermee betaalt u een plan voor uw mensen. U leert samen meer.
audience:
  situation: employer
  sector: technology
where: national
amount: [{value: 60, unit: percent}]
status: open
status_on: 2026-11-21
steps: [Maak een plan.]
url: https://www.example.nl/
sources: [{url: https://www.example.nl/, supports: alles, read_on: 2026-11-21}]
confidence: verified
checked_on: 2026-11-21
review_by: 2027-02-21
words: [testregeling]
en: {summary: This pays for a training plan., steps: [Make a plan.]}
examples:
  - {name: metaalbedrijf, given: {situation: employer, sector: metal}, verdict: fits}
  - {name: zorginstelling, given: {situation: employer, sector: care}, verdict: does_not_fit}
  - {name: werknemer, given: {situation: employee, sector: metal}, verdict: does_not_fit}
  - {name: branche onbekend, given: {situation: employer}, verdict: maybe, missing: [sector]}
"""


def checked(tmp_path: Path, text: str, today: date = TODAY, more: str = "") -> list[str]:
    """Findings about one entry in a pack of its own."""
    folder = tmp_path / "catalogue" / "scheme"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "test-scheme.yaml").write_text(text, encoding="utf-8")
    if more:
        (folder / "second-scheme.yaml").write_text(more, encoding="utf-8")
    (tmp_path / "desk.yaml").write_text("name: X\nextends: none\nlanguages: [nl, en]\n", encoding="utf-8")
    problems = Problems()
    knowledge = Knowledge.load(tmp_path, problems)
    check_knowledge(knowledge, today, problems)
    return [("warning: " if one.severity == "warning" else "") + one.message for one in problems.found]


def test_the_shipped_knowledge_has_no_errors():
    problems = Problems()
    knowledge = Knowledge.load(None, problems, cache=False)
    check_knowledge(knowledge, TODAY, problems)
    assert [one.render() for one in problems.errors] == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            "sector: metal}, verdict: fits",
            "sector: metal}, verdict: maybe",
            "example 'metaalbedrijf' expects maybe but gets fits",
        ),
        ("missing: [sector]", "missing: [age]", "example 'branche onbekend' expects missing [age] but gets [sector]"),
        ("given: {situation: employee,", "given: {situation: employe,", "'situation' has no value 'employe'"),
        (
            "sector: technology",
            "sector: technology\n  recognised_training_company: no",
            "example 'metaalbedrijf' expects fits but gets maybe",
        ),
        ("sector: technology", "company_size: {min: 0}", "this condition on 'company_size' always holds"),
        ("sector: technology", "age: {min: 45}", "nobody can ever get 'test-scheme'"),
        ("status_on: 2026-11-21", "status_on: 2027-11-21", "'status_on' of 'test-scheme' lies in the future"),
        ("status_on: 2026-11-21\n", "", "'test-scheme' does not say when its status was found"),
        ("status: open", "status: opens_on", "'test-scheme' opens, but not when"),
        ("status: open", "status: ended", "'test-scheme' ended, but not when or what came instead"),
        ("status: open", "status: ended\nended: {on: 2024, why: op}", "'test-scheme' has no successor"),
        (
            "status: open",
            "status: ended\nended: {on: 2024, why: op, successors: [nope]}",
            "'nope' in 'successors' of 'test-scheme' is not an entry",
        ),
        (
            "status: open",
            "status: ended\nended: {on: 2024, successors: [test-scheme], none: yes}",
            "'test-scheme' has successors and 'none: yes'",
        ),
        ("words:", "related: [nope]\nwords:", "'nope' in 'related' of 'test-scheme' is not an entry"),
        ("words:", "related: [test-scheme]\nwords:", "'test-scheme' names itself in 'related'"),
        (
            "status: open",
            (
                "windows: [{opens: 2027-03-01, closes: 2027-03-09}, {opens: 2027-01-01, closes: 2027-01-09}]\n"
                "status: open"
            ),
            "the windows of 'test-scheme' are not in order",
        ),
        (
            "status: open",
            (
                "windows: [{opens: 2027-03-01, closes: 2027-05-09}, {opens: 2027-04-01, closes: 2027-06-09}]\n"
                "status: open"
            ),
            "two windows of 'test-scheme' overlap",
        ),
        ("review_by: 2027-02-21", "review_by: 2026-11-01", "'review_by' of 'test-scheme' is not after 'checked_on'"),
        ("review_by: 2027-02-21\n", "", "'test-scheme' has no 'review_by'"),
        (
            "sources: [{url: https://www.example.nl/, supports: alles, read_on: 2026-11-21}]\n",
            "",
            "'test-scheme' names an amount without a source",
        ),
        (
            "url: https://www.example.nl/\n",
            "url: www.example.nl\n",
            "the link www.example.nl of 'test-scheme' does not start with https://",
        ),
        ("summary: Hiermee", "summary: " + "woord " * 46 + "Hiermee", "the summary of 'test-scheme' has 58 words"),
        ("voor uw mensen", "voor jouw mensen", "the summary of 'test-scheme' says 'jouw'"),
        ("steps: [Maak een plan.]\n", "", "'test-scheme' has nothing a visitor can do"),
        ("words: [testregeling]\n", "", "'test-scheme' cannot be found by other words"),
        ("for: [employer]\n", "", "'test-scheme' does not say for whom it is"),
        (
            "steps: [Make a plan.]",
            "steps: [Make a plan., Apply.]",
            "'test-scheme' has 1 steps in Dutch and 2 in English",
        ),
        ("en: {summary: This pays for a training plan., ", "en: {", "'test-scheme' has no English summary"),
    ],
)
def test_a_mistake_is_found(tmp_path, old, new, finding):
    assert old in GOOD
    assert finding in checked(tmp_path, GOOD.replace(old, new, 1))


def test_a_good_entry_has_no_findings(tmp_path):
    assert checked(tmp_path, GOOD) == []


def test_an_entry_past_its_review_date_is_a_warning(tmp_path):
    assert checked(tmp_path, GOOD, date(2027, 2, 22)) == [
        "warning: 'test-scheme' should have been read again by 2027-02-21"
    ]


def test_a_link_that_is_not_secure_is_a_warning(tmp_path):
    text = GOOD.replace("url: https://www.example.nl/\n", "url: http://www.example.nl/\n")
    assert checked(tmp_path, text) == ["warning: the link http://www.example.nl/ of 'test-scheme' is not secure"]


@pytest.mark.parametrize(
    ("example", "condition"),
    [("  - {name: zorginstelling", "sector"), ("  - {name: werknemer", "situation")],
)
def test_every_condition_needs_an_example_that_only_it_decides(tmp_path, example, condition):
    lines = [line for line in GOOD.splitlines() if not line.startswith(example)]
    if condition == "sector":
        lines = [line.replace("given: {situation: employer}", "given: {sector: metal}") for line in lines]
        lines = [line.replace("missing: [sector]", "missing: [situation]") for line in lines]
    findings = checked(tmp_path, "\n".join(lines) + "\n")
    assert f"no example depends on this condition on '{condition}'" in findings


def test_every_kind_of_outcome_needs_an_example(tmp_path):
    bare = GOOD.partition("examples:")[0]
    findings = checked(tmp_path, bare)
    assert "'test-scheme' has no example that expects fits" in findings
    assert "'test-scheme' has no example that expects does_not_fit" in findings
    assert "'test-scheme' has no example that expects maybe with its exact 'missing'" in findings


def test_a_name_or_alias_stands_for_one_entry(tmp_path):
    second = GOOD.replace("id: test-scheme", "id: second-scheme\naliases: [test-scheme]")
    findings = checked(tmp_path, GOOD, more=second)
    assert "alias 'test-scheme' of 'second-scheme' already means 'test-scheme'" in findings
    assert "'test-scheme' and 'second-scheme' have the same name" in findings


def test_every_successor_may_not_have_ended_too():
    first = KNOWLEDGE.catalogue["stap-budget"]
    problems = Problems()
    check_names(Catalogue([first, replace(first, id="copy", name="Ander", aliases=())]), problems)
    assert problems.found == []


def test_the_same_file_name_in_two_folders_is_found(tmp_path):
    other = tmp_path / "catalogue" / "fund"
    other.mkdir(parents=True)
    (other / "test-scheme.yaml").write_text(GOOD.replace("kind: scheme", "kind: fund"), encoding="utf-8")
    assert any("the same id stands in" in finding for finding in checked(tmp_path, GOOD))


def test_a_desk_opens_only_with_phone_hours_and_its_own_data():
    problems = Problems()
    check_desk(KNOWLEDGE, problems, deploy=True)
    assert {one.message for one in problems.found} == {
        "desk.yaml does not name a phone number",
        "desk.yaml is still the example",
    }
    problems = Problems()
    check_desk(KNOWLEDGE, problems, deploy=False)
    assert problems.found == []
    assert Desk().hours == {}


def test_two_choices_with_one_word_are_found(tmp_path):
    (tmp_path / "facts.yaml").write_text(
        "drink:\n  kind: choice\n  question: Wat drinkt u?\n  name: uw drank\n  why: Voor de bestelling.\n"
        "  class: public\n  purpose: Bestellen.\n  choices:\n"
        "    tea: {label: Thee, because: u thee drinkt, says: U drinkt thee, words: [warm]}\n"
        "    coffee: {label: Koffie, because: u koffie drinkt, says: U drinkt koffie, words: [warm]}\n",
        encoding="utf-8",
    )
    problems = Problems()
    check_facts(Knowledge.load(tmp_path, problems, cache=False), problems)
    assert [one.message for one in problems.found] == ["'warm' means both 'tea' and 'coffee' in fact 'drink'"]


# ── witnesses ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "{situation: employer, company_size: {min: 10, below: 50}, recognised_training_company: yes}",
        "{area: {in: [region:achterhoek]}, age: {above: 44}}",
        "{benefit: {all: [ww, wia]}, not: {education: [hbo, wo]}}",
        "{annual_turnover: {above: 50000000}, balance_total: {max: 43000000}}",
        "{age: {state: declined}, goal: diploma}",
        "{field: metal, human: UWV beslist.}",
    ],
)
def test_a_witness_is_somebody_for_whom_it_holds(text):
    criterion = criteria(text)
    finder = Finder(FACTS, GEOGRAPHY)
    yes, no = finder.holds(criterion), finder.fails(criterion)
    assert yes is not None
    assert criterion.level(KNOWLEDGE.profile(yes)) >= 2
    assert no is not None
    assert criterion.level(KNOWLEDGE.profile(no)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "{situation: employer, age: {min: 45}}",  # age is not asked of employers
        "{contract: agency, not: {situation: employee}}",
        "all: [{age: {min: 60}}, {age: {below: 50}}]",
        "{company_size: {below: 50}, annual_turnover: {max: 50000000}}",
        "{sector: metal, not: {sector: technology}}",
        "all: [{area: {in: [province:gelderland]}}, {area: {in: [region:rijnmond]}}]",
    ],
)
def test_what_excludes_itself_has_no_witness(text):
    assert Finder(FACTS, GEOGRAPHY).holds(criteria(text)) is None


def test_every_shipped_entry_can_be_reached_by_somebody():
    checks = CriteriaChecks(FACTS, GEOGRAPHY, Problems())
    for entry in KNOWLEDGE.catalogue.values():
        witness = checks.witness(entry)
        assert witness is not None, entry.id
        assert entry.criterion.level(KNOWLEDGE.profile(witness)) >= 2, entry.id


def test_leaves_are_found_in_the_order_written():
    found = list(leaves(criteria("{situation: employee, any: [{age: {min: 45}}, {not: {goal: diploma}}]}")))
    assert [leaf.fact for leaf in found] == ["situation", "age", "goal"]
    assert all(isinstance(leaf, Leaf) for leaf in found)
