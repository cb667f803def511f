"""Everything a visitor does in Telegram, with the desk's own content, through both libraries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from storage.withdrawal import WHY
from tests.telegram.fake_api import BOT, PATIENCE, Shown
from tests.telegram.house import LIBRARIES, House, polling
from tests.telegram.story import FILE, STICKER


@pytest.fixture(params=LIBRARIES)
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    async with polling(request.param) as opened:
        yield opened
        assert opened.api.violations == []


class Visitor:
    """Somebody who waits for the answer before doing the next thing."""

    def __init__(self, house: House, chat: int = 7) -> None:
        self._api, self._store, self._chat = house.api, house.desk.store, chat
        self.own: list[int] = []

    async def sends(self, **parts: Any) -> list[Shown]:
        return await self._answered(self._api.send(self._chat, **parts))

    async def presses(self, label: str) -> list[Shown]:
        return await self._answered(self._api.press(self._chat, label))

    async def edits(self, number: int, text: str) -> list[Shown]:
        message = self._api.message(self._chat, number, edit_date=1_795_000_100, text=text)
        return await self._answered(self._api.update("edited_message", message))

    async def _answered(self, doing: Any) -> list[Shown]:
        """The messages that came, all of them: nothing waits to be sent any more."""
        before = len(self.shown)
        update = await doing
        if "message" in update:
            self.own.append(update["message"]["message_id"])
        await self._api.shows(self._chat, before + 1)
        await self._api.until(lambda: self._api.confirmed, "the update to be confirmed")
        async with asyncio.timeout(PATIENCE):
            while {"new", "sending"} & (await self._store.outbox_counts()).keys():
                await asyncio.sleep(0.01)
        return self.shown[before:]

    @property
    def shown(self) -> list[Shown]:
        return self._api.chat(self._chat).shown


@pytest.mark.parametrize(
    ("parts", "said", "label"),
    [
        ({"voice": {**FILE, "duration": 3}}, "Ik kan niet luisteren. Zal een mens u bellen?", "Ja, bel mij"),
        ({"sticker": STICKER}, "Ik kan alleen tekst lezen", "Ik zoek werk"),
        ({"photo": [{**FILE, "width": 1, "height": 1}]}, "geen foto's of bestanden", "Ik zoek werk"),
        ({"document": FILE}, "geen foto's of bestanden", "Ik zoek werk"),
        ({"text": "x", "forward_origin": {"type": "hidden_user"}}, "Dat kan ik niet lezen", "Ik zoek werk"),
        ({"contact": {"phone_number": "+31612345678", "first_name": "T", "user_id": 8}}, "uw eigen nummer", "Bel mij"),
    ],
)
async def test_what_cannot_be_read_gets_a_kind_answer_and_a_way_on(
    house: House, parts: dict[str, Any], said: str, label: str
) -> None:
    visitor = Visitor(house)
    await visitor.sends(text="/start")
    (answer,) = await visitor.sends(**parts)
    assert said in answer.text
    assert label in answer.labels


async def test_a_sensitive_answer_leaves_the_chat_and_the_first_time_it_is_said_why(house: House) -> None:
    visitor = Visitor(house)
    await visitor.sends(text="wil heftruck rijden geen diploma almere")
    await visitor.sends(text="nee")
    assert "uitkering" in visitor.shown[-1].text
    said = await visitor.sends(text="ww")
    own = house.api.chat(7).own
    await house.api.until(lambda: visitor.own[-1] not in own, "the answer to be deleted")
    assert WHY["nl"] in [one.text for one in said]
    assert visitor.own[0] in own, "what somebody tells by himself stays"
    await visitor.sends(text="mijn bsn is 111222333")
    await house.api.until(lambda: visitor.own[-1] not in own, "the number to be deleted")
    assert sum(one.text == WHY["nl"] for one in visitor.shown) == 1


async def test_a_pressed_answer_takes_nothing_away(house: House) -> None:
    visitor = Visitor(house)
    await visitor.sends(text="ik zoek werk")
    await visitor.presses("Bel mij")
    assert len(house.api.chat(7).own) == 1
    assert house.api.called("deleteMessage") == []


async def test_stop_stops_and_typing_again_goes_on(house: House) -> None:
    visitor = Visitor(house)
    await visitor.sends(text="ik zoek werk")
    (stopped,) = await visitor.sends(text="/stop")
    assert "Goed, ik stop" in stopped.text
    assert stopped.labels == []
    assert (await visitor.sends(text="hallo"))[-1].labels, "the question stands there again"


async def test_an_edited_answer_is_offered_as_a_correction(house: House) -> None:
    visitor = Visitor(house)
    await visitor.sends(text="ik heb werk en woon in almere")
    offered = await visitor.edits(visitor.own[0], "ik heb werk en woon in tiel")
    assert "Tiel" in " ".join(one.text for one in offered)


async def test_a_number_is_asked_with_a_button_that_shares_it_and_the_button_leaves(house: House) -> None:
    visitor = Visitor(house)
    await visitor.sends(text="/start")
    await visitor.sends(text="bel mij")
    assert house.api.chat(7).keyboard[0] == "Deel mijn nummer"
    await visitor.sends(contact={"phone_number": "+31612345678", "first_name": "T", "user_id": 7})
    await house.api.until(lambda: house.api.chat(7).keyboard == [], "the keyboard to leave")


async def test_a_location_is_read_back_as_the_place_it_was_taken_for(house: House) -> None:
    visitor = Visitor(house)
    await visitor.sends(text="ik zoek werk in de logistiek")
    assert house.api.chat(7).keyboard[0] == "Deel mijn locatie"
    said = await visitor.sends(location={"latitude": 51.985, "longitude": 5.899})
    assert "U bent in Arnhem. Is het een andere plaats? Typ die dan." in " ".join(one.text for one in said)
    assert "Klopt niet" in said[-1].labels
    assert "naar Tiel" in " ".join(one.text for one in await visitor.sends(text="Tiel"))
    talk = await house.desk.store.conversation_at("telegram", BOT, "7")
    assert talk is not None
    assert "51.985" not in str(await house.desk.store.messages(talk.id)), "the point itself goes no further"


async def test_before_a_sensitive_question_we_say_that_our_own_chat_is_safer(house: House) -> None:
    visitor = Visitor(house)
    await visitor.sends(text="ik zoek werk in de logistiek, geen diploma")
    said = await visitor.sends(text="Tiel")
    text = "\n".join(one.text for one in said)
    assert text.index("Onze eigen chat is veiliger. U hoeft niet te antwoorden.") < text.index(
        "Krijgt u een uitkering?"
    )
    assert "Zeg ik liever niet" in said[-1].labels


async def test_the_profiles_language_is_a_default_only(house: House) -> None:
    english = {"id": 7, "is_bot": False, "first_name": "T", "language_code": "en-GB"}
    visitor = Visitor(house)
    assert "I am a computer" in (await visitor.sends(**{"text": "/start", "from": english}))[0].text
    assert "Nederlands" in (await visitor.sends(**{"text": "Nederlands", "from": english}))[0].text
    said = await visitor.sends(**{"text": "ik zoek werk", "from": english})
    assert "soort werk" in said[-1].text, "what was chosen stays, whatever the profile says"


async def test_of_a_file_nothing_is_stored(house: House) -> None:
    visitor = Visitor(house)
    await visitor.sends(text="/start")
    for parts in ({"voice": {**FILE, "duration": 3}}, {"document": FILE, "caption": "mijn cv"}, {"sticker": STICKER}):
        await visitor.sends(**parts)
    talk = await house.desk.store.conversation_at("telegram", BOT, "7")
    assert talk is not None
    kept = [row.message.text for row in await house.desk.store.messages(talk.id) if row.sender == "visitor"]
    assert kept == ["[voice]", "[document]", "[sticker]"]


async def test_advice_is_cards_with_buttons_and_an_old_button_still_answers(house: House) -> None:
    visitor = Visitor(house)
    said = await visitor.sends(text="ik ben werknemer in almere, wil een cursus excel doen via mijn werkgever")
    for _ in range(8):
        if any("Waarom?" in one.labels for one in visitor.shown):
            break
        said = await visitor.sends(text="weet ik niet")
    cards = [one for one in visitor.shown if "Waarom?" in one.labels]
    assert cards, said
    assert any("Hoe vraag ik aan?" in one.labels for one in cards)
    assert all(len(one.text) < 700 for one in cards)
    why = await visitor.presses("Waarom?")
    assert why[0].text
    old = next(one for one in visitor.shown if one.labels)
    data = next(
        button["callback_data"] for row in old.markup["inline_keyboard"] for button in row if "callback_data" in button
    )
    await house.api.press_data(7, old.id, data)
    await house.api.until(lambda: all(house.api.presses.values()), "the old button to be answered")


async def test_several_choices_are_ticked_in_the_message_itself(house: House) -> None:
    visitor = Visitor(house)
    await visitor.sends(text="ik zoek werk")
    await visitor.sends(text="wijzig uitkering")
    question, stood = visitor.shown[-1], len(visitor.shown)
    assert "WW" in question.labels

    async def ticks(label: str, becomes: str) -> None:
        await house.api.press(7, label)
        await house.api.until(lambda: becomes in question.labels, "the tick to change")

    await ticks("WW", "✓ WW")
    await ticks("Bijstand", "✓ Bijstand")
    await ticks("✓ WW", "WW")
    assert len(visitor.shown) == stood, "ticking sends no message"
    (said, *_) = await visitor.presses("Klaar")
    assert said.text
    assert "bijstand" in (await visitor.sends(text="overzicht"))[-1].text.casefold()


async def test_four_thousand_characters_are_heard_and_answered(house: House) -> None:
    visitor = Visitor(house)
    await visitor.sends(text="/start")
    (answer,) = await visitor.sends(text=("Dit is een lang verhaal. " * 170)[:4096])
    assert "veel tekst" in answer.text
