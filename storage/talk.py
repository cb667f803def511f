"""One conversation inside a transaction: its row, its key, its state, and what this transaction adds to it.

A Talk collects; `Pen` writes everything of one batch with one statement per table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.effects import Message
from flows.events import Chose, Event, Pressed
from flows.state import Answer, State
from flows.turn import Turn
from flows.world import World
from storage import tables as t
from storage.codec import dump, message_to_json
from storage.failpoints import failpoint
from storage.keys import Index, Keys
from storage.messages import Outgoing
from storage.periods import Periods
from storage.promise import AMSTERDAM, Office
from storage.sealing import PersonKey
from storage.statements import Record, Statements, Written
from storage.thanks import is_thanks

PRACTICE = "practice:"  # how the address of a demonstration visitor begins
AWAITED = "?"  # stands in the labels for what may be typed
PUSHED = frozenset({"telegram"})  # channels that must be sent to; the others come and read


def ms(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware moment."""
    return int(moment.timestamp() * 1000)


def moment(value: int | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def new_id() -> str:
    return uuid4().hex


def K(number: int | None) -> str:
    """The label of a case: K-1042. It opens nothing."""
    return f"K-{number}" if number is not None else ""


def number_of(code: str) -> int:
    """1042 of "K-1042", "k1042" or "1042"; -1 when it is none of these."""
    digits = code.strip().upper().removeprefix("K").removeprefix("-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else -1


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


@dataclass(eq=False)
class Talk:
    """A conversation that is being worked on; changed freely until the pen saves it."""

    id: str
    person: str
    identity: str
    channel: str
    bot: str
    address: str
    key: PersonKey
    state: State = field(default_factory=State)
    labels: dict[str, list[list[str]]] = field(default_factory=dict)  # turn -> [[option id, label, fact], …] of late
    language: str = "nl"
    version: int = 0
    speaker: str = "bot"
    epoch: int = 0
    coach: str | None = None
    open_case: int | None = None
    promised_at: int | None = None
    next_seq: int = 1
    situation: str = ""
    region: str = ""
    sector: str = ""
    last_client_at: int | None = None
    last_at: int | None = None
    purge_at: int | None = None
    indexed: tuple[str, int | None] = ("", None)  # identity and purge_at as they are stored
    outgoing: list[Outgoing] = field(default_factory=list)

    @property
    def practice(self) -> bool:
        """Whether this is a labelled demonstration visitor."""
        return self.address.startswith(PRACTICE)

    @classmethod
    def from_row(cls, row: Any, key: PersonKey, address: str) -> Talk:
        labels, state = open_state(key, row.id, row.state_sealed)
        return cls(
            id=row.id, person=row.person, identity=row.identity, channel=row.channel, bot=row.bot, address=address,
            key=key, state=state, labels=labels, language=row.language, version=row.version, speaker=row.speaker,
            epoch=row.epoch, coach=row.coach, open_case=row.open_case, promised_at=row.promised_at,
            next_seq=row.next_seq, situation=row.situation, region=row.region, sector=row.sector,
            last_client_at=row.last_client_at, last_at=row.last_at, purge_at=row.purge_at,
            indexed=(row.identity, row.purge_at),
        )  # fmt: skip

    def saved(self) -> Record:
        """The row as it will be; written only if nobody else saved it since it was read."""
        sealed = self.key.seal("conversation", "state_sealed", self.id, _close_state(self.labels, self.state))
        return {
            "key": self.id, "seen_version": self.version, "state_sealed": sealed,
            "fingerprint": self.state.fingerprint, "phase": self.state.phase, "turn": self.state.turn,
            "language": self.language, "speaker": self.speaker, "epoch": self.epoch, "coach": self.coach,
            "open_case": self.open_case, "promised_at": self.promised_at, "next_seq": self.next_seq,
            "situation": self.situation, "region": self.region, "sector": self.sector,
            "last_client_at": self.last_client_at, "last_at": self.last_at, "purge_at": self.purge_at,
            "identity": self.identity, "channel": self.channel, "bot": self.bot,
            "moved": (self.identity, self.purge_at) != self.indexed,
        }  # fmt: skip

    def label(self, turn: int, number: int) -> str:
        """What stood on button `number` of turn `turn`; '' when that is too long ago."""
        shown = self.labels.get(str(turn), [])
        return shown[number][1] if 0 <= number < len(shown) else ""

    def label_of(self, option: str) -> str:
        for shown in reversed(self.labels.values()):
            for id_, label, _ in shown:
                if id_ == option:
                    return label
        return option

    def asked(self, event: Event) -> tuple[str, str] | None:
        """What and the answer, when this event picks an answer to a question that the engine did not ask."""
        if not isinstance(event, Pressed | Chose):
            return None
        for number, shown in reversed(self.labels.items()):
            for place, (id_, _, fact) in enumerate(shown):
                pressed = isinstance(event, Pressed) and (str(event.turn), event.option) == (number, place)
                if fact and id_ != AWAITED and (pressed or (isinstance(event, Chose) and event.ids == (id_,))):
                    return fact, id_
        return None

    @property
    def awaited(self) -> str:
        """The fact a coach asked for in the last message of his, as long as no answer to it has landed; '' = none."""
        return next((fact for shown in self.labels.values() for id_, _, fact in shown if id_ == AWAITED), "")

    def awaits(self, fact: str) -> None:
        """What is typed from here on may answer this question of a coach; '' = nothing is asked any more."""
        for shown in self.labels.values():
            for place, (id_, _, _) in enumerate(shown):
                if id_ == AWAITED:
                    shown[place] = ["", "", ""]  # its place stays taken: buttons are counted by place
        if fact:
            self.labels.setdefault(str(self.state.turn), []).append([AWAITED, "", fact])

    def remember_labels(self, turn: int, message: Message, fact: str = "") -> None:
        """`fact` is named for a coach's question only: the desk's own are read by the engine."""
        if message.options:
            shown = self.labels.setdefault(str(turn), [])
            shown.extend(["", "", ""] for _ in range(message.first - len(shown)))
            shown[message.first : message.first + len(message.options)] = [
                [option.id, option.label, fact] for option in message.options
            ]
            while len(self.labels) > 4:
                del self.labels[next(iter(self.labels))]


def _close_state(labels: dict[str, list[list[str]]], state: State) -> bytes:
    return dump(labels) + b"\n" + state.to_json().encode("utf-8", "replace")


def open_state(key: PersonKey, conversation: str, sealed: bytes) -> tuple[dict[str, list[list[str]]], State]:
    plain = key.unseal("conversation", "state_sealed", conversation, sealed)
    labels, _, state = plain.partition(b"\n")
    return json.loads(labels), State.from_json(state.decode())


class Pen:
    """Collects the rows of one transaction and writes them, table by table."""

    def __init__(self, context: Context, now: datetime) -> None:
        self.context = context
        self.now = now
        self.proactive = False  # True: the desk writes by itself, not in answer to this visitor
        self.here = now.astimezone(AMSTERDAM)
        self.at = ms(now)
        self.messages: list[Record] = []
        self.outbox: list[Record] = []
        self.answers: dict[tuple[str, str], Record] = {}
        self.dropped_answers: dict[tuple[str, str], Record] = {}
        self.events: list[Record] = []
        self.heard_cases: list[Record] = []
        self.talks: list[Talk] = []

    def visitor(
        self, talk: Talk, text: str, *, kind: str = "say", special: bool = False, ref: str = "", origin: str = ""
    ) -> int:
        """What the visitor said, in the words the coach will read."""
        talk.last_client_at = self.at
        if talk.open_case is not None and not is_thanks(text, self.context.rules.thanks):
            self.heard_cases.append({"n": talk.open_case, "now": self.at})
        return self._message(talk, "visitor", Message(text, kind), special=special, ref=ref, origin=origin)

    def tell(
        self, talk: Talk, message: Message, sender: str, *, coach: str | None = None, origin: str = "",
        changes: str = "",
    ) -> Outgoing:  # fmt: skip
        """A message to the visitor from `sender` (bot, coach or system): kept, and put on its way.

        `changes` is the platform's id of our message whose button was pressed: a question that comes again with other
        ticks takes its place on the screen.
        """
        seq = self._message(talk, sender, message, coach=coach, origin=origin)
        if sender != "system":
            talk.remember_labels(talk.state.turn, message, message.fact if sender == "coach" else "")
        if sender == "coach":
            talk.awaits(message.fact)
        out = Outgoing(
            0, talk.id, talk.address, talk.channel, talk.bot, seq, talk.epoch, sender, talk.state.turn, message
        )
        talk.outgoing.append(out)
        if talk.channel in self.context.rules.push:
            never_stale = sender == "bot" and message.kind in ("crisis", "system")
            row = self._posted(talk, seq, "system" if never_stale else sender)
            if message.again and changes:
                row |= {"action": "edit", "target": changes}
            self.outbox.append(row)
        return out

    def private(
        self, talk: Talk, text: str, *, sender: str = "bot", coach: str | None = None, kind: str = "note"
    ) -> int:
        """A line for coaches; the visitor never sees it."""
        return self._message(talk, sender, Message(text, kind), private=1, coach=coach)

    def withdraw(self, talk: Talk, target: str) -> None:
        """Delete the visitor's own message on the platform: it held a number we never keep."""
        if talk.channel in self.context.rules.push and target:
            row = self._posted(talk, talk.next_seq, "system")
            self.outbox.append({**row, "action": "delete", "target": target})

    def _posted(self, talk: Talk, seq: int, origin: str) -> Record:
        return {
            "lane": talk.id, "conversation": talk.id, "identity": talk.identity, "seq": seq, "channel": talk.channel,
            "bot": talk.bot, "origin": origin, "epoch": talk.epoch, "turn": talk.state.turn, "action": "send",
            "target": "", "state": "new", "proactive": int(self.proactive), "next_at": self.at,
            "created_at": self.at,
        }  # fmt: skip

    def _message(
        self, talk: Talk, sender: str, message: Message, *, private: int = 0, special: bool = False,
        coach: str | None = None, origin: str = "", ref: str = "",
    ) -> int:  # fmt: skip
        seq = talk.next_seq
        talk.next_seq += 1
        talk.last_at = self.at
        row = f"{talk.id}:{seq}"
        self.messages.append(
            {
                "conversation": talk.id, "seq": seq, "sender": sender, "kind": message.kind, "private": private,
                "body_sealed": talk.key.seal("message", "body_sealed", row, message_to_json(message)),
                "class": "special" if special else "personal", "epoch": talk.epoch, "turn": talk.state.turn,
                "coach": coach, "origin": origin, "ref": ref, "at": self.at,
            }
        )  # fmt: skip
        return seq

    def answer_rows(self, talk: Talk, before: Mapping[str, Answer]) -> None:
        """Bring the projection in line with the new state."""
        after = talk.state.answers
        if after is before:
            return
        for fact, answer in after.items():
            known = before.get(fact)
            if known is answer or known == answer:
                continue
            kind = self.context.rules.class_of(fact)
            value = None if answer.value is None else dump(answer.value)
            row = f"{talk.id}:{fact}"
            public = kind == "public"
            plain = value.decode() if public and value is not None else None
            self.dropped_answers.pop((talk.id, fact), None)
            self.answers[talk.id, fact] = {
                "conversation": talk.id, "fact": fact, "status": answer.status, "class": kind,
                "value": plain,
                "value_sealed": (
                    None if public or value is None else talk.key.seal("answer", "value_sealed", row, value)
                ),
                "by": answer.by, "turn": answer.turn, "at": self.at,
            }  # fmt: skip
        for fact in before:
            if fact not in after:
                self.answers.pop((talk.id, fact), None)
                self.dropped_answers[talk.id, fact] = {"c": talk.id, "f": fact}
        rules = self.context.rules
        for name in ("situation", "sector"):
            told = after[name].value if name in after and rules.class_of(name) == "public" else ""
            setattr(talk, name, told if isinstance(told, str) else "")
        if rules.region_of is not None:
            talk.region = rules.region_of(after)

    def count(self, talk: Talk, name: str, detail: str = "") -> None:
        self.events.append({"conversation": talk.id, "name": name[:32], "detail": detail[:120], "at": self.at})

    def keep(self, talk: Talk) -> None:
        """Save this conversation's row at the end."""
        if talk not in self.talks:
            self.talks.append(talk)

    def forget(self, talk: Talk) -> None:
        """Write nothing about this conversation: its person was erased."""
        if talk in self.talks:
            self.talks.remove(talk)
        for rows in (self.messages, self.outbox, self.events):
            rows[:] = [row for row in rows if row["conversation"] != talk.id]
        for answers in (self.answers, self.dropped_answers):
            for place in [place for place in answers if place[0] == talk.id]:
                del answers[place]

    def flush(self, conn: Connection) -> None:
        """Writes all that was collected. Raises Conflict when a conversation was changed by somebody else."""
        if self.dropped_answers:
            conn.execute(_DROP_ANSWER, list(self.dropped_answers.values()))
            failpoint("after dropped answers")
        if self.heard_cases:
            conn.execute(_HEARD, self.heard_cases)
            failpoint("after heard")
        talks = [talk.saved() for talk in self.talks]
        rows = Written(self.messages, self.answers.values(), self.outbox, self.events, talks)
        if rows.any() and self.context.sql.write(conn, rows) != len(talks):
            raise Conflict("a conversation was changed during this turn; trying again")


class Conflict(Exception):
    """Somebody else changed what this transaction had read; repeating it is right and safe."""


_BACK = sa.or_(t.case.c.state == "waiting_for_client", t.case.c.state == "snoozed")
_HEARD = (  # the visitor wrote: the case is the coach's turn again; follow-ups stay as they are
    t.case.update()
    .where(t.case.c.number == sa.bindparam("n"))
    .values(
        unread_at=sa.func.coalesce(t.case.c.unread_at, sa.bindparam("now")),
        state=sa.case((_BACK, "with_coach"), else_=t.case.c.state),
        snoozed_until=None,
        wait_since=None,
        nudges=0,
        version=t.case.c.version + 1,
    )
)
_DROP_ANSWER = t.answer.delete().where(
    t.answer.c.conversation == sa.bindparam("c"),
    t.answer.c.fact == sa.bindparam("f"),
)
