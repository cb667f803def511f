"""An existing bot in a framework of its own (here: none) that hands every update to a running desk first.

LOKET_TELEGRAM_TOKEN=… LOKET_TELEGRAM_RECEIVE=forwarded loket serve        # the desk
LOKET_TELEGRAM_TOKEN=… DESK=http://127.0.0.1:8080 python docs/examples/forwarding_bot.py
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Any

import httpx
from forwarder import Forwarder

from bot.channels.telegram_service import webhook_secret
from bot.settings import read_settings

MENU = "Vandaag: tomatensoep. Vragen over leren en werk? Typ /loket"


async def main() -> None:
    settings = read_settings()
    token, secret = settings.telegram_token, webhook_secret(settings)  # elsewhere: LOKET_TELEGRAM_WEBHOOK_SECRET
    forwarder = Forwarder(os.environ["DESK"], token.split(":", 1)[0], secret)
    async with httpx.AsyncClient(base_url=f"{settings.telegram_api_base}/bot{token}/", timeout=60) as api:
        print("The bot listens. Stop with Ctrl-C.", flush=True)
        offset = 0
        while True:
            for update in await fetched(api, offset):
                if not await forwarder.taken(update):
                    await own(api, update)
                offset = update["update_id"] + 1  # only now: an update that was not handled comes again


async def fetched(api: httpx.AsyncClient, offset: int) -> list[dict[str, Any]]:
    """The next updates; nothing while Telegram cannot be reached."""
    try:
        answer = await api.post("getUpdates", data={"offset": offset, "timeout": 30})
        found: list[dict[str, Any]] = answer.json()["result"]
    except (httpx.TransportError, ValueError, KeyError):
        await asyncio.sleep(2)
        return []
    return found


async def own(api: httpx.AsyncClient, update: dict[str, Any]) -> None:
    """What this bot did before there was a desk."""
    message = update.get("message", {})
    if text := message.get("text", ""):
        said = MENU if text == "/menu" else "Typ /menu of /loket"
        await api.post("sendMessage", data={"chat_id": message["chat"]["id"], "text": said})


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):  # what was not confirmed comes again
        asyncio.run(main())
