"""The desk as a guest in somebody else's bot: which updates are for the desk, and which stay with the host.

The desk takes `/loket`, its own buttons, and whatever a visitor says while a conversation with the desk is going on.
The host keeps its own commands, also then, and everything else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from bot.channels.telegram import Read, Unreadable
from bot.channels.telegram_carrier import Carrier
from bot.channels.telegram_group import LINK, LINK_COACH, PICK_UP, CoachGroup
from bot.channels.telegram_profile import COMMANDS
from bot.channels.telegram_receiver import Receiver
from bot.channels.telegram_sender import TelegramSender
from bot.desk import Desk, delivery_of
from flows.events import Said, Started

HOSTS_OWN = frozenset({"start", "stop", "help", "settings"})  # every bot has these, so they stay the host's
OURS = frozenset(name for commands in COMMANDS.values() for name, _ in commands) - HOSTS_OWN


class Guest:
    """Decides per update, and takes the desk's."""

    def __init__(self, receiver: Receiver, command: str = "loket", keep: Collection[str] = ()) -> None:
        """`keep`: further commands that stay the host's while a conversation with the desk is going on."""
        self._receiver, self._command = receiver, command.lower()
        kept = {one.lower().lstrip("/") for one in keep}
        self._ours = OURS - kept
        self._coaches = frozenset({LINK, LINK_COACH} if receiver.group is not None else ()) - kept

    async def take(self, update: Mapping[str, Any]) -> bool:
        """True when this update was for the desk; then it is stored. Raises NotStored when it must come again."""
        try:
            read = self._receiver.read(update)
        except Unreadable as error:
            await self._receiver.set_aside(update, str(error))
            return False
        if read.blocked is not None or read.moved is not None or read.left:
            await self._receiver.carry_out(update, read)
            return False  # the host may want to know as well
        mine = await self._mine(update, read)
        if mine is None:
            return False
        await self._receiver.carry_out(update, mine)
        return True

    async def _mine(self, update: Mapping[str, Any], read: Read) -> Read | None:
        if self._receiver.group is not None and read.heard is not None:
            coaches = read.heard.command in self._coaches or read.heard.data.startswith(PICK_UP)
            return read if coaches else None
        query = update.get("callback_query")
        if query is not None:
            own = str(query.get("data", "")).startswith("lk1:") and read.heard is None
            return read if own else None
        incoming = read.incoming
        if incoming is None:
            return None
        if read.command in self._coaches:
            return read
        if read.command == self._command:
            text = incoming.event.text if isinstance(incoming.event, Said) else ""
            payload = text.partition(" ")[2].strip()
            start = Started(payload if payload.replace("-", "").replace("_", "").isalnum() else "", incoming.language)
            return replace(read, incoming=replace(incoming, event=start))
        if isinstance(incoming.event, Started):
            return self._deep_link(read, incoming.event.payload)
        if read.command and read.command not in self._ours:
            return None
        return read if await self.going(incoming.address) else None

    def _deep_link(self, read: Read, payload: str) -> Read | None:
        """`/start loket-slim-regeling-mkb` is a link to the desk; any other /start is the host's."""
        first, _, rest = payload.partition("-")
        if first.lower() != self._command or read.incoming is None:
            return None
        start = Started(rest, read.incoming.language)
        return replace(read, incoming=replace(read.incoming, event=start))

    async def going(self, address: str) -> bool:
        """Whether this visitor is talking with the desk now, or waits for a coach."""
        store = self._receiver.desk.store
        return await store.known("telegram", self._receiver.carrier.bot, address)


class Mount:
    """The desk inside one process of a host: a guest per bot, and delivery for what the desk says later."""

    def __init__(self, desk: Desk, command: str, keep: Collection[str]) -> None:
        self._desk, self._command, self._keep = desk, command, keep
        self._guests: dict[str, tuple[Guest, Receiver]] = {}
        self._groups: list[asyncio.Task[None]] = []
        self._delivery = delivery_of(desk)
        desk.on_close(self)

    def attach(self, carrier: Carrier) -> Guest:
        """The guest for this bot; the first time delivery begins for it."""
        known = self._guests.get(carrier.bot)
        if known is None:
            group = CoachGroup(self._desk, carrier)
            receiver = Receiver(self._desk, carrier, group)
            self._groups.append(asyncio.create_task(group.run()))
            known = self._guests[carrier.bot] = (Guest(receiver, self._command, self._keep), receiver)
            self._delivery.add("telegram", carrier.bot, TelegramSender(carrier, self._desk.clock))
            self._delivery.start()
        return known[0]

    def guest(self, bot: str) -> Guest | None:
        known = self._guests.get(bot)
        return None if known is None else known[0]

    async def aclose(self) -> None:
        """Waits for what is on its way, as long as stopping may last. The host's bot stays open."""
        deadline = self._desk.deadline
        for task in self._groups:
            task.cancel()
        for _, receiver in self._guests.values():
            await receiver.aclose(deadline.left(keep=0.4))
        await self._delivery.aclose(deadline.left(keep=0.2))
