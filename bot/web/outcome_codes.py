"""Outcome codes, changed in the browser: hide one for new outcomes, say it in own words, add one under a step.

The steps themselves are the program's, so that figures of several desks, and of years, can be laid side by side.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from bot.chosen import Chosen, OutcomeCode
from bot.cleaning import clean_text
from bot.web import outcome_words, policy
from bot.web.house import House, house
from bot.web.outcome_words import CLOSING, LADDER
from bot.web.policy import Page
from bot.web.settling import Unreadable, again, current, keep
from storage.actions import LONGEST_CODE, rung_of

MOST_OWN = 40
LONGEST_LABEL = 60
DONE = {"save": "gewijzigd", "add": "nieuw", "delete": "verwijderd", "reset": "weer zoals het was"}  # in the audit log


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code of the form."""

    id: str
    usual: str  # the program's word; '' for an own code
    label: str
    label_en: str
    hidden: bool
    own: bool


def rows(here: House) -> list[CodeRow]:
    """Every rung, each followed by the organisation's own codes under it."""
    mine = outcome_words.chosen(here)
    found = []
    for rung, word in LADDER:
        held = mine.get(rung, OutcomeCode(rung))
        found.append(CodeRow(rung, CLOSING.get(rung, word), held.label, held.label_en, held.hidden, own=False))
        found += [
            CodeRow(one.id, "", one.label, one.label_en, one.hidden, own=True)
            for one in mine.values()
            if one.id != rung and rung_of(one.id) == rung
        ]
    return found


async def change_outcome(request: Request) -> Response:
    here = house(request)
    form = await request.form(max_fields=10)
    id_, wanted = str(form.get("id", "")), str(form.get("do", ""))
    label, label_en = (clean_text(str(form.get(name, "")), LONGEST_LABEL) for name in ("label", "label_en"))
    try:
        chosen = await current(request, form, "outcomes")
        if wanted == "add":
            codes = add(chosen, str(form.get("rung", "")), label, label_en)
        elif wanted == "delete":
            if await here.store.outcome_used(id_):
                raise Unreadable("Deze uitkomst is al gebruikt. Verberg hem; dan blijft hij bij oude hulpvragen staan.")
            codes = tuple(one for one in chosen.outcomes if one.id != id_ or "." not in id_)
        elif wanted == "reset":
            codes = tuple(one for one in chosen.outcomes if one.id != id_ or "." in id_)
        else:
            codes = change(chosen, OutcomeCode(id_, label, label_en, hidden=bool(form.get("hidden"))))
        if all(any(one.id == rung and one.hidden for one in codes) for rung in CLOSING) and not any(
            rung_of(one.id) in CLOSING and "." in one.id and not one.hidden for one in codes
        ):
            raise Unreadable("Laat ten minste één uitkomst over om een hulpvraag mee af te ronden.")
    except Unreadable as wrong:
        return await again(request, wrong)
    return await keep(
        request,
        replace(chosen, outcomes=codes),
        "outcomes",
        "#uitkomsten",
        f"{DONE.get(wanted, DONE['save'])}: {id_ or codes[-1].id}",
    )


def change(chosen: Chosen, wanted: OutcomeCode) -> tuple[OutcomeCode, ...]:
    """The codes with this one as it is wanted; nothing special about a rung is nothing kept. Raises Unreadable."""
    held = {one.id: one for one in chosen.outcomes}
    own = "." in wanted.id
    if wanted.id not in (held if own else dict(LADDER)):
        raise Unreadable("Deze uitkomst bestaat niet meer.")
    if own and not wanted.label:
        raise Unreadable("Geef de uitkomst een naam.")
    if not own and wanted == OutcomeCode(wanted.id):
        held.pop(wanted.id, None)
    else:
        held[wanted.id] = wanted
    return tuple(held.values())


def add(chosen: Chosen, rung: str, label: str, label_en: str) -> tuple[OutcomeCode, ...]:
    """The codes with a new one, whose id is made from its name. Raises Unreadable."""
    if rung not in dict(LADDER):
        raise Unreadable("Kies onder welke stap de uitkomst telt.")
    if not label:
        raise Unreadable("Geef de uitkomst een naam.")
    own = [one for one in chosen.outcomes if "." in one.id]
    if len(own) >= MOST_OWN:
        raise Unreadable(f"Hoogstens {MOST_OWN} eigen uitkomsten.")
    if any(one.label.casefold() == label.casefold() for one in own):
        raise Unreadable("Een uitkomst met deze naam is er al.")
    room = LONGEST_CODE - len(rung) - 1 - 2  # two figures, for codes that would be the same
    base = re.sub(r"[^a-z0-9]+", "-", label.lower())[:room].strip("-") or "eigen"[:room]
    taken = {one.id for one in own}
    names = (f"{rung}.{base}{number if number > 1 else ''}" for number in range(1, MOST_OWN + 2))
    return (*chosen.outcomes, OutcomeCode(next(one for one in names if one not in taken), label, label_en))


PAGES = (Page("/desk/beheer/uitkomst", change_outcome, policy.SETTINGS, ("POST",)),)
