"""Reading the worries: every finding at its place, nothing half-read."""

from __future__ import annotations

from knowledge.problems import Problems
from knowledge.source import read_text
from knowledge.worries import Worries, read_worries
from tests.queries.labelled import knowledge

GOOD = """
te-oud:
  question: Ben ik te oud?
  answer: Nee.
  words: te oud, leeftijd
  confidence: likely
  en: {question: Am I too old?, answer: No.}
"""


def read(text: str) -> tuple[Worries, list[str]]:
    problems = Problems()
    node = read_text(text, "worries.yaml", problems)
    assert node is not None
    known = knowledge()
    worries = read_worries({"worries.yaml": node}, problems, known.facts, known.geography)
    return worries, [one.message for one in problems.found]


def test_a_worry_answers_in_both_languages():
    worries, complaints = read(GOOD)
    assert not complaints
    assert worries["te-oud"].text() == "Nee."
    assert worries["te-oud"].text("en") == "No."
    assert worries["te-oud"].words == ("te oud", "leeftijd")


def test_a_worry_without_english_is_a_finding():
    _, complaints = read(GOOD.replace("  en: {question: Am I too old?, answer: No.}\n", ""))
    assert complaints == ["worry 'te-oud' has no English"]


def test_an_answer_of_more_than_forty_words_is_a_finding():
    _, complaints = read(GOOD.replace("answer: Nee.", "answer: " + "nee " * 41))
    assert complaints == ["the answer of worry 'te-oud' has 41 words"]


def test_an_unknown_key_is_a_finding():
    _, complaints = read(GOOD + "  colour: red\n")
    assert complaints == ["worry 'te-oud' has no key 'colour'"]
