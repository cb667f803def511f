"""`/api/v1`: the same objects as the command line, for those who have a key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.web.app import create_app
from storage.base import NotStored
from tests.web.conftest import HOME
from tests.web.serving import a_desk

KEY = "sleutel-van-de-gemeente-0123456789"


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
    assert set(first) == {"session", "messages", "question", "understood", "advice", "handoff", "ended"}
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
    assert set(paths) == {"/chat", "/match", "/search", "/entries", "/entries/{id}", "/events", "/demand"}


async def test_a_flood_of_calls_is_slowed_down(api: httpx.AsyncClient):
    codes = [(await api.get("/events")).status_code for _ in range(70)]
    assert codes[0] == 200
    assert 429 in codes


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
