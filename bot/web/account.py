"""A coach's own account: password, second factor, where one is logged in, keyboard shortcuts, presence."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import pyotp
from starlette.requests import Request
from starlette.responses import Response

from bot.web import dates, policy
from bot.web.desk_frame import KEYS_COOKIE, desk_page, go, staff_of
from bot.web.house import house
from bot.web.login import TOO_SHORT
from bot.web.plan import qr
from bot.web.policy import Page, may_use_password
from bot.web.security import hashed
from bot.web.sessions import enter, left, token_of
from bot.web.trying import SLOW
from storage.sessions import HANDLE
from storage.staff import SHORTEST_PASSWORD, check_password, hash_password

YEAR = 365 * 24 * 3600
WAYS = {"password": "met wachtwoord", "oidc": "met werkaccount", "link": "met een eenmalige link"}
FEW = 3  # recovery codes left, below which the page says so
GUESSES = 5  # wrong current passwords in a quarter of an hour


@dataclass(frozen=True, slots=True)
class Device:
    """One of this person's sessions."""

    handle: str
    name: str
    words: str
    here: bool


async def account(request: Request) -> Response:
    secret = pyotp.random_base32() if request.query_params.get("code") == "nieuw" else ""
    return await _show(request, secret="" if staff_of(request).totp else secret)


async def _show(
    request: Request, *, secret: str = "", problem: str = "", recovery: tuple[str, ...] = (), status: int = 200
) -> Response:
    here, me = house(request), staff_of(request)
    drawing = ""
    if secret:
        name = here.face().name
        drawing = qr(pyotp.TOTP(secret).provisioning_uri(name=me.login, issuer_name=name), title="QR-code voor uw app")
    return desk_page(
        request,
        "desk/account.html",
        here="/desk/account",
        status=status,
        secret=secret,
        qr=drawing,
        problem=problem,
        recovery=recovery,
        codes_left=await here.store.recovery_left(me.id),
        few=FEW,
        enrolled=me.totp,
        required=here.settings.second_factor == "required",
        may_password=may_use_password(here.settings.password_login, here.provider is not None, me.role),
        has_password=bool(me.password_hash),
        away=me.away,
        devices=await _devices(request),
    )


async def _devices(request: Request) -> list[Device]:
    mine = hashed(token_of(request))[:HANDLE]
    found = await house(request).store.sessions_of(staff_of(request))
    return [
        Device(
            one.handle,
            one.device or "Onbekend apparaat",
            f"{WAYS.get(one.method, one.method)}, sinds {dates.day(one.began)} {dates.clock(one.began)} uur, "
            f"laatst gebruikt {dates.clock(one.seen)} uur",
            one.handle == mine,
        )
        for one in found
    ]


async def change_password(request: Request) -> Response:
    """Ends all other sessions of this person; this browser gets a fresh one."""
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=5)
    old, new = str(form.get("old", ""))[:1024], str(form.get("new", ""))[:1024]
    if not may_use_password(here.settings.password_login, here.provider is not None, me.role):
        return go("/desk/account", wrong="forbidden")
    if len(new) < SHORTEST_PASSWORD:
        return await _show(request, problem=TOO_SHORT, status=422)
    key = f"password:{me.id}"
    if await here.store.failures(key) >= GUESSES:
        return await _show(request, problem="Het is te vaak misgegaan. Wacht een kwartier.", status=429)
    async with SLOW:
        if me.password_hash and not await asyncio.to_thread(check_password, me.password_hash, old):
            await here.store.note_failure(key)
            return await _show(request, problem="Uw huidige wachtwoord klopt niet.", status=422)
        stored = await asyncio.to_thread(hash_password, new)
    await here.store.change_staff(me.id, password_hash=stored)
    await here.store.audit(me.id, "change_password")
    session = request.state.session
    return await enter(request, me, "/desk/account?ok=saved", method=session.method, strong=session.strong)


