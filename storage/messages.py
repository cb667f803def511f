"""What channels hand in and get out. Frozen, neutral: no Telegram, HTTP or SQL types."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flows.effects import Message
from flows.events import Event
from flows.turn import Turn


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that reached the desk through a channel."""

    channel: str  # telegram | web | terminal | api
    address: str  # chat id, or the hash of a web visitor's token: who this is on that channel
    event: Event
    received_at: datetime  # aware; the moment the visitor sent it, as far as the channel knows
    update_id: str = ""  # unique within channel + bot; '' = cannot be delivered twice
    bot: str = ""  # bot id, for organisations with several
    language: str = ""  # a default; the visitor's own choice always wins
    message_ref: str = ""  # the platform's id of the visitor's message, so that it can be deleted
    pressed_ref: str = ""  # the platform's id of our message whose button was pressed, so that it can be changed


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way out, as a channel sees it."""

    id: int  # outbox row; 0 when the channel fetches messages itself (web, terminal)
    conversation: str
    address: str
    channel: str
    bot: str
    seq: int  # place in the conversation; the order to send in
    epoch: int
    origin: str  # bot | coach | system
    turn: int  # buttons are read against this turn
    message: Message
    attempts: int = 0
    proactive: bool = False  # the desk began: a reminder, a subscription; channels may pace these
    action: str = "send"  # send | edit (the same question with other ticks) | delete (held a number we never keep)
    target: str = ""  # for edit and delete: the platform's message id
    keyboard: bool = False  # a keyboard that shares a number or place stands in this chat


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What came of one incoming event."""

    turn: Turn | None  # None for a duplicate, or for an update older than an erasure
    duplicate: bool
    conversation: str  # uuid; '' when nothing is known
    version: int
    outgoing: tuple[Outgoing, ...] = ()
    case: str = ""  # K-code of the open case
    link: str = ""  # token of a one-time link (ShowMyData)
    erased: str = ""  # reference of an erasure carried out in this turn


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of sending one message."""

    kind: str  # sent | retry_at | gone | bad | unknown
    external_id: str = ""
    retry_at: datetime | None = None
    reason: str = field(default="", compare=False)
    keyboard: bool | None = None  # this message put up (True) or took away (False) a sharing keyboard
