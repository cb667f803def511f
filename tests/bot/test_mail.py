"""Notices by mail, through a real SMTP server on this machine. No personal data ever."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from bot.clock import AMSTERDAM
from bot.desk import Desk
from bot.mail import Mailer, Post
from bot.settings import Settings
from flows.content import Content
from flows.events import Said, Started
from knowledge.problems import LoketError
from storage import actions as a
from storage.messages import Incoming
from storage.store import open_store

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=AMSTERDAM)


class Letterbox:
    def __init__(self) -> None:
        self.letters: list[str] = []

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
    desk = Desk(Content.load(), store, Settings(public_url="https://loket.example"), clock=lambda: NOW)
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
    desk = Desk(Content.load(), store, Settings(), clock=lambda: NOW)
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
    desk = Desk(Content.load(), store, Settings(public_url="https://loket.example"), clock=lambda: now[0])
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
