"""Coming in through the organisation's own login, and confirming there: pages around bot/web/oidc.py."""

from __future__ import annotations

import hmac
import logging
import time
from datetime import timedelta
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web import policy
from bot.web.desk_frame import go
from bot.web.house import House, house
from bot.web.login import ask_code, login_form
from bot.web.oidc import FRESH, Identity, NotProven, ProviderDown, mark_of
from bot.web.policy import PUBLIC, Page
from bot.web.security import client_prefix, cookie_name, drop_cookie, hashed, new_token, set_cookie
from bot.web.sessions import ABSOLUTE, COOKIE, enter, inside, session_of, token_of
from knowledge.problems import LoketError
from storage.rows import Staff

log = logging.getLogger("loket.login")

UNDER_WAY = "desk-oidc"  # what this browser must bring back: a secret, and where it was going
UNDER_WAY_FOR = timedelta(minutes=30)
BACK = "/desk/login/terug"
PURPOSES = {False: "oidc", True: "oidc_again"}

DOWN = (
    "Inloggen met uw werkaccount lukt nu niet: uw organisatie antwoordt niet goed. Dat ligt niet aan u. "
    "Probeer het straks opnieuw, of bel uw beheerder."
)
UNPROVEN = "Het inloggen is niet gelukt. Begin opnieuw."
STOPPED = "U hebt het inloggen gestopt. Begin opnieuw als u verder wilt."
UNKNOWN = "Uw werkaccount is goed, maar u hebt nog geen toegang tot de coachdesk. Vraag het uw beheerder."
SWITCHED_OFF = "Uw toegang tot de coachdesk staat uit. Vraag het uw beheerder."
TOO_FAST = "Er komen nu te veel verzoeken. Wacht een minuut."


async def begin(request: Request) -> Response:
    return await _leave_for_provider(request, request.query_params.get("next", "/desk"), again=False)


async def begin_again(request: Request) -> Response:
    """Somebody who is in proves once more who they are."""
    return await _leave_for_provider(request, request.query_params.get("next", "/desk"), again=True)


async def _leave_for_provider(request: Request, target: str, *, again: bool) -> Response:
    here = house(request)
    if here.provider is None:
        return RedirectResponse("/desk/login", 303)
    if not here.logins.allows(client_prefix(request), time.monotonic()):
        return login_form(request, problem=TOO_FAST, status=429)
    state, seed = new_token(), new_token()
    try:
        address = await here.provider.address(redirect=here.url + BACK, state=state, seed=seed, again=again)
    except ProviderDown as error:
        return _down(request, error)
    await here.store.put_link(hashed(state), mark_of(seed), here.now() + UNDER_WAY_FOR, purpose=PURPOSES[again])
    response = RedirectResponse(address, 303)
    value = f"{seed}.{int(again)}.{quote(inside(target), safe='')}"
    set_cookie(response, request, UNDER_WAY, value, int(UNDER_WAY_FOR.total_seconds()))
    return response


async def come_back(request: Request) -> Response:
    """The provider sent this browser back with a code, or with the word that it will not."""
    response = await _come_back(request)
    drop_cookie(response, request, UNDER_WAY)
    return response


async def _come_back(request: Request) -> Response:
    here, query = house(request), request.query_params
    if here.provider is None:
        return RedirectResponse("/desk/login", 303)
    seed, _, rest = request.cookies.get(cookie_name(UNDER_WAY, request), "").partition(".")
    flag, _, quoted = rest.partition(".")
    target = unquote(quoted)
    again, state = flag == "1", query.get("state", "")
    begun = await here.store.take_link(hashed(state), PURPOSES[again]) if state and seed else None
    if begun is None or not hmac.compare_digest(begun, mark_of(seed)):
        return await _refused(request, "unknown", "state", UNPROVEN)
    if "error" in query:
        return await _refused(request, "unknown", query["error"][:40], STOPPED)
    try:
        who = await here.provider.identity(
            code=query.get("code", ""), redirect=here.url + BACK, seed=seed, now=here.now()
        )
    except ProviderDown as error:
        return _down(request, error)
    except NotProven as error:
        log.warning("login refused: %s", error)
        return await _refused(request, "unknown", "token", UNPROVEN)
    if again:
        return await _confirmed(request, who, target)
    staff, problem = await _person(here, who)
    if staff is None:
        return await _refused(request, problem[0], problem[1], problem[2])
    if not who.strong and staff.totp:
        return await ask_code(request, staff, target, "oidc")
    return await enter(request, staff, target, method="oidc", strong=who.strong)


async def _person(here: House, who: Identity) -> tuple[Staff | None, tuple[str, str, str]]:
    """Who this is at the desk. First by the subject, which never changes; a name only binds who was not bound yet."""
    store, nobody = here.store, ("unknown", "nobody", UNKNOWN)
    given = _role(here.settings.oidc_roles, who.groups)
    if here.settings.oidc_roles and given is None:
        return None, ("unknown", "no group", UNKNOWN)
    staff = await store.staff_by_subject(who.subject) or await store.staff(who.login)
    if staff is None:
        if given is None:
            return None, nobody
        try:
            staff = await store.add_staff(who.login[:120], who.name[:60], given)
        except LoketError:  # made by the same person in another tab, this very moment
            return None, nobody
        await store.audit("oidc", "staff_added", staff.id)
    if not staff.active:
        return None, (staff.id, "switched off", SWITCHED_OFF)
    if not await store.link_subject(staff.id, who.subject):
        return None, (staff.id, "another person", UNKNOWN)
    if given is not None and given != staff.role:
        await store.change_staff(staff.id, role=given)
        await store.audit("oidc", "staff_role", staff.id, purpose=given)
        staff = await store.staff_by_id(staff.id)
    return staff, nobody


def _role(mapping: tuple[str, ...], groups: tuple[str, ...]) -> str | None:
    """The role of the first rule that names one of these groups."""
    for rule in mapping:
        group, _, role = rule.rpartition("=")
        if group in groups:
            return role
    return None


async def _confirmed(request: Request, who: Identity, target: str) -> Response:
    """The same person proved it just now: the session's proof is fresh again, under a new token."""
    here, session = house(request), await session_of(request)
    if session is None:
        return RedirectResponse("/desk/login", 303)
    same = await here.store.staff_by_subject(who.subject)
    if same is None or same.id != session.staff.id or who.proved_at is None or here.now() - who.proved_at > FRESH:
        await here.store.audit(session.staff.id, "confirm_failed", purpose="oidc")
        return go(inside(target), wrong="unproven")
    fresh = new_token()
    await here.store.confirm_session(hashed(token_of(request)), hashed(fresh))
    await here.store.audit(session.staff.id, "confirm", purpose="oidc")
    response = go(inside(target), ok="proven")
    set_cookie(response, request, COOKIE, fresh, int(ABSOLUTE.total_seconds()))
    return response


async def _refused(request: Request, actor: str, why: str, words: str) -> Response:
    await house(request).store.audit(actor, "login_failed", purpose="oidc", result=why)
    return login_form(request, problem=words, status=403)


def _down(request: Request, error: ProviderDown) -> Response:
    log.error("the organisation's login at LOKET_OIDC_ISSUER: %s", error)
    return login_form(request, problem=DOWN, status=503)


PAGES = (
    Page("/desk/login/extern", begin, PUBLIC),
    Page(BACK, come_back, PUBLIC),
    Page("/desk/bevestig/extern", begin_again, policy.ANY),
)
