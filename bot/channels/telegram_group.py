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
from collections.abc import Awaitable, Callable
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
LINK, LINK_COACH = "koppelgroep", "koppel"  # commands: in the group, and of each coach in private
PICK_UP = "lkg:"  # how the data of the group's buttons begins
PACE = 3.4  # seconds between calls to one group: Telegram takes about twenty a minute
BREATH = 1.0  # seconds between rounds at least
TRIES, LONGEST_WAIT = 3, 20.0  # of one call, and seconds between them when Telegram asks to wait
LEASE = 150  # seconds for one card, all its tries included
EVERYBODY = Staff("", "", "", "coordinator")  # all teams; a group is of the whole desk
SITUATIONS = {
    "job_seeker": "werkzoekende", "employee": "werkende", "self_employed": "zzp'er", "employer": "ondernemer",
    "school": "school", "intermediary": "verwijzer",
}  # fmt: skip


TOO_MANY = "Te veel verkeerde codes. Probeer het over een kwartier."
WRONG = "Deze code werkt niet (meer). Vraag een nieuwe."
_REFUSED = {
    "forbidden": "Deze hulpvraag is voor een ander team.",
    "full": "U hebt al veel hulpvragen. Rond er eerst een af.",
}


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
        """`/koppel CODE` in private."""
        staff = await self._redeem(user, given, COACH)
        if not staff:
            return TOO_MANY if staff is None else WRONG
        await self._store.put_setting(self._coach_name(user), staff)
        await self._store.audit(staff, "telegram_linked", staff)
        return "Uw account is gekoppeld. U kunt nu hulpvragen oppakken in de groep."

    async def hear(self, heard: Heard) -> Answer | None:
        """A command or button in a group; None when it is not for us. Raises NotStored."""
        if heard.command == LINK:
            linked = await self._store.setting(self._group_name) == str(heard.chat)
            redeemed = await self._redeem(heard.user, heard.argument, GROUP)
            if redeemed is None:
                return Answer(TOO_MANY)
            if not redeemed:
                return Answer(f"{WRONG} Deze groep is al gekoppeld." if linked else WRONG)
            if not linked:
                await self._keep({})  # whoever waits gets a card here too
                await self._store.put_setting(self._group_name, str(heard.chat))
                self._store.wake()
            return Answer("Deze groep is gekoppeld. Hier komen hulpvragen, zonder namen en nummers.")
        if heard.data.startswith(PICK_UP) and str(heard.chat) == await self._store.setting(self._group_name):
            return Answer(await self._pick_up(heard.user, heard.data.removeprefix(PICK_UP)), alert=True)
        return None

    async def _redeem(self, user: int, given: str, purpose: str) -> str | None:
        """What the code stands for; '' when it is wrong or used, None after five wrong ones in a quarter of an hour."""
        key = f"koppel:{_of_user(user)}"
        if await self._store.failures(key) >= 5:
            return None
        found = await self._store.take_link(hashed(typed(given)), purpose)
        if found is None:
            await self._store.note_failure(key)
        return found or ""

    async def _pick_up(self, user: int, case: str) -> str:
        staff = await self._store.setting(self._coach_name(user))
        known = await self._store.staff_by_id(staff) if staff else None
        if known is None or not known.active:
            return "Koppel eerst uw account: stuur mij privé /koppel met uw code."
        done = await self._store.act(Claim(case, known.id))
        if isinstance(done, Done):
            return f"Opgepakt: {case}. Ga verder in de coachdesk."
        if done.why == "taken":
            return f"Al opgepakt door {done.by}." if done.by else "Al opgepakt."
        return _REFUSED.get(done.why, "Deze hulpvraag wacht niet meer.")

    async def moved(self, before: int, after: int) -> None:
        """The group became a supergroup: another number, and messages that cannot be changed any more."""
        if str(before) in (await self._store.setting(self._group_name), await self._store.setting(self._left_name)):
            await self._store.put_setting(self._group_name, str(after))
            await self._store.put_setting(self._left_name, "")
            await self._keep(dict.fromkeys(await self._cards(), 0))

    async def left(self, chat: int) -> None:
        """The bot was taken out of a group; of ours, nothing more is sent until it is linked again."""
        if await self._store.setting(self._group_name) == str(chat):
            await self._store.put_setting(self._left_name, str(chat))  # Telegram may say so when it only moves
            await self._unlink()

    async def _unlink(self) -> None:
        await self._store.put_setting(self._group_name, "")
        log.error("the coaches' group is gone; link it again with /koppelgroep")

    # ---- cards ----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keeps the group's cards in line with who waits, until cancelled."""
        holder = token(64)

        async def ours() -> bool:
            return await self._store.hold_lease(f"group:{self._carrier.bot}", holder, LEASE)

        while True:
            change = asyncio.create_task(self._store.changed(30.0))
            await asyncio.sleep(0)  # it listens from here on: what is committed while we look is not missed
            try:
                if await self._store.setting(self._group_name):
                    await self.bring_in_line(ours)
                await change
            except NotStored:
                log.warning("the group's cards wait: the database cannot be written")
            finally:
                change.cancel()
            await asyncio.sleep(BREATH)

    async def bring_in_line(self, ours: Callable[[], Awaitable[bool]]) -> None:
        """One round: cards of people who wait no more are finished, new people get one.

        `ours` is asked before each call, because calls are slow here: only one process may keep the cards.
        """
        waiting = {row.code: row for row in await self._store.inbox("waiting", EVERYBODY) if not row.practice}
        for number in [one for one in await self._cards() if one not in waiting]:
            if not await ours():
                return
            cards = await self._cards()
            message = cards.pop(number, 0)
            await self._keep(cards)
            if message:
                await self._call("editMessageText", {"message_id": message, "text": await self._ended(number)})
        for number, row in waiting.items():
            if number in await self._cards():
                continue
            if not await ours():
                return
            await self._keep({**await self._cards(), number: 0})  # before sending: never twice
            sent = await self._call("sendMessage", self._card(row))
            if isinstance(sent, dict):
                await self._keep({**await self._cards(), number: int(sent.get("message_id", 0))})

    def _card(self, row: InboxRow) -> dict[str, Any]:
        sector = self._desk.content.knowledge.lists["sectors"].entries.get(row.sector)
        parts = [
            f"Hulpvraag {row.code}", SITUATIONS.get(row.situation, ""), sector.label.lower() if sector else "",
            f"wacht sinds {_clock(row.waiting_since)}" if row.waiting_since else "",
            f"beloofd om {_clock(row.due)}" if row.due else "", "SPOED" if row.urgent else "",
        ]  # fmt: skip
        buttons: list[dict[str, str]] = [{"text": "Oppakken", "callback_data": f"{PICK_UP}{row.code}"}]
        if self._desk.settings.public_url.startswith("https://"):
            buttons.append({"text": "Open in coachdesk", "url": f"{self._desk.settings.url}/desk/g/{row.code}"})
        text = " · ".join(part for part in parts if part)
        return {"text": text, "reply_markup": {"inline_keyboard": [[button] for button in buttons]}}

    async def _ended(self, number: str) -> str:
        case = await self._store.case(number)
        coach = case.owner_name if case is not None else ""
        return f"{number} · opgepakt door {coach}" if coach else f"{number} · wacht niet meer"

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        """One paced call to the group; what fails here is for the log, never for a visitor's lane.

        Tried again when it certainly was not done; a card whose answer was lost is never sent twice.
        """
        for _ in range(TRIES):
            await asyncio.sleep(PACE)
            group = await self._store.setting(self._group_name)
            if not group:
                return None
            try:
                return await self._carrier.call(method, {"chat_id": int(group), **params})
            except CallFailed as failed:
                if failed.kind == "slow":
                    await asyncio.sleep(min(failed.seconds, LONGEST_WAIT))
                elif failed.kind == "moved":
                    await self.moved(int(group), failed.moved_to)
                    if method != "sendMessage":
                        return None
                elif failed.kind == "gone":
                    await self._unlink()
                    return None
                elif failed.kind != "down":
                    if failed.kind != "done":
                        log.warning("a card was not sent", extra={"method": method, "verdict": failed.kind})
                    return None
        log.warning("a card was not sent", extra={"method": method, "verdict": "given up"})
        return None

    async def _cards(self) -> dict[str, int]:
        """Case number -> message in the group; 0 = none that can be changed."""
        found: dict[str, int] = json.loads(await self._store.setting(self._cards_name) or "{}")
        return found

    async def _keep(self, cards: dict[str, int]) -> None:
        await self._store.put_setting(self._cards_name, json.dumps(cards))

    @property
    def _group_name(self) -> str:
        return group_setting(self._carrier.bot)

    @property
    def _left_name(self) -> str:
        return f"tg-group-left:{self._carrier.bot}"

    @property
    def _cards_name(self) -> str:
        return f"tg-cards:{self._carrier.bot}"

    def _coach_name(self, user: int) -> str:
        return f"tg-coach:{_of_user(user)}"


def _of_user(user: int) -> str:
    return hashlib.sha256(str(user).encode()).hexdigest()[:36]


def _clock(moment: datetime | None) -> str:
    return f"{moment.astimezone(AMSTERDAM):%H.%M} uur" if moment else ""
