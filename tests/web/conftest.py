"""A desk per test, over a memory store, and browsers without a browser: httpx clients with their own cookies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from bot.desk import Desk
from bot.web.app import create_app
from tests.web.serving import PASSWORD, a_desk

HOME = "http://127.0.0.1:8080"


class Visitor(httpx.AsyncClient):
    """Somebody with a browser of their own."""

    async def say(self, text: str, **more: str) -> httpx.Response:
        return await self.post("/chat/zeg", data={"text": text, **more})

    async def log_in(self, name: str) -> httpx.Response:
        return await self.post("/desk/login", data={"login": name, "password": PASSWORD})


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with a_desk() as made:
        yield made


@pytest.fixture
def browser(desk: Desk) -> Callable[..., Visitor]:
    """Makes visitors; each has its own cookies."""
    app = create_app(desk)

    def made(**headers: str) -> Visitor:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
        return Visitor(transport=transport, base_url=HOME, follow_redirects=True, headers={"origin": HOME, **headers})

    return made


@pytest.fixture
def visitor(browser: Callable[..., Visitor]) -> Visitor:
    return browser()


@pytest.fixture
async def sanne(browser: Callable[..., Visitor]) -> Visitor:
    made = browser()
    await made.log_in("sanne")
    return made


@pytest.fixture
async def ada(browser: Callable[..., Visitor]) -> Visitor:
    made = browser()
    await made.log_in("ada")
    return made


@pytest.fixture
async def noor(browser: Callable[..., Visitor]) -> Visitor:
    made = browser()
    await made.log_in("noor")
    return made


@pytest.fixture
async def bilal(browser: Callable[..., Visitor]) -> Visitor:
    made = browser()
    await made.log_in("bilal")
    return made


async def a_case(visitor: Visitor, desk: Desk) -> str:
    """A baker in Tiel asks to be called; the code of the case."""
    for text in ("heb een bakkerij met 6 man in tiel", "bel mij", "0612345678", "ochtend"):
        await visitor.say(text)
    rows = await desk.store.today(await staff(desk, "noor"))
    assert rows, "no case was opened"
    return rows[-1].code


async def staff(desk: Desk, name: str) -> Any:
    found = await desk.store.staff(name)
    assert found is not None
    return found
