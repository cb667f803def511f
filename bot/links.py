"""Links that open the desk at one entry or flow, for posters, letters and websites, with their QR code."""

from __future__ import annotations

import io
from urllib.parse import quote

import segno

from bot.settings import Settings, read_settings


def links_to(target: str, settings: Settings | None = None, bot_name: str = "") -> dict[str, str]:
    """The web address first; the Telegram one when the bot's name is known. Payloads hold only a-z, 0-9, - and _."""
    settings = settings or read_settings()
    found = {"web": f"{settings.url}/chat?start={quote(target)}"}
    if bot_name:
        found["telegram"] = f"https://t.me/{bot_name}?start={quote(target)}"
    return found


def qr_svg(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=8, border=4, xmldecl=False, svgns=True)
    return out.getvalue().decode()


def qr_text(address: str) -> str:
    """The code in half blocks, to scan from a terminal."""
    out = io.StringIO()
    segno.make(address, error="m").terminal(out, compact=True)
    return out.getvalue()
