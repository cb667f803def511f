"""The desk in somebody else's bot: the host keeps what is its own, and nothing of the desk's gets lost."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import pytest

from bot.channels.telegram_polling import TokenRefused
from bot.settings import Settings
from storage.base import NotStored
from tests.telegram.fake_api import BOT, TOKEN, serve
from tests.telegram.hosts import AS_A_GUEST, OWN_LOOPS, aiogram_bot, example, mounted_aiogram, ptb_application
from tests.telegram.house import LIBRARIES, House, a_desk
from tests.telegram.tiny import tiny_step

pytestmark = pytest.mark.usefixtures("tiny")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.step", tiny_step)


async def said(house: House, chat: int, text: str, count: int) -> str:
    await house.api.send(chat, text=text)
    return (await house.api.shows(chat, count))[-1].text


async def through_the_day(house: House) -> None:
    """What a visitor of such a bot does in a day."""
    host = "Typ /menu of /loket"
    assert await said(house, 7, "hallo", 1) == host
    assert await said(house, 7, "/loket slim-regeling-mkb", 2) == "1: start slim-regeling-mkb"
    assert await said(house, 7, "ik wil leren", 3) == "2: ik wil leren"
    assert await said(house, 7, "/terug", 4) == "3: /terug"
    await house.api.press(7, "Ja")
    assert (await house.api.shows(7, 5))[-1].text == "4: press 3/0"
    assert await said(house, 7, "stop", 6) == "5: stop"
    assert await said(house, 7, "ben je er nog?", 7) == host
    assert await said(house, 7, "/start loket-employee", 8) == "6: start employee"
    assert await said(house, 7, "coach", 9) == "Een coach belt u."
    await house.api.until(lambda: house.api.confirmed and all(house.api.presses.values()), "everything confirmed")
    assert house.api.violations == []


@pytest.mark.parametrize("library", OWN_LOOPS)
async def test_with_the_hosts_own_polling(library: str) -> None:
    async with OWN_LOOPS[library]() as house:
        await through_the_day(house)


@pytest.mark.parametrize("way", AS_A_GUEST)
async def test_as_a_guest(way: str) -> None:
    async with AS_A_GUEST[way]() as house:
        await through_the_day(house)


@pytest.mark.parametrize("way", ["mounted aiogram", "mounted ptb"])
async def test_the_hosts_commands_and_buttons_stay_the_hosts(way: str) -> None:
    async with AS_A_GUEST[way]() as house:
        assert await said(house, 7, "/loket", 1) == "1: start"
        assert (await said(house, 7, "/menu", 2)).startswith("Vandaag: tomatensoep")
        assert await said(house, 7, "gewoon verder", 3) == "2: gewoon verder"
        await house.api.press_data(7, 1, "menu:soep")
        assert await said(house, 7, "en nu", 4) == "3: en nu"
        assert list(house.api.presses.values()) == [False], "the host's button is the host's to answer"


@pytest.mark.parametrize("way", ["mounted aiogram", "mounted ptb"])
async def test_a_turn_that_was_not_stored_comes_again(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with AS_A_GUEST[way]() as house:
        assert await said(house, 7, "/loket", 1) == "1: start"
        real, tries = house.desk.store.turn, []

        async def away(*args: Any) -> Any:
            tries.append(1)
            if len(tries) == 1:
                raise NotStored("the disk is full")
            return await real(*args)

        monkeypatch.setattr(house.desk.store, "turn", away)
        assert await said(house, 7, "bewaar dit", 2) == "2: bewaar dit"


async def test_a_host_with_markup_by_default_does_not_change_our_texts() -> None:
    from aiogram.client.default import DefaultBotProperties

    async with mounted_aiogram(default=DefaultBotProperties(parse_mode="HTML")) as house:
        assert await said(house, 7, "/loket", 1) == "1: start"
        assert await said(house, 7, "a < b & <b>c", 2) == "2: a < b & <b>c"
        assert house.api.violations == []


async def test_a_webhook_of_the_host_hears_what_the_library_would_swallow(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.channels.telegram_ptb_mount import process_raw

    async with serve() as api, a_desk(Settings(database_url="memory:")) as desk:
        application = ptb_application(api)
        example("ptb_bot").build(desk, application)

        async def away(*_: Any) -> Any:
            raise NotStored("the disk is full")

        async with application:
            message = api.message(7, 1, text="/loket")
            with monkeypatch.context() as broken:
                broken.setattr(desk.store, "turn", away)
                with pytest.raises(NotStored):
                    await process_raw(application, {"update_id": 1, "message": message})
            await process_raw(application, {"update_id": 1, "message": message})
            assert (await api.shows(7, 1))[0].text == "1: start"


async def test_a_host_that_feeds_raw_updates_to_aiogram_gets_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve() as api, a_desk(Settings(database_url="memory:")) as desk:
        bot, dispatcher = aiogram_bot(api), example("aiogram_bot").build(desk)

        async def away(*_: Any) -> Any:
            raise NotStored("the disk is full")

        update = {"update_id": 1, "message": api.message(7, 1, text="/loket")}
        with monkeypatch.context() as broken:
            broken.setattr(desk.store, "turn", away)
            with pytest.raises(NotStored):
                await dispatcher.feed_raw_update(bot, update)
        await dispatcher.feed_raw_update(bot, update)
        assert (await api.shows(7, 1))[0].text == "1: start"
        await bot.session.close()


@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_refused_token_ends_the_hosts_polling_and_is_not_shown(library: str) -> None:
    from bot.channels import telegram_aiogram_mount, telegram_ptb_mount

    async with serve() as api, a_desk(Settings(database_url="memory:")) as desk:
        api.revoked = True
        if library == "aiogram":
            bot = aiogram_bot(api)
            polling = telegram_aiogram_mount.raw_polling(example("aiogram_bot").build(desk), bot)
        else:
            polling = telegram_ptb_mount.raw_polling(ptb_application(api))
        with pytest.raises(TokenRefused) as refused:
            await asyncio.wait_for(polling, 10)
        assert TOKEN not in "".join(traceback.format_exception(refused.value))
        if library == "aiogram":
            await bot.session.close()


async def test_each_dispatcher_gets_a_router_of_its_own() -> None:
    async with a_desk(Settings(database_url="memory:")) as desk:
        assert desk.aiogram_router() is not desk.aiogram_router()
        assert BOT in TOKEN
