"""Looking somebody up, one person's file over channels and years, and what that person may ask of us."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.cleaning import clean_text
from bot.web import dates, outcome_words, policy
from bot.web.case_page import STATES, find_case
from bot.web.coach_desk import CHANNELS
from bot.web.desk_frame import desk_page, go, staff_of
from bot.web.house import House, house
from bot.web.my_data import VALUES, entry_name, sections
from bot.web.policy import Page
from storage.rows import CaseRow


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
    return desk_page(
        request,
        "desk/person.html",
        here="/desk/p",
        code=row.code,
        who=names[0] if names else row.code,
        may_give=me.role in policy.PRIVACY,
        cases=[
            {"code": one.code, "words": f"{dates.day(one.opened_at)}, {STATES.get(one.state, one.state)}"}
            for one in found.cases
        ],
        identities=[
            f"{CHANNELS.get(channel, channel)}, sinds {dates.day(since)}" for channel, _, since in found.identities
        ],
        consents=[
            f"{consent(here, purpose)}: {'ja' if given else 'nee'}, {dates.day(at)}"
            for purpose, given, _, at in found.consents
        ],
        follow_ups=[
            f"{dates.day(one.due_on)}: {one.title} ({VALUES.get(one.state, (one.state,))[0]})"
            for one in found.follow_ups
        ],
        outcomes=[
            f"{dates.day(one.on)}: {step} {entry_name(here, one.entry, 'nl')}".strip()
            for one in found.outcomes
            for step in (outcome_words.said(here, one.step),)
        ],
    )


def consent(here: House, purpose: str) -> str:
    """What somebody said yes or no to, in words."""
    kind, _, what = purpose.partition(":")
    entry = here.content.knowledge.catalogue.resolve(what) if what else None
    words = {"handoff": "gegevens naar een coach", "voucher": "voucher reserveren", "event": "aanmelding"}.get(
        kind, kind
    )
    return f"{words} {entry.name if entry else what}".strip()


async def _asked_for(request: Request) -> tuple[CaseRow, str] | None:
    """The case somebody's request came with, and the conversation that leads to everything we hold."""
    row = await find_case(request, str(request.path_params["code"]))
    return None if row is None or row.conversation is None else (row, row.conversation.id)


async def _everything(request: Request) -> tuple[CaseRow, dict[str, Any]] | None:
    found = await _asked_for(request)
    me = staff_of(request)
    data = await house(request).store.data_of(found[1], me.id) if found else None
    if found is None or data is None:
        return None
    await house(request).store.audit(me.id, "export_person", found[0].code)
    return found[0], data


async def give(request: Request) -> Response:
    """All we hold about one person, to print or read out: the right of access, asked for by phone or letter."""
    found = await _everything(request)
    if found is None:
        return desk_page(request, "desk/gone.html", status=404)
    row, data = found
    return desk_page(request, "desk/give.html", here="/desk/p", code=row.code, sections=sections(house(request), data))


async def give_file(request: Request) -> Response:
    """The same as a file that other systems can read."""
    found = await _everything(request)
    if found is None:
        return desk_page(request, "desk/gone.html", status=404)
    row, data = found
    return Response(
        json.dumps(data, ensure_ascii=False, indent=2, default=str),
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="gegevens-{row.code}.json"'},
    )


async def forget_page(request: Request) -> Response:
    found = await _asked_for(request)
    if found is None:
        return desk_page(request, "desk/gone.html", status=404)
    return desk_page(request, "desk/forget.html", here="/desk/p", code=found[0].code, problem="")


async def forget(request: Request) -> Response:
    """Erases the person of this case, on their own request; the number of the case stays as an empty stub."""
    here, me = house(request), staff_of(request)
    found = await _asked_for(request)
    if found is None:
        return desk_page(request, "desk/gone.html", status=404)
    row, conversation = found
    form = await request.form(max_fields=10)
    typed = re.sub(r"\s", "", str(form.get("typed", ""))).upper()
    if not form.get("sure") or typed != row.code:
        problem = f"Zet het vinkje en typ {row.code} over. Er is niets gewist."
        return desk_page(request, "desk/forget.html", status=422, here="/desk/p", code=row.code, problem=problem)
    await here.store.audit(me.id, "erase_person", row.code)
    await here.store.erase(conversation, me.id)
    return go("/desk", ok="erased")


PAGES = (
    Page("/desk/zoek", search, policy.READ),
    Page("/desk/p/{code}", person, policy.READ),
    Page("/desk/p/{code}/gegevens", give, policy.PRIVACY, confirm=True),
    Page("/desk/p/{code}/gegevens.json", give_file, policy.PRIVACY, confirm=True),
    Page("/desk/p/{code}/wissen", forget_page, policy.PRIVACY, confirm=True),
    Page("/desk/p/{code}/wissen", forget, policy.PRIVACY, ("POST",), confirm=True),
)
