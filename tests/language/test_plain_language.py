"""The reading gate keeps easy and hard Dutch apart, and says what would help."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.plain_language import findings, measure

LINES = [
    line.split(": ", 1)
    for line in (Path(__file__).parent / "golden.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
EASY_WORDS = ("website", "loonstrook", "gemeente", "werkgever")


def test_the_golden_file_holds_twenty_of_each() -> None:
    assert [kind for kind, _ in LINES].count("easy") == 20
    assert [kind for kind, _ in LINES].count("hard") == 20


@pytest.mark.parametrize("sentence", [text for kind, text in LINES if kind == "easy"])
def test_an_easy_text_passes(sentence: str) -> None:
    assert findings(sentence, EASY_WORDS) == []


@pytest.mark.parametrize("sentence", [text for kind, text in LINES if kind == "hard"])
def test_a_hard_text_is_stopped_with_a_proposal(sentence: str) -> None:
    found = findings(sentence, EASY_WORDS)
    assert found
    assert all(one.proposal for one in found)


def test_names_and_glossary_words_are_not_counted_as_hard() -> None:
    text = "U krijgt een praktijkverklaring bij het Werkcentrum Zuid-Limburg in uw buurt."
    assert measure(text, ["praktijkverklaring", "Werkcentrum Zuid-Limburg"]).lix < measure(text).lix


def test_a_message_asks_one_thing_at_a_time() -> None:
    assert [one.what for one in findings("Hebt u werk? En waar woont u?")] == ["asks more than one question"]


def test_two_thousand_messages_are_judged_in_a_moment() -> None:
    text = "Er is een weg die bij u kan passen: leren op de werkvloer, vaak zonder examen."
    assert all(not findings(f"{text} Dit is nummer {number}.") for number in range(2000))


@pytest.mark.parametrize(
    ("text", "rare"),
    [
        ("U kunt kosten declareren.", ["declareren"]),
        ("Vraag uw leerbedrijf of u geld kunt terugvragen.", []),  # two known words in one
        ("U kiest een opleiding die een ander vak opleidt.", []),
        ("Vraag het aan Zadkine of kijk op mijnoom.nl.", []),  # a name, an address
        ("Zadkine is een school.", ["Zadkine"]),  # at the start it may be any word
        ("Dit heet leerwerkplekaanbod.", ["leerwerkplekaanbod"]),  # more than two words in one
        ("Typ wijzig, of lees uw cao’s.", []),
        ("Vraag om compensabele uren.", ["compensabele"]),
    ],
)
def test_a_word_that_few_people_know_is_named(text: str, rare: list[str]) -> None:
    assert [one.word for one in findings(text, ("cao",)) if "few people know" in one.what] == rare


def test_a_rare_word_gets_a_plainer_one_or_a_way_out() -> None:
    text = "U mag declareren. Zo heet leerwerkplekaanbod. Vraag om compensabele uren."
    told = [one.proposal for one in findings(text) if one.word]
    assert told[0] == "Write 'het geld terugvragen'."
    assert told[1].startswith("Say it in more words (leer, werkplek, aanbod), use words that everybody uses")
    assert told[2].endswith("or explain 'compensabele' in glossary.yaml.")


def test_an_explained_word_or_a_name_given_along_is_known() -> None:
    assert findings("Met een kwalificatiedossier weet u meer.", ["kwalificatiedossier"]) == []


def test_a_message_has_at_most_three_hundred_and_fifty_characters() -> None:
    text = " ".join(["Vraag uw werkgever vandaag naar geld."] * 10)
    assert [one.what for one in findings(text, most_words=80)] == [f"has {len(text)} characters"]
