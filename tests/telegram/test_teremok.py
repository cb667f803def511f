"""An independent judge of what the aiogram carrier calls: teremok knows the Bot API's rules, and not ours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiogram import Bot
from teremok.session import MockedSession

from bot.channels.telegram_aiogram import AiogramCarrier
from bot.channels.telegram_profile import traits
from bot.channels.telegram_sender import TelegramSender
from bot.settings import Settings
from storage.messages import Outgoing
from tests.shipped import shipped
from tests.telegram.conftest import Telling
from tests.telegram.fake_api import TOKEN
from tests.telegram.house import MORNING, a_desk
from tests.telegram.story import ByCoach, Neutral


@pytest.fixture
def judged() -> tuple[AiogramCarrier, MockedSession]:
    session = MockedSession()
    return AiogramCarrier(Bot(TOKEN, session=session)), session


async def test_every_message_of_the_story_passes(
    judged: tuple[AiogramCarrier, MockedSession], neutral_telling: Telling
) -> None:
    carrier, session = judged
    sender = TelegramSender(carrier, lambda: MORNING)
    said: list[Outgoing] = []
    async with a_desk(Settings(database_url="memory:")) as desk:
        told = Neutral(desk)
        real = desk.receive

        async def listen(incoming):  # type: ignore[no-untyped-def]
            result = await real(incoming)
            said.extend(result.outgoing)
            return result

        desk.receive = listen  # type: ignore[method-assign]
        for step in neutral_telling.steps:
            if not isinstance(step, ByCoach):
                await told.play(step)
    for number, outgoing in enumerate(said):
        verdict = await sender.send(replace(outgoing, id=number + 1))
        assert verdict.kind == "sent", outgoing
    assert len(session.requests) >= len(said) > 10


async def test_the_profile_passes(judged: tuple[AiogramCarrier, MockedSession]) -> None:
    carrier, session = judged
    for trait in traits(shipped().knowledge.desk):
        await carrier.call(trait.set.method, trait.set.params)
    await carrier.call("answerCallbackQuery", {"callback_query_id": "1"})
    await carrier.call("sendChatAction", {"chat_id": 7, "action": "typing"})
    assert len(session.requests) == len(traits(shipped().knowledge.desk)) + 2
