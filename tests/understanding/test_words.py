"""The word files: they name only what exists, and the pieces that read them do what they say."""

from __future__ import annotations

from knowledge.content import Knowledge
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
