"""python-telegram-bot as carrier: its Bot's public `do_api_request` with plain dictionaries."""

from __future__ import annotations

import datetime
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.channels.telegram_carrier import CALL_TIMEOUT, POLL_SLACK, CallFailed, bot_id, failure

_STATUS: tuple[tuple[type[TelegramError], int], ...] = (
    (InvalidToken, 401),
    (EndPointNotFound, 404),
    (Forbidden, 403),
    (Conflict, 409),
    (BadRequest, 400),
)
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class PtbCarrier:
    """Carries calls through a python-telegram-bot Bot; `own` bots are opened and closed with the carrier."""

    library = "ptb"

    def __init__(self, bot: Bot, own: Sequence[HTTPXRequest] = ()) -> None:
        """`own`: the connections of a bot that is ours; a host opens and closes its own."""
        self._bot, self._own = bot, own
        self.bot = bot_id(bot.token)
        self._opened = not own

    @classmethod
    def open(cls, token: str, api_base: str) -> PtbCarrier:
        os.environ.setdefault("PTB_TIMEDELTA", "true")  # the process is ours; without it every 429 makes a warning
        base = api_base.rstrip("/")
        timeouts: dict[str, Any] = {
            "read_timeout": CALL_TIMEOUT, "write_timeout": CALL_TIMEOUT, "connect_timeout": 5.0, "pool_timeout": 5.0,
        }  # fmt: skip
        calls = HTTPXRequest(connection_pool_size=100, **timeouts)
        polls = HTTPXRequest(connection_pool_size=2, **timeouts)
        files = f"{base}/file/bot"
        bot = Bot(token, base_url=f"{base}/bot", base_file_url=files, request=calls, get_updates_request=polls)
        return cls(bot, (calls, polls))

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        return await self._ask(method, dict(params), CALL_TIMEOUT)

    async def get_updates(self, offset: int, wait: int, allowed: Sequence[str]) -> list[dict[str, Any]]:
        params = {"offset": offset, "timeout": wait, "allowed_updates": list(allowed)}
        found: list[dict[str, Any]] = await self._ask("getUpdates", params, wait + POLL_SLACK)
        return found

    async def _ask(self, method: str, params: dict[str, Any], patience: float) -> Any:
        if not self._opened:  # the connections only: the library's own start calls getMe, and fails when that fails
            self._opened = True
            for request in self._own:
                await request.initialize()
        # "sendMessage_" is the same method to the library; the bare name makes it warn that typed methods exist.
        try:
            return await self._bot.do_api_request(f"{method}_", api_kwargs=params, read_timeout=patience)
        except RetryAfter as error:
            raise CallFailed("slow", "too many requests", seconds=_seconds(error)) from None
        except ChatMigrated as error:
            raise CallFailed("moved", moved_to=error.new_chat_id) from None
        except TelegramError as error:
            raise _meaning(error) from None
        except RuntimeError as error:  # the host closed its bot under us
            raise CallFailed("down", type(error).__name__) from None

    async def aclose(self) -> None:
        if self._own and self._opened:
            for request in self._own:
                await request.shutdown()


def _meaning(error: TelegramError) -> CallFailed:
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return failure(status, error.message)
    cause = error.__cause__
    if isinstance(cause, _NOT_SENT):
        return CallFailed("down", type(cause).__name__)
    if isinstance(error, TimedOut) or isinstance(cause, httpx.HTTPError):
        return CallFailed("lost", type(cause).__name__ if cause else "timeout")
    if isinstance(error, NetworkError):
        return CallFailed("down", "server error")
    return CallFailed("down", "not an answer of the Bot API")


def _seconds(error: RetryAfter) -> float:
    """A number or, with PTB_TIMEDELTA, a span; reading the number makes the library announce the change."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given: int | datetime.timedelta = error.retry_after
    return given.total_seconds() if isinstance(given, datetime.timedelta) else float(given)
