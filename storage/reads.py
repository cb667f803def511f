"""What the pages read. Never waits for a writer; opens what this reader may see and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.state import State
from storage import tables as t
from storage.base import Base
from storage.codec import message_from_json
from storage.context import Context
from storage.promise import AMSTERDAM
from storage.rows import (
    AnswerRow,
    CaseRow,
    ConversationRow,
    FollowUpRow,
    InboxRow,
    MessageRow,
    OutcomeRow,
    PersonRow,
    Staff,
    TodayRow,
)
from storage.sealed_state import open_state
from storage.sealing import PersonKey
from storage.talks import address_of, key_of, keys_of
from storage.values import K, moment, number_of

OPEN = ("waiting", "with_coach", "waiting_for_client", "snoozed")
GUARDED = ("sensitive", "special")  # only the owner of the case sees these
TABS = ("waiting", "mine", "waiting_for_client", "snoozed", "all")

CONVERSATIONS = sa.select(t.conversation, t.coach.c.name.label("coach_name"), t.identity.c.gone_at).select_from(
    t.conversation.join(t.identity, t.identity.c.id == t.conversation.c.identity).outerjoin(
        t.coach, t.coach.c.id == t.conversation.c.coach
    )
)
_DELIVERY = (
    sa.select(t.outbox.c.state)
    .where(t.outbox.c.conversation == t.message.c.conversation, t.outbox.c.seq == t.message.c.seq)
    .where(t.outbox.c.action != "delete")
    .limit(1)
    .scalar_subquery()
)
MESSAGES = sa.select(t.message, t.coach.c.name.label("coach_name"), _DELIVERY.label("delivery")).select_from(
    t.message.outerjoin(t.coach, t.coach.c.id == t.message.c.coach)
)
_DELIVERED = {None: "", "new": "waiting", "sending": "waiting", "sent": "sent", "dead": "failed"}


class Reads(Base):
    """The part of the store that pages read from."""

    async def conversation_at(self, channel: str, bot: str, address: str) -> ConversationRow | None:
        """The conversation somebody has at this address; None when there is none (any more)."""
        index = self.context.index.of(channel, bot, address)
        here = sa.select(t.identity.c.conversation).where(t.identity.c.address_index == index).scalar_subquery()
        return await self._read(lambda conn: _one_conversation(conn, t.conversation.c.id == here))

    async def conversation(self, conversation: str) -> ConversationRow | None:
        return await self._read(lambda conn: _one_conversation(conn, t.conversation.c.id == conversation))

    async def address(self, conversation: str) -> tuple[str, str, str] | None:
        """Channel, bot and address where this conversation's visitor is written to; None when it is gone."""

        def read(conn: Connection) -> tuple[str, str, str] | None:
            row = conn.execute(
                sa.select(t.identity).join(t.conversation, t.conversation.c.identity == t.identity.c.id)
                .where(t.conversation.c.id == conversation)
            ).fetchone()  # fmt: skip
            key = key_of(conn, self.context, row.person) if row else None
            if row is None or key is None:
                return None
            return row.channel, row.bot, address_of(key, row.id, row.address_sealed)

        return await self._read(read)

    async def state(self, conversation: str) -> State | None:
        """The state of a conversation, for its own visitor's page; None when it is gone."""

        def read(conn: Connection) -> State | None:
            row = conn.execute(sa.select(t.conversation).where(t.conversation.c.id == conversation)).fetchone()
            key = key_of(conn, self.context, row.person) if row else None
            return None if row is None or key is None else open_state(key, conversation, row.state_sealed)[1]

        return await self._read(read)

    async def messages(
        self, conversation: str, after: int = 0, limit: int = 500, private: bool = False
    ) -> list[MessageRow]:
        """The log after `after`, oldest first; `private` adds what only coaches see."""
        return await self._read(lambda conn: _messages(conn, self.context, conversation, after, limit, private))

    async def case(self, code: str, viewer: Staff | None = None) -> CaseRow | None:
        """One case. Sensitive answers are opened for its owner only; log the opening with `audit`."""

        def read(conn: Connection) -> CaseRow | None:
            row = conn.execute(_cases().where(t.case.c.number == number_of(code))).fetchone()
            return None if row is None else _case(conn, self.context, row, viewer.id if viewer else "")

        return await self._read(read)

    async def today(self, staff: Staff, now: datetime | None = None) -> list[TodayRow]:
        """What asks for attention, by promised time: urgent, new, with an unread message, and follow-ups due."""
        when = now or self.clock()

        def read(conn: Connection) -> list[TodayRow]:
            mine = sa.and_(t.case.c.coach == staff.id, t.case.c.unread_at.is_not(None), t.case.c.state.in_(OPEN))
            rows = conn.execute(_cases().where(sa.or_(t.case.c.state == "waiting", mine))).fetchall()
            rows = [row for row in rows if row.coach == staff.id or staff.may_see_team(row.team)]
            keys = keys_of(conn, self.context, {row.person for row in rows if row.person})
            lines = [_today(conn, row, keys[row.person]) for row in rows if row.person in keys]
            until = when.astimezone(AMSTERDAM).date().isoformat()
            for one in _follow_ups(conn, self.context, _theirs(staff), until):
                due = datetime.combine(one.due_on, _clock(one.due_time), AMSTERDAM)
                lines.append(
                    TodayRow("follow_up", one.code, due, one.code, "", one.title, "", "", one.kind, one.state, one.who,
                             0, follow_up=one.id, all_day=not one.due_time)
                )  # fmt: skip
            last = datetime.max.replace(tzinfo=AMSTERDAM)
            return sorted(lines, key=lambda line: (line.kind != "urgent", line.due or last, line.code))

        return await self._read(read)

    async def inbox(
        self, tab: str, staff: Staff, *, team: str = "", situation: str = "", region: str = "", coach: str = "",
        limit: int = 200,
    ) -> list[InboxRow]:  # fmt: skip
        """One tab of the inbox: waiting, mine, waiting_for_client, snoozed or all (coordinators)."""

        def read(conn: Connection) -> list[InboxRow]:
            query = _cases().where(_tab(tab, staff))
            for column, value in (("team", team), ("situation", situation), ("region", region), ("coach", coach)):
                if value:
                    query = query.where(t.case.c[column] == value)
            query = query.order_by(t.case.c.urgent.desc(), t.case.c.due_at, t.case.c.waiting_since).limit(limit)
            rows = [row for row in conn.execute(query) if row.coach == staff.id or staff.may_see_team(row.team)]
            keys = keys_of(conn, self.context, {row.person for row in rows if row.person})
            return [_inbox(conn, row, keys.get(row.person)) for row in rows]

        return await self._read(read)

    async def counts(self, staff: Staff) -> dict[str, int]:
        """How many cases stand in each tab."""

        def read(conn: Connection) -> dict[str, int]:
            found = {}
            for tab in TABS:
                rows = conn.execute(sa.select(t.case.c.team, t.case.c.coach).where(_tab(tab, staff))).fetchall()
                found[tab] = sum(row.coach == staff.id or staff.may_see_team(row.team) for row in rows)
            return found

        return await self._read(read)

    async def search(self, text: str, staff: Staff, limit: int = 30) -> list[InboxRow]:
        """Cases by code or first name. Names are sealed, so open and recent cases are opened one by one."""

        def read(conn: Connection) -> list[InboxRow]:
            number = number_of(text)
            if number > 0:
                rows = conn.execute(_cases().where(t.case.c.number == number)).fetchall()
            else:
                rows = conn.execute(_cases().order_by(t.case.c.number.desc()).limit(1000)).fetchall()
            rows = [row for row in rows if row.coach == staff.id or staff.may_see_team(row.team)]
            keys = keys_of(conn, self.context, {row.person for row in rows if row.person})
            lines = (_inbox(conn, row, keys.get(row.person)) for row in rows)
            wanted = text.strip().casefold()
            return [line for line in lines if number > 0 or (wanted and wanted in line.who.casefold())][:limit]

        return await self._read(read)

    async def agenda(self, staff: Staff, *, days: int = 14, whole_team: bool = False) -> list[FollowUpRow]:
        """Open follow-ups up to `days` ahead, oldest first; overdue ones included."""
        until = (self.clock().astimezone(AMSTERDAM).date() + timedelta(days=days)).isoformat()
        whose = _theirs(staff, whole_team)
        return await self._read(lambda conn: _follow_ups(conn, self.context, whose, until))

    async def follow_ups(self, code: str) -> list[FollowUpRow]:
        whose = t.follow_up.c.case_number == number_of(code)
        return await self._read(lambda conn: _follow_ups(conn, self.context, whose, "", every=True))

    async def outcomes(self, person: str) -> list[OutcomeRow]:
        return await self._read(lambda conn: _outcomes(conn, self.context, person))

    async def person(self, person: str, viewer: Staff | None = None) -> PersonRow | None:
        """The file of one person; None when erased."""

        def read(conn: Connection) -> PersonRow | None:
            row = conn.execute(sa.select(t.person).where(t.person.c.id == person)).fetchone()
            if row is None:
                return None
            identities = conn.execute(sa.select(t.identity).where(t.identity.c.person == person)).fetchall()
            cases = conn.execute(_cases().where(t.case.c.person == person).order_by(t.case.c.number)).fetchall()
            consents = conn.execute(
                sa.select(t.consent).where(t.consent.c.person == person).order_by(t.consent.c.at)
            ).fetchall()
            return PersonRow(
                person,
                _at(row.created_at),
                tuple((one.channel, one.bot, _at(one.created_at)) for one in identities),
                tuple(_case(conn, self.context, one, viewer.id if viewer else "") for one in cases),
                tuple(_follow_ups(conn, self.context, t.follow_up.c.person == person, "", every=True)),
                tuple(_outcomes(conn, self.context, person)),
                tuple((one.purpose, bool(one.given), one.version, _at(one.at)) for one in consents),
            )

        return await self._read(read)


