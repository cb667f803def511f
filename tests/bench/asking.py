"""How many questions until the shown cards are decided: by need, in fixed order, and by information gain.

A simulated visitor has complete answers and gives them when asked. The list is decided when no further answer can
change which three entries stand on top. Counts, not seconds; on the shipped catalogue.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from datetime import date
from math import log2

from knowledge.content import Knowledge
from knowledge.matching import Match
from knowledge.profile import Given, Profile

TODAY = date(2026, 11, 21)
SHOW, MOST, PEOPLE = 3, 10, 60
KINDS = ("scheme", "voucher", "fund", "loan", "service", "programme", "provider")
FIXED = (
    "goal", "employer_goal", "place", "company_place", "sector", "wanted_sector", "education", "age", "benefit",
    "contract", "company_size", "cao", "course_kind", "plan_activity", "recognised_training_company", "trainee_kind",
)  # fmt: skip
Chooser = Callable[[Profile, set[str]], str | None]


def report() -> list[str]:
    """Rows of a table: how the next question is chosen, mean, median and 90th percentile."""
    knowledge = Knowledge.load()
    people = [_person(knowledge, random.Random(seed)) for seed in range(PEOPLE)]
    ways: dict[str, Chooser] = {
        "by need": lambda profile, asked: knowledge.matcher.next_question(
            profile, TODAY, kinds=KINDS, show=SHOW, asked=asked
        ),
        "fixed order": lambda profile, asked: _fixed(profile, asked),
        "information gain": lambda profile, asked: _gain(knowledge, profile, asked),
    }
    rows = ["| next question | mean | median | 90th percentile |", "|---|---:|---:|---:|"]
    for name, choose in ways.items():
        counts = sorted(_count(knowledge, person, choose) for person in people)
        ninetieth = counts[int(len(counts) * 0.9)]
        rows.append(f"| {name} | {statistics.mean(counts):.1f} | {statistics.median(counts):.0f} | {ninetieth} |")
    return rows


def _person(knowledge: Knowledge, dice: random.Random) -> dict[str, Given]:
    """Complete answers of somebody who might exist."""
    situation = dice.choice(["job_seeker", "employee", "self_employed", "employer"])
    answers: dict[str, Given] = {"situation": Given(situation)}
    places = ("Tiel", "Ulft", "Almere", "Maastricht", "Rotterdam", "Zwolle", "Emmen", "Goes")
    for fact in knowledge.facts.values():
        if fact.id in answers or fact.derive or not fact.is_askable:
            continue
        if fact.kind == "place":
            answers[fact.id] = Given(dice.choice(places))
        elif fact.kind in ("choice", "code", "yes_no"):
            answers[fact.id] = Given(dice.choice(list(fact.choices)))
        elif fact.kind == "choices":
            answers[fact.id] = Given((dice.choice(list(fact.choices)),))
        elif fact.kind in ("number", "amount"):
            answers[fact.id] = Given(dice.randint(int(fact.min or 0), int(min(fact.max or 100, 300))))
    return answers


def _count(knowledge: Knowledge, person: dict[str, Given], choose: Chooser) -> int:
    final = _top(knowledge, knowledge.profile(person, TODAY))
    known = {"situation": person["situation"]}
    asked: set[str] = set()
    for count in range(MOST):
        profile = knowledge.profile(known, TODAY)
        if _top(knowledge, profile) == final:
            return count
        fact = choose(profile, asked)
        if fact is None:
            return count
        asked.add(fact)
        if fact in person:
            known[fact] = person[fact]
    return MOST


def _top(knowledge: Knowledge, profile: Profile) -> list[tuple[str, str]]:
    found: list[Match] = knowledge.matcher.top(profile, TODAY, kinds=KINDS, show=SHOW)
    return [(match.id, match.verdict) for match in found]


def _askable(profile: Profile, fact: str, asked: set[str]) -> bool:
    return fact not in asked and profile.state_of(fact) == "not_asked"


def _fixed(profile: Profile, asked: set[str]) -> str | None:
    return next((fact for fact in FIXED if _askable(profile, fact, asked)), None)


def _gain(knowledge: Knowledge, profile: Profile, asked: set[str]) -> str | None:
    """The fact whose answer says most about the verdicts still open, every answer equally likely."""
    best, most = None, 0.0
    open_now = [one for one in knowledge.matcher.match(profile, TODAY, kinds=KINDS) if one.verdict == "maybe"]
    wanted = {fact for match in open_now for fact in match.missing}
    for fact in sorted(wanted):
        if not _askable(profile, fact, asked):
            continue
        share = sum(fact in match.missing for match in open_now) / max(1, len(open_now))
        gain = -share * log2(share) if 0 < share < 1 else share
        if gain > most:
            best, most = fact, gain
    return best
