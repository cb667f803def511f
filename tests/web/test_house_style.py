"""An organisation's own style: the CSS file that desk.yaml names, from its pack and from nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest

from bot.clock import system_clock
from bot.desk import Desk
from bot.pack import make_pack
from bot.settings import Settings
from bot.web.app import create_app
from flows.check import check
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


@pytest.mark.parametrize(
    ("named", "status"), [("logo.svg", 200), ("logo.png", 200), ("../secret.svg", 404), ("desk.yaml", 404)]
)
async def test_a_logo_of_the_pack_stands_before_the_name_and_runs_nothing(
    tmp_path: Path, named: str, status: int
) -> None:
    pack = tmp_path / "regio"
    make_pack(pack, today="2026-11-21")
    (tmp_path / "secret.svg").write_text("secret")
    (pack / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    (pack / "logo.png").write_bytes(b"\x89PNG")
    with (pack / "desk.yaml").open("a") as file:
        file.write(f"logo: {named}\nprivacy_text: |\n  Wij zijn <b>Oost</b>.\n\n  Vraag ons alles.\n")
    store = await open_store("memory:", clock=system_clock)
    desk = Desk(Content.load(pack), store, replace(Settings(), content=pack), system_clock)
    transport = httpx.ASGITransport(create_app(desk))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        answer = await browser.get("/logo")
        pages = [(await browser.get(path)).text for path in ("/chat", "/privacy", "/desk/login")]
    assert answer.status_code == status
    assert ("sandbox" in answer.headers["content-security-policy"]) is (status == 200)
    assert all('<img class="logo" src="/logo" alt="">' in page for page in pages)
    assert "<p>Wij zijn &lt;b&gt;Oost&lt;/b&gt;.</p><p>Vraag ons alles.</p>" in pages[1]
    await store.aclose()


def test_check_refuses_files_that_are_not_there_and_flows_that_cannot_be_hidden(tmp_path: Path) -> None:
    pack = tmp_path / "regio"
    make_pack(pack, today="2026-11-21")
    with (pack / "desk.yaml").open("a") as file:
        file.write("tokens: gone.css\nlogo: logo.gif\n")
    text = (pack / "desk.yaml").read_text().replace("hide: []", "hide: [employer]")
    (pack / "desk.yaml").write_text(text)
    problems = [one.message for one in check(pack, date(2026, 11, 21)).problems if one.place.file.endswith("desk.yaml")]
    assert sorted(problems) == [
        "'employer' in 'hide' is not an entry",
        "'logo' names 'logo.gif', and there is no such file beside desk.yaml",
        "'tokens' names 'gone.css', and there is no such file beside desk.yaml",
    ]
