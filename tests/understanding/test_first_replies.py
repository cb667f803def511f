"""The first reply to what people really type: understood, answered, or handed to a human; never a dead end."""

from __future__ import annotations

from tests.understanding.replies import failing, firsts, tallies


def test_there_are_many_first_messages_and_some_are_held_out():
    every = list(firsts())
    assert len(every) >= 700
    assert sum(one.where == "held" for one in every) >= 22
    assert sum(one.where == "unseen" for one in every) >= 99
    assert len({one.text for one in every}) == len(every)


def test_most_first_replies_are_good_also_to_messages_written_after_the_mending():
    assert tallies()["tune"].share >= 0.92
    assert tallies()["held"].share >= 0.80
    assert tallies()["unseen"].share >= 0.62  # the honest figure: written by somebody who knows nothing of the desk


def test_whoever_asks_for_a_human_gets_one_whatever_the_words():
    asked = [one for one in firsts() if "human" in one.expected]
    assert len(asked) >= 6
    assert [one.text for one in asked if failing(one)[0]] == []
