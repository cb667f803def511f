"""The floor: the rows of a turn, written by hand into the same tables of the same database.

The same tables with the same indexes, foreign keys and settings, every column, and bytes as long as sealed texts are;
one look and one write a commit, set by set. What the floor does not pay for: making the rows. It seals nothing,
redacts nothing, thinks of no answer, and asks nobody whether a coach is waiting.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from flows.state import State
from flows.turn import Turn
from flows.world import World
from storage.keys import Keys
from storage.messages import Incoming
from storage.sqlite import PRAGMAS
from storage.store import open_store

AT = 1_795_000_000_000  # milliseconds
STATE, SAID, TOLD, ANSWER = b"s" * 713, b"b" * 73, b"b" * 228, b"b" * 52  # as long as ours are, sealed
Decide = Callable[[State, World, Any], Turn]


@dataclass(frozen=True)
class Somebody:
    """A conversation that is going on."""

    conversation: str
    identity: str
    address_index: str


async def somebodies(
    url: str, secret: Keys | None, count: int, first: Callable[[str], Incoming], decide: Decide
) -> list[Somebody]:
    """Makes the tables, and `count` conversations of one turn."""
    store = await open_store(url, secret=secret)
    try:
        ours = {(await store.turn(first(f"hand{number}"), decide)).conversation for number in range(count)}
        query = "SELECT conversation, id, address_index FROM identity ORDER BY conversation"
        found = await store._read(lambda conn: conn.exec_driver_sql(query).fetchall())
        return [Somebody(*row) for row in found if row[0] in ours]
    finally:
        await store.aclose()


def _message(who: Somebody, seq: int, sender: str, kind: str, body: bytes) -> tuple[object, ...]:
    return who.conversation, seq, sender, kind, 0, body, "personal", 0, 1, None, "", "", AT


def _messages(group: Sequence[Somebody], seq: int) -> list[tuple[object, ...]]:
    said = (("visitor", "say", SAID), ("bot", "say", SAID), ("bot", "question", TOLD))
    return [_message(who, seq + place, *one) for who in group for place, one in enumerate(said)]


# ---- SQLite ------------------------------------------------------------------------------------------------------

_READ = """
    SELECT c.*, i.id, i.gone_at, k.kek, k.wrapped FROM identity AS i JOIN conversation AS c ON c.id = i.conversation
    JOIN person_key AS k ON k.person = c.person AND k.class = 'personal' WHERE i.address_index = ?
