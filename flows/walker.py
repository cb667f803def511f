"""One walk over the flows from the start, with one method per kind of step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile
from typing import Any

from flows.content import CALL_ME, CONTACT, Content
from flows.draft import Draft
from flows.model import (
    Advise,
    Answer,
    Ask,
    Consent,
    Do,
    Finish,
    Handoff,
    Note,
    Offer,
    Remind,
    Review,
    Say,
    SetFact,
    Step,
    When,
)
from flows.position import INTERRUPTS, Advised, Pending, Walk, Withheld, candidates
from flows.state import Answer as Given
from flows.state import State
from knowledge.criteria import NO, YES
from knowledge.matching import Match
from knowledge.stock import one_of


@dataclass(frozen=True, slots=True)
class Stock:
    """What matching reads of the world: what is left of counted budgets."""

    budgets: Mapping[str, int]


# What a step says to the walk: nothing (go on), wait here for the visitor, or skip the rest of these steps.
NOT_ASKED = ("not_applicable", "derived", "given")  # without an answer of its own, a fact in this state is passed by
WAITS, CLOSED = "waits", "closed"  # closed: a consent was refused, and the rest of these steps depends on it


class Walker:
    def __init__(
        self, content: Content, state: State | Draft, moment: datetime, budgets: Mapping[str, int],
        withheld: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.content, self.state, self.moment, self.today = content, state, moment, moment.date()
        self.budgets, self.answers, self.withheld = budgets, state.answers, withheld
        self.out = Walk(content.profile(state.answers, self.today), state.asked.copy())
        self.active: list[str] = []
        self.handoff = ""

    def run(self) -> Walk:
        done = self.state.done
        interrupted = not INTERRUPTS.keys().isdisjoint(done) and any(
            self.handoff_step(step) is WAITS for key, step in INTERRUPTS.items() if key in done
        )
        if not interrupted and not self.flow(self.content.root.id):
            self.out.ended = True
        return self.out

    def flow(self, name: str) -> str:
        flow = self.content.flows.get(name)
        if flow is None or name in self.active:
            return ""  # `check` reports both; a conversation goes on regardless
        self.active.append(name)
        facts = self.out.facts
        before = len(facts)  # of the questions a flow opens with, those that were answered are passed in one go
        facts.extend(takewhile(self.answers.__contains__, flow.opening))
        signal = self.steps(flow.steps[len(facts) - before :])
        self.active.pop()
        return signal

    def steps(self, steps: tuple[Step, ...]) -> str:
        for step in steps:
            signal: str | None = _STEPS[type(step)](self, step)
            if signal:
                return WAITS if signal is WAITS else ""
        return ""

    # --- one method per kind of step -------------------------------------------------------------------------------

    def say(self, step: Say | Note | Remind) -> None:
        self.out.events.append(step)

    def ask(self, step: Ask, advise: str = "") -> str:
        if step.fact in self.answers:
            self.out.facts.append(step.fact)
            return ""
        surely = step.fact in self.content.always_asked and not self.out.derived
        if not surely and self.out.profile.state_of(step.fact) in NOT_ASKED:
            return ""
        if step.fact in self.withheld:
            self.out.events.append(Withheld(step.fact))
            return ""
        self.out.facts.append(step.fact)
        return self.wait(Pending("ask", step, step.fact, advise, self.handoff))

    def when(self, step: When) -> str:
        criterion = step.condition.criterion
        level = YES if criterion is None else criterion.level(self.out.profile)
        steps = step.then if level == YES else step.otherwise if level == NO else step.unknown
        return self.steps(steps) if steps else ""

    def do(self, step: Do) -> str:
        return self.flow(step.flow)

    def set_fact(self, step: SetFact) -> None:
        if step.fact in self.state.answers:
            return  # a given answer always wins
        value = self.content.plain_value(step.fact, step.value)
        self.derive(step.fact, Given("given", value, by="derived"))

    def derive(self, fact: str, answer: Given) -> None:
        self.out.derived[fact] = answer
        self.out.profile = self.content.profile({**self.out.derived, **self.state.answers}, self.today)

    def advise(self, step: Advise) -> str:
        matcher, profile = self.content.knowledge.matcher, self.out.profile
        asked = self.out.asked.get(step.key, ())
        for fact in asked:
            known = fact in self.state.answers or profile.state_of(fact) in ("not_applicable", "derived", "given")
            if not known and self.by_need(step, fact):
                return WAITS
        while len(asked) < step.questions and f"enough:{step.key}" not in self.state.done:
            found = matcher.next_question(profile, self.moment, kinds=step.kinds or None, show=step.show, asked=asked)
            if found is None:
                break
            self.out.asked[step.key] = asked = (*asked, found)
            if self.by_need(step, found):  # waits here, unless this channel may not carry the answer
                return WAITS
        likely = candidates(matcher, profile, self.moment, step.kinds, self.budgets, step.show)
        advised = Advised(step, tuple(islice(likely, step.show)))
        self.out.advised = advised
        self.out.advice = tuple(match.entry.id for match in advised.shown)
        self.derive("advice", Given("given", self.out.advice or ("none",), by="derived"))
        self.out.events.append(advised)
        return ""

    def by_need(self, step: Advise, fact: str) -> str:
        asking = self.content.asks(fact, step.key.split(".")[0]) or Ask(f"{step.key}.{fact}", step.place, fact)
        return self.ask(asking, step.key)

    def answer(self, step: Answer) -> str:
        return "" if step.key in self.state.done else self.wait(Pending("answer", step))

    def consent(self, step: Consent) -> str:
        done = self.state.done.get(step.key)
        if done is None:
            return self.wait(Pending("consent", step, handoff=self.handoff))
        return CLOSED if done["answer"] == "no" else ""

    def handoff_step(self, step: Handoff) -> str:
        done = self.state.done.get(step.key) or {}
        if "opened" in done or (step.key not in INTERRUPTS and self.opened()):
            return ""
        self.handoff = step.key
        if self.flow(CALL_ME if step.kind == "call_back" else CONTACT):
            return WAITS
        self.handoff = ""
        self.out.events.append(step)
        return ""

    def opened(self) -> bool:
        """A coach already has this conversation: nothing hands it over a second time by itself."""
        if any(isinstance(event, Handoff) for event in self.out.events):
            return True
        return any(isinstance(done, dict) and "opened" in done for done in self.state.done.values())

    def offer(self, step: Offer) -> str:
        if step.what == "coach" and self.opened():
            return ""
        done = self.state.done.get(step.key)
        if step.open and done is None:
            match = self.match_of(step.open)
            if match is None or match.verdict == "does_not_fit":
                return ""
            if match.availability.budget_gone or self.budgets.get(match.entry.id, 0) < one_of(match.entry):
                self.out.events.append(step)  # said once: the money is gone
                return ""
            if match.status != "open":
                return ""
        if done is None:
            return self.wait(Pending("offer", step))
        if done["answer"] != "yes":
            return ""
        if step.what == "coach":
            reason = step.reason or "Wil met een coach praten"
            return self.handoff_step(Handoff(f"{step.key}!", step.place, reason, step.team))
        return self.flow(step.what)

    def match_of(self, name: str) -> Match | None:
        """An entry for this visitor, what is left of its budget included; None when the desk does not have it."""
        entry = self.content.knowledge.catalogue.resolve(name)
        if entry is None:
            return None
        match: Match = self.content.knowledge.matcher.one(entry, self.out.profile, self.moment, Stock(self.budgets))
        return match

    def review(self, step: Review) -> str:
        return "" if step.key in self.state.done else self.wait(Pending("review", step, handoff=self.handoff))

    def finish(self, step: Finish) -> str:
        self.out.events.append(step)
        if "rating" in self.content.knowledge.facts and "rating" not in self.state.answers:
            return self.wait(Pending("rating", step, "rating"))
        self.out.ended = True
        return WAITS

    def wait(self, pending: Pending) -> str:
        self.out.pending = pending
        return WAITS


_STEPS: dict[type, Any] = {
    Say: Walker.say,
    Note: Walker.say,
    Remind: Walker.say,
    Ask: Walker.ask,
    When: Walker.when,
    Do: Walker.do,
    SetFact: Walker.set_fact,
    Advise: Walker.advise,
    Answer: Walker.answer,
    Consent: Walker.consent,
    Handoff: Walker.handoff_step,
    Offer: Walker.offer,
    Review: Walker.review,
    Finish: Walker.finish,
}
