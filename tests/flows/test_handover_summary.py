"""The coach's five lines speak of the same cards as the visitor saw."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flows.effects import OpenCase
from flows.engine import step
from flows.events import Said, Started
from flows.state import State
from flows.world import World
from tests.shipped import shipped

NOW = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))


def test_call_me_after_advice_keeps_the_advice_for_the_coach() -> None:
    content, world = shipped(), World(promise="uiterlijk maandag 23 november om 11.00 uur")
    turn = step(content, world, State(), Started(), NOW)
    shown: list[str] = []
    for text in ("heb een bakkerij met 6 man in tiel, wil ze een cursus geven", "weet ik niet", "bel mij"):
        turn = step(content, world, State.from_json(turn.state.to_json()), Said(text), NOW)
        shown += [match.entry.name for match in turn.advice or ()]
    for text in ("0612345678", "'s ochtends"):
        turn = step(content, world, State.from_json(turn.state.to_json()), Said(text), NOW)
    [case] = [effect for effect in turn.effects if isinstance(effect, OpenCase)]
    fits = next(line for line in case.summary if line.startswith("Past: "))
    assert shown
    assert shown[0] in fits
    if "misschien" in fits:
        assert "Nog open: niets" not in case.summary
