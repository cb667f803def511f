"""Coming in at the desk: password, second factor, one-time links, sessions; and the gate before every desk page."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web import policy, render
from bot.web.desk_frame import desk_page, staff_of
from bot.web.house import House, house
from bot.web.policy import PUBLIC, Handler, Page
from bot.web.security import client_prefix, cookie_name, drop_cookie, hashed, is_loopback, new_token, set_cookie
from storage.rows import Staff
from storage.staff import SHORTEST_PASSWORD, check_password, hash_password

COOKIE = "desk"
HALF_WAY = "desk-half"  # a right password whose second factor is still to come
IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=10)
HALF_WAY_MINUTES = timedelta(minutes=5)
TOUCH_EVERY = timedelta(minutes=1)
TRIES = 10  # failures per login and network in a quarter of an hour
SLOW = asyncio.Semaphore(2)  # password checks at the same moment: a flood of logins must not eat the machine

WRONG = "Deze gebruikersnaam en dit wachtwoord horen niet bij elkaar."
WRONG_CODE = "Deze code klopt niet. Wacht op de volgende code en probeer het opnieuw."
TOO_OFTEN = "Het is te vaak misgegaan vanaf deze plek. Probeer het over een kwartier opnieuw."
OLD_LINK = "Deze link werkt niet meer. Vraag een nieuwe."


def guarded(page: Page) -> Handler:
    """The page's handler behind its policy. A public page passes; all others need a session and one of its roles."""
    if page.allow == PUBLIC:
        return page.handler

    async def gate(request: Request) -> Response:
        staff = await session_of(request)
        if staff is None:
            if request.method != "GET" or request.url.path == "/desk/stroom":
                return Response("Log eerst in.", 401, media_type="text/plain; charset=utf-8")
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/desk/login?next={_quote(back)}", 303)
        request.state.staff = staff
        if page.path == "/desk" and staff.role not in page.allow:
            return RedirectResponse("/desk/beheer", 303)
        if staff.role not in page.allow:
            return desk_page(request, "desk/forbidden.html", status=403)
        return await page.handler(request)

    return gate


async def session_of(request: Request) -> Staff | None:
    """Who is logged in; ends sessions that were idle or lasted too long."""
    token = request.cookies.get(cookie_name(COOKIE, request), "")
    if not token:
        return None
    here = house(request)
    found = await here.store.session(hashed(token))
    if found is None:
        return None
    staff, created, seen, _ = found
    now = here.now()
    if now - seen > IDLE or now - created > ABSOLUTE:
        await here.store.end_session(hashed(token))
        return None
    if now - seen > TOUCH_EVERY and request.url.path != "/desk/stroom":
        await here.store.touch_session(hashed(token))
    return staff


async def _enter(request: Request, staff: Staff, target: str) -> Response:
    """A fresh session: an older token of this browser is of no use any more."""
    here = house(request)
    old = request.cookies.get(cookie_name(COOKIE, request), "")
    if old:
        await here.store.end_session(hashed(old))
    token = new_token()
    await here.store.open_session(hashed(token), staff.id, here.now(), True)
    await here.store.audit(staff.id, "login")
    response = RedirectResponse(_inside(target), 303)
    set_cookie(response, request, COOKIE, token, int(ABSOLUTE.total_seconds()))
    drop_cookie(response, request, HALF_WAY)
    return response


def _inside(target: str) -> str:
    """Only a page of the desk; anything else could lead to another website."""
    parts = urlsplit(target)
    inside = not parts.scheme and not parts.netloc and re.match(r"/desk(?:[/?]|$)", target) and "\\" not in target
    return target if inside else "/desk"


def _quote(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="/")


def _form(
    request: Request, mode: str, problem: str = "", login: str = "", status: int = 200, action: str = ""
) -> Response:
    target = request.query_params.get("next", "/desk")
    return render.page(
        "desk/login.html",
        "nl",
        status=status,
        face=house(request).face(),
        mode=mode,
        problem=problem,
        login=login,
        next=_inside(target),
        action=action or {"password": "/desk/login", "code": "/desk/login/code"}[mode],
    )


async def login_page(request: Request) -> Response:
    if await session_of(request) is not None:
        return RedirectResponse("/desk", 303)
    return _form(request, "password")


async def login(request: Request) -> Response:
    here = house(request)
    form = await request.form(max_fields=10)
    name, password = str(form.get("login", "")).strip()[:120], str(form.get("password", ""))[:1024]
    key = _key(name, request)
    if await here.store.failures(key) >= TRIES:
        return _form(request, "password", TOO_OFTEN, name, 429)
    staff = await here.store.staff(name)
    async with SLOW:
        right = await asyncio.to_thread(check_password, staff.password_hash if staff else "", password)
    if not right or staff is None or not staff.active:
        await here.store.note_failure(key)
        await here.store.audit(staff.id if staff else "unknown", "login_failed")
        return _form(request, "password", WRONG, name, 422)
    await here.store.clear_failures(key)
    if not staff.totp:
        return await _enter(request, staff, str(form.get("next", "")))
    half = new_token()
    await here.store.put_link(hashed(half), staff.id, here.now() + HALF_WAY_MINUTES, purpose="second_factor")
    response = RedirectResponse(f"/desk/login/code?next={_quote(_inside(str(form.get('next', ''))))}", 303)
    set_cookie(response, request, HALF_WAY, f"{half}.{staff.id}", int(HALF_WAY_MINUTES.total_seconds()))
    return response