def _at(value: int) -> datetime:
    found = moment(value)
    assert found is not None
    return found


def _clock(text: str) -> Any:
    return datetime.strptime(text or "08:45", "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone yet


def _tab(tab: str, staff: Staff) -> Any:
    mine = t.case.c.coach == staff.id
    return {
        "waiting": t.case.c.state == "waiting",
        "mine": sa.and_(mine, t.case.c.state == "with_coach"),
        "waiting_for_client": sa.and_(mine, t.case.c.state == "waiting_for_client"),
        "snoozed": sa.and_(mine, t.case.c.state == "snoozed"),
        "all": sa.true() if staff.role != "coach" else sa.or_(mine, t.case.c.state == "waiting"),
    }[tab]


def _theirs(staff: Staff, whole_team: bool = False) -> Any:
    own = t.follow_up.c.coach == staff.id
    if not whole_team:
        return own
    return sa.true() if not staff.teams else sa.or_(own, t.follow_up.c.team.in_(staff.teams))


def _one_conversation(conn: Connection, where: Any) -> ConversationRow | None:
    row = conn.execute(CONVERSATIONS.where(where)).fetchone()
    return None if row is None else conversation_row(row)


def conversation_row(row: Any) -> ConversationRow:
    return ConversationRow(
        row.id, row.person, row.channel, row.bot, row.language, row.speaker, row.epoch, row.coach_name or "",
        K(row.open_case), moment(row.promised_at), row.next_seq - 1, row.phase, row.turn, row.version,
        moment(row.last_client_at), row.gone_at is None,
    )  # fmt: skip


def _messages(
    conn: Connection, context: Context, conversation: str, after: int, limit: int, private: bool
) -> list[MessageRow]:
    person = conn.execute(sa.select(t.conversation.c.person).where(t.conversation.c.id == conversation)).scalar()
    key = key_of(conn, context, person) if person else None
    if key is None:
        return []
    query = MESSAGES.where(t.message.c.conversation == conversation, t.message.c.seq > after)
    if not private:
        query = query.where(t.message.c.private == 0)
    rows = conn.execute(query.order_by(t.message.c.seq).limit(limit))
    return [message_row(key, conversation, row) for row in rows]


def message_row(key: PersonKey, conversation: str, row: Any) -> MessageRow:
    return MessageRow(
        row.seq, _at(row.at), row.sender, row.coach_name or "" if row.sender == "coach" else "",
        open_message(key, conversation, row.seq, row.body_sealed), row.turn, bool(row.private),
        _DELIVERED[row.delivery], row.withdrawn_at is not None,
    )  # fmt: skip


def open_message(key: PersonKey, conversation: str, seq: int, sealed: bytes) -> Any:
    return message_from_json(key.unseal("message", "body_sealed", f"{conversation}:{seq}", sealed))


def _cases() -> sa.Select[Any]:
    return sa.select(t.case, t.coach.c.name.label("owner_name")).select_from(
        t.case.outerjoin(t.coach, t.coach.c.id == t.case.c.coach)
    )


def _open_text(key: PersonKey | None, table: str, column: str, row: str, sealed: bytes | None) -> str:
    return key.unseal(table, column, row, sealed).decode() if key is not None and sealed else ""


def answers_of(conn: Connection, key: PersonKey, conversation: str, *, guarded: bool) -> tuple[AnswerRow, ...]:
    """The answers of a conversation; `guarded` opens sensitive and special ones too."""
    rows = conn.execute(
        sa.select(t.answer).where(t.answer.c.conversation == conversation).order_by(t.answer.c.turn, t.answer.c.fact)
    ).mappings()
    found = []
    for row in rows:
        hidden = row["class"] in GUARDED and not guarded
        value = None
        if row["value"] is not None:
            value = json.loads(row["value"])
        elif row["value_sealed"] is not None and not hidden:
            value = json.loads(
                key.unseal("answer", "value_sealed", f"{conversation}:{row['fact']}", row["value_sealed"])
            )
        found.append(AnswerRow(row["fact"], row["status"], value, row["by"], _at(row["at"]), row["class"], hidden))
    return tuple(found)


def _case(conn: Connection, context: Context, row: Any, viewer: str) -> CaseRow:
    key = key_of(conn, context, row.person) if row.person else None
    where = str(row.number)
    owns = bool(viewer) and row.coach == viewer
    answers: tuple[AnswerRow, ...] = ()
    talk = None
    if key is not None and row.conversation:
        answers = answers_of(conn, key, row.conversation, guarded=owns)
        talk = _one_conversation(conn, t.conversation.c.id == row.conversation)
    attempts = conn.execute(
        sa.select(t.contact_attempt, t.coach.c.name)
        .select_from(t.contact_attempt.outerjoin(t.coach, t.coach.c.id == t.contact_attempt.c.coach))
        .where(t.contact_attempt.c.case_number == row.number)
        .order_by(t.contact_attempt.c.at)
    )
    return CaseRow(
        code=K(row.number), number=row.number, version=row.version, epoch=talk.epoch if talk else 0, state=row.state,
        kind=row.kind, urgent=bool(row.urgent),
        reason=_open_text(key, "cases", "reason_sealed", where, row.reason_sealed),
        team=row.team, owner=row.coach or "", owner_name=row.owner_name or "",
        summary=tuple(json.loads(_open_text(key, "cases", "summary_sealed", where, row.summary_sealed) or "[]")),
        snapshot=json.loads(_open_text(key, "cases", "snapshot_sealed", where, row.snapshot_sealed) or "{}"),
        opened_at=_at(row.created_at), due=moment(row.due_at), claimed_at=moment(row.claimed_at),
        first_reply_at=moment(row.first_reply_at), unread_at=moment(row.unread_at), closed_at=moment(row.closed_at),
        snooze_until=moment(row.snoozed_until), outcome=row.outcome, person=row.person or "", conversation=talk,
        answers=answers, attempts=tuple((_at(one.at), one.result, one.name or "") for one in attempts),
        prefers=row.prefers or "", practice=bool(row.practice), situation=row.situation, region=row.region,
        sector=row.sector, channel=row.channel, language=row.language,
    )  # fmt: skip


def _given(answers: Sequence[AnswerRow], fact: str) -> str:
    for answer in answers:
        if answer.fact == fact and answer.value is not None:
            return ", ".join(map(str, answer.value)) if isinstance(answer.value, list) else str(answer.value)
    return ""


def _today(conn: Connection, row: Any, key: PersonKey) -> TodayRow:
    answers = answers_of(conn, key, row.conversation, guarded=False) if row.conversation else ()
    where = str(row.number)
    summary = json.loads(_open_text(key, "cases", "summary_sealed", where, row.summary_sealed) or "[]")
    lines = [*map(str, summary), "", "", "", "", ""]
    kind = "urgent" if row.urgent else "new" if row.state == "waiting" else "reply"
    contact = ", ".join(filter(None, (_given(answers, "preferred_contact"), _given(answers, "part_of_day"))))
    place = _given(answers, "place") or _given(answers, "company_place") or _given(answers, "school_place")
    return TodayRow(
        kind, K(row.number), moment(row.due_at if row.state == "waiting" else row.unread_at),
        _given(answers, "name") or K(row.number), place, lines[1], lines[2], lines[3], contact, row.state,
        row.owner_name or "", row.version, row.channel, bool(row.practice),
    )  # fmt: skip


def _inbox(conn: Connection, row: Any, key: PersonKey | None) -> InboxRow:
    name = last = ""
    if key is not None and row.conversation:
        name = _given(answers_of(conn, key, row.conversation, guarded=False), "name")
        line = conn.execute(
            sa.select(t.message.c.seq, t.message.c.body_sealed)
            .where(t.message.c.conversation == row.conversation, t.message.c.sender == "visitor")
            .where(t.message.c["class"] != "special")
            .order_by(t.message.c.seq.desc())
            .limit(1)
        ).fetchone()
        if line is not None:
            last = open_message(key, row.conversation, line.seq, line.body_sealed).text
    return InboxRow(
        K(row.number), name or K(row.number), moment(row.waiting_since), moment(row.due_at), last, row.state,
        row.owner_name or "", row.channel, row.situation, row.sector, row.region, row.team, row.unread_at is not None,
        bool(row.urgent), row.version, bool(row.practice), _entries(row, key),
    )  # fmt: skip


def _entries(row: Any, key: PersonKey | None) -> tuple[str, ...]:
    """What stood in the case when it was handed over, by id; nothing when that is no longer kept."""
    frozen = json.loads(_open_text(key, "cases", "snapshot_sealed", str(row.number), row.snapshot_sealed) or "{}")
    return tuple(str(one["id"]) for one in frozen.get("verdicts", ()) if one.get("verdict") != "does_not_fit")


def _follow_ups(
    conn: Connection, context: Context, where: Any, until: str, *, every: bool = False
) -> list[FollowUpRow]:
    query = (
        sa.select(t.follow_up, t.coach.c.name)
        .select_from(t.follow_up.outerjoin(t.coach, t.coach.c.id == t.follow_up.c.coach))
        .where(where)
        .order_by(t.follow_up.c.due_on, t.follow_up.c.due_time, t.follow_up.c.id)
    )
    if not every:
        query = query.where(t.follow_up.c.state == "open", t.follow_up.c.due_on <= until)
    rows = conn.execute(query).fetchall()
    keys = keys_of(conn, context, {row.person for row in rows})
    return [
        FollowUpRow(
            row.id, K(row.case_number), row.person, row.kind, datetime.fromisoformat(row.due_on).date(), row.due_time,
            _open_text(keys.get(row.person), "follow_up", "title_sealed", row.id, row.title_sealed), row.state,
            row.attempts, row.name or "", row.coach or "", row.team, row.origin, row.ics_uid,
        )
        for row in rows
    ]  # fmt: skip


def _outcomes(conn: Connection, context: Context, person: str) -> list[OutcomeRow]:
    rows = conn.execute(
        sa.select(t.outcome, t.coach.c.name)
        .select_from(t.outcome.outerjoin(t.coach, t.coach.c.id == t.outcome.c.coach))
        .where(t.outcome.c.person == person)
        .order_by(t.outcome.c.on_date, t.outcome.c.at, t.outcome.c.id)
    ).fetchall()
    key = key_of(conn, context, person)
    superseded = {row.supersedes for row in rows if row.supersedes}
    return [
        OutcomeRow(
            row.id, K(row.case_number), row.entry, row.provider, row.step, datetime.fromisoformat(row.on_date).date(),
            row.amount, row.source, row.name or "", _open_text(key, "outcome", "note_sealed", row.id, row.note_sealed),
            row.id in superseded, _at(row.at),
        )
        for row in rows
    ]  # fmt: skip
