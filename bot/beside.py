"""What goes on beside the pages in every process: delivery, reminders, and Telegram when a token is set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.desk import Desk, delivery_of
from bot.webhook import Webhook

if TYPE_CHECKING:
    from bot.channels.telegram_service import TelegramService


class Beside:
    """Delivery and channels of one process."""

    def __init__(self, desk: Desk) -> None:
        self.delivery = delivery_of(desk)
        self.webhook = Webhook()
        self.telegram: TelegramService | None = None

    def stop_fetching(self) -> None:
        """Asked to stop: nothing more is fetched from now on; the rest follows in order."""
        if self.telegram is not None:
            self.telegram.stop_fetching()

    def around(self, pages: ASGIApp) -> ASGIApp:
        """The pages, with Telegram's route in front: it has its own secret and needs no cookie, guard or language."""
        tg = Router(routes=self.webhook.routes())

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            own = scope["type"] == "http" and scope["path"].startswith("/tg/")
            await (tg if own else pages)(scope, receive, send)

        return app


@asynccontextmanager
async def beside(desk: Desk) -> AsyncIterator[Beside]:
    """Runs until the block ends; then receives nothing more, stores what came in, and sends what is on its way."""
    running = Beside(desk)
    if desk.settings.telegram_token:
        from bot.channels.telegram_service import TelegramService, open_carrier

        running.telegram = TelegramService(desk, open_carrier(desk.settings), running.delivery, running.webhook)
    running.delivery.start()
    if running.telegram is not None:
        running.telegram.start()
    try:
        yield running
    finally:
        if running.telegram is not None:
            await running.telegram.stop_receiving()
        await running.delivery.aclose(desk.deadline.left(keep=0.2))
        if running.telegram is not None:
            await running.telegram.aclose()


def without_pages(desk: Desk) -> ASGIApp:
    """What a worker answers besides Telegram: whether it lives."""

    async def alive(request: Request) -> Response:
        return JSONResponse({"ok": True})

    return Starlette(routes=[Route("/healthz", alive), Route("/health", alive)])
