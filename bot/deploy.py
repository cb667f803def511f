"""`loket check --deploy`: what would be unsafe in a public installation, each with what helps."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

from bot.settings import Settings, read_settings
from bot.web.api_clients import read_clients

SHORTEST_SECRET = 43  # 32 bytes as base64
# A WAL file can be reset wrongly by two writers in these versions; fixed in 3.51.3 (and back-ported releases).
WAL_RESET_FIXED = (3, 51, 3)


def unsafe(settings: Settings | None = None) -> list[str]:
    """One line per finding; empty when nothing unsafe was found."""
    settings = settings or read_settings()
    found: list[str] = []
    if not settings.public_url.startswith("https://"):
        found.append(
            "LOKET_PUBLIC_URL is not an https:// address, so visitors would talk in the clear; put a TLS proxy in "
            "front and set LOKET_PUBLIC_URL=https://loket.example.nl"
        )
    found += _proxy(settings)
    if settings.host == "0.0.0.0" and not settings.public_url:  # noqa: S104 - named to be refused
        found.append("LOKET_HOST is 0.0.0.0 without LOKET_PUBLIC_URL; without a proxy, set LOKET_HOST=127.0.0.1")
    if settings.embedded:
        found += _embedded(settings)
    elif len(settings.secret_key) < SHORTEST_SECRET:
        found.append("LOKET_SECRET_KEY is empty or short; make one with: head -c 32 /dev/urandom | base64")
    if settings.telegram_token and settings.telegram_webhook_url and not settings.telegram_webhook_secret:
        found.append(
            "LOKET_TELEGRAM_WEBHOOK_SECRET is empty; anybody could send updates; make one with: openssl rand -hex 32"
        )
    if settings.log_level == "debug":
        found.append("LOKET_LOG_LEVEL is debug; set LOKET_LOG_LEVEL=info")
    for client in read_clients(settings.api_keys):
        if len(client.key) < 32:
            found.append("LOKET_API_KEYS holds a key shorter than 32 characters; make one with: openssl rand -hex 32")
            break
    if settings.metrics_token and len(settings.metrics_token) < 32:
        found.append("LOKET_METRICS_TOKEN is shorter than 32 characters; make one with: openssl rand -hex 32")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        found.append("the desk runs as root; make a user for it with: useradd --system --home-dir /var/lib/loket loket")
    return found


def _proxy(settings: Settings) -> list[str]:
    """Whose word about the visitor's address and https is believed (uvicorn reads it from the environment)."""
    trusted = os.environ.get("FORWARDED_ALLOW_IPS", "")
    if "*" in trusted:
        return ["FORWARDED_ALLOW_IPS is *, so anybody can pretend to be another visitor; name the proxy's network"]
    if not trusted and not settings.loopback:
        what = f"LOKET_HOST is {settings.host} and no proxy is named, so all visitors count as one"
        return [f"{what} and cookies lack Secure; set FORWARDED_ALLOW_IPS to the address or network of the proxy"]
    return []


def _embedded(settings: Settings) -> list[str]:
    found = []
    if sqlite3.sqlite_version_info < WAL_RESET_FIXED:
        found.append(
            f"SQLite {sqlite3.sqlite_version} may lose a commit when two processes write; run one process, "
            f"or use SQLite {'.'.join(map(str, WAL_RESET_FIXED))} or newer"
        )
    for path in (settings.data, *sorted(settings.data.glob("loket.*"))):
        if path.exists() and _others_may_read(path):
            found.append(f"{path} can be read by other users of this machine; run: chmod -R go= {settings.data}")
            break
    return found


def _others_may_read(path: Path) -> bool:
    return bool(os.stat(path).st_mode & (stat.S_IRGRP | stat.S_IROTH))
