"""English: complete, with the same placeholders, and Dutch wherever something lags."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from knowledge.i18n import Message, Translations, read_po, write_po
from knowledge.problems import Problems
from knowledge.translatable import check_translations, template, texts_of, untranslated
from tests.knowledge.people import FACTS, KNOWLEDGE

TRANSLATIONS = KNOWLEDGE.translations


def test_every_text_of_the_facts_has_an_english_one():
    problems = Problems()
    check_translations(FACTS, TRANSLATIONS, ("nl", "en"), problems)
    assert [problem.message for problem in problems.found] == []
    assert TRANSLATIONS.languages()[0] == "nl"
    assert "en" in TRANSLATIONS.languages()


def test_no_key_stands_for_two_texts_and_none_is_left_over():
    keys = [key for key, _ in texts_of(FACTS)]
    assert len(set(keys)) == len(keys)
    assert set(TRANSLATIONS.messages("en")) == set(keys)


def test_a_changed_dutch_text_falls_back_to_dutch():
    key, dutch = "facts.age.question", FACTS["age"].question
    assert TRANSLATIONS.tr(key, dutch, "en") == "How old are you?"
    assert TRANSLATIONS.tr(key, "Wat is uw leeftijd?", "en") == "Wat is uw leeftijd?"
    assert TRANSLATIONS.tr(key, dutch, "nl") == dutch
    assert TRANSLATIONS.tr(key, dutch, "fr") == dutch
    assert TRANSLATIONS.tr("no.such.key", dutch, "en") == dutch


def test_what_lags_is_found(tmp_path: Path):
    (tmp_path / "de.po").write_text(write_po([Message("facts.age.question", FACTS["age"].question, "Wie alt?")], "de"))
    german = Translations.load(tmp_path)
    assert german.tr("facts.age.question", FACTS["age"].question, "de") == "Wie alt?"
    assert "facts.age.question" not in dict(untranslated(FACTS, german, "de"))
    assert "facts.age.name" in dict(untranslated(FACTS, german, "de"))
    assert {one.key: one.text for one in template(FACTS, german, "de")}["facts.age.name"] == ""


def test_a_lost_placeholder_is_found(tmp_path: Path):
    (tmp_path / "en.po").write_text(write_po([Message("facts.age.because", FACTS["age"].because, "you are old")], "en"))
    problems = Problems()
    check_translations(FACTS, Translations.load(tmp_path), ("en",), problems)
    assert "'facts.age.because' must hold {value} like the Dutch text" in [one.message for one in problems.found]


@given(st.lists(st.tuples(st.text(min_size=1), st.text(), st.text()), unique_by=lambda row: row[0]))
def test_a_gettext_file_survives_writing_and_reading(rows):
    messages = [Message(*row) for row in rows if "\r" not in "".join(row) and _printable("".join(row))]
    assert read_po(write_po(messages, "en"), "en.po") == messages


def _printable(text: str) -> bool:
    """Line separators and control signs never come out of strict YAML."""
    return all(sign.isprintable() or sign in "\n\t" for sign in text)


def test_a_damaged_gettext_file_is_reported_and_the_rest_is_read():
    text = 'msgctxt "a"\nmsgid "x"\nmsgstr "y"\n\nwhat is this\n\nmsgctxt "b"\nmsgid nope\nmsgstr "z"\n'
    problems = Problems()
    assert [one.key for one in read_po(text, "en.po", problems)] == ["a", "b"]
    assert [one.place.line for one in problems.found] == [5, 8]


def test_fuzzy_messages_and_split_lines():
    text = '#, fuzzy\nmsgctxt "a"\nmsgid "x"\nmsgstr "y"\n\nmsgctxt "b"\nmsgid ""\n"one "\n"two"\nmsgstr "t"\n'
    assert read_po(text, "en.po") == [Message("b", "one two", "t")]
