"""An existing aiogram bot that gets the desk under /loket. Its own commands keep working.

    LOKET_TELEGRAM_TOKEN=… python docs/examples/aiogram_bot.py
"""

from __future__ import annotations

import asyncio

from aiogram import Bot, Dispatcher, Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.channels.telegram_aiogram_mount import raw_polling
from bot.desk import Desk
from bot.settings import read_settings

own = Router(name="own")


@own.message(Command("menu"))
async def menu(message: Message) -> None:
    await message.answer("Vandaag: tomatensoep. Vragen over leren en werk? Typ /loket")


@own.message()
async def anything_else(message: Message) -> None:
    await message.answer("Typ /menu of /loket")


def build(desk: Desk) -> Dispatcher:
    """The desk's router stands before the host's catch-all; what is not for the desk goes on to `own`."""
    dispatcher = Dispatcher()
    dispatcher.include_router(desk.aiogram_router())
    own_again = own if own.parent_router is None else _unhooked(own)
    dispatcher.include_router(own_again)
    return dispatcher


def _unhooked(router: Router) -> Router:
    """A router attaches once; a second dispatcher (as in tests) gets the same handlers in a fresh one."""
    fresh = Router(name=router.name)
    fresh.message.handlers.extend(router.message.handlers)
    return fresh


async def main() -> None:
    settings = read_settings()
    async with Desk.opened(settings=settings) as desk:
        await raw_polling(build(desk), Bot(settings.telegram_token))  # or: dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
