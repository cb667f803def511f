"""Entries: everything in the schema is read, and every mistake of one file is told at once."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path

import pytest

from knowledge.catalogue import read_catalogue
from knowledge.check_entries import link_fault
from knowledge.content import Knowledge
from knowledge.entry_reading import read_entry
from knowledge.parsed import cache_folder, read_files
from knowledge.problems import Problems
from knowledge.source import read_text
from tests.knowledge.people import FACTS, GEOGRAPHY, KNOWLEDGE, person

WHOLE = """
id: example-scheme
aliases: [old-scheme]
kind: scheme
name: Voorbeeldregeling
for: [employer]
summary: Hiermee betaalt u een plan.
audience:
  situation: employer
  company_size: {below: 250}
  human: UWV beslist.
where: [region:achterhoek]
sectors: [technology]
amount:
  - {value: 60, unit: percent, of: kosten, condition: sinds 2025, confidence: likely, maximum: 24.999, per: aanvraag}
example: Uw plan kost 6.000 euro.
pays_not: Gewone cursussen niet.
windows:
  - {opens: 2027-03-01 09:00, closes: 2027-03-31 17:00, provisional: yes}
  - {pattern: ieder jaar maart}
budget: {ceiling: 1000000, spent: 5, measured_on: 2026-11-01, rule: lottery, exhausted: no}
status: closed
status_on: 2026-11-21
steps: [Maak een plan., Vraag aan.]
documents: [offerte]
operator: Uitvoering
contact: {name: Loket, phone: 0800 1234, confidence: likely}
url: https://www.example.nl/regeling
url_confidence: verified
sources: [{url: https://www.example.nl/regeling, supports: alles, read_on: 2026-11-21}]
confidence: verified
checked_on: 2026-11-21
review_by: 2027-02-21
words: [voorbeeld]
questions: [Wat is dit?]
related: [slim-regeling-mkb]
facts: {locations: [Terborg], nearest: yes}
en: {name: Example scheme, summary: This pays for a plan., steps: [Make a plan., Apply.], human: [UWV decides.]}
examples:
  - {name: bakker, given: {situation: employer, company_size: 6, place: Ulft}, verdict: coach_decides}
  - {name: groot, given: {situation: employer, company_size: 600}, verdict: does_not_fit, missing: []}
"""


def reading(text: str, stem: str = "example-scheme", kind: str = "scheme"):
    problems = Problems()
    node = read_text(text, "e.yaml", problems)
    entry = read_entry(node, stem, kind, FACTS, GEOGRAPHY, problems)
    return entry, [f"{p.place.line}:{p.place.column} {p.message}" for p in problems.found]


def test_a_whole_entry_is_read():
    entry, findings = reading(WHOLE)
    assert findings == []
    assert (entry.id, entry.kind, entry.aliases, entry.where) == (
        "example-scheme", "scheme", ("old-scheme",), ("region:achterhoek",),
    )  # fmt: skip
    assert (entry.amounts[0].value, entry.amounts[0].maximum, entry.amounts[0].confidence) == (60, 24999, "likely")
    assert entry.windows[0].opens == datetime.fromisoformat("2027-03-01 09:00")
    assert (entry.windows[0].last_day, entry.windows[1].pattern) == (date(2027, 3, 31), "ieder jaar maart")
    assert (entry.budget.rule, entry.budget.measured_on) == ("lottery", date(2026, 11, 1))
    assert (entry.first_step, entry.first_step_in("en")) == ("Maak een plan.", "Make a plan.")
    assert (entry.text("summary", "en"), entry.text("operator", "en")) == ("This pays for a plan.", "Uitvoering")
    assert (entry.facts["locations"], entry.examples[1].missing) == (["Terborg"], ())


def test_where_and_for_count_unless_the_audience_speaks_of_them():
    entry, _ = reading(WHOLE)
    assert entry.criterion.level(person(situation="employer", company_size=6, place="Ulft")) == 2
    assert entry.criterion.level(person(situation="employer", company_size=6, place="Almere")) == 0
    silent, _ = reading(WHOLE.replace("  situation: employer\n  company", "  company"))
    assert silent.criterion.level(person(situation="employee", place="Ulft")) == 0
    own, _ = reading(WHOLE.replace("  situation: employer\n  company", "  area: {in: [province:flevoland]}\n  company"))
    assert own.criterion.level(person(situation="employer", company_size=6, place="Almere")) == 2


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("id: example-scheme", "id: other", "2:5 id 'other' is not the file name 'example-scheme'"),
        ("kind: scheme", "kind: shceme", "4:7 'shceme' is not a known kind"),
        ("kind: scheme", "kind: fund", "4:7 kind 'fund' stands in folder 'scheme'"),
        ("for: [employer]", "for: [boss]", "6:7 'boss' is not a known value of 'for'"),
        ("sectors: [technology]", "sectors: [techniek]", "13:11 'techniek' is not a known value of 'sectors'"),
        ("where: [region:achterhoek]", "where: [region:achterhok]", "12:9 there is no region 'achterhok'"),
        ("status: closed", "status: shut", "22:9 'shut' is not a known status"),
        ("status_on: 2026-11-21", "status_on: gisteren", "23:12 'status_on' must be a date like 2026-03-01"),
        (
            "opens: 2027-03-01 09:00",
            "opens: 1 maart",
            "19:13 'opens' must be a date like 2027-03-01, or with a time: 2027-03-01 09:00",
        ),
        ("closes: 2027-03-31 17:00", "closes: 2027-02-28", "19:5 this window closes before it opens"),
        ("value: 60, unit: percent", "value: zestig, unit: percent", "15:13 'value' must be a number"),
        ("confidence: verified\nchecked", "confidence: zeker\nchecked", "31:13 'zeker' is not a known confidence"),
        ("words: [voorbeeld]", "word: [voorbeeld]", "34:1 this entry has no key 'word'"),
        ("verdict: coach_decides", "verdict: yes", "40:89 'yes' is not a known verdict"),
        ("budget: {ceiling: 1000000", "budget: {celing: 1000000", "21:10 'budget' has no key 'celing'"),
        (
            "sources: [{url: https://www.example.nl/regeling, ",
            "sources: [{",
            "30:11 a source without 'url' or 'document'",
        ),
    ],
)
def test_a_mistake_is_told_at_its_place(old, new, finding):
    assert old in WHOLE
    assert finding in reading(WHOLE.replace(old, new, 1))[1]


def test_all_mistakes_of_a_file_come_at_once():
    text = WHOLE.replace("kind: scheme", "kind: x").replace("status: closed", "status: x").replace("below", "belw")
    assert len(reading(text)[1]) >= 3


# ── the catalogue as shipped ───────────────────────────────────────────────────────────────────────────────────────


def test_the_shipped_catalogue_reads_without_a_finding():
    problems = Problems()
    catalogue = Knowledge.load(None, problems).catalogue
    assert [problem.render() for problem in problems.found] == []
    assert len(catalogue) >= 300


def test_an_alias_leads_to_its_entry():
    catalogue = KNOWLEDGE.catalogue
    entry = next(entry for entry in catalogue.values() if entry.aliases)
    assert catalogue[entry.aliases[0]] is entry
    assert catalogue.resolve(entry.aliases[0]) is entry
    assert entry.aliases[0] in catalogue
    assert catalogue.resolve("no-such-thing") is None


def test_kinds_are_found_in_a_stable_order():
    desks = KNOWLEDGE.catalogue.of_kind("desk")
    assert len(desks) >= 35
    assert [desk.id for desk in desks] == sorted(desk.id for desk in desks)


# ── the reading cache ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOKET_CACHE", str(tmp_path / "cache"))
    (tmp_path / "a.yaml").write_text("a: [1, {b: two}]", encoding="utf-8")
    return tmp_path


def test_an_unchanged_file_comes_from_the_cache_and_a_changed_one_is_read_again(folder):
    files = {"a.yaml": folder / "a.yaml"}
    first = read_files(files, Problems())["a.yaml"].plain()
    kept = next((folder / "cache").iterdir())
    content = json.loads(kept.read_text(encoding="utf-8"))
    content[str(folder / "a.yaml")][2] = {"from": "cache"}
    kept.write_text(json.dumps(content), encoding="utf-8")
    assert read_files(files, Problems())["a.yaml"].plain() == {"from": "cache"}
    assert read_files(files, Problems(), cache=False)["a.yaml"].plain() == first
    (folder / "a.yaml").write_text("a: 2 and more", encoding="utf-8")
    assert read_files(files, Problems())["a.yaml"].plain() == {"a": "2 and more"}


@pytest.mark.parametrize("content", ["", "[1]", "{", '{"x": 5}', "null", '{"PATH": [1, 2]}'])
def test_a_damaged_cache_is_ignored(folder, content):
    files = {"a.yaml": folder / "a.yaml"}
    read_files(files, Problems())
    kept = next((folder / "cache").iterdir())
    kept.write_text(content.replace("PATH", str(folder / "a.yaml")), encoding="utf-8")
    assert read_files(files, Problems())["a.yaml"].plain() == {"a": ["1", {"b": "two"}]}


def test_a_file_with_findings_is_never_kept(folder):
    (folder / "a.yaml").write_text("a: 1\na: 2", encoding="utf-8")
    for _ in range(2):
        problems = Problems()
        read_files({"a.yaml": folder / "a.yaml"}, problems)
        assert len(problems.found) == 1


def test_without_a_writable_cache_reading_still_works(folder, monkeypatch):
    monkeypatch.setenv("LOKET_CACHE", str(folder / "a.yaml" / "below-a-file"))
    assert read_files({"a.yaml": folder / "a.yaml"}, Problems())["a.yaml"].plain()
    monkeypatch.setenv("LOKET_CACHE", "off")
    assert cache_folder() is None
    monkeypatch.delenv("LOKET_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(folder))
    assert cache_folder() == folder / "ontwikkelloket"


def test_a_later_file_replaces_an_earlier_one_and_hidden_ones_stay_out(tmp_path):
    for place, name in (("one", "Een"), ("two", "Twee")):
        (tmp_path / place / "scheme").mkdir(parents=True)
        text = WHOLE.replace("Voorbeeldregeling", name)
        (tmp_path / place / "scheme" / "example-scheme.yaml").write_text(text, encoding="utf-8")
    files = {f"{place}/e": tmp_path / place / "scheme" / "example-scheme.yaml" for place in ("one", "two")}
    assert read_catalogue(files, FACTS, GEOGRAPHY, Problems(), cache=False)["example-scheme"].name == "Twee"
    assert not read_catalogue(files, FACTS, GEOGRAPHY, Problems(), hide=["example-scheme"], cache=False)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://www.uwv.nl/nl/werk?x=1", ""),
        ("http://www.uwv.nl", ""),
        ("www.uwv.nl", "does not start with https://"),
        ("https://uwv", "has no site name"),
        ("https://www.uwv.nl/een twee", "holds a character that links do not have"),
        ("https://iemand@uwv.nl", "holds a user name"),
        ("https://uwv.nl:8443/", "names a port"),
        ("javascript:alert(1)", "does not start with https://"),
        ("https://[::1", "is not a link"),
    ],
)
def test_links_are_well_formed(url, fault):
    assert link_fault(url) == fault
