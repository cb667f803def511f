"""An existing aiogram bot that gets the desk under /loket. Its own commands keep working.

LOKET_TELEGRAM_TOKEN=… python docs/examples/aiogram_bot.py
"""

from __future__ import annotations

import asyncio
import contextlib
import signal

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.types import Message

from bot.channels.telegram_aiogram_mount import raw_polling
from bot.desk import Desk
from bot.settings import read_settings


def own_handlers() -> Router:
    """What this bot did before there was a desk."""
    own = Router(name="own")

    @own.message(Command("menu"))
    async def menu(message: Message) -> None:
        await message.answer("Vandaag: tomatensoep. Vragen over leren en werk? Typ /loket")

    @own.message()
    async def anything_else(message: Message) -> None:
        await message.answer("Typ /menu of /loket")

    return own


def build(desk: Desk) -> Dispatcher:
    """The desk's router stands before the host's catch-all; what is not for the desk goes on to `own`."""
    dispatcher = Dispatcher()
    dispatcher.include_router(desk.aiogram_router())
    dispatcher.include_router(own_handlers())
    return dispatcher


async def main() -> None:
    settings = read_settings()
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.telegram_api_base))
    async with Desk.opened(settings=settings) as desk, Bot(settings.telegram_token, session=session) as bot:
        polling = asyncio.create_task(raw_polling(build(desk), bot))  # or: dispatcher.start_polling(bot)
        for one in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(one, polling.cancel)
        print("The bot listens. Stop with Ctrl-C.", flush=True)
        with contextlib.suppress(asyncio.CancelledError):
            await polling  # what came in is finished and confirmed before the desk closes


if __name__ == "__main__":
    asyncio.run(main())
