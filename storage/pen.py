"""The pen: collects the rows of one transaction, and writes them with one statement per table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.effects import Message
from flows.state import Answer
from storage import tables as t
from storage.codec import dump, message_to_json
from storage.context import Context
from storage.failpoints import failpoint
from storage.messages import Outgoing
from storage.promise import AMSTERDAM
from storage.statements import Record, Update, Written
from storage.talk import Talk
from storage.thanks import is_thanks
from storage.values import ms


class Pen:
    """Collects the rows of one transaction and writes them, table by table."""

    def __init__(self, context: Context, now: datetime) -> None:
        self.context = context
        self.now = now
        self.proactive = False  # True: the desk writes by itself, not in answer to this visitor
        self.here = now.astimezone(AMSTERDAM)
        self.minute = self.here.replace(second=0, microsecond=0)  # what is promised does not change within one
        self.at = ms(now)
        self.seen: list[Record] = []
        self.messages: list[Record] = []
        self.outbox: list[Record] = []
        self.answers: dict[tuple[str, str], Record] = {}
        self.dropped_answers: dict[tuple[str, str], Record] = {}
        self.events: list[Record] = []
        self.heard_cases: list[Record] = []
        self.talks: list[Talk] = []

    def applies(self, update: Update) -> None:
        """This update must never be applied again."""
        channel, bot, number = update
        self.seen.append({"channel": channel, "bot": bot, "update_id": number, "at": self.at})

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
                self.dropped_answers[talk.id, fact] = {"conversation": talk.id, "fact": fact}
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

    def forget(self, conversation: str) -> None:
        """Write nothing about this conversation: its person was erased, or its turn is done otherwise."""
        self.talks = [talk for talk in self.talks if talk.id != conversation]
        for rows in (self.messages, self.outbox, self.events):
            rows[:] = [row for row in rows if row["conversation"] != conversation]
        for answers in (self.answers, self.dropped_answers):
            for place in [place for place in answers if place[0] == conversation]:
                del answers[place]

    def flush(self, conn: Connection) -> None:
        """Writes all that was collected. Raises Conflict when a conversation was changed by somebody else."""
        if self.heard_cases:
            conn.execute(_HEARD, self.heard_cases)
            failpoint("after heard")
        rows = self.rows()
        if rows.any():
            self.context.sql.write(conn, rows)

    def rows(self) -> Written:
        """What was collected, as it will stand in the tables."""
        talks = [talk.saved(self.context.states) for talk in self.talks]
        dropped, answers = self.dropped_answers.values(), self.answers.values()
        return Written(self.seen, dropped, self.messages, answers, self.outbox, self.events, talks)


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
