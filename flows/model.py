"""What a flow is once it has been read: steps, conditions, examples and promises, each with its place in the file.

The engine, the checks, the drawing and the script all read these same values, so they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from knowledge.problems import Place


@dataclass(frozen=True, slots=True)
class Condition:
    """When something holds, in the criteria language."""

    criterion: Any | None  # knowledge.criteria.Criterion; None when it could not be read
    place: Place = field(default_factory=lambda: Place(""))
    facts: tuple[str, ...] = ()  # facts the criteria read
    source: Any = None  # as written, for pictures and scripts


@dataclass(frozen=True, slots=True)
class Say:
    key: str
    place: Place
    text: str
    link_text: str = ""
    link_url: str = ""
    image: str = ""
    today: bool = False  # holds something the visitor can do today


@dataclass(frozen=True, slots=True)
class Ask:
    """One fact. `choices` narrows and rewords: (choice id, own label or ''); `more` labels the button for the rest."""

    key: str
    place: Place
    fact: str
    text: str = ""
    opening: str = ""  # instead of `text`, the first time only
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    more: str = ""
    tries: int = 3
    for_coach: bool = False


@dataclass(frozen=True, slots=True)
class When:
    key: str
    place: Place
    condition: Condition
    then: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()
    unknown: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Do:
    key: str
    place: Place
    flow: str


@dataclass(frozen=True, slots=True)
class Advise:
    key: str
    place: Place
    kinds: tuple[str, ...]
    show: int = 2
    questions: int = 2
    mention: tuple[str, ...] = ()
    opening: str = ""  # a sentence above the first card
    nothing: str = ""  # instead of the built-in sentence when nothing fits
    today: bool = False  # the opening holds something the visitor can do today


@dataclass(frozen=True, slots=True)
class Answer:
    key: str
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class SetFact:
    key: str
    place: Place
    fact: str
    value: Any


@dataclass(frozen=True, slots=True)
class Note:
    key: str
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Consent:
    key: str
    place: Place
    purpose: str
    text: str


@dataclass(frozen=True, slots=True)
class Handoff:
    key: str
    place: Place
    reason: str
    team: str = ""
    urgent: bool = False
    kind: str = "question"
    text: str = ""
    reserves: str = ""  # the entry whose counted budget this takes `units` of
    units: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A yes/no question that runs a sub-flow: `what` is coach, events, newsletter … (a flow of that name)."""

    key: str
    place: Place
    what: str
    text: str = ""
    reason: str = ""  # for the coach, when `what` is coach
    team: str = ""
    open: str = ""  # only offered while this entry is open for the visitor


@dataclass(frozen=True, slots=True)
class Remind:
    key: str
    place: Place
    after: int  # seconds
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    key: str
    place: Place
    text: str = ""


@dataclass(frozen=True, slots=True)
class Finish:
    key: str
    place: Place
    text: str = ""


Step = Say | Ask | When | Do | Advise | Answer | SetFact | Note | Consent | Handoff | Offer | Remind | Review | Finish


@dataclass(frozen=True, slots=True)
class Example:
    """A visitor in one line: given answers and what must come of them."""

    name: str
    place: Place
    given: dict[str, Any]
    advice: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    max_questions: int | None = None
    handoff: bool | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """Proven for every combination of answers. `kind`: always | never | questions | step_within."""

    kind: str
    place: Place
    what: tuple[str, ...] = ()
    when: Condition | None = None
    maximum: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    title: str
    place: Place
    steps: tuple[Step, ...]
    starts_with: tuple[str, ...] = ()
    given: dict[str, Any] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    promises: tuple[Promise, ...] = ()
    opening: tuple[str, ...] = field(init=False, repr=False, compare=False)  # facts of the questions it begins with

    def __post_init__(self) -> None:
        asks = takewhile(lambda step: isinstance(step, Ask), self.steps)
        object.__setattr__(self, "opening", tuple(ask.fact for ask in asks if isinstance(ask, Ask)))


def every_step(steps: tuple[Step, ...]) -> list[Step]:
    """All steps in reading order, those inside branches included."""
    out: list[Step] = []
    for step in steps:
        out.append(step)
        if isinstance(step, When):
            out += every_step(step.then) + every_step(step.otherwise) + every_step(step.unknown)
    return out
