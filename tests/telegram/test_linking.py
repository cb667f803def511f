"""Linking the coaches' group and a coach from the browser: /desk/telegram makes the code, the bot takes it once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.beside import beside
from bot.channels.telegram_group import group_setting
from bot.web.app import create_app
from tests.telegram.fake_api import BOT, TOKEN, serve
from tests.telegram.house import House
from tests.telegram.test_group import in_group
from tests.web.conftest import HOME, Visitor
from tests.web.serving import a_desk


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with (
        serve() as api,
        a_desk(telegram_token=TOKEN, telegram_library="ptb", telegram_api_base=api.base) as desk,
        beside(desk) as running,
    ):
        yield House(api, desk, running)


async def logged_in(house: House, name: str) -> Visitor:
    transport = httpx.ASGITransport(app=create_app(house.desk), client=("127.0.0.1", 50000))
    made = Visitor(transport=transport, base_url=HOME, follow_redirects=True, headers={"origin": HOME})
    await made.log_in(name)
    return made


def code_in(page: httpx.Response, command: str) -> str:
    found = re.search(rf"<code class=\"big\">{command} ([^<]+)</code>", page.text)
    assert found is not None, page.text
    return found.group(1)


async def test_a_coordinator_links_the_group_in_the_browser_and_ends_it_there(house: House) -> None:
    noor = await logged_in(house, "noor")
    assert "Er is nog geen groep gekoppeld" in (await noor.get("/desk/telegram")).text
    code = code_in(await noor.post("/desk/telegram", data={"do": "group"}), "/koppelgroep")
    await in_group(house, 7, f"/koppelgroep {code}")
    (said,) = await house.api.shows(-100300, 1)
    assert "gekoppeld" in said.text
    assert "Er is een groep gekoppeld" in (await noor.get("/desk/telegram")).text
    await in_group(house, 7, f"/koppelgroep {code}")
    assert "werkt niet" in (await house.api.shows(-100300, 2))[1].text
    await noor.post("/desk/telegram", data={"do": "unlink"})
    assert await house.desk.store.setting(group_setting(BOT)) == ""


async def test_a_coach_links_his_own_account_and_nobody_elses_group(house: House) -> None:
    sanne = await logged_in(house, "sanne")
    page = await sanne.get("/desk/telegram")
    assert 'value="group"' not in page.text
    assert "fout=forbidden" in str((await sanne.post("/desk/telegram", data={"do": "group"})).url)
    code = code_in(await sanne.post("/desk/telegram", data={"do": "own"}), "/koppel")
    await house.api.send(55, text=f"/koppel {code}")
    assert "Uw account is gekoppeld" in (await house.api.shows(55, 1))[0].text


async def test_without_a_bot_the_page_says_so() -> None:
    async with serve() as api, a_desk() as desk:
        noor = await logged_in(House(api, desk), "noor")
        page = await noor.post("/desk/telegram", data={"do": "group"})
        assert "geen bot op Telegram" in page.text
        assert "koppelgroep" not in page.text
