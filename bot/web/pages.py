"""Pages around the chat: privacy, sources, accessibility, the example of embedding, and static files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from bot.web import dates
from bot.web.house import house, language_of, show
from bot.web.policy import PUBLIC, Page
from bot.web.render import STATIC
from knowledge.desk_file import OWN_FILES
from knowledge.entries import Entry, Source
from knowledge.geography import ATTRIBUTION

CONFIDENCE = {
    "verified": ("nagekeken", "checked"),
    "likely": ("waarschijnlijk, vraag het na", "likely, please ask"),
    "unverified": ("nog niet zeker, vraag het na", "not certain yet, please ask"),
}
KINDS = {
    "scheme": ("Subsidies en regelingen", "Subsidies and schemes"),
    "voucher": ("Vouchers", "Vouchers"),
    "fund": ("Fondsen", "Funds"),
    "loan": ("Leningen", "Loans"),
    "tax": ("Belastingregels", "Tax rules"),
    "service": ("Hulp en advies", "Help and advice"),
    "programme": ("Programma’s", "Programmes"),
    "provider": ("Opleiders", "Training providers"),
    "event": ("Bijeenkomsten", "Meetings"),
    "desk": ("Loketten", "Desks"),
}
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class SourceLine:
    url: str
    host: str
    supports: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One row of the list of sources."""

    id: str
    name: str
    checked: str
    confidence: str
    sources: tuple[SourceLine, ...]


def entry_line(entry: Entry, language: str) -> EntryLine:
    return EntryLine(
        entry.id,
        entry.text("name", language),
        dates.day(entry.checked_on, language) if entry.checked_on else "–",
        CONFIDENCE[entry.confidence][language == "en"],
        tuple(source_line(one) for one in entry.sources),
    )


def source_line(source: Source) -> SourceLine:
    url = source.url or source.document
    return SourceLine(url, (urlsplit(url).hostname or url).removeprefix("www."), source.supports)


async def privacy(request: Request) -> Response:
    here, language = house(request), language_of(request)
    desk = here.content.knowledge.desk
    own = (language == "en" and desk.privacy_text_en) or desk.privacy_text
    paragraphs = [" ".join(one.split()) for one in re.split(r"\n\s*\n", own) if one.strip()]
    return show(request, "privacy.html", language, own=paragraphs, keep=here.store.rules.periods)


async def accessibility(request: Request) -> Response:
    return show(request, "accessibility.html")


async def sources(request: Request) -> Response:
    here, language = house(request), language_of(request)
    knowledge = here.content.knowledge
    kinds: dict[str, list[EntryLine]] = {}
    for one in sorted(knowledge.catalogue.values(), key=lambda one: one.name.lower()):
        kinds.setdefault(KINDS[one.kind][language == "en"], []).append(entry_line(one, language))
    return show(
        request,
        "sources.html",
        language,
        kinds=sorted(kinds.items()),
        total=len(knowledge.catalogue),
        geography=ATTRIBUTION,
    )


async def example(request: Request) -> Response:
    here = house(request)
    return show(request, "example.html", "nl", url=here.url, origins=here.embed_origins)


async def embed_script(request: Request) -> Response:
    return FileResponse(
        STATIC / "embed.js",
        media_type="text/javascript",
        headers={"cache-control": "public, max-age=3600", "cross-origin-resource-policy": "cross-origin"},
    )


async def static(request: Request) -> Response:
    """Files of this package by exact name: a name is looked up, never joined to a path."""
    return _static(request, STATIC)


async def vendor(request: Request) -> Response:
    """The font that was fetched when this package was built."""
    return _static(request, STATIC / "vendor")


def _static(request: Request, folder: Path) -> Response:
    name = str(request.path_params["name"])
    if name not in _files(folder):
        return PlainTextResponse("Niet gevonden", 404)
    forever = "v" in request.query_params
    return FileResponse(
        folder / name,
        media_type=TYPES[(folder / name).suffix],
        headers={"cache-control": "public, max-age=31536000, immutable" if forever else "public, max-age=600"},
    )


async def house_style(request: Request) -> Response:
    """The region's own tokens."""
    return _own_file(request, "tokens")


async def logo(request: Request) -> Response:
    """The region's own logo. An SVG may hold scripts: as a picture it cannot run them, and opened by itself neither."""
    answer = _own_file(request, "logo")
    if answer.status_code == 200:
        answer.headers["content-security-policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer


def _own_file(request: Request, what: str) -> Response:
    """The file that desk.yaml names, in its pack and nowhere else, of the version that is in force."""
    here = house(request)
    name = str(getattr(here.content.knowledge.desk, what))
    folder = here.content.knowledge.folders[-1].resolve()
    path = (folder / name).resolve()
    if not name or path.suffix not in OWN_FILES[what] or not path.is_relative_to(folder) or not path.is_file():
        return PlainTextResponse("Niet gevonden", 404)
    return FileResponse(path, media_type=TYPES[path.suffix], headers={"cache-control": "public, max-age=600"})


def _files(folder: Path) -> frozenset[str]:
    return frozenset(path.name for path in folder.iterdir() if path.suffix in TYPES) if folder.is_dir() else frozenset()


def overdue(entry: Entry, today: date) -> bool:
    return entry.review_by is not None and entry.review_by < today


PAGES = (
    Page("/privacy", privacy, PUBLIC),
    Page("/bronnen", sources, PUBLIC),
    Page("/huisstijl.css", house_style, PUBLIC),
    Page("/logo", logo, PUBLIC),
    Page("/toegankelijkheid", accessibility, PUBLIC),
    Page("/voorbeeld", example, PUBLIC),
    Page("/embed.js", embed_script, PUBLIC),
    Page("/static/{name}", static, PUBLIC),
    Page("/static/vendor/{name}", vendor, PUBLIC),
)
