"""docs/editing-flows.md: each flow in it is read, and each dialogue below one is held.

    <!-- file: facts.yaml -->     above an example: this file of the one pack that those examples make together
    <!-- talk: … -->              below an example: `u:` types, `loket:` must be in what the desk then says or offers

An example that starts with `flow:` is a file; one that starts with `-` is the steps of a welcome flow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

import pytest

from flows.check import check
from flows.checkexamples import check_examples
from flows.content import Content
from flows.model import every_step
from flows.reading import KEYWORDS
from knowledge.problems import Problems
from tests.flows.conftest import NOVEMBER, Conversation

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "editing-flows.md"
_EXAMPLE = re.compile(
    r"^### (?P<heading>[^\n]+)$|^## (?P<part>[^\n]+)$"
    r"|(?:<!-- file: (?P<file>\S+) -->\n\n)?^```yaml\n(?P<text>.*?)^```\n(?:\n<!-- talk:\n(?P<talk>.*?)-->)?",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Example:
    heading: str
    file: str
    text: str
    talk: str

    def write(self, folder: Path) -> None:
        if self.file:
            path, text = folder / self.file, self.text
        elif self.text.startswith("-"):
            steps = indent(self.text, "  ")
            path, text = folder / "flows" / "welcome.yaml", f"flow: welcome\ntitle: Voorbeeld\nsteps:\n{steps}"
        else:
            path = folder / "flows" / f"{self.text.split()[1]}.yaml"
            text = self.text
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def examples() -> list[Example]:
    found: list[Example] = []
    heading = ""
    for match in _EXAMPLE.finditer(GUIDE.read_text(encoding="utf-8")):
        heading = match["heading"] or match["part"] or heading
        if match["text"] is not None:
            found.append(Example(heading, match["file"] or "", match["text"], match["talk"] or ""))
    return found


ALONE = [example for example in examples() if not example.file]
TOGETHER = [example for example in examples() if example.file]


def own_files(content: Content) -> set[str]:
    """Flow files that did not ship, as findings name them."""
    return {flow.place.file for flow in content.flows.values() if not flow.place.file.startswith("flows/definitions/")}


def hold(content: Content, talk: str) -> None:
    held = Conversation(content).start()
    for line in talk.strip().splitlines():
        who, _, said = line.partition(":")
        if who == "u":
            held.say(said.strip())
        else:
            assert who == "loket", f"a line starts with u: or loket:, not {line!r}"
            offered = " ".join([held.text, *held.buttons])
            assert said.strip() in offered, f"expected {said.strip()!r}, the desk said {offered!r}"


@pytest.mark.parametrize("example", ALONE, ids=lambda example: example.heading)
def test_each_example_is_a_flow_that_works(example: Example, tmp_path: Path) -> None:
    example.write(tmp_path)
    content = Content.load(tmp_path)
    hold(content, example.talk)
    problems = Problems()
    check_examples(content, NOVEMBER, problems)
    assert [problem.render() for problem in problems.errors if problem.place.file in own_files(content)] == []


def test_the_examples_of_files_make_one_pack(tmp_path: Path) -> None:
    for example in TOGETHER:
        example.write(tmp_path)
    report = check(tmp_path, NOVEMBER.date())
    content = Content.load(tmp_path)
    own = {*own_files(content), *(f"{tmp_path.as_posix()}/{example.file}" for example in TOGETHER)}
    assert [problem.render() for problem in report.errors if problem.place.file in own] == []
    assert content.knowledge.desk.name == "Loket Voorbeeld"
    for example in TOGETHER:
        hold(content, example.talk)


def test_no_example_is_missed() -> None:
    page = GUIDE.read_text(encoding="utf-8")
    assert len(examples()) == page.count("```yaml") == page.count("```") // 2
    assert sum(bool(example.talk) for example in examples()) == page.count("<!-- talk:")
    assert len(TOGETHER) == page.count("<!-- file:")


def test_every_step_of_the_language_is_shown(tmp_path: Path) -> None:
    shown = set[str]()
    for number, example in enumerate(ALONE):
        example.write(tmp_path / str(number))
        content = Content.load(tmp_path / str(number))
        own = [flow for flow in content.flows.values() if flow.place.file in own_files(content)]
        shown |= {type(step).__name__.lower() for flow in own for step in every_step(flow.steps)}
    assert {"setfact" if word == "set" else word for word in KEYWORDS} <= shown
