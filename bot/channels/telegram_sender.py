"""Sends one message of ours through a carrier, and says what became of it (RELIABILITY A6)."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.channels.telegram import Call, calls_for, shares
from bot.channels.telegram_carrier import CallFailed, Carrier
from bot.clock import Clock
from storage.messages import Outgoing, Verdict

log = logging.getLogger("loket.telegram")
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds between tries while the server is down
REVOKED_WAIT = timedelta(minutes=10)


class TelegramSender:
    """One per bot. What it remembers between messages may be lost without harm."""

    def __init__(self, carrier: Carrier, clock: Clock) -> None:
        self._carrier, self._clock = carrier, clock
        self._arrived: dict[int, list[str]] = {}  # outbox row -> ids of the parts that arrived before one failed
        self._slowed: tuple[float, str] = (float("-inf"), "")  # when and in which chat Telegram last said 429
        self._pause_until = float("-inf")  # the whole bot, after 429s in two chats within a second

    async def send(self, outgoing: Outgoing) -> Verdict:
        left = self._pause_until - time.monotonic()
        if left > 0:
            return self._later(left, "the bot pauses")
        calls = calls_for(outgoing, keys_up=outgoing.keyboard)
        arrived = self._arrived.pop(outgoing.id, [])
        for call in calls[len(arrived) :]:
            try:
                result = await self._call(call)
            except CallFailed as failed:
                if arrived:
                    self._arrived[outgoing.id] = arrived
                return self._verdict(outgoing, failed)
            arrived.append(str(result.get("message_id", "")) if isinstance(result, Mapping) else "")
        changes = [up for call in calls if (up := shares(call)) is not None]
        return Verdict("sent", ",".join(arrived), keyboard=changes[-1] if changes else None)

    async def _call(self, call: Call) -> Any:
        """The call; if Telegram refuses its spans or buttons, the bare text: the visitor always gets an answer."""
        try:
            return await self._carrier.call(call.method, call.params)
        except CallFailed as failed:
            gone = failed.kind in ("done", "bad") and "not modified" not in str(failed)
            if gone and call.method == "editMessageText":  # too old, or taken away: then it stands below
                anew = {name: value for name, value in call.params.items() if name != "message_id"}
                return await self._call(Call("sendMessage", anew))
            if failed.kind == "done":
                return {}
            if failed.kind != "bad" or call.method != "sendMessage":
                raise
            log.error("Telegram refused a message; sending its bare text", extra={"reason": "bad request"})
        bare: dict[str, Any] = {"chat_id": call.params["chat_id"], "text": call.params["text"]}
        if "reply_markup" in call.params and "entities" in call.params:
            try:
                return await self._carrier.call(call.method, {**bare, "reply_markup": call.params["reply_markup"]})
            except CallFailed as failed:
                if failed.kind != "bad":
                    raise
        return await self._carrier.call(call.method, bare)

    def _verdict(self, outgoing: Outgoing, failed: CallFailed) -> Verdict:
        match failed.kind:
            case "slow":
                self._slow(outgoing.address, failed.seconds)
                return self._later(failed.seconds + random.uniform(0, 0.3), "too many requests")  # noqa: S311 - jitter
            case "down" | "conflict":
                wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(outgoing.attempts, 8))
                return self._later(wait * random.uniform(0.8, 1.2), "server down")  # noqa: S311 - jitter
            case "lost":
                return Verdict("unknown", reason="answer lost")
            case "gone":
                return Verdict("gone", reason="blocked or gone")
            case "revoked":
                log.critical("Telegram refuses the bot token; sending stops until it is replaced")
                return Verdict("retry_at", retry_at=self._clock() + REVOKED_WAIT, reason="token refused")
            case _:
                return Verdict("bad", reason=failed.kind)

    def _slow(self, address: str, seconds: float) -> None:
        """One chat waits by itself; when two chats hear it within a second, it is about the bot."""
        now = time.monotonic()
        before, where = self._slowed
        self._slowed = (now, address)
        if where and where != address and now - before < 1.0:
            self._pause_until = now + seconds
            log.warning("Telegram asks the whole bot to wait", extra={"reason": "too many requests"})

    def _later(self, seconds: float, reason: str) -> Verdict:
        return Verdict("retry_at", retry_at=self._clock() + timedelta(seconds=seconds), reason=reason)
