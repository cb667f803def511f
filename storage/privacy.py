"""What people may ask of us, and what we owe them without asking: their data, forgetting, retention, the audit log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import tables as t
from storage.audit import Broken, record, verify
from storage.base import Base
from storage.context import Context
from storage.effects import my_data_link
from storage.erasure import erase_person
from storage.failpoints import failpoint
from storage.keys import hashed
from storage.pen import Pen
from storage.periods import Periods
from storage.promise import AMSTERDAM
from storage.reads import answers_of, open_message
from storage.retention import RetentionRefused, Swept, sweep
from storage.staff import take_one_time
from storage.talks import address_of, key_of, lock_talk
from storage.values import K, moment, ms

__all__ = ["Privacy", "RetentionRefused", "Swept"]

AT_ONCE = 1000  # keys wrapped in one transaction, so that turns go on meanwhile


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

    async def retention_with(self, periods: Periods) -> Swept:
        """What one run would remove if these periods held now. Changes nothing, and is not stopped by the guard."""

        def work(conn: Connection) -> Swept:
            context = replace(self.context, rules=replace(self.context.rules, periods=periods))
            return sweep(conn, Pen(context, self.clock()), dry_run=True, anyway=True)

        return await self._read(work)

    # ---- keys ----

    async def rotate_keys(self) -> int:
        """Wraps every key under the newest secret; afterwards older secrets may go. Returns how many were wrapped.

        Stopped halfway, every key is wrapped under a secret that is at hand, and the next call does the rest. Processes
        that were started without the newest secret still wrap under an older one: restart all of them first.
        """

        def work(conn: Connection) -> int:
            keys = self.context.keys
            count = 0
            for row in conn.execute(
                sa.select(t.person_key).where(t.person_key.c.kek != keys.current).limit(AT_ONCE)
            ).fetchall():
                purpose = row._mapping["class"]
                raw = keys.unwrap(purpose, row.person, row.kek, row.wrapped)
                failpoint("after unwrap")
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
