"""Opening hours, closing days and teams, changed in the browser. What is chosen here lies over desk.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time

from email_validator import EmailNotValidError, validate_email
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot.chosen import Chosen
from bot.cleaning import clean_text
from bot.web import dates, policy
from bot.web.case_actions import read_day
from bot.web.desk_frame import go, staff_of
from bot.web.house import House, house
from bot.web.policy import Page
from knowledge.date_words import WEEKDAYS
from knowledge.desk_file import Hours, Team
from storage.rows import Staff

MOST_SHIFTS, MOST_DAYS, MOST_TEAMS, LONGEST_TARGET = 3, 60, 30, 80
_SHIFT = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?\s*(?:uur)?\s*(?:-|–|tot)\s*(\d{1,2})(?:[.:](\d{2}))?\s*(?:uur)?")


MARKED = {  # form -> the parts of what was chosen that it was drawn from
    "hours": ("hours", "holidays", "first_reply_hours"),
    "days": ("closed_on",),
    "teams": ("teams",),
    "outcomes": ("outcomes",),
    "retention": ("retention",),
}
OVERTAKEN = "Iemand anders heeft dit net gewijzigd. Er is niets bewaard. Kijk wat er nu staat, en probeer het weer."


class Unreadable(Exception):
    """What was typed cannot be kept; the text says why, for who typed it."""

    status = 422


class Overtaken(Unreadable):
    """Somebody else kept something since this form was drawn."""

    status = 409

    def __init__(self) -> None:
        super().__init__(OVERTAKEN)


@dataclass(frozen=True, slots=True)
class DayRow:
    """One weekday of the form."""

    number: int
    name: str
    hours: str


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team of the form."""

    id: str
    name: str
    situations: tuple[str, ...]
    regions: str
    phone: str
    email: str


def days(here: House) -> list[DayRow]:
    hours = here.content.knowledge.desk.hours
    return [DayRow(day, WEEKDAYS["nl"][day], _shown(hours.get(day, ()))) for day in range(7)]


def _shown(shifts: Iterable[Hours]) -> str:
    return ", ".join(f"{_clock(one.opens)}-{_clock(one.closes)}" for one in shifts)


def _clock(moment: time) -> str:
    return f"{moment.hour}.{moment.minute:02d}"


def closed(here: House) -> list[tuple[str, str]]:
    """Own closing days that are still to come: (as the form sends it, in words)."""
    today = dates.local(here.now()).date()
    return [
        (day.isoformat(), f"{dates.weekday(day)} {day.year}")
        for day in sorted(here.content.knowledge.desk.closed_on)
        if day >= today
    ]


def team_rows(here: House) -> list[TeamRow]:
    explainer = here.content.knowledge.explainer
    return [
        TeamRow(
            one.id,
            one.name,
            one.situations,
            ", ".join(explainer.area(scope).removeprefix("de regio ") for scope in one.regions),
            one.phone,
            one.email,
        )
        for one in here.content.knowledge.desk.teams
    ]


def read_hours(raw: str, day: str) -> tuple[Hours, ...]:
    """9.00-17.00, or 9-12 en 13-17; nothing typed is closed. Raises Unreadable."""
    found: list[Hours] = []
    for part in re.split(r",|;| en ", raw.strip()):
        if not part.strip() or part.strip().lower() in ("dicht", "gesloten"):
            continue
        match = _SHIFT.fullmatch(part.strip().lower())
        try:
            if match is None:
                raise ValueError
            opens, closes = (time(int(match[at]), int(match[at + 1] or 0)) for at in (1, 3))
        except ValueError:
            raise Unreadable(f"{day.capitalize()}: schrijf bijvoorbeeld 9.00-17.00, of niets.") from None
        if opens >= closes or (found and opens < found[-1].closes):
            raise Unreadable(f"{day.capitalize()}: begin eerder dan u stopt, en laat tijden niet overlappen.")
        found.append(Hours(opens, closes))
    if len(found) > MOST_SHIFTS:
        raise Unreadable(f"{day.capitalize()}: hoogstens {MOST_SHIFTS} keer open op een dag.")
    return tuple(found)


async def change_hours(request: Request) -> Response:
    form = await request.form(max_fields=20)
    try:
        chosen = await current(request, form, "hours")
        if form.get("do") == "reset":
            usual = replace(chosen, hours=None, holidays=None, first_reply_hours=None)
            return await keep(request, usual, "hours", "#uren")
        hours = {
            day: shifts
            for day in range(7)
            if (shifts := read_hours(clean_text(str(form.get(f"day{day}", "")), 60), WEEKDAYS["nl"][day]))
        }
        target = str(form.get("target", "")).strip()
        if not (target.isascii() and target.isdigit() and 1 <= int(target) <= LONGEST_TARGET):
            raise Unreadable(f"Eerste antwoord: schrijf een getal van 1 tot en met {LONGEST_TARGET}.")
    except Unreadable as wrong:
        return await again(request, wrong)
    holidays = "NL" if form.get("holidays") else ""
    wanted = replace(chosen, hours=hours, holidays=holidays, first_reply_hours=int(target))
    return await keep(request, wanted, "hours", "#uren")


