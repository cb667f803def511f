"""The result of the self-scan on one page to print or to pass on, and the calendar file of a meeting.

The page shows the four themes and nothing else: no answer, no name, no place. Who made it can make a link to it; the
link is a code of 256 bits, kept hashed, and works for ninety days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from bot.clock import AMSTERDAM
from bot.web import reads
from bot.web.chat import visitor_of
from bot.web.house import House, house, language_of, show
from bot.web.plan import qr
from bot.web.policy import PUBLIC, Page
from flows.state import State
from knowledge.stock import stock_of
from storage.keys import hashed, token

KEPT = timedelta(days=90)
FLOW = "self-scan.say-"
THEMES = ("direction", "people", "learning", "money")
LEVELS = ("weak", "fair", "strong")


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme of the result: how it stands, and the tip."""

    level: str
    text: str


def themes_of(here: House, state: State, language: str) -> tuple[Theme, ...]:
    """The lines the scan ended with. A changed answer leaves an older line behind; the latest one counts."""
    found = []
    for theme in THEMES:
        said = [(state.done.get(f"{FLOW}{theme}-{level}"), level) for level in LEVELS]
        turns = [(turn, level) for turn, level in said if isinstance(turn, int)]
        if turns:
            _, level = max(turns)
            key = f"{FLOW}{theme}-{level}"
            text = str(getattr(here.content.steps[key], "text", ""))
            found.append(Theme(level, here.content.tr(f"flow.{key}", text, language)))
    return tuple(found)


async def own(request: Request) -> Response:
    """The visitor's own result."""
    here, visitor = house(request), visitor_of(request)
    talk = None if visitor.new else await reads.talk_at(here.store, visitor.address)
    language = talk.language if talk else language_of(request)
    themes = themes_of(here, talk.state, language) if talk else ()
    return show(request, "scan.html", language, now=here.now(), themes=themes, own=bool(themes), qr="", url="")


async def make_link(request: Request) -> Response:
    here, visitor = house(request), visitor_of(request)
    talk = None if visitor.new else await reads.talk_at(here.store, visitor.address)
    if talk is None or not themes_of(here, talk.state, talk.language):
        return RedirectResponse("/scan", 303)
    code = token()
    await here.store.put_link(hashed(code), talk.id, here.now() + KEPT, purpose="scan")
    return RedirectResponse(f"/scan/{code}", 303)


async def shared(request: Request) -> Response:
    """The result behind a link; an unknown, old or erased one says so and no more."""
    here, code = house(request), str(request.path_params["code"])
    conversation = await here.store.read_link(hashed(code), "scan")
    state = await here.store.state(conversation) if conversation else None
    language = language_of(request)
    themes = themes_of(here, state, language) if state else ()
    url = f"{here.url}/scan/{code}" if themes else ""
    drawn = qr(url, title=url) if url else ""
    status = 200 if themes else 404
    return show(
        request, "scan.html", language, status=status, now=here.now(), themes=themes, own=False, qr=drawn, url=url
    )


async def calendar(request: Request) -> Response:
    """One meeting as an .ics file, from the catalogue: nobody's data."""
    here, wanted = house(request), str(request.path_params["id"])
    for one in stock_of(here.content.knowledge.catalogue):
        if one.what == wanted and one.kind == "event" and one.starts is not None:
            starts = one.starts.replace(tzinfo=AMSTERDAM).astimezone(UTC)
            lines = (
                "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Ontwikkelloket//NL", "BEGIN:VEVENT",
                f"UID:{one.what}@ontwikkelloket", f"DTSTAMP:{here.now().astimezone(UTC):%Y%m%dT%H%M%SZ}",
                f"DTSTART:{starts:%Y%m%dT%H%M%SZ}", "DURATION:PT2H", f"SUMMARY:{_escaped(one.title)}",
                f"LOCATION:{_escaped(one.place)}", "END:VEVENT", "END:VCALENDAR",
            )  # fmt: skip
            return Response(
                "\r\n".join(lines) + "\r\n", media_type="text/calendar; charset=utf-8",
                headers={"content-disposition": f'attachment; filename="{one.what}.ics"'},
            )  # fmt: skip
    return PlainTextResponse("Niet gevonden", 404)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


PAGES = (
    Page("/scan", own, PUBLIC),
    Page("/scan", make_link, PUBLIC, ("POST",)),
    Page("/scan/{code}", shared, PUBLIC),
    Page("/bijeenkomst/{id}.ics", calendar, PUBLIC),
)
