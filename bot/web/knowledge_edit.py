"""Checking one entry again: what the form holds, what would change, and saving it. For who keeps the knowledge."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot import findings
from bot.cleaning import clean_text
from bot.findings import Finding
from bot.web import dates, policy
from bot.web.case_actions import read_day
from bot.web.desk_frame import desk_page, go, staff_of
from bot.web.house import House, house
from bot.web.pages import overdue, source_line
from bot.web.policy import Page
from knowledge.entries import Entry

STATUSES = {
    "open": "open",
    "closed": "dicht",
    "opens_on": "gaat later open",
    "paused": "staat stil",
    "unknown": "onbekend",
}
NAMES = {
    "status": "Stand",
    "status_on": "Stand gezien op",
    "opens_on": "Gaat open op",
    "windows": "Tijdvakken",
    "budget": "Budget",
    "checked_on": "Nagekeken op",
    "review_by": "Opnieuw nakijken voor",
}
DOUBTED = timedelta(days=365)
_CLOCK = re.compile(r"(.*?)[ ,]+(\d{1,2})[.:](\d{2})", re.DOTALL)


class Unreadable(Exception):
    """A field that cannot be read; says which, in the words of the page."""


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One window as the form shows it."""

    number: int
    opens: str
    closes: str
    pattern: str
    provisional: bool


def dutch(moment: str) -> str:
    """2027-03-31 17:00 as a coach types it: 31-03-2027 17.00."""
    day, _, clock = moment.partition(" ")
    turned = "-".join(reversed(day.split("-"))) if day else ""
    return f"{turned} {clock.replace(':', '.')}".strip()


def read_moment(text: str, what: str) -> str:
    """The other way round; '' for nothing. Raises Unreadable."""
    text = text.strip()
    if not text:
        return ""
    match = _CLOCK.fullmatch(text)
    day = read_day(match[1] if match else text)
    if day is None or (match and not (int(match[2]) < 24 and int(match[3]) < 60)):
        raise Unreadable(f"{what}: ‘{text[:40]}’ is geen datum. Schrijf bijvoorbeeld 31-03-2027 of 31-03-2027 17.00.")
    return f"{day.isoformat()} {int(match[2]):02d}:{match[3]}" if match else day.isoformat()


def read_form(form: FormData, entry: Entry, today: date) -> Finding:
    """What was filled in, as the pack keeps it. Raises Unreadable."""
    status = str(form.get("status", ""))
    if status not in STATUSES and status != entry.status:
        raise Unreadable("Kies een stand.")
    checked = read_day(str(form.get("checked_on", "")))
    if checked is None or checked > today:
        raise Unreadable("Nagekeken op: schrijf een datum die niet in de toekomst ligt, zoals 23-11-2026.")
    opens = read_day(str(form.get("opens_on", ""))) if str(form.get("opens_on", "")).strip() else None
    if str(form.get("opens_on", "")).strip() and opens is None:
        raise Unreadable("Gaat open op: schrijf een datum, zoals 01-03-2027.")
    return {
        "status": status,
        "opens_on": opens.isoformat() if opens else "",
        "windows": _windows(form, entry),
        "budget": _budget(form, entry),
        "checked_on": checked.isoformat(),
    }


def _windows(form: FormData, entry: Entry) -> list[dict[str, str]]:
    found = []
    for number in range(min(len(entry.windows) + 1, findings.MOST_WINDOWS)):
        held = findings.window_of(entry.windows[number]) if number < len(entry.windows) else {}
        one = {
            "opens": read_moment(str(form.get(f"w{number}-opens", "")), f"Tijdvak {number + 1}, open"),
            "closes": read_moment(str(form.get(f"w{number}-closes", "")), f"Tijdvak {number + 1}, dicht"),
            "pattern": held.get("pattern", ""),
            "provisional": "yes" if form.get(f"w{number}-provisional") else "",
        }
        if one["opens"] or one["closes"] or one["pattern"]:
            found.append({key: value for key, value in one.items() if value})
    return found


def _budget(form: FormData, entry: Entry) -> dict[str, str] | str:
    held = findings.present(entry)["budget"] or {}
    raw = str(form.get("ceiling", "")).strip().replace(".", "").replace(" ", "").replace(",", ".")
    if raw and not re.fullmatch(r"\d{1,12}(\.\d{1,2})?", raw, re.ASCII):
        raise Unreadable("Budget: schrijf een bedrag in euro’s, zoals 250000.")
    one = {**held, "ceiling": raw, "exhausted": "yes" if form.get("exhausted") else ""}
    found = {key: value for key, value in one.items() if value}
    return found if found.keys() - {"measured_on"} else ""


def said(key: str, value: Any) -> str:
    """A value of a finding in words."""
    if not value:
        return "–"
    if key == "status":
        return STATUSES.get(str(value), "bestaat niet meer")
    if key == "windows":
        return "; ".join(_window_words(one) for one in value)
    if key == "budget":
        parts = [f"{value['ceiling']} euro"] if "ceiling" in value else []
        return ", ".join([*parts, *(["op"] if value.get("exhausted") else [])]) or "–"
    return dates.day(date.fromisoformat(str(value)))