"""
_MESSAGE = """
    INSERT INTO message (conversation, seq, sender, kind, private, body_sealed, class, epoch, turn, coach, origin, ref,
        at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ANSWER = """
    INSERT INTO answer (conversation, fact, status, value_sealed, class, by, turn, at)
    VALUES (?, ?, 'given', ?, 'personal', 'visitor', ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status,
        value_sealed = excluded.value_sealed, class = excluded.class, by = excluded.by, turn = excluded.turn,
        at = excluded.at
"""
_POST = """
    INSERT INTO outbox (lane, conversation, identity, seq, channel, origin, epoch, turn, action, state, next_at,
        created_at)
    VALUES (?, ?, ?, ?, 'telegram', 'bot', 0, 1, 'send', 'new', ?, ?)
"""
_SAVE = """
    UPDATE conversation SET state_sealed = ?, fingerprint = '', phase = 'talking', turn = ?, language = 'nl',
    speaker = 'bot', epoch = 0, coach = NULL, open_case = NULL, promised_at = NULL, next_seq = ?, situation = '',
    region = '', sector = '', last_client_at = ?, last_at = ?, channel = 'telegram', bot = '', version = version + 1
    WHERE id = ? AND version = ?
"""


def on_sqlite(path: Path, people: Sequence[Somebody], turns: int, start: int) -> int:
    """`turns` turns, as many a commit as there are `people`; `start` counts the turns of each before."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for name, value in PRAGMAS.items():
            db.execute(f"PRAGMA {name}={value}")
        for number in range(start, start + turns // len(people)):
            seq = 10 + 3 * number
            db.execute("BEGIN IMMEDIATE")
            versions = [db.execute(_READ, (who.address_index,)).fetchone()[10] for who in people]
            seen = [("telegram", "", f"{number}-{who.identity}", AT) for who in people]
            db.executemany("INSERT INTO seen VALUES (?, ?, ?, ?)", seen)
            db.executemany(_MESSAGE, _messages(people, seq))
            db.executemany(_ANSWER, [(who.conversation, f"q{number % 10}", ANSWER, number, AT) for who in people])
            told = [(who, seq + place) for who in people for place in (1, 2)]
            post = [(who.conversation, who.conversation, who.identity, place, AT, AT) for who, place in told]
            db.executemany(_POST, post)
            save = [
                (STATE, number, seq + 3, AT, AT, who.conversation, version)
                for who, version in zip(people, versions, strict=True)
            ]
            assert db.executemany(_SAVE, save).rowcount == len(people)
            db.execute("COMMIT")
    return turns


# ---- PostgreSQL --------------------------------------------------------------------------------------------------

_READ_ALL = """
    SELECT c.*, i.id, i.gone_at, k.kek, k.wrapped FROM identity AS i JOIN conversation AS c ON c.id = i.conversation
    JOIN person_key AS k ON k.person = c.person AND k.class = 'personal'
    WHERE i.address_index = ANY($1) ORDER BY c.id FOR UPDATE OF c
"""
_WRITE_ALL = """
    WITH saved AS (
        UPDATE conversation AS c SET state_sealed = n.state, fingerprint = '', phase = 'talking', turn = $5,
            language = 'nl', speaker = 'bot', epoch = 0, coach = NULL, open_case = NULL, promised_at = NULL,
            next_seq = $6 + 3, situation = '', region = '', sector = '', last_client_at = $7, last_at = $7,
            channel = 'telegram', bot = '', version = c.version + 1
        FROM unnest($1::text[], $2::int[], $3::bytea[]) AS n(id, version, state)
        WHERE c.id = n.id AND c.version = n.version RETURNING c.id
    ),
    seen AS (INSERT INTO seen SELECT 'telegram', '', n, $7 FROM unnest($4::text[]) AS n),
    messages AS (
        INSERT INTO message (conversation, seq, sender, kind, private, body_sealed, class, epoch, turn, coach, origin,
            ref, at)
        SELECT c, s, f, k, 0, b, 'personal', 0, 1, NULL, '', '', $7
        FROM unnest($8::text[], $9::int[], $10::text[], $11::text[], $12::bytea[]) AS n(c, s, f, k, b)
    ),
    answers AS (
        INSERT INTO answer (conversation, fact, status, value_sealed, class, by, turn, at)
        SELECT c, $13, 'given', b, 'personal', 'visitor', $5, $7 FROM unnest($1::text[], $14::bytea[]) AS n(c, b)
        ON CONFLICT (conversation, fact) DO UPDATE SET status = excluded.status, value_sealed = excluded.value_sealed,
            class = excluded.class, by = excluded.by, turn = excluded.turn, at = excluded.at
    ),
    posted AS (
        INSERT INTO outbox (lane, conversation, identity, seq, channel, origin, epoch, turn, action, state, next_at,
            created_at)
        SELECT c, c, i, s, 'telegram', 'bot', 0, 1, 'send', 'new', $7, $7
        FROM unnest($15::text[], $16::text[], $17::int[]) AS n(c, i, s)
    )
    SELECT count(*) FROM saved
"""


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    """asyncpg alone."""
    import asyncpg

    raw: Any = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        yield raw
    finally:
        await raw.close()


async def on_postgresql(raw: Any, people: Sequence[Somebody], turns: int, start: int) -> int:
    """The same through asyncpg: one look and one statement a commit."""
    indexes = [who.address_index for who in people]
    told = [(who, place) for who in people for place in (1, 2)]
    for number in range(start, start + turns // len(people)):
        seq = 10 + 3 * number
        async with raw.transaction():
            versions = {row[0]: row["version"] for row in await raw.fetch(_READ_ALL, indexes)}
            messages = _messages(people, seq)
            saved = await raw.fetchval(
                _WRITE_ALL, [who.conversation for who in people], [versions[who.conversation] for who in people],
                [STATE] * len(people), [f"{number}-{who.identity}" for who in people], number, seq, AT,
                [row[0] for row in messages], [row[1] for row in messages], [row[2] for row in messages],
                [row[3] for row in messages], [row[5] for row in messages], f"q{number % 10}",
                [ANSWER] * len(people), [who.conversation for who, _ in told], [who.identity for who, _ in told],
                [seq + place for _, place in told],
            )  # fmt: skip
            assert saved == len(people)
    return turns
