"""Coming in at the desk with a password: the second factor, one-time links, invitations; and going out."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web import policy, render
from bot.web.desk_frame import staff_of
from bot.web.house import House, house
from bot.web.policy import PUBLIC, Page, may_use_password
from bot.web.security import cookie_name, drop_cookie, hashed, is_loopback, new_token, set_cookie
from bot.web.sessions import COOKIE, HALF_WAY, enter, inside, session_of, token_of, with_next
from bot.web.trying import SLOW, tries
from storage.rows import Staff
from storage.staff import SHORTEST_PASSWORD, check_password, hash_password

HALF_WAY_MINUTES = timedelta(minutes=5)
HALVES = {"password": "second_factor", "oidc": "second_oidc"}  # first proof -> purpose of the half-way token

WRONG = "Deze gebruikersnaam en dit wachtwoord horen niet bij elkaar."
WRONG_CODE = "Deze code klopt niet. Wacht op de volgende code en probeer het opnieuw."
TOO_OFTEN = "Het is te vaak misgegaan. Wacht een kwartier. Of gebruik een apparaat waarop u eerder inlogde."
NOT_HERE = "U logt in met uw werkaccount. Een wachtwoord is hier alleen voor beheerders."
OLD_LINK = "Deze link werkt niet meer. Vraag een nieuwe."
TOO_SHORT = "Kies een wachtwoord van ten minste 12 tekens."


def login_form(
    request: Request,
    mode: str = "password",
    problem: str = "",
    login: str = "",
    status: int = 200,
    *,
    action: str = "",
    notice: str = "",
    farewell: str = "",
) -> Response:
    """The login page; `mode` is password, code or invite."""
    here, target = house(request), inside(request.query_params.get("next", "/desk"))
    return render.page(
        "desk/login.html",
        "nl",
        status=status,
        face=here.face(),
        mode=mode,
        problem=problem,
        notice=notice,
        farewell=farewell,
        login=login,
        next=target,
        single=with_next("/desk/login/extern", target) if here.provider else "",
        passwords=any(may_use_password(here.settings.password_login, bool(here.provider), role) for role in policy.ANY),
        action=action or {"password": "/desk/login", "code": "/desk/login/code"}[mode],
    )


async def login_page(request: Request) -> Response:
    if await session_of(request) is not None:
        return RedirectResponse("/desk", 303)
    if "uit" not in request.query_params:
        return login_form(request)
    here = house(request)
    farewell = await here.provider.farewell(f"{here.url}/desk/login") if here.provider else ""
    return login_form(request, notice="U bent uitgelogd bij de coachdesk.", farewell=farewell)


async def login(request: Request) -> Response:
    here = house(request)
    form = await request.form(max_fields=10)
    name, password = str(form.get("login", "")).strip()[:120], str(form.get("password", ""))[:1024]
    staff = await here.store.staff(name)
    limit = await tries(request, name, staff.id if staff else "")
    if await limit.exhausted():
        return login_form(request, "password", TOO_OFTEN, name, 429)
    async with SLOW:
        right = await asyncio.to_thread(check_password, staff.password_hash if staff else "", password)
    if not right or staff is None or not staff.active:
        await limit.failed()
        await here.store.audit(staff.id if staff else "unknown", "login_failed", purpose="password")
        return login_form(request, "password", WRONG, name, 422)
    if not may_use_password(here.settings.password_login, here.provider is not None, staff.role):
        return login_form(request, "password", NOT_HERE, name, 403)
    await limit.succeeded()
    target = str(form.get("next", ""))
    if not staff.totp:
        return await enter(request, staff, target, strong=False)
    return await ask_code(request, staff, target, "password")


async def ask_code(request: Request, staff: Staff, target: str, first: str) -> Response:
    """On to the second factor; `first` is how the first one was proven."""
    response = RedirectResponse(with_next("/desk/login/code", target), 303)
    await _half_way(request, response, staff, first)
    return response


async def _half_way(request: Request, response: Response, staff: Staff, first: str) -> None:
    half, here = new_token(), house(request)
    await here.store.put_link(hashed(half), staff.id, here.now() + HALF_WAY_MINUTES, purpose=HALVES[first])
    set_cookie(response, request, HALF_WAY, half, int(HALF_WAY_MINUTES.total_seconds()))


async def code_page(request: Request) -> Response:
    if not request.cookies.get(cookie_name(HALF_WAY, request)):
        return RedirectResponse("/desk/login", 303)
    return login_form(request, "code")


async def code(request: Request) -> Response:
    """The second factor. The half-way token proves the first; it dies with each try and is renewed on a miss."""
    here = house(request)
    form = await request.form(max_fields=10)
    half = request.cookies.get(cookie_name(HALF_WAY, request), "")
    found = [(first, await here.store.take_link(hashed(half), purpose)) for first, purpose in HALVES.items() if half]
    first, staff_id = next(((first, id_) for first, id_ in found if id_), ("", None))
    staff = await here.store.staff_by_id(staff_id) if staff_id else None
    if staff is None or not staff.active:
        return RedirectResponse("/desk/login", 303)
    limit = await tries(request, f"code:{staff.id}", staff.id)
    if await limit.exhausted():
        return login_form(request, "code", TOO_OFTEN, status=429)
    typed = str(form.get("code", ""))[:40]
    if await here.store.use_totp(staff.id, typed) or await here.store.use_recovery(staff.id, typed):
        await limit.succeeded()
        return await enter(request, staff, str(form.get("next", "")), method=first, strong=True)
    await limit.failed()
    await here.store.audit(staff.id, "login_failed", purpose="code")
    response = login_form(request, "code", WRONG_CODE, status=422)
    await _half_way(request, response, staff, first)
    return response


async def one_time_link(request: Request) -> Response:
    """The link that `make run` prints. Works once, and only on the machine itself."""
    here = house(request)
    token = str(request.path_params["token"])
    staff_id = await here.store.take_link(hashed(token), "desk") if is_loopback(request) else None
    staff = await here.store.staff_by_id(staff_id) if staff_id else None
    if staff is None or not staff.active:
        return login_form(request, "password", OLD_LINK, status=410)
    return await enter(request, staff, "/desk", method="link", strong=False)


async def invitation_page(request: Request) -> Response:
    """Looking at an invitation does not use it up: mail programs look at links too."""
    store = house(request).store
    staff_id = await store.read_link(hashed(str(request.path_params["token"])), "invite")
    staff = await store.staff_by_id(staff_id) if staff_id else None
    if staff is None or not staff.active:
        return login_form(request, "password", OLD_LINK, status=410)
    return login_form(request, "invite", login=staff.name, action=request.url.path)


async def invitation(request: Request) -> Response:
    """A coach chooses a password with the link of an invitation. The link is used up only by a good password."""
    here = house(request)
    token = str(request.path_params["token"])
    form = await request.form(max_fields=10)
    password = str(form.get("password", ""))[:1024]
    if len(password) < SHORTEST_PASSWORD:
        return login_form(request, "invite", TOO_SHORT, status=422, action=request.url.path)
    staff_id = await here.store.take_link(hashed(token), "invite")
    staff = await here.store.staff_by_id(staff_id) if staff_id else None
    if staff is None or not staff.active:
        return login_form(request, "password", OLD_LINK, status=410)
    async with SLOW:
        stored = await asyncio.to_thread(hash_password, password)
    await here.store.change_staff(staff.id, password_hash=stored)
    if staff.totp:  # the link replaces a lost password, not the second factor
        return await ask_code(request, staff, "/desk", "password")
    return await enter(request, staff, "/desk", strong=False)


async def leave(request: Request) -> Response:
    here = house(request)
    await here.store.end_session(hashed(token_of(request)))
    await here.store.audit(staff_of(request).id, "logout")
    outside = request.state.session.method == "oidc"  # that login goes on; a page with a link says so
    response = RedirectResponse("/desk/login?uit=1" if outside else "/desk/login", 303)
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
    Page("/desk/uit", leave, policy.ANY, ("POST",), early=True),
)
