"""Texts that need care: in many languages, and told apart from sayings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.understood import crisis
from knowledge import safety

ROWS = [
    tuple(line.split("\t")[:2])
    for line in Path(__file__).with_name("safety.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_each_text_gets_the_care_it_needs(text: str, expected: str):
    concern = safety.classify(text)
    found = "" if concern is None else f"{concern.kind}:{concern.topic}" if concern.topic else concern.kind
    assert found == expected


def test_the_lines_that_are_always_open_are_in_the_crisis_texts():
    """Reviewed texts: who changes one, reads all of them again."""
    needed = {"suicide": ["113", "0800-0113", "112"], "violence": ["112", "0800-2000"], "danger": ["112"]}
    for topic, numbers in needed.items():
        for text in safety.load().answers[topic].values():
            for number in numbers:
                assert number in text


def test_every_answer_stands_in_dutch_and_english_and_is_short():
    found = dict(safety.load().answers)
    for name, said in found.items():
        assert said["nl"], name
        assert said["en"], name
        assert all(len(text.split()) <= 60 for text in said.values()), name
        assert not {"je", "jij", "jouw"} & set(said["nl"].lower().split()), name


def test_a_matter_for_another_counter_says_where_to_go():
    concern = safety.classify("hoe vraag ik huurtoeslag aan")
    assert concern is not None
    assert concern.pointer == "https://www.toeslagen.nl"
    assert "toeslagen.nl" in concern.answer()
    assert "allowances" in concern.answer("en")


@pytest.mark.parametrize("text", ["", "\x00", "😀" * 500, "dood " * 3000, "أ" * 3000])
def test_odd_texts_never_raise(text: str):
    safety.classify(text)


WORDS = [word for text, _ in ROWS for word in text.split()]


@given(st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join))
@settings(max_examples=400, derandomize=True, deadline=None)
def test_a_text_is_only_passed_over_quickly_when_reading_it_whole_finds_nothing(text: str):
    read = safety.load()
    assert not read._is_quiet(text) or read._gravest(text) is None


def test_no_text_that_needs_care_is_passed_over():
    read = safety.load()
    assert [text for text, expected in ROWS if expected and read._is_quiet(text)] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("chcę się zabić", "Proszę zadzwonić: 113"),
        ("ölmek istiyorum", "113 veya 0800-0113"),
        ("хочу померти", "Телефонуйте 113"),
        ("quiero morir", "Call 113 or 0800-0113"),
        ("I want to die", "Call 113 or 0800-0113"),
        ("ik wil dood", "Bel 113 of 0800-0113"),
    ],
)
def test_somebody_in_need_is_answered_in_the_language_of_the_text(text: str, says: str):
    assert says in crisis(text, "nl")[0]
