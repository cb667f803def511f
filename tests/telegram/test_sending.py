"""Every answer of the Bot API has one fixed reaction, the same through both libraries (RELIABILITY A6)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.channels.telegram_carrier import CallFailed, Carrier
from bot.channels.telegram_sender import TelegramSender
from bot.channels.telegram_service import open_carrier
from bot.delivery import Delivery
from flows.effects import Message, Option, Span
from storage.messages import Outgoing, Verdict
from tests.telegram.fake_api import FakeApi, Weather, serve
from tests.telegram.house import LIBRARIES, MORNING, polling, settings
from tests.telegram.tiny import tiny_step

ASK = Message("Hebt u werk?", "question", (Span(0, 4, "bold"),), (Option("a", "Ja"), Option("b", "Nee")))


def out(message: Message = ASK, number: int = 1, chat: int = 7, **more: Any) -> Outgoing:
    return replace(Outgoing(number, "c", str(chat), "telegram", "123456789", 1, 0, "bot", 5, message), **more)


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    async with serve() as server:
        yield server


@pytest.fixture(params=LIBRARIES)
async def carrier(request: pytest.FixtureRequest, api: FakeApi) -> AsyncIterator[Carrier]:
    opened = open_carrier(settings(api, request.param))
    yield opened
    await opened.aclose()


@pytest.fixture
def sender(carrier: Carrier) -> TelegramSender:
    return TelegramSender(carrier, lambda: MORNING)


async def test_a_message_arrives_as_it_was_meant(api: FakeApi, sender: TelegramSender) -> None:
    verdict = await sender.send(out())
    (shown,) = api.chat(7).shown
    assert (shown.text, shown.labels) == ("Hebt u werk?", ["Ja", "Nee"])
    assert shown.entities == [{"type": "bold", "offset": 0, "length": 4}]
    assert verdict == Verdict("sent", str(shown.id))
    assert api.violations == []


async def test_429_makes_this_chat_wait_as_long_as_asked(api: FakeApi, sender: TelegramSender) -> None:
    api.weather["sendMessage"].append(Weather(429, "Too Many Requests: retry after 30", retry_after=30))
    verdict = await sender.send(out())
    assert verdict.kind == "retry_at"
    assert verdict.retry_at is not None
    assert timedelta(seconds=30) <= verdict.retry_at - MORNING <= timedelta(seconds=30.5)
    assert (await sender.send(out(number=2, chat=8))).kind == "sent"


async def test_429_in_two_chats_within_a_second_pauses_the_bot(api: FakeApi, sender: TelegramSender) -> None:
    slow = Weather(429, "Too Many Requests: retry after 30", retry_after=30)
    api.weather["sendMessage"].extend([slow, slow])
    await sender.send(out())
    await sender.send(out(number=2, chat=8))
    third = await sender.send(out(number=3, chat=9))
    assert third.kind == "retry_at"
    assert len(api.called("sendMessage")) == 0


@pytest.mark.parametrize(
    ("weather", "kind"),
    [
        (Weather(500, "Internal Server Error"), "retry_at"),
        (Weather(502, html=True), "retry_at"),
        (Weather(504, html=True), "retry_at"),
        (Weather(403, "Forbidden: bot was blocked by the user"), "gone"),
        (Weather(403, "Forbidden: user is deactivated"), "gone"),
        (Weather(400, "Bad Request: chat not found"), "gone"),
        (Weather(401, "Unauthorized"), "retry_at"),
        (Weather(lose="after"), "unknown"),
        (
            Weather(junk={"chat": {"id": 7, "type": "a_kind_of_next_year"}, "rich": {"blocks": [{"type": "new"}]}}),
            "sent",
        ),
    ],
)
async def test_each_answer_has_its_verdict(api: FakeApi, sender: TelegramSender, weather: Weather, kind: str) -> None:
    api.weather["sendMessage"].append(weather)
    verdict = await sender.send(out(attempts=1))
    assert verdict.kind == kind
    if kind == "sent":
        assert verdict.external_id == str(api.chat(7).shown[0].id)


async def test_a_server_that_is_not_there_is_tried_again_later(api: FakeApi, carrier: Carrier) -> None:
    gone = open_carrier(replace(settings(api, carrier.library), telegram_api_base="http://127.0.0.1:9"))
    verdict = await TelegramSender(gone, lambda: MORNING).send(out(attempts=8))
    await gone.aclose()
    assert verdict.kind == "retry_at"
    assert verdict.retry_at is not None
    assert timedelta(seconds=24) <= verdict.retry_at - MORNING <= timedelta(seconds=36)


async def test_refused_spans_or_buttons_leave_the_bare_text(api: FakeApi, sender: TelegramSender) -> None:
    api.weather["sendMessage"].append(Weather(400, "Bad Request: can't parse entities: whatever"))
    assert (await sender.send(out())).kind == "sent"
    (shown,) = api.chat(7).shown
    assert (shown.entities, shown.labels) == ([], ["Ja", "Nee"])
    refused = Weather(400, "Bad Request: BUTTON_DATA_INVALID")
    api.weather["sendMessage"].extend([refused, refused])
    assert (await sender.send(out(number=2))).kind == "sent"
    assert api.chat(7).shown[1].labels == []


async def test_a_message_that_stays_bad_is_given_up(api: FakeApi, sender: TelegramSender) -> None:
    api.weather["sendMessage"].extend([Weather(400, "Bad Request: no")] * 3)
    assert (await sender.send(out())).kind == "bad"


async def test_parts_that_arrived_are_not_sent_again(api: FakeApi, sender: TelegramSender) -> None:
    long = out(Message("Dit is een zin. " * 600))
    api.weather["sendMessage"].extend([Weather(), Weather(500)])
    assert (await sender.send(long)).kind == "retry_at"
    assert (await sender.send(long)).kind == "sent"
    texts = [shown.text for shown in api.chat(7).shown]
    assert len(texts) == len(set(texts)) or all(texts)
    assert " ".join(texts) == ("Dit is een zin. " * 600).strip()


TICKED = Message(
    "Welke?", "question", options=(Option("a", "WW", ticked=True), Option("b", "Bijstand")), multiple=True, again=True
)


async def test_ticks_change_the_message_that_stands_there(api: FakeApi, sender: TelegramSender) -> None:
    await sender.send(out(replace(TICKED, options=TICKED.options[1:], again=False)))
    (shown,) = api.chat(7).shown
    assert (await sender.send(out(TICKED, number=2, action="edit", target=str(shown.id)))).kind == "sent"
    assert [one.labels for one in api.chat(7).shown] == [["✓ WW", "Bijstand"]]
    assert api.violations == []


async def test_ticks_of_a_message_that_cannot_be_changed_stand_below_it(api: FakeApi, sender: TelegramSender) -> None:
    await sender.send(out(TICKED))
    api.weather["editMessageText"].append(Weather(400, "Bad Request: message can't be edited"))
    assert (await sender.send(out(TICKED, number=2, action="edit", target="1"))).kind == "sent"
    assert [one.labels for one in api.chat(7).shown] == [["✓ WW", "Bijstand"]] * 2


async def test_deleting_what_is_gone_already_is_done(sender: TelegramSender) -> None:
    verdict = await sender.send(out(Message(""), action="delete", target="99"))
    assert verdict.kind == "sent"


async def test_the_token_never_stands_in_a_failure(
    api: FakeApi, carrier: Carrier, caplog: pytest.LogCaptureFixture
) -> None:
    api.revoked = True
    with pytest.raises(CallFailed) as failed:
        await carrier.call("sendMessage", {"chat_id": 7, "text": "x"})
    assert failed.value.kind == "revoked"
    sender = TelegramSender(carrier, lambda: MORNING)
    await sender.send(out())
    assert "Ab_-Ab_-" not in str(failed.value)
    assert "Ab_-Ab_-" not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("loket")
    )


# --- with the outbox: order, lanes, restarts ------------------------------------------------------------------------


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.step", tiny_step)


@pytest.mark.usefixtures("tiny")
async def test_one_slow_chat_holds_up_nobody_else_and_keeps_its_order() -> None:
    async with polling("ptb") as house:
        api = house.api
        api.chat_weather[7].append(Weather(429, "Too Many Requests: retry after 1", retry_after=1))
        for number in range(3):
            await api.send(7, text=f"a{number}")
        for chat in range(20, 40):
            await api.send(chat, text="b")
        for chat in range(20, 40):
            await api.shows(chat, 1)
        assert api.chat(7).shown == []
        shown = await api.shows(7, 3)
        assert [one.text for one in shown] == ["1: a0", "2: a1", "3: a2"]


@pytest.mark.usefixtures("tiny")
async def test_a_lost_answer_is_sent_once_more_and_counted() -> None:
    async with polling("ptb") as house:
        assert house.running is not None
        house.api.chat_weather[7].append(Weather(lose="after"))
        await house.api.send(7, text="hallo")
        await house.api.shows(7, 1)
        async with asyncio.timeout(5):
            while not house.running.delivery._lost or house.running.delivery._results:
                await asyncio.sleep(0.005)
        house.forward(seconds=31)
        assert [one.text for one in await house.api.shows(7, 2)] == ["1: hallo", "1: hallo"]
        await house.api.send(7, text="verder")
        assert (await house.api.shows(7, 3))[-1].text == "2: verder"
        assert (await house.desk.store.outbox_counts())["maybe_twice"] == 1


@pytest.mark.usefixtures("tiny")
async def test_a_blocked_visitor_is_left_alone_until_writing_again() -> None:
    async with polling("ptb") as house:
        api = house.api
        api.chat(7).blocked = True
        await api.send(7, text="een")
        await api.until(lambda: api.confirmed)
        async with asyncio.timeout(5):
            while (await house.desk.store.outbox_counts()).get("dead") != 1:
                await asyncio.sleep(0.01)
        talk = await house.desk.store.conversation_at("telegram", "123456789", "7")
        assert talk is not None
        assert not talk.reachable
        api.chat(7).blocked = False
        await api.send(7, text="twee")
        assert (await api.shows(7, 1))[0].text == "2: twee"


@pytest.mark.usefixtures("tiny")
async def test_stopping_sends_what_is_on_its_way_and_keeps_the_rest() -> None:
    async with polling("ptb") as house:
        house.api.weather["sendMessage"].append(Weather(delay=0.3))
        await house.api.send(7, text="hallo")
        await house.api.until(lambda: house.api.polls >= 2)
        store = house.desk.store
        assert house.running is not None
        async with asyncio.timeout(5):
            while not house.running.delivery._flying:
                await asyncio.sleep(0.005)
        await house.running.delivery.aclose(5.0)
        assert (await store.outbox_counts()) == {"sent": 1, "maybe_twice": 0}
        assert len(house.api.chat(7).shown) == 1


async def test_reminders_are_paced_as_the_settings_say_and_answers_never_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven due at once, three a second: two breaths between them."""
    breaths: list[float] = []
    waiting, sent = list(range(7)), []

    async def due(many: int) -> list[int]:
        taken, waiting[:many] = waiting[:many], []
        return taken

    async def remind(one: int) -> None:
        sent.append((one, len(breaths)))

    async def breathe(seconds: float) -> None:
        breaths.append(seconds)

    store = SimpleNamespace(due_reminders=due, remind=remind)
    monkeypatch.setattr("bot.delivery.asyncio.sleep", breathe)
    await Delivery(store, lambda: MORNING, rate=3)._remind()  # type: ignore[arg-type]
    assert [place for _, place in sent] == [0, 0, 0, 1, 1, 1, 2]
    assert breaths == [1.0, 1.0, 1.0]


