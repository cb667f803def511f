"""The coaches' group: who waits, nothing about who it is, and one coach who picks it up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.telegram_group import make_code
from tests.telegram.house import House, polling
from tests.telegram.tiny import tiny_step

pytestmark = pytest.mark.usefixtures("tiny")
GROUP = {"id": -100300, "type": "supergroup", "title": "Coaches"}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.step", tiny_step)
    monkeypatch.setattr("bot.channels.telegram_group.PACE", 0)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with polling("ptb") as opened:
        yield opened
        assert opened.api.violations == []


def person(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "T"}


async def in_group(house: House, user: int, text: str) -> None:
    said = {"message_id": 1, "date": 1_795_000_000, "chat": GROUP, "from": person(user), "text": text}
    await house.api.update("message", said)


async def press(house: House, user: int, data: str) -> str:
    """Press a button of the card; what the coach reads over it."""
    number = f"press-{user}-{len(house.api.presses)}"
    house.api.presses[number] = False
    message = {"message_id": house.api.chat(-100300).shown[-1].id, "date": 1, "chat": GROUP, "text": "…"}
    await house.api.update(
        "callback_query", {"id": number, "from": person(user), "message": message, "chat_instance": "1", "data": data}
    )
    await house.api.until(lambda: house.api.presses[number], "the press answered")
    answers = [call for call in house.api.called("answerCallbackQuery") if call["callback_query_id"] == number]
    return str(answers[-1].get("text", ""))


async def linked(house: House) -> None:
    code = await make_code(house.desk.store, house.desk.clock())
    await in_group(house, 900, f"/koppelgroep {code}")
    assert "gekoppeld" in (await house.api.shows(-100300, 1))[0].text


async def test_a_card_without_personal_data_and_one_coach_who_gets_it(house: House) -> None:
    store = house.desk.store
    await linked(house)
    for number, login in ((901, "anna"), (902, "bert")):
        staff = await store.add_staff(login, login.title(), "coach")
        code = await make_code(store, house.desk.clock(), staff.id)
        await house.api.send(number, text=f"/koppel {code.lower()}")
        assert "gekoppeld" in (await house.api.shows(number, 1))[0].text
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


async def test_the_group_moves_with_its_number(house: House) -> None:
    await linked(house)
    moved = {"message_id": 2, "date": 1_795_000_000, "chat": GROUP, "from": person(900), "migrate_to_chat_id": -100400}
    await house.api.update("message", moved)
    await house.api.send(7, text="coach")
    assert (await house.api.shows(-100400, 1))[0].text.startswith("Hulpvraag")
