"""A conversation that was open while an editor changed the content: what its visitor will notice.

Used twice, so that the two cannot disagree: the engine tells the visitor with it, and `loket diff` counts with it
before anything is published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flows.content import Content
from flows.position import Advised
from flows.state import Shown, State
from flows.walk import walk
from flows.world import World


@dataclass(frozen=True, slots=True)
class Move:
    """What differs from what stood on the screen. All empty: nobody notices anything."""

    asked: str = ""  # fact of the question that now stands there
    elsewhere: bool = False  # the conversation goes on at something else than a question about a fact
    advice: bool = False  # other entries are shown
    lost: tuple[str, ...] = ()  # facts whose answer is no longer one of the answers

    @property
    def silent(self) -> bool:
        return not (self.asked or self.elsewhere or self.advice)


SILENT = Move()


def stale(content: Content, state: State) -> tuple[str, ...]:
    """Facts whose given answer this content no longer takes, such as a choice that was removed.

    They are asked again.
    """
    facts = content.knowledge.facts
    return tuple(
        fact
        for fact, answer in state.answers.items()
        if answer.status == "given" and fact in facts and not facts.takes(fact, answer.value)
    )


def adapted(content: Content, state: State) -> State:
    """The state without what this content does not know: answers, cards and questions that were taken away.

    Everything behind the engine's door may then look up what it reads in a state.
    """
    facts, catalogue, pending = content.knowledge.facts, content.knowledge.catalogue, state.pending or {}
    gone = {*stale(content, state), *(fact for fact in state.answers if fact not in facts)}
    named = [pending[what] for what in ("fact", "entry") if pending.get(what)]
    unknown = any(isinstance(one, str) and one not in facts and one not in catalogue for one in named)
    shown = state.shown
    if shown is not None and shown.fact and shown.fact not in facts:
        shown = Shown(shown.turn, shown.step, "", shown.options, shown.fingerprint)
    return state.without(*gone).but(
        pending=None if unknown else state.pending,
        shown=shown,
        older=tuple(line for line in state.older if not (fact := Shown.of_line(line).fact) or fact in facts),
        advice=None if state.advice is None else tuple(one for one in state.advice if one in catalogue),
    )


def moved(content: Content, state: State, now: datetime, world: World | None = None) -> Move:
    """Walk a stored conversation on this content and compare with what its visitor saw last. Pure."""
    if state.fingerprint in ("", content.fingerprint) or state.shown is None:
        return SILENT
    lost = stale(content, state)
    state = adapted(content, state)
    assert state.shown is not None  # for the type checker: nothing takes a screen away
    walked = walk(content, state, now, world)
    advice = any(
        isinstance(event, Advised)
        and (held := state.done.get(event.step.key)) is not None
        and held != [match.entry.id for match in event.shown]
        for event in walked.events
    )
    stood, fact = state.shown.step, state.shown.fact
    if stood.startswith("!"):  # a question of the desk itself lay over it
        stood = str((state.pending or {}).get("step", ""))
    pending = walked.pending
    if not stood and not fact:
        return Move(advice=advice, lost=lost)
    if pending is None:
        return Move(elsewhere=state.phase == "talking", advice=advice, lost=lost)
    if pending.fact == fact if pending.fact else pending.key == stood:
        return Move(advice=advice, lost=lost)
    return Move(pending.fact if pending.kind == "ask" else "", pending.kind != "ask", advice, lost)


@dataclass(frozen=True, slots=True)
class Moves:
    """What stored conversations will notice, counted. `silent`, `asked`, `elsewhere` and `advice` add up to `total`."""

    total: int
    silent: int
    asked: dict[str, int]  # fact -> conversations in which it is asked now
    lost: dict[str, int]  # of those, fact -> conversations whose answer is no longer one of the answers
    elsewhere: int
    advice: int  # other entries, at the same question

    def lines(self) -> list[str]:
        """For the report of `loket diff`."""
        said = [f"{self.silent} of {self.total} go on without noticing"]
        if self.asked:
            facts = ", ".join(
                f"{fact} {count}"
                + (f" ({self.lost[fact]} had an answer that is no longer there)" if fact in self.lost else "")
                for fact, count in self.asked.items()
            )
            said.append(f"{sum(self.asked.values())} are asked something else, or again: {facts}")
        if self.elsewhere:
            said.append(f"{self.elsewhere} go on at another place")
        if self.advice:
            said.append(f"{self.advice} are shown other advice")
        return said


def counted_moves(moves: Iterable[Move]) -> Moves:
    """Add up; each conversation counts once, by what its visitor notices first."""
    total = silent = elsewhere = advice = 0
    asked: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for move in moves:
        total += 1
        if move.silent:
            silent += 1
        elif move.asked:
            asked[move.asked] += 1
            lost.update({move.asked} & set(move.lost))
        elif move.elsewhere:
            elsewhere += 1
        else:
            advice += 1
    return Moves(total, silent, dict(asked.most_common()), dict(lost), elsewhere, advice)
