"""`loket diff OLD NEW`: what changes for visitors, computed on the answers and not on the text of the files.

Flows are compared by walking both over the groups of answers that the conditions of either can tell apart; entries by
looking for somebody whose verdict differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flows.content import Content
from flows.proof import ADVICE, prove
from flows.quotient import UNREAD, Group
from flows.texts import texts
from flows.visiting import Visit
from flows.voice import Voice
from knowledge.criteria import NO, UNKNOWN, All, Criterion, Human, Leaf, Not
from knowledge.criteria import Any as AnyOf
from knowledge.entries import Entry
from knowledge.witness import Finder, TooHard

ZONE = ZoneInfo("Europe/Amsterdam")
MOST_SHOWN = 12
SHORT = 60  # characters of a value of desk.yaml
# Fields of an entry that no visitor reads, or that have a heading of their own.
TOLD_ELSEWHERE = ("audience", "criterion", "examples", "status", "status_on", "checked_on", "review_by")


@dataclass(slots=True)
class Difference:
    """Lines per heading; empty headings are not printed."""

    desk: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    about: list[str] = field(default_factory=list)  # what entries say, besides for whom they are
    texts: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    availability: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)  # what conversations in the database will notice

    @property
    def empty(self) -> bool:
        changed = (self.flows, self.texts, self.questions, self.entries, self.availability)
        return not any((*changed, self.desk, self.facts, self.about))

    def render(self) -> str:
        out: list[str] = [] if not self.empty else ["Nothing changes for visitors.", ""]
        for heading, lines in (
            ("The desk itself (desk.yaml)", self.desk),
            ("Flows", self.flows),
            ("Questions and their answers", self.facts),
            ("Who is asked something else", self.questions),
            ("For whom the advice changes", self.entries),
            ("Open, closed or ended", self.availability),
            ("What entries say", self.about),
            ("Texts", self.texts),
        ):
            if lines:
                out += [f"{heading} ({len(lines)})", *(f"  {line}" for line in lines[:MOST_SHOWN])]
                if len(lines) > MOST_SHOWN:
                    out.append(f"  … and {len(lines) - MOST_SHOWN} more")
                out.append("")
        if self.stored:
            out += ["Stored conversations", *(f"  {line}" for line in self.stored)]
        return "\n".join(out).rstrip()


def compare(old: Content, new: Content, today: date) -> Difference:
    """What differs between two contents, seen on this day."""
    found = Difference()
    found.flows = [f"- {name}" for name in old.flows if name not in new.flows]
    found.flows += [f"+ {name}" for name in new.flows if name not in old.flows]
    found.texts = list(_texts(old, new))
    found.desk = [
        f"{name}: {_short(getattr(old.knowledge.desk, name))} -> {_short(getattr(new.knowledge.desk, name))}"
        for name in _differing(old.knowledge.desk, new.knowledge.desk)
    ]
    found.facts = list(_facts(old, new))
    found.questions = list(_questions(old, new))
    moment = datetime.combine(today, time(12), ZONE)
    for name in sorted({*old.knowledge.catalogue, *new.knowledge.catalogue}):
        before, after = old.knowledge.catalogue.resolve(name), new.knowledge.catalogue.resolve(name)
        if before is None and after is not None:
            found.entries.append(f"+ {name}: {_audience(new, after)}")
        elif before is not None and after is None:
            found.entries.append(f"- {name}")
        elif before is not None and after is not None:
            found.entries += [f"~ {name}: {line}" for line in _verdicts(old, new, before, after)]
            found.availability += _status(old, new, before, after, moment)
            said = [one for one in _differing(before, after) if one not in TOLD_ELSEWHERE]
            found.about += [f"{name}: {', '.join(said)}"] if said else []
    return found


def _facts(old: Content, new: Content) -> Iterator[str]:
    before, after = old.knowledge.facts, new.knowledge.facts
    yield from (f"- {name}" for name in before if name not in after)
    yield from (f"+ {name}: {after[name].question or after[name].name}" for name in after if name not in before)
    for name in before:
        if name in after and before[name] != after[name]:
            gone = [one for one in before[name].choices if one not in after[name].choices]
            lost = f" (no longer an answer: {', '.join(gone)})" if gone else ""
            yield f"{name}: {', '.join(_differing(before[name], after[name]))}{lost}"


def _differing(before: Any, after: Any) -> list[str]:
    """Names of the fields in which two records of one kind differ; where they stand in a file does not count."""
    return [one.name for one in fields(before) if one.compare and getattr(before, one.name) != getattr(after, one.name)]


def _short(value: Any) -> str:
    said = str(value) or "(nothing)"
    return said if len(said) <= SHORT else said[: SHORT - 1] + "…"


def _texts(old: Content, new: Content) -> Iterator[str]:
    before = {text.key: text.dutch for text in texts(old)}
    after = {text.key: text.dutch for text in texts(new)}
    for key in before.keys() | after.keys():
        if before.get(key) != after.get(key):
            yield f"{key}: {before.get(key, '(new)')!r} -> {after.get(key, '(gone)')!r}"


def _questions(old: Content, new: Content) -> Iterator[str]:
    """Per kind of visitor, the ways of questions that appear or disappear."""
    before, after = _ways(old), _ways(new)
    for who in sorted({*before, *after}):
        gone, come = before.get(who, {}), after.get(who, {})
        for way in sorted(come.keys() - gone.keys()):
            visit = come[way]
            yield f"{who}: now asked {', '.join(way) or 'nothing'} ({_told(new, visit)})"
        for way in sorted(gone.keys() - come.keys()):
            yield f"{who}: no longer asked {', '.join(way) or 'nothing'}"


def _ways(content: Content) -> dict[str, dict[tuple[str, ...], Visit]]:
    """Worked out once per content: the same one is often compared with one draft after another."""
    found: dict[str, dict[tuple[str, ...], Visit]] | None = content.said.get("ways")
    if found is not None:
        return found
    found = content.said["ways"] = {}
    for visit in prove(content).endings:
        group = visit.assigned.get("situation", Group("not_asked"))
        who = str(group.value) if group.status == "given" else group.status
        found.setdefault(who, {}).setdefault(visit.asked, visit)
    return found


def _told(content: Content, visit: Visit) -> str:
    voice = Voice(content, "nl")
    said = [
        voice.value(fact, group.value)
        for fact, group in visit.assigned.items()
        if group.status == "given"
        and group.size
        and group.value != UNREAD
        and fact in content.knowledge.facts
        and fact != ADVICE
    ]
    return ", ".join(said[:4]) or "anyone"


def _verdicts(old: Content, new: Content, before: Entry, after: Entry) -> Iterator[str]:
    """Somebody who gains it and somebody who loses it, in words."""
    if before.criterion == after.criterion:
        return
    for kept, lost, said in ((before, after, "no longer for"), (after, before, "now also for")):
        content = old if kept is before else new
        finder = Finder(content.knowledge.facts, content.knowledge.geography)
        wanted = All((_decidable(kept.criterion), Not(_decidable(lost.criterion))))
        try:
            somebody = finder.find(wanted, lambda level: level > UNKNOWN)
        except (TooHard, KeyError):
            yield f"{said}: not worked out, the conditions are too large"
            continue
        if somebody is not None:
            voice = Voice(content, "nl")
            told = [voice.value(f, a.value) for f, a in somebody.items() if a.status == "given"]
            yield f"{said} {', '.join(told) or 'anyone'}"


def _decidable(criterion: Criterion) -> Criterion:
    """Without what only a person decides: that does not change who may get it."""
    if isinstance(criterion, All):
        return All(tuple(_decidable(part) for part in criterion.parts if not isinstance(part, Human)))
    if isinstance(criterion, AnyOf):
        return AnyOf(tuple(_decidable(part) for part in criterion.parts if not isinstance(part, Human)) or (All(()),))
    if isinstance(criterion, Leaf | Not):
        return criterion
    return All(())


def _status(old: Content, new: Content, before: Entry, after: Entry, moment: datetime) -> Iterator[str]:
    nobody: Any = {}
    first = old.knowledge.matcher.one(before, old.profile(nobody, moment.date()), moment).status
    then = new.knowledge.matcher.one(after, new.profile(nobody, moment.date()), moment).status
    if first != then:
        yield f"{before.id}: {first} -> {then}"


def _audience(content: Content, entry: Entry) -> str:
    somebody = Finder(content.knowledge.facts, content.knowledge.geography)
    try:
        found = somebody.find(entry.criterion, lambda level: level != NO and level > UNKNOWN)
    except TooHard:
        return "new"
    if found is None:
        return "new, for nobody yet"
    voice = Voice(content, "nl")
    said = ", ".join(voice.value(f, a.value) for f, a in found.items() if a.status == "given")
    return f"new, for example for {said or 'anyone'}"
