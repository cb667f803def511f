"""Editors' tools: picture, script, schema, difference, ids; and the check on what ships."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from flows.check import check_flows
from flows.content import DEFINITIONS, Content, flow_files
from flows.content import HERE as FLOWS
from flows.diff import compare
from flows.drawing import mermaid
from flows.fixing import fix
from flows.proof import prove
from flows.schema import schema_of
from flows.script import script
from flows.texts import texts
from knowledge.content import SHIPPED
from knowledge.problems import ContentInvalid, Problems
from knowledge.source import read_file
from tests.flows.conftest import NOVEMBER

FLOW_FILES = sorted(DEFINITIONS.glob("*.yaml"))
TODAY = date(2026, 11, 21)


def test_nothing_is_wrong_with_the_shipped_flows(content: Content) -> None:
    problems = Problems()
    fresh = Content.build(content.knowledge, flow_files(None), [FLOWS / "i18n"], problems)
    report = check_flows(fresh, NOVEMBER, problems)
    assert [problem.render() for problem in report.errors] == []
    assert report.proof is not None
    assert "Proven for every visitor" in report.render()


def test_everybody_has_a_concrete_step_in_time(content: Content) -> None:
    for visit in prove(content).endings:
        assert visit.first_step is not None
        situation = visit.assigned.get("situation")
        assert visit.first_step[0] <= (5 if situation is not None and situation.value == "employer" else 4)
        assert visit.certain


@pytest.mark.parametrize("path", FLOW_FILES, ids=lambda path: path.stem)
def test_every_flow_can_be_drawn_and_read(path: Path, content: Content) -> None:
    drawn = mermaid(content, path.stem)
    assert drawn.startswith("flowchart TD")
    assert drawn.count('"') % 2 == 0
    told = script(content, path.stem)
    assert content.flows[path.stem].title in told
    assert "None" not in told


def typed(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FLOW_FILES, ids=lambda path: path.stem)
def test_every_shipped_flow_follows_the_schema(path: Path) -> None:
    jsonschema.validate(typed(path), schema_of("flow"))


def test_the_schema_refuses_what_is_not_a_step() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"flow": "x", "title": "X", "steps": [{"sy": "hallo"}]}, schema_of("flow"))


def plain(path: Path) -> Any:
    """As the strict reader sees it: every value is text, and `on` is a word."""
    node = read_file(path, path.name, Problems())
    assert node is not None
    return node.plain()


def test_facts_desk_and_entries_follow_their_schema() -> None:
    jsonschema.validate(plain(SHIPPED / "facts.yaml"), schema_of("facts"))
    jsonschema.validate(plain(SHIPPED / "desk.yaml"), schema_of("desk"))
    validator = jsonschema.Draft202012Validator(schema_of("entry"))
    for path in sorted((SHIPPED / "catalogue").rglob("*.yaml")):
        faults = [fault.message for fault in validator.iter_errors(plain(path))]
        assert faults == [], path


def changed(tmp_path: Path, name: str, old: str, new: str) -> Content:
    """Shipped content with one flow changed."""
    (tmp_path / "flows").mkdir()
    text = (DEFINITIONS / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "flows" / name).write_text(text.replace(old, new), encoding="utf-8")
    found = Content.read(tmp_path, Problems())
    assert found is not None
    return found


def test_the_same_content_differs_in_nothing(content: Content) -> None:
    assert compare(content, content, TODAY).render() == "Nothing changes for visitors."


def test_a_question_more_is_told_per_kind_of_visitor(content: Content, tmp_path: Path) -> None:
    other = changed(tmp_path, "school.yaml", "[school_goal, school_kind, school_place]", "[school_goal, school_place]")
    told = compare(content, other, TODAY).render()
    assert "school: now asked situation, school_goal, school_place" in told


def test_a_name_a_choice_and_what_an_entry_says_are_told(content: Content, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    (pack / "catalogue").mkdir(parents=True)
    desk = (SHIPPED / "desk.yaml").read_text(encoding="utf-8")
    (pack / "desk.yaml").write_text(desk.replace(f"name: {content.knowledge.desk.name}", "name: Loket Ander"))
    facts = (SHIPPED / "facts.yaml").read_text(encoding="utf-8")
    line = next(one for one in facts.splitlines() if one.startswith("    teach: {label"))
    (pack / "facts.yaml").write_text(facts.replace(f"{line}\n", ""), encoding="utf-8")
    entry = (SHIPPED / "catalogue" / "service" / "nat-duo.yaml").read_text(encoding="utf-8")
    (pack / "catalogue" / "nat-duo.yaml").write_text(entry.replace("duo.nl", "www.duo.nl"), encoding="utf-8")
    other = Content.read(pack, Problems())
    assert other is not None
    told = compare(content, other, TODAY).render()
    assert "-> Loket Ander" in told
    assert "no longer an answer: teach" in told
    assert "nat-duo: " in told


def test_the_same_words_in_another_file_are_no_change(content: Content, tmp_path: Path) -> None:
    (tmp_path / "catalogue").mkdir()
    shutil.copy(SHIPPED / "facts.yaml", tmp_path / "facts.yaml")
    shutil.copy(SHIPPED / "catalogue" / "service" / "nat-duo.yaml", tmp_path / "catalogue" / "nat-duo.yaml")
    other = Content.read(tmp_path, Problems())
    assert other is not None
    assert compare(content, other, TODAY).render() == "Nothing changes for visitors."


def test_a_changed_sentence_is_told(content: Content, tmp_path: Path) -> None:
    other = changed(tmp_path, "employer.yaml", "Goed dat u in uw mensen investeert.", "Fijn dat u er bent.")
    assert "Fijn dat u er bent." in compare(content, other, TODAY).render()


def test_fix_writes_the_missing_ids_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    shutil.copy(SHIPPED / "desk.yaml", tmp_path / "desk.yaml")
    path = tmp_path / "flows" / "school.yaml"
    path.write_text(
        "flow: school\ntitle: School\nsteps:\n  - say: >-\n      Goed dat u belt.\n  - when: {situation: school}\n"
        "    say: Wij helpen.\n  - ask: school_goal\n",
        encoding="utf-8",
    )
    assert len(fix(tmp_path)) == 2
    written = path.read_text(encoding="utf-8")
    assert "    id: say-goed-dat-u-belt\n" in written
    assert "    id: say-wij-helpen\n" in written
    assert fix(tmp_path) == []


def test_every_text_has_an_english_one(content: Content) -> None:
    english = content.translations.messages("en")
    assert [text.key for text in texts(content) if text.key not in english or not english[text.key].text] == []


def test_a_broken_flow_serves_nothing_and_says_everything(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "school.yaml").write_text("flow: school\ntitle: S\nsteps:\n  - ask: schol\n  - sy: x\n")
    with pytest.raises(ContentInvalid) as raised:
        Content.load(tmp_path)
    assert len(raised.value.problems) == 2
