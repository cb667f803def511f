"""What goes wrong for an operator is one sentence with its cause and what helps, status 2, and never a trace."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import pytest

from bot.cli import main

KEY = "k" * 40
POSTGRES = "postgresql+asyncpg://loket:geheim@{}/loket"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated desk, and a backup of it in `backup`."""
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as set_:
        set_.setenv("LOKET_DATA", str(folder))
        assert main(["migrate"]) == 0
        assert main(["backup", str(folder / "backup")]) == 0
    return folder


@pytest.fixture
def data(tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that desk, to break."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("loket.db", "loket.key"):
        (folder / name).write_bytes((made / name).read_bytes())
    monkeypatch.setenv("LOKET_DATA", str(folder))
    return folder


def said(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    capsys.readouterr()
    assert main(command) == 2
    text = capsys.readouterr().err.strip()
    assert "geheim" not in text
    return text


@pytest.mark.parametrize(
    ("url", "cause", "helps"),
    [
        ("mysql://host/loket", "is not understood", "postgresql+asyncpg://"),
        (POSTGRES.format("host:abc"), "is not understood", "postgresql+asyncpg://"),
        (POSTGRES.format("127.0.0.1:1"), "127.0.0.1", "LOKET_DATABASE_URL"),
        ("sqlite:////", "is a folder", "LOKET_DATABASE_URL"),
    ],
)
def test_a_wrong_database(url: str, cause: str, helps: str, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setenv("LOKET_DATABASE_URL", url)
    monkeypatch.setenv("LOKET_SECRET_KEY", KEY)
    text = said(capsys, "migrate")
    assert cause in text
    assert helps in text


@pytest.mark.parametrize(
    ("key", "cause"), [("", "loket.key is not"), ("kort", "holds no whole key"), (KEY, "another secret key")]
)
def test_a_key_that_is_lost_broken_or_another_one(key: str, cause: str, data: Path, capsys) -> None:
    if key:
        (data / "loket.key").write_text(key)
    else:
        (data / "loket.key").unlink()
    assert cause in said(capsys, "doctor")
    assert (data / "loket.key").exists() is bool(key), "no new key is made"


def test_a_database_that_is_newer_than_the_program(data: Path, capsys) -> None:
    with sqlite3.connect(data / "loket.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    for command in ("doctor", "migrate"):
        assert "upgrade the program" in said(capsys, command)


@pytest.mark.parametrize("content", [b"no database at all " * 300, None], ids=["something else", "cut off"])
def test_a_damaged_database_is_left_alone_and_the_backup_named(content: bytes | None, data: Path, capsys) -> None:
    damaged = content or (data / "loket.db").read_bytes()[:20_000]
    (data / "loket.db").write_bytes(damaged)
    assert "`loket restore`" in said(capsys, "doctor")
    assert (data / "loket.db").read_bytes() == damaged


def test_no_room_for_a_backup_leaves_nothing_half_made(data: Path, tmp_path: Path, capsys, monkeypatch) -> None:
    (tmp_path / "a file").write_text("")
    assert "choose another folder, or make room" in said(capsys, "backup", str(tmp_path / "a file"))

    def full(source: Path, target: Path) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("storage.backup._copy", full)
    assert "disk is full" in said(capsys, "backup", str(tmp_path / "full"))
    assert list((tmp_path / "full").iterdir()) == []


@pytest.mark.parametrize(
    ("files", "key", "cause"),
    [
        (("{data}", "{keys}"), False, "put loket.key of the old desk"),
        (("{data}", "nowhere.json"), True, "nowhere.json is missing"),
        (("{data}", "{data}"), True, "is not a file with keys"),
        (("nowhere.db", "{keys}"), True, "nowhere.db is not there"),
        (("{keys}", "{keys}"), True, "cannot be read"),
    ],
)
def test_a_restore_that_cannot_be(
    files: tuple[str, str], key: bool, cause: str, made: Path, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "new"
    target.mkdir()
    if key:
        (target / "loket.key").write_text((made / "loket.key").read_text())
    monkeypatch.setenv("LOKET_DATA", str(target))
    [data] = (made / "backup").glob("loket-*.db")
    names = [one.format(data=data, keys=made / "backup" / "loket-keys.json") for one in files]
    assert cause in said(capsys, "restore", *names)
    assert {path.name for path in target.iterdir()} <= {"loket.key"}, "nothing is left behind"


def test_a_data_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOKET_DATA", str(tmp_path / "file" / "data"))
    for command in (("migrate",), ("serve",), ("coach", "add", "anna"), ("restore", "a.db", "b.json")):
        monkeypatch.setattr("sys.stdin", io.StringIO("een lang wachtwoord\n"))
        assert "set LOKET_DATA to a folder of yours" in said(capsys, *command)
