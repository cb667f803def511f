"""Proving once more who you are, before what cannot be undone or takes data out of the house.

The form that was sent travels along as hidden fields, so that confirming and doing are one step, also without
JavaScript. Somebody who came in through the organisation's login confirms there, and does the thing again afterwards.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web import policy
from bot.web.desk_frame import desk_page, go, staff_of
from bot.web.house import house
from bot.web.policy import Page
from bot.web.security import drop_cookie, hashed, new_token, set_cookie
from bot.web.sessions import ABSOLUTE, COOKIE, inside, token_of, with_next
from bot.web.trying import SLOW
from storage.sessions import DeskSession
from storage.staff import check_password

PROOF_LASTS = timedelta(minutes=10)
TRIES = 5  # wrong proofs after which this session ends: somebody else may sit behind the screen
PROOF = "bevestiging"  # field with the password or code; never sent on to the page

WRONG = {"code": "Deze code klopt niet. Wacht op de volgende code.", "password": "Dit wachtwoord klopt niet."}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The proof is fresh. `token` is the session's new one when it was given just now."""

    token: str = ""

    def onto(self, request: Request, response: Response) -> Response:
        if self.token:
            set_cookie(response, request, COOKIE, self.token, int(ABSOLUTE.total_seconds()))
        return response


def is_fresh(request: Request) -> bool:
    session: DeskSession = request.state.session
    return session.confirmed is not None and house(request).now() - session.confirmed <= PROOF_LASTS


def asked_of(request: Request) -> str:
    """Which proof this person can give: code, oidc, password, or none."""
    session: DeskSession = request.state.session
    if session.staff.totp:
        return "code"
    if session.method == "oidc" and house(request).provider is not None:
        return "oidc"
    return "password" if session.staff.password_hash else "none"


async def confirm(request: Request) -> Confirmed | Response:
    """Lets a fresh proof through, takes the one in the form, or asks for it."""
    if is_fresh(request):
        return Confirmed()
    if request.method == "GET":
        # A file would come down beside the question, which then stays on the screen: lead to the page of the file.
        page = request.url.path.removesuffix(".csv").removesuffix(".json")
        here = page + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(with_next("/desk/bevestig", here), 303)
    form = await request.form(max_fields=60)
    if PROOF not in form:
        return _ask(request, form, status=403)
    return await _take(request, form)


async def _take(request: Request, form: FormData) -> Confirmed | Response:
    here, me, token = house(request), staff_of(request), hashed(token_of(request))
    key, how, proof = f"confirm:{token[:32]}", asked_of(request), str(form.get(PROOF, ""))[:1024]
    if how == "code":
        right = await here.store.use_totp(me.id, proof[:40]) or await here.store.use_recovery(me.id, proof[:40])
    elif how == "password":
        async with SLOW:
            right = await asyncio.to_thread(check_password, me.password_hash, proof)
    else:
        right = False
    if right:
        fresh = new_token()
        await here.store.confirm_session(token, hashed(fresh))
        await here.store.audit(me.id, "confirm", purpose=how)
        return Confirmed(fresh)
    await here.store.note_failure(key)
    await here.store.audit(me.id, "confirm_failed", purpose=how)
    if await here.store.failures(key) >= TRIES:
        await here.store.end_session(token)
        response = RedirectResponse("/desk/login", 303)
        drop_cookie(response, request, COOKIE)
        return response
    return _ask(request, form, problem=WRONG.get(how, ""), status=422)


def _ask(request: Request, form: FormData | None = None, *, problem: str = "", status: int = 200) -> Response:
    """The question, with everything that was sent before in hidden fields."""
    kept = [(name, value) for name, value in form.multi_items() if isinstance(value, str)] if form is not None else []
    return desk_page(
        request,
        "desk/confirm.html",
        status=status,
        how=asked_of(request),
        problem=problem,
        fields=[one for one in kept if one[0] != PROOF],
        action=request.url.path,
        again=with_next("/desk/bevestig/extern", _page_of(request, form)),
        minutes=int(PROOF_LASTS.total_seconds() // 60),
    )


def _page_of(request: Request, form: FormData | None) -> str:
    """Where somebody does the thing again after confirming elsewhere: the page the form stands on."""
    if request.url.path == "/desk/bevestig":
        return inside(str((form or request.query_params).get("next", "/desk")))
    if request.url.path.startswith("/desk/beheer"):
        return "/desk/beheer"
    return "/desk/account" if request.url.path.startswith("/desk/account") else request.url.path


async def confirm_page(request: Request) -> Response:
    target = inside(request.query_params.get("next", "/desk"))
    if is_fresh(request):
        return RedirectResponse(target, 303)
    return _ask(request, FormData([("next", target)]))


async def confirm_here(request: Request) -> Response:
    form = await request.form(max_fields=10)
    target = go(inside(str(form.get("next", "/desk"))), ok="proven")
    if is_fresh(request):
        return target
    proven = await _take(request, form)
    return proven.onto(request, target) if isinstance(proven, Confirmed) else proven


PAGES = (
    Page("/desk/bevestig", confirm_page, policy.ANY),
    Page("/desk/bevestig", confirm_here, policy.ANY, ("POST",)),
)
