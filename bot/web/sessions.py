"""Being logged in at the desk: the cookie, how long it lasts, and what kind of browser it is in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.house import house
from bot.web.security import cookie_name, drop_cookie, hashed, new_token, set_cookie
from bot.web.trying import remember_device
from storage.rows import Staff
from storage.sessions import DeskSession

COOKIE = "desk"
HALF_WAY = "desk-half"  # a right password whose second factor is still to come
IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=10)
TOUCH_EVERY = timedelta(minutes=1)

_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def token_of(request: Request) -> str:
    """The session's token as this browser sent it; '' when it sent none."""
    return request.cookies.get(cookie_name(COOKIE, request), "")


async def session_of(request: Request) -> DeskSession | None:
    """Who is logged in; ends sessions that were idle or lasted too long."""
    token = token_of(request)
    if not token:
        return None
    here = house(request)
    found = await here.store.desk_session(hashed(token))
    if found is None:
        return None
    now = here.now()
    if now - found.seen > IDLE or now - found.began > ABSOLUTE:
        await here.store.end_session(hashed(token))
        return None
    if now - found.seen > TOUCH_EVERY and request.url.path != "/desk/stroom":
        await here.store.touch_session(hashed(token))
    return found


def left(session: DeskSession, now: datetime) -> tuple[int, bool]:
    """Seconds until this session ends when nothing more is done, and whether doing something would not help."""
    until_absolute = ABSOLUTE - (now - session.began)
    return max(0, int(min(IDLE, until_absolute).total_seconds())), until_absolute < IDLE


async def enter(request: Request, staff: Staff, target: str, *, method: str = "password", strong: bool) -> Response:
    """A fresh session: an older token of this browser is of no use any more."""
    here = house(request)
    old = token_of(request)
    if old:
        await here.store.end_session(hashed(old))
    token = new_token()
    await here.store.open_session(
        hashed(token), staff.id, here.now(), True, method=method, strong=strong, device=device_of(request)
    )
    await here.store.audit(staff.id, "login", purpose=method)
    response = RedirectResponse(inside(target), 303)
    set_cookie(response, request, COOKIE, token, int(ABSOLUTE.total_seconds()))
    drop_cookie(response, request, HALF_WAY)
    await remember_device(request, response, staff.id)
    return response


def device_of(request: Request) -> str:
    """Kind of browser and system, so that people know their own devices again; not the whole of what it sends."""
    agent = request.headers.get("user-agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " op ".join(one for one in (browser, system) if one) or "Onbekend apparaat"


def inside(target: str) -> str:
    """Only a page of the desk; anything else could lead to another website."""
    parts = urlsplit(target)
    within = not parts.scheme and not parts.netloc and re.match(r"/desk(?:[/?]|$)", target) and "\\" not in target
    return target if within and target.isprintable() else "/desk"


def with_next(path: str, target: str) -> str:
    """The address of a page that leads on to `target` afterwards."""
    return f"{path}?next={quote(inside(target), safe='/')}"
