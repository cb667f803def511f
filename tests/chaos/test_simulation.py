"""Thousands of small disasters, each repeatable by its seed."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.chaos.simulated import Desk

COACH_ACTIONS = ("claim", "reply", "release", "take_over", "wait", "snooze", "close", "hand_back", "edit")
WEATHER = ("ok", "ok", "ok", "429", "502", "lost")


def play(seed: int, moves: int = 60) -> Desk:
    """One desk through `moves` random moves, crashes included, and then good weather."""
    desk = Desk(seed)
    dice = desk.dice
    for _ in range(moves):
        if dice.random() < 0.15:
            desk.fuse = dice.randrange(1, 14)
        match dice.choices(("type", "deliver", "send", "coach", "tick"), (3, 5, 5, 2, 1))[0]:
            case "type":
                text = "coach" if dice.random() < 0.25 else ""
                desk.visitor_types(dice.randrange(4), text, copies=dice.choice((1, 1, 1, 2, 3)))
            case "deliver":
                desk.deliver(dice.randrange(50))
            case "send":
                desk.send(dice.randrange(2), dice.choice(WEATHER))
            case "coach":
                desk.coach_does(dice.randrange(2), dice.choice(COACH_ACTIONS), dice.randrange(9))
            case _:
                desk.tick(dice.choice((0.5, 5, 40, 4000)))
    desk.check()
    desk.settle_down()
    desk.check_at_rest()
    return desk


@pytest.mark.parametrize("block", range(6))
def test_every_seed_ends_well(block: int) -> None:
    for seed in range(block * 25, block * 25 + 25):
        play(seed)


# Seeds that once failed. 1574: a reply whose answer was lost twice was sent three times and counted once.
@pytest.mark.parametrize("seed", [1574])
def test_a_seed_that_once_failed_ends_well(seed: int) -> None:
    play(seed, moves=120)


@pytest.mark.long
def test_a_long_campaign_of_seeds_ends_well() -> None:
    first = int(os.environ.get("LOKET_SEED", "1000"))
    for seed in range(first, first + int(os.environ.get("LOKET_SEEDS", "5000"))):
        play(seed, moves=120)


class TakeOver(RuleBasedStateMachine):
    """Coach and bot at once, with crashes: hypothesis looks for the shortest way to break it."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(0)

    @rule(who=st.integers(0, 1), coach=st.booleans(), copies=st.integers(1, 3))
    def visitor_types(self, who: int, coach: bool, copies: int) -> None:
        self.desk.visitor_types(who, "coach" if coach else "", copies)

    @rule(which=st.integers(0, 5), fuse=st.integers(0, 12))
    def deliver(self, which: int, fuse: int) -> None:
        self.desk.fuse = fuse
        self.desk.deliver(which)

    @rule(sender=st.integers(0, 1), weather=st.sampled_from(WEATHER), fuse=st.sampled_from((0, 0, 1, 2, 3)))
    def send(self, sender: int, weather: str, fuse: int) -> None:
        self.desk.fuse = fuse
        self.desk.send(sender, weather)

    @rule(
        coach=st.integers(0, 1), what=st.sampled_from(COACH_ACTIONS), number=st.integers(0, 1), fuse=st.integers(0, 8)
    )
    def coach_does(self, coach: int, what: str, number: int, fuse: int) -> None:
        self.desk.fuse = fuse
        self.desk.coach_does(coach, what, number)

    @rule(seconds=st.sampled_from((1, 31, 4000)))
    def time_passes(self, seconds: int) -> None:
        self.desk.tick(seconds)

    @invariant()
    def holds(self) -> None:
        self.desk.check()

    def teardown(self) -> None:
        self.desk.settle_down()
        self.desk.check_at_rest()


_QUICK = settings(
    max_examples=int(os.environ.get("LOKET_EXAMPLES", "30")), stateful_step_count=30, deadline=None,
    derandomize=True, suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestTakeOver = TakeOver.TestCase
TestTakeOver.settings = _QUICK
