"""Existing bots of other people, with the desk as their guest: the examples of the documentation, really running."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from starlette.applications import Starlette

from bot.beside import beside
from bot.channels.telegram_service import webhook_secret
from bot.settings import Settings
from tests.telegram.fake_api import BOT, TOKEN, FakeApi, serve
from tests.telegram.house import House, a_desk, on_the_web, settings

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@cache
def example(name: str) -> ModuleType:
    """A file of docs/examples as a module."""
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def aiogram_bot(api: FakeApi, **more: Any) -> Any:
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    return Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api.base)), **more)


def ptb_application(api: FakeApi, *, updater: bool = False) -> Any:
    from telegram.ext import Application

    builder = Application.builder().token(TOKEN).base_url(f"{api.base}/bot").base_file_url(f"{api.base}/file/bot")
    return builder.build() if updater else builder.updater(None).build()


@asynccontextmanager
async def running(work: Any) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def mounted_aiogram(**more: Any) -> AsyncIterator[House]:
    """The aiogram example, with the polling we recommend."""
    from bot.channels.telegram_aiogram_mount import raw_polling

    async with serve() as api, a_desk(Settings(database_url="memory:")) as desk:
        bot = aiogram_bot(api, **more)
        async with running(raw_polling(example("aiogram_bot").build(desk), bot)):
            yield House(api, desk)
        await bot.session.close()


@asynccontextmanager
async def mounted_ptb() -> AsyncIterator[House]:
    """The python-telegram-bot example, with the polling we recommend."""
    from bot.channels.telegram_ptb_mount import raw_polling

    async with serve() as api, a_desk(Settings(database_url="memory:")) as desk:
        application = ptb_application(api)
        example("ptb_bot").build(desk, application)
        async with running(raw_polling(application)):
            yield House(api, desk)


@asynccontextmanager
async def own_loop_aiogram() -> AsyncIterator[House]:
    """The same bot with the library's own polling."""
    async with serve() as api, a_desk(Settings(database_url="memory:")) as desk:
        bot, dispatcher = aiogram_bot(api), example("aiogram_bot").build(desk)
        polls = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, polling_timeout=1))
        try:
            yield House(api, desk)
        finally:
            await dispatcher.stop_polling()
            await polls


@asynccontextmanager
async def own_loop_ptb() -> AsyncIterator[House]:
    async with serve() as api, a_desk(Settings(database_url="memory:")) as desk:
        application = ptb_application(api, updater=True)
        example("ptb_bot").build(desk, application)
        async with application:
            await application.start()
            await application.updater.start_polling(timeout=1)
            try:
                yield House(api, desk)
            finally:
                await application.updater.stop()
                await application.stop()


@asynccontextmanager
async def running_desk(api: FakeApi, library: str) -> AsyncIterator[tuple[House, Any]]:
    """`loket serve` that receives only what is forwarded to it, and a forwarder that knows where it is."""
    async with (
        a_desk(settings(api, library, telegram_receive="forwarded")) as desk,
        beside(desk) as around,
        on_the_web(around.around(Starlette())) as address,
    ):
        forwarder = example("forwarder").Forwarder(address, BOT, webhook_secret(desk.settings))
        try:
            yield House(api, desk, around), forwarder
        finally:
            await forwarder.aclose()


@asynccontextmanager
async def forwarded_aiogram() -> AsyncIterator[House]:
    """An aiogram bot of which only a middleware knows the desk."""
    from aiogram import Dispatcher

    async with serve() as api, running_desk(api, "aiogram") as (house, forwarder):
        bot, dispatcher = aiogram_bot(api), Dispatcher()

        @dispatcher.update.outer_middleware()
        async def to_the_desk(handler: Any, update: Any, data: Any) -> Any:
            if await forwarder.taken(update.model_dump(mode="json", by_alias=True, exclude_unset=True)):
                return None
            return await handler(update, data)

        @dispatcher.message()
        async def own(message: Any) -> None:
            await message.answer("Typ /menu of /loket")

        @dispatcher.callback_query()
        async def own_button(press: Any) -> None:
            await press.answer("van de bot zelf")

        wanted = ["message", "edited_message", "callback_query", "my_chat_member"]
        polls = asyncio.create_task(
            dispatcher.start_polling(
                bot, handle_signals=False, polling_timeout=1, allowed_updates=wanted, handle_as_tasks=False
            )
        )
        try:
            yield house
        finally:
            await dispatcher.stop_polling()
            await polls


@asynccontextmanager
async def forwarded_ptb() -> AsyncIterator[House]:
    """A python-telegram-bot application of which only one handler knows the desk."""
    from telegram import Update
    from telegram.ext import ApplicationHandlerStop, MessageHandler, TypeHandler, filters

    async with serve() as api, running_desk(api, "ptb") as (house, forwarder):
        application = ptb_application(api, updater=True)

        async def to_the_desk(update: Update, context: Any) -> None:
            if await forwarder.taken(update.to_dict()):
                raise ApplicationHandlerStop

        async def own(update: Update, context: Any) -> None:
            assert update.message is not None
            await update.message.reply_text("Typ /menu of /loket")

        application.add_handler(TypeHandler(Update, to_the_desk), group=-10)
        application.add_handler(MessageHandler(filters.TEXT, own))
        async with application:
            await application.start()
            await application.updater.start_polling(timeout=1, allowed_updates=Update.ALL_TYPES)
            try:
                yield house
            finally:
                await application.updater.stop()
                await application.stop()


AS_A_GUEST = {
    "mounted aiogram": mounted_aiogram,
    "mounted ptb": mounted_ptb,
    "forwarded aiogram": forwarded_aiogram,
    "forwarded ptb": forwarded_ptb,
}
OWN_LOOPS = {"aiogram": own_loop_aiogram, "ptb": own_loop_ptb}
