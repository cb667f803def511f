"""The word files: they name only what exists, and the pieces that read them do what they say."""

from __future__ import annotations

import pytest

from knowledge.compounds import Splitter
from knowledge.content import Knowledge
from knowledge.numbers import decade, digits, number_words, together
from knowledge.phrases import Phrases
from knowledge.text import fold, stem, tokens, words
from knowledge.words import Lexicon, read_words
from tests.understanding.labelled import understanding

KNOWLEDGE = Knowledge.load()
FLAGS = {"sets"}


def lexicon() -> Lexicon:
    return understanding().lexicon


def test_there_are_at_least_four_hundred_occupations():
    assert len({work.occupation for work in lexicon().works.values() if work.occupation}) >= 400


def test_every_kind_of_work_in_the_word_files_is_a_listed_sector():
    listed = set(KNOWLEDGE.lists["sectors"].entries)
    assert {work.sector for work in lexicon().works.values() if work.sector} <= listed
    assert set(read_words("kinds_of_work")["kinds_of_work"].map) <= listed


def test_every_phrase_belongs_to_a_choice_that_exists():
    unknown = []
    for key in read_words("phrases")["phrases"].map:
        if key == "sets":
            continue
        fact, value, *_ = key.split(".")
        declared = KNOWLEDGE.facts[fact]
        if value not in declared.choices and not (declared.kind == "yes_no" and value in ("yes", "no")):
            unknown.append(key)
    assert not unknown


def test_every_matter_out_of_scope_has_words_answers_and_a_pointer():
    topics = read_words("scope")["scope"].map["topics"].map
    assert len(topics) >= 10
    for name, topic in topics.items():
        assert {"words", "nl", "en", "pointer"} == set(topic.map), name


def phrases(*lines: str) -> Phrases:
    found = Phrases()
    for line in lines:
        found.add("fact", "value", line)
    return found


@pytest.mark.parametrize(
    ("line", "text", "found"),
    [
        ("in de ww", "ik zit in de ww", True),
        ("in de ww", "in de, ww", False),
        ("zoek [een] baan/werk", "zoek werk", True),
        ("zoek [een] baan/werk", "ik zoek een baan", True),
        ("zit .. thuis", "ik zit nu al thuis", True),
        ("zit .. thuis", "ik zit nu al een jaar of vijf thuis", False),
        ("# jaar", "52 jaar", True),
        ("loopbaangesprek*", "met loopbaangesprekken", True),
    ],
)
def test_the_notation_of_phrases(line: str, text: str, found: bool):
    assert bool(list(phrases(line).find(tokens(text)))) is found


@pytest.mark.parametrize(
    ("word", "number"),
    [("tweeëntwintig", 22), ("vijfenveertig", 45), ("honderd", 100), ("driehonderd", 300), ("twaalf", 12)],
)
def test_dutch_numbers_in_words(word: str, number: int):
    assert number_words()[fold(word)] == number


def test_an_article_is_no_number_and_english_tens_join():
    assert "een" not in number_words()
    assert [token.text for token in digits(tokens("I am fifty two"))][-1] == "52"
    assert together("achten") == 8
    assert decade("begin", 50) == (50, 53)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("loodgietersbedrijf", ("loodgieter", "bedrijf")),
        ("lascursus", ("las", "cursus")),
        ("bakkerij", ("bakkerij",)),
        ("xyzcursus", ("xyzcursus",)),
    ],
)
def test_compounds_are_cut_only_into_known_words(word: str, parts: tuple[str, ...]):
    known = frozenset(["loodgieter", "bedrijf", "las", "cursus", "bakkerij", "bakker"])
    assert Splitter(known).split(word) == parts


def test_folding_keeps_every_letter_in_its_place():
    text = "Café ’s-Gravenhage – €5 zzp’er 😀 İstanbul ß"
    assert len(fold(text)) == len(text)
    assert words("zzp'er, B.V. 1.200") == ["zzper", "b", "v", "1.200"]
    assert stem("bakkerijen") == stem("bakkerij")
