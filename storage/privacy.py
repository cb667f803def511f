"""What people may ask of us, and what we owe them without asking: their data, forgetting, retention, the audit log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from knowledge.problems import LoketError
from storage import tables as t
from storage.audit import Broken, record, shorten, verify
from storage.base import Base
from storage.effects import my_data_link
from storage.erasure import erase_person
from storage.keys import hashed
from storage.promise import AMSTERDAM
from storage.reads import answers_of, open_message
from storage.staff import take_one_time
from storage.talk import Context, K, Pen, moment, ms
from storage.talks import address_of, key_of, lock_talk

DAY = 24 * 3600 * 1000
SEEN_HOURS = 72  # Telegram keeps updates for 24
OUTBOX_DAYS = 7  # after it was sent
SPECIAL_DAYS = 30  # what was said about health or debts
SENSITIVE_DAYS = 30  # after the case closed
PERSONAL_DAYS = 90  # after the case closed
AUDIT_DAYS = 731
LARGEST_SHARE = 0.20  # of all conversations in one run: more looks like a wrong clock
LEAST = 25  # below this many a share says nothing
LONGEST_GAP = timedelta(days=60)  # since the last run


class RetentionRefused(LoketError):
    """Retention would delete so much, or the clock jumped so far, that something is probably wrong.

    Look at the system's clock. When it is right, run `loket retention --anyway`.
    """


@dataclass(frozen=True)
class Swept:
    """What one retention run removed, or would remove."""

    dry_run: bool
    counts: dict[str, int] = field(default_factory=dict)


class Privacy(Base):
    """The part of the store about rights and duties."""

    async def audit(self, actor: str, action: str, subject: str = "", purpose: str = "", result: str = "ok") -> None:
        """One line in the audit log: staff, operator and privacy actions only, and never an answer or a name."""

        def work(conn: Connection) -> None:
            record(
                conn, self.context, self.clock(), actor=actor, action=action, subject=subject, purpose=purpose,
                result=result,
            )  # fmt: skip

        await self._write(work, quiet=True)

    async def audit_log(self, *, since: datetime | None = None, limit: int = 500) -> list[dict[str, Any]]:
        """The newest lines first."""
        query = sa.select(t.audit).order_by(t.audit.c.at.desc(), t.audit.c.seq.desc()).limit(limit)
        if since is not None:
            query = query.where(t.audit.c.at >= ms(since))
        return await self._read(
            lambda conn: [{**row, "at": moment(row["at"])} for row in conn.execute(query).mappings()]
        )

    async def verify_audit(self) -> tuple[Broken, ...]:
        """The first link of every chain that was changed, removed or moved; () when all is well."""
        return await self._read(lambda conn: verify(conn, self.context.audit_key))

    # ---- my data, forget me ----

    async def my_data_link(self, conversation: str) -> str:
        """A one-time token for `my_data`, good for an hour; '' when the conversation is gone."""

        def work(conn: Connection) -> str:
            person = conn.execute(
                sa.select(t.conversation.c.person).where(t.conversation.c.id == conversation)
            ).scalar()
            return my_data_link(conn, str(person), ms(self.clock())) if person else ""

        return await self._write(work)

    async def my_data(self, token: str) -> dict[str, Any] | None:
        """Everything about one person, by a one-time token; None when it is used, old or unknown."""

        def work(conn: Connection) -> dict[str, Any] | None:
            now = self.clock()
            same = sa.and_(t.one_time.c.token_hash == hashed(token), t.one_time.c.purpose == "my_data")
            person = take_one_time(conn, same, ms(now))
            data = person_data(conn, self.context, person) if person else None
            if data is not None:
                record(conn, self.context, now, actor="visitor", action="my_data")
            return data

        return await self._write(work)

    async def data_of(self, conversation: str, actor: str) -> dict[str, Any] | None:
        """The same for an operator who answers a request by letter; logged."""

        def work(conn: Connection) -> dict[str, Any] | None:
            person = conn.execute(
                sa.select(t.conversation.c.person).where(t.conversation.c.id == conversation)
            ).scalar()
            record(conn, self.context, self.clock(), actor=actor, action="export", subject=conversation)
            return person_data(conn, self.context, str(person)) if person else None

        return await self._write(work)

    async def erase(self, conversation: str, actor: str = "visitor") -> str:
        """Forgets the person of this conversation; returns a reference, '' when there was nothing (any more)."""

        def work(conn: Connection) -> str:
            pen = Pen(self.context, self.clock())
            talk = lock_talk(conn, self.context, conversation)
            return erase_person(conn, pen, talk.person, actor=actor) if talk else ""

        reference = await self._write(work)
        await self.tidy()
        return reference

    # ---- retention ----

    async def retention(self, *, dry_run: bool = True, anyway: bool = False) -> Swept:
        """Removes what may no longer be kept, per class. Raises RetentionRefused when that looks like a mistake."""

        def work(conn: Connection) -> Swept:
            return sweep(conn, Pen(self.context, self.clock()), dry_run=dry_run, anyway=anyway)

        if dry_run:
            return await self._read(work)
        swept = await self._write(work)
        await self.tidy()
        return swept

    # ---- keys ----

    async def rotate_keys(self) -> int:
        """Wraps every key under the newest secret; afterwards older secrets may go. Returns how many were wrapped."""

        def work(conn: Connection) -> int:
            keys = self.context.keys
            count = 0
            for row in conn.execute(
                sa.select(t.person_key).where(t.person_key.c.kek != keys.current).limit(1000)
            ).fetchall():
                purpose = row._mapping["class"]
                raw = keys.unwrap(purpose, row.person, row.kek, row.wrapped)
                same = sa.and_(t.person_key.c.person == row.person, t.person_key.c["class"] == purpose)
                fresh = {"kek": keys.current, "wrapped": keys.wrap(purpose, row.person, raw)}
                count += conn.execute(
                    t.person_key.update().where(same, t.person_key.c.kek == row.kek).values(fresh)
                ).rowcount
            for row in conn.execute(sa.select(t.secret).where(t.secret.c.kek != keys.current)).fetchall():
                raw = keys.unwrap("secret", row.name, row.kek, row.wrapped)
                fresh = {"kek": keys.current, "wrapped": keys.wrap("secret", row.name, raw)}
                count += conn.execute(t.secret.update().where(t.secret.c.name == row.name).values(fresh)).rowcount
            return count

        total = 0
        while wrapped := await self._write(work):  # in short transactions, so that turns go on
            total += wrapped
        await self.audit("operator", "rotate_keys", result=str(total))
        return total


def person_data(conn: Connection, context: Context, person: str) -> dict[str, Any] | None:
    """Everything we hold about one person, readable; None when erased."""
    key = key_of(conn, context, person)
    if key is None:
        return None

    def opened(table: str, column: str, row: str, sealed: bytes | None) -> str:
        return key.unseal(table, column, row, sealed).decode() if sealed else ""

    def when(at: int | None) -> str | None:
        found = moment(at)
        return None if found is None else found.astimezone(AMSTERDAM).isoformat(timespec="seconds")

    def rows(table: sa.Table, *order: Any) -> list[Any]:
        return list(conn.execute(sa.select(table).where(table.c.person == person).order_by(*order)))

    talks = []
    for row in rows(t.conversation, t.conversation.c.created_at):
        messages = conn.execute(
            sa.select(t.message).where(t.message.c.conversation == row.id).order_by(t.message.c.seq)
        ).fetchall()
        talks.append(
            {
                "started": when(row.created_at), "language": row.language,
                "answers": [
                    {"fact": one.fact, "status": one.status, "value": one.value, "by": one.by, "at": one.at.isoformat()}
                    for one in answers_of(conn, key, row.id, guarded=True)
                ],
                "messages": [
                    {"at": when(one.at), "from": one.sender, "private_note": bool(one.private),
                     "text": open_message(key, row.id, one.seq, one.body_sealed).text}
                    for one in messages
                ],
            }
        )  # fmt: skip
    return {
        "identities": [
            {"channel": row.channel, "since": when(row.created_at),
             "address": address_of(key, row.id, row.address_sealed)}
            for row in rows(t.identity, t.identity.c.created_at)
        ],
        "conversations": talks,
        "cases": [
            {"code": K(row.number), "kind": row.kind, "state": row.state, "opened": when(row.created_at),
             "closed": when(row.closed_at), "outcome": row.outcome,
             "reason": opened("cases", "reason_sealed", str(row.number), row.reason_sealed)}
            for row in rows(t.case, t.case.c.number)
        ],
        "follow_ups": [
            {"due": row.due_on, "kind": row.kind, "state": row.state,
             "title": opened("follow_up", "title_sealed", row.id, row.title_sealed)}
            for row in rows(t.follow_up, t.follow_up.c.due_on)
        ],
        "outcomes": [
            {"step": row.step, "entry": row.entry, "on": row.on_date, "amount": row.amount, "source": row.source,
             "note": opened("outcome", "note_sealed", row.id, row.note_sealed)}
            for row in rows(t.outcome, t.outcome.c.on_date)
        ],
        "consents": [
            {"purpose": row.purpose, "given": bool(row.given), "text_version": row.version, "at": when(row.at)}
            for row in rows(t.consent, t.consent.c.at)
        ],
        "subscriptions": [row.entry for row in rows(t.subscription, t.subscription.c.entry)],
        "sign_ups": [{"what": row.what, "units": row.units} for row in rows(t.sign_up, t.sign_up.c.what)],
    }  # fmt: skip


def sweep(conn: Connection, pen: Pen, *, dry_run: bool, anyway: bool) -> Swept:
    """One retention run in one transaction."""
    _guard(conn, pen, anyway)
    counts: dict[str, int] = {}
    at = pen.at
    due = _due(at)
    for name, table, where in (
        ("seen", t.seen, t.seen.c.at < at - SEEN_HOURS * 3600 * 1000),
        ("outbox", t.outbox, sa.and_(t.outbox.c.done_at.is_not(None), t.outbox.c.done_at < at - OUTBOX_DAYS * DAY)),
        ("parcels", t.outbox, sa.and_(t.outbox.c.parcel_sealed.is_not(None), t.outbox.c.created_at < at - 2 * DAY)),
        ("special messages", t.message,
         sa.and_(t.message.c["class"] == "special", t.message.c.at < at - SPECIAL_DAYS * DAY)),
        ("one-time links", t.one_time, t.one_time.c.expires_at < at),
        ("attempts", t.attempt, t.attempt.c.at < at - DAY),
        ("sessions", t.desk_session, t.desk_session.c.created_at < at - DAY),
        ("tombstones", t.tombstone, t.tombstone.c.until < at),
        ("notices", t.notice, t.notice.c.done_at < at - OUTBOX_DAYS * DAY),
        ("set aside", t.set_aside, t.set_aside.c.at < at - 14 * DAY),
    ):  # fmt: skip
        if dry_run:
            counts[name] = int(conn.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar() or 0)
        else:
            counts[name] = conn.execute(table.delete().where(where)).rowcount
    counts["sensitive answers"] = _forget_answers(conn, pen, dry_run)
    counts["case details"] = _strip_cases(conn, at, dry_run)
    found = conn.execute(sa.select(t.conversation.c.id, t.conversation.c.person).where(due)).fetchall()
    counts["conversations"] = len(found)
    if not dry_run:
        for row in found:
            _let_go(conn, pen, row.id, row.person)
        counts["persons"] = _forget_the_empty(conn, pen)
        context = pen.context
        counts["audit"] = shorten(conn, context, at - AUDIT_DAYS * DAY)
        pen.flush(conn)
        context.sql.upsert(conn, t.setting, [{"name": "retention", "value": str(at)}], ("value",))
        total = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
        record(conn, context, pen.now, actor="retention", action="retention", result=total or "nothing")
    return Swept(dry_run, counts)


def _due(at: int) -> Any:
    """Conversations whose time is over: no open case, and no follow-up or outcome question that is still to come."""
    planned = sa.exists().where(
        t.case.c.conversation == t.conversation.c.id,
        t.follow_up.c.case_number == t.case.c.number,
        t.follow_up.c.state == "open",
    )
    asked = sa.exists().where(t.reminder.c.conversation == t.conversation.c.id, t.reminder.c.key.startswith("outcome:"))
    return sa.and_(t.conversation.c.purge_at <= at, t.conversation.c.open_case.is_(None), ~planned, ~asked)


def _forget_answers(conn: Connection, pen: Pen, dry_run: bool) -> int:
    """Sensitive answers of closed cases: from the projection, and from the sealed state they come from."""
    ended = sa.select(t.case.c.conversation).where(t.case.c.closed_at < pen.at - SENSITIVE_DAYS * DAY)
    rows = conn.execute(
        sa.select(t.answer.c.conversation, t.answer.c.fact)
        .join(t.conversation, t.conversation.c.id == t.answer.c.conversation)
        .where(t.answer.c["class"].in_(("sensitive", "special")), t.answer.c.at < pen.at - SENSITIVE_DAYS * DAY)
        .where(t.answer.c.conversation.in_(ended), t.conversation.c.open_case.is_(None))
    ).fetchall()
    facts: dict[str, list[str]] = {}
    for row in rows:
        facts.setdefault(row.conversation, []).append(row.fact)
    for conversation, names in facts.items() if not dry_run else ():
        talk = lock_talk(conn, pen.context, conversation)
        if talk is not None:
            before = talk.state.answers
            talk.state = talk.state.without(*names)  # the walk finds its place again at the visitor's next event
            pen.answer_rows(talk, before)
            pen.keep(talk)
    return len(rows)


def _strip_cases(conn: Connection, at: int, dry_run: bool) -> int:
    """What was frozen at a hand-over may hold sensitive answers, so it goes as early as they do."""
    old = sa.and_(t.case.c.closed_at < at - SENSITIVE_DAYS * DAY, t.case.c.snapshot_sealed.is_not(None))
    if dry_run:
        return int(conn.execute(sa.select(sa.func.count()).select_from(t.case).where(old)).scalar() or 0)
    return conn.execute(t.case.update().where(old).values(snapshot_sealed=None, summary_sealed=None)).rowcount


def _guard(conn: Connection, pen: Pen, anyway: bool) -> None:
    if anyway:
        return
    last = conn.execute(sa.select(t.setting.c.value).where(t.setting.c.name == "retention")).scalar()
    newest = conn.execute(sa.select(sa.func.max(t.conversation.c.last_at))).scalar()
    for said, stamp in (("the last run", int(last) if last else None), ("the last message", newest)):
        if stamp is None:
            continue
        if stamp - pen.at > DAY:
            raise RetentionRefused(f"{said} lies in the future: the clock was set back")
        if said == "the last run" and pen.at - stamp > LONGEST_GAP.total_seconds() * 1000:
            raise RetentionRefused("the last run is more than sixty days ago: the clock may have jumped")
    total = int(conn.execute(sa.select(sa.func.count()).select_from(t.conversation)).scalar() or 0)
    doomed = int(conn.execute(sa.select(sa.func.count()).select_from(t.conversation).where(_due(pen.at))).scalar() or 0)
    if total >= LEAST and doomed > total * LARGEST_SHARE:
        raise RetentionRefused(f"{doomed} of {total} conversations would go in one run")


def _let_go(conn: Connection, pen: Pen, conversation: str, person: str) -> None:
    """Removes one conversation; what it adds to the funnel stays as a count."""
    row = conn.execute(sa.select(t.conversation).where(t.conversation.c.id == conversation)).one()
    practice = conn.execute(sa.select(t.person.c.practice).where(t.person.c.id == person)).scalar()
    counts = conn.execute(
        sa.select(t.event.c.name, t.event.c.detail, sa.func.min(t.event.c.at))
        .where(t.event.c.conversation == conversation)
        .group_by(t.event.c.name, t.event.c.detail)
    ).fetchall()
    for name, detail, first in counts if not practice else ():
        day = datetime.fromtimestamp(first / 1000, AMSTERDAM).date().isoformat()
        key = {
            "day": day, "name": name, "detail": detail, "situation": row.situation, "region": row.region,
            "sector": row.sector, "channel": row.channel,
        }  # fmt: skip
        if not pen.context.sql.insert_new(conn, t.event_count, {**key, "n": 1}):
            same = sa.and_(*(t.event_count.c[column] == value for column, value in key.items()))
            conn.execute(t.event_count.update().where(same).values(n=t.event_count.c.n + 1))
    conn.execute(t.conversation.delete().where(t.conversation.c.id == conversation))


def _forget_the_empty(conn: Connection, pen: Pen) -> int:
    """People of whom nothing is left but a key, and whose case closed more than ninety days ago, are forgotten."""
    busy = sa.or_(
        sa.exists().where(t.conversation.c.person == t.person.c.id),
        sa.exists().where(
            t.case.c.person == t.person.c.id,
            sa.or_(t.case.c.closed_at.is_(None), t.case.c.closed_at > pen.at - PERSONAL_DAYS * DAY),
        ),
        sa.exists().where(t.follow_up.c.person == t.person.c.id, t.follow_up.c.state == "open"),
        sa.exists().where(t.subscription.c.person == t.person.c.id),
    )
    gone = [row.id for row in conn.execute(sa.select(t.person.c.id).where(~busy))]
    for person in gone:
        conn.execute(
            t.case.update().where(t.case.c.person == person)
            .values(reason_sealed=None, summary_sealed=None, snapshot_sealed=None, person=None)
        )  # fmt: skip
        conn.execute(t.person_key.delete().where(t.person_key.c.person == person))
        conn.execute(t.person.delete().where(t.person.c.id == person))
    return len(gone)
