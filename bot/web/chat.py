"""The client's chat. A page is a conversation rendered; every form posts one event and comes back to the page."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.cleaning import clean_text
from bot.web import reads, sse
from bot.web.house import LANGUAGE_COOKIE, House, house, language_of, show
from bot.web.knowing import known_facts
from bot.web.policy import PUBLIC, Page
from bot.web.render import fragment, page
from bot.web.security import client_prefix, cookie_name, drop_cookie, hashed, new_token, set_cookie
from bot.web.texts import phrases
from bot.web.views import Bubble, ChatPage, Waiting
from flows.commands import COMMANDS
from flows.effects import Say
from flows.engine import step
from flows.events import Chose, Commanded, Event, Pressed, Said, Started
from flows.state import State
from flows.world import World
from storage.base import NotStored
from storage.messages import Incoming

COOKIE = "loket"
SESSION_HEADER = "x-loket-session"
KEEP = 28 * 24 * 3600  # seconds a browser keeps its conversation: as long as the desk does
GONE = '<div data-part="reload"></div>'  # the conversation is no more
LONGEST = 4000  # characters of one message on the page; the engine says kindly when more was sent


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who this browser is: a token only it knows; we know its hash."""

    token: str
    new: bool

    @property
    def address(self) -> str:
        return hashed(self.token)


def visitor_of(request: Request) -> Visitor:
    token = request.headers.get(SESSION_HEADER) or request.cookies.get(cookie_name(COOKIE, request), "")
    if re.fullmatch(r"[\w-]{43}", token, re.ASCII):
        return Visitor(token, False)
    return Visitor(new_token(), True)


# ---- pages --------------------------------------------------------------------------------------------------------


async def home(request: Request) -> Response:
    return RedirectResponse("/chat", 303)


async def chat(request: Request) -> Response:
    here = house(request)
    visitor = visitor_of(request)
    embedded = request.query_params.get("embed") == "1"
    view = await chat_page(request, here, None if visitor.new or embedded else visitor, embedded=embedded)
    return page(
        "chat.html",
        view.language,
        page=view,
        face=view.face,
        message_id=view.message_id,
        buttons=True,
        visitor_name="",
        start=_start(request.query_params.get("start", "")),
        languages=here.languages,
    )


async def chat_page(
    request: Request, here: House, visitor: Visitor | None, *, embedded: bool = False, notice: str = "", draft: str = ""
) -> ChatPage:
    """The page of this visitor's conversation, or the welcome of one that has not begun (nothing is stored yet)."""
    talk = await reads.talk_since(here.store, here.content, visitor.address) if visitor else None
    message_id = secrets.token_hex(12)
    if talk is None:
        language = language_of(request)
        bubbles = welcome(here, language, _start(request.query_params.get("start", "")))
        return ChatPage(
            here.face(language),
            language,
            () if embedded else bubbles,
            Waiting("bot"),
            (),
            message_id,
            notice=notice,
            draft=draft,
            embedded=embedded,
        )
    return ChatPage(
        here.face(talk.language),
        talk.language,
        talk.bubbles,
        talk.waiting,
        known_facts(here.content, talk.state.answers, talk.language),
        message_id,
        last_seq=talk.bubbles[-1].seq if talk.bubbles else 0,
        begun=True,
        advised=bool(talk.state.advice),
        notice=notice,
        draft=draft,
        embedded=embedded,
    )


def welcome(here: House, language: str, payload: str) -> tuple[Bubble, ...]:
    """What the desk would say first. Pure: looking at the page makes no conversation, and no cookie."""
    turn = step(here.content, World(channel="web"), State(language=language), Started(payload, language), here.now())
    said = [effect.message for effect in turn.effects if isinstance(effect, Say)]
    return tuple(
        Bubble(-len(said) + index, "bot", here.now(), message, turn=turn.state.turn, current=True)
        for index, message in enumerate(said)
    )


# ---- one event ----------------------------------------------------------------------------------------------------


