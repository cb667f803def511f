"""What must be true of a database at any moment, checked read-only: by every kind of test, and by `loket doctor`."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import tables as t
from storage.audit import verify
from storage.codec import dump
from storage.context import Context
from storage.keys import KeyLost
from storage.sealed_state import open_state
from storage.sealing import SealBroken
from storage.talks import key_of
from storage.values import K

SPEAKER_OF = {"waiting": "queue", "with_coach": "coach", "waiting_for_client": "coach", "snoozed": "coach"}


def check_invariants(conn: Connection, context: Context, *, whole_log: bool = False, deep: bool = True) -> list[str]:
    """Findings as sentences; [] when all is well.

    `whole_log` also wants every message to be there (not true once retention has removed special ones); `deep` opens
    every conversation's state and compares its answers with their projection.
    """
    found: list[str] = []
    talks = conn.execute(sa.select(t.conversation)).fetchall()
    cases = {row.number: row for row in conn.execute(sa.select(t.case))}
    found += _speakers(talks, cases)
    found += _logs(conn, talks, whole_log)
    found += _lanes(conn)
    found += _stocks(conn)
    found += _keys(conn)
    found += _sealing(conn)
    if deep:
        found += [finding for talk in talks for finding in _state(conn, context, talk)]
    found += [f"audit chain {one.chain}: {one.why} at {one.seq}" for one in verify(conn, context.audit_key)]
    return found


def _speakers(talks: list[Any] | Any, cases: dict[int, Any]) -> list[str]:
    """Coach and bot never both own a conversation, and an open case always has somebody to wait for."""
    found = []
    held = {talk.open_case: talk for talk in talks if talk.open_case is not None}
    for talk in talks:
        case = cases.get(talk.open_case) if talk.open_case is not None else None
        if talk.open_case is not None and (case is None or case.conversation != talk.id):
            found.append(f"conversation {talk.id} points at {K(talk.open_case)}, which is not its case")
        elif case is None and talk.speaker != "bot":
            found.append(f"conversation {talk.id}: {talk.speaker} speaks without an open case")
        elif case is not None and SPEAKER_OF.get(case.state) != talk.speaker:
            found.append(f"{K(case.number)} is {case.state}, but {talk.speaker} speaks")
        elif case is not None and talk.speaker == "coach" and case.coach != talk.coach:
            found.append(f"{K(case.number)}: its owner and its speaker are two people")
        if case is not None and case.due_at != talk.promised_at:
            found.append(f"{K(case.number)}: the visitor was promised another time than the coach reads")
    for number, case in cases.items():
        if case.state in SPEAKER_OF and number not in held:
            found.append(f"{K(number)} is {case.state}, but no conversation knows it")
        if case.state in ("with_coach", "waiting_for_client", "snoozed") and case.coach is None:
            found.append(f"{K(number)} is {case.state} without a coach")
    return found


def _logs(conn: Connection, talks: Any, whole: bool) -> list[str]:
    """Order is kept, and nothing said is missing."""
    query = sa.select(t.message.c.conversation, sa.func.count(), sa.func.max(t.message.c.seq)).group_by(
        t.message.c.conversation
    )
    counts = {row[0]: (row[1], row[2]) for row in conn.execute(query)}
    found = []
    for talk in talks:
        count, last = counts.get(talk.id, (0, 0))
        if last >= talk.next_seq:
            found.append(f"conversation {talk.id}: message {last} lies beyond its counter {talk.next_seq}")
        if whole and count != talk.next_seq - 1:
            found.append(f"conversation {talk.id}: {talk.next_seq - 1 - count} messages are missing")
    return found


def _lanes(conn: Connection) -> list[str]:
    """In every lane: one in flight, and nothing sent before what came earlier."""
    flying = (
        sa.select(t.outbox.c.lane).where(t.outbox.c.state == "sending").group_by(t.outbox.c.lane)
        .having(sa.func.count() > 1)
    )  # fmt: skip
    early = t.outbox.alias("early")
    overtaken = (
        sa.select(t.outbox.c.lane).distinct()
        .join(early, sa.and_(early.c.lane == t.outbox.c.lane, early.c.id < t.outbox.c.id))
        .where(t.outbox.c.state == "sent", early.c.state.in_(("new", "sending")), early.c.next_at <= t.outbox.c.done_at)
        .where(early.c.reason == "")  # a coach may have asked for a failed one again
    )  # fmt: skip
    return [f"lane {row.lane}: two messages in flight" for row in conn.execute(flying)] + [
        f"lane {row.lane}: a message overtook an earlier one" for row in conn.execute(overtaken)
    ]


def _stocks(conn: Connection) -> list[str]:
    """What was given away is what people hold, and never more than there is."""
    held = sa.select(sa.func.coalesce(sa.func.sum(t.sign_up.c.units), 0)).where(t.sign_up.c.what == t.stock.c.what)
    found = []
    for row in conn.execute(sa.select(t.stock, held.scalar_subquery().label("held"))):
        if row.ceiling is not None and row.taken > row.ceiling:
            found.append(f"{row.what}: {row.taken} taken of {row.ceiling}")
        if row.kind == "event" and row.taken != row.held:
            found.append(f"{row.what}: {row.taken} taken, {row.held} held")
    return found


def _keys(conn: Connection) -> list[str]:
    """Everybody we remember has a key, and no key outlives its person."""
    with_key = sa.select(t.person_key.c.person)
    lost = sa.select(sa.func.count()).select_from(t.person).where(t.person.c.id.not_in(with_key))
    orphans = (
        sa.select(sa.func.count())
        .select_from(t.person_key)
        .where(t.person_key.c.person.not_in(sa.select(t.person.c.id)))
    )
    found = []
    if count := conn.execute(lost).scalar():
        found.append(f"{count} people have no key")
    if count := conn.execute(orphans).scalar():
        found.append(f"{count} keys have no person")
    return found


def _sealing(conn: Connection) -> list[str]:
    """Only public answers stand readable."""
    bare = sa.select(sa.func.count()).where(t.answer.c["class"] != "public", t.answer.c.value.is_not(None))
    count = conn.execute(bare).scalar()
    return [f"{count} answers that are not public stand unsealed"] if count else []


def _state(conn: Connection, context: Context, talk: Any) -> list[str]:
    """The state opens, and its projection says the same."""
    try:
        key = key_of(conn, context, talk.person)
        if key is None:
            return []
        state = open_state(key, talk.id, talk.state_sealed)[1]
        rows = conn.execute(sa.select(t.answer).where(t.answer.c.conversation == talk.id)).mappings()
        stored = {}
        for row in rows:
            value = row["value"]
            if row["value_sealed"] is not None:
                value = key.unseal("answer", "value_sealed", f"{talk.id}:{row['fact']}", row["value_sealed"]).decode()
            stored[row["fact"]] = (row["status"], None if value is None else json.loads(value))
        meant = {
            fact: (answer.status, None if answer.value is None else json.loads(dump(answer.value)))
            for fact, answer in state.answers.items()
        }
    except (SealBroken, KeyLost, ValueError) as error:
        return [f"conversation {talk.id} does not open: {error}"]
    differs = sorted(fact for fact in {**stored, **meant} if stored.get(fact) != meant.get(fact))
    return [f"conversation {talk.id}: answers differ from their projection: {differs}"] if differs else []
