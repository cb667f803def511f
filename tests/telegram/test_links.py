"""`loket link`: an address and QR code for the web and, when a bot is set, for Telegram; both open at the entry."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.channels.telegram_service import name_of_bot
from bot.commands import editing
from bot.links import links_to, qr_text
from bot.settings import Settings
from tests.shipped import shipped
from tests.telegram.fake_api import serve
from tests.telegram.house import LIBRARIES, polling, settings


@pytest.mark.parametrize("library", LIBRARIES)
async def test_telegram_tells_the_name_of_the_bot(library: str) -> None:
    async with serve() as api:
        assert await name_of_bot(settings(api, library)) == "loket_bot"
        api.revoked = True
        assert await name_of_bot(settings(api, library)) == ""


def test_a_link_opens_both_channels_and_each_has_its_qr_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(editing, "_bot_name", lambda: "loket_bot")
    poster = tmp_path / "poster.svg"
    editing.link(SimpleNamespace(content=None, target="slim-regeling-mkb", svg=poster))  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert "https://t.me/loket_bot?start=slim-regeling-mkb" in said
    assert "/chat?start=slim-regeling-mkb" in said
    assert poster.read_text().startswith("<svg")
    assert (tmp_path / "poster-telegram.svg").read_text().startswith("<svg")
    assert "\u2588" in qr_text("https://t.me/loket_bot")


def test_every_entry_and_flow_fits_in_a_link_of_telegram() -> None:
    """At most 64 of a-z, 0-9, - and _, also behind the word that a host's bot knows the desk by."""
    for target in (*shipped().flows, *shipped().knowledge.catalogue):
        payload = links_to(target, Settings(), "loket_bot")["telegram"].partition("?start=")[2]
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", f"loket-{payload}"), target


@pytest.mark.parametrize("library", LIBRARIES)
async def test_who_scans_the_code_arrives_at_the_entry(library: str) -> None:
    async with polling(library) as house:
        await house.api.send(7, text="/start slim-regeling-mkb")
        await house.api.until(lambda: any("SLIM" in one.text for one in house.api.chat(7).shown), "the entry")
        assert house.api.violations == []
