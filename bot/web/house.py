"""What every page needs: the desk, its content, its face, and the way to answer in the visitor's language."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, time
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.web import render
from bot.web.limits import Limiter
from bot.web.oidc import Provider
from bot.web.texts import LANGUAGES
from bot.web.views import Face
from flows.content import Content
from knowledge.date_words import WEEKDAYS
from knowledge.desk_file import Desk as DeskFile
from knowledge.desk_file import Hours

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.settings import Settings
    from bot.web.sse import Broker
    from storage.audit import Broken
    from storage.store import Store

LANGUAGE_COOKIE = "taal"
BOT_PATIENCE = 3.0  # seconds a page waits for Telegram to say what the bot is called


class House:
    """One per application; reached as `request.app.state.house`."""

    def __init__(self, desk: Desk, broker: Broker) -> None:
        self.desk = desk
        self.broker = broker
        self.messages = Limiter(burst=20, rate=20 / 60)  # per conversation
        self.openings = Limiter(burst=60, rate=60 / 3600)  # new conversations per network: libraries share one
        self.logins = Limiter(burst=30, rate=0.5)  # visits to the organisation's own login, per network
        self.chain: tuple[datetime, tuple[Broken, ...]] | None = None  # when the audit log was last checked, and how
        self._bot_name = ""  # asked once
        self.provider = Provider(desk.settings) if desk.settings.oidc_issuer else None

    @property
    def content(self) -> Content:
        return self.desk.content

    @property
    def store(self) -> Store:
        return self.desk.store

    @property
    def settings(self) -> Settings:
        return self.desk.settings

    def now(self) -> datetime:
        return self.desk.clock()

    @property
    def url(self) -> str:
        return self.settings.url

    @property
    def embed_origins(self) -> tuple[str, ...]:
        """Websites that may show the chat in a frame, of the settings and of desk.yaml as it is now."""
        return (*self.settings.embed_origins, *self.content.knowledge.desk.frame_ancestors)

    async def telegram_link(self, payload: str) -> str:
        """An address that opens the desk's bot with this payload; '' without a bot, or when its name is not known."""
        if not self.settings.telegram_token:
            return ""
        if not self._bot_name:
            from bot.channels.telegram_service import name_of_bot

            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BOT_PATIENCE):
                    self._bot_name = await name_of_bot(self.settings)
        return f"https://t.me/{self._bot_name}?start={payload}" if self._bot_name else ""

    @property
    def languages(self) -> dict[str, str]:
        """Languages this desk speaks and these pages too: id -> own name."""
        return {id_: name for id_, name in LANGUAGES.items() if id_ in self.content.languages}

    def face(self, language: str = "nl") -> Face:
        return face_of(self.content.knowledge.desk, self.settings.url, language)


def house(request: Request) -> House:
    found: House = request.app.state.house
    return found


def face_of(desk: DeskFile, url: str, language: str) -> Face:
    """The desk's face from desk.yaml."""
    return Face(
        name=desk.name,
        phone=desk.phone,
        hours=desk.phone_hours or hours_text(desk.hours, language),
        organisations=desk.organisations,
        style="/huisstijl.css" if desk.tokens else "",
        logo="/logo" if desk.logo else "",
        example=desk.example,
        controller=desk.controller,
        email=desk.email,
        address=desk.address,
        url=desk.url,
        privacy_contact=desk.privacy_contact,
        privacy_url=desk.privacy_url,
        public_url=url,
    )


def hours_text(hours: Mapping[int, tuple[Hours, ...]], language: str) -> str:
    """maandag tot en met vrijdag, 9.00 tot 17.00 uur"""
    names = WEEKDAYS.get(language, WEEKDAYS["nl"])
    to, until, clock = ("to", "to", "") if language == "en" else ("tot en met", "tot", " uur")
    parts: list[tuple[int, int, str]] = []
    for day, shifts in sorted(hours.items()):
        if not shifts:
            continue
        when = ", ".join(f"{_time(one.opens, language)} {until} {_time(one.closes, language)}{clock}" for one in shifts)
        if parts and parts[-1][2] == when and parts[-1][1] == day - 1:
            parts[-1] = (parts[-1][0], day, when)
        else:
            parts.append((day, day, when))
    return "; ".join(
        f"{names[first]}{f' {to} {names[last]}' if last != first else ''}, {when}" for first, last, when in parts
    )


def _time(moment: time, language: str) -> str:
    return f"{moment:%H:%M}" if language == "en" else f"{moment:%H.%M}".lstrip("0")


def language_of(request: Request) -> str:
    """The language of a page outside a conversation: asked for, chosen before, or of a browser without Dutch."""
    offered = house(request).languages
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE, "")
    if asked in offered:
        return asked
    accepted = [
        part.split(";")[0].strip().lower()[:2] for part in request.headers.get("accept-language", "").split(",")
    ]
    if "nl" in accepted:
        return "nl"
    if "en" in offered and "en" in accepted:  # complete, so better than a language of which half is Dutch
        return "en"
    return next((one for one in accepted if one in offered), "nl")


def show(
    request: Request,
    name: str,
    language: str | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """A page of the visitor's side."""
    language = language or language_of(request)
    values.setdefault("face", house(request).face(language))
    return render.page(name, language, status=status, headers=headers, **values)
