"""`/api/v1`: the same objects as the command line, for those who have a key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.desk import Desk
from bot.settings import SettingsInvalid, read_settings
from bot.web.api_clients import read_client
from bot.web.app import create_app
from bot.web.security import hashed
from storage.actions import AddNote, Claim, Reply
from storage.base import NotStored
from tests.web.conftest import HOME, staff
from tests.web.serving import a_desk

KEY = "sleutel-van-de-gemeente-0123456789"
OTHER = "sleutel-van-de-bieb-0123456789abcdef"
NEXT = "nieuwe-sleutel-van-de-gemeente-0123"


@pytest.fixture
async def api() -> AsyncIterator[httpx.AsyncClient]:
    async with a_desk(api_keys=("een-andere-sleutel-0123456789", KEY)) as desk:
        transport = httpx.ASGITransport(app=create_app(desk))
        headers = {"authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(transport=transport, base_url=f"{HOME}/api/v1", headers=headers) as client:
            yield client


async def chat(api: httpx.AsyncClient, **said: Any) -> Any:
    answer = await api.post("/chat", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_without_a_key_nothing_is_told(api: httpx.AsyncClient):
    for headers in ({"authorization": ""}, {"authorization": "Bearer onzin"}, {"authorization": "Bearer é".encode()}):
        for path in ("/entries", "/search?q=slim", "/events", "/demand", "/entries/slim-regeling-mkb"):
            assert (await api.get(path, headers=headers)).status_code == 401


async def test_a_conversation_goes_on_with_its_session(api: httpx.AsyncClient):
    first = await chat(api)
    assert set(first) == {"session", "message_ids", "messages", "question", "understood", "advice", "handoff", "ended"}
    assert "computer" in first["messages"][0]
    second = await chat(api, session=first["session"], text="heb een bakkerij met 6 man in tiel")
    assert second["understood"]["company_size"] == 6
    assert second["understood"]["company_place"] == "Tiel"


async def test_a_choice_is_sent_by_its_id(api: httpx.AsyncClient):
    first = await chat(api)
    choice = first["question"]["choices"][0]["id"]
    second = await chat(api, session=first["session"], choice=choice)
    assert second["messages"]


async def test_a_message_sent_twice_is_done_once(api: httpx.AsyncClient):
    session = (await chat(api))["session"]
    said = {"session": session, "text": "ik zoek werk", "message_id": "een-keer-1"}
    assert (await api.post("/chat", json=said)).status_code == 200
    assert (await api.post("/chat", json=said)).status_code == 409


@pytest.mark.parametrize("session", ["x" * 43, "K-1001"])
async def test_a_made_up_session_opens_nothing(api: httpx.AsyncClient, session: str):
    answer = await api.post("/chat", json={"session": session, "text": "hallo"})
    assert answer.status_code in (200, 404)
    if answer.status_code == 200:
        assert answer.json()["session"] != session


async def test_match_gives_every_entry_a_verdict(api: httpx.AsyncClient):
    answer = await api.post("/match", json={"situation": "employer", "company_size": 6, "company_place": "Tiel"})
    assert answer.status_code == 200
    assert {one["verdict"] for one in answer.json()} >= {"fits", "does_not_fit"}
    wrong = await api.post("/match", json={"situatie": "x"})
    assert wrong.status_code == 422
    assert "is not a fact" in wrong.text


async def test_entries_are_found_by_id_and_alias(api: httpx.AsyncClient):
    entries = (await api.get("/entries?limit=2")).json()
    assert len(entries) == 2
    one = (await api.get("/entries/slim-regeling-mkb")).json()
    assert one["sources"]
    assert (await api.get("/entries/nergens")).status_code == 404


async def test_events_and_demand_can_be_read(api: httpx.AsyncClient):
    assert (await api.get("/events")).json() == []
    assert (await api.get("/demand")).json() == []


async def test_the_description_names_every_call(api: httpx.AsyncClient):
    paths = (await api.get("/openapi.json")).json()["paths"]
    assert set(paths) == {
        "/chat",
        "/chat/messages",
        "/match",
        "/search",
        "/entries",
        "/entries/{id}",
        "/events",
        "/demand",
    }


async def test_a_flood_of_calls_is_slowed_down(api: httpx.AsyncClient):
    codes = [(await api.get("/events")).status_code for _ in range(70)]
    assert codes[0] == 200
    assert 429 in codes


class Site:
    """A website with its own key, and one visitor on it."""

    def __init__(self, desk: Desk, key: str) -> None:
        transport = httpx.ASGITransport(app=create_app(desk))
        self.client = httpx.AsyncClient(
            transport=transport, base_url=f"{HOME}/api/v1", headers={"authorization": f"Bearer {key}"}
        )

    async def say(self, session: str, **said: Any) -> Any:
        return await chat(self.client, session=session, **said)

    async def hear(self, session: str, after: int = 0, wait: int = 0) -> httpx.Response:
        return await self.client.get(
            "/chat/messages", params={"after": after, "wait": wait}, headers={"x-loket-session": session}
        )


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with a_desk(api_keys=(f"gemeente:{KEY}", f"bibliotheek:{OTHER}:60", f"gemeente:{NEXT}")) as made:
        yield made


async def to_a_coach(site: Site, desk: Desk) -> tuple[str, str]:
    """A visitor of this website asks to be called; the session and the code of the case."""
    session = (await chat(site.client))["session"]
    for text in ("heb een bakkerij met 6 man in tiel", "bel mij", "0612345678", "ochtend"):
        await site.say(session, text=text)
    return session, (await desk.store.today(await staff(desk, "noor")))[-1].code


async def test_what_a_coach_writes_reaches_the_website(desk: Desk):
    site = Site(desk, KEY)
    session, code = await to_a_coach(site, desk)
    sanne = (await staff(desk, "sanne")).id
    before = (await site.hear(session)).json()
    assert before["speaker"] == "queue"
    assert before["promise"].startswith("2026-11-2")
    await desk.store.act(Claim(code, sanne))
    await desk.store.act(Reply(code, sanne, "Goedemorgen! Ik zoek het uit.", "antwoord-1"))
    await desk.store.act(AddNote(code, sanne, "geheime notitie"))
    heard = (await site.hear(session, before["cursor"])).json()
    assert [(one["by"], one["name"]) for one in heard["messages"]] == [("system", ""), ("coach", "Sanne")]
    assert heard["messages"][1]["text"] == "Goedemorgen! Ik zoek het uit."
    assert (heard["speaker"], heard["coach"]) == ("coach", "Sanne")
    assert "geheime notitie" not in str((await site.hear(session)).json())
    assert (await site.hear(session, heard["cursor"])).json()["messages"] == []


async def test_everything_said_comes_once_and_in_order(desk: Desk):
    site = Site(desk, KEY)
    first = await chat(site.client)
    second = await site.say(first["session"], text="heb een bakkerij met 6 man in tiel")
    heard = (await site.hear(first["session"])).json()
    ids = [one["id"] for one in heard["messages"]]
    assert ids == sorted(set(ids))
    told = [one["id"] for one in heard["messages"] if one["by"] == "bot"]
    assert told == first["message_ids"] + second["message_ids"]
    texts = [one["text"] for one in heard["messages"] if one["by"] == "bot"]
    assert texts == first["messages"] + second["messages"]
    asked = [one for one in heard["messages"] if one["fact"]]
    assert asked[-1]["choices"]


async def test_who_waits_hears_the_coach_at_once(desk: Desk):
    site = Site(desk, KEY)
    session, code = await to_a_coach(site, desk)
    sanne = (await staff(desk, "sanne")).id
    await desk.store.act(Claim(code, sanne))
    cursor = (await site.hear(session)).json()["cursor"]
    waiting = asyncio.create_task(site.hear(session, cursor, wait=20))
    while not desk_watched(site):
        await asyncio.sleep(0)
    await desk.store.act(Reply(code, sanne, "Ik bel u zo.", "antwoord-2"))
    async with asyncio.timeout(10):
        heard = (await waiting).json()
    assert [one["text"] for one in heard["messages"]] == ["Ik bel u zo."]


def desk_watched(site: Site) -> int:
    app = site.client._transport.app  # type: ignore[attr-defined]
    watched: int = app.state.house.broker.watched
    return watched


async def test_a_session_opens_nothing_for_another_client(desk: Desk):
    site, other, renewed = (Site(desk, key) for key in (KEY, OTHER, NEXT))
    session = (await chat(site.client))["session"]
    assert (await other.hear(session)).status_code == 404
    assert (await other.client.post("/chat", json={"session": session, "text": "hallo"})).status_code == 404
    assert (await renewed.hear(session)).status_code == 200  # a second key of the same client, while one is replaced


@pytest.mark.parametrize("session", ["", "x" * 43, "K-1001", "é" * 43, "x" * 5000])
async def test_a_made_up_session_hears_nothing(desk: Desk, session: str):
    site = Site(desk, KEY)
    answer = await site.client.get("/chat/messages", headers={b"x-loket-session": session.encode()})
    assert answer.status_code in (404, 422)


async def test_an_erased_conversation_is_gone_here_too(desk: Desk):
    site = Site(desk, KEY)
    session = (await chat(site.client))["session"]
    await site.say(session, command="wis")
    row = await desk.store.conversation_at("api", "", hashed(f"gemeente\n{session}"))
    assert row is not None
    await desk.store.erase(row.id)
    assert (await site.hear(session)).status_code == 404


async def test_each_client_has_its_own_speed(desk: Desk):
    fast, slow = Site(desk, KEY), Site(desk, OTHER)
    for site in (fast, slow):
        codes = [(await site.client.get("/events")).status_code for _ in range(62)]
        assert codes[:60] == [200] * 60
        assert codes[-1] == 429


@pytest.mark.parametrize(
    ("written", "name", "per_minute"),
    [
        (KEY, "", 120),
        (f"gemeente:{KEY}", "gemeente", 120),
        (f"gemeente:{KEY}:600", "gemeente", 600),
        (f"{KEY}:30", "", 30),
    ],
)
def test_a_client_is_written_as_name_key_and_speed(written: str, name: str, per_minute: int):
    found = read_client(written)
    assert (found.name, found.key, found.per_minute) == (name, KEY, per_minute)
    assert KEY not in repr(found)


@pytest.mark.parametrize("written", ["kort", "Naam:" + KEY, f"a:b:{KEY}", f"{KEY}:0", f"{KEY}:snel", ":" + KEY])
def test_a_client_that_cannot_be_read_is_said_without_its_key(written: str):
    with pytest.raises(ValueError, match="name:KEY") as error:
        read_client(written)
    assert KEY not in str(error.value)
    with pytest.raises(SettingsInvalid, match="LOKET_API_KEYS") as complaint:
        read_settings({"LOKET_API_KEYS": written})
    assert KEY not in str(complaint.value)


async def test_what_was_not_stored_may_be_sent_again():
    async def full(*_: Any) -> Any:
        raise NotStored("the disk is full")

    async with a_desk(api_keys=(KEY,)) as desk:
        desk.receive = full
        transport = httpx.ASGITransport(app=create_app(desk))
        async with httpx.AsyncClient(transport=transport, base_url=f"{HOME}/api/v1") as client:
            answer = await client.post("/chat", json={}, headers={"authorization": f"Bearer {KEY}"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
