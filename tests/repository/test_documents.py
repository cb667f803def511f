"""Documentation that fails when it lies."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bot.cli import parser
from bot.documents import documents
from bot.settings import Settings, name_of

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")])


def test_pages_made_from_the_content_are_up_to_date() -> None:
    for path, text in documents(DOCS).items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is out of date; run: make documents"


@pytest.mark.parametrize("setting", [one.name for one in fields(Settings)])
def test_every_setting_is_explained_to_operators(setting: str) -> None:
    assert f"`{name_of(setting)}`" in (DOCS / "operators.md").read_text(encoding="utf-8")


def commands() -> set[str]:
    [choices] = [action.choices for action in parser()._actions if action.dest == "command"]
    return set(choices)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_named_in_a_page_exists(page: Path) -> None:
    for named in re.findall(r"(?:^|`|\$ )loket ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE):
        assert named in commands(), f"{page.name}: loket {named}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_setting_named_in_a_page_exists(page: Path) -> None:
    known = {name_of(one.name) for one in fields(Settings)} | {"LOKET_CACHE", "LOKET_TEST_DATABASE_URL"}
    for named in re.findall(r"\bLOKET_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8")):
        assert named in known, f"{page.name}: {named}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_dependency_has_its_reason() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    page = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    for requirement in project["dependencies"]:
        name = re.split(r"[\[<>=~! ]", requirement, maxsplit=1)[0]
        assert f"`{name}`" in page, name
