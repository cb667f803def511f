"""A coach's own account: password, second factor, keyboard shortcuts, presence."""

from __future__ import annotations

import asyncio
import re

import pyotp
from starlette.requests import Request
from starlette.responses import Response

from bot.web import policy
from bot.web.desk_frame import KEYS_COOKIE, desk_page, go, staff_of
from bot.web.house import house
from bot.web.login import SLOW, _enter
from bot.web.plan import qr
from bot.web.policy import Page
from storage.staff import SHORTEST_PASSWORD, check_password, hash_password

YEAR = 365 * 24 * 3600


async def account(request: Request) -> Response:
    secret = pyotp.random_base32() if request.query_params.get("code") == "nieuw" else ""
    return _show(request, secret=secret)


def _show(
    request: Request, *, secret: str = "", problem: str = "", recovery: tuple[str, ...] = (), status: int = 200
) -> Response:
    me = staff_of(request)
    drawing = ""
    if secret:
        name = house(request).face().name
        drawing = qr(pyotp.TOTP(secret).provisioning_uri(name=me.login, issuer_name=name), title="QR-code voor uw app")
    return desk_page(
        request,
        "desk/account.html",
        status=status,
        secret=secret,
        qr=drawing,
        problem=problem,
        recovery=recovery,
        enrolled=me.totp,
        has_password=bool(me.password_hash),
        away=me.away,
    )


async def change_password(request: Request) -> Response:
    """Ends all other sessions of this person; this browser gets a fresh one."""
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=5)
    old, new = str(form.get("old", ""))[:1024], str(form.get("new", ""))[:1024]
    if len(new) < SHORTEST_PASSWORD:
        return _show(request, problem="Kies een wachtwoord van ten minste 12 tekens.", status=422)
    async with SLOW:
        if me.password_hash and not await asyncio.to_thread(check_password, me.password_hash, old):
            return _show(request, problem="Uw huidige wachtwoord klopt niet.", status=422)
        stored = await asyncio.to_thread(hash_password, new)
    await here.store.change_staff(me.id, password_hash=stored)
    await here.store.audit(me.id, "change_password")
    return await _enter(request, me, "/desk/account?ok=saved")


async def turn_on_code(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=5)
    secret, typed = str(form.get("secret", "")), "".join(str(form.get("code", "")).split())
    if not re.fullmatch(r"[A-Z2-7]{16,64}", secret) or me.totp:
        return go("/desk/account", wrong="unknown")
    if not pyotp.TOTP(secret).verify(typed, for_time=here.now(), valid_window=1):
        return _show(request, secret=secret, problem="Deze code klopt niet. Probeer de volgende.", status=422)
    codes = await here.store.set_totp(me.id, secret)
    await here.store.audit(me.id, "second_factor_on")
    return _show(request, recovery=codes)


async def turn_off_code(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=5)
    if not await here.store.use_totp(me.id, str(form.get("code", ""))[:40]):
        return _show(request, problem="Deze code klopt niet.", status=422)
    await here.store.set_totp(me.id, "")
    await here.store.audit(me.id, "second_factor_off")
    return go("/desk/account", ok="saved")


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


PAGES = (
    Page("/desk/account", account, policy.ANY),
    Page("/desk/account/wachtwoord", change_password, policy.ANY, ("POST",)),
    Page("/desk/account/code", turn_on_code, policy.ANY, ("POST",)),
    Page("/desk/account/code/uit", turn_off_code, policy.ANY, ("POST",)),
    Page("/desk/account/toetsen", shortcuts, policy.ANY, ("POST",)),
    Page("/desk/account/afwezig", presence, policy.WORK, ("POST",)),
)
