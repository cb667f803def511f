"""Frames: concepts that together say something, in any order and loosely spelled."""

from __future__ import annotations

import pytest

from knowledge.content import Knowledge
from knowledge.frames import Frames
from knowledge.text import tokens
from tests.understanding.labelled import understanding


def _frames(*lines: str, negation: bool = True) -> Frames:
    frames = Frames({"nie": "niet", "bellu": "bellen"}, negation=negation)
    frames.concept("call", "bellen, bel terug")
    frames.concept("somebody", "iemand, een mens")
    for line in lines:
        frames.add("wanted", line)
    return frames


def _heard(frames: Frames, text: str) -> bool:
    return any(True for _ in frames.find(tokens(text)))


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("kan iemand mij bellen", True),
        ("mij bellen kan iemand dat", True),
        ("kan iemand mij bellu", True),
        ("belle kan iemand dat even", True),
        ("bel terug, iemand", True),
        ("iemand daar? ik wil bellen", False),  # two sentences
        ("kan iemand mij niet bellen", False),
        ("kan iemand mij bellen over werk", False),
        ("bellen", False),
    ],
)
def test_concepts_come_together_in_one_sentence_in_any_order(text: str, heard: bool):
    assert _heard(_frames("@call + @somebody - werk"), text) is heard


def test_concepts_far_apart_do_not_belong_together():
    assert not _heard(_frames("@call + @somebody"), "iemand " + "zei dat " * 12 + "bellen")


def test_a_frame_without_regard_to_denial_also_joins_what_is_denied():
    assert _heard(_frames("@call + nooit", negation=False), "ik wil nooit bellen")


def test_every_frame_of_the_desk_names_concepts_that_exist():
    worries = Knowledge.load().search.worries
    assert sum(bool(worry.frames) for worry in worries.values()) >= 12
    assert worries.in_passing(tokens("kan iemand mij gewoon bellen aub"))[0].id == "bel-mij"


@pytest.mark.parametrize(
    ("text", "situation"),
    [
        ("ben vroeger zzper geweest, nu in loondienst", "employee"),
        ("was zzp nu werkloos", "job_seeker"),
        ("reorganisatie bij ons, 1 maart moet ik weg", "employee"),
        ("personeel nodig!! horeca, vind niemand", "employer"),
        ("ik help een meneer die buschauffeur wil worden", "intermediary"),
        ("ben eenpitter in de zorg", "self_employed"),
        ("ik wil vrijwilliger worden", None),
        ("er is personeel nodig in de zorg, kan ik daar werken", None),
    ],
)
def test_who_speaks_is_heard_from_concepts_together(text: str, situation: str | None):
    assert understanding().read(text).facts.get("situation") == situation


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("terug naar school op me 38e", 38),
        ("kan ik met 61 nog iets leren", 61),
        ("ben 35% afgekeurd", None),
        ("ik wil de zorg in maar ben al 57", 57),
        ("ben al 20 jaar lasser", None),
        ("30 jaar gewerkt", None),
    ],
)
def test_an_age_is_told_in_many_ways_and_a_share_or_a_span_is_none(text: str, age: int | None):
    assert understanding().read(text).facts.get("age") == age
