"""Backup and restore: data in one file, keys in another, the secret key in neither.

The data file holds no person's key, so alone it can be read by nobody. The key file is small and written anew at every
backup: who was erased is no longer in it, and a restore drops everybody without a key. So an old backup cannot bring a
person back. Keep the two in different places, and LOKET_SECRET_KEY in a third.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
from base64 import b64decode, b64encode
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from knowledge.problems import LoketError
from storage import tables as t
from storage.keys import KeyLost, Keys
from storage.promise import AMSTERDAM
from storage.sqlite import integrity, reading_engine, writing_engine
from storage.store import Store

KEY_FILE = "loket-keys.json"
LEFT_OUT = ("person_key", "secret", "desk_session", "one_time")
DUMP_WITHOUT = " ".join(f"--exclude-table-data={table}" for table in LEFT_OUT)


class RestoreRefused(LoketError):
    """Nothing was restored; what stood there is untouched."""


class BackupFailed(LoketError):
    """The backup is not there, or not whole; what was there before is untouched."""


async def backup(store: Store, folder: Path) -> tuple[Path | None, Path]:
    """Writes the data (SQLite only) and the keys into `folder`, also while the desk is busy; returns both paths.

    Raises BackupFailed when the folder cannot be written. For PostgreSQL only the keys are written: dump the data with
    `pg_dump` and DUMP_WITHOUT, and put it back with `restore_keys`.
    """
    raw = await store._read(export_keys)
    keys, data = folder / KEY_FILE, None
    try:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        if store.url.startswith("sqlite:///"):
            stamp = store.clock().astimezone(AMSTERDAM).strftime("%Y%m%d-%H%M%S")
            data = folder / f"loket-{stamp}.db"
            await asyncio.to_thread(_copy, Path(store.url.removeprefix("sqlite:///")), data)
        _write_private(keys, json.dumps(raw))
    except (OSError, sqlite3.Error) as error:
        cause = error.strerror if isinstance(error, OSError) else error
        raise BackupFailed(f"nothing was backed up in {folder}: {cause}; choose another folder, or make room") from None
    await store.audit("operator", "backup")
    return data, keys


def export_keys(conn: Connection) -> dict[str, Any]:
    """Wrapped keys; useless without LOKET_SECRET_KEY."""
    people = conn.execute(sa.select(t.person_key)).mappings()
    own = conn.execute(sa.select(t.secret)).mappings()
    return {
        "people": [[row["person"], row["class"], row["kek"], b64encode(row["wrapped"]).decode()] for row in people],
        "secrets": [[row["name"], row["kek"], b64encode(row["wrapped"]).decode()] for row in own],
    }


def _copy(source: Path, target: Path) -> None:
    """SQLite's online backup, then everything that opens anything is taken out of the copy for good."""
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(part)) as copy,
        ):
            live.backup(copy, pages=256, sleep=0.001)
            copy.execute("PRAGMA journal_mode=DELETE")
            copy.execute("PRAGMA secure_delete=ON")
            for table in LEFT_OUT:
                copy.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own tables
            copy.commit()
            copy.execute("VACUUM")
    except sqlite3.Error:
        part.unlink(missing_ok=True)  # half made, it may still hold keys
        raise
    part.replace(target)


