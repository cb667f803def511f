"""What comes in: each update once, in order, stored before it is acknowledged, whatever Telegram or the disk does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.beside import beside
from bot.channels.telegram_polling import Polling
from bot.channels.telegram_service import open_carrier, webhook_address, webhook_secret
from bot.webhook import LARGEST
from storage.base import NotStored
from tests.telegram.fake_api import BOT, TOKEN, Weather, serve
from tests.telegram.house import LIBRARIES, WAYS, House, a_desk, polling, settings, webhook
from tests.telegram.tiny import tiny_step

pytestmark = pytest.mark.usefixtures("tiny")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.step", tiny_step)


OFTEN = (("polling", "ptb"), ("webhook", "aiogram"))  # each way and each library; the other two in long runs
SELDOM = (("polling", "aiogram"), ("webhook", "ptb"))
BOTH = [pytest.param(one, id="-".join(one)) for one in OFTEN]
BOTH += [pytest.param(one, id="-".join(one), marks=pytest.mark.long) for one in SELDOM]


@pytest.fixture(params=BOTH)
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    way, library = request.param
    async with WAYS[way](library) as opened:
        yield opened
        assert opened.api.violations == []


async def test_five_messages_in_a_burst_are_answered_in_order(house: House) -> None:
    for number in range(5):
        await house.api.send(7, text=f"bericht {number}")
    shown = await house.api.shows(7, 5)
    assert [one.text for one in shown] == [f"{number + 1}: bericht {number}" for number in range(5)]
    await house.api.until(lambda: house.api.confirmed)


@pytest.mark.parametrize("library", LIBRARIES)
async def test_an_update_nobody_can_read_blocks_nobody(library: str) -> None:
    async with polling(library) as house:
        api = house.api
        await api.update("message", {"message_id": "?", "chat": {"id": 7, "type": "private"}, "date": 1, "text": "x"})
        await api.update("message", {"chat": 3})
        await api.update("an_update_of_next_year", {"a": [{"b": {}}]})
        await api.send(
            7, text="hoi", forward_origin={"type": "a_type_of_next_year"}, rich_message={"blocks": [{"type": "?"}]}
        )
        await api.send(7, text="leest u mij?")
        shown = await api.shows(7, 2)
        assert [one.text for one in shown] == ["1: [forwarded]", "2: leest u mij?"]
        await api.until(lambda: api.confirmed)


async def test_the_same_update_twice_is_one_turn(house: House) -> None:
    update = await house.api.send(7, text="een keer")
    await house.api.shows(7, 1)
    await house.api.give(update)
    await house.api.send(7, text="daarna")
    shown = await house.api.shows(7, 2)
    assert [one.text for one in shown] == ["1: een keer", "2: daarna"]


async def test_nothing_is_acknowledged_while_the_database_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram_polling.LONGEST_WAIT", 0.05)
    store, tries = house.desk.store, []
    real = store.turn

    async def away(*args: Any) -> Any:
        tries.append(args)
        if len(tries) < 4:
            raise NotStored("the disk is full")
        return await real(*args)

    monkeypatch.setattr(store, "turn", away)
    await house.api.send(7, text="bewaar dit")
    assert (await house.api.shows(7, 1))[0].text == "1: bewaar dit"
    assert len(tries) == 4
    await house.api.until(lambda: house.api.confirmed)


async def test_a_fault_of_our_own_is_tried_again_then_put_aside_with_an_apology(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram_polling.LONGEST_WAIT", 0.05)
    await house.api.send(7, text="fout")
    await house.api.send(8, text="iets anders")
    assert (await house.api.shows(8, 1))[0].text == "1: iets anders"
    assert (await house.api.shows(7, 1))[0].text.startswith("Sorry")
    await house.api.send(7, text="verder")
    assert (await house.api.shows(7, 2))[1].text == "1: verder"
    await house.api.until(lambda: house.api.confirmed)


async def test_a_press_is_answered_and_an_old_one_too(house: House) -> None:
    await house.api.send(7, text="hallo")
    await house.api.shows(7, 1)
    await house.api.press(7, "Nee")
    await house.api.shows(7, 2)
    await house.api.press_data(7, house.api.chat(7).shown[0].id, "lk1:1:0")
    assert (await house.api.shows(7, 3))[-1].text == "3: press 1/0"
    await house.api.until(lambda: all(house.api.presses.values()), "presses answered")
    first = [name for name, _ in house.api.calls].index("answerCallbackQuery")
    sent = [place for place, (name, _) in enumerate(house.api.calls) if name == "sendMessage"]
    assert first < sent[1], "the press is answered before the reply is sent"


async def test_a_button_that_is_not_ours_is_answered_and_nothing_more(house: House) -> None:
    await house.api.press_data(7, 1, "something:else")
    await house.api.until(lambda: all(house.api.presses.values()) and bool(house.api.presses))
    assert house.api.chat(7).shown == []


async def test_a_long_list_turns_its_pages_without_a_turn(house: House) -> None:
    await house.api.send(7, text="keuzes")
    (shown,) = await house.api.shows(7, 1)
    assert "Keuze 7" in shown.labels
    assert "Keuze 8" not in shown.labels
    await house.api.press(7, "Meer →")
    await house.api.until(lambda: "Keuze 8" in shown.labels, "the second page")
    await house.api.press(7, "Keuze 12")
    assert (await house.api.shows(7, 2))[1].text == "2: press 1/12"


async def test_a_keyboard_that_shares_a_number_leaves_again(house: House) -> None:
    await house.api.send(7, text="nummer")
    await house.api.shows(7, 1)
    assert house.api.chat(7).keyboard == ["Deel mijn nummer", "Liever niet"]
    await house.api.send(7, contact={"phone_number": "+31612345678", "first_name": "T", "user_id": 7})
    shown = await house.api.shows(7, 3)
    assert [one.text for one in shown[1:]] == ["Goed.", "2: phone +31612345678"]
    assert house.api.chat(7).keyboard == []


async def test_a_keyboard_leaves_also_after_a_restart() -> None:
    """Another process, which never saw the keyboard go up, takes it away."""
    async with serve() as api, a_desk(settings(api)) as desk:
        async with beside(desk):
            await api.send(7, text="nummer")
            await api.shows(7, 1)
        assert api.chat(7).keyboard == ["Deel mijn nummer", "Liever niet"]
        async with beside(desk):
            await api.send(7, text="Liever niet")
            shown = await api.shows(7, 3)
        assert [one.text for one in shown[1:]] == ["Goed.", "2: Liever niet"]
        assert api.chat(7).keyboard == []


async def test_a_place_is_shared_as_a_municipality(house: House) -> None:
    await house.api.send(7, location={"latitude": 52.37, "longitude": 5.22})
    assert (await house.api.shows(7, 1))[0].text == "1: place Almere"


async def test_a_number_we_never_keep_is_deleted_from_the_chat(house: House) -> None:
    sent = await house.api.send(7, text="geheim")
    await house.api.shows(7, 1)
    number = sent["message"]["message_id"]
    await house.api.until(lambda: number not in house.api.chat(7).own, "the message to be deleted")


async def test_a_group_is_refused_politely_and_only_when_it_calls(house: House) -> None:
    group = {"id": -100200, "type": "supergroup", "title": "Groep"}
    person = {"id": 7, "is_bot": False, "first_name": "T"}
    said = {"message_id": 1, "date": 1_795_000_000, "chat": group, "from": person}
    await house.api.update("message", {**said, "text": "hallo allemaal"})
    await house.api.update("message", {**said, "text": "/start@loket_bot"})
    (shown,) = await house.api.shows(-100200, 1)
    assert "privégesprek" in shown.text


async def test_a_group_that_takes_the_bot_in_hears_how_it_works_and_a_channel_is_left(house: House) -> None:
    person = {"id": 7, "is_bot": False, "first_name": "T"}
    change = {"from": person, "date": 1, "old_chat_member": {"status": "left"}}
    group = {"id": -100200, "type": "supergroup", "title": "Groep"}
    channel = {"id": -100201, "type": "channel", "title": "Kanaal"}
    await house.api.update("my_chat_member", {**change, "chat": group, "new_chat_member": {"status": "member"}})
    (shown,) = await house.api.shows(-100200, 1)
    assert "privégesprek" in shown.text
    promoted = {**change, "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "administrator"}}
    await house.api.update("my_chat_member", {**promoted, "chat": group})
    await house.api.update("my_chat_member", {**change, "chat": channel, "new_chat_member": {"status": "member"}})
    await house.api.until(lambda: house.api.chat(-100201).left, "the channel to be left")
    assert len(house.api.chat(-100200).shown) == 1
    assert house.api.chat(-100201).shown == []


async def test_a_reaction_and_other_kinds_of_updates_are_no_turn(house: House) -> None:
    private = {"id": 7, "type": "private"}
    thumb = {"old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}]}
    await house.api.update("message_reaction", {"chat": private, "message_id": 1, "date": 1, **thumb})
    await house.api.update("poll", {"id": "1"})
    await house.api.send(7, text="hallo")
    assert (await house.api.shows(7, 1))[0].text == "1: hallo"


async def test_blocking_is_noted(house: House) -> None:
    await house.api.send(7, text="hallo")
    await house.api.shows(7, 1)
    change = {
        "chat": {"id": 7, "type": "private"}, "from": {"id": 7, "is_bot": False, "first_name": "T"}, "date": 1,
        "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"},
    }  # fmt: skip
    await house.api.update("my_chat_member", change)
    await house.api.until(lambda: house.api.confirmed)
    talk = await house.desk.store.conversation_at("telegram", BOT, "7")
    assert talk is not None
    assert not talk.reachable
    back = {**change, "old_chat_member": {"status": "kicked"}, "new_chat_member": {"status": "member"}}
    await house.api.update("my_chat_member", back)
    await house.api.until(lambda: house.api.confirmed)
    talk = await house.desk.store.conversation_at("telegram", BOT, "7")
    assert talk is not None
    assert talk.reachable


async def test_a_chat_that_floods_hears_it_once_and_others_do_not_notice() -> None:
    async with polling("ptb") as house:
        for number in range(80):
            await house.api.send(7, text=f"{number}")
        await house.api.send(8, text="en ik?")
        assert (await house.api.shows(8, 1))[0].text == "1: en ik?"
        shown = await house.api.shows(7, 41)
        await house.api.until(lambda: house.api.confirmed)
        assert len([one for one in shown if one.text.startswith("Dat zijn veel berichten")]) == 1


@pytest.mark.parametrize("library", LIBRARIES)
async def test_slow_work_shows_that_somebody_is_typing(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram_receiver.TYPING_AFTER", 0.01)
    monkeypatch.setattr("bot.channels.telegram_receiver.TYPING_LASTS", 0.01)
    async with polling(library) as house:
        real = house.desk.store.turn

        async def slow(*args: Any) -> Any:
            await asyncio.sleep(0.05)
            return await real(*args)

        monkeypatch.setattr(house.desk.store, "turn", slow)
        await house.api.send(7, text="hallo")
        await house.api.shows(7, 1)
        await house.api.until(lambda: house.api.chat(7).typing > 1, "typing, said again while it lasts")


# --- polling -------------------------------------------------------------------------------------------------------


async def test_a_normal_stop_confirms_what_is_stored_and_gives_the_rest_to_the_next() -> None:
    async with polling("ptb") as house:
        await house.api.send(7, text="hallo")
        await house.api.shows(7, 1)
        api = house.api
    assert api.confirmed


async def test_only_the_holder_of_the_lease_polls_and_hands_it_over_on_stopping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.channels.telegram_polling.STAND_BY", 0.01)
    async with serve() as api, a_desk(settings(api)) as desk:
        carrier = open_carrier(desk.settings)
        heard: list[tuple[str, int]] = []

        def one(name: str) -> Polling:
            async def lease(holder: str, seconds: int) -> bool:
                if not seconds:
                    await desk.store.drop_lease("poll", holder)
                    return False
                return await desk.store.hold_lease("poll", holder, seconds)

            async def handle(update: dict[str, Any]) -> None:
                heard.append((name, update["message"]["message_id"]))

            return Polling(carrier, handle, ["message"], lease=lease)

        first, second = one("first"), one("second")
        tasks = [asyncio.create_task(first.run())]
        await api.until(lambda: api.polls == 1)
        tasks.append(asyncio.create_task(second.run()))
        await api.send(7, text="een")
        await api.until(lambda: api.confirmed)
        first.stop()
        await tasks[0]
        await api.send(7, text="twee")
        await api.until(lambda: api.confirmed)
        second.stop()
        await tasks[1]
        await carrier.aclose()
        assert heard == [("first", 1), ("second", 2)]


@pytest.mark.parametrize("library", LIBRARIES)
async def test_bad_weather_while_polling_passes(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.telegram_polling.CONFLICT_WAIT", 0.01)
    monkeypatch.setattr("bot.channels.telegram_polling.LONGEST_WAIT", 0.01)
    async with polling(library) as house:
        house.api.weather["getUpdates"].extend(
            [
                Weather(502, html=True),
                Weather(409, "Conflict"),
                Weather(lose="before"),
                Weather(429, "x", retry_after=0),
            ]
        )
        await house.api.send(7, text="hallo")
        assert (await house.api.shows(7, 1))[0].text == "1: hallo"


async def test_a_revoked_token_stops_polling_without_a_storm(caplog: pytest.LogCaptureFixture) -> None:
    async with polling("ptb") as house:
        await house.api.until(lambda: house.api.polls >= 1)
        house.api.revoked = True
        house.api._poll and house.api._poll.set()
        assert house.running is not None
        assert house.running.telegram is not None
        async with asyncio.timeout(5):
            await asyncio.shield(house.running.telegram._tasks[0])
        assert any("refuses the bot token" in record.getMessage() for record in caplog.records)
        assert TOKEN not in caplog.text


# --- webhook -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def door() -> AsyncIterator[tuple[House, httpx.AsyncClient]]:
    async with webhook("ptb") as house:
        await house.api.until(lambda: bool(house.api.webhook))
        assert house.running is not None
        transport = httpx.ASGITransport(house.running.around(Starlette()))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield house, client


def good(number: int = 1, text: str = "hallo") -> dict[str, Any]:
    chat = {"id": 7, "type": "private"}
    message = {"message_id": 1, "date": 1_795_000_000, "chat": chat, "from": {"id": 7}, "text": text}
    return {"update_id": number, "message": message}


async def test_odd_requests_get_a_designed_answer_and_never_500(door: tuple[House, httpx.AsyncClient]) -> None:
    house, client = door
    right = {"X-Telegram-Bot-Api-Secret-Token": webhook_secret(house.desk.settings)}
    path = f"/tg/{BOT}"

    async def status(content: bytes = b"{}", headers: Any = None, where: str = path, method: str = "POST") -> int:
        answer = await client.request(method, where, content=content, headers=right if headers is None else headers)
        return answer.status_code

    assert await status(headers={}) == 401
    assert await status(headers={"X-Telegram-Bot-Api-Secret-Token": "wrong"}) == 401
    assert await status(headers=[(b"x-telegram-bot-api-secret-token", "gehéim".encode())]) == 401
    assert await status(where="/tg/999") == 401
    assert await status(method="GET") == 405
    assert await status(b"x" * (LARGEST + 1)) == 413
    assert await status(b" " * (2 * LARGEST), headers={**right, "content-length": "7"}) in (400, 413)
    for content in (b"", b"[", b"{}", b"[]", b"null", b'{"update_id": "1"}', b'{"update_id": true}', b"\xff\xfe",
                    b"[" * 100_000, b'{"update_id": ' + b"9" * 5000 + b"}"):  # fmt: skip
        assert await status(content) == 400, content[:20]
    for update in ({"update_id": 2}, {"update_id": 3, "next_year": {}}, {"update_id": 4, "message": []}):
        assert await status(json.dumps(update).encode()) == 200
    assert await status(json.dumps(good()).encode()) == 200
    assert (await house.api.shows(7, 1))[0].text == "1: hallo"


async def test_503_with_retry_after_until_it_is_stored(
    door: tuple[House, httpx.AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, client = door
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook_secret(house.desk.settings)}

    async def away(*_: Any) -> Any:
        raise NotStored("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(house.desk.store, "turn", away)
        answer = await client.post(f"/tg/{BOT}", json=good(), headers=headers)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    with monkeypatch.context() as slow:
        slow.setattr("bot.webhook.PATIENCE", 0.01)
        real = house.desk.store.turn

        async def late(*args: Any) -> Any:
            await asyncio.sleep(0.1)
            return await real(*args)

        slow.setattr(house.desk.store, "turn", late)
        assert (await client.post(f"/tg/{BOT}", json=good(), headers=headers)).status_code == 503
    assert (await client.post(f"/tg/{BOT}", json=good(), headers=headers)).status_code == 200
    assert [one.text for one in await house.api.shows(7, 1)] == ["1: hallo"]


async def test_the_same_update_three_times_at_once_is_one_turn(door: tuple[House, httpx.AsyncClient]) -> None:
    house, client = door
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook_secret(house.desk.settings)}
    posts = [client.post(f"/tg/{BOT}", json=good(), headers=headers) for _ in range(3)]
    answers = await asyncio.gather(*posts)
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    await client.post(f"/tg/{BOT}", json=good(2, "daarna"), headers=headers)
    assert [one.text for one in await house.api.shows(7, 2)] == ["1: hallo", "2: daarna"]


def test_the_webhook_address_names_the_bot_once() -> None:
    class Api:
        base = "http://127.0.0.1:1"

    def address(url: str) -> str:
        return webhook_address(settings(Api(), telegram_webhook_url=url))  # type: ignore[arg-type]

    whole = f"https://loket.nl/tg/{BOT}"
    assert address("https://loket.nl") == address("https://loket.nl/tg/") == address(whole) == whole


def test_workers_share_a_secret_without_being_told() -> None:
    class Api:
        base = "http://127.0.0.1:1"

    first, second = (webhook_secret(settings(Api())) for _ in range(2))  # type: ignore[arg-type]
    assert first == second
    assert len(first) == 64
    assert TOKEN not in first
