"""A page that promises by naming tests: each of them must be there, and each campaign must know its settings."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "docs" / "promises.md", ROOT / "docs" / "security.md")


def named_in(page: Path) -> list[tuple[str, str]]:
    return re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text(encoding="utf-8"))


def defined(path: Path) -> set[str]:
    """Tests, test classes and names a file makes at its top."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


@pytest.mark.parametrize(("file", "name"), sorted({one for page in PAGES for one in named_in(page)}))
def test_a_promise_names_a_test_that_exists(file: str, name: str) -> None:
    assert (ROOT / file).is_file(), file
    assert name in defined(ROOT / file), f"{file} has no {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_file_and_test_a_page_speaks_of_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    everything = {name for path in (ROOT / "tests").rglob("test_*.py") for name in defined(path)}
    for path in re.findall(r"\btests/[\w/]+(?:\.py)?", text):
        assert (ROOT / path).exists(), path
    for name in re.findall(r"`(test_\w+)`", text):
        assert name in everything, name


def test_every_row_names_its_test() -> None:
    rows = [line for line in PAGES[0].read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 15
    for row in rows:
        assert "::" in row or "the same campaign" in row, row


def test_every_campaign_can_be_started_as_written() -> None:
    commands = re.findall(r"^\$ (.+?)\s+#", PAGES[0].read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) == 6
    for command in commands:
        [file] = re.findall(r"tests/\S+\.py", command)
        code = (ROOT / file).read_text(encoding="utf-8")
        for variable in re.findall(r"\b([A-Z_]+)=", command):
            assert f'"{variable}"' in code, f"{file} does not read {variable}"
        for wanted in re.findall(r"-k (\S+)", command):
            assert any(wanted in name for name in defined(ROOT / file)), f"{file}: nothing is called {wanted}"
