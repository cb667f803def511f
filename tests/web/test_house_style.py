"""An organisation's own style: the CSS file that desk.yaml names, from its pack and from nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.clock import system_clock
from bot.desk import Desk
from bot.pack import make_pack
from bot.settings import Settings
from bot.web.app import create_app
from flows.content import Content
from storage.store import open_store


@pytest.mark.parametrize(
    ("tokens", "status"), [("tokens.css", 200), ("../secret.css", 404), ("desk.yaml", 404), ("gone.css", 404)]
)
async def test_only_a_style_sheet_inside_the_pack_is_served(tmp_path: Path, tokens: str, status: int) -> None:
    pack = tmp_path / "regio"
    make_pack(pack, today="2026-11-21")
    (pack / "tokens.css").write_text(":root { --accent: #123456 }")
    (tmp_path / "secret.css").write_text("secret")
    desk_file = pack / "desk.yaml"
    desk_file.write_text(desk_file.read_text() + f"tokens: {tokens}\n")
    store = await open_store("memory:", clock=system_clock)
    desk = Desk(Content.load(pack), store, replace(Settings(), content=pack), system_clock)
    transport = httpx.ASGITransport(create_app(desk))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        answer = await browser.get("/huisstijl.css")
        page = (await browser.get("/chat")).text
    assert answer.status_code == status
    assert "/huisstijl.css" in page
    assert "secret" not in answer.text
    await store.aclose()
