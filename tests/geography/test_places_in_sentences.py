"""Places in free sentences: labelled by hand before the code was written."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.geography import Abroad, Ambiguous, Found, Geography, Mention
from tests.geography.tables import HERE, rows

GEOGRAPHY = Geography.load()
SENTENCES = [*rows(HERE / "sentences.tsv"), *rows(HERE / "more_sentences.tsv")]


def labels(mentions: tuple[Mention, ...]) -> str:
    def label(result: Found | Ambiguous | Abroad) -> str:
        if isinstance(result, Found):
            return result.spot.key
        return ("?" if isinstance(result, Ambiguous) else "!") + result.name

    return ";".join(label(mention.result) for mention in mentions)


@pytest.mark.parametrize("row", SENTENCES, ids=lambda row: row[0])
def test_a_sentence_names_these_places_and_no_others(row: list[str]):
    sentence, expected = (*row, "")[:2]
    assert labels(GEOGRAPHY.scan(sentence)) == expected


def test_there_are_enough_sentences_without_a_place():
    assert len([row for row in SENTENCES if not (*row, "")[1]]) >= 25


def test_offsets_point_at_the_words():
    sentence = "Ik woon in Súdwest-Fryslân, postcode 8601 AB."
    mentions = GEOGRAPHY.scan(sentence)
    assert [sentence[m.start : m.end] for m in mentions] == ["Súdwest-Fryslân", "8601 AB"]
    assert all(m.text == sentence[m.start : m.end] for m in mentions)


def test_a_postcode_with_its_town_is_one_place():
    mentions = GEOGRAPHY.scan("Wij zitten op 6814 AB Arnhem")
    assert [m.text for m in mentions] == ["6814 AB Arnhem"]
    assert labels(GEOGRAPHY.scan("ons adres: 7255 MZ Hengelo")) == "Hengelo (Gld)"


def test_a_repaired_name_in_a_sentence_is_not_exact():
    (mention,) = GEOGRAPHY.scan("ik woon in dutinchem en zoek werk")
    assert isinstance(mention.result, Found)
    assert not mention.result.exact


def test_decomposed_accents_keep_the_offsets():
    sentence = "uit Su\u0301dwest-Frysla\u0302n kom ik"
    (mention,) = GEOGRAPHY.scan(sentence)
    assert sentence[mention.start : mention.end] == "Su\u0301dwest-Frysla\u0302n"


WORDS = [
    "ik",
    "woon",
    "in",
    "uit",
    "Best",
    "best",
    "tiel",
    "Arnhem",
    "6814",
    "AB",
    "2019",
    "en",
    "van",
    "Jan",
    "de",
    "Wijk",
    ".",
    ",",
]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80) | st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_offsets_lie_in_the_text_and_do_not_overlap(sentence: str):
    mentions = GEOGRAPHY.scan(sentence)
    assert all(0 <= m.start < m.end <= len(sentence) for m in mentions)
    assert all(m.text == sentence[m.start : m.end] for m in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))


@pytest.mark.parametrize("junk", ["", "\x00" * 50, "in " * 40_000, "woon in apeldorn " * 500, "🏠" * 500], ids=ascii)
def test_junk_does_not_break_or_hold_up_a_scan(junk: str):
    assert all(m.end <= len(junk) for m in GEOGRAPHY.scan(junk))
