"""What lives outside content and state: who may speak, what was promised, what is left. Read in the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EventPlan:
    """A meeting with a limited number of places."""

    id: str
    title: str
    starts: datetime
    where: str = ""
    left: int | None = None  # free places; None = no limit


@dataclass(frozen=True, slots=True)
class World:
    """Frozen for one turn. A default World is a desk with coaches and no case."""

    speaker: str = "bot"  # bot | queue | coach
    promise: str = ""  # "uiterlijk maandag 23 november om 11.00 uur", in the visitor's language; '' = none
    case: str = ""  # K-code when a case is open
    reachable: bool = True  # this desk has coaches and hours
    events: tuple[EventPlan, ...] = ()
    budgets: Mapping[str, int] = field(default_factory=dict)  # entry id -> what is left of its ceiling
    office: str = ""  # when the desk is next open, a sentence
    channel: str = ""