def _write_private(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def restore(data: Path, keys_file: Path, target: Path, secret: Keys, now: datetime) -> dict[str, int]:
    """Puts a backup back at `target`, which must not exist. Returns how many people came back and how many did not.

    Raises RestoreRefused for a damaged backup or an existing database, KeyLost when the secret key is another one.
    """
    if target.exists():
        raise RestoreRefused(f"{target.name} already exists; move it away first")
    raw = _keys_of(keys_file, secret)
    if not data.is_file():
        raise RestoreRefused(f"the backup {data} is not there")
    engine = reading_engine(data)
    try:
        with engine.connect() as conn, conn.begin():
            verdict = integrity(conn)
    except DBAPIError as error:
        raise RestoreRefused(f"the backup {data} cannot be read: {error.orig}") from None
    finally:
        engine.dispose()
    if verdict != "ok":
        raise RestoreRefused(f"the backup is damaged: {verdict}")
    part = target.with_suffix(".part")
    shutil.copyfile(data, part)
    part.chmod(0o600)
    engine = writing_engine(str(part))
    with engine.connect() as conn, conn.begin():
        counts = _fill(conn, raw)
    with engine.connect() as conn:
        conn.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    engine.dispose()
    for leftover in (part.with_name(part.name + "-wal"), part.with_name(part.name + "-shm")):
        leftover.unlink(missing_ok=True)
    part.replace(target)
    return counts


async def restore_keys(url: str, keys_file: Path, secret: Keys) -> dict[str, int]:
    """Puts the keys of a backup in a PostgreSQL in which the dump stands again; counts as `restore` does.

    Raises RestoreRefused when there is no dump, or when it has keys already; KeyLost for another secret key.
    """
    raw = _keys_of(keys_file, secret)
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as conn:
            return await conn.run_sync(_fill_empty, raw)
    except (DBAPIError, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise RestoreRefused(f"the database did not take the keys: {cause}; nothing was restored") from None
    finally:
        await engine.dispose()


def _fill_empty(conn: Connection, raw: dict[str, Any]) -> dict[str, int]:
    if not sa.inspect(conn).has_table("secret"):
        raise RestoreRefused("the dump is not in the database yet; put it there first, with psql or pg_restore")
    if conn.execute(sa.select(t.secret.c.name).limit(1)).first() is not None:
        raise RestoreRefused(
            "this database has keys already; put the dump in an empty database, and start nothing on it"
        )
    return _fill(conn, raw)


def _keys_of(file: Path, secret: Keys) -> dict[str, Any]:
    """What stands in a file of keys, when the secret key opens it."""
    if not file.exists():
        raise RestoreRefused(f"the key file {file.name} is missing: without it nothing in a backup can be read")
    try:
        raw: dict[str, Any] = dict(json.loads(file.read_text(encoding="utf-8")))
        own = [(name, kek, b64decode(wrapped)) for name, kek, wrapped in raw["secrets"]]
        _ = [(person, kind, kek, b64decode(wrapped)) for person, kind, kek, wrapped in raw["people"]]
    except OSError as error:
        raise RestoreRefused(f"the key file {file} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise RestoreRefused(f"{file} is not a file with keys; `loket backup` calls it {KEY_FILE}") from None
    for name, kek, wrapped in own:
        if not secret.known(kek):
            raise KeyLost(f"this backup was sealed with the secret {kek}, which LOKET_SECRET_KEY does not hold")
        secret.unwrap("secret", name, kek, wrapped)
    return raw


def _fill(conn: Connection, raw: dict[str, Any]) -> dict[str, int]:
    known = {row.id for row in conn.execute(sa.select(t.person.c.id))}
    keys = [
        {"person": person, "class": kind, "kek": kek, "wrapped": b64decode(wrapped)}
        for person, kind, kek, wrapped in raw["people"]
        if person in known
    ]
    if keys:
        conn.execute(t.person_key.insert(), keys)
    conn.execute(
        t.secret.insert(),
        [{"name": name, "kek": kek, "wrapped": b64decode(wrapped)} for name, kek, wrapped in raw["secrets"]],
    )
    gone = known - {row["person"] for row in keys}
    for person in gone:  # erased after this backup was made
        conn.execute(
            t.case.update().where(t.case.c.person == person).values(
                state="lapsed", outcome="erased", reason_sealed=None, summary_sealed=None, snapshot_sealed=None,
                person=None, conversation=None, coach=None, unread_at=None,
            )
        )  # fmt: skip
        conn.execute(t.person.delete().where(t.person.c.id == person))
    conn.execute(  # what was on its way when the backup was made has been sent since
        t.outbox.update().where(t.outbox.c.state.in_(("new", "sending"))).values(state="dead", reason="restored")
    )
    return {"people": len(known) - len(gone), "erased": len(gone)}
