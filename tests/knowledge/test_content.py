"""Loading: the shipped knowledge, a region's pack over it, and what happens when a file is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.content import SHIPPED, Knowledge
from knowledge.desk_file import Desk, read_desk
from knowledge.given import read_given
from knowledge.problems import ContentInvalid, Problems
from knowledge.source import read_text
from tests.knowledge.people import FACTS, GEOGRAPHY, KNOWLEDGE, TODAY, person
from tests.knowledge.test_catalogue import WHOLE


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "catalogue" / "scheme").mkdir(parents=True)
    write(tmp_path, "desk.yaml", "name: Loket Achterhoek\nregions: [region:achterhoek]\n")
    return tmp_path


def write(pack: Path, name: str, text: str) -> None:
    (pack / name).parent.mkdir(parents=True, exist_ok=True)
    (pack / name).write_text(text, encoding="utf-8")


def load(pack: Path) -> tuple[Knowledge, list[str]]:
    problems = Problems()
    knowledge = Knowledge.load(pack, problems)
    _ = knowledge.catalogue
    return knowledge, [f"{Path(p.place.file).name}:{p.place.line} {p.message}" for p in problems.found]


def test_a_pack_adds_an_entry_and_its_own_desk(pack):
    write(pack, "catalogue/scheme/example-scheme.yaml", WHOLE)
    knowledge, findings = load(pack)
    assert findings == []
    assert knowledge.desk.name == "Loket Achterhoek"
    assert len(knowledge.catalogue) == len(KNOWLEDGE.catalogue) + 1
    visitor = knowledge.profile(read_given({"situation": "employer", "place": "Ulft"}, knowledge.facts, GEOGRAPHY)[0])
    assert knowledge.matcher.one("old-scheme", visitor, TODAY).verdict == "maybe"


def test_a_pack_file_replaces_the_shipped_file_of_that_id(pack):
    shipped = KNOWLEDGE.catalogue.of_kind("desk")[0]
    text = WHOLE.replace("id: example-scheme", f"id: {shipped.id}").replace("kind: scheme", "kind: desk")
    write(pack, f"catalogue/desk/{shipped.id}.yaml", text)
    knowledge, findings = load(pack)
    assert findings == []
    assert knowledge.catalogue[shipped.id].name == "Voorbeeldregeling"
    assert len(knowledge.catalogue) == len(KNOWLEDGE.catalogue)


def test_a_pack_hides_entries(pack):
    shipped = KNOWLEDGE.catalogue.of_kind("desk")[0]
    write(pack, "desk.yaml", f"name: X\nhide: [{shipped.id}]\n")
    knowledge, findings = load(pack)
    assert (findings, shipped.id in knowledge.catalogue) == ([], False)


def test_a_pack_can_start_empty_and_still_speak_of_the_shipped_facts(pack):
    write(pack, "desk.yaml", "name: X\nextends: none\n")
    write(pack, "catalogue/scheme/example-scheme.yaml", WHOLE)
    knowledge, findings = load(pack)
    assert findings == []
    assert list(knowledge.catalogue) == ["example-scheme"]
    assert "situation" in knowledge.facts


def test_a_pack_adds_a_fact_and_a_word_to_a_list(pack):
    write(
        pack,
        "facts.yaml",
        "has_bike:\n  kind: yes_no\n  question: Hebt u een fiets?\n  name: of u een fiets hebt\n  class: public\n"
        "  purpose: Reizen.\n",
    )
    write(
        pack,
        "lists/more.yaml",
        "list: sectors\nentries:\n  bikes: {label: Fietsen, in: de fietsen, parents: [retail]}\n",
    )
    knowledge, findings = load(pack)
    assert findings == []
    assert "has_bike" in knowledge.facts
    assert "bikes" in knowledge.lists["sectors"].descendants["retail"]


def test_everything_wrong_with_a_pack_is_told_at_once_and_nothing_is_served(pack):
    write(pack, "catalogue/scheme/example-scheme.yaml", WHOLE.replace("kind: scheme", "kind: x"))
    write(pack, "catalogue/scheme/broken.yaml", "id: [")
    write(pack, "facts.yaml", "a: {kind: x}")
    knowledge, findings = load(pack)
    assert {finding.partition(":")[0] for finding in findings} == {"example-scheme.yaml", "broken.yaml", "facts.yaml"}
    with pytest.raises(ContentInvalid):
        Knowledge.load(pack)
    with pytest.raises(ContentInvalid, match="never closed"):
        knowledge.require_catalogue()


def test_a_folder_that_is_not_there_is_reported(tmp_path):
    with pytest.raises(ContentInvalid, match="is not a folder"):
        Knowledge.load(tmp_path / "nowhere")


def test_the_fingerprint_follows_the_files(pack):
    before = load(pack)[0].fingerprint
    assert load(pack)[0].fingerprint == before
    assert before != KNOWLEDGE.fingerprint
    write(pack, "catalogue/scheme/example-scheme.yaml", WHOLE)
    assert load(pack)[0].fingerprint != before


def test_loading_reads_no_catalogue_and_no_geography_before_they_are_used():
    knowledge = Knowledge.load()
    assert "catalogue" not in vars(knowledge)
    assert "matcher" not in vars(knowledge)


# ── the desk ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_shipped_desk_is_an_example_that_serves_everybody():
    desk = KNOWLEDGE.desk
    assert desk.example
    assert desk.serves(GEOGRAPHY, GEOGRAPHY.find("Ulft").spot) is True
    assert [len(desk.hours[day]) for day in range(5)] == [1] * 5
    assert 5 not in desk.hours
    assert desk.languages == ("nl", "en")
    assert desk.team_for("employer").id == "business"
    assert desk.may_carry("telegram", "personal")
    assert not desk.may_carry("telegram", "special")


def test_a_regional_desk_knows_whom_it_serves(pack):
    desk = load(pack)[0].desk
    assert desk.serves(GEOGRAPHY, GEOGRAPHY.find("Ulft").spot) is True
    assert desk.serves(GEOGRAPHY, GEOGRAPHY.find("Almere").spot) is False
    assert desk.serves(GEOGRAPHY, GEOGRAPHY.find("provincie Gelderland").spot) is None


def test_a_desk_without_teams_has_no_team():
    assert Desk().team_for("employee") is None


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("regions: [region:achterhok]", "desk.yaml:2 'region:achterhok' is not an area"),
        ("hours: {mon: '9:00-17:00'}", "desk.yaml:2 'mon' is not a day"),
        ("hours: {monday: '17:00-9:00'}", "desk.yaml:2 '17:00-9:00' is not a time"),
        ("frame_ancestors: ['https://a.nl; x']", "desk.yaml:2 'https://a.nl; x' is not the address of a website"),
        ("closed_on: [kerst]", "desk.yaml:2 'kerst' is not a date"),
        ("retention: {outbx: 7}", "desk.yaml:2 'retention' has no key 'outbx'"),
        ("retention: {special: 31}", "desk.yaml:2 'special' cannot be 31 days"),
        ("retention: {audit: 10}", "desk.yaml:2 'audit' cannot be 10 days"),
        ("retention: {outbox: veel}", "desk.yaml:2 'outbox' must be a whole number"),
        (
            "retention: {case_personal: 20, case_sensitive: 60}",
            "desk.yaml:2 'case_sensitive' (60 days) would outlive 'case_personal' (20 days)",
        ),
        ("channels: {speciaal: [web]}", "desk.yaml:2 'speciaal' is not a class of data"),
        ("channels: {special: [web, telegramm]}", "desk.yaml:2 'telegramm' is not a channel"),
        ("teams: {a: {naam: x}}", "desk.yaml:2 team 'a' has no 'name'"),
        ("form: jij", "desk.yaml:2 'jij' is not a known form"),
        ("phone_nr: 1", "desk.yaml:2 desk.yaml has no key 'phone_nr'"),
    ],
)
def test_a_mistake_in_the_desk_is_told(text, finding):
    problems = Problems()
    read_desk(read_text(f"name: X\n{text}\n", "desk.yaml", problems), GEOGRAPHY, problems)
    assert finding in [f"{one.place.file}:{one.place.line} {one.message}" for one in problems.found]


def test_periods_a_desk_does_not_name_are_the_usual_ones_and_never_outlive_what_it_does_name():
    problems = Problems()
    desk = read_desk(read_text("name: X\nretention: {case_personal: 20}\n", "desk.yaml", problems), GEOGRAPHY, problems)
    assert not problems
    assert desk.retention["intake_unfinished"] == 14
    assert [desk.retention[one] for one in ("case_personal", "case_sensitive", "special", "chat_after_case")] == [
        20
    ] * 4
    assert Desk().retention["audit"] == 730


def test_a_period_out_of_bounds_is_shown_where_it_stands():
    problems = Problems()
    read_desk(read_text("name: X\nretention:\n  special: 300\n", "desk.yaml", problems), GEOGRAPHY, problems)
    (found,) = problems.found
    assert (found.place.line, found.place.column) == (3, 12)
    assert found.proposal == "Write a number from 1 to 30; 30 is usual."


# ── the glossary ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_word_is_explained_in_two_languages():
    glossary = KNOWLEDGE.glossary
    assert len(glossary) >= 40
    for term in glossary.values():
        assert term.text("nl")
        assert term.text("en") != term.text("nl")
        assert len(term.meaning.split()) <= 45
        for name in term.related:
            assert name in KNOWLEDGE.catalogue, (term.id, name)


@pytest.mark.parametrize(("word", "term"), [("BBL", "bbl"), ("stap-budget", "stap"), ("O&O-fonds", "oo_fonds")])
def test_a_word_is_found_in_any_case(word, term):
    assert KNOWLEDGE.glossary.find(word).id == term


def test_an_unknown_word_is_not_explained():
    assert KNOWLEDGE.glossary.find("fiets") is None


# ── given answers ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "fact", "value"),
    [
        ({"company_size": "10-49"}, "company_size", (10, 49)),
        ({"company_size": [None, 49]}, "company_size", (None, 49)),
        ({"company_size": {"min": 250}}, "company_size", (250, None)),
        ({"age": "52"}, "age", 52),
        ({"annual_turnover": "1.200.000"}, "annual_turnover", 1_200_000),
        ({"shift_work": True}, "shift_work", "yes"),
        ({"benefit": "ww"}, "benefit", ("ww",)),
        ({"situation": "Ik zoek werk"}, "situation", "job_seeker"),
        ({"place": "6814 AB"}, "place", "Arnhem"),
        ({"situation": "employer", "place": "Tiel"}, "company_place", "Tiel"),
        ({"situation": "school", "place": "Ulft"}, "school_place", "Ulft"),
    ],
)
def test_plain_values_become_answers(raw, fact, value):
    answers, complaints = read_given(raw, FACTS, GEOGRAPHY)
    assert complaints == []
    assert answers[fact].value == value


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ({"agee": 5}, "agee: is not a fact. Did you mean 'age'?"),
        ({"age": 230}, "age: lies outside 12 to 100. Check the number."),
        ({"age": "oud"}, "age: is not a number: 'oud'. Write a number, such as 12, or a band: 10-49."),
        ({"age": True}, "age: is not a number. Write a number, such as 12."),
        ({"age": float("nan")}, "age: is not a number. Write a number, such as 12."),
        (
            {"company_size": "49-10"},
            ("company_size: is a band that ends before it begins. Write the lowest number first: 10-49."),
        ),
        (
            {"situation": "boss"},
            (
                "situation: has no value 'boss'. Use one of: job_seeker, employee, self_employed, "
                "employer, school, intermediary."
            ),
        ),
        ({"benefit": ["none", "ww"]}, "benefit: has 'none' beside other values. Keep one of the two."),
        ({"benefit": []}, "benefit: has an empty list. Choose at least one."),
        (
            {"place": "Hengelo"},
            ("place: names several places: 'Hengelo'. Write one of: 'Hengelo (Gld)', 'Hengelo (O.)'."),
        ),
        ({"place": "Xyzzystad"}, "place: is not a known place: 'Xyzzystad'"),
        ({"area": "Ulft"}, "area: follows from other facts. Give place, company_place, school_place instead."),
        (
            {"age": {"x": 1}},
            ("age: has a mapping that is no answer. Write a value, or {state: …} with dont_know, declined, not_asked."),
        ),
    ],
)
def test_what_cannot_be_read_is_complained_about(raw, complaint):
    answers, complaints = read_given(raw, FACTS, GEOGRAPHY)
    assert [str(one) for one in complaints] == [complaint]
    assert not answers


def test_not_knowing_can_be_given():
    answers, _ = read_given({"age": {"state": "dont_know"}, "sector": "declined", "cao": None}, FACTS, GEOGRAPHY)
    assert {name: answer.status for name, answer in answers.items()} == {"age": "dont_know", "sector": "declined"}
    assert person(situation="employee", age={"state": "declined"}).state_of("age") == "declined"


def test_the_shipped_folder_is_where_the_code_is():
    assert (SHIPPED / "facts.yaml").is_file()


def test_a_finding_in_a_file_that_was_read_before_still_names_its_line(pack):
    write(pack, "catalogue/scheme/example-scheme.yaml", WHOLE.replace("status: closed", "status: shut"))
    first, again = load(pack)[1], load(pack)[1]
    assert first == again == ["example-scheme.yaml:22 'shut' is not a known status"]
