"""`loket check --deploy`: each unsafe setting is named, with the command or the setting that helps."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bot.deploy import unsafe
from bot.settings import Settings, read_settings

SAFE: dict[str, str] = {
    "LOKET_PUBLIC_URL": "https://loket.example.nl",
    "LOKET_DATABASE_URL": "postgresql+asyncpg://loket:x@db/loket",
    "LOKET_SECRET_KEY": "s" * 44,
}


@pytest.fixture(autouse=True)
def an_ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 10001)
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)


def settings(**changes: str) -> Settings:
    return read_settings({**SAFE, **{f"LOKET_{name.upper()}": value for name, value in changes.items()}})


def test_a_desk_behind_a_proxy_on_postgresql_has_nothing_unsafe() -> None:
    assert unsafe(settings()) == []


@pytest.mark.parametrize(
    ("changes", "names", "helps"),
    [
        ({"public_url": ""}, "LOKET_PUBLIC_URL", "set LOKET_PUBLIC_URL=https://"),
        ({"public_url": "http://loket.example.nl"}, "LOKET_PUBLIC_URL", "set LOKET_PUBLIC_URL=https://"),
        ({"public_url": "", "host": "0.0.0.0"}, "LOKET_HOST is 0.0.0.0 without", "set LOKET_HOST=127.0.0.1"),
        ({"host": "0.0.0.0"}, "no proxy is named", "set FORWARDED_ALLOW_IPS to"),
        ({"secret_key": ""}, "LOKET_SECRET_KEY", "head -c 32 /dev/urandom | base64"),
        ({"secret_key": "te-kort-maar-wel-ruim-dertig-tekens"}, "LOKET_SECRET_KEY", "head -c 32 /dev/urandom | base64"),
        (
            {"telegram_token": "123456:" + "a" * 35, "telegram_webhook_url": "https://loket.example.nl"},
            "LOKET_TELEGRAM_WEBHOOK_SECRET", "openssl rand -hex 32",
        ),
        ({"log_level": "debug"}, "LOKET_LOG_LEVEL", "set LOKET_LOG_LEVEL=info"),
        ({"api_keys": "een-korte-sleutel"}, "LOKET_API_KEYS", "openssl rand -hex 32"),
        ({"metrics_token": "kort"}, "LOKET_METRICS_TOKEN", "openssl rand -hex 32"),
    ],
)  # fmt: skip
def test_each_unsafe_setting_is_refused_with_what_helps(changes: dict[str, str], names: str, helps: str) -> None:
    found = [line for line in unsafe(settings(**changes)) if names in line]
    assert len(found) == 1
    assert helps in found[0].partition("; ")[2]


def test_a_proxy_that_may_be_anybody_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    [found] = unsafe(settings(host="0.0.0.0"))
    assert "anybody can pretend" in found
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.0/8")
    assert unsafe(settings(host="0.0.0.0")) == []


def test_root_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert any("runs as root" in line and "useradd" in line for line in unsafe(settings()))


def test_files_that_others_may_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.deploy.WAL_RESET_FIXED", (3, 0, 0))
    tmp_path.chmod(0o700)
    database = tmp_path / "loket.db"
    database.touch(0o644)
    found = unsafe(settings(database_url="", data=str(tmp_path)))
    assert [line for line in found if "chmod -R go= " in line and str(database) in line]
    database.chmod(0o600)
    assert unsafe(settings(database_url="", data=str(tmp_path))) == []


def test_a_sqlite_in_the_range_that_may_lose_a_commit_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 40, 0))
    found = unsafe(settings(database_url="", data=str(tmp_path)))
    assert any("run one process" in line for line in found)


@pytest.mark.parametrize(
    ("trusted", "proxy", "believed"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.5,192.0.2.0/24", "192.0.2.9", True),
        ("10.0.0.0/8", "192.0.2.9", False),
        ("", "127.0.0.1", True),
        ("", "10.1.2.3", False),
    ],
)
async def test_forwarded_headers_are_believed_of_the_named_proxy_only(
    monkeypatch: pytest.MonkeyPatch, trusted: str, proxy: str, believed: bool
) -> None:
    from bot.serve import Server

    if trusted:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scheme=scope["scheme"], client=scope["client"][0])

    config = Server(app, lambda: None, lambda: None).config
    config.load()
    headers = [(b"x-forwarded-proto", b"https"), (b"x-forwarded-for", b"203.0.113.7")]
    scope = {"type": "http", "scheme": "http", "client": (proxy, 5), "headers": headers}
    await config.loaded_app(scope, None, None)  # type: ignore[arg-type]
    assert seen == ({"scheme": "https", "client": "203.0.113.7"} if believed else {"scheme": "http", "client": proxy})