def _window_words(one: dict[str, str]) -> str:
    words = [
        *([f"open {dutch(one['opens'])}"] if "opens" in one else []),
        *([f"dicht {dutch(one['closes'])}"] if "closes" in one else []),
        *([one["pattern"]] if "pattern" in one else []),
        *(["nog niet zeker"] if one.get("provisional") else []),
    ]
    return ", ".join(words)


async def form_page(request: Request) -> Response:
    entry = _entry(request)
    if entry is None:
        return desk_page(request, "desk/gone.html", status=404, here="/desk/kennis")
    return await _show(request, entry)


def _entry(request: Request) -> Entry | None:
    return house(request).content.knowledge.catalogue.resolve(str(request.path_params["id"]))


async def _show(
    request: Request,
    entry: Entry,
    *,
    found: Finding | None = None,
    problems: tuple[str, ...] = (),
    conflict: bool = False,
    status: int = 200,
) -> Response:
    """The form; with `found` filled with what somebody typed before."""
    here = house(request)
    today = here.now().date()
    now = findings.present(entry)
    wanted = found or {**now, "checked_on": today.isoformat()}
    windows = [*wanted["windows"], {}][: findings.MOST_WINDOWS]
    return desk_page(
        request,
        "desk/knowledge_entry.html",
        status=status,
        here="/desk/kennis",
        entry=entry,
        late=overdue(entry, today),
        facts=[(NAMES[key], said(key, now[key])) for key in NAMES],
        sources=[source_line(one) for one in entry.sources],
        doubts=await doubts_of(here, entry),
        may_save=findings.pack_file(here.desk) is not None,
        may_undo=findings.may_undo(here.desk, entry.id),
        seen=findings.mark(entry),
        statuses=STATUSES if entry.status in STATUSES else {entry.status: "bestaat niet meer", **STATUSES},
        wanted=wanted,
        opens_on=dutch(wanted["opens_on"]),
        checked_on=dutch(wanted["checked_on"]),
        windows=[
            WindowRow(
                number,
                dutch(one.get("opens", "")),
                dutch(one.get("closes", "")),
                one.get("pattern", ""),
                bool(one.get("provisional")),
            )
            for number, one in enumerate(windows)
        ],
        problems=problems,
        conflict=conflict,
    )


async def doubts_of(here: House, entry: Entry) -> list[tuple[str, int]]:
    """What coaches said is not right, since the entry was checked last: (words, how often)."""
    from storage.actions import DOUBTS

    counted = await here.store.doubts(_since(entry, here.now()))
    return [(DOUBTS[reason], count) for (id_, reason), count in sorted(counted.items()) if id_ == entry.id]


def _since(entry: Entry, now: datetime) -> datetime:
    day = entry.checked_on
    return datetime(day.year, day.month, day.day, tzinfo=dates.AMSTERDAM) if day else now - DOUBTED


async def change(request: Request) -> Response:
    """Shows what would change, or saves it. *Klopt nog* saves at once: nothing changes but the day."""
    here, me, entry = house(request), staff_of(request), _entry(request)
    if entry is None:
        return desk_page(request, "desk/gone.html", status=404, here="/desk/kennis")
    form = await request.form(max_fields=80)
    wanted, seen = str(form.get("do", "look")), clean_text(str(form.get("seen", "")), 40)
    today = here.now().date()
    if wanted == "undo":
        return await _done(request, entry, await findings.undo(here.desk, entry.id, seen), "undo", None)
    if wanted == "same":
        found: Finding = {**findings.present(entry), "checked_on": today.isoformat()}
    else:
        try:
            found = read_form(form, entry, today)
        except Unreadable as wrong:
            return await _show(request, entry, problems=(str(wrong),), status=422)
    whole = findings.read_again(entry, found, today)
    if wanted == "look":
        lines = findings.differences(findings.present(entry), whole)
        if findings.mark(entry) != seen:
            return await _show(request, entry, found=found, conflict=True, status=409)
        return desk_page(
            request,
            "desk/knowledge_change.html",
            here="/desk/kennis",
            entry=entry,
            seen=seen,
            lines=[(NAMES[key], said(key, old), said(key, new)) for key, old, new in lines],
            fields=[(key, str(value)) for key, value in form.multi_items() if key not in ("do", "seen")],
        )
    result = await findings.save(here.desk, entry.id, seen, whole, here.now())
    await here.store.audit(me.id, f"knowledge_{wanted}"[:20], entry.id, result=result.kind)
    return await _done(request, entry, result, wanted, found)


async def _done(request: Request, entry: Entry, result: findings.Result, what: str, found: Finding | None) -> Response:
    here, me = house(request), staff_of(request)
    if what == "undo":
        await here.store.audit(me.id, "knowledge_undo", entry.id, result=result.kind)
    if result.kind == "saved":
        return go(f"/desk/kennis/{entry.id}", ok="undone" if what == "undo" else "checked")
    now = here.content.knowledge.catalogue.resolve(entry.id) or entry
    return await _show(
        request,
        now,
        found=found,
        problems=result.lines,
        conflict=result.kind == "conflict",
        status=409 if result.kind in ("conflict", "busy") else 422,
    )


PAGES = (
    Page("/desk/kennis/{id}", form_page, policy.SETTINGS),
    Page("/desk/kennis/{id}", change, policy.SETTINGS, ("POST",)),
)
