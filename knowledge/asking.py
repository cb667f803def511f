"""What to ask next, whom it helps, and what would have to be different.

A question is worth asking when its answer can still change the entries shown. Entries that are not ruled out and could
come to stand among the first are the contenders; the fact that most of them need, for its cost, is asked. Nothing is
asked twice, nothing that does not apply, and nothing that is only taken when volunteered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from knowledge.criteria import (
    NO,
    UNKNOWN,
    YES,
    All,
    Criterion,
    Human,
    InState,
    Leaf,
    Not,
    judge,
)
from knowledge.criteria import Any as AnyOf
from knowledge.entries import Entry
from knowledge.profile import Profile
from knowledge.relevance import PERSON, PURPOSE, WISH, WORK, WORK_POINTS, Points

if TYPE_CHECKING:
    from knowledge.matching import Match, Matcher, Outside

MOST_ALIKE = 3
MOST_CHANGES = 2  # more than this is not a small change
POOL = 12  # contenders that are looked at; entries further down do not come to stand in front by one answer


@dataclass(frozen=True, slots=True)
class WhyNot:
    """`sentences` say what rules the entry out (or is open); `change` the smallest thing that would help, or ''."""

    entry: Entry
    verdict: str
    sentences: tuple[str, ...]
    change: str = ""


def next_question(
    matcher: Matcher,
    profile: Profile,
    today: date | datetime,
    kinds: Iterable[str] | None,
    show: int,
    asked: frozenset[str],
    world: Outside | None,
) -> str | None:
    """The fact whose answer most contenders need, divided by its cost; ties in the order of facts.yaml.

    A contender counts more the better its chance and the fewer answers it still needs. Of many that are alike (the
    same kind, the same things missing, such as all schools of a region) only the first few count.
    """
    need: dict[str, float] = {}
    alike: dict[tuple[str, tuple[str, ...]], int] = {}
    for place, match in enumerate(contenders(matcher, profile, today, kinds, show, world)):
        group = (match.entry.kind, match.missing)
        alike[group] = alike.get(group, 0) + 1
        if alike[group] > MOST_ALIKE:
            continue
        wanted: set[str] = set()
        for fact in match.missing:
            wanted.update(reachable(fact, profile, asked))
        at = matcher.position[match.entry.id]
        weight = (0.2 + matcher.relevance.chance_of(at, profile)) / max(1, len(match.missing))
        if place < show:
            weight *= 2  # it stands, or would stand, in front
        for fact in wanted:
            need[fact] = need.get(fact, 0.0) + weight
    if not need:
        return None
    order = matcher.facts.order
    return min(need, key=lambda fact: (-need[fact] / (matcher.facts[fact].cost or 1), order[fact]))


def contenders(
    matcher: Matcher,
    profile: Profile,
    today: date | datetime,
    kinds: Iterable[str] | None,
    show: int,
    world: Outside | None = None,
) -> list[Match]:
    """Open entries that could still change the list shown, in the order of the advice.

    A settled entry stays settled, so while fewer than `show` are settled every open one contends; after that only those
    that would pass the last one shown if what is open turned out well.
    """
    chosen = None if kinds is None else tuple(kinds)
    left = dict(world.budgets) if world is not None else {}
    settled: list[Match] = []
    open_: list[Match] = []
    for match in matcher.advice(profile, today, chosen, left, show):
        if match.status == "ended":
            break
        if match.verdict == "maybe":
            open_.append(match)
            if len(open_) >= POOL * 4:
                break
        elif len(settled) < show:
            settled.append(match)
    if len(settled) >= show:
        points = matcher.relevance.view(profile).points
        last = standing(matcher, settled[-1], points)
        could = (match for match in open_ if standing(matcher, match, points) < last)
        return list(islice(could, POOL))
    return open_[:POOL]


def standing(matcher: Matcher, match: Match, points: Points) -> tuple[int, int, int, int]:
    """Where an entry stands in the advice, or would stand if what is open turned out well: smaller is earlier.

    Points, then certain before left to a person, then availability and nearness.
    """
    at = matcher.position[match.entry.id]
    bit = 1 << at
    earned = hoped_points(match, at, points) if match.verdict == "maybe" else points.of(at)
    if match.status == "unknown":
        earned -= 1
    near = next((at for at, bits in enumerate(matcher.relevance.nearness) if bits & bit), 2)
    rank = {"open": 0, "opens_on": 1, "unknown": 2}.get(match.status, 3)
    certain = 1 if match.verdict == "coach_decides" or (match.verdict == "maybe" and match.human) else 0
    return -earned, certain, rank, near


def hoped_points(match: Match, at: int, points: Points) -> int:
    """The points after the best answers to what is missing: an answer about the wish or the work lifts an entry."""
    earned, missing = points.of(at), set(match.missing)
    for facts, bits, worth in ((PURPOSE, points.wish, WISH), (WORK, points.work, WORK_POINTS)):
        if not bits >> at & 1 and not missing.isdisjoint(facts):
            earned += worth
    if not points.person >> at & 1 and missing - {*PURPOSE, *WORK}:
        earned += PERSON
    return earned


def reachable(fact: str, profile: Profile, asked: frozenset[str], depth: int = 0) -> tuple[str, ...]:
    """What can be asked now to get at a fact: itself, or what decides whether it applies; () when nothing can."""
    declared = profile.facts[fact]
    if depth > 8:
        return ()
    if declared.derive:
        return tuple(one for source in profile.askable(fact) for one in reachable(source, profile, asked, depth + 1))
    if fact in asked or not declared.is_askable or declared.cost is None:
        return ()
    if declared.kind in ("text", "phone", "email"):
        return ()
    if profile.state_of(fact) != "not_asked":
        return ()
    if declared.applies is not None:
        judgement = judge(declared.applies, profile)
        if judgement.level == NO:
            return ()
        if judgement.level == UNKNOWN:
            first = [one for need in judgement.missing for one in reachable(need, profile, asked, depth + 1)]
            return tuple(dict.fromkeys(first))
    return (fact,)


def depends_on(
    matcher: Matcher, fact: str, profile: Profile, today: date | datetime, kinds: Iterable[str] | None
) -> tuple[Entry, ...]:
    """Entries of these kinds that are still open and need this fact, in display order."""
    chosen = None if kinds is None else tuple(kinds)
    return tuple(
        match.entry
        for match in matcher.advice(profile, today, chosen)
        if match.verdict == "maybe"
        and any(fact == need or fact in reachable(need, profile, frozenset()) for need in match.missing)
    )


def why_not(matcher: Matcher, entry: Entry, profile: Profile, today: date | datetime, language: str = "nl") -> WhyNot:
    """Why an entry is not advised, and what would change it.

    Who somebody is (`identity` facts), in which situation and where, is never told as something to change.
    """
    explainer = matcher.explainer
    judgement = judge(entry.criterion, profile)
    if judgement.level != NO:
        sentences = judgement.human
        if judgement.level == UNKNOWN:
            sentences = (explainer.open_questions(judgement.missing, language), *sentences)
        return WhyNot(entry, judgement.verdict, tuple(filter(None, sentences)))
    sentences = explainer.why_not(judgement.against, profile, language)
    change = _smallest_change(entry.criterion, profile, True)
    said = ""
    if change and len(change) <= MOST_CHANGES and all(_can_change(leaf, wanted, profile) for leaf, wanted in change):
        clauses = [explainer.wanted(explainer.narrowed(leaf, profile), language) for leaf, _ in change]
        if all(clauses):
            said = explainer.change(clauses, language)
    return WhyNot(entry, judgement.verdict, sentences, said)


def _can_change(leaf: Leaf, wanted: bool, profile: Profile) -> bool:
    fact = profile.facts[leaf.fact]
    if not wanted or isinstance(leaf.test, InState) or fact.kind == "place" or fact.id == "situation":
        return False
    return not fact.identity and profile.state_of(leaf.fact) != "not_applicable"


def _smallest_change(criterion: Criterion, profile: Profile, wanted: bool) -> list[tuple[Leaf, bool]] | None:
    """The fewest leaves that would have to turn to make a criterion not false; [] when it is not; None: impossible."""
    level = criterion.level(profile)
    if (level if wanted else YES - level if level in (NO, YES) else level) != NO:
        return []
    if isinstance(criterion, Leaf):
        return [(criterion, wanted)]
    if isinstance(criterion, Not):
        return _smallest_change(criterion.part, profile, not wanted)
    if isinstance(criterion, Human):
        return []
    parts = [_smallest_change(part, profile, wanted) for part in criterion.parts]
    if isinstance(criterion, All) == wanted:
        return None if None in parts else [leaf for part in parts if part for leaf in part]
    possible = [part for part in parts if part is not None]
    free = [part for part in possible if all(_can_change(leaf, asked, profile) for leaf, asked in part)]
    return min(free or possible, key=len, default=None)


def humans(criterion: Criterion) -> Iterator[str]:
    """The sentences of every `human` in a criterion."""
    if isinstance(criterion, Human):
        yield criterion.text
    elif isinstance(criterion, All | AnyOf):
        for part in criterion.parts:
            yield from humans(part)
