"""aiogram as carrier. Importing this module costs seconds; only commands that use aiogram do it.

aiogram parses what it receives with strict types, and one update or answer of a newer Bot API makes that fail. So
updates are fetched as raw JSON through aiogram's own public call, and an answer that cannot be parsed still counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache
from types import new_class
from typing import Any, cast

import aiogram.methods
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, TelegramMethod
from aiohttp import ClientConnectionError, ClientConnectorError

from bot.channels.telegram_carrier import CALL_TIMEOUT, POLL_SLACK, CallFailed, bot_id, failure

_STATUS: tuple[tuple[type[TelegramAPIError], int], ...] = (
    (TelegramUnauthorizedError, 401),
    (TelegramForbiddenError, 403),
    (TelegramNotFound, 404),
    (TelegramConflictError, 409),
    (TelegramEntityTooLarge, 413),
    (TelegramServerError, 500),
    (TelegramBadRequest, 400),
)


class RawGetUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates whose result stays as it came."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


class _RawCall(TelegramMethod[Any]):
    """A call of ours with plain values; its answer stays as it came."""


@cache
def _raw(method: str) -> type[_RawCall]:
    """aiogram's own models check every button on its way out and the whole message on its way back: half the cost of a
    turn, for what calls_for made a moment ago and for a number."""
    names = {"__returning__": Any, "__api_method__": method, "__module__": __name__}
    return cast(type[_RawCall], new_class(f"Raw_{method}", (_RawCall,), exec_body=lambda space: space.update(names)))


_KEPT: dict[Any, Any] = {Any: Response[Any]}  # pydantic forgets what nobody holds, and making it again takes 14 ms


def _typed(method: str, params: Mapping[str, Any]) -> TelegramMethod[Any]:
    """The call as the library's own method: what a host's middleware may look at."""
    kind = getattr(aiogram.methods, method[0].upper() + method[1:])
    if kind.__returning__ not in _KEPT:
        _KEPT[kind.__returning__] = Response.__class_getitem__(kind.__returning__)
    if "parse_mode" in kind.model_fields:
        params = {"parse_mode": None, **params}  # a host's default would read our plain text as markup
    return cast(TelegramMethod[Any], kind(**params))


class AiogramCarrier:
    """Carries calls through an aiogram Bot; `own` bots are closed with the carrier, and their calls stay plain."""

    library = "aiogram"

    def __init__(self, bot: Bot, *, own: bool = False) -> None:
        self._bot, self._own = bot, own
        self.bot = bot_id(bot.token)

    @classmethod
    def open(cls, token: str, api_base: str) -> AiogramCarrier:
        session = AiohttpSession(api=TelegramAPIServer.from_base(api_base), limit=100, timeout=CALL_TIMEOUT)
        return cls(Bot(token, session=session), own=True)

    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        request = _raw(method).model_construct(**params) if self._own else _typed(method, params)
        return _plain(await self._ask(request, CALL_TIMEOUT))

    async def get_updates(self, offset: int, wait: int, allowed: Sequence[str]) -> list[dict[str, Any]]:
        request = RawGetUpdates(offset=offset, timeout=wait, allowed_updates=list(allowed))
        found: list[dict[str, Any]] = await self._ask(request, wait + POLL_SLACK)
        return found

    async def _ask(self, request: TelegramMethod[Any], patience: float) -> Any:
        try:
            return await self._bot(request, request_timeout=int(patience))
        except ClientDecodeError as error:
            if isinstance(error.data, dict) and error.data.get("ok"):
                return error.data.get("result")  # it was done; only the answer is newer than this aiogram
            raise CallFailed("down", "not an answer of the Bot API") from None
        except TelegramRetryAfter as error:
            raise CallFailed("slow", "too many requests", seconds=float(error.retry_after)) from None
        except TelegramMigrateToChat as error:
            raise CallFailed("moved", moved_to=error.migrate_to_chat_id) from None
        except TelegramNetworkError as error:
            raise _unreachable(error) from None
        except TelegramAPIError as error:
            status = next((status for kind, status in _STATUS if isinstance(error, kind)), 400)
            raise failure(status, error.message) from None
        except (OSError, RuntimeError) as error:  # a session that was closed under us
            raise CallFailed("down", type(error).__name__) from None

    async def aclose(self) -> None:
        if self._own:
            await self._bot.session.close()


def _unreachable(error: TelegramNetworkError) -> CallFailed:
    cause = error.__cause__
    if isinstance(cause, ClientConnectorError):
        return CallFailed("down", type(cause).__name__)
    if isinstance(cause, asyncio.TimeoutError | ClientConnectionError):
        return CallFailed("lost", type(cause).__name__)
    return CallFailed("lost", "network")


def _plain(result: Any) -> Any:
    """A Message as far as we need it; everything else as it is."""
    if isinstance(result, bool | int | str | dict | list) or result is None:
        return [_plain(one) for one in result] if isinstance(result, list) else result
    number = getattr(result, "message_id", None)
    return {"message_id": number} if number is not None else result.model_dump(mode="json", exclude_none=True)
