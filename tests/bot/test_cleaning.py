"""What visitors type is cleaned once, at the edge."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.cleaning import LONGEST, clean_text


def test_an_ordinary_sentence_stays_as_it_is() -> None:
    assert clean_text("Ik wil één cursus, 's avonds 👍🏽") == "Ik wil één cursus, 's avonds 👍🏽"


def test_nul_half_characters_and_hidden_directions_go() -> None:
    assert clean_text("a\x00b\ud83dc\u202ed\ufeff") == "abcd"


def test_a_tower_of_marks_is_cut_down() -> None:
    assert len(clean_text("Z" + "\u0315" * 50 + "algo")) <= 8


@given(st.text(st.characters(), max_size=300))
def test_the_result_can_always_be_stored_and_is_stable(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert clean_text(cleaned) == cleaned
    assert len(cleaned) <= LONGEST


def test_a_hundred_thousand_characters_are_cut() -> None:
    assert len(clean_text("x" * 100_000)) == LONGEST
