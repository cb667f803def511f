"""*Vandaag* and the inbox: which people wait, by promised time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from bot.web import dates, policy, sse
from bot.web.client_words import about_client, choice_about_client, value_about_client
from bot.web.desk_frame import desk_page, staff_of
from bot.web.house import House, house
from bot.web.policy import Page
from storage.rows import InboxRow, TodayRow

CHANNELS = {
    "web": "webchat",
    "telegram": "Telegram",
    "terminal": "terminal",
    "api": "andere website",
    "desk": "via coach",
}
_REASON = re.compile(r" \(omdat [^()]*\)")  # reasons stand on the case's own page
TABS = (
    ("waiting", "Wachtend"),
    ("mine", "Van mij"),
    ("waiting_for_client", "Wacht op klant"),
    ("snoozed", "Uitgesteld"),
    ("all", "Alles"),
)


async def today(request: Request) -> Response:
    here = house(request)
    found = await here.store.today(staff_of(request), here.now())
    rows = [_plain(here, row) for row in found]
    real = [row for row in rows if not row.practice]
    practice = [row for row in rows if row.practice]
    return desk_page(
        request, "desk/today.html", rows=real, practice=practice, headline=headline(real), drawn=mark(_seen(found))
    )


def _plain(here: House, row: TodayRow) -> TodayRow:
    """The row without the labels of its summary lines, and with its answers in words."""
    if row.kind == "follow_up":
        return row
    knowledge = here.content.knowledge
    wishes = [
        choice_about_client(knowledge, fact, one)
        for one in (part.strip() for part in row.contact.split(","))
        for fact in ("preferred_contact", "part_of_day")
        if one and one in knowledge.facts[fact].choices
    ]
    wants = row.wants.removeprefix("Wil: ")
    return replace(
        row,
        wants=about_client(wants) if row.channel != "desk" else wants,  # what a coach typed stays as it is
        fits=_REASON.sub("", row.fits.removeprefix("Past: ")).replace("; ", ", "),
        open_questions=about_client(row.open_questions.removeprefix("Nog open: ")),
        contact=", ".join(wishes).lower() or row.contact,
    )


def headline(rows: list[TodayRow]) -> str:
    """3 mensen wachten · eerste belofte 11.00 uur"""
    waiting = [row for row in rows if row.kind in ("new", "urgent", "reply")]
    count = len({row.code for row in waiting})
    said = "niemand wacht" if not count else "1 mens wacht" if count == 1 else f"{count} mensen wachten"
    due = min((row.due for row in waiting if row.due and row.state == "waiting"), default=None)
    if due is None:
        return said
    return f"{said} · eerste belofte {dates.weekday(due)} {dates.clock(due)} uur"


async def inbox(request: Request) -> Response:
    here = house(request)
    me = staff_of(request)
    query = request.query_params
    tab = query.get("tab", "waiting")
    tab = tab if tab in dict(TABS) else "waiting"
    situation, region, team, coach, scheme = (
        query.get(name, "")[:64] for name in ("situation", "region", "team", "coach", "scheme")
    )
    drawn = mark(_seen(await here.store.today(me, here.now())))
    rows = await here.store.inbox(tab, me)
    counts = await here.store.counts(me)
    kept = [
        row
        for row in rows
        if (not situation or row.situation == situation)
        and (not region or row.region == region)
        and (not team or row.team == team)
        and (not coach or row.owner == coach)
        and (not scheme or scheme in row.entries)
    ]
    names = situation_names(here)
    return desk_page(
        request,
        "desk/inbox.html",
        drawn=drawn,
        tab=tab,
        tab_name=dict(TABS)[tab],
        tabs=[{"id": id_, "label": label, "count": counts.get(id_), "here": id_ == tab} for id_, label in TABS],
        rows=kept,
        situations=list(names.items()),
        situation=situation,
        region=region,
        team=team,
        names=names,
        channels=CHANNELS,
        regions=region_names(here, rows),
        teams=sorted({row.team for row in rows if row.team}),
        coach=coach,
        scheme=scheme,
        schemes=scheme_names(here, rows),
        coaches=sorted({row.owner for row in rows if row.owner}),
    )


def situation_names(here: House) -> dict[str, str]:
    knowledge = here.content.knowledge
    return {id_: value_about_client(knowledge, "situation", id_) for id_ in knowledge.facts["situation"].choices}


def scheme_names(here: House, rows: list[InboxRow]) -> list[tuple[str, str]]:
    """Entries that fit somebody on this tab, or might: (id, name)."""
    catalogue = here.content.knowledge.catalogue
    known = {id_: found.name for row in rows for id_ in row.entries if (found := catalogue.resolve(id_)) is not None}
    return sorted(known.items(), key=lambda one: one[1].casefold())


def region_names(here: House, rows: list[InboxRow]) -> list[tuple[str, str]]:
    found = sorted({row.region for row in rows if row.region})
    return [(region, here.content.knowledge.explainer.area(f"region:{region}")) for region in found]


def _seen(rows: list[TodayRow]) -> list[tuple[str, str, str]]:
    return [(row.code, row.state, row.kind) for row in rows]


def mark(rows: list[tuple[str, str, str]]) -> str:
    """Names a list of waiting people, so that the stream knows whether a page was drawn from this very list."""
    return hashlib.blake2s(repr(rows).encode(), digest_size=6).hexdigest()


async def live(request: Request) -> Response:
    """Tells the desk that something changed; with `zaak`, also carries that conversation's new messages."""
    from bot.web.case_page import case_stream

    here = house(request)
    code = request.query_params.get("zaak", "")
    if code:
        return await case_stream(request, code)
    me = staff_of(request)

    async def body() -> AsyncIterator[str]:
        before: list[tuple[str, str, str]] | None = None
        drawn = request.query_params.get("na", "")
        yield ": welkom\n\n"
        with here.broker.watch(sse.EVERYTHING) as changes:
            changes.set()
            async for changed in sse.ticks(request, here.broker, changes):
                if not changed:
                    yield ": nog hier\n\n"
                    continue
                rows = _seen(await here.store.today(me, here.now()))
                moved = rows != before if before is not None else bool(drawn) and drawn != mark(rows)
                if moved:
                    known = rows if before is None else before
                    fresh = len({row[0] for row in rows} - {row[0] for row in known})
                    said = (
                        f"{fresh} nieuwe hulpvragen."
                        if fresh > 1
                        else "1 nieuwe hulpvraag."
                        if fresh
                        else "De lijst is bijgewerkt."
                    )
                    yield sse.event(said, name="changed")
                before = rows

    return sse.stream(body())


PAGES = (
    Page("/desk", today, policy.READ),
    Page("/desk/inbox", inbox, policy.READ),
    Page("/desk/stroom", live, policy.READ),
)
