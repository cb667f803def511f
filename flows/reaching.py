"""Who comes to which entry of the catalogue: for each one the shortest conversation that ends with it.

The proof says which visitors come to an `advise` step, and what is known about them there; from those a conversation is
made whose further answers make the entry fit, and the engine's own walk plays it. So a witness is never a guess. They
are tried by length, and for each length every way to make the entry fit: the first that can be played is the shortest.
An entry that no visitor can be led to is an error: somebody wrote it, and nobody will ever see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.content import Content
from flows.model import Advise
from flows.quotient import ABSENT, ASKED, UNREAD
from flows.state import Answer, State
from flows.stories import told
from flows.visiting import Arrival, Proof, Visit
from flows.voice import Voice
from flows.walk import Advised, Walk, walk
from knowledge.criteria import UNKNOWN, InState, leaves
from knowledge.entries import MONEY_KINDS, Entry
from knowledge.problems import Problems
from knowledge.profile import Given, Profile
from knowledge.witness import Finder, TooHard

MOST_TURNS = 40
MOST_ANSWERS = 14  # of a witness; nobody reads a longer one


@dataclass(frozen=True, slots=True)
class Reached:
    """A conversation that ends with the entry. `how`: advice, mention, question (its own) or name (it ended)."""

    entry: Entry
    how: str
    told: tuple[tuple[str, Answer], ...] = ()  # volunteered, without being asked
    asked: tuple[tuple[str, Answer], ...] = ()  # in order

    @property
    def answers(self) -> int:
        return len(self.told) + len(self.asked)


@dataclass(slots=True)
class Reach:
    """Every entry with its witness, or why there is none."""

    reached: dict[str, Reached]
    unreached: list[Entry]
    unproven: list[str]


def reach(content: Content, proof: Proof, moment: datetime) -> Reach:
    """A witness per entry, in the order of the catalogue."""
    seeker = _Seeker(content, proof, moment)
    found = Reach({}, [], [])
    for entry in content.knowledge.catalogue.values():
        try:
            witness = seeker.witness(entry)
        except TooHard:
            found.unproven.append(f"{entry.place}: who comes to '{entry.id}' took too many steps")
            continue
        if witness is not None:
            found.reached[entry.id] = witness
        else:
            found.unreached.append(entry)
    return found


def check_reach(content: Content, found: Reach, problems: Problems) -> None:
    """An entry nobody is led to is an error."""
    finder, voice = Finder(content.knowledge.facts, content.knowledge.geography), Voice(content, "nl")
    for entry in found.unreached:
        try:
            somebody = finder.holds(entry.criterion) or {}
        except TooHard:
            somebody = {}
        said = voice.listed([(fact, one.value, one.status) for fact, one in somebody.items()])
        problems.error(
            entry.place,
            f"no conversation leads to '{entry.id}': no 'advise' names a {entry.kind} to somebody it may fit",
            f"Add '{entry.kind}' to the 'kinds' of that 'advise', or the id to its 'mention', or look at the audience.",
            witness="Zo gaat het mis:\n"
            f"  u:     (vertelt) {said or 'wat dan ook'}\n"
            f"  Het loket noemt {entry.name} nooit. Alleen wie de naam kent, vindt het.",
            width=len(entry.id),
        )


@dataclass(frozen=True, slots=True)
class _Start:
    """An arrival as a beginning: what it settles, which of its questions may still be answered in any way."""

    arrival: Arrival
    known: dict[str, Given]
    free: frozenset[str]
    said: int  # answers that are given on the way there
    least: int  # the same and those that are surely needed besides
    about: int  # equal where the same is known and free


@dataclass(frozen=True, slots=True)
class _Known:
    """An arrival with what is known about the visitor there: exactly, and of which facts any answer was given."""

    arrival: Arrival
    exactly: dict[str, Given]
    answered: frozenset[str]

    @classmethod
    def of(cls, arrival: Arrival) -> _Known:
        visit = arrival.visit
        exactly = {
            fact: Given(group.value, group.status)
            for fact, group in visit.assigned.items()
            if group.size == 1 and (group.status == "dont_know" or _is_said(group))
        }
        return cls(arrival, exactly, frozenset((*visit.asked, *told(visit))))


@dataclass(frozen=True, slots=True)
class _Alike:
    """Arrivals at one step that are equal to every entry which reads the same facts."""

    step: Advise
    known: dict[str, Given]
    profile: Profile  # of what is known
    free: frozenset[str]
    about: int
    arrivals: list[Arrival]  # with the fewest answers first


class _Seeker:
    def __init__(self, content: Content, proof: Proof, moment: datetime) -> None:
        self.content, self.moment = content, moment
        self.finder = Finder(content.knowledge.facts, content.knowledge.geography)
        self.position = content.knowledge.matcher.position
        self.enough = {f"enough:{one.step.key}": 1 for one in proof.arrivals.values()}  # nobody asks more by need
        # A free text that was told without being asked (a course, a trade) cannot be made up here.
        plain = [
            one for one in proof.arrivals.values() if all(_is_said(one.visit.assigned[f]) for f in told(one.visit))
        ]
        self.arrivals = [_Known.of(one) for one in sorted(plain, key=lambda one: one.visit.said)]
        self.alike: dict[frozenset[str], list[_Alike]] = {}  # by the facts that are read, which many entries share
        self.abouts: dict[Any, int] = {}

    def witness(self, entry: Entry) -> Reached | None:
        """The shortest conversation to this entry; None when no visitor is led to it. Raises TooHard."""
        if entry.status == "ended":
            return Reached(entry, "name")
        waiting = self.leading_to(entry)
        best: Reached | None = None
        kept: dict[Any, dict[str, Given] | None] = {}  # the same search serves every step where as much is known
        length = 0  # no conversation of fewer answers leads there
        while waiting and length <= MOST_ANSWERS and (best is None or length < best.answers):
            for one in [start for start in waiting if start.least <= length]:
                key = (one.about, length - one.said)
                if key not in kept:
                    kept[key] = self.finder.find_within(entry.criterion, _fits, one.known, one.free, key[1])
                found = kept[key]
                if found is None:
                    continue
                waiting.remove(one)
                played = self.play(entry, one.arrival, found)
                if played is not None and (best is None or played.answers < best.answers):
                    best = played
                if best is not None and best.answers <= length:
                    break
            length += 1
        if best is not None:
            return best
        # What answers a question need not stand on a card; money that nobody is shown is money nobody asks for.
        return Reached(entry, "question") if entry.questions and entry.kind not in MONEY_KINDS else None

    def leading_to(self, entry: Entry) -> list[_Start]:
        """Where a conversation to this entry can start, the shortest of those that make no difference to it."""
        bit = 1 << self.position[entry.id]
        later = any(isinstance(leaf.test, InState) for leaf in leaves(entry.criterion))  # what is told later may count
        read = frozenset(self.content.knowledge.facts.behind(leaf.fact for leaf in leaves(entry.criterion)))
        if read not in self.alike:
            self.alike[read] = self.told_apart_by(read)
        starts: list[_Start] = []
        for some in self.alike[read]:
            if not _names(some.step, entry):
                continue
            first = next((one for one in some.arrivals if later or one.possible & bit), None)
            if first is not None:
                said, more = first.visit.said, self.finder.least(entry.criterion, some.profile, some.free)
                starts.append(_Start(first, some.known, some.free, said, said + more, some.about))
        return sorted(starts, key=lambda one: one.least)

    def told_apart_by(self, read: frozenset[str]) -> list[_Alike]:
        """All arrivals, by step and by what an entry that reads these facts can know of them."""
        found: dict[Any, _Alike] = {}
        for one in self.arrivals:
            known = {fact: given for fact, given in one.exactly.items() if fact in read}
            free = (one.answered & read).difference(known)
            about = self.abouts.setdefault((tuple(known.items()), free), len(self.abouts))
            key = (one.arrival.step.key, about)
            alike = found.get(key)
            if alike is None:
                alike = found[key] = _Alike(one.arrival.step, known, self.finder.profile(known), free, about, [])
            alike.arrivals.append(one.arrival)
        return list(found.values())

    def play(self, entry: Entry, arrival: Arrival, found: dict[str, Given]) -> Reached | None:
        """Walk with the answers of the arrival and those found; whatever else is asked is not known."""
        visit = arrival.visit
        answers = {fact: Answer(one.status, one.value) for fact, one in found.items()}
        answers |= {fact: _said_there(visit, fact) for fact in visit.assigned if fact not in answers}
        done: dict[str, Any] = {key: {"answer": said} for key, said in visit.offers.items()} | self.enough
        state = State(answers={fact: answer for fact, answer in answers.items() if answer.status != ABSENT}, done=done)
        for _ in range(MOST_TURNS):
            walked = walk(self.content, state, self.moment)
            if _is_named(entry, walked):
                return _told(entry, *self.without_needless(entry, state, walked, found), arrival)
            pending = walked.pending
            if pending is None:
                return None
            if pending.kind == "ask":
                state = state.with_answer(pending.fact, Answer("dont_know")).but(asked=walked.asked)
            else:
                said = "no" if pending.kind == "offer" else "yes"
                state = state.but(done={**state.done, pending.key: {"answer": said}})
        return None

    def without_needless(self, entry: Entry, state: State, walked: Walk, found: dict[str, Given]) -> tuple[State, Walk]:
        """The same conversation without what was neither asked nor needed, when it then still ends with the entry."""
        needless = [fact for fact in state.answers if fact not in walked.facts and fact not in found]
        if not needless:
            return state, walked
        shorter = state.without(*needless)
        again = walk(self.content, shorter, self.moment)
        return (shorter, again) if _is_named(entry, again) else (state, walked)


def _fits(level: int) -> bool:
    return level > UNKNOWN


def _is_named(entry: Entry, walked: Walk) -> bool:
    return any(isinstance(event, Advised) and _names(event.step, entry) for event in walked.events)


def _names(step: Advise, entry: Entry) -> bool:
    return not step.kinds or entry.kind in step.kinds or entry.id in step.mention


def _is_said(group: Any) -> bool:
    return bool(group.status == "given" and group.value != UNREAD)


def _said_there(visit: Visit, fact: str) -> Answer:
    """What the visitor of an arrival answered; ABSENT when the fact was derived or not asked."""
    group = visit.assigned[fact]
    if group.status == ABSENT or not group.size:
        return Answer(ABSENT)
    return Answer("given", group.value) if group.status != ASKED and _is_said(group) else Answer("dont_know")


def _told(entry: Entry, state: State, walked: Walk, arrival: Arrival) -> Reached:
    asked = [fact for fact in dict.fromkeys(walked.facts) if fact in state.answers]
    volunteered = [fact for fact in state.answers if fact not in asked]
    how = "advice" if not arrival.step.kinds or entry.kind in arrival.step.kinds else "mention"
    return Reached(
        entry,
        how,
        tuple((one, state.answers[one]) for one in volunteered),
        tuple((one, state.answers[one]) for one in asked),
    )


def conversation(content: Content, reached: Reached) -> list[str]:
    """The witness as an editor reads it, in Dutch."""
    voice, entry = Voice(content, "nl"), reached.entry
    if reached.how == "name":
        return [f"u:     {entry.name}", "loket: zegt dat dit voorbij is, en wat er nu wel is"]
    if reached.how == "question":
        return [f"u:     {entry.questions[0]}", f"loket: antwoordt met {entry.name}"]
    lines = []
    if reached.told:
        lines.append(f"u:     (vertelt) {voice.listed([(fact, a.value, a.status) for fact, a in reached.told])}")
    for fact, answer in reached.asked:
        step = content.asks(fact, "")
        lines.append(f"loket: {voice.question(step) if step else content.knowledge.facts[fact].question}")
        lines.append(f"u:     {voice.value(fact, answer.value, answer.status)}")
    ends = "noemt" if reached.how == "mention" else "toont"
    return [*lines, f"loket: {ends} {entry.name}"]
