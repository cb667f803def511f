"""The defect corpus: each file in tests/broken holds one mistake, and the check must say exactly what stands beside it.

`LOKET_WRITE_SNAPSHOTS=1 pytest tests/flows/test_broken.py` writes the messages as they are now.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from flows.check import SHIPPED, check, check_flows
from flows.content import HERE as FLOWS
from flows.content import Content, flow_files
from knowledge.problems import Problem, Problems
from tests.flows.conftest import NOVEMBER
from tests.shipped import shipped

BROKEN = Path(__file__).resolve().parents[1] / "broken"
CASES = sorted(path for path in BROKEN.iterdir() if path.suffix == ".yaml" or path.is_dir())
TRANSLATED = ("missing translation", "no en translation", "the en ", "translated to en", "has no translation")
LOGIC = (  # a finding about what happens to visitors comes with a conversation
    "never holds", "can never hold", "always holds", "reads '", "asked only later", "stops here", "may end here",
    "comes only after", "promise broken", "was always answered", "never applies", "is set twice", "look alike",
    "nobody comes to", "never used",
    "no conversation leads to", "depends on", "in a circle", "means both", "example '", "lies within these bounds",
)  # fmt: skip


@cache
def found(case: Path) -> tuple[list[Problem], list[str]]:
    """What the check says about a case, and the same as an editor reads it."""
    if (case / "catalogue").is_dir() or (case / "facts.yaml").is_file():  # a region's own pack over what ships
        report = check(case, NOVEMBER.date())
        own = [
            problem
            for problem in report.problems
            if not problem.place.file.startswith(SHIPPED) and not any(word in problem.message for word in TRANSLATED)
        ]
    else:
        report = check_flows(*_flows(case))
        about_translation = case.is_dir() and (case / "i18n").is_dir()
        names = {_shown(case, path) for path in _own(case)}
        own = [
            problem
            for problem in report.problems
            if problem.place.file in names
            and (about_translation or not any(word in problem.message for word in TRANSLATED))
        ]
    here = f"{BROKEN.parents[1].as_posix()}/"
    return own, [problem.render(report.source(problem.place.file)).replace(here, "") for problem in own]


def _own(case: Path) -> list[Path]:
    return sorted(case.glob("*.yaml")) if case.is_dir() else [case]


def _shown(case: Path, path: Path) -> str:
    return f"flows/{path.name if case.is_dir() else 'welcome.yaml'}"


def _flows(case: Path) -> tuple[Content, datetime, Problems]:
    """These flows on the shipped knowledge."""
    files = [(_shown(case, path), path) for path in _own(case)]
    files += [(shown, path) for shown, path in flow_files(None) if path.stem in ("contact", "call_me")]
    problems = Problems()
    folders = [FLOWS / "i18n", *([case / "i18n"] if case.is_dir() else [])]
    return Content.build(_shipped().knowledge, files, folders, problems), NOVEMBER, problems


@cache
def _shipped() -> Content:
    return shipped()


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_each_defect_is_found_with_its_message(case: Path) -> None:
    snapshot = case.parent / f"{case.stem}.txt"
    now = "\n\n".join(found(case)[1]) + "\n"
    if os.environ.get("LOKET_WRITE_SNAPSHOTS"):
        snapshot.write_text(now, encoding="utf-8")
    assert now == snapshot.read_text(encoding="utf-8")
    assert now.strip(), "this defect is not found"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_each_finding_points_proposes_and_when_it_is_about_logic_tells_a_conversation(case: Path) -> None:
    for problem, told in zip(*found(case), strict=True):
        assert problem.proposal, problem.message
        assert re.search(r"^ *\d+ \| .*\n +\^+$", told, re.MULTILINE), f"no line with a caret: {told}"
        if any(word in problem.message for word in LOGIC):
            assert problem.witness.startswith("Zo gaat het mis:"), problem.message


def test_the_table_of_defects_names_every_case() -> None:
    table = (BROKEN / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`(\d\d-[a-z0-9-]+)`", table)
    assert sorted(named) == sorted(path.stem for path in CASES)