async def say(request: Request) -> Response:
    """Takes a typed text, a button, picked choices, a command or a wish to change an answer."""
    here = house(request)
    visitor = visitor_of(request)
    form = await request.form(max_fields=60)
    live = request.headers.get("x-loket-live") == "1"
    event = event_of(form)
    before = None if visitor.new else await here.store.how_far("web", "", visitor.address)
    clock = time.monotonic()
    if not here.messages.allows(visitor.address, clock) or (
        before is None and not here.openings.allows(client_prefix(request), clock)
    ):
        return await _again(request, here, visitor, form, 429, "too_fast", live)
    if event is None and before is not None:
        return _back(request, visitor, live, await _news(here, visitor, form) if live else "")
    try:
        if before is None:
            await receive(
                here, visitor, Started(_start(str(form.get("start", ""))), language_of(request)), "start", request
            )
        result = None if event is None else await receive(here, visitor, event, _message_id(form), request)
    except NotStored:
        return await _again(request, here, visitor, form, 503, "not_stored", live)
    if result is not None and result.erased:
        return _gone(request, live, "erased")
    if result is not None and result.link:
        target = f"/mijn-gegevens/{result.link}"
        return (
            Response(f'<a data-part="goto" href="{target}"></a>', media_type="text/html")
            if live
            else RedirectResponse(target, 303)
        )
    if live:
        return _back(request, visitor, live, await _news(here, visitor, form))
    return _back(request, visitor, live, "", "log" if before is None else f"m{before + 1}")


async def receive(here: House, visitor: Visitor, event: Event, message_id: str, request: Request):  # type: ignore[no-untyped-def]
    return await here.desk.receive(
        Incoming(
            channel="web",
            address=visitor.address,
            event=event,
            received_at=here.now(),
            update_id=f"{visitor.address[:32]}:{message_id}",
            language=language_of(request),
        )
    )


def event_of(form: FormData) -> Event | None:
    """What the form means; None when nothing was filled in."""
    press = str(form.get("press", ""))
    if re.fullmatch(r"\d{1,9}:\d{1,3}", press, re.ASCII):
        turn, option = press.split(":")
        return Pressed(int(turn), int(option))
    command = str(form.get("command", ""))
    if command in COMMANDS:
        return Commanded(command, clean_text(str(form.get("argument", "")), 80))
    change = str(form.get("change", ""))
    if re.fullmatch(r"[a-z_]{1,64}", change):
        return Commanded("change", change)
    if form.get("chosen"):
        ids = tuple(str(one) for one in form.getlist("ids") if re.fullmatch(r"[\w!:.-]{1,80}", str(one)))
        return Chose(ids) if ids else None
    text = clean_text(str(form.get("text", "")))
    return Said(text) if text else None


def _message_id(form: FormData) -> str:
    given = str(form.get("client_msg_id", ""))
    return given if re.fullmatch(r"[\w-]{6,40}", given, re.ASCII) else secrets.token_hex(12)


def _start(raw: str) -> str:
    return raw if re.fullmatch(r"[\w-]{1,64}", raw, re.ASCII) else ""


async def _news(here: House, visitor: Visitor, form: FormData) -> str:
    raw = str(form.get("na", "0"))
    after = int(raw) if re.fullmatch(r"\d{1,9}", raw) else 0
    return await news(here, visitor.address, after)


async def news(here: House, address: str, after: int) -> str:
    """Everything that is new since message `after`, the state line and the answers, as one piece of HTML."""
    talk = await reads.talk_since(here.store, here.content, address, after)
    return GONE if talk is None else told(here, talk)


def told(here: House, talk: reads.Talk) -> str:
    return fragment(
        "news.html",
        talk.language,
        bubbles=talk.bubbles,
        waiting=talk.waiting,
        buttons=True,
        visitor_name="",
        known=known_facts(here.content, talk.state.answers, talk.language),
        message_id=secrets.token_hex(12),
    )


def _back(request: Request, visitor: Visitor, live: bool, html: str, anchor: str = "dock") -> Response:
    response: Response
    if live:
        response = Response(html, media_type="text/html; charset=utf-8")
    else:
        response = RedirectResponse(f"/chat#{anchor}", 303)
    if request.headers.get(SESSION_HEADER) is None:
        set_cookie(response, request, COOKIE, visitor.token, KEEP)
    return response


async def _again(
    request: Request, here: House, visitor: Visitor, form: FormData, status: int, key: str, live: bool
) -> Response:
    """The same page with a kind notice and the text still in the box."""
    notice = phrases(language_of(request))(key)
    if live:
        return Response(notice, status, media_type="text/plain; charset=utf-8", headers={"retry-after": "5"})
    draft = clean_text(str(form.get("text", "")), LONGEST)
    view = replace(await chat_page(request, here, None if visitor.new else visitor), notice=notice, draft=draft)
    return page(
        "chat.html",
        view.language,
        status=status,
        headers={"retry-after": "5"},
        page=view,
        face=view.face,
        message_id=view.message_id,
        buttons=True,
        visitor_name="",
        start="",
        languages=here.languages,
    )


