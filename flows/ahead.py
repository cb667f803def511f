"""How many questions may still come, at most, before the first advice or offer: told once, as a promise that is kept.

A bound over everything this visitor may still answer: a condition whose facts are known takes its branch, one that will
be known by then takes the longest, one that may still turn takes all of them. A fact is asked once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flows.model import Advise, Answer, Ask, Consent, Do, Finish, Handoff, Offer, Review, Step, When
from flows.state import Answer as Given
from knowledge.criteria import NO, YES

if TYPE_CHECKING:
    from flows.session import Session
    from flows.walk import Walk

AHEAD = "!ahead"  # in state.done: the number told last
SPREAD = 1  # when the open question itself decides more than this, the number is told after it


def questions_ahead(session: Session, walked: Walk) -> tuple[int, int]:
    """The most questions that can come from here, the one that stands open included; for the way to answer that one
    which leaves the fewest, and for the one which leaves the most. Only a choice is looked at way by way."""
    answers, open_now = session.state.answers, walked.pending.fact if walked.pending is not None else ""
    declared = session.content.knowledge.facts.get(open_now)
    if declared is None or declared.kind != "choice" or open_now in answers:
        most = _Bound(session, walked, answers).most()
        return most, most
    ways = [Given("given", choice) for choice in declared.choices] + [Given("dont_know")]
    counts = [1 + _Bound(session, walked, {**answers, open_now: way}).most() for way in ways]
    return min(counts), max(counts)


def line_ahead(session: Session, walked: Walk) -> str:
    """ "Nog hoogstens 3 vragen." after the first answer, and again when a correction made it more; else ''."""
    pending, state = walked.pending, session.state
    told = state.done.get(AHEAD)
    if told is not None and session.before.answers.keys().isdisjoint(session.understood):
        return ""  # nothing was corrected
    if pending is None or pending.kind != "ask" or pending.handoff or not state.answers or state.advice is not None:
        return ""
    least, most = questions_ahead(session, walked)
    if most - least > SPREAD or (told is not None and most <= told):
        return ""
    session.mark(AHEAD, most)
    return session.voice.phrase("ahead_one") if most == 1 else session.voice.phrase("ahead", n=str(most))


class _Bound:
    def __init__(self, session: Session, walked: Walk, answers: Mapping[str, Given]) -> None:
        self.content, self.answers, self.asked = session.content, answers, walked.asked
        self.profile = session.content.profile({**walked.derived, **answers}, session.today)
        self.active: list[str] = []

    def most(self) -> int:
        return self.steps(self.content.root.steps, set())[0]

    def steps(self, steps: tuple[Step, ...], known: set[str]) -> tuple[int, bool]:
        """(most questions, whether everybody has met an advice or offer by the end). `known` grows with what is asked
        on every way through these steps."""
        count, ended = 0, 0  # `ended`: the most of those who met the advice on the way
        for step in steps:
            if isinstance(step, Ask):
                if step.fact not in known and self._may_be_asked(step.fact):
                    count += 1
                    known.add(step.fact)
            elif isinstance(step, Advise):
                asked = self.asked.get(step.key, ())
                more = step.questions - len(asked) + sum(self._may_be_asked(fact) for fact in asked)
                return max(ended, count + more), True
            elif isinstance(step, Handoff | Offer | Answer | Consent | Review | Finish):
                return max(ended, count), True
            elif isinstance(step, Do) and step.flow in self.content.flows and step.flow not in self.active:
                self.active.append(step.flow)
                more, all_end = self.steps(self.content.flows[step.flow].steps, known)
                self.active.pop()
                count += more
                if all_end:
                    return max(ended, count), True
            elif isinstance(step, When):
                branches, together = self._branches(step, known)
                each = [set(known) for _ in branches]
                ways = [self.steps(branch, copy) for branch, copy in zip(branches, each, strict=True)]
                if together:
                    count += sum(more for more, _ in ways)
                    continue
                ended = max([ended, *(count + more for more, ends in ways if ends)])
                going = [more for more, ends in ways if not ends]
                if not going:
                    return ended, True
                count += max(going)
                known |= set.intersection(*each)
        return max(ended, count), False

    def _may_be_asked(self, fact: str) -> bool:
        return fact not in self.answers and self.profile.state_of(fact) == "not_asked"

    def _branches(self, step: When, known: set[str]) -> tuple[list[tuple[Step, ...]], bool]:
        """The branches that may run, and whether more than one of them may, one after the other."""
        criterion, every = step.condition.criterion, [step.then, step.otherwise, step.unknown]
        if criterion is None:
            return [step.then], False
        facts = self.content.knowledge.facts
        read = {one for fact in step.condition.facts for one in facts[fact].derive or (fact,)}
        unsettled = {one for one in read if one not in self.answers and one in self.content.askable}
        if not unsettled:
            level = criterion.level(self.profile)
            return [step.then if level == YES else step.otherwise if level == NO else step.unknown], False
        return every, not unsettled <= known
