"""The audit chain: what staff, operators and privacy requests did, in a chain that shows when a link is missing.

Actors and objects are our own identifiers and labels, never names or answers. One chain per writer, so that several
workers need not wait for each other. A chain cannot show that its newest links were cut off: keep `last` elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import tables as t

if TYPE_CHECKING:
    from storage.context import Context

START = "0" * 64
CUT = "audit:"  # settings that name the last link retention took off a chain
LINKED = ("chain", "seq", "at", "actor", "action", "object", "purpose", "result", "prev")


def record(
    conn: Connection, context: Context, now: datetime, *, actor: str, action: str, subject: str = "",
    purpose: str = "", result: str = "ok",
) -> None:  # fmt: skip
    """Adds one link to this writer's chain."""
    chain = context.chain
    last = conn.execute(
        sa.select(t.audit.c.seq, t.audit.c.hash).where(t.audit.c.chain == chain).order_by(t.audit.c.seq.desc()).limit(1)
    ).fetchone()
    before, digest = (last.seq, last.hash) if last else _begins(conn, chain)
    row: dict[str, object] = {
        "chain": chain, "seq": before + 1, "at": int(now.timestamp() * 1000), "actor": actor,
        "action": action, "object": subject, "purpose": purpose, "result": result,
        "prev": digest,
    }  # fmt: skip
    conn.execute(t.audit.insert(), {**row, "hash": link(context.audit_key, row)})


def _begins(conn: Connection, chain: str) -> tuple[int, str]:
    """Where an empty chain goes on: at its beginning, or after what retention took off."""
    cut = conn.execute(sa.select(t.setting.c.value).where(t.setting.c.name == CUT + chain)).scalar()
    seq, digest = (cut or f"0 {START}").split()[:2]
    return int(seq), digest


def _sign(key: bytes, chain: str, seq: int, digest: str) -> str:
    """Shows that it was retention that took links off up to here."""
    return hmac.new(key, json.dumps(["cut", chain, seq, digest]).encode(), hashlib.sha256).hexdigest()


def link(key: bytes, row: Mapping[str, object]) -> str:
    """The hash of one row over its content and the hash before it."""
    text = json.dumps([row[name] for name in LINKED])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def shorten(conn: Connection, context: Context, before: int) -> int:
    """Takes links older than `before` (milliseconds) off every chain, and remembers where each chain now begins.

    The only way in which a line leaves the log: without the mark that is written first, the database refuses it.
    """
    old = (
        sa.select(t.audit.c.chain, sa.func.max(t.audit.c.seq).label("seq"))
        .where(t.audit.c.at < before)
        .group_by(t.audit.c.chain)
    )
    count = 0
    for row in conn.execute(old).fetchall():
        last = sa.and_(t.audit.c.chain == row.chain, t.audit.c.seq == row.seq)
        digest = conn.execute(sa.select(t.audit.c.hash).where(last)).scalar()
        signed = _sign(context.audit_key, row.chain, row.seq, str(digest))
        cut = {"name": CUT + row.chain, "value": f"{row.seq} {digest} {signed}"}
        context.sql.upsert(conn, t.setting, [cut], ("value",))
        gone = sa.and_(t.audit.c.chain == row.chain, t.audit.c.seq <= row.seq)
        count += conn.execute(t.audit.delete().where(gone)).rowcount
    return count


@dataclass(frozen=True)
class Broken:
    """The first link that does not fit."""

    chain: str
    seq: int
    why: str


def verify(conn: Connection, key: bytes) -> tuple[Broken, ...]:
    """The first broken link of every chain; () when all is well."""
    broken: dict[str, Broken] = {}
    last: dict[str, tuple[int, str]] = {}
    for cut in conn.execute(sa.select(t.setting).where(t.setting.c.name.startswith(CUT))):
        chain = cut.name.removeprefix(CUT)
        begins, digest, signed = (*cut.value.split(), "", "", "")[:3]
        seq = int(begins) if begins.isdigit() else 0
        last[chain] = (seq, digest)
        if not hmac.compare_digest(signed, _sign(key, chain, seq, digest)):
            broken[chain] = Broken(chain, seq, "links were taken off, and not by retention")
    for found in conn.execute(sa.select(t.audit).order_by(t.audit.c.chain, t.audit.c.seq)).mappings():
        row = dict(found)
        chain, seq = row["chain"], row["seq"]
        if chain in broken:
            continue
        before, prev = last.get(chain, (0, START))
        if seq != before + 1:
            broken[chain] = Broken(chain, before + 1, "a link is missing")
        elif row["prev"] != prev:
            broken[chain] = Broken(chain, seq, "the link before it was changed or removed")
        elif not hmac.compare_digest(row["hash"], link(key, row)):
            broken[chain] = Broken(chain, seq, "this link was changed")
        last[chain] = (seq, row["hash"])
    return tuple(broken.values())
