"""The first reply to what people really type: understood, answered, or handed to a human; never a dead end."""

from __future__ import annotations

from tests.understanding.replies import failing, firsts, tallies


def test_half_of_the_first_messages_is_held_out():
    every = list(firsts())
    assert len(every) >= 100
    assert 0.4 <= sum(one.held for one in every) / len(every) <= 0.55
    assert len({one.text for one in every}) == len(every)


def test_most_first_replies_are_good_also_where_nobody_looked_while_mending():
    assert tallies()["tune"].share >= 0.85
    assert tallies()["held"].share >= 0.78


def test_whoever_asks_for_a_human_gets_one_whatever_the_words():
    asked = [one for one in firsts() if "human" in one.expected]
    assert len(asked) >= 6
    assert [one.text for one in asked if failing(one)[0]] == []
