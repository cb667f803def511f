"""What the pages show, as plain frozen values that templates can read without knowing where they came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flows.effects import Message


@dataclass(frozen=True, slots=True)
class Face:
    """How this desk presents itself, from desk.yaml."""

    name: str
    phone: str = ""
    hours: str = ""  # one sentence: when a human can be reached
    organisations: tuple[str, ...] = ()
    style: str = ""  # address of the organisation's own token CSS, or empty
    logo: str = ""  # address of its logo, or empty
    example: bool = False  # a demonstration desk says so
    controller: str = ""  # who answers for the personal data
    email: str = ""
    address: str = ""
    url: str = ""  # the organisation's own website
    privacy_contact: str = ""
    privacy_url: str = ""
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message in the conversation, as the client or the coach sees it."""

    seq: int
    sender: str  # visitor | bot | coach | system | note
    at: datetime
    message: Message
    name: str = ""  # the coach's name
    turn: int = 0
    current: bool = False  # its buttons are the ones that stand on the screen
    delivery: str = ""  # '' | waiting | sent | failed
    day: date | None = None  # said above the first message of a day


@dataclass(frozen=True, slots=True)
class Known:
    """One answer of the visitor, in words."""

    fact: str
    name: str
    value: str
    by: str = "visitor"  # visitor | text | coach | link | derived
    at: datetime | None = None
    sealed: bool = False  # sensitive, and this reader may not see it now
    editable: bool = True
    held: object = None  # the answer itself, for a form that begins with it
    mark: str = ""  # names it, so that a form that is late is noticed


@dataclass(frozen=True, slots=True)
class Waiting:
    """The line above the composer: who speaks now, and what was promised."""

    speaker: str  # bot | queue | coach
    coach: str = ""
    case: str = ""
    promise: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChatPage:
    face: Face
    language: str
    bubbles: tuple[Bubble, ...]
    waiting: Waiting
    known: tuple[Known, ...]
    message_id: str  # idempotency key of the next message
    last_seq: int = 0
    begun: bool = False
    advised: bool = False
    notice: str = ""
    draft: str = ""
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of an entry: met, not met, or not known yet."""

    truth: str  # yes | no | unknown | human
    words: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How one catalogue entry fits, for a coach."""

    id: str
    name: str
    kind: str
    verdict: str
    status: str
    conditions: tuple[Condition, ...] = ()
    because: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()  # (fact id, name)
    step: str = ""
    url: str = ""
    checked_on: date | None = None
    then: str = ""  # verdict at the hand-over, when it differs
