"""A new kind of step is known everywhere, or the test that fails names the file that forgot it."""

from __future__ import annotations

import dataclasses
import re
import typing
from pathlib import Path

import pytest

from flows import model
from flows.proof import _STEPS as PROVEN
from flows.reading import KEYWORDS
from flows.schema import schema_of
from flows.walker import _STEPS as WALKED

ROOT = Path(__file__).resolve().parents[2]
KINDS = typing.get_args(model.Step)
WALKED_THROUGH = {
    model.Ask,
    model.When,
    model.Do,
    model.SetFact,
    model.Advise,
    model.Answer,
    model.Consent,
    model.Review,
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_step_can_be_walked_proven_told_and_drawn(kind: type) -> None:
    assert kind in WALKED, f"flows/walker.py: what does a conversation do at {kind.__name__}?"
    assert kind in PROVEN, f"flows/proof.py: what does the proof do at {kind.__name__}?"
    for file, question in (("script", "how does `loket read` tell"), ("drawing", "how does `loket draw` draw")):
        code = (ROOT / "flows" / f"{file}.py").read_text(encoding="utf-8")
        assert re.search(rf"\b{kind.__name__}\b", code), f"flows/{file}.py: {question} {kind.__name__}?"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_step_that_happens_has_an_effect_and_its_words_are_translated(kind: type) -> None:
    def names(file: str) -> bool:
        return bool(re.search(rf"\b{kind.__name__}\b", (ROOT / "flows" / f"{file}.py").read_text(encoding="utf-8")))

    assert kind in WALKED_THROUGH or names("asking"), f"flows/asking.py: what happens at {kind.__name__}?"
    read_by_coaches = kind is model.Note
    worded = any(field.name == "text" for field in dataclasses.fields(kind)) and not read_by_coaches
    assert not worded or names("texts"), f"flows/texts.py: who translates the words of {kind.__name__}?"


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_every_keyword_is_known_to_editors_programs_and_explained_to_editors(keyword: str) -> None:
    assert f'"{keyword}"' in str(schema_of("flow")).replace("'", '"'), f"flows/schema.py has no {keyword}"
    guide = (ROOT / "docs" / "editing-flows.md").read_text(encoding="utf-8")
    assert re.search(rf"\b{keyword}:", guide), f"docs/editing-flows.md does not explain {keyword}"
