"""Where a conversation stands, derived: walk the flow from its start with the answers given.

The first question that is reached, applies and has no answer is the pending one. So *back*, *correct*, *resume*, *a
coach fills in* and *the flow changed meanwhile* are one operation: change the answers, walk again. Walking changes
nothing; it says what would be done (`events`), what waits (`pending`) and which facts `advise` has asked (`asked`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flows.content import Content
from flows.draft import Draft
from flows.position import CALL, COACH, CRISIS, INTERRUPTS, LOST, Advised, Pending, Walk, candidates
from flows.state import State
from flows.walker import Walker
from flows.world import World

__all__ = [
    "CALL", "COACH", "CRISIS", "INTERRUPTS", "LOST", "Advised", "Pending", "Walk", "candidates", "walk",
]  # fmt: skip
KEPT_WALKS = 512


def walk(content: Content, state: State | Draft, moment: datetime, world: World | None = None) -> Walk:
    """Derive the position. Pure: equal content, answers, done, asked, moment, budgets and channel give an equal walk.

    Because it is pure, the last walks over content that matches entries are kept: within a turn the same position is
    asked for several times, and matching is most of a walk. A walk without matching is cheaper made than looked up.
    """
    budgets = world.budgets if world is not None else {}
    withheld = content.withheld(world.channel) if world is not None else frozenset()
    if not content.matches:
        return Walker(content, state, moment, budgets, withheld).run()
    key = (
        tuple([(fact, answer.status, answer.value) for fact, answer in state.answers.items()]),
        tuple(state.asked.items()),
        tuple([(name, _weight(done)) for name, done in state.done.items() if type(done) is dict]),
        tuple([name for name in state.done if name.startswith("enough:")]),
        moment.date(), moment.hour, moment.minute, tuple(budgets.items()), withheld,
    )  # fmt: skip
    kept = content.memory
    found = kept.get(key)
    if found is None:
        if len(kept) >= KEPT_WALKS:
            kept.clear()
        found = kept[key] = Walker(content, state, moment, budgets, withheld).run()
    return found


def _weight(done: dict[str, Any]) -> Any:
    """What a walk reads of something that was done: how a question was answered, or whether a case was opened."""
    return done.get("answer") or "opened" in done
