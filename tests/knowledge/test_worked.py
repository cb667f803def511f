"""The twenty worked cases come out as they were worked out."""

from __future__ import annotations

import pytest

from tests.knowledge.people import KNOWLEDGE
from tests.knowledge.worked import NOW, Worked, cases

CASES = tuple(cases())


def test_there_are_twenty():
    assert len(CASES) == 20


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_fits_and_what_does_not(case: Worked):
    verdicts = {match.entry.id: match for match in KNOWLEDGE.matcher.match(case.profile, NOW)}
    for name in case.first:
        assert verdicts[name].verdict in ("fits", "coach_decides", "maybe"), name
        assert verdicts[name].because or verdicts[name].missing, name
    assert {name: verdicts[name].verdict for name in case.never} == dict.fromkeys(case.never, "does_not_fit")
    for name in case.never:
        assert KNOWLEDGE.matcher.why_not(KNOWLEDGE.catalogue[name], case.profile, NOW).sentences
