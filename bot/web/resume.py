"""Going on elsewhere: a code from one device, typed or scanned on another. The K-code opens nothing."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cleaning import clean_text
from bot.web import reads
from bot.web.chat import COOKIE, KEEP, Visitor, visitor_of
from bot.web.house import house, language_of, show
from bot.web.plan import qr
from bot.web.policy import PUBLIC, Page
from bot.web.security import client_prefix, new_token, set_cookie
from bot.web.texts import phrases

TRIES = 20  # wrong codes per network in a quarter of an hour; each code also dies after five
KEEP_MINUTES = 28 * 24 * 60


async def resume_page(request: Request) -> Response:
    return await _page(request)


async def _page(
    request: Request, *, problem: str = "", code: str = "", long: bool = False, status: int = 200
) -> Response:
    here = house(request)
    visitor = visitor_of(request)
    talk = None if visitor.new else await reads.talk_at(here.store, visitor.address)
    language = talk.language if talk else language_of(request)
    t = phrases(language)
    url = f"{here.url}/chat/verder"
    return show(
        request,
        "resume.html",
        language,
        status=status,
        problem=problem,
        code=code,
        begun=talk is not None,
        url=url,
        telegram=await here.telegram_link(f"r-{code}") if code else "",
        qr=qr(f"{url}#{code}", title=t("plan_qr")) if code else "",
        short=t("resume_keep").split("?")[-1].strip() if long else t("resume_short"),
    )


async def make_code(request: Request) -> Response:
    here = house(request)
    visitor = visitor_of(request)
    form = await request.form(max_fields=5)
    talk = None if visitor.new else await reads.talk_at(here.store, visitor.address)
    if talk is None:
        return await _page(request, problem=phrases(language_of(request))("resume_none"))
    long = bool(form.get("keep"))
    code = await (
        here.store.make_resume_code(talk.id, KEEP_MINUTES) if long else here.store.make_transfer_code(talk.id)
    )
    return await _page(request, code=code, long=long)


async def use_code(request: Request) -> Response:
    """Binds this browser to the conversation of the code. A wrong code says nothing about what exists."""
    here = house(request)
    form = await request.form(max_fields=5)
    code = clean_text(str(form.get("code", "")), 60)
    fresh = Visitor(new_token(), True)  # a new token for the new device: the old one keeps its own
    network = f"resume|{client_prefix(request)}"
    if await here.store.failures(network) >= TRIES:
        return await _page(request, problem=phrases(language_of(request))("too_fast"), status=429)
    found = await here.store.resume(code, "web", "", fresh.address)
    if not found:
        await here.store.note_failure(network)
        return await _page(request, problem=phrases(language_of(request))("resume_wrong"), status=422)
    response = RedirectResponse("/chat#dock", 303)
    set_cookie(response, request, COOKIE, fresh.token, KEEP)
    return response


PAGES = (
    Page("/chat/verder", resume_page, PUBLIC),
    Page("/chat/verder", use_code, PUBLIC, ("POST",)),
    Page("/chat/verder/code", make_code, PUBLIC, ("POST",)),
)
