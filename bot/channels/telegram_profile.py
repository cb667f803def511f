"""What people see of the bot before they talk to it: its name, descriptions, menu. Made from desk.yaml, set at start.

Asked for first and set only when different: Telegram allows few changes of a name a day, and several workers start at
the same time.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from bot.channels.telegram import ALLOWED_UPDATES, Call
from bot.channels.telegram_carrier import CallFailed, Carrier
from knowledge.desk_file import Desk

log = logging.getLogger("loket.telegram")

COMMANDS: dict[str, tuple[tuple[str, str], ...]] = {
    "nl": (
        ("start", "Begin of ga verder"),
        ("terug", "Terug naar de vorige vraag"),
        ("wijzig", "Een antwoord veranderen"),
        ("overzicht", "Wat ik van u weet"),
        ("waarom", "Waarom ik dit vraag"),
        ("coach", "Een mens spreken"),
        ("bel_mij", "Laat u bellen"),
        ("opnieuw", "Opnieuw beginnen"),
        ("taal", "Andere taal / language"),
        ("privacy", "Wat er met uw gegevens gebeurt"),
        ("mijn_gegevens", "Uw gegevens bekijken"),
        ("wis_mijn_gegevens", "Uw gegevens wissen"),
        ("stop", "Stoppen"),
        ("help", "Hulp"),
    ),
    "en": (
        ("start", "Begin or continue"),
        ("back", "Back to the previous question"),
        ("change", "Change an answer"),
        ("overview", "What I know about you"),
        ("why", "Why I ask this"),
        ("coach", "Talk to a human"),
        ("call_me", "Have us call you"),
        ("restart", "Start over"),
        ("language", "Another language / taal"),
        ("privacy", "What happens with your data"),
        ("my_data", "See your data"),
        ("erase", "Erase your data"),
        ("stop", "Stop"),
        ("help", "Help"),
    ),
}
_SHORT = {
    "nl": "Hulp bij leren, werk en subsidies. Gratis. U kunt altijd een mens spreken.",
    "en": "Help with learning, work and subsidies. Free. You can always talk to a human.",
}
_LONG = {
    "nl": (
        "Welkom bij {name}. Ik ben een computer en help u op weg met leren, werk en subsidies. "
        "U kunt ook een mens spreken. Typ hier geen burgerservicenummer.{elsewhere}\n\nTik op Start."
    ),
    "en": (
        "Welcome to {name}. I am a computer and help you with learning, work and subsidies. "
        "You can also talk to a human. Do not type your citizen service number here.{elsewhere}\n\nTap Start."
    ),
}
_ELSEWHERE = {"nl": "\nLiever bellen: {phone}.", "en": "\nRather call us: {phone}."}
_OWN_CHAT = {
    "nl": "\nLiever in onze eigen chat: {site}/chat\nPrivacy: {site}/privacy",
    "en": "\nRather in our own chat: {site}/chat\nPrivacy: {site}/privacy",
}
LONGEST = 512  # characters of a description


@dataclass(frozen=True, slots=True)
class Trait:
    """One part of the profile: how to ask for it, what the answer must be, how to set it."""

    ask: Call
    expected: dict[str, Any]
    set: Call


def traits(desk: Desk, site: str = "") -> list[Trait]:
    """The whole profile of this desk. Dutch is what everybody sees whose language we do not speak.

    `site`: the public address of our own chat, for those who would rather not use a messenger; '' = none.
    """
    found = [
        Trait(
            Call("getChatMenuButton"),
            {"type": "commands"},
            Call("setChatMenuButton", {"menu_button": {"type": "commands"}}),
        )
    ]
    for language in ("nl", "en"):
        if language != "nl" and language not in desk.languages:
            continue
        which = {} if language == "nl" else {"language_code": language}
        elsewhere = _ELSEWHERE[language].format(phone=desk.phone) if desk.phone else ""
        elsewhere += _OWN_CHAT[language].format(site=site) if site else ""
        room = LONGEST - len(_LONG[language].format(name="", elsewhere=elsewhere))
        long = _LONG[language].format(name=desk.name[: max(1, room)], elsewhere=elsewhere)[:LONGEST]
        for what, value in (("name", desk.name[:64]), ("short_description", _SHORT[language]), ("description", long)):
            title = "".join(part.title() for part in what.split("_"))
            asked, put = Call(f"getMy{title}", dict(which)), Call(f"setMy{title}", {**which, what: value})
            found.append(Trait(asked, {what: value}, put))
        commands = [{"command": command, "description": about} for command, about in COMMANDS[language]]
        scope: dict[str, Any] = {"scope": {"type": "all_private_chats"}, **which}
        found.append(
            Trait(
                Call("getMyCommands", scope),
                {"commands": commands},
                Call("setMyCommands", {**scope, "commands": commands}),
            )
        )
    return found


async def set_profile(carrier: Carrier, desk: Desk, site: str = "") -> int:
    """Brings the profile in line; returns how many parts changed. A part that Telegram refuses is left as it was.

    Raises CallFailed when Telegram cannot be reached or wants us to wait: then the whole is worth trying again.
    """
    changed = 0
    for trait in traits(desk, site):
        try:
            answer = await carrier.call(trait.ask.method, trait.ask.params)
            now = {"commands": answer} if isinstance(answer, list) else answer
            if all(now.get(name) == value for name, value in trait.expected.items()):
                continue
            await carrier.call(trait.set.method, trait.set.params)
            changed += 1
        except CallFailed as failed:
            if failed.kind in ("down", "lost", "slow", "revoked"):
                raise
            log.warning("a part of the profile was not set", extra={"method": trait.set.method, "verdict": failed.kind})
    return changed


async def set_webhook(carrier: Carrier, address: str, secret: str) -> None:
    """Tells Telegram where to post. Raises CallFailed."""
    await carrier.call(
        "setWebhook",
        {"url": address, "secret_token": secret, "allowed_updates": ALLOWED_UPDATES, "max_connections": 40},
    )


async def drop_webhook(carrier: Carrier) -> None:
    """Polling is refused while a webhook is set. What waits there stays. Raises CallFailed."""
    info = await carrier.call("getWebhookInfo", {})
    if info.get("url"):
        await carrier.call("deleteWebhook", {"drop_pending_updates": False})
