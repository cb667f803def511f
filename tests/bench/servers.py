"""What several benchmarks need of a PostgreSQL beside them: its processor time, and a hand-written floor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_of_database(url: str) -> float:
    """Seconds of processor the server spent in sessions of this database that are still open; 0.0 elsewhere.

    Read from /proc, so for a server on this machine: its processes name the database they serve.
    """
    if not url:
        return 0.0
    name = make_url(url).database or ""
    return sum(cpu_of_process(int(found.name)) for found in Path("/proc").glob("[0-9]*") if name in _command(found))


def cpu_of_process(pid: int) -> float:
    """Seconds of processor a process spent so far; 0.0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def _command(process: Path) -> str:
    try:
        command = (process / "cmdline").read_text()
    except OSError:
        return ""
    return command if command.startswith("postgres:") else ""


async def rows_by_hand(url: str, turns: int, group: int, who: str = "") -> None:
    """The floor on PostgreSQL: the rows of a turn, one look and one statement per `group` turns, asyncpg alone."""
    import asyncpg

    raw: Any = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        await _tables(raw)
        talks = [f"{who}{number}" for number in range(group)]
        await raw.executemany("INSERT INTO hand_talk VALUES ($1, 0, '') ON CONFLICT DO NOTHING", [(t,) for t in talks])
        state, body = b"s" * 370, b"b" * 180
        base = await raw.fetchval("SELECT count(*) FROM hand_seen WHERE k LIKE $1", f"{who}-%")
        for number in range(0, turns, group):
            rows = await raw.fetch("SELECT id, version, state FROM hand_talk WHERE id = ANY($1) ORDER BY id", talks)
            ids = [row["id"] for row in rows]
            async with raw.transaction():
                saved = await raw.fetch(
                    _SAVE, ids, [row["version"] for row in rows], [state] * group,
                    [f"{who}-{base + number + turn}" for turn in range(group)], number, f"q{number % 10}", body,
                )  # fmt: skip
            assert len(saved) == group
    finally:
        await raw.close()


_SAVE = """
    WITH talks AS (
        UPDATE hand_talk AS t SET version = t.version + 1, state = n.state
        FROM unnest($1::text[], $2::int[], $3::bytea[]) AS n(id, version, state)
        WHERE t.id = n.id AND t.version = n.version RETURNING t.id
    ),
    seen AS (INSERT INTO hand_seen SELECT unnest($4::text[])),
    messages AS (
        INSERT INTO hand_message (talk, seq, body) SELECT id, $5::int, $7::bytea FROM talks, generate_series(1, 3)
    ),
    answers AS (
        INSERT INTO hand_answer SELECT id, $6::text, $7 FROM talks
        ON CONFLICT (talk, fact) DO UPDATE SET body = excluded.body
    ),
    posted AS (INSERT INTO hand_outbox (talk, body) SELECT id, $7 FROM talks, generate_series(1, 2))
    SELECT id FROM talks
"""


async def _tables(raw: Any) -> None:
    await raw.execute(
        "CREATE TABLE IF NOT EXISTS hand_seen (k text PRIMARY KEY);"
        "CREATE TABLE IF NOT EXISTS hand_talk (id text PRIMARY KEY, version int, state bytea);"
        "CREATE TABLE IF NOT EXISTS hand_message (id bigserial PRIMARY KEY, talk text, seq int, body bytea);"
        "CREATE TABLE IF NOT EXISTS hand_answer (talk text, fact text, body bytea, PRIMARY KEY (talk, fact));"
        "CREATE TABLE IF NOT EXISTS hand_outbox (id bigserial PRIMARY KEY, talk text, body bytea);"
    )
