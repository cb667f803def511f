"""The labelled sentences, read; margins are a little below what the report prints today."""

from __future__ import annotations

import pytest

from tests.understanding.labelled import Labelled, read_as, score, scores, sentences, understanding


def test_the_labelled_set_is_large_and_a_third_is_held_out():
    every = list(sentences())
    held = [one for one in every if one.held]
    assert len(every) >= 400
    assert 0.3 <= len(held) / len(every) <= 0.4
    assert len({one.text for one in every}) == len(every)


def test_no_labelled_sentence_is_one_of_the_examples_everybody_knows():
    known = {
        "Ik ben zzp-elektricien in Arnhem en wil een cursus zonnepanelen",
        "heb een bakkerij met 6 man in tiel, wil me mensen bijscholen",
        "52 jaar, al een jaar thuis, apeldoorn",
        "geen diploma, wil heftruck rijden almere",
        "mijn baas wil dat ik vca haal",
    }
    assert not known & {one.text for one in sentences()}


def test_a_wrong_fact_is_rarer_than_a_missed_one_and_both_are_rare():
    found = scores()
    assert found["tune"].precision >= 0.97
    assert found["tune"].recall >= 0.95
    assert found["held"].precision >= 0.92
    assert found["held"].recall >= 0.90


EXAMPLES = {
    "Ik ben zzp-elektricien in Arnhem en wil een cursus zonnepanelen": {
        "situation": "self_employed", "occupation": "elektricien", "sector": "electro", "place": "Arnhem",
        "course": "zonnepanelen", "course_kind": "short",
    },
    "heb een bakkerij met 6 man in tiel, wil me mensen bijscholen": {
        "situation": "employer", "sector": "bakery", "company_size": "6", "company_place": "Tiel",
        "employer_goal": "train_people",
    },
    "52 jaar, al een jaar thuis, apeldoorn": {
        "situation": "job_seeker", "age": "52", "unemployed_for": "over_1_year", "place": "Apeldoorn",
    },
    "geen diploma, wil heftruck rijden almere": {
        "education": "none", "course": "heftruck rijden", "wanted_sector": "logistics", "place": "Almere",
    },
    "mijn baas wil dat ik vca haal": {
        "situation": "employee", "initiative": "employer", "course": "vca", "course_kind": "short",
    },
}  # fmt: skip


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_everybody_knows_are_read_in_full_and_nothing_more(text: str):
    found = read_as(understanding().read(text))
    assert found == EXAMPLES[text]


def test_the_score_counts_what_is_wrong_and_what_is_missed():
    from tests.understanding.labelled import Score

    into = Score()
    labelled = Labelled("x", False, (("age", "52"), ("place", "Tiel")), (("sector", "care"),))
    score(labelled, {"age": "53", "sector": "care"}, into)
    assert (into.right, into.wrong, into.missed) == (0, 1, 2)
