"""What was chosen in the browser about opening hours, closing days, teams, periods and outcomes: over desk.yaml.

It is one setting of the running desk, so it needs no file that can be written, goes along in the backup, and every
process reads it within seconds. What was not chosen is as desk.yaml says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from copy import copy
from dataclasses import asdict, dataclass, replace
from datetime import date, time
from typing import Any

from flows.content import Content
from knowledge.desk_file import Desk as DeskFile
from knowledge.desk_file import Hours, Team, within_bounds

SETTING = "chosen"


@dataclass(frozen=True, slots=True)
class OutcomeCode:
    """An outcome as this organisation has it: a step of the program's ladder, or its own code under one
    (`granted.loan`). Figures count by the step before the dot."""

    id: str
    label: str = ""  # '' = the program's word
    label_en: str = ""
    hidden: bool = False  # no longer offered; what was noted with it stays


@dataclass(frozen=True, slots=True)
class Chosen:
    """None: as desk.yaml says."""

    hours: Mapping[int, tuple[Hours, ...]] | None = None  # weekday, Monday = 0
    holidays: str | None = None
    closed_on: tuple[date, ...] | None = None
    first_reply_hours: int | None = None
    teams: tuple[Team, ...] | None = None
    retention: Mapping[str, int] | None = None  # what -> days
    outcomes: tuple[OutcomeCode, ...] = ()  # those that differ from the program's; no part of desk.yaml

    def over(self, desk: DeskFile) -> DeskFile:
        said = {
            name: value for name in self.__slots__ if name != "outcomes" and (value := getattr(self, name)) is not None
        }
        if self.retention is not None:
            said["retention"] = within_bounds({**desk.retention, **self.retention})
        return replace(desk, **said)

    def mark(self, *names: str) -> str:
        """Names these parts as they are now: a form that was drawn from others is out of date."""
        held = repr([getattr(self, name) for name in names])
        return hashlib.blake2s(held.encode(), digest_size=6).hexdigest()

    def to_text(self) -> str:
        """As it is kept; '' when nothing was chosen."""
        found: dict[str, Any] = {}
        if self.hours is not None:
            found["hours"] = {
                str(day): [[f"{one.opens:%H:%M}", f"{one.closes:%H:%M}"] for one in shifts]
                for day, shifts in self.hours.items()
            }
        if self.closed_on is not None:
            found["closed_on"] = [day.isoformat() for day in self.closed_on]
        if self.teams is not None:
            found["teams"] = [{name: getattr(one, name) for name in Team.__slots__} for one in self.teams]
        if self.outcomes:
            found["outcomes"] = [asdict(one) for one in self.outcomes]
        if self.retention is not None:
            found["retention"] = dict(self.retention)
        for name in ("holidays", "first_reply_hours"):
            if getattr(self, name) is not None:
                found[name] = getattr(self, name)
        return json.dumps(found, ensure_ascii=False) if found else ""

    @classmethod
    def from_text(cls, text: str) -> Chosen:
        if not text:
            return cls()
        found: dict[str, Any] = json.loads(text)
        hours, days, teams = found.get("hours"), found.get("closed_on"), found.get("teams")
        return cls(
            hours=None if hours is None else {int(day): tuple(map(_shift, shifts)) for day, shifts in hours.items()},
            holidays=found.get("holidays"),
            closed_on=None if days is None else tuple(map(date.fromisoformat, days)),
            first_reply_hours=found.get("first_reply_hours"),
            teams=None if teams is None else tuple(map(_team, teams)),
            retention=found.get("retention"),
            outcomes=tuple(OutcomeCode(**one) for one in found.get("outcomes", ())),
        )


def _shift(pair: list[str]) -> Hours:
    return Hours(time.fromisoformat(pair[0]), time.fromisoformat(pair[1]))


def _team(raw: dict[str, Any]) -> Team:
    return Team(**{**raw, "situations": tuple(raw["situations"]), "regions": tuple(raw["regions"])})


def with_chosen(content: Content, chosen: Chosen) -> Content:
    """The content with what was chosen; the very same content when nothing was."""
    if chosen == Chosen():
        return content
    knowledge = copy(content.knowledge)
    knowledge.desk = chosen.over(content.knowledge.desk)
    return replace(content, knowledge=knowledge, memory={}, said={})
