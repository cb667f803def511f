"""What every transaction needs besides its connection: keys, the words of its database, and what the desk decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from flows.effects import Message
from flows.events import Event
from flows.state import Answer, State
from flows.turn import Turn
from flows.world import World
from storage.keys import Index, Keys
from storage.periods import Periods
from storage.promise import Office
from storage.sealed_state import States
from storage.sealing import PersonKey
from storage.statements import Statements

PUSHED = frozenset({"telegram"})  # channels that must be sent to; the others come and read


@dataclass(frozen=True)
class Rules:
    """What the content and the settings decide about storing. Replaced as a whole when content is reloaded."""

    classes: Mapping[str, str] = field(default_factory=dict)  # fact -> public | personal | sensitive | special
    office: Office = field(default_factory=Office)
    offices: Mapping[str, Office] = field(default_factory=dict)  # per team, where it differs
    push: frozenset[str] = PUSHED
    periods: Periods = field(default_factory=Periods)  # how long things are kept
    special: Callable[[str], bool] | None = None  # whether a text speaks of health or debts
    carries: Callable[[str, str], bool] = lambda channel, fact: True  # whether a channel may carry a fact's answer
    site: str = ""  # public address of the web chat, for links; '' = none
    region_of: Callable[[Mapping[str, Answer]], str] | None = None  # for filters and figures
    question: Callable[[str, str], Message | None] | None = None  # (fact, language) -> how a coach has it asked
    warning: Callable[[str, str, str], Message | None] = lambda *_: None  # (channel, fact, language) -> said before it
    read: Callable[[str, str, str, date], object | None] | None = None  # (fact, typed text, language, day) -> value
    entry_name: Callable[[str], str] = str  # how an entry of the catalogue is called
    thanks: Sequence[str] = ("bedankt", "dank je wel", "dank u wel", "dankjewel", "top", "ok", "oke", "prima", "👍")

    def class_of(self, fact: str) -> str:
        return self.classes.get(fact, "personal")  # unknown is never public

    def office_of(self, team: str) -> Office:
        return self.offices.get(team, self.office)


@dataclass
class Context:
    """What every transaction needs besides its connection."""

    keys: Keys
    index: Index
    sql: Statements
    rules: Rules
    parcel: PersonKey  # key of the installation itself, for what belongs to nobody
    audit_key: bytes
    chain: str = "main"  # this writer's own audit chain
    step: Callable[[State, World, Event, datetime], Turn] | None = None  # the engine with today's content
    states: States = field(default_factory=States)  # those that go on
