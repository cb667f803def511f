"""Telegram's webhook as a route of ours: `/tg/{bot}`.

200 only after the commit; 503 with Retry-After otherwise, and Telegram keeps the update and its order. Whatever is
wrong with a request, the answer is 401, 405, 413 or 400, never 500.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from storage.base import NotStored

log = logging.getLogger("loket.webhook")
LARGEST = 1024 * 1024  # bytes of one update
PATIENCE = 25.0  # seconds; Telegram itself gives up after about a minute and sends it again
SECRET_HEADER = b"x-telegram-bot-api-secret-token"

Handle = Callable[[dict[str, Any]], Awaitable[bool | None]]  # False: not for the desk, a host may have it


class Webhook:
    """The bots that may be posted to, each with its secret."""

    def __init__(self) -> None:
        self._bots: dict[str, tuple[bytes, Handle]] = {}

    def add(self, bot: str, secret: str, handle: Handle) -> None:
        """`secret` must not be empty: a webhook that anybody can post to is not a channel."""
        if not secret:
            raise ValueError("a webhook needs a secret")
        self._bots[bot] = (secret.encode(), handle)

    def routes(self) -> list[Route]:
        return [Route("/tg/{bot}", self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        handle = self._handle_of(request)
        if handle is None:
            return JSONResponse({"error": "wrong or missing secret"}, 401)
        body = await _body(request)
        if body is None:
            return JSONResponse({"error": "an update is smaller than a megabyte"}, 413)
        update = _update(body)
        if update is None:
            return JSONResponse({"error": "not an update"}, 400)
        turn = asyncio.ensure_future(handle(update))
        turn.add_done_callback(_look_at)  # Telegram may be gone before the turn is done
        try:
            async with asyncio.timeout(PATIENCE):
                taken = await asyncio.shield(turn)
        except (NotStored, TimeoutError):
            return _again()
        except Exception:
            log.exception("an update failed", extra={"status": 503})
            return _again()
        return JSONResponse({"ok": True, "handled": taken is not False})

    def _handle_of(self, request: Request) -> Handle | None:
        """Compares bytes: a header that is not ASCII is wrong, not a crash. Unknown bots look like wrong secrets."""
        given = next((value for name, value in request.headers.raw if name.lower() == SECRET_HEADER), b"")
        secret, handle = self._bots.get(request.path_params["bot"], (b"\0", None))
        return handle if hmac.compare_digest(given, secret) else None


async def _body(request: Request) -> bytes | None:
    """The whole body; None when it is too large, whatever its header says."""
    length = request.headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length[:20]) > LARGEST:
        return None
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, Mapping):
        return None
    number = found.get("update_id")
    return dict(found) if isinstance(number, int) and not isinstance(number, bool) else None


def _look_at(turn: asyncio.Future[bool | None]) -> None:
    if not turn.cancelled():
        turn.exception()


def _again() -> Response:
    return JSONResponse({"error": "not stored; send it again"}, 503, {"Retry-After": "2"})
