"""Streams: what is missed comes first, nothing comes twice, and only those who look at it are woken."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator

import pytest

from bot.desk import Desk
from bot.web.app import create_app
from bot.web.sse import EVERYTHING, Broker, event
from storage.actions import AddNote, Claim, Reply
from tests.web.conftest import Visitor, a_case, staff


class Reader:
    """Reads one stream of an ASGI app, event by event, without a socket."""

    def __init__(self, app, path: str, cookies: str, last: int | None = None) -> None:
        headers = [(b"host", b"127.0.0.1:8080"), (b"cookie", cookies.encode())]
        if last is not None:
            headers.append((b"last-event-id", str(last).encode()))
        raw, _, query = path.partition("?")
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": raw,
            "raw_path": raw.encode(),
            "query_string": query.encode(),
            "headers": headers,
            "scheme": "http",
            "server": ("127.0.0.1", 8080),
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
            "root_path": "",
        }
        self._app, self._queue, self._gone = app, asyncio.Queue(), asyncio.Event()
        self._task: asyncio.Task | None = None

    async def __aenter__(self) -> Reader:
        async def receive():
            await self._gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.body":
                await self._queue.put(message.get("body", b"").decode())

        self._task = asyncio.create_task(self._app(self._scope, receive, send))
        return self

    async def __aexit__(self, *_) -> None:
        self._gone.set()
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def events(self) -> AsyncIterator[str]:
        while True:
            text = await asyncio.wait_for(self._queue.get(), 5)
            if text.strip() and not text.startswith(":"):
                yield text

    async def next(self) -> str:
        return await anext(self.events())


def seqs(text: str) -> list[int]:
    return [int(one) for one in re.findall(r'data-seq="(\d+)"', text)]


async def test_a_coach_reply_appears_in_the_client_stream(visitor: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    app = create_app(desk)
    sanne = (await staff(desk, "sanne")).id
    async with Reader(app, "/chat/stroom", f"loket={visitor.cookies['loket']}", last=10_000) as reader:
        await reader.next()
        await desk.store.act(Claim(code, sanne))
        await desk.store.act(Reply(code, sanne, "Ik bel u zo."))
        said = ""
        while "Ik bel u zo." not in said:
            said += await reader.next()
    assert "coach" in said


async def test_a_stream_goes_on_after_the_number_its_reader_saw_last(visitor: Visitor, desk: Desk):
    await visitor.say("ik zoek werk in Ulft")
    app = create_app(desk)
    cookie = f"loket={visitor.cookies['loket']}"
    async with Reader(app, "/chat/stroom", cookie, last=0) as reader:
        first = await reader.next()
    newest = int(re.findall(r"^id: (\d+)", first, re.M)[0])
    assert seqs(first) == list(range(1, newest + 1))
    await visitor.say("ik ben lasser")
    async with Reader(create_app(desk), "/chat/stroom", cookie, last=newest) as reader:  # as after a restart
        second = await reader.next()
    assert min(seqs(second)) == newest + 1
    assert not set(seqs(first)) & set(seqs(second))


async def test_a_new_case_is_announced_at_the_desk(visitor: Visitor, sanne: Visitor, desk: Desk):
    app = create_app(desk)
    async with Reader(app, "/desk/stroom", f"desk={sanne.cookies['desk']}") as reader:
        await asyncio.sleep(0)
        task = asyncio.create_task(reader.next())
        for _ in range(20):
            await asyncio.sleep(0)
        await a_case(visitor, desk)
        assert "1 nieuwe hulpvraag" in await task


async def test_what_moved_while_the_page_was_on_its_way_is_told_at_once(visitor: Visitor, sanne: Visitor, desk: Desk):
    async def drawn(path: str) -> str:
        return html.unescape(re.findall(r'data-live="([^"]+)"', (await sanne.get(path)).text)[0])

    cookie = f"desk={sanne.cookies['desk']}"
    today = await drawn("/desk")
    code = await a_case(visitor, desk)
    async with Reader(create_app(desk), today, cookie) as reader:
        assert "De lijst is bijgewerkt" in await reader.next()

    case = await drawn(f"/desk/g/{code}")
    await desk.store.act(Claim(code, (await staff(desk, "bilal")).id))
    await visitor.say("nog iets, ik werk in ploegendienst")
    async with Reader(create_app(desk), case, cookie) as reader:
        said = ""
        while "ploegendienst" not in said:
            said += await reader.next()
    assert "event: owner" in said
    assert "bakkerij" not in said, "what the page shows already is not sent again"


async def test_who_has_no_conversation_gets_no_stream(visitor: Visitor):
    assert (await visitor.get("/chat/stroom")).status_code == 204


async def test_only_the_conversation_that_changed_is_woken():
    marks = {"a": 1, "b": 1, EVERYTHING: 1}
    pulse = asyncio.Event()

    async def positions(topics):
        return dict(marks)

    async def changed(timeout):
        await pulse.wait()
        pulse.clear()
        return True

    broker = Broker(positions, changed)
    with broker.watch("a") as first, broker.watch("b") as second:
        await broker.look()
        assert first.is_set(), "at first sight a stream looks once more: something may have come in between"
        first.clear()
        second.clear()
        marks["a"] = 2
        await broker.look()
        assert first.is_set()
        assert not second.is_set()
        assert broker.watched == 2
    assert broker.watched == 0
    await broker.close()


@pytest.mark.parametrize(
    ("data", "more", "text"),
    [
        ("een", {}, "data: een\n\n"),
        ("een\ntwee", {"id": 7}, "id: 7\ndata: een\ndata: twee\n\n"),
        ("3", {"name": "owner"}, "event: owner\ndata: 3\n\n"),
    ],
)
def test_an_event_keeps_its_lines_together(data: str, more: dict, text: str):
    assert event(data, **more) == text


async def test_a_day_is_said_once_also_after_a_line_that_only_coaches_see(visitor: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    sanne = (await staff(desk, "sanne")).id
    cookie = f"loket={visitor.cookies['loket']}"
    first = (await visitor.get("/chat")).text
    assert first.count("maandag 23 november</p>") == 1
    for action in (Claim(code, sanne), AddNote(code, sanne, "Alleen voor ons.")):
        await desk.store.act(action)
    row = await desk.store.case(code)
    assert row is not None
    assert row.conversation is not None
    async with Reader(create_app(desk), "/chat/stroom", cookie, last=row.conversation.last_seq) as reader:
        said = await reader.next()
        await desk.store.act(Reply(code, sanne, "Ik bel u zo."))
        while "Ik bel u zo." not in said:
            said += await reader.next()
    assert 'class="day' not in said
    desk.clock.forward(days=1)  # type: ignore[attr-defined]
    await desk.store.act(Reply(code, sanne, "Vandaag dan."))
    assert "dinsdag 24 november</p>" in (await visitor.get("/chat")).text
