"""Notices by mail, through a real SMTP server on this machine. No personal data ever."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from email import message_from_string
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from bot.clock import AMSTERDAM
from bot.desk import Desk
from bot.mail import Mailer, Post
from bot.settings import Settings
from flows.events import Said, Started
from knowledge.problems import LoketError
from storage import actions as a
from storage.messages import Incoming
from storage.store import open_store
from tests.shipped import shipped

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=AMSTERDAM)


class Letterbox:
    def __init__(self) -> None:
        self.letters: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("weg@"):
            return "550 unknown here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(envelope.content.decode("utf-8", "replace"))
        return "250 OK"


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, int]]:
    box = Letterbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


async def test_a_coach_hears_of_a_new_case_without_any_answer_in_the_mail(letterbox: tuple[Letterbox, int]) -> None:
    box, port = letterbox
    store = await open_store("memory:", clock=lambda: NOW)
    desk = Desk(shipped(), store, Settings(public_url="https://loket.example"), clock=lambda: NOW)
    await store.add_staff("anna", "Anna", "coach", email="anna@loket.example")
    for event in (Started(), Said("ik zoek werk in Tiel, ik heb bijstand"), Said("bel mij"), Said("0612345678")):
        await desk.receive(Incoming("web", "a" * 64, event, NOW))
    for _ in range(4):  # the part of the day, and whatever else is asked before the case is opened
        conversation = await store.conversation_at("web", "", "a" * 64)
        if conversation is None or conversation.case:
            break
        await desk.receive(Incoming("web", "a" * 64, Said("'s ochtends"), NOW))
    mailer = Mailer(desk, Post.from_url(f"smtp://127.0.0.1:{port}?from=loket@loket.example"))
    assert await mailer.look() >= 1
    [letter] = box.letters
    assert "K-1001" in letter
    assert "https://loket.example/desk/g/K-1001" in letter
    for private in ("Tiel", "bijstand", "0612345678", "612345678"):
        assert private not in letter
    assert await mailer.look() == 0
    await desk.aclose()
    await store.aclose()


async def test_a_mail_server_that_is_away_delays_the_notice_and_nothing_else() -> None:
    store = await open_store("memory:", clock=lambda: NOW)
    desk = Desk(shipped(), store, Settings(), clock=lambda: NOW)
    await store.add_staff("anna", "Anna", "coach", email="anna@loket.example")
    for event in (Started(), Said("ik zoek werk in Tiel"), Said("bel mij"), Said("0612345678"), Said("'s ochtends")):
        await desk.receive(Incoming("web", "b" * 64, event, NOW))
    mailer = Mailer(desk, Post("127.0.0.1", 9, "", "", "loket@loket.example", "none"))
    await mailer.look()
    assert await mailer.look() == 0  # tried again in five minutes, not at once
    await desk.aclose()
    await store.aclose()


async def test_who_left_the_page_hears_that_there_is_an_answer_and_reads_it_with_a_link_that_works_once(
    letterbox: tuple[Letterbox, int],
) -> None:
    box, port = letterbox
    now = [NOW]
    store = await open_store("memory:", clock=lambda: now[0])
    desk = Desk(shipped(), store, Settings(public_url="https://loket.example"), clock=lambda: now[0])
    anna = await store.add_staff("anna", "Anna", "coach")
    address = "c" * 64
    for event in (Started(), Said("ik zoek werk in Tiel"), Said("bel mij"), Said("0612345678"), Said("'s ochtends")):
        await desk.receive(Incoming("web", address, event, now[0]))
    talk = await store.conversation_at("web", "", address)
    assert talk is not None
    await store.act(a.Claim(talk.case, anna.id))
    await store.act(a.EditAnswer(talk.case, anna.id, "email", "bezoeker@post.example"))
    await store.act(a.Reply(talk.case, anna.id, "De cursus begint in maart.", "een"))
    mailer = Mailer(desk, Post.from_url(f"smtp://127.0.0.1:{port}?from=loket@loket.example"))
    await mailer.look()
    assert box.letters == [], "somebody who is still reading gets no mail"
    now[0] += timedelta(minutes=6)
    await mailer.look()
    [letter] = box.letters
    assert "To: bezoeker@post.example" in letter
    assert "Subject: Er is antwoord" in letter
    for private in ("maart", "cursus", "Anna", "Tiel", talk.case):
        assert private not in letter
    [code] = re.findall(r"https://loket\.example/chat/verder#(\S+)", letter)
    assert await store.resume(code, "web", "", "d" * 64) == talk.id
    assert await store.resume(code, "web", "", "e" * 64) is None
    assert await mailer.look() == 0
    await desk.aclose()
    await store.aclose()


def test_an_address_without_a_sender_is_refused_with_advice() -> None:
    with pytest.raises(LoketError, match=r"from=loket@example\.nl"):
        Post.from_url("smtp://mail.example:587")


def test_the_password_is_not_in_repr() -> None:
    assert "geheim" not in repr(Post.from_url("smtp://loket%40example.nl:geheim@mail.example"))


class Later:
    """A clock that is put forward by hand."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def desk_at(clock: Later, port: int) -> AsyncIterator[tuple[Desk, Mailer]]:
    store = await open_store("memory:", clock=clock)
    desk = Desk(shipped(), store, Settings(public_url="https://loket.example"), clock=clock)
    yield desk, Mailer(desk, Post.from_url(f"smtp://127.0.0.1:{port}?from=loket@loket.example"))
    await desk.aclose()
    await store.aclose()


async def ask_to_be_called(desk: Desk, address: str) -> str:
    for event in (Started(), Said("ik zoek werk in Tiel"), Said("bel mij"), Said("0612345678"), Said("'s ochtends")):
        await desk.receive(Incoming("web", address, event, desk.clock()))
    talk = await desk.store.conversation_at("web", "", address)
    assert talk is not None
    assert talk.case
    return talk.case


