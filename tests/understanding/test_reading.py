"""What reading a text promises beside the labelled sentences."""

from __future__ import annotations

import time

import pytest

from tests.understanding.labelled import understanding


def read(text: str, **given: str):
    return understanding().read(text, **given)


def test_what_was_read_is_said_back_in_one_line():
    reading = read("heb een bakkerij met 6 man in tiel")
    assert reading.summary() == "Ik lees: bakkerij, 6 mensen, Tiel."
    assert reading.summary("en") == "I read: bakery, 6 people, Tiel."


def test_nothing_read_is_an_empty_line():
    assert read("goedemorgen").summary() == ""


def test_a_name_of_several_places_is_asked_and_not_guessed():
    reading = read("ik woon in hengelo en zoek werk")
    assert "place" not in reading.facts
    [doubt] = reading.uncertain
    assert doubt.fact == "place"
    assert {value for value, _ in doubt.choices} >= {"Hengelo (O.)", "Hengelo (Gld)"}


def test_each_fact_knows_where_it_was_read():
    text = "Ik ben lasser en woon in Ulft"
    reading = read(text)
    start, end = reading.spans["place"]
    assert text[start:end] == "Ulft"
    start, end = reading.spans["occupation"]
    assert text[start:end] == "lasser"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ik heb een burn-out en woon in Zwolle", "health"),
        ("door mijn rugklachten kan ik niet meer stuken", "health"),
        ("er staat een deurwaarder voor de deur", "debt"),
    ],
)
def test_health_and_debt_set_no_fact_but_are_acknowledged(text: str, kind: str):
    reading = read(text)
    assert reading.sensitive == kind
    assert not reading.facts
    assert not reading.summary()


def test_what_was_said_beside_something_sensitive_waits_and_is_not_recorded():
    reading = read("ik heb schulden en woon in Almere")
    assert not reading.facts
    assert reading.held["place"] == "Almere"


@pytest.mark.parametrize("text", ["ik werk in de gehandicaptenzorg", "ik heb geen schulden", "ik zit in de ziektewet"])
def test_work_with_sick_people_denials_and_benefits_are_not_sensitive(text: str):
    assert read(text).sensitive == ""


def test_a_correction_is_noticed():
    assert read("ik ben toch zzp'er").correction
    assert not read("ik ben zzp'er").correction


def test_a_statement_that_begins_with_a_verb_is_no_question():
    assert not read("heb een bakkerij in tiel").question
    assert read("heb ik recht op subsidie").question


@pytest.mark.parametrize(
    ("pending", "text", "value"),
    [
        ("age", "52", 52),
        ("age", "tweeënvijftig", 52),
        ("age", "begin vijftig", (50, 53)),
        ("company_size", "zes", 6),
        ("company_size", "met z'n achten", 8),
        ("education", "mbo 3", "mbo3"),
        ("shift_work", "nee", "no"),
        ("sector", "bakkerij", "bakery"),
        ("contract_hours", "24", 24),
    ],
)
def test_a_bare_answer_is_read_against_the_question(pending: str, text: str, value: object):
    assert read(text, pending=pending).facts[pending] == value


@pytest.mark.parametrize("text", ["52", "zes", "nee", "230"])
def test_a_bare_answer_means_nothing_without_a_question(text: str):
    assert not read(text).facts


def test_an_impossible_age_is_not_taken():
    assert "age" not in read("230", pending="age").facts


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "😀😀😀",
        "\x00",
        "a" * 100_000,
        "zorg " * 5000,
        "١٢٣",
        "ik ben " + "é̂́" * 50,
        "?!?!",
        "\u202eolleh",
        "🧑‍🔧 lasser",
    ],
)
def test_odd_texts_never_raise(text: str):
    understanding().read(text)
    understanding().read(text, pending="age")


def test_reading_a_sentence_takes_a_few_milliseconds():
    texts = ["Ik ben 52, lasser in Ulft, zonder werk sinds een half jaar en wil omscholen naar de zorg"] * 20
    read(texts[0])
    start = time.perf_counter()
    for text in texts:
        read(text)
    assert (time.perf_counter() - start) / len(texts) < 0.03


def test_a_denial_inside_a_phrase_breaks_it():
    reading = read("wil heftruck rijden geen diploma almere")
    assert "goal" not in reading.facts
    assert reading.summary() == "Ik lees: geen diploma, heftruck rijden, Almere."


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ik zoek werk", "Ik lees: u zoekt werk."),
        (
            "wij zijn met 12 man en willen een opleidingsplan",
            "Ik lees: 12 mensen, een opleidingsplan.",
        ),
        ("ik ben 52", "Ik lees: 52 jaar."),
        ("begin vijftig en werkloos", "Ik lees: u zoekt werk, 50 tot 53 jaar."),
    ],
)
def test_the_line_says_everything_once(text: str, line: str):
    assert read(text).summary() == line
