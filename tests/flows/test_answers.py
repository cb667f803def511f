"""One kind of question at a time: what people type, and what it means."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.answers import Answered, Doubt, Unread, read_answer
from flows.answers.day import find_day
from flows.answers.number import find_number, shown
from flows.answers.number_words import number_of
from flows.content import Content

SATURDAY = date(2026, 11, 21)


def read(content: Content, fact: str, text: str) -> Any:
    return read_answer(text, content.asking(fact, SATURDAY))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("6", 6), ("zes", 6), ("6 man", 6), ("we zijn met zes", 6), ("12,5", 12.5), ("1.200", 1200), ("1200", 1200),
        ("twaalfhonderd", 1200), ("tweeënvijftig", 52), ("negenennegentig", 99), ("honderdvijf", 105),
        ("tweeduizend", 2000), ("twenty-five", 25), ("two hundred and ten", 210), ("ongeveer 30 mensen", 30),
        ("10-49", (10, 49)), ("10–49", (10, 49)), ("tussen de 10 en 20", (10, 20)), ("5 tot 9", (5, 9)),
        ("meer dan 50", (51, None)), ("minstens 50", (50, None)), ("50+", (50, None)), ("minder dan 10", (None, 9)),
        ("hoogstens 10", (None, 10)), ("geen", 0), ("niemand", 0), ("2 miljoen", 2_000_000), ("1,5 mln", 1_500_000),
        ("€ 6.000", 6000), ("40k", 40_000), ("anderhalf miljoen", 1_500_000),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: Any) -> None:
    assert find_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "een paar", "veel", "6 of 8 of zo 9", "abc", "tien of twintig of dertig", "x" * 500]
)
def test_what_is_no_single_number_is_not_guessed(text: str) -> None:
    assert find_number(text) is None


@pytest.mark.parametrize("number", [*range(101), 110, 199, 200, 345, 999, 1000, 1001, 2500])
def test_dutch_number_words_go_there_and_back(number: int) -> None:
    assert number_of(in_words(number)) == number


def in_words(number: int) -> str:
    ones = ["nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf",
            "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien"]  # fmt: skip
    tens = ["", "", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"]
    if number < 20:
        return ones[number]
    if number < 100:
        unit = number % 10
        joint = "ën" if ones[unit].endswith("e") else "en"
        return (ones[unit] + joint if unit else "") + tens[number // 10]
    if number < 1000:
        head = "" if number < 200 else ones[number // 100]
        return f"{head}honderd{in_words(number % 100) if number % 100 else ''}"
    head = "" if number < 2000 else in_words(number // 1000)
    return f"{head}duizend{in_words(number % 1000) if number % 1000 else ''}"


@pytest.mark.parametrize(
    ("value", "said"), [(1200, "1.200"), (12.5, "12,5"), ((10, 49), "10-49"), ((50, None), "50 of meer")]
)
def test_numbers_are_said_back_in_dutch(value: Any, said: str) -> None:
    assert shown(value) == said


def test_an_age_that_cannot_be_is_said_kindly(content: Content) -> None:
    outcome = read(content, "age", "230")
    assert isinstance(outcome, Unread)
    assert outcome.phrase == "number_outside"
    assert outcome.sure


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1-3", "2027-03-01"), ("1-3-2027", "2027-03-01"), ("1/12", "2026-12-01"), ("1 maart", "2027-03-01"),
        ("1 maart 2028", "2028-03-01"), ("vandaag", "2026-11-21"), ("morgen", "2026-11-22"),
        ("overmorgen", "2026-11-23"), ("maandag", "2026-11-23"), ("volgende week maandag", "2026-11-23"),
        ("volgende week vrijdag", "2026-11-27"), ("over twee weken", "2026-12-05"), ("over 3 dagen", "2026-11-24"),
        ("2027-01-15", "2027-01-15"), ("March 3rd is fine: 3 March", "2027-03-03"), ("zaterdag", "2026-11-28"),
    ],
)  # fmt: skip
def test_days_are_read_as_people_say_them(text: str, day: str) -> None:
    assert find_day(text, SATURDAY) == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["31-2", "32-1-2027", "ooit", "", "99 maart", "0-0"])
def test_an_impossible_day_is_no_day(text: str) -> None:
    assert find_day(text, SATURDAY) is None


@pytest.mark.parametrize(
    "text", ["06 12345678", "06-12345678", "0031612345678", "+31 6 1234 5678", "mijn nummer is 0612345678"]
)
def test_phone_numbers_are_kept_in_one_form(content: Content, text: str) -> None:
    assert read(content, "phone", text) == Answered("+31612345678")


@pytest.mark.parametrize("text", ["12", "0612", "bel maar", "000000000000000"])
def test_what_is_no_phone_number_is_told(content: Content, text: str) -> None:
    assert isinstance(read(content, "phone", text), Unread)


def test_email_addresses_are_read_out_of_a_sentence(content: Content) -> None:
    assert read(content, "email", "mijn mail is jan@example.com.") == Answered("jan@example.com")
    assert isinstance(read(content, "email", "jan at example"), Unread)


@pytest.mark.parametrize(
    ("text", "place"),
    [("Ulft", "Ulft"), ("ulft", "Ulft"), ("7071", "Oude IJsselstreek"), ("ik woon in Ulft", "Ulft")],
)
def test_places_are_found(content: Content, text: str, place: str) -> None:
    assert read(content, "place", text) == Answered(place)


def test_a_name_of_two_places_is_asked_back(content: Content) -> None:
    outcome = read(content, "place", "Hengelo")
    assert isinstance(outcome, Doubt)
    assert len(outcome.options) >= 2


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("metaal", "metal"), ("ik werk in de metaal", "metal"), ("lasser", "metal"), ("metaaal", "metal"),
        ("in een garage", "car_technology"),
    ],
)  # fmt: skip
def test_sectors_are_typed_with_mistakes(content: Content, text: str, sector: str) -> None:
    assert read(content, "sector", text) == Answered(sector)


@pytest.mark.parametrize(
    ("text", "ids"), [("ww en bijstand", ("ww", "bijstand")), ("bijstand, ww", ("ww", "bijstand")), ("geen", ("none",))]
)
def test_several_choices_are_one_answer_in_a_fixed_order(content: Content, text: str, ids: tuple[str, ...]) -> None:
    outcome = read(content, "benefit", text)
    assert outcome == Answered(ids)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("ja", "yes"), ("ja hoor", "yes"), ("nee", "no"), ("nee nog niet", "no"), ("👍", "yes"), ("JAZEKER", "yes")],
)
def test_yes_and_no_in_many_words(content: Content, text: str, answer: str) -> None:
    assert read(content, "shift_work", text) == Answered(answer)


def test_a_close_choice_is_asked_and_a_typing_error_repaired(content: Content) -> None:
    assert read(content, "education", "universitiet") == Answered("wo")
    assert isinstance(read(content, "education", "mbo 5"), Doubt | Unread)


def test_free_text_has_a_limit_and_questions_are_asked_back(content: Content) -> None:
    assert isinstance(read(content, "name", "x" * 100), Unread)
    assert isinstance(read(content, "occupation", "wat bedoelt u?"), Unread)
    assert read(content, "name", "  Fatima   Z. ") == Answered("Fatima Z.")