async def code_page(request: Request) -> Response:
    if not request.cookies.get(cookie_name(HALF_WAY, request)):
        return RedirectResponse("/desk/login", 303)
    return _form(request, "code")


async def code(request: Request) -> Response:
    """The second factor. The half-way token proves the password; it dies with each try and is renewed on a miss."""
    here = house(request)
    form = await request.form(max_fields=10)
    half = request.cookies.get(cookie_name(HALF_WAY, request), "").partition(".")[0]
    staff_id = await here.store.take_link(hashed(half), "second_factor") if half else None
    staff = await here.store.staff_by_id(staff_id) if staff_id else None
    if staff is None or not staff.active:
        return RedirectResponse("/desk/login", 303)
    key = _key(f"code:{staff.id}", request)
    if await here.store.failures(key) >= TRIES:
        return _form(request, "code", TOO_OFTEN, status=429)
    typed = str(form.get("code", ""))[:40]
    if await here.store.use_totp(staff.id, typed) or await here.store.use_recovery(staff.id, typed):
        await here.store.clear_failures(key)
        return await _enter(request, staff, str(form.get("next", "")))
    await here.store.note_failure(key)
    again = new_token()
    await here.store.put_link(hashed(again), staff.id, here.now() + HALF_WAY_MINUTES, purpose="second_factor")
    response = _form(request, "code", WRONG_CODE, status=422)
    set_cookie(response, request, HALF_WAY, f"{again}.{staff.id}", int(HALF_WAY_MINUTES.total_seconds()))
    return response


def _key(name: str, request: Request) -> str:
    """A lock for this pair of account and network: somebody else's guessing locks nobody out elsewhere."""
    return hashed(name.casefold())[:32] + "|" + client_prefix(request)


async def one_time_link(request: Request) -> Response:
    """The link that `make run` prints. Works once, and only on the machine itself."""
    here = house(request)
    token = str(request.path_params["token"])
    staff_id = await here.store.take_link(hashed(token), "desk") if is_loopback(request) else None
    staff = await here.store.staff_by_id(staff_id) if staff_id else None
    if staff is None or not staff.active:
        return _form(request, "password", OLD_LINK, status=410)
    return await _enter(request, staff, "/desk")


async def invitation_page(request: Request) -> Response:
    return _form(request, "invite", action=request.url.path)


async def invitation(request: Request) -> Response:
    """A coach chooses a password with the link of an invitation. The link is used up only by a good password."""
    here = house(request)
    token = str(request.path_params["token"])
    form = await request.form(max_fields=10)
    password = str(form.get("password", ""))[:1024]
    if len(password) < SHORTEST_PASSWORD:
        return _form(
            request, "invite", "Kies een wachtwoord van ten minste 12 tekens.", status=422, action=request.url.path
        )
    staff_id = await here.store.take_link(hashed(token), "invite")
    staff = await here.store.staff_by_id(staff_id) if staff_id else None
    if staff is None or not staff.active:
        return _form(request, "password", OLD_LINK, status=410)
    async with SLOW:
        stored = await asyncio.to_thread(hash_password, password)
    await here.store.change_staff(staff.id, password_hash=stored)
    return await _enter(request, staff, "/desk")


async def leave(request: Request) -> Response:
    here = house(request)
    token = request.cookies.get(cookie_name(COOKIE, request), "")
    await here.store.end_session(hashed(token))
    await here.store.audit(staff_of(request).id, "logout")
    response = RedirectResponse("/desk/login", 303)
    drop_cookie(response, request, COOKIE)
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


async def make_link(here: House, staff_id: str, purpose: str = "desk", life: timedelta = timedelta(hours=1)) -> str:
    """A fresh one-time address for this person; only its hash is stored."""
    token = new_token()
    await here.store.put_link(hashed(token), staff_id, here.now() + life, purpose=purpose)
    return f"{here.url}/desk/{'open' if purpose == 'desk' else 'welkom'}/{token}"


PAGES = (
    Page("/desk/login", login_page, PUBLIC),
    Page("/desk/login", login, PUBLIC, ("POST",)),
    Page("/desk/login/code", code_page, PUBLIC),
    Page("/desk/login/code", code, PUBLIC, ("POST",)),
    Page("/desk/open/{token}", one_time_link, PUBLIC),
    Page("/desk/welkom/{token}", invitation_page, PUBLIC),
    Page("/desk/welkom/{token}", invitation, PUBLIC, ("POST",)),
    Page("/desk/uit", leave, policy.ANY, ("POST",)),
)