@pytest.mark.usefixtures("tiny")
async def test_delivery_that_stumbles_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with polling("ptb") as house:
        real, stumbles = house.desk.store.exchange, []

        async def stumble(*given: Any) -> Any:
            claimed = await real(*given)
            if claimed and not stumbles:
                stumbles.append(claimed)
                raise OSError("the disk is away")
            return claimed

        monkeypatch.setattr(house.desk.store, "exchange", stumble)
        await house.api.send(7, text="hallo")
        await house.api.send(8, text="ook hallo")
        async with asyncio.timeout(10):
            while not stumbles:
                await asyncio.sleep(0.01)
        house.forward(seconds=31)
        assert [one.text for one in await house.api.shows(7, 1)] == ["1: hallo"]
        assert [one.text for one in await house.api.shows(8, 1)] == ["1: ook hallo"]


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("library", LIBRARIES)
async def test_a_queued_reply_is_dropped_when_a_coach_takes_over(library: str) -> None:
    from storage.actions import Claim, Done, Reply

    async with polling(library) as house:
        store = house.desk.store
        await house.api.send(7, text="coach")
        await house.api.shows(7, 1)
        staff = await store.add_staff("anna", "Anna", "coach")
        slow = Weather(429, "Too Many Requests: retry after 600", retry_after=600)
        house.api.chat_weather[7].append(slow)
        await house.api.send(7, text="nog iets")
        async with asyncio.timeout(10):
            while house.api.chat_weather[7] or "sending" in await store.outbox_counts():
                await asyncio.sleep(0.005)
        assert isinstance(await store.act(Claim("K-1001", staff.id)), Done)
        assert isinstance(await store.act(Reply("K-1001", staff.id, "Dag, met Anna.", "1")), Done)
        house.forward(seconds=620)
        shown = await house.api.shows(7, 3)
        texts = [one.text for one in shown[1:]]
        assert "Dag, met Anna." in texts
        assert not any(text.startswith("2:") for text in texts)
