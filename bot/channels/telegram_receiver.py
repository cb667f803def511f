"""One raw update in, everything it means done: stored first, then the press answered. Used by polling and webhook.

An update counts as handled when it is stored, when it means nothing to us, or when it can never be read. Everything
else raises NotStored: then Telegram keeps it and gives it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from bot.channels.telegram import Blocked, Call, Read, Turned, Unreadable, keyboard, read_update
from bot.channels.telegram_carrier import CallFailed, Carrier
from bot.channels.telegram_group import LINK_COACH, CoachGroup
from bot.desk import Desk
from flows.events import Said, Started
from storage.base import NotStored
from storage.messages import Incoming

log = logging.getLogger("loket.telegram")
TRIES = 3  # of an update that makes the desk itself fail; then it is put aside, or it would block its chat for a day
TYPING_AFTER = 0.8  # seconds of work after which the visitor sees that somebody is typing
TYPING_LASTS = 4.5  # seconds that Telegram shows it, nearly
BURST, PER_SECOND = 40.0, 1.0  # messages of one chat: at once, and after that
HALF_A_MINUTE = 30.0  # that a chat which sends more is not read
MANY = 10_000  # chats and updates remembered


class Receiver:
    """For one bot. In a host's bot a Guest decides what comes here (telegram_mounted.py)."""

    def __init__(self, desk: Desk, carrier: Carrier, group: CoachGroup | None = None) -> None:
        self.desk, self.carrier, self.group = desk, carrier, group
        self._failed: dict[int, int] = {}  # update -> tries that failed for a reason of our own
        self._buckets: dict[str, tuple[float, float]] = {}  # chat -> room left, at which moment
        self._beside: set[asyncio.Task[None]] = set()

    def read(self, update: Mapping[str, Any]) -> Read:
        """What the update means. Raises Unreadable."""
        return read_update(update, bot=self.carrier.bot, place_of=self.desk.place_of, received_at=self.desk.clock())

    async def handle(self, update: Mapping[str, Any]) -> None:
        """Raises NotStored when Telegram must give this update again."""
        try:
            read = self.read(update)
        except Unreadable as error:
            await self.set_aside(update, str(error))
            return
        await self.carry_out(update, read)

    async def carry_out(self, update: Mapping[str, Any], read: Read) -> None:
        notice = ""
        try:
            if self.group is not None and (read.heard is not None or read.moved is not None or read.left):
                notice, read = await self._in_group(self.group, read)
            elif read.incoming is not None and self._room(read.incoming.address):
                await self._turn(read.incoming, read.command)
        except NotStored:
            raise
        except Exception as error:
            await self._count_failure(update, error)
        if read.callback:
            self.beside(self._answer(read.callback, notice))
        if read.blocked is not None:
            await self._blocked(read.blocked)
        if read.turned is not None:
            self.beside(self._turn_page(read.turned))
        if read.heard is not None and not read.callback:
            self.beside(self._refuse(read.heard.chat))
        if read.joined is not None:
            self.beside(self._met(*read.joined))

    async def _in_group(self, group: CoachGroup, read: Read) -> tuple[str, Read]:
        """What a coach did in a group: a notice over the button, or an answer in the group."""
        if read.moved is not None:
            await group.moved(*read.moved)
        if read.left:
            await group.left(read.left)
        answer = await group.hear(read.heard) if read.heard is not None else None
        if answer is None or read.heard is None:
            return "", read
        if not answer.alert:
            self.beside(self._try("sendMessage", {"chat_id": read.heard.chat, "text": answer.text}))
        return answer.text if answer.alert else "", replace(read, heard=None)

    async def _link_coach(self, group: CoachGroup, incoming: Incoming) -> None:
        """`/koppel CODE` in private links a coach; it is not part of any conversation."""
        text = incoming.event.text if isinstance(incoming.event, Said) else ""
        said = await group.link_coach(int(incoming.address), text.partition(" ")[2])
        self.beside(self._try("sendMessage", {"chat_id": int(incoming.address), "text": said}))

    async def _turn(self, incoming: Incoming, command: str) -> None:
        if self.group is not None and command == LINK_COACH:
            await self._link_coach(self.group, incoming)
            return
        if isinstance(incoming.event, Started) and incoming.event.payload.startswith("r-"):
            code = incoming.event.payload.removeprefix("r-")
            if await self.desk.store.resume(code, "telegram", incoming.bot, incoming.address):
                self.desk.store.wake()
                return
        typing = _Typing(lambda: self._show_typing(incoming.address))
        try:
            await self.desk.receive(incoming)
        finally:
            typing.stop()

    # ---- beside the turn: nothing here may hold up or undo what is stored -------------------------------------------

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Starts a call whose outcome changes nothing; closing waits for it."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _try(self, method: str, params: dict[str, Any]) -> None:
        try:
            await self.carrier.call(method, params)
        except CallFailed as failed:
            if failed.kind != "done":
                log.info("a call beside a turn failed", extra={"method": method, "verdict": failed.kind})
        except Exception:
            log.exception("a call beside a turn failed", extra={"method": method})

    async def _answer(self, press: str, notice: str) -> None:
        """First thing after the commit: until then the button keeps turning on the visitor's screen."""
        told = {"text": notice[:200], "show_alert": True} if notice else {}
        await self._try("answerCallbackQuery", {"callback_query_id": press, **told})

    def _show_typing(self, address: str) -> None:
        self.beside(self._try("sendChatAction", {"chat_id": int(address), "action": "typing"}))

    async def _turn_page(self, turned: Turned) -> None:
        """Another page of a long list, from the message as it is kept; an old one that is gone stays as it was."""
        store = self.desk.store
        talk = await store.conversation_at("telegram", self.carrier.bot, turned.address)
        rows = [] if talk is None else await store.messages(talk.id)
        shown = next((r.message for r in reversed(rows) if r.turn == turned.turn and len(r.message.options) > 1), None)
        if shown is not None and (markup := keyboard(shown, turned.turn, turned.page)) is not None:
            where = {"chat_id": int(turned.address), "message_id": turned.message_id}
            await self._try("editMessageReplyMarkup", {**where, "reply_markup": markup})

    async def _refuse(self, chat: int) -> None:
        """A group hears, when it takes the bot in or calls it, that we talk in private."""
        call = refusal(chat)
        await self._try(call.method, call.params)

    async def _met(self, chat: int, kind: str) -> None:
        """Put into a group the bot says how it works; a channel has nobody to talk with, so it leaves."""
        if kind == "channel":
            await self._try("leaveChat", {"chat_id": chat})
        else:
            await self._refuse(chat)

    async def _blocked(self, blocked: Blocked) -> None:
        """Nothing is sent to somebody who blocked the bot; the coach of an open case is told."""
        await self.desk.store.set_gone("telegram", self.carrier.bot, blocked.address, blocked.blocked)

    # ---- limits ---------------------------------------------------------------------------------------------------

    def _room(self, address: str) -> bool:
        """False for a chat that floods us; it is told once, and what it sends meanwhile is not read."""
        now = time.monotonic()
        room, at = self._buckets.pop(address, (BURST, now))
        room = min(BURST, room + (now - at) * PER_SECOND)
        while len(self._buckets) >= MANY:
            del self._buckets[next(iter(self._buckets))]
        if room >= 1:
            self._buckets[address] = (room - 1, now)
            return True
        if room >= 0:  # the first that does not fit is told so; the rest is not read until there is room again
            self.beside(self._try("sendMessage", {"chat_id": int(address), "text": FLOOD}))
            log.warning("a chat sends more than we read", extra={"channel": "telegram"})
            room = -HALF_A_MINUTE * PER_SECOND
        self._buckets[address] = (room, now)
        return False

    async def _count_failure(self, update: Mapping[str, Any], error: Exception) -> None:
        """An update that makes us fail is tried again a few times, and then put aside with an apology."""
        number = int(update["update_id"])
        tries = self._failed.pop(number, 0) + 1
        log.error("an update failed", exc_info=error, extra={"attempts": tries, "bot": self.carrier.bot})
        if tries < TRIES:
            while len(self._failed) >= MANY:
                del self._failed[next(iter(self._failed))]
            self._failed[number] = tries
            raise NotStored("the desk failed on this update; it is tried again") from error
        await self.set_aside(update, type(error).__name__)
        chat = (update.get("message") or update.get("edited_message") or {}).get("chat", {}).get("id")
        if chat is not None:
            self.beside(self._try("sendMessage", {"chat_id": chat, "text": SORRY}))

    async def set_aside(self, update: Mapping[str, Any], reason: str) -> None:
        """Never to be tried again. Its number and the kind of error are kept; what it says is not."""
        number = str(update.get("update_id", ""))[:20]
        log.error("an update was put aside", extra={"reason": f"{reason} {number}", "bot": self.carrier.bot})
        await self.desk.store.set_aside("telegram", self.carrier.bot, number, reason)

    async def aclose(self, patience: float) -> None:
        """Waits so many seconds for the calls beside turns."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self._beside:
                    await asyncio.gather(*self._beside, return_exceptions=True)
        for task in self._beside:
            task.cancel()


class _Typing:
    """Slow work shows that somebody is typing, again and again until it is done."""

    def __init__(self, show: Callable[[], None]) -> None:
        self._show = show
        self._timer = asyncio.get_running_loop().call_later(TYPING_AFTER, self._again)

    def _again(self) -> None:
        self._show()
        self._timer = asyncio.get_running_loop().call_later(TYPING_LASTS, self._again)

    def stop(self) -> None:
        self._timer.cancel()


FLOOD = "Dat zijn veel berichten achter elkaar. Ik lees verder over een halve minuut. / One moment, please."
SORRY = "Sorry, hier ging iets mis bij ons. Typ het anders, of typ: bel mij. / Sorry, something went wrong on our side."
_PRIVATE = (
    "Ik praat alleen in een privégesprek, zodat niemand meeleest. Tik op mijn naam en kies 'Bericht'. "
    "/ I only talk in private. Tap my name and choose 'Message'."
)


def refusal(chat: int) -> Call:
    return Call("sendMessage", {"chat_id": chat, "text": _PRIVATE})
