"""Every conversation there can be, on the quotient of the answers: which steps are reached, by whom, with how many
questions, and how it ends.

An abstract visitor walks the flows. Where a condition or question needs a fact, the walk splits into one visitor per
group of values that conditions can tell apart. `advise` counts as verdicts over the answers known there, and its
`questions` as a bound: which questions it asks, and the order of cards, are tested elsewhere and not proven here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeAlias

from flows.content import CALL_ME, CONTACT, Content
from flows.liveness import Liveness
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
    every_step,
)
from flows.quotient import ABSENT, ASKED, UNREAD, Group, Quotient, needed
from flows.visiting import Arrival, Proof, Visit
from knowledge.criteria import InState, Leaf, OneOf, leaves
from knowledge.profile import Given, Profile

MOST_CLASSES = 200_000
MOST_WITNESSES = 5_000  # visitors kept per step, to tell the shortest conversation of a finding
ADVICE, WHO = "advice", "situation"


_Ways: TypeAlias = list[tuple[tuple[Any, ...], Visit]]  # the steps that are left, and who goes there


class _Split(Exception):
    def __init__(self, fact: str) -> None:
        self.fact = fact


def prove(content: Content) -> Proof:
    """Walk everybody from the root flow."""
    return _Prover(content).run()


class _Prover:
    def __init__(self, content: Content) -> None:
        self.content, self.facts = content, content.knowledge.facts
        criteria: list[Any] = []
        self.asked_somewhere: set[str] = set()
        for flow in content.flows.values():
            for step in every_step(flow.steps):
                if isinstance(step, When) and step.condition.criterion is not None:
                    criteria.append(step.condition.criterion)
                if isinstance(step, Ask):
                    self.asked_somewhere.add(step.fact)
                    applies = self.facts[step.fact].applies
                    if applies is not None:
                        criteria.append(applies)
        if WHO in self.facts:  # figures and findings are told per kind of visitor, whatever the conditions tell apart
            criteria += [Leaf(WHO, OneOf((kind,), frozenset((kind,)))) for kind in self.facts[WHO].choices]
        for criterion in list(criteria):
            criteria += [
                self.facts[leaf.fact].applies for leaf in leaves(criterion) if self.facts[leaf.fact].applies is not None
            ]
        needs_places = any(self.facts[leaf.fact].kind == "place" for one in criteria for leaf in leaves(one))
        asks_places = any(self.facts[fact].kind == "place" for fact in self.asked_somewhere)
        geography = content.knowledge.geography if needs_places or asks_places else None
        self.quotient = Quotient(self.facts, geography, criteria)
        self.told = {  # facts a condition asks the state of: they may have been told before anything was asked
            leaf.fact for one in criteria for leaf in leaves(one) if isinstance(leaf.test, InState)
        }
        self.proof = Proof(self.quotient)
        self.latest: tuple[Mapping[str, Group], Profile] = ({}, content.profile({}, None))
        self.certain: dict[tuple[Any, ...], bool] = {}
        self.truths: dict[tuple[object, ...], tuple[str, str]] = {}  # (when key, what is known) -> (truth, fact needed)
        self.behind: dict[str, tuple[str, ...]] = {}  # when key -> facts that decide its condition
        self.chains: dict[tuple[int, int], tuple[Any, ...]] = {}
        self.liveness = Liveness(content)
        self.merged: dict[tuple[Any, ...], tuple[int, int]] = {}
        self.kinds: dict[tuple[str, ...], int] = {}

    def run(self) -> Proof:
        root = self.content.root
        stack: list[tuple[tuple[Any, ...], Visit]] = [(self.chain(root.steps, ()), Visit(flows=(root.id,)))]
        while stack:
            rest, visit = stack.pop()
            if len(self.proof.endings) > MOST_CLASSES:
                self.proof.complete = False
                self.proof.unproven.append(f"more than {MOST_CLASSES:,} classes of visitors; the rest was not walked")
                break
            stack += [one for one in self.advance(rest, visit) if self.is_new(*one)]
        self.proof.unproven += self.quotient.unproven
        return self.proof

    def advance(self, rest: tuple[Any, ...], visit: Visit) -> _Ways:
        """Go on until the visitor ends or splits. `rest` is a linked list of steps: (step, rest)."""
        reached, came = self.proof.reached, self.proof.came
        while rest:
            step, after = rest
            if step is _LEAVE:
                rest = after
                continue
            reached.add(step.key)
            here = came.setdefault(step.key, [])
            if len(here) < MOST_WITNESSES:
                here.append(visit)
            try:
                more: _Ways = _STEPS[type(step)](self, step, after, visit)
            except _Split as split:
                return [(rest, v) for v in self.split(visit, split.fact)]
            if len(more) != 1:
                return more
            rest, visit = more[0]
            if type(step) is Advise and not self.is_new(rest, visit):
                return []
        self.proof.endings.append(visit)
        return []

    # --- merging: visitors who differ only in what nothing reads any more are one ----------------------------------

    def chain(self, steps: tuple[Step, ...], after: tuple[Any, ...]) -> tuple[Any, ...]:
        """The steps before the rest; equal chains are the same object, so that visitors can be compared on it."""
        if not steps:
            return after
        key = (id(steps), id(after))
        if key not in self.chains:
            rest: tuple[Any, ...] = (_LEAVE, after)
            for step in reversed(steps):
                rest = (step, rest)
            self.chains[key] = rest
        return self.chains[key]

    def is_new(self, rest: tuple[Any, ...], visit: Visit) -> bool:
        """Whether nobody like this came by here before. Who read more words before the first step goes on as well, and
        who said less: the figures are the most there is, the conversations of findings the shortest."""
        live = self.liveness.live(rest)
        known = visit.assigned  # equal groups are one object (Quotient.one)
        read = [(fact, id(group)) for fact, group in known.items() if live is None or fact in live]
        key = (
            id(rest), frozenset(read), id(known.get(WHO)), visit.questions, visit.certain, visit.handed, visit.flows,
            visit.first_step[0] if visit.first_step else None, visit.gives,
        )  # fmt: skip
        words, said = visit.first_step[1] if visit.first_step else visit.words, visit.said
        most, least = self.merged.get(key, (-1, said))
        if most >= words and least <= said:
            return False
        self.merged[key] = max(most, words), min(least, said)
        return True

    # --- splitting -------------------------------------------------------------------------------------------------

    def split(self, visit: Visit, fact: str) -> Iterator[Visit]:
        """One visitor per group; a fact nobody asks on the way may have been told, or not."""
        if fact in visit.assigned and visit.assigned[fact].status == ASKED:
            for group in self.quotient.groups(fact):
                yield visit._replace(assigned={**visit.assigned, fact: group})
            return
        free = fact != ADVICE and (fact in self.told or fact not in self.asked_somewhere)
        groups = [group for group in self.quotient.groups(fact) if group.status == "given"] if free else []
        for group in groups:
            yield visit._replace(assigned={**visit.assigned, fact: group}, told=visit.told + 1)
        yield visit._replace(assigned={**visit.assigned, fact: self.quotient.one(Group(ABSENT))})

    def profile(self, visit: Visit) -> Profile:
        """For the flows' own conditions: one value stands for its whole group."""
        assigned, held = self.latest
        if assigned is not visit.assigned:  # several steps in a row look at the same visitor
            answers = {
                fact: Given(group.value, group.status)
                for fact, group in visit.assigned.items()
                if group.answered and group.status != ASKED
            }
            held = self.content.profile(answers, None)
            self.latest = visit.assigned, held
        return held

    def surely(self, visit: Visit) -> Profile:
        """For entries: only what holds for every visitor of the group; the rest stays open."""
        answers = {
            fact: Given(group.every, group.status)
            for fact, group in visit.assigned.items()
            if fact != ADVICE and (group.every is not None or group.status in ("dont_know", "declined"))
        }
        return self.content.profile(answers, None)

    def truth(self, step: When, visit: Visit) -> str:
        """yes, no or unknown, with a note of who came by; the same for visitors of whom as much is known."""
        behind = self.behind.get(step.key)
        if behind is None:
            behind = self.behind[step.key] = self.facts.behind(step.condition.facts)
        known = visit.assigned
        key = (step.key, *[id(known.get(fact)) for fact in behind])
        found = self.truths.get(key)
        if found is None:
            found = self.truths[key] = self.find_truth(step, visit)
        if found[1]:
            raise _Split(found[1])
        return found[0]

    def find_truth(self, step: When, visit: Visit) -> tuple[str, str]:
        criterion, truth = step.condition.criterion, "yes"
        if criterion is not None:
            level, fact = needed(criterion, visit.assigned, self.facts, self.profile(visit))
            if fact:
                return "", fact
            truth = ("no", "unknown", "unknown", "yes")[level]
        self.proof.branches.setdefault(step.key, set()).add(truth)
        seen = self.proof.seen.setdefault(step.key, {})
        for fact in step.condition.facts:
            for source in self.facts[fact].derive or (fact,):
                if source in visit.assigned:
                    seen.setdefault(source, set()).add(visit.assigned[source])
        return truth, ""

    # --- steps: each returns the ways on ---------------------------------------------------------------------------

    def say(self, step: Say, after: Any, visit: Visit) -> _Ways:
        words = _words(step.text) if isinstance(step, Say) else 0
        certain = visit.certain or (isinstance(step, Say) and step.today)
        first = (visit.questions, visit.words) if certain and visit.first_step is None else visit.first_step
        events = (*visit.events, step.key)
        return [
            (after, visit._replace(words=visit.words + words, events=events, certain=certain, first_step=first)),
        ]

    def when(self, step: When, after: Any, visit: Visit) -> _Ways:
        truth = self.truth(step, visit)
        branch = step.then if truth == "yes" else step.otherwise if truth == "no" else step.unknown
        return [(self.chain(branch, after), visit)]

    def ask(self, step: Ask, after: Any, visit: Visit) -> _Ways:
        fact, declared = step.fact, self.facts[step.fact]
        noted = self.proof.asks.setdefault(step.key, set())
        known = visit.assigned.get(fact)
        if known is not None and known.answered:
            noted.add("answered")
            return [(after, visit)]
        if declared.applies is not None:
            level, first = needed(declared.applies, visit.assigned, self.facts, self.profile(visit))
            if first:
                raise _Split(first)
            if level == 0:
                noted.add("not_applicable")
                return [(after, visit)]
        noted.add("asked")
        read = visit.words + _words(step.opening or step.text or declared.question)
        beside = step.key.partition(".")[0] in (CONTACT, CALL_ME)  # how a coach reaches somebody is not counted
        asked = visit.asked if beside else (*visit.asked, fact)
        if fact == WHO:
            answers = self.quotient.groups(fact)
        else:
            unread = Group(ASKED) if self.quotient.reads(fact) else Group("given", UNREAD)
            answers = (self.quotient.one(unread),)
        return [
            (after, visit._replace(asked=asked, words=read, assigned={**visit.assigned, fact: answer}))
            for answer in answers
        ]

    def do(self, step: Do, after: Any, visit: Visit) -> _Ways:
        return [self.into(step.flow, after, visit)]

    def into(self, name: str, after: Any, visit: Visit) -> tuple[Any, Visit]:
        flow = self.content.flows.get(name)
        if flow is None or name in visit.flows:
            return after, visit
        return self.chain(flow.steps, after), visit._replace(flows=(*visit.flows, name))

    def set_fact(self, step: SetFact, after: Any, visit: Visit) -> _Ways:
        known = visit.assigned.get(step.fact)
        if known is not None and known.answered:
            if any(key in visit.events for key in self.proof.sets.get(step.fact, ())):
                self.proof.sets.setdefault(step.fact + "!", set()).update({step.key, *self.proof.sets[step.fact]})
            return [(after, visit)]
        self.proof.sets.setdefault(step.fact, set()).add(step.key)
        value = self.content.plain_value(step.fact, step.value)
        nobody_said_it = self.quotient.one(Group("given", value, 0))
        assigned = {**visit.assigned, step.fact: nobody_said_it}
        return [(after, visit._replace(assigned=assigned, events=(*visit.events, step.key)))]

    def advise(self, step: Advise, after: Any, visit: Visit) -> _Ways:
        visit = visit.given("advice")._replace(by_need=visit.by_need + step.questions, events=(*visit.events, step.key))
        certain = self.is_certain(step, visit)
        if visit.first_step is None:
            visit = visit._replace(first_step=(visit.questions, visit.words))
        visit = visit._replace(certain=visit.certain or certain or step.today)
        outcomes = [("some",)]
        if self.quotient.reads(ADVICE):
            named = {value for test in self.quotient.tests[ADVICE] for value in getattr(test, "values", ())}
            outcomes += [(one,) for one in sorted(named - {"none"})]
            outcomes += [] if certain else [("none",)]
        groups = [self.quotient.one(Group("given", outcome)) for outcome in outcomes]
        return [(after, visit._replace(assigned={**visit.assigned, ADVICE: group})) for group in groups]

    def is_certain(self, step: Advise, visit: Visit) -> bool:
        """Some running entry of these kinds fits already, and no further answer can take that away."""
        read = self.liveness.read_by_entries(step.kinds)
        known = [(fact, id(group)) for fact, group in visit.assigned.items() if fact in read and group.answered]
        key = (step.key, frozenset(known))
        if key not in self.certain:
            verdicts = self.content.knowledge.matcher.bits.verdicts(self.surely(visit))
            self.certain[key] = bool((verdicts.fits | verdicts.coach) & self.with_step(step.kinds))
            self.proof.arrivals[key] = Arrival(step, visit, verdicts.possible, verdicts.fits | verdicts.coach)
        elif visit.said < self.proof.arrivals[key].visit.said:
            self.proof.arrivals[key] = replace(self.proof.arrivals[key], visit=visit)
        return self.certain[key]

    def with_step(self, kinds: tuple[str, ...]) -> int:
        """Running entries of these kinds that say what to do today, as a bit set."""
        if kinds not in self.kinds:
            matcher = self.content.knowledge.matcher
            running = sum(
                1 << at for at, entry in enumerate(matcher.entries) if entry.status != "ended" and entry.first_step
            )
            self.kinds[kinds] = matcher.of_kinds(kinds or None) & running
        return self.kinds[kinds]

    def answer(self, step: Answer, after: Any, visit: Visit) -> _Ways:
        return [(after, visit._replace(words=visit.words + _words(step.text), events=(*visit.events, step.key)))]

    def consent(self, step: Consent, after: Any, visit: Visit) -> _Ways:
        visit = visit._replace(words=visit.words + _words(step.text), events=(*visit.events, step.key))
        rest = after
        while rest and rest[0] is not _LEAVE:
            rest = rest[1]
        return [(after, visit), (rest, visit)]

    def handoff(self, step: Handoff, after: Any, visit: Visit) -> _Ways:
        if visit.first_step is None:
            visit = visit._replace(first_step=(visit.questions, visit.words))
        visit = visit._replace(handed=True, events=(*visit.events, step.key))
        return [self.into(CONTACT, after, visit)]

    def offer(self, step: Offer, after: Any, visit: Visit) -> _Ways:
        if step.open and step.open not in self.content.knowledge.catalogue:
            return [(after, visit)]  # a region switches this on by adding that entry
        visit = visit.given("offer")._replace(events=(*visit.events, step.key))
        if visit.handed and step.what == "coach":
            return [(after, visit)]
        flow = CONTACT if step.what == "coach" else step.what
        accepted = visit._replace(offers={**visit.offers, step.key: "yes"}, handed=visit.handed or step.what == "coach")
        if accepted.handed and accepted.first_step is None:
            accepted = accepted._replace(first_step=(visit.questions, visit.words))
        refused = visit._replace(offers={**visit.offers, step.key: "no"})
        return [self.into(flow, after, accepted), (after, refused)]

    def review(self, step: Review, after: Any, visit: Visit) -> _Ways:
        return [(after, visit)]

    def finish(self, step: Finish, after: Any, visit: Visit) -> _Ways:
        return [((), visit._replace(ended=True, events=(*visit.events, step.key)))]


class _Leave:
    """Marks the end of a list of steps, where a refused consent goes on."""


_LEAVE = _Leave()


@cache
def _words(text: str) -> int:
    return len(text.split())


_STEPS: dict[type, Any] = {
    Say: _Prover.say,
    Note: _Prover.say,
    Remind: _Prover.say,
    Ask: _Prover.ask,
    When: _Prover.when,
    Do: _Prover.do,
    SetFact: _Prover.set_fact,
    Advise: _Prover.advise,
    Answer: _Prover.answer,
    Consent: _Prover.consent,
    Handoff: _Prover.handoff,
    Offer: _Prover.offer,
    Review: _Prover.review,
    Finish: _Prover.finish,
}
