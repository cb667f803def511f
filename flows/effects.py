"""What the desk does: the effects a turn asks for. Read this module and you know everything it is able to do.

Effects are values. `flows` makes them, `storage` writes them in the turn's transaction, `bot` carries out what reaches
the outside world. Texts are plain with spans; each channel renders them itself (no Markdown, no HTML, no parse mode).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a text that is bold or a link; `start` and `end` count Python characters."""

    start: int
    end: int
    kind: str  # bold | link
    url: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A button. `id` routes, `label` is read; `group` is `choice`, `row` (weet ik niet, bel mij) or `action` (card)."""

    id: str
    label: str
    group: str = "choice"
    ticked: bool = False  # of several choices: this one is chosen


@dataclass(frozen=True, slots=True)
class Card:
    """A catalogue entry as first shown: short. What stands behind the buttons comes as further messages on request."""

    entry: str
    kind: str
    title: str
    verdict: str  # fits | coach_decides | maybe | does_not_fit
    status: str  # open | opens_on | closed | paused | ended | unknown
    because: tuple[str, ...] = ()  # whole sentences
    missing: tuple[str, ...] = ()  # fact ids
    step: str = ""  # the first thing to do today
    amount: str = ""
    window: str = ""
    source: str = ""
    checked_on: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to the visitor."""

    text: str
    kind: str = "say"  # say | question | card | system | crisis | command | human
    spans: tuple[Span, ...] = ()
    options: tuple[Option, ...] = ()
    card: Card | None = None
    fact: str = ""  # the fact a question asks for
    expects: str = ""  # kind of that fact: choice, place, phone …: channels may offer a contact or location button
    multiple: bool = False  # several choices may be picked
    image: str = ""
    language: str = "nl"
    first: int = 0  # a button is `lk1:<turn>:<first + its place>`: options are counted over the whole turn
    again: bool = False  # the question on the screen with other ticks: a channel that can, changes that message


@dataclass(frozen=True, slots=True)
class Say:
    """Send a message. The turn number it belongs to is the turn's own; buttons are read against it."""

    message: Message


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Ask a coach. Becomes a case in storage; the visitor only sees the promise (text made by `promise`)."""

    reason: str  # Dutch, for the coach, never shown to the visitor
    team: str = ""
    urgent: bool = False
    kind: str = "question"  # question | call_back | sign_up | crisis | voucher
    summary: tuple[str, ...] = ()  # five plain lines: who / wants / fits and why / open / promised
    snapshot: dict[str, object] = field(default_factory=dict)  # answers, verdicts with reasons, content fingerprint


@dataclass(frozen=True, slots=True)
class UpdateCase:
    """Something the visitor added to an open case (answers changed, wrote again, withdrew)."""

    change: str  # answered | wrote | withdrew | urgent
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the coach, never shown to the visitor."""

    text: str


@dataclass(frozen=True, slots=True)
class Consent:
    """A yes or no to one purpose, with the version of the text that was read."""

    purpose: str
    given: bool
    version: str


@dataclass(frozen=True, slots=True)
class Remind:
    """Wake this conversation up once, `after` seconds from now, unless the visitor writes first. Same key replaces."""

    key: str
    after: int


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Tell this visitor once when the entry opens; then the wish is deleted."""

    entry: str


@dataclass(frozen=True, slots=True)
class SignUp:
    """Take (or give back) a place at an event, or budget of an entry (`units` euros or places)."""

    what: str
    units: int = 1
    give_back: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """Something asked for that the desk could not offer: counted by region and sector, without a person."""

    what: str
    region: str = ""
    sector: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """An event for the funnel and dashboards, without content: name and our own identifiers only."""

    name: str  # started | asked | answered | advised | not_understood | handed_over | rated | finished | …
    detail: str = ""


@lru_cache(maxsize=1024)
def counted(name: str, fact: str) -> Count:
    """The same, made once for each fact: every turn counts what it asks and what was answered."""
    return Count(name, fact)


@dataclass(frozen=True, slots=True)
class Redacted:
    """The incoming text held a number that is never stored; the channel deletes the visitor's message where it can."""

    what: str  # bsn | iban | document


@dataclass(frozen=True, slots=True)
class ShowMyData:
    """The visitor asked for their data: storage answers with a one-time link and a summary."""


WARNED = "!warned"  # in a state's `done`: the visitor heard, before a sensitive question, that this channel is not ours


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A question is better answered in the web chat: storage adds a one-time link to it."""

    fact: str
    asked_here: bool = False  # asked on this channel too, after a warning; otherwise this channel may not carry it


@dataclass(frozen=True, slots=True)
class Erase:
    """The visitor confirmed erasure."""


Effect = (
    Say
    | OpenCase
    | UpdateCase
    | Note
    | Consent
    | Remind
    | Subscribe
    | SignUp
    | Wish
    | Count
    | Redacted
    | ShowMyData
    | Elsewhere
    | Erase
)
