"""Every behaviour of the five origin systems, in each of its wordings, through the real engine and catalogue."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from flows import behaviour
from flows.content import Content
from tests.shipped import shipped

HERE = Path(__file__).parent
SYSTEMS = {
    "sim-leerwerkfabriek": 8,
    "gelders-vakmanschap": 10,
    "leerwerkcirkel": 7,
    "slim-leerwerkakkoord-rijnmond": 9,
    "bvm-netwerk": 9,
}


@lru_cache(maxsize=1)
def content() -> Content:
    return shipped()


def cases() -> list[object]:
    found = []
    for path in sorted(HERE.glob("*/*.txt")):
        text = path.read_text(encoding="utf-8")
        if behaviour.is_behaviour(text):
            one = behaviour.read(text, path.relative_to(HERE.parents[1]).as_posix())
            found += [pytest.param(one, variant, id=f"{one.id}: {variant.name}") for variant in one.variants]
    return found


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_behaviour_has_a_transcript_with_at_least_four_wordings(system: str) -> None:
    found = {}
    for path in (HERE / system).glob("*.txt"):
        one = behaviour.read(path.read_text(encoding="utf-8"), path.name)
        found[one.id] = len(one.variants)
    assert len(found) == SYSTEMS[system]
    assert min(found.values()) >= 4


@pytest.mark.parametrize(("one", "variant"), cases())
def test_the_desk_behaves_as_written(one: behaviour.Behaviour, variant: behaviour.Variant) -> None:
    broken = behaviour.play(content(), variant, one.moment)
    assert not broken, "\n\n".join(broken)
