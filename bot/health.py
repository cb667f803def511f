"""`/healthz`, `/readyz` and `/metrics`: whether this process lives, can do its work, and how much of it.

Numbers only, with our own labels: no visitor, no answer, no address. Metrics are for the machine itself, or for who
knows LOKET_METRICS_TOKEN.
"""

from __future__ import annotations

import hmac
import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from bot.desk import Desk
    from storage.messages import Incoming, TurnResult

PATHS = ("/healthz", "/readyz", "/metrics")
HEADERS = {  # these answers are no pages: a browser that shows one may load and run nothing
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Meters:
    """What this process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = Counter("loket_turns_total", "Turns stored", ["channel", "outcome"], registry=self.registry)
        self.seconds = Histogram(
            "loket_turn_seconds", "From event to commit", registry=self.registry,
            buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
        )  # fmt: skip
        self.outbox = Gauge("loket_outbox", "Messages on their way", ["state"], registry=self.registry)
        self.waiting = Gauge("loket_cases_waiting", "Cases waiting for a coach", registry=self.registry)
        self.oldest = Gauge("loket_oldest_wait_seconds", "How long the first of them waits", registry=self.registry)
        self.up = Gauge("loket_start_time_seconds", "When this process began", registry=self.registry)
        self.up.set(time.time())

    def turn(self, incoming: Incoming, result: TurnResult, seconds: float) -> None:
        self.turns.labels(incoming.channel, "duplicate" if result.duplicate else "stored").inc()
        self.seconds.observe(seconds)

    async def look(self, desk: Desk) -> bytes:
        for state, count in (await desk.store.outbox_counts()).items():
            self.outbox.labels(state).set(count)
        figures = await desk.store.figures()
        self.waiting.set(figures.waiting)
        self.oldest.set((desk.clock() - figures.oldest).total_seconds() if figures.oldest else 0)
        return generate_latest(self.registry)


def with_health(app: ASGIApp, desk: Desk) -> ASGIApp:
    """The application with these three routes in front; they need no cookie, guard or language."""
    meters = Meters()
    desk.meter = meters.turn

    async def alive(request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def ready(request: Request) -> Response:
        """Ready when the database answers."""
        try:
            await desk.store.outbox_counts()
        except Exception:  # whatever keeps it from answering, this process should get no visitors now
            return JSONResponse({"ok": False, "why": "the database does not answer"}, 503, {"retry-after": "5"})
        return JSONResponse({"ok": True, "content": desk.content.fingerprint})

    async def metrics(request: Request) -> Response:
        if not _may_read(request, desk.settings.metrics_token):
            return PlainTextResponse("not found", 404)
        return Response(await meters.look(desk), media_type=_TYPE)

    ours = Router(routes=[Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)])

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                if "content-security-policy" not in out:  # pages have their own
                    out.update(HEADERS)
            await send(message)

        own = scope["type"] == "http" and scope["path"] in PATHS
        await (ours if own else app)(scope, receive, with_headers)

    return wrapped


def _may_read(request: Request, token: str) -> bool:
    if token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    local = request.client is not None and request.client.host in ("127.0.0.1", "::1")
    return local and "x-forwarded-for" not in request.headers