async def turn_on_code(request: Request) -> Response:
    """The second factor is on after one right code of the app, so that nobody locks the own door by accident."""
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=5)
    secret, typed = str(form.get("secret", "")), "".join(str(form.get("code", "")).split())
    if not re.fullmatch(r"[A-Z2-7]{16,64}", secret) or me.totp:
        return go("/desk/account", wrong="unknown")
    if not pyotp.TOTP(secret).verify(typed, for_time=here.now(), valid_window=1):
        return await _show(request, secret=secret, problem="Deze code klopt niet. Probeer de volgende.", status=422)
    codes = await here.store.set_totp(me.id, secret)
    await here.store.audit(me.id, "second_factor_on")
    await here.store.end_sessions(me.id, but=hashed(token_of(request)))
    return await _show(request, recovery=codes)


async def turn_off_code(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    if here.settings.second_factor == "required":
        return await _show(request, problem="Bij dit loket is een controlecode verplicht.", status=422)
    if not await _right_code(request):
        return await _show(request, problem="Deze code klopt niet.", status=422)
    await here.store.set_totp(me.id, "")
    await here.store.audit(me.id, "second_factor_off")
    return go("/desk/account", ok="saved")


async def new_recovery(request: Request) -> Response:
    """Fresh recovery codes; the old ones stop working. Asks a code of the app."""
    here, me = house(request), staff_of(request)
    if not await _right_code(request):
        return await _show(request, problem="Deze code klopt niet.", status=422)
    await here.store.audit(me.id, "recovery_codes")
    return await _show(request, recovery=await here.store.new_recovery(me.id))


async def _right_code(request: Request) -> bool:
    """Whether the code in the form is right; ten misses in a quarter of an hour and none is."""
    store, me = house(request).store, staff_of(request)
    form = await request.form(max_fields=5)
    key = f"own code:{me.id}"
    if await store.failures(key) < 10 and await store.use_totp(me.id, str(form.get("code", ""))[:40]):
        return True
    await store.note_failure(key)
    return False


async def end_session(request: Request) -> Response:
    """Logs out one other device by its handle, or with `all` every device but this one."""
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=5)
    handle, own = str(form.get("handle", "")), hashed(token_of(request))
    if handle == "all":
        ended = await here.store.end_sessions(me.id, but=own)
    elif re.fullmatch(rf"[0-9a-f]{{{HANDLE}}}", handle, re.ASCII):
        ended = await here.store.end_sessions(me.id, handle=handle, but=own)
    else:
        return go("/desk/account", wrong="unknown")
    await here.store.audit(me.id, "end_session", result=str(ended))
    return go("/desk/account", ok="ended")


async def shortcuts(request: Request) -> Response:
    form = await request.form(max_fields=5)
    response = go("/desk/account", ok="saved")
    response.set_cookie(
        KEYS_COOKIE, "1" if form.get("keys") else "", max_age=YEAR, path="/desk", httponly=True, samesite="lax"
    )
    return response


async def presence(request: Request) -> Response:
    form = await request.form(max_fields=5)
    await house(request).store.set_away(staff_of(request).id, bool(form.get("away")))
    return go("/desk/account", ok="saved")


async def stay(request: Request) -> Response:
    """Somebody says to be still there: every request does that, this one does nothing else."""
    token = hashed(token_of(request))
    await house(request).store.touch_session(token)
    seconds, _ = left(request.state.session, house(request).now())
    return Response(status_code=204, headers={"x-session": str(seconds)})


PAGES = (
    Page("/desk/blijf", stay, policy.ANY, ("POST",), early=True),
    Page("/desk/account", account, policy.ANY, early=True),
    Page("/desk/account/wachtwoord", change_password, policy.ANY, ("POST",), early=True),
    Page("/desk/account/code", turn_on_code, policy.ANY, ("POST",), early=True),
    Page("/desk/account/code/uit", turn_off_code, policy.ANY, ("POST",)),
    Page("/desk/account/herstelcodes", new_recovery, policy.ANY, ("POST",)),
    Page("/desk/account/apparaat", end_session, policy.ANY, ("POST",), early=True),
    Page("/desk/account/toetsen", shortcuts, policy.ANY, ("POST",)),
    Page("/desk/account/afwezig", presence, policy.WORK, ("POST",)),
)
