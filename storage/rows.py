"""What the desk's pages read: frozen, opened, and already without what this reader may not see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flows.effects import Message


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who may log in at the desk."""

    id: str
    login: str
    name: str
    role: str  # coach | coordinator | admin | auditor
    teams: tuple[str, ...] = ()  # () = all
    email: str = ""
    password_hash: str = field(default="", repr=False)
    totp: bool = False  # a second factor is set
    away: bool = False
    active: bool = True
    max_cases: int = 40

    def may_see_team(self, team: str) -> bool:
        return not self.teams or not team or team in self.teams


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One conversation, as its owner or a page needs it."""

    id: str
    person: str
    channel: str
    bot: str
    language: str
    speaker: str  # bot | queue | coach
    epoch: int
    coach: str  # display name; '' = none
    case: str  # K-code of the open case
    promise: datetime | None  # of the open case
    last_seq: int
    phase: str
    turn: int
    version: int
    last_client_at: datetime | None
    reachable: bool = True  # False = the channel said that this visitor blocked us


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One line of the log: the same for visitor and coach, but for private ones."""

    seq: int
    at: datetime
    sender: str  # visitor | bot | coach | system
    name: str  # of the coach
    message: Message
    turn: int
    private: bool
    delivery: str  # '' | waiting | sent | failed
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer with its origin."""

    fact: str
    status: str  # given | dont_know | declined
    value: Any  # None when sealed
    by: str  # visitor | text | coach | link
    at: datetime
    kind: str = "public"  # public | personal | sensitive | special
    sealed: bool = False  # only the case's owner sees it


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as the coach opens it."""

    code: str
    number: int
    version: int
    epoch: int
    state: str  # waiting | with_coach | waiting_for_client | snoozed | closed | lapsed
    kind: str
    urgent: bool
    reason: str
    team: str
    owner: str  # staff id
    owner_name: str
    summary: tuple[str, ...]
    snapshot: dict[str, Any]
    opened_at: datetime
    due: datetime | None
    claimed_at: datetime | None
    first_reply_at: datetime | None
    unread_at: datetime | None
    closed_at: datetime | None
    snooze_until: datetime | None
    outcome: str
    person: str  # '' = erased
    conversation: ConversationRow | None
    answers: tuple[AnswerRow, ...] = ()
    attempts: tuple[tuple[datetime, str, str], ...] = ()  # when, result, coach's name
    prefers: str = ""  # staff id of the coach this visitor had before
    practice: bool = False
    situation: str = ""
    region: str = ""
    sector: str = ""
    channel: str = ""
    language: str = "nl"


@dataclass(frozen=True, slots=True)
class TodayRow:
    """One line of *Vandaag*."""

    kind: str  # urgent | new | reply | follow_up
    code: str
    due: datetime | None
    who: str
    where: str
    wants: str
    fits: str
    open_questions: str
    contact: str
    state: str
    owner: str  # display name
    version: int
    channel: str = ""
    practice: bool = False
    follow_up: str = ""  # its id
    all_day: bool = False  # a follow-up for a day, without an hour


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line of an inbox tab."""

    code: str
    who: str
    waiting_since: datetime | None
    due: datetime | None
    last_line: str
    state: str
    owner: str
    channel: str
    situation: str
    sector: str
    region: str
    team: str
    unread: bool
    urgent: bool
    version: int
    practice: bool = False
    entries: tuple[str, ...] = ()  # of what fitted at the hand-over, or might


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """Something a coach will do on a day."""

    id: str
    code: str
    person: str
    kind: str
    due_on: date
    due_time: str
    title: str
    state: str
    attempts: int
    who: str  # coach's name
    coach: str
    team: str
    origin: str
    ics_uid: str


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One step of somebody's path, never changed."""

    id: str
    code: str
    entry: str
    provider: str
    step: str
    on: date
    amount: int | None  # euros
    source: str
    by: str
    note: str
    superseded: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonRow:
    """The file of one person."""

    id: str
    created_at: datetime
    identities: tuple[tuple[str, str, datetime], ...]  # channel, bot, since
    cases: tuple[CaseRow, ...]
    follow_ups: tuple[FollowUpRow, ...]
    outcomes: tuple[OutcomeRow, ...]
    consents: tuple[tuple[str, bool, str, datetime], ...]  # purpose, given, version of the text, when


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts for the dashboard. `shown()` hides what is too small to be nobody in particular."""

    waiting: int = 0
    oldest: datetime | None = None
    kept: int = 0  # first replies within the promise
    promised: int = 0  # cases whose promise has passed or was met
    first_reply_minutes: int | None = None  # median
    reopened: int = 0
    closed: int = 0
    funnel: dict[str, int] = field(default_factory=dict)  # people per step
    reasons: dict[str, int] = field(default_factory=dict)  # kinds of hand-over
    outcomes: dict[str, int] = field(default_factory=dict)  # "entry step" -> people, by step of the ladder
    codes: dict[str, int] = field(default_factory=dict)  # the same by code, an organisation's own ones apart
    wishes: dict[str, int] = field(default_factory=dict)
    channels: dict[str, int] = field(default_factory=dict)


SMALL = 10


def shown(count: int) -> str:
    """A count as a report may print it: below ten it could point at somebody."""
    return f"<{SMALL}" if 0 < count < SMALL else str(count)