async def test_half_the_promise_and_the_end_of_it_are_told_until_somebody_answers(
    letterbox: tuple[Letterbox, int],
) -> None:
    box, port = letterbox
    clock = Later()
    async with desk_at(clock, port) as (desk, mailer):
        anna = await desk.store.add_staff("anna", "Anna", "coach", email="anna@loket.example")
        first, second = await ask_to_be_called(desk, "f" * 64), await ask_to_be_called(desk, "g" * 64)
        await mailer.look()
        assert [subject(one) for one in box.letters] == [f"Nieuwe hulpvraag {code}" for code in (first, second)]
        box.letters.clear()
        case = await desk.store.case(first)
        assert case is not None
        assert case.due is not None
        clock.now = NOW + (case.due - NOW) / 2 + timedelta(minutes=1)
        await mailer.look()
        assert f"Hulpvraag {first}: de helft van de beloofde tijd is voorbij" in map(subject, box.letters)
        await desk.store.act(a.Called(first, anna.id, "spoken"))
        box.letters.clear()
        clock.now = case.due + timedelta(hours=3)
        await mailer.look()
        late = [one for one in map(subject, box.letters) if "te laat" in one]
        assert late == [f"Hulpvraag {second} is te laat"], "who was answered is late no more"
        for letter in box.letters:
            assert not re.search("Tiel|612345678|ochtend|werk zoeken", letter)


async def test_a_working_day_begins_with_one_mail_without_anybodys_data(letterbox: tuple[Letterbox, int]) -> None:
    box, port = letterbox
    clock = Later()
    async with desk_at(clock, port) as (desk, mailer):
        anna = await desk.store.add_staff("anna", "Anna", "coach", email="anna@loket.example")
        await desk.store.add_staff("ada", "Ada", "admin", email="ada@loket.example")
        code = await ask_to_be_called(desk, "h" * 64)
        await desk.store.act(a.Claim(code, anna.id))
        for title, day, at in (("Bel over haar heftruckcursus", 24, "14:30"), ("Papieren van Piet", 25, "")):
            wish = a.AddFollowUp(code, anna.id, "call", title, date(2026, 11, day), at)
            assert not isinstance(await desk.store.act(wish), a.Refused)
        await mailer.look()
        box.letters.clear()
        for hour, minute in ((8, 30), (8, 46), (8, 50), (11, 0)):
            clock.now = datetime(2026, 11, 25, hour, minute, tzinfo=AMSTERDAM)
            await mailer.look()
            await Mailer(desk, mailer._post).look()  # a second process
        digests = [one for one in box.letters if "Uw dag bij" in one]
        assert len(digests) == 1
        assert "To: anna@loket.example" in digests[0]
        assert f"- {code}: bellen, 14.30 uur (te laat)" in digests[0]
        assert f"- {code}: bellen\n" in digests[0].replace("\r\n", "\n")
        assert "1 klant wacht op uw antwoord." in digests[0]
        assert not re.search("heftruck|Piet|Tiel|612345678", digests[0])


@pytest.mark.parametrize(
    "moment", ["2026-11-28T08:50+01:00", "2026-12-25T08:50+01:00", "2026-11-24T08:44+01:00", "2026-11-24T10:00+01:00"]
)
async def test_no_digest_on_a_free_day_or_too_early(letterbox: tuple[Letterbox, int], moment: str) -> None:
    box, port = letterbox
    clock = Later()
    async with desk_at(clock, port) as (desk, mailer):
        await desk.store.add_staff("anna", "Anna", "coach", email="anna@loket.example")
        await ask_to_be_called(desk, "i" * 64)
        clock.now = datetime.fromisoformat(moment)
        await mailer.look()
        assert not [one for one in box.letters if "Uw dag bij" in one]


async def test_several_answers_in_a_row_are_one_mail_and_who_writes_back_gets_none(
    letterbox: tuple[Letterbox, int],
) -> None:
    box, port = letterbox
    clock = Later()
    async with desk_at(clock, port) as (desk, mailer):
        anna = await desk.store.add_staff("anna", "Anna", "coach")
        code = await ask_to_be_called(desk, "j" * 64)
        await desk.store.act(a.Claim(code, anna.id))
        await desk.store.act(a.EditAnswer(code, anna.id, "email", "bezoeker@post.example"))
        for text in ("Goedemorgen.", "De cursus begint in maart.", "Zal ik u inschrijven?"):
            await desk.store.act(a.Reply(code, anna.id, text, text))
            clock.now += timedelta(minutes=1)
        clock.now += timedelta(minutes=6)
        await mailer.look()
        assert len(box.letters) == 1
        await desk.store.act(a.Reply(code, anna.id, "Bent u er nog?", "vier"))
        await desk.receive(Incoming("web", "j" * 64, Said("ja, ik ben er"), clock()))
        clock.now += timedelta(minutes=6)
        await mailer.look()
        assert len(box.letters) == 1


async def test_one_wrong_address_keeps_nobody_else_from_hearing(letterbox: tuple[Letterbox, int]) -> None:
    box, port = letterbox
    clock = Later()
    async with desk_at(clock, port) as (desk, mailer):
        await desk.store.add_staff("anna", "Anna", "coach", email="weg@loket.example")
        await desk.store.add_staff("bea", "Bea", "coach", email="bea@loket.example")
        await ask_to_be_called(desk, "k" * 64)
        await mailer.look()
        clock.now += timedelta(minutes=6)
        await mailer.look()
        assert len([one for one in box.letters if "To: bea@loket.example" in one]) == 1


def subject(letter: str) -> str:
    message = message_from_string(letter, policy=default)
    return str(message["subject"])
