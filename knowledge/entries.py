"""What stands in the catalogue: schemes, funds, services, providers …, whom each is for, and how sure we are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from knowledge.criteria import ALWAYS, Criterion
from knowledge.problems import Place
from knowledge.source import Node

ENTRY_KINDS = (
    "scheme", "voucher", "fund", "loan", "tax", "service", "programme", "provider", "event", "desk",
)  # fmt: skip
MONEY_KINDS = ("scheme", "voucher", "fund", "loan", "tax")  # each condition of these must be proven by an example
STATUSES = ("open", "closed", "opens_on", "ended", "unknown", "paused")
CONFIDENCES = ("verified", "likely", "unverified")


@dataclass(frozen=True, slots=True)
class Amount:
    """One sum or percentage. No amount is ever shown without the entry's sources."""

    value: float | None  # None: the source names no number; `condition` says what it does say
    unit: str  # euro, percent, …
    of: str = ""  # what a percentage is of
    per: str = ""
    minimum: float | None = None
    maximum: float | None = None
    condition: str = ""
    confidence: str = "verified"


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which one can apply. A bound without a clock time holds for the whole day, Europe/Amsterdam."""

    opens: datetime | None = None  # wall clock in the Netherlands, without zone
    closes: datetime | None = None  # the first moment that no longer counts: 17:00, or midnight after the last day
    pattern: str = ""  # "ieder jaar maart en september"
    provisional: bool = False  # not announced yet: told with "controleer de datum"

    @property
    def last_day(self) -> date | None:
        return (self.closes - timedelta(microseconds=1)).date() if self.closes else None


@dataclass(frozen=True, slots=True)
class Budget:
    ceiling: float | None = None  # euros
    spent: float | None = None
    measured_on: date | None = None
    rule: str = ""  # first_come or lottery
    exhausted: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    on: str = ""  # "2019", "2019-07" or "2019-07-01", as exact as the source
    why: str = ""
    successors: tuple[str, ...] = ()
    nothing_instead: bool = False  # `none: yes`: there is no successor

    @property
    def year(self) -> str:
        return self.on[:4]


@dataclass(frozen=True, slots=True)
class Contact:
    """An organisation, never a person."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    hours: str = ""
    url: str = ""
    confidence: str = ""
    field_confidence: Mapping[str, str] = field(default_factory=dict)  # where fields differ: {phone: likely}


@dataclass(frozen=True, slots=True)
class Source:
    url: str = ""
    document: str = ""
    supports: str = ""
    read_on: str = ""  # a day, or as exact as known


@dataclass(frozen=True, slots=True)
class Example:
    """A person for whom somebody worked out, from the source, what the answer must be."""

    name: str
    given: Node
    verdict: str
    missing: tuple[str, ...] | None = None  # None: not stated
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the catalogue. Texts are Dutch, B1; `en` holds the English ones under the same names."""

    id: str
    kind: str
    name: str
    summary: str = ""
    aliases: tuple[str, ...] = ()
    audience: Criterion = ALWAYS  # as written
    criterion: Criterion = ALWAYS  # what is judged: the audience, and `for` and `where` as far as it is silent on them
    situations: tuple[str, ...] = ()  # `for`
    where: tuple[str, ...] = ()  # areas; empty = the whole country
    sectors: tuple[str, ...] = ()  # for ranking and search
    serves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # wishes it answers; for order
    amounts: tuple[Amount, ...] = ()
    example: str = ""  # worked example in euros
    pays_not: str = ""
    windows: tuple[Window, ...] = ()
    budget: Budget | None = None
    status: str = "unknown"  # as found on `status_on`; ask availability.py what holds today
    status_on: date | None = None
    opens_on: date | None = None
    ended: Ended | None = None
    steps: tuple[str, ...] = ()
    step_today: str = ""
    documents: tuple[str, ...] = ()
    operator: str = ""
    contact: Contact = Contact()
    url: str = ""
    url_confidence: str = ""
    sources: tuple[Source, ...] = ()
    confidence: str = "unverified"
    checked_on: date | None = None
    review_by: date | None = None
    words: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)  # extras of providers, plain
    en: Mapping[str, Any] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    place: Place = field(default=Place(""), compare=False)

    @property
    def first_step(self) -> str:
        """Something the visitor can do today."""
        return self.step_today or (self.steps[0] if self.steps else "")

    def text(self, name: str, language: str = "nl") -> str:
        """A text in a language; Dutch when there is no other. `name` is name, summary, step_today, example …"""
        return str((self.en.get(name) if language == "en" else "") or getattr(self, name))

    def texts(self, name: str, language: str = "nl") -> tuple[str, ...]:
        """The same for steps and documents."""
        found = self.en.get(name) if language == "en" else None
        return tuple(found or getattr(self, name))

    def first_step_in(self, language: str) -> str:
        if language == "en":
            steps = self.texts("steps", "en")
            english = self.en.get("step_today") or ("" if self.step_today else (steps[0] if steps else ""))
            return str(english or self.first_step)
        return self.first_step

    @property
    def is_certain(self) -> bool:
        return self.confidence == "verified"

    def needs_review(self, today: date) -> bool:
        return self.review_by is not None and today > self.review_by
