"""Looking somebody up, and one person's file over channels and years."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.cleaning import clean_text
from bot.web import dates, policy
from bot.web.case_page import LADDER, find_case
from bot.web.coach_desk import CHANNELS
from bot.web.desk_frame import desk_page, staff_of
from bot.web.house import house
from bot.web.policy import Page

STATES = {
    "waiting": "wacht",
    "with_coach": "bij coach",
    "waiting_for_client": "wacht op klant",
    "snoozed": "uitgesteld",
    "closed": "afgerond",
    "lapsed": "vervallen",
}


async def search(request: Request) -> Response:
    """Cases by number or first name, and entries by what is asked."""
    here, me = house(request), staff_of(request)
    wanted = clean_text(request.query_params.get("q", ""), 80)
    cases, entries = [], []
    if wanted:
        rows = await here.store.search(wanted, me)
        cases = [
            {"code": one.code, "who": one.who or one.code, "words": STATES.get(one.state, one.state)} for one in rows
        ]
        found = here.content.knowledge.search.find(wanted, top=5)
        for hit in found:
            entry = here.content.knowledge.catalogue.resolve(hit.id)
            if entry is not None:
                entries.append(
                    {
                        "name": entry.name,
                        "summary": entry.summary,
                        "step": entry.step_today or (entry.steps[0] if entry.steps else ""),
                    }
                )
    return desk_page(request, "desk/search.html", q=wanted, cases=cases, entries=entries)


async def person(request: Request) -> Response:
    """Reached through one of the person's cases, so that the same teams rule holds."""
    here, me = house(request), staff_of(request)
    row = await find_case(request, str(request.path_params["code"]))
    found = await here.store.person(row.person, me) if row is not None and row.person else None
    if row is None or found is None:
        return desk_page(request, "desk/gone.html", status=404)
    await here.store.audit(me.id, "open_person", row.code)
    names = [one.value for one in row.answers if one.fact == "name" and not one.sealed]
    steps = dict(LADDER)
    return desk_page(
        request,
        "desk/person.html",
        here="/desk/p",
        who=names[0] if names else row.code,
        cases=[
            {"code": one.code, "words": f"{dates.day(one.opened_at)}, {STATES.get(one.state, one.state)}"}
            for one in found.cases
        ],
        identities=[
            f"{CHANNELS.get(channel, channel)}, sinds {dates.day(since)}" for channel, _, since in found.identities
        ],
        consents=[
            f"{purpose}: {'ja' if given else 'nee'}, {dates.day(at)}" for purpose, given, _, at in found.consents
        ],
        follow_ups=[f"{dates.day(one.due_on)}: {one.title} ({one.state})" for one in found.follow_ups],
        outcomes=[f"{dates.day(one.on)}: {steps.get(one.step, one.step)} {one.entry}" for one in found.outcomes],
    )


PAGES = (
    Page("/desk/zoek", search, policy.READ),
    Page("/desk/p/{code}", person, policy.READ),
)
