"""What a channel may carry is what desk.yaml says: some questions are not asked there, some answers not repeated."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from bot.clock import AMSTERDAM
from bot.desk import Desk
from bot.settings import Settings
from flows.content import Content
from flows.events import Commanded, Said, Started
from storage import actions as a
from storage.actions import Refused
from storage.messages import Incoming
from storage.store import open_store
from tests.shipped import shipped

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=AMSTERDAM)
DESK = """\
name: Proefloket
regions: national
hours: {monday-friday: "9:00-17:00"}
channels:
  sensitive: [web, terminal]
  special: [web]
"""
STORY = ("ik zoek werk in de logistiek", "geen diploma", "Tiel")  # next comes the benefit, which is sensitive
ASKED, NOT_HERE = "Krijgt u een uitkering?", "Eén vraag stel ik hier niet"


@asynccontextmanager
async def a_desk(content: Content) -> AsyncIterator[Desk]:
    store = await open_store("memory:", clock=lambda: NOW)
    opened = Desk(content, store, Settings(public_url="https://loket.example"), clock=lambda: NOW)
    yield opened
    await opened.aclose()
    await store.aclose()


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Content:
    pack = tmp_path_factory.mktemp("strict")
    (pack / "desk.yaml").write_text(DESK, encoding="utf-8")
    return Content.load(pack)


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """A desk.yaml that says nothing about channels: sensitive questions are asked on Telegram, after a warning."""
    pack = tmp_path_factory.mktemp("silent")
    (pack / "desk.yaml").write_text(DESK.partition("channels:")[0], encoding="utf-8")
    return Content.load(pack)


@pytest.fixture
async def desk(strict: Content) -> AsyncIterator[Desk]:
    async with a_desk(strict) as opened:
        yield opened


async def tell(desk: Desk, channel: str, *texts: str, address: str = "a" * 64) -> str:
    """What the desk says to the last of these texts."""
    said = ""
    for text in texts:
        event = Started() if text == "start" else Said(text)
        result = await desk.receive(Incoming(channel, address, event, NOW))
        said = "\n".join(out.message.text for out in result.outgoing)
    return said


@pytest.mark.parametrize("channel", ["web", "terminal"])
async def test_a_question_is_asked_where_the_answer_may_travel(desk: Desk, channel: str) -> None:
    said = await tell(desk, channel, "start", *STORY)
    assert ASKED in said
    assert NOT_HERE not in said


@pytest.mark.parametrize("channel", ["telegram", "api"])
async def test_a_question_is_passed_by_where_the_answer_may_not_travel(desk: Desk, channel: str) -> None:
    said = await tell(desk, channel, "start", *STORY)
    assert ASKED not in said
    assert said.count(NOT_HERE) == 1
    assert "voor uw privacy: uw uitkering" in said
    assert "Zal een coach u bellen?" in said, "the conversation goes on"
    assert NOT_HERE not in await tell(desk, channel, "nee"), "said once"


async def test_the_link_on_telegram_goes_on_in_the_web_chat_where_the_question_is_asked(desk: Desk) -> None:
    said = await tell(desk, "telegram", "start", *STORY)
    [code] = re.findall(r"https://loket\.example/chat/verder#(\S+)", said)
    browser = "b" * 64
    assert await desk.store.resume(code, "web", "", browser)
    assert await desk.store.resume(code, "web", "", "c" * 64) is None, "works once"
    assert ASKED in await tell(desk, "web", "hallo", address=browser)
    assert "U hebt bijstand" in await tell(desk, "web", "bijstand", address=browser)


async def test_what_was_answered_elsewhere_is_not_repeated_on_telegram(desk: Desk) -> None:
    said = await tell(desk, "telegram", "start", *STORY)
    [code] = re.findall(r"chat/verder#(\S+)", said)
    await desk.store.resume(code, "web", "", "b" * 64)
    await tell(desk, "web", "hallo", "ww", address="b" * 64)
    assert "uw uitkering: WW" in await tell(desk, "web", "overzicht", address="b" * 64)
    overview = await tell(desk, "telegram", "overzicht")
    assert "uw uitkering: (staat genoteerd)" in overview
    assert "WW" not in overview


async def test_a_coach_cannot_have_it_asked_there_either(desk: Desk) -> None:
    anna = await desk.store.add_staff("anna", "Anna", "coach")
    for channel, address in (("telegram", "77"), ("web", "d" * 64)):
        await tell(desk, channel, "start", *STORY, "bel mij", "0612345678", "'s ochtends", address=address)
        talk = await desk.store.conversation_at(channel, "", address)
        assert talk is not None
        assert talk.case
        await desk.store.act(a.Claim(talk.case, anna.id))
        done = await desk.store.act(a.AskClient(talk.case, anna.id, "support_wish"))
        assert (isinstance(done, Refused) and done.why == "channel") == (channel == "telegram")


WARNING, RATHER = "Onze eigen chat is veiliger.", "Liever antwoorden in onze eigen chat?"


@pytest.fixture
async def warning_desk(silent: Content) -> AsyncIterator[Desk]:
    async with a_desk(silent) as opened:
        yield opened


async def test_before_the_first_sensitive_question_a_messenger_is_warned_about_once(warning_desk: Desk) -> None:
    said = await tell(warning_desk, "telegram", "start", *STORY)
    assert said.index(WARNING) < said.index(ASKED) < said.index(RATHER)
    [code] = re.findall(r"https://loket\.example/chat/verder#(\S+)", said)
    again = await tell(warning_desk, "telegram", "wat bedoelt u?")
    assert WARNING not in again
    assert await warning_desk.store.resume(code, "web", "", "b" * 64)
    assert "U hebt bijstand" in await tell(warning_desk, "web", "hallo", "bijstand", address="b" * 64)


async def test_our_own_chat_does_not_warn_about_itself(warning_desk: Desk) -> None:
    said = await tell(warning_desk, "web", "start", *STORY)
    assert ASKED in said
    assert WARNING not in said


async def test_a_coach_who_has_it_asked_on_a_messenger_has_it_warned_about_too(warning_desk: Desk) -> None:
    anna = await warning_desk.store.add_staff("anna", "Anna", "coach")
    await tell(warning_desk, "telegram", "start", "bel mij", "0612345678", "'s ochtends", address="77")
    talk = await warning_desk.store.conversation_at("telegram", "", "77")
    assert talk is not None
    await warning_desk.store.act(a.Claim(talk.case, anna.id))
    for expected in (2, 1):  # the warning comes once
        done = await warning_desk.store.act(a.AskClient(talk.case, anna.id, "benefit"))
        assert isinstance(done, a.Done)
        texts = [out.message.text for out in done.outgoing]
        assert len(texts) == expected
        assert texts[-1] == ASKED


async def test_my_data_comes_to_telegram_as_a_link_that_works_once(desk: Desk) -> None:
    await tell(desk, "telegram", "start", *STORY)
    result = await desk.receive(Incoming("telegram", "a" * 64, Commanded("my_data"), NOW))
    said = "\n".join(out.message.text for out in result.outgoing)
    [token] = re.findall(r"https://loket\.example/mijn-gegevens/(\S+)", said)
    assert await desk.store.my_data(token)
    assert await desk.store.my_data(token) is None


async def test_the_shipped_desk_keeps_special_questions_off_telegram_and_the_api_only() -> None:
    content = shipped()
    for channel in ("telegram", "api"):
        kept_off = {content.knowledge.facts[fact].cls for fact in content.withheld(channel)}
        assert kept_off == {"special"}
        assert "support_wish" in content.withheld(channel)
    for channel in ("web", "terminal", "desk", ""):
        assert not content.withheld(channel)
