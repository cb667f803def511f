"""What a coach can do with a case, and how the desk refuses.

An action names the case by its code, the coach by id, and what the coach saw where that matters. An expected conflict
is an answer (`Refused`), not an exception: the page shows who was first, and keeps what was typed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2s

from storage.messages import Outgoing


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing happened."""

    # taken | stale | not_owner | closed | forbidden | full | unknown | too_short | bad_date | bad_value | changed
    why: str
    by: str = ""  # name of the coach who has it
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What happened."""

    code: str
    version: int = 0
    outgoing: tuple[Outgoing, ...] = ()
    id: str = ""  # of what was made (follow-up, outcome)


@dataclass(frozen=True, slots=True)
class Claim:
    code: str
    staff: str
    seen_epoch: int | None = None  # of the conversation, as the coach's page showed it


@dataclass(frozen=True, slots=True)
class Reply:
    """To the visitor. Claims first when nobody has the case."""

    code: str
    staff: str
    text: str
    client_id: str = ""  # the page's own id of this post: sent twice, stored once


@dataclass(frozen=True, slots=True)
class AddNote:
    code: str
    staff: str
    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """One tap after a call; counts as the first reply."""

    code: str
    staff: str
    result: str  # spoken | voicemail | not_reached | appointment
    note: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    code: str
    staff: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """To a team or a person, with a note of at least ten characters."""

    code: str
    staff: str
    note: str
    to_team: str = ""
    to_staff: str = ""


@dataclass(frozen=True, slots=True)
class TakeOver:
    code: str
    staff: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HandBack:
    """Back to the digital assistant, in `flow` or where the walk stands; the case ends with `outcome`."""

    code: str
    staff: str
    flow: str = ""
    outcome: str = "handed_back"


@dataclass(frozen=True, slots=True)
class WaitForClient:
    code: str
    staff: str


@dataclass(frozen=True, slots=True)
class Snooze:
    code: str
    staff: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Close:
    code: str
    staff: str
    outcome: str
    note: str = ""  # a last message to the visitor
    keep_follow_ups: bool = True


@dataclass(frozen=True, slots=True)
class Lapse:
    code: str
    staff: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MarkUrgent:
    code: str
    staff: str
    urgent: bool = True


def answer_mark(status: str, value: object | None) -> str:
    """Names an answer as a form showed it, so that a second form is told that it changed; '' for no answer."""
    if not status:
        return ""
    return blake2s(json.dumps([status, value], ensure_ascii=False).encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """On the intake sheet; goes through the engine, so that all that follows from it changes too. None removes."""

    code: str
    staff: str
    fact: str
    value: object | None
    seen: str | None = None  # `answer_mark` of what the form was drawn from; None = whatever stands there


@dataclass(frozen=True, slots=True)
class AskClient:
    """Send the visitor the question of one fact; the answer lands in the sheet."""

    code: str
    staff: str
    fact: str


@dataclass(frozen=True, slots=True)
class AddFollowUp:
    code: str
    staff: str
    kind: str  # call | message | check | documents | deadline
    title: str
    due_on: date
    due_time: str = ""
    origin: str = "manual"
    for_staff: str = ""  # '' = the coach who makes it


@dataclass(frozen=True, slots=True)
class FollowUpDone:
    id: str
    staff: str
    result: str  # done | not_reached | moved | lapsed
    new_date: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AddOutcome:
    """One step of the ladder; `supersedes` corrects an older row without changing it."""

    code: str
    staff: str
    step: str
    on: date
    entry: str = ""
    provider: str = ""
    amount: int | None = None
    source: str = "coach"
    note: str = ""
    supersedes: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """*Klopt niet* at an entry of the catalogue: for whoever keeps the knowledge."""

    code: str
    staff: str
    entry: str
    reason: str  # one of DOUBTS
    note: str = ""  # about the entry, not about the visitor


@dataclass(frozen=True, slots=True)
class DecideRequest:
    """The decision on a request for which money was kept aside, such as a voucher of the region."""

    code: str
    staff: str
    granted: bool


DeskAction = (
    Claim | Reply | AddNote | Called | Release | HandOver | TakeOver | HandBack | WaitForClient | Snooze | Close
    | Lapse | MarkUrgent | EditAnswer | AskClient | AddFollowUp | FollowUpDone | AddOutcome
    | Doubt | DecideRequest
)  # fmt: skip

LADDER = ("advised", "prepared", "submitted", "granted", "started", "finished")
SIDE_EXITS = ("rejected", "no_scheme", "referred", "not_reachable", "own_way", "stopped")
LONGEST_CODE = 24  # of an outcome, the rung before its dot included


def rung_of(code: str) -> str:
    """The step of the ladder that an outcome code counts for: an organisation's own `granted.loan` is `granted`."""
    return code.partition(".")[0]


CALL_RESULTS = ("spoken", "voicemail", "not_reached", "appointment")
FOLLOW_UP_KINDS = ("call", "message", "check", "documents", "deadline")
DOUBTS = {  # why an entry is not right, as coaches and editors read it
    "facts": "de gegevens kloppen niet",
    "ended": "dit bestaat niet meer",
    "match": "het past niet bij deze persoon",
    "contact": "het adres of de link werkt niet",
}
