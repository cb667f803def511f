"""The desk as handlers for an existing python-telegram-bot Application (docs/telegram.md).

The library swallows what a handler raises. `process_raw` carries it out again, so that a lost turn is never answered
200: use it in a host's own webhook, or `raw_polling` instead of `run_polling`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from telegram import TelegramObject, Update
from telegram.error import InvalidToken
from telegram.ext import Application, ApplicationHandlerStop, BaseHandler, TypeHandler

from bot.channels.telegram import ALLOWED_UPDATES
from bot.channels.telegram_carrier import bot_id
from bot.channels.telegram_lean import lean
from bot.channels.telegram_mounted import Guest, Mount
from bot.channels.telegram_outcome import carrying_out, remember
from bot.channels.telegram_polling import Polling, TokenRefused
from bot.channels.telegram_ptb import PtbCarrier
from bot.desk import Desk

GROUP = -10  # before the host's own groups, which usually begin at 0


def handlers(
    desk: Desk, *, command: str = "loket", keep: Collection[str] = (), application: Any = None
) -> dict[int, list[BaseHandler[Any, Any, Any]]]:
    """For `application.add_handlers(...)`. What is not for the desk goes on to the host's handlers.

    With `application` the desk can write first (coaches, reminders) from now on; without it, from the first update on.
    """
    mount = Mount(desk, command, keep)

    def attach(host: Any) -> Guest:
        """Delivery ends when the host stops, before its connections close."""
        before = host.post_stop

        async def stopped(ending: Any) -> None:
            await mount.aclose()
            if before is not None:
                await before(ending)

        host.post_stop = stopped
        return mount.attach(PtbCarrier(host.bot))

    async def take(update: Update, context: Any) -> None:
        guest = mount.guest(bot_id(context.bot.token)) or attach(context.application)
        try:
            taken = await guest.take(lean(update, TelegramObject.to_dict))
        except Exception as error:
            # Raised as it is, the library would swallow it and let the host's handlers answer in our place.
            if not remember(error):
                await context.application.process_error(update, error)
            raise ApplicationHandlerStop from error
        if taken:
            raise ApplicationHandlerStop

    if application is not None:
        attach(application)
    return {GROUP: [TypeHandler(Update, take, block=True)]}


async def process_raw(application: Application[Any, Any, Any, Any, Any, Any], raw: Mapping[str, Any]) -> None:
    """One raw update through the application. Raises NotStored when the desk could not store it."""
    update = Update.de_json(dict(raw), application.bot)
    with carrying_out():
        await application.process_update(update)


async def raw_polling(
    application: Application[Any, Any, Any, Any, Any, Any], *, allowed: Sequence[str] | None = None
) -> None:
    """Instead of `application.run_polling()`, inside a running loop: nothing lost, nothing blocks. Cancel to stop."""
    wanted = list(allowed) if allowed is not None else sorted({*Update.ALL_TYPES, *ALLOWED_UPDATES})

    async def feed(raw: dict[str, Any]) -> None:
        await process_raw(application, raw)

    polling = Polling(PtbCarrier(application.bot), feed, wanted)
    try:
        await application.initialize()
    except InvalidToken:  # the library's own words hold the token
        await application.bot.shutdown()
        raise TokenRefused("Telegram refuses the bot token; copy it again from @BotFather") from None
    if application.post_init is not None:
        await application.post_init(application)
    await application.start()
    try:
        await polling.run_until_cancelled()
    finally:
        await application.stop()
        if application.post_stop is not None:
            await application.post_stop(application)
        await application.shutdown()
        if application.post_shutdown is not None:
            await application.post_shutdown(application)
