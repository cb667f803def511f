"""For a bot in another framework, another version or another language: ten lines that hand updates to a running desk.

The desk runs as `loket serve` with the same token and LOKET_TELEGRAM_RECEIVE=forwarded: it sends by itself, and says
per update whether it was for the desk. What it does not take, the bot handles as it always did.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx


class Forwarder:
    def __init__(self, desk: str, bot: str, secret: str) -> None:
        self._url, self._headers = f"{desk}/tg/{bot}", {"X-Telegram-Bot-Api-Secret-Token": secret}
        self._client = httpx.AsyncClient(timeout=30)

    async def taken(self, update: dict[str, Any]) -> bool:
        """True when the desk took this raw update. Waits while the desk is away, so that nothing is lost."""
        while True:
            try:
                answer = await self._client.post(self._url, json=update, headers=self._headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 200:
                return bool(answer.json()["handled"])
            if answer is not None and answer.status_code != 503:
                return False  # a wrong secret or an odd update: the bot's own handlers still get it
            await asyncio.sleep(2)

    async def aclose(self) -> None:
        await self._client.aclose()
