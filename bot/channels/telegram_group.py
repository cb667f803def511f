"""The coaches' own group on Telegram, thin mode: who waits, without personal data, and a button to pick them up.

Optional per installation. The group and each coach are linked with a one-time code, made at /desk/telegram or by
`loket telegram-code`.
Picking up is the same atomic claim as in the coach desk: the second one hears who was first. What a card says is what
the inbox says minus everything about the person; a card that was never sent is not sent later, mail is there for that.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.channels.telegram import Heard
from bot.channels.telegram_carrier import CallFailed, Carrier
from bot.clock import AMSTERDAM
from bot.desk import Desk
from storage.actions import Claim, Done
from storage.base import NotStored
from storage.keys import code, hashed, token, typed
from storage.rows import InboxRow, Staff
from storage.store import Store

log = logging.getLogger("loket.telegram")
GROUP, COACH = "tg_group", "tg_coach"  # purposes of one-time codes
CODE_LIVES = timedelta(minutes=30)
PACE = 3.4  # seconds between calls to one group: Telegram takes about twenty a minute
EVERYBODY = Staff("", "", "", "coordinator")  # all teams; a group is of the whole desk
SITUATIONS = {
    "job_seeker": "werkzoekende", "employee": "werkende", "self_employed": "zzp'er", "employer": "ondernemer",
    "school": "school", "intermediary": "verwijzer",
}  # fmt: skip


async def make_code(store: Store, now: datetime, staff: str = "") -> str:
    """A code for `/koppel` of this coach, or for `/koppelgroep`; works once, for half an hour."""
    fresh = code(3)
    await store.put_link(hashed(fresh), staff or "group", now + CODE_LIVES, COACH if staff else GROUP)
    return fresh


def group_setting(bot: str) -> str:
    """Where the store keeps which group is linked to this bot."""
    return f"tg-group:{bot}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a coach hears: a message where the command was given, or a notice over the pressed button."""

    text: str
    alert: bool = False


