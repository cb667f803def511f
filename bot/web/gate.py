"""Before every desk page: who is it, is that role allowed here, is a second factor set, was it proven lately."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.confirming import Confirmed, confirm
from bot.web.desk_frame import desk_page, go
from bot.web.house import house
from bot.web.login import login_form
from bot.web.policy import PUBLIC, Handler, Page
from bot.web.sessions import session_of
from storage.sessions import DeskSession

ENDED = (
    "U bent niet meer ingelogd, dus er is niets verstuurd. Log in. Ga daarna terug in uw browser: "
    "wat u schreef, staat daar nog, of als concept bij de hulpvraag."
)


def guarded(page: Page) -> Handler:
    """The page's handler behind its policy. A public page passes; all others need a session and one of its roles."""
    if page.allow == PUBLIC:
        return page.handler

    async def gate(request: Request) -> Response:
        session = await session_of(request)
        if session is None:
            if request.method != "GET" or request.url.path == "/desk/stroom":
                return _ended(request)
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/desk/login?next={quote(back, safe='/')}", 303)
        staff = session.staff
        request.state.staff, request.state.session = staff, session
        if page.path == "/desk" and staff.role not in page.allow and not lacks_code(request, session):
            return RedirectResponse("/desk/beheer", 303)
        if staff.role not in page.allow and page.path != "/desk":
            return desk_page(request, "desk/forbidden.html", status=403)
        if lacks_code(request, session) and not page.early:
            return go("/desk/account?code=nieuw", wrong="code_first")
        if not page.confirm:
            return await page.handler(request)
        proven = await confirm(request)
        if not isinstance(proven, Confirmed):
            return proven
        return proven.onto(request, await page.handler(request))

    return gate


def _ended(request: Request) -> Response:
    """A form that was sent after the session ended. A page in a browser says how the text comes back."""
    if "text/html" in request.headers.get("accept", ""):
        return login_form(request, problem=ENDED, status=401)
    return Response("Log eerst in.", 401, media_type="text/plain; charset=utf-8")


def lacks_code(request: Request, session: DeskSession) -> bool:
    """Whether this person must set a second factor before anything else."""
    required = house(request).settings.second_factor == "required"
    return required and not session.staff.totp and not session.strong
