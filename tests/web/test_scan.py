"""The result of the self-scan as a page to print and pass on, and meetings as calendar files."""

from __future__ import annotations

import re
from pathlib import Path

import httpx

from bot.clock import system_clock
from bot.desk import Desk
from bot.settings import Settings
from bot.web.app import create_app
from flows.content import Content
from storage.store import open_store
from tests.shipped import shipped


async def test_an_owner_does_the_scan_prints_it_and_passes_it_on() -> None:
    store = await open_store("memory:", clock=system_clock)
    desk = Desk(shipped(), store, Settings(), system_clock)
    app = create_app(desk)
    headers = {"sec-fetch-site": "same-origin"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as browser:
        empty = await browser.get("/scan")
        assert "nog geen uitslag" in empty.text
        for number, text in enumerate(("zelfscan", *["nee"] * 8, "Rotterdam", "10")):
            await browser.post(
                "/chat/zeg", data={"text": text, "client_msg_id": f"scan-{number}"}, follow_redirects=True
            )
            if "Uw zelfscan" in (page := await browser.get("/scan")).text and "winnen" in page.text:
                break
        assert page.text.count("hier is het meest te winnen") >= 1
        made = await browser.post("/scan", follow_redirects=False)
        assert made.status_code == 303
        link = made.headers["location"]
        assert re.fullmatch(r"/scan/[\w-]{40,}", link)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as stranger:
        shared = await stranger.get(link)
        assert shared.status_code == 200
        assert "hier is het meest te winnen" in shared.text
        assert "Rotterdam" not in shared.text
        assert (await stranger.get(link)).status_code == 200
        assert (await stranger.get("/scan/" + "x" * 43)).status_code == 404
    await store.aclose()


async def test_a_planned_meeting_is_a_calendar_file_and_others_are_not(tmp_path: Path) -> None:
    from bot.pack import make_pack

    pack = tmp_path / "regio"
    make_pack(pack, today="2026-11-21")
    shipped = Path(__file__).resolve().parents[2] / "knowledge/catalogue/event/slim-bijeenkomst-werk.yaml"
    text = shipped.read_text(encoding="utf-8").replace("id: slim-bijeenkomst-werk", "id: avond-regio", 1)
    text = re.sub(r"\naliases:.*", "", text)
    text = re.sub(r"\nstatus: ended", "\nstatus: open", text)
    text = re.sub(r"\nended:.*(\n  .*)*", "", text)
    text = re.sub(r"\nfacts:.*(\n  .*)*", "", text)
    (pack / "catalogue" / "event").mkdir(parents=True)
    (pack / "catalogue" / "event" / "avond-regio.yaml").write_text(
        text + '\nfacts: {starts: "2027-01-14 19:00", location: Arnhem, places: 20}\n', encoding="utf-8"
    )
    store = await open_store("memory:", clock=system_clock)
    desk = Desk(Content.load(pack), store, Settings(content=pack), system_clock)
    transport = httpx.ASGITransport(create_app(desk))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        file = await browser.get("/bijeenkomst/avond-regio.ics")
        assert file.status_code == 200
        assert "DTSTART:20270114T180000Z" in file.text
        assert "LOCATION:Arnhem" in file.text
        assert (await browser.get("/bijeenkomst/slim-regeling-mkb.ics")).status_code == 404
    await store.aclose()