async def change_days(request: Request) -> Response:
    here = house(request)
    form = await request.form(max_fields=5)
    today, day = dates.local(here.now()).date(), read_day(str(form.get("day", "")))
    try:
        chosen = await current(request, form, "days")
        held = set(here.content.knowledge.desk.closed_on)
        if form.get("do") == "delete":
            held.discard(day or date.min)
        elif day is None or day < today:
            raise Unreadable("Schrijf een dag die nog komt, zoals 24-12-2026.")
        elif len(held) >= MOST_DAYS:
            raise Unreadable(f"Hoogstens {MOST_DAYS} eigen sluitingsdagen.")
        else:
            held.add(day)
    except Unreadable as wrong:
        return await again(request, wrong)
    wanted = replace(chosen, closed_on=tuple(sorted(one for one in held if one >= today)))
    return await keep(request, wanted, "closing_days", "#uren")


async def change_team(request: Request) -> Response:
    here = house(request)
    form = await request.form(max_fields=30)
    id_ = str(form.get("id", ""))
    try:
        chosen = await current(request, form, "teams")
        teams = {one.id: one for one in here.content.knowledge.desk.teams}
        if form.get("do") == "reset":
            return await keep(request, replace(chosen, teams=None), "teams", "#teams")
        if form.get("do") == "delete":
            await _must_be_empty(here, staff_of(request), id_)
            teams.pop(id_, None)
        elif id_ and id_ not in teams:
            raise Unreadable("Dit team bestaat niet meer.")
        else:
            one = read_team(here, form, id_, teams)
            teams[one.id] = one
        if not teams:
            raise Unreadable("Er moet ten minste één team zijn.")
    except Unreadable as wrong:
        return await again(request, wrong)
    return await keep(request, replace(chosen, teams=tuple(teams.values())), "teams", "#teams")


def read_team(here: House, form: FormData, id_: str, teams: Iterable[str]) -> Team:
    """A team as typed; a new one gets an id from its name. Raises Unreadable."""
    name = clean_text(str(form.get("name", "")), 60)
    if not name:
        raise Unreadable("Geef het team een naam.")
    if not id_:
        base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "team"
        taken = set(teams)
        id_ = next(one for number in range(1, MOST_TEAMS + 2) if (one := base if number == 1 else f"{base}-{number}")
                   not in taken)  # fmt: skip
        if len(taken) >= MOST_TEAMS:
            raise Unreadable(f"Hoogstens {MOST_TEAMS} teams.")
    situations = here.content.knowledge.facts["situation"].choices
    chosen = tuple(str(one) for one in form.getlist("situations") if str(one) in situations)
    email = clean_text(str(form.get("email", "")), 120)
    if email:
        try:
            email = validate_email(email, check_deliverability=False).normalized
        except EmailNotValidError:
            raise Unreadable("Dat is geen mailadres.") from None
    phone = clean_text(str(form.get("phone", "")), 20)
    if phone and not re.fullmatch(r"[\d +()-]{5,20}", phone, re.ASCII):
        raise Unreadable("Dat is geen telefoonnummer.")
    return Team(id_, name, chosen, _regions(here, str(form.get("regions", ""))), phone, email)


def _regions(here: House, raw: str) -> tuple[str, ...]:
    found = []
    for part in (clean_text(one, 60) for one in raw.split(",")):
        if not part:
            continue
        known = here.content.knowledge.geography.find(f"regio {part.removeprefix('regio ').removeprefix('Regio ')}")
        spot = getattr(known, "spot", None)
        if spot is None or spot.kind != "region" or not spot.region:
            near = next((one.name for one in getattr(known, "suggestions", ())), "")
            hint = f" Bedoelt u {near}?" if near else " Schrijf een arbeidsmarktregio, zoals Rivierenland."
            raise Unreadable(f"“{part}” is geen regio die ik ken.{hint}")
        found.append(f"region:{spot.region}")
    return tuple(dict.fromkeys(found))


async def _must_be_empty(here: House, me: Staff, team: str) -> None:
    """A team with people or open cases stays: its cases would be nobody's."""
    if any(team in one.teams and one.active for one in await here.store.all_staff()):
        raise Unreadable("In dit team werken nog mensen. Geef hun eerst een ander team.")
    watching = replace(me, role="auditor", teams=())
    rows = await here.store.inbox("all", watching, team=team, limit=500)
    if any(row.state not in ("closed", "lapsed") for row in rows):
        raise Unreadable("Dit team heeft nog open hulpvragen. Draag die eerst over.")


async def current(request: Request, form: FormData, name: str) -> Chosen:
    """What is chosen now, by any process. Raises Overtaken when the form was drawn from something else."""
    desk = house(request).desk
    await desk.read_chosen()
    if str(form.get("mark", "")) != desk.chosen.mark(*MARKED[name]):
        raise Overtaken
    return desk.chosen


async def again(request: Request, wrong: Unreadable) -> Response:
    from bot.web.admin import show_admin

    return await show_admin(request, problem=str(wrong), status=wrong.status)


async def keep(request: Request, chosen: Chosen, what: str, anchor: str, detail: str = "") -> Response:
    """Keeps it for every process, with a line in the audit log: which part, and what about it."""
    here = house(request)
    if not await here.desk.choose(chosen):
        return await again(request, Overtaken())
    await here.store.audit(staff_of(request).id, "settled", what, detail[:120])
    return go(f"/desk/beheer{anchor}", ok="saved")


PAGES = (
    Page("/desk/beheer/uren", change_hours, policy.SETTINGS, ("POST",)),
    Page("/desk/beheer/dicht", change_days, policy.SETTINGS, ("POST",)),
    Page("/desk/beheer/team", change_team, policy.SETTINGS, ("POST",)),
)
