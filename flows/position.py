"""Where a conversation stands: what waits for the visitor, what was reached on the way, and what may be advised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from flows.model import Advise, Handoff
from knowledge.matching import Match
from knowledge.problems import Place
from knowledge.profile import Profile

CALL, COACH, LOST, CRISIS = "!call_me", "!coach", "!lost", "!crisis"
_NOWHERE = Place("flows/position.py")
# Asked for outside any flow: opened before the walk goes on where it stood.
INTERRUPTS: dict[str, Handoff] = {
    CRISIS: Handoff(CRISIS, _NOWHERE, "Heeft het zwaar: bel meteen", urgent=True, kind="crisis"),
    CALL: Handoff(CALL, _NOWHERE, "Wil gebeld worden", kind="call_back"),
    COACH: Handoff(COACH, _NOWHERE, "Vraagt om een coach"),
    LOST: Handoff(LOST, _NOWHERE, "De digitale hulp begreep de vraag niet"),
}


class Pending(NamedTuple):
    """What waits for the visitor. `kind`: ask, offer, consent, review, answer or rating."""

    kind: str
    step: Any
    fact: str = ""
    advise: str = ""  # key of the `advise` step that asks this by need
    handoff: str = ""  # key of the hand-over this belongs to

    @property
    def key(self) -> str:
        return str(self.step.key)


@dataclass(frozen=True, slots=True)
class Advised:
    """What an `advise` step came to: the cards to show now. What stands behind them: `candidates`."""

    step: Advise
    shown: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A question that this channel may not carry (desk.yaml, `channels`): passed by, and offered elsewhere once."""

    fact: str

    @property
    def key(self) -> str:
        return f"!withheld:{self.fact}"


class Walk:
    """The outcome of one walk."""

    pending: Pending | None = None
    advice: tuple[str, ...] | None = None
    advised: Advised | None = None
    ended = False

    def __init__(self, profile: Profile, asked: dict[str, tuple[str, ...]]) -> None:
        self.profile = profile
        self.asked = asked
        self.events: list[Any] = []  # steps reached whose effect comes once, in order; Advised too
        self.facts: list[str] = []  # facts asked for on the way, answered or pending
        self.derived: dict[str, Any] = {}


def candidates(
    matcher: Any,
    profile: Profile,
    moment: datetime,
    kinds: tuple[str, ...],
    budgets: Mapping[str, int] | None = None,
    show: int = 1,
) -> Iterator[Match]:
    """What may fit and still runs, in the order to name it; the first `show` of different sorts where possible."""
    found = matcher.advice(profile, moment, kinds or None, budgets, show)
    return takewhile(lambda match: match.status != "ended", found)
