"""Whether the process lives and can work, and figures without anybody's data."""

from __future__ import annotations

from datetime import datetime

import httpx
from starlette.applications import Starlette

from bot.clock import AMSTERDAM
from bot.desk import Desk
from bot.health import with_health
from bot.settings import Settings
from flows.events import Said, Started
from storage.messages import Incoming
from storage.store import open_store
from tests.shipped import shipped

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=AMSTERDAM)


async def test_a_desk_with_a_database_is_ready_and_counts_turns() -> None:
    store = await open_store("memory:", clock=lambda: NOW)
    desk = Desk(shipped(), store, Settings(), clock=lambda: NOW)
    transport = httpx.ASGITransport(with_health(Starlette(), desk), client=("127.0.0.1", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://loket") as browser:
        assert (await browser.get("/healthz")).json() == {"ok": True}
        for path in ("/healthz", "/readyz", "/metrics", "/tg/nothing", "/nothing"):
            headers = (await browser.get(path)).headers
            assert headers["content-security-policy"].startswith("default-src 'none'"), path
            assert headers["x-content-type-options"] == "nosniff"
        assert (await browser.get("/readyz")).json()["content"] == desk.content.fingerprint
        await desk.receive(Incoming("web", "c" * 64, Started(), NOW))
        await desk.receive(Incoming("web", "c" * 64, Said("ik woon in Ulft"), NOW))
        text = (await browser.get("/metrics")).text
    assert 'loket_turns_total{channel="web",outcome="stored"} 2.0' in text
    assert "loket_cases_waiting 0.0" in text
    assert "Ulft" not in text
    await desk.aclose()
    await store.aclose()


async def test_metrics_are_for_this_machine_or_for_who_knows_the_token() -> None:
    store = await open_store("memory:", clock=lambda: NOW)
    content = shipped()
    for settings, headers, address, status in (
        (Settings(), {}, "127.0.0.1", 200),
        (Settings(), {"x-forwarded-for": "10.0.0.1"}, "127.0.0.1", 404),
        (Settings(), {}, "10.0.0.1", 404),
        (Settings(metrics_token="t" * 32), {"authorization": "Bearer " + "t" * 32}, "10.0.0.1", 200),
        (Settings(metrics_token="t" * 32), {"authorization": "Bearer é"}, "127.0.0.1", 404),
    ):
        desk = Desk(content, store, settings, clock=lambda: NOW)
        transport = httpx.ASGITransport(with_health(Starlette(), desk), client=(address, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://loket") as browser:
            raw = {name: value.encode() for name, value in headers.items()}
            assert (await browser.get("/metrics", headers=raw)).status_code == status
    await store.aclose()
