"""The coaches' group: who waits, nothing about who it is, and one coach who picks it up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.telegram_group import group_setting, make_code
from storage.actions import Claim, Done
from tests.telegram.fake_api import BOT, Weather
from tests.telegram.hosts import AS_A_GUEST
from tests.telegram.house import LIBRARIES, House, polling
from tests.telegram.tiny import tiny_step

pytestmark = pytest.mark.usefixtures("tiny")
GROUP = {"id": -100300, "type": "supergroup", "title": "Coaches"}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.step", tiny_step)
    monkeypatch.setattr("bot.channels.telegram_group.PACE", 0)
    monkeypatch.setattr("bot.channels.telegram_group.BREATH", 0)
    monkeypatch.setattr("bot.channels.telegram_group.LONGEST_WAIT", 0)


@pytest.fixture(params=LIBRARIES)
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    async with polling(request.param) as opened:
        yield opened
        assert opened.api.violations == []


def person(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "T"}


async def in_group(house: House, user: int, text: str, group: int = -100300) -> None:
    said = {"message_id": 1, "date": 1_795_000_000, "chat": {**GROUP, "id": group}, "from": person(user), "text": text}
    await house.api.update("message", said)


async def press(house: House, user: int, data: str) -> str:
    """Press a button of the card; what the coach reads over it."""
    number = f"press-{user}-{len(house.api.presses)}"
    house.api.presses[number] = False
    message = {"message_id": house.api.chat(-100300).shown[-1].id, "date": 1_795_000_000, "chat": GROUP, "text": "…"}
    await house.api.update(
        "callback_query", {"id": number, "from": person(user), "message": message, "chat_instance": "1", "data": data}
    )
    await house.api.until(lambda: house.api.presses[number], "the press answered")
    answers = [call for call in house.api.called("answerCallbackQuery") if call["callback_query_id"] == number]
    return str(answers[-1].get("text", ""))


async def linked(house: House, group: int = -100300) -> None:
    code = await make_code(house.desk.store, house.desk.clock())
    before = len(house.api.chat(group).shown)
    await in_group(house, 900, f"/koppelgroep {code}", group)
    assert "Deze groep is gekoppeld" in (await house.api.shows(group, before + 1))[before].text


async def coach(house: House, number: int, login: str) -> str:
    """A coach whose account is linked."""
    staff = await house.desk.store.add_staff(login, login.title(), "coach")
    code = await make_code(house.desk.store, house.desk.clock(), staff.id)
    await house.api.send(number, text=f"/koppel {code.lower()}")
    assert "gekoppeld" in (await house.api.shows(number, 1))[0].text
    return staff.id


async def in_the_group(house: House) -> str:
    """The number of the group that cards go to; '' when there is none (any more)."""
    return await house.desk.store.setting(group_setting(BOT))


async def test_a_card_without_personal_data_and_one_coach_who_gets_it(house: House) -> None:
    store = house.desk.store
    await linked(house)
    await coach(house, 901, "anna")
    await coach(house, 902, "bert")
    await house.api.send(7, text="mijn naam is Geheim")
    await house.api.send(7, text="coach")
    card = (await house.api.shows(-100300, 2))[1]
    assert card.text.startswith("Hulpvraag K-1001 · wacht sinds 10.0")
    assert "Geheim" not in card.text
    assert card.labels == ["Oppakken"]
    assert await press(house, 903, "lkg:K-1001") == "Koppel eerst uw account: stuur mij privé /koppel met uw code."
    assert await press(house, 901, "lkg:K-1001") == "Opgepakt: K-1001. Ga verder in de coachdesk."
    assert await press(house, 902, "lkg:K-1001") == "Al opgepakt door Anna."
    await house.api.until(lambda: card.text == "K-1001 · opgepakt door Anna", "the card finished")
    assert card.labels == []
    case = await store.case("K-1001")
    assert case is not None
    assert case.owner_name == "Anna"


async def test_in_the_group_and_at_the_desk_at_the_same_moment_one_wins(house: House) -> None:
    """Six visitors; for each the group's button and the desk's *Oppakken* at once."""
    await linked(house)
    in_group_ = await coach(house, 901, "anna")
    at_desk = (await house.desk.store.add_staff("bert", "Bert", "coach")).id
    for number in range(6):
        await house.api.send(70 + number, text="coach")
    await house.api.shows(-100300, 7)
    for number in range(1001, 1007):
        said, done = await asyncio.gather(
            press(house, 901, f"lkg:K-{number}"), house.desk.store.act(Claim(f"K-{number}", at_desk))
        )
        case = await house.desk.store.case(f"K-{number}")
        assert case is not None
        if isinstance(done, Done):
            assert (case.owner, said) == (at_desk, "Al opgepakt door Bert.")
        else:
            assert (case.owner, said) == (in_group_, f"Opgepakt: K-{number}. Ga verder in de coachdesk.")
            assert (done.why, done.by) == ("taken", "Anna")
    cards = house.api.chat(-100300).shown[1:]
    await house.api.until(lambda: all("opgepakt door" in card.text for card in cards), "every card finished")


async def test_who_may_not_pick_up_hears_why(house: House) -> None:
    await linked(house)
    await house.desk.store.change_staff(await coach(house, 901, "anna"), max_cases=0)
    bert = await coach(house, 902, "bert")
    await house.api.send(7, text="coach")
    await house.api.shows(-100300, 2)
    assert await press(house, 901, "lkg:K-1001") == "U hebt al veel hulpvragen. Rond er eerst een af."
    assert await press(house, 902, "lkg:K-9999") == "Deze hulpvraag wacht niet meer."
    await house.desk.store.change_staff(bert, active=False)
    assert (await press(house, 902, "lkg:K-1001")).startswith("Koppel eerst uw account")


async def test_codes_work_once_and_guessing_stops(house: House) -> None:
    await linked(house)
    await in_group(house, 900, "/koppelgroep AAAA-BBBB-CCCC")
    assert "werkt niet" in (await house.api.shows(-100300, 2))[1].text
    for count in range(1, 7):
        await house.api.send(901, text="/koppel AAAA-BBBB-CCCC")
        last = (await house.api.shows(901, count))[-1].text
    assert last.startswith("Te veel verkeerde codes")


async def test_other_groups_and_other_buttons_are_nobodys_business(house: House) -> None:
    await linked(house)
    other = {"id": -5, "type": "group", "title": "Anders"}
    said = {"message_id": 1, "date": 1_795_000_000, "chat": other, "from": person(901), "text": "/start"}
    await house.api.update("message", said)
    assert "privégesprek" in (await house.api.shows(-5, 1))[0].text
    assert await press(house, 901, "something:else") == ""


async def test_guessing_the_groups_code_stops_too(house: House) -> None:
    for _ in range(6):
        await in_group(house, 900, "/koppelgroep AAAA-BBBB-CCCC")
    shown = await house.api.shows(-100300, 6)
    assert shown[-1].text.startswith("Te veel verkeerde codes")
    code = await make_code(house.desk.store, house.desk.clock())
    await in_group(house, 900, f"/koppelgroep {code}")
    assert (await house.api.shows(-100300, 7))[-1].text.startswith("Te veel verkeerde codes")
    await in_group(house, 901, f"/koppelgroep {code}")
    assert "Deze groep is gekoppeld" in (await house.api.shows(-100300, 8))[-1].text


async def test_a_used_code_says_so_and_what_is_linked_stays(house: House) -> None:
    await linked(house)
    code = await make_code(house.desk.store, house.desk.clock())
    await in_group(house, 900, f"/koppelgroep {code}")
    await in_group(house, 900, f"/koppelgroep {code}")
    shown = await house.api.shows(-100300, 3)
    assert shown[2].text == "Deze code werkt niet (meer). Vraag een nieuwe. Deze groep is al gekoppeld."
    house.forward(minutes=31)
    late = await make_code(house.desk.store, house.desk.clock())
    house.forward(minutes=31)
    await in_group(house, 900, f"/koppelgroep {late}", -100301)
    assert "werkt niet" in (await house.api.shows(-100301, 1))[0].text, "a code works for half an hour"


async def test_the_group_moves_with_its_number(house: House) -> None:
    await linked(house)
    await house.api.send(6, text="coach")
    old = (await house.api.shows(-100300, 2))[1]
    moved = {"message_id": 2, "date": 1_795_000_000, "chat": GROUP, "from": person(900), "migrate_to_chat_id": -100400}
    await house.api.update("message", moved)
    await house.api.send(7, text="coach")
    assert (await house.api.shows(-100400, 1))[0].text.startswith("Hulpvraag K-1002")
    await house.desk.store.act(Claim("K-1001", (await house.desk.store.add_staff("bert", "Bert", "coach")).id))
    await house.api.send(8, text="coach")
    assert (await house.api.shows(-100400, 2))[1].text.startswith("Hulpvraag K-1003")
    assert old.text.startswith("Hulpvraag K-1001"), "what stands in the old group cannot be changed any more"


async def test_a_card_follows_a_group_that_moved_without_our_hearing_it(house: House) -> None:
    await linked(house)
    house.api.chat_weather[-100300].append(Weather(400, "Bad Request: group chat was upgraded", moved_to=-100400))
    await house.api.send(7, text="coach")
    assert (await house.api.shows(-100400, 1))[0].text.startswith("Hulpvraag K-1001")
    assert await in_the_group(house) == "-100400"


async def test_a_card_comes_after_bad_weather_and_never_twice(house: House) -> None:
    await linked(house)
    house.api.chat_weather[-100300].extend([Weather(502, html=True), Weather(429, "Too Many Requests")])
    await house.api.send(7, text="coach")
    assert (await house.api.shows(-100300, 2))[1].text.startswith("Hulpvraag K-1001")
    house.api.chat_weather[-100300].append(Weather(lose="after"))
    await house.api.send(8, text="coach")
    await house.api.send(9, text="coach")
    shown = await house.api.shows(-100300, 4)
    assert [one.text[:16] for one in shown[1:]] == ["Hulpvraag K-1001", "Hulpvraag K-1002", "Hulpvraag K-1003"]


def taken_out(chat: int, status: str = "kicked") -> dict[str, Any]:
    return {
        "chat": {**GROUP, "id": chat}, "from": person(900), "date": 1_795_000_000,
        "old_chat_member": {"user": person(1), "status": "member"},
        "new_chat_member": {"user": person(1), "status": status, "until_date": 0},
    }  # fmt: skip


async def test_taken_out_of_the_group_nothing_is_sent_until_it_is_linked_again(house: House) -> None:
    await linked(house)
    await house.api.update("my_chat_member", taken_out(-5))
    await house.api.update("my_chat_member", taken_out(-100300))
    await house.api.until(lambda: house.api.confirmed)
    assert await in_the_group(house) == ""
    await house.api.send(7, text="coach")
    await house.api.shows(7, 1)
    assert len(house.api.chat(-100300).shown) == 1
    await linked(house, -100500)
    assert (await house.api.shows(-100500, 2))[1].text.startswith("Hulpvraag K-1001"), "who still waits comes there"


async def test_a_group_that_refuses_us_is_let_go(house: House) -> None:
    await linked(house)
    house.api.chat(-100300).blocked = True
    await house.api.send(7, text="coach")
    await house.api.shows(7, 1)
    async with asyncio.timeout(10):
        while await in_the_group(house):
            await asyncio.sleep(0.01)
    assert len(house.api.chat(-100300).shown) == 1


async def test_telegram_may_say_that_we_left_when_the_group_only_moves(house: House) -> None:
    await linked(house)
    await house.api.update("my_chat_member", taken_out(-100300, "left"))
    moved = {"message_id": 2, "date": 1_795_000_000, "chat": GROUP, "from": person(900), "migrate_to_chat_id": -100400}
    await house.api.update("message", moved)
    await house.api.until(lambda: house.api.confirmed)
    assert await in_the_group(house) == "-100400"


@pytest.mark.parametrize("way", AS_A_GUEST)
async def test_the_group_works_in_somebody_elses_bot_too(way: str) -> None:
    async with AS_A_GUEST[way]() as house:
        await linked(house)
        await coach(house, 901, "anna")
        await house.api.send(7, text="/loket")
        await house.api.shows(7, 1)
        await house.api.send(7, text="coach")
        card = (await house.api.shows(-100300, 2))[1]
        assert await press(house, 901, "lkg:K-1001") == "Opgepakt: K-1001. Ga verder in de coachdesk."
        await house.api.until(lambda: card.text == "K-1001 · opgepakt door Anna", "the card finished")
        assert house.api.violations == []
