"""`/desk/kennis`: what must be checked again: first what coaches say is not right, then the oldest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from bot.web import dates, policy
from bot.web.desk_frame import desk_page, staff_of
from bot.web.house import House, house
from bot.web.knowledge_edit import DOUBTED, doubts_of
from bot.web.pages import CONFIDENCE, SourceLine, overdue, source_line
from bot.web.policy import Page
from knowledge.availability import availability
from knowledge.entries import Entry

ON_A_SHEET = 25
STATUS = {
    "open": "open",
    "closed": "dicht",
    "opens_on": "gaat later open",
    "ended": "bestaat niet meer",
    "paused": "staat stil",
    "unknown": "onbekend",
}


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    name: str
    status: str
    checked: str
    review: str
    late: bool
    confidence: str
    confidence_words: str
    sources: tuple[SourceLine, ...]
    doubts: int = 0  # how often coaches said that it is not right, since it was checked


def line(entry: Entry, today: date, doubts: int = 0) -> Line:
    return Line(
        entry.id,
        entry.name,
        STATUS[availability(entry, today).status],
        dates.day(entry.checked_on) if entry.checked_on else "nooit",
        dates.day(entry.review_by) if entry.review_by else "–",
        overdue(entry, today),
        entry.confidence,
        CONFIDENCE[entry.confidence][0],
        tuple(source_line(one) for one in entry.sources),
        doubts,
    )


async def knowledge(request: Request) -> Response:
    here = house(request)
    today = here.now().date()
    doubted = await _doubted(here)
    found = sorted(
        here.content.knowledge.catalogue.values(),
        key=lambda one: (
            -doubted.get(one.id, 0),
            not overdue(one, today),
            one.confidence == "verified",
            one.review_by or date.max,
            one.id,
        ),
    )
    raw = request.query_params.get("blad", "1")
    sheets = max(1, -(-len(found) // ON_A_SHEET))
    sheet = min(int(raw), sheets) if raw.isascii() and raw.isdigit() and int(raw) > 0 else 1
    shown = found[(sheet - 1) * ON_A_SHEET : sheet * ON_A_SHEET]
    return desk_page(
        request,
        "desk/knowledge.html",
        entries=[line(one, today, doubted.get(one.id, 0)) for one in shown],
        doubted=len(doubted),
        may_change=staff_of(request).role in policy.SETTINGS,
        total=len(found),
        sheet=sheet,
        sheets=sheets,
        late=sum(overdue(one, today) for one in found),
        unsure=sum(one.confidence != "verified" for one in found),
    )


async def _doubted(here: House) -> dict[str, int]:
    """Entries that coaches doubted after they were checked last."""
    catalogue = here.content.knowledge.catalogue
    recent = {id_ for id_, _ in await here.store.doubts(here.now() - DOUBTED)}
    counts = {id_: sum(n for _, n in await doubts_of(here, catalogue[id_])) for id_ in recent if id_ in catalogue}
    return {id_: count for id_, count in counts.items() if count}


PAGES = (Page("/desk/kennis", knowledge, policy.KNOWLEDGE),)