async def messages(request: Request) -> Response:
    """For an embedded page: gives a session when there is none, and the conversation so far."""
    here = house(request)
    visitor = visitor_of(request)
    html = "" if visitor.new else await news(here, visitor.address, 0)
    if visitor.new or html == GONE:
        language = language_of(request)
        html = fragment(
            "news.html",
            language,
            bubbles=welcome(here, language, ""),
            waiting=Waiting("bot"),
            known=(),
            buttons=True,
            visitor_name="",
            message_id=secrets.token_hex(12),
        )
    response = Response(html, media_type="text/html; charset=utf-8")
    response.headers[SESSION_HEADER] = visitor.token
    return response


async def live(request: Request) -> Response:
    """The stream of this conversation, from the number the reader saw last."""
    here = house(request)
    visitor = visitor_of(request)
    talk = None if visitor.new else await reads.talk_at(here.store, visitor.address)
    if talk is None:
        return Response(status_code=204)
    after = min(sse.last_event_id(request), talk.row.last_seq)

    async def body() -> AsyncIterator[str]:
        seen, version = after, -1
        yield ": welkom\n\n"
        with here.broker.watch(talk.id) as changes:
            changes.set()  # whatever was missed comes first
            async for changed in sse.ticks(request, here.broker, changes):
                if not changed:
                    yield ": nog hier\n\n"
                    continue
                now = await reads.talk_since(here.store, here.content, visitor.address, seen)
                if now is None:
                    yield sse.event(GONE)
                    return
                if now.row.version == version:  # told already: a look came after the turn's own word
                    continue
                version = now.row.version
                seen = max(seen, now.row.last_seq)
                yield sse.event(told(here, now), id=seen)

    return sse.stream(body())


# ---- language, wiping ---------------------------------------------------------------------------------------------


async def choose_language(request: Request) -> Response:
    here = house(request)
    form = await request.form(max_fields=5)
    chosen = str(form.get("language", ""))
    response = RedirectResponse("/chat#dock", 303)
    if chosen not in here.languages:
        return response
    visitor = visitor_of(request)
    talk = None if visitor.new else await reads.talk_at(here.store, visitor.address)
    if talk is not None and talk.language != chosen:
        await receive(here, visitor, Commanded("language", chosen), secrets.token_hex(12), request)
    set_cookie(response, request, LANGUAGE_COOKIE, chosen, KEEP)
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=KEEP, path="/", httponly=True, samesite="lax")
    return response


async def wipe_page(request: Request) -> Response:
    return show(request, "wipe.html", await _language(request))


async def wipe(request: Request) -> Response:
    here = house(request)
    visitor = visitor_of(request)
    form = await request.form(max_fields=5)
    if form.get("what") == "all" and not visitor.new:
        talk = await reads.talk_at(here.store, visitor.address)
        if talk is not None:
            await here.store.erase(talk.id)
        return _gone(request, False, "erased")
    return _gone(request, False, "left")


def _gone(request: Request, live: bool, what: str) -> Response:
    if live:
        response: Response = Response(GONE, media_type="text/html; charset=utf-8")
    else:
        response = RedirectResponse(f"/chat/klaar?{what}=1", 303)
    drop_cookie(response, request, COOKIE)
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


async def done(request: Request) -> Response:
    language = language_of(request)
    t = phrases(language)
    what = "erased" if "erased" in request.query_params else "left"
    return show(
        request,
        "done.html",
        language,
        title=t(f"{what}_title"),
        lines=[t(f"{what}_text")],
        href="/chat",
        action=t("start_again"),
    )


async def overview(request: Request) -> Response:
    here = house(request)
    visitor = visitor_of(request)
    talk = None if visitor.new else await reads.talk_at(here.store, visitor.address)
    language = talk.language if talk else language_of(request)
    known = known_facts(here.content, talk.state.answers, language) if talk else ()
    return show(request, "overview.html", language, known=known, message_id=secrets.token_hex(12))


async def _language(request: Request) -> str:
    visitor = visitor_of(request)
    talk = None if visitor.new else await reads.talk_at(house(request).store, visitor.address)
    return talk.language if talk else language_of(request)


PAGES = (
    Page("/", home, PUBLIC),
    Page("/chat", chat, PUBLIC),
    Page("/chat/zeg", say, PUBLIC, ("POST",)),
    Page("/chat/berichten", messages, PUBLIC),
    Page("/chat/stroom", live, PUBLIC),
    Page("/chat/taal", choose_language, PUBLIC, ("POST",)),
    Page("/chat/wis", wipe_page, PUBLIC),
    Page("/chat/wis", wipe, PUBLIC, ("POST",)),
    Page("/chat/klaar", done, PUBLIC),
    Page("/chat/overzicht", overview, PUBLIC),
)
