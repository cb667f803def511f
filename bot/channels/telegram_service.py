"""Telegram inside a process of ours: receiving, sending and profile, started and stopped in the right order."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import logging
from typing import Any

from bot.channels.telegram import ALLOWED_UPDATES
from bot.channels.telegram_carrier import CallFailed, Carrier, bot_id
from bot.channels.telegram_group import CoachGroup
from bot.channels.telegram_mounted import Guest
from bot.channels.telegram_polling import Polling, TokenRefused
from bot.channels.telegram_profile import drop_webhook, set_profile, set_webhook
from bot.channels.telegram_receiver import Receiver
from bot.channels.telegram_sender import TelegramSender
from bot.delivery import Delivery
from bot.desk import Desk
from bot.settings import Settings
from bot.webhook import Webhook
from knowledge.problems import LoketError

log = logging.getLogger("loket.telegram")
PROFILE_AGAIN = 60.0  # seconds between tries to set the profile
SETTLE_IN = 5.0  # seconds between tries to reach Telegram at start


def open_carrier(settings: Settings) -> Carrier:
    """The library the settings name, imported only now. Raises LoketError when it is not installed."""
    try:
        return _open_carrier(settings)
    except ImportError:
        name = settings.telegram_library
        other = "aiogram" if name == "ptb" else "ptb"
        raise LoketError(
            f"the library for '{name}' is not installed; install ontwikkelloket[{name}], "
            f"or set LOKET_TELEGRAM_LIBRARY={other}"
        ) from None


def _open_carrier(settings: Settings) -> Carrier:
    if settings.telegram_library == "ptb":
        from bot.channels.telegram_ptb import PtbCarrier

        return PtbCarrier.open(settings.telegram_token, settings.telegram_api_base)
    from bot.channels.telegram_aiogram import AiogramCarrier

    return AiogramCarrier.open(settings.telegram_token, settings.telegram_api_base)


async def name_of_bot(settings: Settings) -> str:
    """The name in `t.me/<name>`, as Telegram tells it; '' when it cannot be asked now."""
    carrier = open_carrier(settings)
    try:
        me = await carrier.call("getMe", {})
        return str(me.get("username", ""))
    except CallFailed as failed:
        log.warning("the name of the bot is not known", extra={"verdict": failed.kind})
        return ""
    finally:
        await carrier.aclose()


def webhook_secret(settings: Settings) -> str:
    """The secret Telegram sends along; without one set, the same for every worker with this token."""
    made = hmac.new(settings.telegram_token.encode(), b"ontwikkelloket webhook", hashlib.sha256).hexdigest()
    return settings.telegram_webhook_secret or made


def webhook_address(settings: Settings) -> str:
    """The whole address of our route, whether or not the setting names it."""
    tail = f"/tg/{bot_id(settings.telegram_token)}"
    base = settings.telegram_webhook_url.rstrip("/")
    return base if base.endswith(tail) else base.removesuffix("/tg") + tail


class TelegramService:
    """One bot of one process."""

    def __init__(self, desk: Desk, carrier: Carrier, delivery: Delivery, webhook: Webhook) -> None:
        settings = desk.settings
        self.desk, self.carrier = desk, carrier
        self._delivery = delivery
        self._group = CoachGroup(desk, carrier)
        self.receiver = Receiver(desk, carrier, self._group)
        self._polling: Polling | None = None
        self._tasks: list[asyncio.Task[None]] = []
        forwarded = settings.telegram_receive == "forwarded"
        handle: Any = Guest(self.receiver).take if forwarded else self.receiver.handle
        webhook.add(carrier.bot, webhook_secret(settings), handle)

    @property
    def _site(self) -> str:
        """Where our own chat is, when everybody can reach it."""
        settings = self.desk.settings
        return settings.url if settings.public_url.startswith("https://") else ""

    def start(self) -> None:
        """Sends from now on; receives as soon as Telegram is reached."""
        self._delivery.add("telegram", self.carrier.bot, TelegramSender(self.carrier, self.desk.clock))
        works = (self._receive(), self._introduce(), self._group.run())
        self._tasks = [asyncio.create_task(work) for work in works]

    async def _receive(self) -> None:
        settings = self.desk.settings
        if settings.telegram_receive == "forwarded":
            return
        by_webhook = settings.telegram_receive == "webhook" or (
            settings.telegram_receive == "auto" and settings.telegram_webhook_url != ""
        )
        while True:
            try:
                if by_webhook:
                    await set_webhook(self.carrier, webhook_address(settings), webhook_secret(settings))
                    return
                await drop_webhook(self.carrier)
                break
            except CallFailed as failed:
                if failed.kind in ("revoked", "bad"):
                    log.critical("Telegram refuses the token or the webhook address", extra={"verdict": failed.kind})
                    return
                log.warning("Telegram cannot be reached; trying again", extra={"verdict": failed.kind})
                await asyncio.sleep(max(failed.seconds, SETTLE_IN))
        lease = None if settings.embedded else self._lease  # the lock of an embedded database says it already
        self._polling = Polling(self.carrier, self.receiver.handle, ALLOWED_UPDATES, lease=lease)
        with contextlib.suppress(TokenRefused):  # said already; the rest of this process goes on
            await self._polling.run()

    async def _lease(self, holder: str, seconds: int) -> bool:
        name = f"poll:{self.carrier.bot}"
        if not seconds:
            await self.desk.store.drop_lease(name, holder)
            return False
        return await self.desk.store.hold_lease(name, holder, seconds)

    async def _introduce(self) -> None:
        """The profile, as soon as Telegram is reached; a token that is refused was said already."""
        while True:
            try:
                changed = await set_profile(self.carrier, self.desk.content.knowledge.desk, self._site)
            except CallFailed as failed:
                if failed.kind == "revoked":
                    return
                await asyncio.sleep(max(failed.seconds, PROFILE_AGAIN))
            else:
                log.info("the profile is set", extra={"count": changed, "library": self.carrier.library})
                return

    def stop_fetching(self) -> None:
        """Nothing new is fetched from now on."""
        if self._polling is not None:
            self._polling.stop()

    async def stop_receiving(self) -> None:
        """Nothing new comes in; what was fetched is stored and confirmed, as far as the time to stop allows."""
        deadline = self.desk.deadline
        if self._polling is not None:
            self._polling.stop()
            await asyncio.wait(self._tasks[:1], timeout=deadline.left(keep=0.5))
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=deadline.left(keep=0.4))
        await self.receiver.aclose(deadline.left(keep=0.4))

    async def aclose(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.desk.deadline.left(keep=0.1)):
                await self.carrier.aclose()
