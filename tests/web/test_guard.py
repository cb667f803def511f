"""What must hold on every answer of every route, errors included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot.desk import Desk
from bot.web.app import PAGES, create_app
from bot.web.security import client_prefix
from tests.web.conftest import HOME, Visitor
from tests.web.serving import a_desk

PATHS = sorted({page.path.format(code="K-1001", token="x" * 43, id="0" * 32, name="site.css") for page in PAGES})
POSTS = sorted(
    {page.path.format(code="K-1001", token="x" * 43, id="0" * 32) for page in PAGES if "POST" in page.methods}
)
STREAMS = ("/chat/stroom", "/desk/stroom")


def check_headers(answer: httpx.Response) -> None:
    policy = answer.headers["content-security-policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "cache-control" in answer.headers


@pytest.mark.parametrize("path", [*PATHS, "/nergens", "/desk/nergens", "/static/../app.py", "/api/v1/nergens"])
async def test_every_answer_carries_the_headers(visitor: Visitor, path: str):
    if path in STREAMS:
        answer = await visitor.get(path, follow_redirects=False)
        assert answer.status_code in (204, 401)
    else:
        answer = await visitor.get(path, follow_redirects=False)
        assert answer.status_code < 500
    check_headers(answer)
    if not path.startswith(("/static", "/embed.js")):
        assert answer.headers["cache-control"] == "no-store"
    if path != "/chat":
        assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", POSTS)
async def test_a_post_from_another_website_is_refused(browser: Callable[..., Visitor], path: str):
    for headers in (
        {"origin": "https://elders.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        answer = await browser(**headers).post(path, data={"text": "hallo"}, follow_redirects=False)
        assert answer.status_code == 403
        check_headers(answer)


async def test_a_null_origin_is_another_website(browser: Callable[..., Visitor]):
    assert (await browser(origin="null").post("/chat/zeg", data={"text": "hallo"})).status_code == 403


async def test_a_huge_body_is_refused_with_and_without_a_length(visitor: Visitor):
    assert (await visitor.post("/chat/zeg", content=b"x" * (1024 * 1024 + 1))).status_code == 413

    async def chunks():
        for _ in range(20):
            yield b"x" * 100_000

    answer = await visitor.post(
        "/chat/zeg", content=chunks(), headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413
    check_headers(answer)


async def test_an_unforeseen_error_is_told_kindly_and_never_shows_its_text(
    desk: Desk, browser: Callable[..., Visitor], monkeypatch, caplog
):
    async def broken(*_: object) -> None:
        raise RuntimeError("geheim van de bezoeker")

    monkeypatch.setattr("bot.web.reads.talk_since", broken)
    visitor = browser()
    visitor.cookies.set("loket", "x" * 43, domain="127.0.0.1")
    answer = await visitor.get("/chat")
    assert answer.status_code == 500
    assert "Er ging iets mis" in answer.text
    assert "geheim" not in answer.text
    assert "geheim" not in caplog.text
    check_headers(answer)


async def test_only_listed_websites_may_show_the_chat(tmp_path: Path):
    (tmp_path / "desk.yaml").write_text("name: Loket Oost\nframe_ancestors: [https://werk.example]\n", encoding="utf-8")
    async with a_desk(embed_origins=("https://gemeente.example",), content=tmp_path) as desk:
        transport = httpx.ASGITransport(app=create_app(desk))
        async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
            chat, privacy = await client.get("/chat?embed=1"), await client.get("/privacy")
    assert "frame-ancestors https://gemeente.example https://werk.example" in chat.headers["content-security-policy"]
    assert "x-frame-options" not in chat.headers
    assert "frame-ancestors 'none'" in privacy.headers["content-security-policy"]


async def test_cookies_are_bound_to_the_host_over_https(desk: Desk):
    transport = httpx.ASGITransport(app=create_app(desk))
    async with httpx.AsyncClient(transport=transport, base_url="https://loket.example") as client:
        answer = await client.post("/chat/zeg", data={"text": "hallo"}, headers={"origin": "https://loket.example"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-loket=")
    for flag in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert flag in cookie
    assert "max-age=31536000" in answer.headers["strict-transport-security"]


async def test_no_token_stands_in_an_address(visitor: Visitor, desk: Desk):
    await visitor.say("hallo")
    token = visitor.cookies["loket"]
    for path in ("/chat", "/chat/plan", "/chat/verder", "/chat/wis", "/chat/overzicht"):
        page = await visitor.get(path)
        assert token not in page.text
        assert token not in str(page.url)


def test_a_network_is_remembered_and_not_a_person():
    from starlette.requests import Request

    def of(host: str) -> str:
        return client_prefix(Request({"type": "http", "client": (host, 1), "headers": []}))

    assert of("192.0.2.77") == of("192.0.2.99") == "192.0.2.0/24"
    assert of("2001:db8:1:2::9") == "2001:db8:1::/56"
    assert of("") == "local"


async def test_static_files_are_looked_up_and_never_joined_to_a_path(visitor: Visitor):
    for name in ("..%2fapp.py", "%2e%2e/app.py", "nergens.css", "tokens.css%00"):
        assert (await visitor.get(f"/static/{name}")).status_code == 404
    assert (await visitor.get("/static/tokens.css?v=1")).headers["cache-control"].startswith("public")
