"""An existing python-telegram-bot application that gets the desk under /loket. Its own commands keep working.

LOKET_TELEGRAM_TOKEN=… python docs/examples/ptb_bot.py
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import Any

from telegram import Update
from telegram.ext import Application, CommandHandler, ContextTypes, MessageHandler, filters

from bot.channels.telegram_ptb_mount import raw_polling
from bot.desk import Desk
from bot.settings import read_settings


async def menu(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text("Vandaag: tomatensoep. Vragen over leren en werk? Typ /loket")


async def anything_else(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text("Typ /menu of /loket")


def build(desk: Desk, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """The desk's handlers stand in group -10; what is not for the desk goes on to the host's groups."""
    application.add_handlers(desk.ptb_handlers(application=application))
    application.add_handler(CommandHandler("menu", menu))
    application.add_handler(MessageHandler(filters.TEXT, anything_else))


async def main() -> None:
    settings = read_settings()
    api = settings.telegram_api_base
    application = (
        Application.builder().token(settings.telegram_token).base_url(f"{api}/bot").base_file_url(f"{api}/file/bot")
        .updater(None).build()
    )  # fmt: skip
    async with Desk.opened(settings=settings) as desk:
        build(desk, application)
        polling = asyncio.create_task(raw_polling(application))
        for one in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(one, polling.cancel)
        print("The bot listens. Stop with Ctrl-C.", flush=True)
        with contextlib.suppress(asyncio.CancelledError):
            await polling  # what came in is finished and confirmed before the desk closes


if __name__ == "__main__":
    asyncio.run(main())
