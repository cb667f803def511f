"""One conversation inside a transaction: its row, its key, its state, and what is said in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flows.effects import Message
from flows.events import Chose, Event, Pressed
from flows.state import State
from storage.messages import Outgoing
from storage.sealed_state import Labels, States
from storage.sealing import PersonKey
from storage.statements import Record

PRACTICE = "practice:"  # how the address of a demonstration visitor begins
AWAITED = "?"  # stands in the labels for what may be typed


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
    labels: Labels = field(default_factory=dict)
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
    def from_row(cls, row: Any, key: PersonKey, address: str, states: States) -> Talk:
        labels, state = states.open(key, row.id, row.state_sealed)
        return cls(
            id=row.id, person=row.person, identity=row.identity, channel=row.channel, bot=row.bot, address=address,
            key=key, state=state, labels=labels, language=row.language, version=row.version, speaker=row.speaker,
            epoch=row.epoch, coach=row.coach, open_case=row.open_case, promised_at=row.promised_at,
            next_seq=row.next_seq, situation=row.situation, region=row.region, sector=row.sector,
            last_client_at=row.last_client_at, last_at=row.last_at, purge_at=row.purge_at,
            indexed=(row.identity, row.purge_at),
        )  # fmt: skip

    def saved(self, states: States) -> Record:
        """The row as it will be; written only if nobody else saved it since it was read."""
        sealed = states.close(self.key, self.id, self.labels, self.state)
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
