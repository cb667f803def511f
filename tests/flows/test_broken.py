"""The defect corpus: each file in tests/broken holds one mistake, and the check must say exactly what stands beside it.

`LOKET_WRITE_SNAPSHOTS=1 pytest tests/flows/test_broken.py` writes the messages as they are now.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flows.check import check_flows
from flows.content import HERE as FLOWS
from flows.content import Content, flow_files
from knowledge.problems import Problems
from tests.flows.conftest import NOVEMBER

BROKEN = Path(__file__).resolve().parents[1] / "broken"
CASES = sorted(path for path in BROKEN.iterdir() if path.suffix == ".yaml" or path.is_dir())
TRANSLATED = ("missing translation", "no en translation", "the en ", "translated to en")


def findings(case: Path, shipped: Content) -> str:
    """What the check says about these flows on the shipped knowledge; translations only where it is about them."""
    own = sorted(case.glob("*.yaml")) if case.is_dir() else [case]
    files = [(f"flows/{path.name if case.is_dir() else 'welcome.yaml'}", path) for path in own]
    files += [(shown, path) for shown, path in flow_files(None) if path.stem in ("contact", "call_me")]
    problems = Problems()
    folders = [FLOWS / "i18n", *([case / "i18n"] if case.is_dir() else [])]
    content = Content.build(shipped.knowledge, files, folders, problems)
    report = check_flows(content, NOVEMBER, problems)
    about_translation = case.is_dir() and (case / "i18n").is_dir()
    told = [
        problem.render(report.source(problem.place.file))
        for problem in report.problems
        if problem.place.file in dict(files[: len(own)])
        and (about_translation or not any(word in problem.message for word in TRANSLATED))
    ]
    return "\n\n".join(told) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_each_defect_is_found_with_its_message(case: Path, content: Content) -> None:
    snapshot = case.parent / f"{case.stem}.txt"
    now = findings(case, content)
    if os.environ.get("LOKET_WRITE_SNAPSHOTS"):
        snapshot.write_text(now, encoding="utf-8")
    assert now == snapshot.read_text(encoding="utf-8")
    assert now.strip(), "this defect is not found"
