"""The desk as an aiogram Router, for an existing Dispatcher (docs/telegram.md)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import TelegramObject, Update

from bot.channels.telegram import ALLOWED_UPDATES
from bot.channels.telegram_aiogram import AiogramCarrier
from bot.channels.telegram_carrier import bot_id
from bot.channels.telegram_lean import lean
from bot.channels.telegram_mounted import Mount
from bot.channels.telegram_outcome import carrying_out, remember
from bot.channels.telegram_polling import Polling
from bot.desk import Desk


def router(desk: Desk, *, command: str = "loket", keep: Collection[str] = ()) -> Router:
    """A new Router each time (a Router attaches once). Include it before the host's catch-all handlers.

    What is not for the desk is passed on to the host's routers. Messages of coaches and reminders go out from the
    moment the dispatcher starts, and stop with it.
    """
    mount = Mount(desk, command, keep)
    made = Router(name="ontwikkelloket")

    async def take(event: TelegramObject, event_update: Update, bot: Bot) -> None:
        guest = mount.guest(bot_id(bot.token)) or mount.attach(AiogramCarrier(bot))
        try:
            taken = await guest.take(lean(event_update, _whole))
        except Exception as error:
            remember(error)
            raise
        if not taken:
            raise SkipHandler

    async def started(**data: Any) -> None:
        for bot in data.get("bots") or [data["bot"]] if "bots" in data or "bot" in data else []:
            mount.attach(AiogramCarrier(bot))

    for observer in (made.message, made.edited_message, made.callback_query, made.my_chat_member):
        observer.register(take)
    made.startup.register(started)
    made.shutdown.register(mount.aclose)
    return made


def _whole(part: TelegramObject) -> dict[str, Any]:
    return part.model_dump(mode="json", by_alias=True, exclude_unset=True)


async def raw_polling(dispatcher: Dispatcher, bot: Bot, *, allowed: Sequence[str] | None = None) -> None:
    """Instead of `dispatcher.start_polling(bot)`: no update is lost, and none that cannot be read blocks the others.

    Runs until cancelled or until `dispatcher.stop_polling` would be called: cancel the task to stop.
    """
    wanted = allowed if allowed is not None else sorted({*dispatcher.resolve_used_update_types(), *ALLOWED_UPDATES})

    async def feed(raw: dict[str, Any]) -> None:
        with carrying_out():
            await dispatcher.feed_raw_update(bot, raw)

    polling = Polling(AiogramCarrier(bot), feed, wanted)
    await dispatcher.emit_startup(bot=bot, bots=(bot,), dispatcher=dispatcher, **dispatcher.workflow_data)
    try:
        await polling.run_until_cancelled()
    finally:
        await dispatcher.emit_shutdown(bot=bot, bots=(bot,), dispatcher=dispatcher, **dispatcher.workflow_data)
