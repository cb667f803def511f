"""The house itself: import arrows, what stands at the top, and what no tracked file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALLOWED: dict[str, set[str]] = {
    "knowledge": set(),
    "flows": {"knowledge"},
    "storage": {"flows", "knowledge"},
    "bot": {"storage", "flows", "knowledge"},
}
IMPURE = {"asyncio", "sqlalchemy", "logging", "random", "socket", "secrets", "time", "httpx", "aiohttp"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports_of(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", ALLOWED)
def test_imports_point_inwards(room: str) -> None:
    for file in (ROOT / room).rglob("*.py"):
        ours = imports_of(file) & set(ALLOWED)
        assert ours <= ALLOWED[room] | {room}, file


# Two halves of one thing, told apart for length: each pair names the other's type, or falls back on it.
PAIRS = {
    ("knowledge.asking", "knowledge.matching"),
    ("knowledge.geography_scan", "knowledge.geography"),
    ("flows.commanding", "flows.pressing"),
}


@pytest.mark.parametrize("room", ["knowledge", "flows"])
def test_modules_of_the_middle_import_each_other_in_no_circle(room: str) -> None:
    """Types only imported for annotations count as well."""
    files = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in (ROOT / room).rglob("*.py")}
    needs: dict[str, set[str]] = {}
    for name, file in files.items():
        named = [node for node in ast.walk(parsed(file)) if isinstance(node, ast.ImportFrom) and node.module]
        found = {f"{node.module}.{alias.name}" for node in named for alias in node.names}
        found |= {str(node.module) for node in named}
        needs[name] = {one for one in found & files.keys() if (name, one) not in PAIRS}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("room", ["knowledge", "flows"])
def test_the_middle_is_pure(room: str) -> None:
    for file in (ROOT / room).rglob("*.py"):
        assert not imports_of(file) & IMPURE, file


@pytest.mark.parametrize("room", ["knowledge", "flows"])
def test_nothing_in_the_middle_asks_the_clock(room: str) -> None:
    for file in (ROOT / room).rglob("*.py"):
        assert not re.search(r"\b(date|datetime)\.(today|now|utcnow)\(", file.read_text()), file


def test_telegram_libraries_are_imported_in_their_adapter_only() -> None:
    for file in (ROOT / "bot").rglob("*.py"):
        found = imports_of(file)
        if "aiogram" in found:
            assert file.name.startswith("telegram_aiogram"), file
        if "telegram" in found:
            assert file.name.startswith("telegram_ptb"), file


def test_the_top_level_is_what_the_design_names() -> None:
    for name in ("bot", "flows", "knowledge", "storage", "tests", "docs"):
        assert (ROOT / name).is_dir(), name
    for name in ("pyproject.toml", "Dockerfile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile"):
        assert (ROOT / name).is_file(), name
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_no_tracked_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    registries = ("py" + "pi.org", "python" + "hosted.", "registry.npm" + "js", "deb.deb" + "ian.org", "index" + "-url")
    forbidden = re.compile("|".join(re.escape(word) for word in (*registries, str(ROOT) + "/", str(Path.home()) + "/")))
    for file in tracked():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        hit = forbidden.search(text)
        assert hit is None, f"{file.relative_to(ROOT)}: {hit and hit.group()}"


def test_the_named_packages_are_dependencies_and_really_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    declared = " ".join(project["dependencies"] + extras)
    for package in ("python-telegram-bot", "aiogram", "rapidfuzz", "pyyaml", "sqlalchemy", "pytest-asyncio"):
        assert package in declared
    used = set().union(*(imports_of(file) for room in ALLOWED for file in (ROOT / room).rglob("*.py")))
    assert {"telegram", "aiogram", "rapidfuzz", "yaml", "sqlalchemy"} <= used


def test_constraints_hold_versions_without_hashes_or_addresses() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+", line), line
