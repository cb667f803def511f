"""The list of outgoing connections in the operator's guide is complete: no other module can call anywhere."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CALLS = (
    r"^\s*(?:import|from)\s+(httpx|aiohttp|smtplib|requests|websockets|asyncpg|ftplib|telnetlib|xmlrpc"
    r"|http\.client|urllib\.request|authlib|aiogram|telegram)\b|(open_connection|create_connection)\("
)
MAY = {  # modules that can call, and the words of the guide for whom they call
    "bot/mail.py": "your mail server",
    "bot/web/oidc.py": "your organisation's login",
    "bot/channels/telegram_": "`api.telegram.org`",
    "storage/postgres": "your database",
}


def test_nothing_calls_outside_but_what_the_guide_lists() -> None:
    guide = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    [listed] = re.findall(r"^Outgoing connections, the complete list: (.*)$", guide, re.MULTILINE)
    for words in MAY.values():
        assert words in listed
    for room in ("bot", "flows", "knowledge", "storage"):
        for path in (ROOT / room).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            if re.search(CALLS, path.read_text(encoding="utf-8"), re.MULTILINE):
                assert any(name.startswith(one) for one in MAY), (
                    f"{name} can call outside; the guide does not say where"
                )


def test_no_page_fetches_anything_from_another_website() -> None:
    for path in (ROOT / "bot" / "web").rglob("*"):
        if path.suffix in (".html", ".css", ".js") and "vendor" not in path.parts:
            text = path.read_text(encoding="utf-8")
            found = re.findall(
                r"""(?:src=|@import |url\(|fetch\(|rel="stylesheet" href=)["'(]?(?:https?:)?//\w.*""", text
            )
            assert found == [], path.name
