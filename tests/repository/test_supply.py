"""What the desk is made of: a bill of materials in the shape others read, and a licence for every part."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from bot.cli import main
from bot.supply import Part, bill, parts

ROOT = Path(__file__).resolve().parents[2]
MOMENT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
# The part of CycloneDX 1.6 that we write, in our own words.
LICENCES = {
    "type": "array", "minItems": 1, "maxItems": 1,
    "items": {"oneOf": [
        {"type": "object", "required": ["expression"], "additionalProperties": False,
         "properties": {"expression": {"type": "string", "minLength": 2}}},
        {"type": "object", "required": ["license"], "additionalProperties": False, "properties": {"license": {
            "type": "object", "required": ["name"], "properties": {"name": {"type": "string", "minLength": 2}}}}},
    ]},
}  # fmt: skip
COMPONENT = {
    "type": "object", "required": ["type", "name", "version", "bom-ref"], "additionalProperties": False,
    "properties": {
        "type": {"enum": ["application", "library"]}, "bom-ref": {"type": "string", "minLength": 1},
        "name": {"type": "string", "minLength": 1}, "version": {"type": "string", "minLength": 1},
        "description": {"type": "string"}, "purl": {"type": "string", "pattern": "^pkg:pypi/[a-z0-9-]+@[^@ ]+$"},
        "licenses": LICENCES,
    },
}  # fmt: skip
CYCLONEDX = {
    "type": "object", "additionalProperties": False,
    "required": ["bomFormat", "specVersion", "serialNumber", "version", "metadata", "components", "dependencies"],
    "properties": {
        "bomFormat": {"const": "CycloneDX"}, "specVersion": {"const": "1.6"}, "version": {"const": 1},
        "serialNumber": {"type": "string", "pattern": "^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
        "metadata": {"type": "object", "required": ["timestamp", "component"], "additionalProperties": False,
                     "properties": {"timestamp": {"type": "string", "format": "date-time"}, "component": COMPONENT}},
        "components": {"type": "array", "items": COMPONENT, "uniqueItems": True},
        "dependencies": {"type": "array", "uniqueItems": True, "items": {
            "type": "object", "required": ["ref", "dependsOn"], "additionalProperties": False,
            "properties": {"ref": {"type": "string"}, "dependsOn": {"type": "array", "items": {"type": "string"}}}}},
    },
}  # fmt: skip


def test_the_bill_of_materials_has_the_shape_of_cyclonedx_and_every_reference_leads_somewhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["sbom"]) == 0
    made = json.loads(capsys.readouterr().out)
    jsonschema.validate(made, CYCLONEDX)
    refs = [made["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in made["components"])]
    assert len(refs) == len(set(refs))
    assert {one["ref"] for one in made["dependencies"]} == set(refs)
    reached, queue = set(), [refs[0]]
    graph = {one["ref"]: one["dependsOn"] for one in made["dependencies"]}
    while queue:
        ref = queue.pop()
        if ref not in reached:
            reached.add(ref)
            queue += graph[ref]
    assert reached == set(refs), "nothing is listed that nobody needs"


def test_equal_installations_have_equal_bills() -> None:
    here = [Part("een", "1", "MIT", "", ()), Part("twee", "2", "BSD License of its own", "", ("een",))]
    assert bill(here, "1.0", MOMENT) == bill(here, "1.0", MOMENT)
    assert bill(here, "1.0", MOMENT)["serialNumber"] != bill(here, "1.1", MOMENT)["serialNumber"]
    said = [one["licenses"][0] for one in bill(here, "1.0", MOMENT)["components"]]
    assert said == [{"expression": "MIT"}, {"license": {"name": "BSD License of its own"}}]


def test_what_is_needed_counts_and_tools_of_developers_do_not() -> None:
    names = {one.name for one in parts()}
    assert {"pyyaml", "sqlalchemy", "greenlet", "cryptography", "cffi", "starlette", "anyio"} <= names
    assert not names & {"pytest", "mypy", "ruff", "hypothesis", "playwright", "pip", "ontwikkelloket"}


def test_the_list_of_licences_is_that_of_what_is_installed() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([a-z0-9-]+)` \| ([^|]+) \|$", page, re.MULTILINE))
    for one in parts():
        assert listed.get(one.name) == one.licence, (
            f"{one.name}: {one.licence}; paste the output of: loket sbom --licences"
        )
        assert one.licence, f"{one.name} says nothing about its licence"


def test_without_extras_there_are_few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.supply.EXTRAS", ())
    assert len(parts()) <= 45
