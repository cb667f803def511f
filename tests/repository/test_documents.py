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
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


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
    of_tests = {
        name for path in (ROOT / "tests").rglob("*.py") for name in re.findall(r'"(LOKET_[A-Z_]+)"', path.read_text())
    }
    known = {name_of(one.name) for one in fields(Settings)} | {"LOKET_CACHE"} | of_tests
    for named in re.findall(r"\bLOKET_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8")):
        assert named in known, f"{page.name}: {named}"


def consoles(page: Path) -> list[str]:
    """Every line a reader would type: lines of a block, without their `$ `, and what stands in backticks in a text."""
    text = re.sub(r"\\\n\s*", " ", page.read_text(encoding="utf-8"))  # a command may go on on the next line
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    typed = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return typed + re.findall(r"`([^`\n]*\bloket [a-z][^`\n]*)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


CALLED = r"(?:^|&& |\| |\$\(|/bin/|\w+=\S+ |exec (?:-\S+ )*\S+ )"  # what may stand before the command


def options_of(command: str) -> set[str]:
    [choices] = [action.choices for action in parser()._actions if action.dest == "command"]
    return {option for action in choices[command]._actions for option in action.option_strings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_can_be_typed_as_written(page: Path) -> None:
    for line in consoles(page):
        for called in re.findall(rf"{CALLED}loket ([a-z-]+)((?: [^|&;#`]*)?)", line):
            name, rest = called
            assert name in commands(), f"{page.name}: {line}"
            for option in re.findall(r"(?:^|\s)(--[a-z-]+)", rest):
                assert option in options_of(name), f"{page.name}: loket {name} has no {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_make_target_named_in_a_page_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for named in re.findall(r"(?:`|^\$ |^)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE):
        assert named in targets, f"{page.name}: make {named}"


def anchors(page: Path) -> set[str]:
    """How a heading is linked to: small letters, no punctuation, blanks as dashes."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#:]*?)(?:#([^)]*))?\)", page.read_text(encoding="utf-8")):
        there = page.parent / target if target else page
        assert there.exists(), f"{page.name} links to {target}"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{page.name} links to {target}#{anchor}"


PLACE = r"`((?:bot|flows|knowledge|storage|tests|deploy|docs)/[\w./-]+)`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_a_page_speaks_of_exists_and_holds_what_it_is_named_for(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for named in re.findall(PLACE, text):
        assert (ROOT / named).exists(), f"{page.name} speaks of {named}"
    for name, file in re.findall(rf"`([A-Za-z_.]+)` (?:of|in|\()\s*{PLACE}", text):
        held = (ROOT / file).read_text(encoding="utf-8") if (ROOT / file).is_file() else name
        assert name.rpartition(".")[2] in held, f"{page.name}: {name} does not stand in {file}"


def test_every_dependency_has_its_reason() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    page = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    for requirement in project["dependencies"]:
        name = re.split(r"[\[<>=~! ]", requirement, maxsplit=1)[0]
        assert f"`{name}`" in page, name
