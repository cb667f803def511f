"""What can happen to a conversation. Everything a channel, a coach or the clock does arrives as one of these.

Events carry cleaned text and identifiers of ours; they never carry Telegram or HTTP types.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Started:
    """The visitor opened the conversation. `payload` is a deep link: a flow, an entry id, or empty."""

    payload: str = ""
    language: str = ""  # a default from the profile or browser; the visitor's own choice always wins


@dataclass(frozen=True, slots=True)
class Said:
    """The visitor typed (or edited) a text."""

    text: str
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of turn `turn`; `option` counts from 0 in the options shown then (`lk1:<turn>:<option>`)."""

    turn: int
    option: int


@dataclass(frozen=True, slots=True)
class Chose:
    """Choices by id, as `chat --json`, web forms and the API send them."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command that works everywhere; `name` is one of flows.commands.COMMANDS (English id, e.g. `back`)."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """A contact or location shared with one tap: `what` is `phone` or `place`, `value` already in our terms."""

    what: str
    value: str


@dataclass(frozen=True, slots=True)
class SentOther:
    """Something we cannot read: voice, photo, document, sticker, video, contact_of_other, forwarded, other."""

    kind: str


@dataclass(frozen=True, slots=True)
class CoachAnswered:
    """A coach filled in or corrected an answer on the intake sheet. `value` None removes it."""

    fact: str
    value: object | None
    coach: str = ""


@dataclass(frozen=True, slots=True)
class SpeakerChanged:
    """A coach claimed, released, handed back or closed: `to` is bot, queue or coach; `text` is told to the visitor."""

    to: str
    text: str = ""
    flow: str = ""  # where the bot goes on after a hand-back; empty = where the walk stands


@dataclass(frozen=True, slots=True)
class TimePassed:
    """A reminder or follow-up question of ours came due; `key` names it."""

    key: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Retention removed these answers because their time was over."""

    facts: tuple[str, ...]


Event = (
    Started
    | Said
    | Pressed
    | Chose
    | Commanded
    | Shared
    | SentOther
    | CoachAnswered
    | SpeakerChanged
    | TimePassed
    | Forgotten
)