class CoachGroup:
    """For one bot. Only the process that holds the lease keeps the cards; any process answers commands and presses."""

    def __init__(self, desk: Desk, carrier: Carrier) -> None:
        self._desk, self._carrier = desk, carrier
        self._store = desk.store

    # ---- what coaches do ------------------------------------------------------------------------------------------

    async def link_coach(self, user: int, given: str) -> str:
        """`/koppel CODE` in private. Five wrong codes in a quarter of an hour, and it waits."""
        key = f"koppel:{_of_user(user)}"
        if await self._store.failures(key) >= 5:
            return "Te veel verkeerde codes. Probeer het over een kwartier."
        staff = await self._store.take_link(hashed(typed(given)), COACH)
        if staff is None:
            await self._store.note_failure(key)
            return "Deze code werkt niet (meer). Vraag een nieuwe."
        await self._store.put_setting(self._coach_name(user), staff)
        await self._store.audit(staff, "telegram_linked", staff)
        return "Uw account is gekoppeld. U kunt nu hulpvragen oppakken in de groep."

    async def hear(self, heard: Heard) -> Answer | None:
        """A command or button in a group; None when it is not for us. Raises NotStored."""
        if heard.command == "koppelgroep":
            if await self._store.take_link(hashed(typed(heard.argument)), GROUP) is None:
                return Answer("Deze code werkt niet (meer). Vraag een nieuwe.")
            await self._store.put_setting(self._group_name, str(heard.chat))
            return Answer("Deze groep is gekoppeld. Hier komen hulpvragen, zonder namen en nummers.")
        if heard.data.startswith("lkg:") and str(heard.chat) == await self._store.setting(self._group_name):
            return Answer(await self._pick_up(heard.user, heard.data.removeprefix("lkg:")), alert=True)
        return None

    async def _pick_up(self, user: int, case: str) -> str:
        staff = await self._store.setting(self._coach_name(user))
        known = await self._store.staff_by_id(staff) if staff else None
        if known is None or not known.active:
            return "Koppel eerst uw account: stuur mij privé /koppel met uw code."
        done = await self._store.act(Claim(case, known.id))
        if isinstance(done, Done):
            return f"Opgepakt: {case}. Ga verder in de coachdesk."
        if done.why == "taken":
            return f"Al opgepakt door {done.by}."
        return "Deze hulpvraag wacht niet meer."

    async def moved(self, before: int, after: int) -> None:
        """The group became a supergroup and has another number now."""
        if await self._store.setting(self._group_name) == str(before):
            await self._store.put_setting(self._group_name, str(after))

    # ---- cards ----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keeps the group's cards in line with who waits, until cancelled."""
        holder = token(64)
        while True:
            try:
                linked = await self._store.setting(self._group_name)
                if linked and await self._store.hold_lease(f"group:{self._carrier.bot}", holder, 90):
                    await self.bring_in_line()
            except NotStored:
                log.warning("the group's cards wait: the database cannot be written")
            await self._store.changed(30.0)
            await asyncio.sleep(1.0)

    async def bring_in_line(self) -> None:
        """One round: cards of people who wait no more are finished, new people get one."""
        group = await self._store.setting(self._group_name)
        if not group:
            return
        waiting = {row.code: row for row in await self._store.inbox("waiting", EVERYBODY) if not row.practice}
        cards: dict[str, int] = json.loads(await self._store.setting(self._cards_name) or "{}")
        for number in [one for one in cards if one not in waiting]:
            message = cards.pop(number)
            await self._keep(cards)
            if message:
                await self._call(
                    "editMessageText", {"chat_id": int(group), "message_id": message, "text": await self._ended(number)}
                )
        for number, row in waiting.items():
            if number in cards:
                continue
            cards[number] = 0  # before sending: never twice
            await self._keep(cards)
            sent = await self._call("sendMessage", {"chat_id": int(group), **self._card(row)})
            if isinstance(sent, dict):
                cards[number] = int(sent.get("message_id", 0))
                await self._keep(cards)

    def _card(self, row: InboxRow) -> dict[str, Any]:
        sector = self._desk.content.knowledge.lists["sectors"].entries.get(row.sector)
        parts = [
            f"Hulpvraag {row.code}", SITUATIONS.get(row.situation, ""), sector.label.lower() if sector else "",
            f"wacht sinds {_clock(row.waiting_since)}" if row.waiting_since else "",
            f"beloofd om {_clock(row.due)}" if row.due else "", "SPOED" if row.urgent else "",
        ]  # fmt: skip
        buttons: list[dict[str, str]] = [{"text": "Oppakken", "callback_data": f"lkg:{row.code}"}]
        if self._desk.settings.public_url.startswith("https://"):
            buttons.append({"text": "Open in coachdesk", "url": f"{self._desk.settings.url}/desk/g/{row.code}"})
        text = " · ".join(part for part in parts if part)
        return {"text": text, "reply_markup": {"inline_keyboard": [[button] for button in buttons]}}

    async def _ended(self, number: str) -> str:
        case = await self._store.case(number)
        coach = case.owner_name if case is not None else ""
        return f"{number} · opgepakt door {coach}" if coach else f"{number} · wacht niet meer"

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        """One paced call to the group; what fails here is for the log, never for a visitor's lane."""
        await asyncio.sleep(PACE)
        try:
            return await self._carrier.call(method, params)
        except CallFailed as failed:
            if failed.kind == "slow":
                await asyncio.sleep(failed.seconds)
            elif failed.kind == "moved":
                await self._store.put_setting(self._group_name, str(failed.moved_to))
            elif failed.kind == "gone":
                await self._store.put_setting(self._group_name, "")
                log.error("the coaches' group is gone; link it again with /koppelgroep")
            elif failed.kind != "done":
                log.warning("a card was not sent", extra={"method": method, "verdict": failed.kind})
            return None

    async def _keep(self, cards: dict[str, int]) -> None:
        await self._store.put_setting(self._cards_name, json.dumps(cards))

    @property
    def _group_name(self) -> str:
        return group_setting(self._carrier.bot)

    @property
    def _cards_name(self) -> str:
        return f"tg-cards:{self._carrier.bot}"

    def _coach_name(self, user: int) -> str:
        return f"tg-coach:{_of_user(user)}"


def _of_user(user: int) -> str:
    return hashlib.sha256(str(user).encode()).hexdigest()[:36]


def _clock(moment: datetime | None) -> str:
    return f"{moment.astimezone(AMSTERDAM):%H.%M} uur" if moment else ""
