"""The agenda: what coaches promised to do and on which day, here and in their own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.web import dates, policy
from bot.web.case_actions import read_day
from bot.web.desk_frame import desk_page, go, staff_of
from bot.web.house import house
from bot.web.planning import KINDS, MOST, keep, read_template, templates, working_day
from bot.web.policy import PUBLIC, Page
from storage.actions import FollowUpDone, Refused
from storage.rows import FollowUpRow

AHEAD = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    code: str
    due_on: date
    kind: str
    title: str
    attempts: int
    who: str
    late: bool
    due_time: str = ""


def groups(rows: list[FollowUpRow], today: date) -> list[tuple[str, list[Line]]]:
    """Late, today, this week, later; each in order of day."""
    found: dict[str, list[Line]] = {"Te laat": [], "Vandaag": [], "Deze week": [], "Later": []}
    sunday = today + timedelta(days=6 - today.weekday())
    for row in sorted(rows, key=lambda one: (one.due_on, one.due_time, one.id)):
        when = (
            "Te laat"
            if row.due_on < today
            else "Vandaag"
            if row.due_on == today
            else "Deze week"
            if row.due_on <= sunday
            else "Later"
        )
        found[when].append(
            Line(
                row.id,
                row.code,
                row.due_on,
                row.kind,
                row.title,
                row.attempts,
                row.who,
                row.due_on < today,
                row.due_time,
            )
        )
    return [(title, lines) for title, lines in found.items() if lines]


async def agenda(request: Request) -> Response:
    return await _show(request)


async def _show(request: Request, *, link: str = "", problem: str = "", status: int = 200) -> Response:
    here, me = house(request), staff_of(request)
    today = here.now().date()
    team = request.query_params.get("wie") == "team"
    rows = await here.store.agenda(me, days=AHEAD.days, whole_team=team)
    return desk_page(
        request,
        "desk/agenda.html",
        status=status,
        here="/desk/agenda",
        groups=groups(list(rows), today),
        mine=not team,
        kinds=KINDS,
        link=link,
        problem=problem,
        since=await here.store.feed_since(me.id),
        templates=await templates(here) if me.role in policy.SETTINGS else (),
        may_set=me.role in policy.SETTINGS and me.role in policy.WORK,
        most=MOST,
    )


async def finish(request: Request) -> Response:
    """*Gedaan*, *Niet bereikt* or *Verzet*: to a date that was typed, or the working days ahead of a button."""
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=5)
    result, raw = str(form.get("result", "")), str(form.get("due_on", "")).strip()
    today, day = here.now().date(), read_day(raw) if raw else None
    moved, _, ahead = result.partition(":")
    if ahead in ("1", "5") and moved in ("moved", "not_reached"):
        result, day = moved, working_day(here.store.rules.office, today, int(ahead))
    elif result not in ("done", "not_reached", "moved", "lapsed"):
        return go("/desk/agenda", wrong="unknown")
    elif (result == "moved" or raw) and (day is None or day < today):
        return go("/desk/agenda", wrong="bad_date")
    done = await here.store.act(FollowUpDone(str(request.path_params["id"]), me.id, result, day))
    if isinstance(done, Refused):
        return go("/desk/agenda", wrong=done.why)
    return go("/desk/agenda", ok="moved" if day else "saved")


async def change_templates(request: Request) -> Response:
    """One line is saved, added or taken away."""
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=8)
    known, raw = list(await templates(here)), str(form.get("number", ""))
    number = int(raw) if raw.isascii() and raw.isdigit() and int(raw) < len(known) else None
    if form.get("do") == "delete" and number is not None:
        del known[number]
    else:
        made = read_template(*(str(form.get(name, "")) for name in ("title", "kind", "days")))
        if made is None or (number is None and len(known) >= MOST):
            words = "Vul een titel in, hoogstens één keer met …, en een aantal werkdagen van 0 tot 260."
            return await _show(request, problem=words, status=422)
        if number is None:
            known.append(made)
        else:
            known[number] = made
    await keep(here, tuple(known))
    await here.store.audit(me.id, "templates", "follow_ups")
    return go("/desk/agenda#sjablonen", ok="saved")


# ---- the agenda in a coach's own calendar ---------------------------------------------------------------------------


async def change_feed(request: Request) -> Response:
    """A fresh secret address, shown once; or none any more."""
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=3)
    if form.get("do") == "drop":
        await here.store.drop_feed(me.id)
        await here.store.audit(me.id, "agenda_link", me.id, result="dropped")
        return go("/desk/agenda#kalender", ok="feed_dropped")
    made = await here.store.make_feed(me.id)
    await here.store.audit(me.id, "agenda_link", me.id, result="made")
    return await _show(request, link=f"{here.url}/agenda/{made}.ics")


async def feed(request: Request) -> Response:
    """Code, kind and time of a coach's open follow-ups, for a calendar program. No name, no title, nothing else."""
    here = house(request)
    staff = await here.store.feed_of(str(request.path_params["token"]))
    if staff is None:
        return PlainTextResponse("Niet gevonden", 404)
    rows = await here.store.agenda(staff, days=AHEAD.days)
    body = calendar(list(rows), here.now(), here.url, here.content.knowledge.desk.name)
    return Response(body, media_type="text/calendar; charset=utf-8", headers={"cache-control": "private, no-store"})


def calendar(rows: list[FollowUpRow], now: datetime, url: str, name: str) -> str:
    """An iCalendar text (RFC 5545) of these follow-ups."""
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ontwikkelloket//NL",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for row in rows:
        words = " ".join(filter(None, (row.code, KINDS.get(row.kind, "").lower())))
        lines += ["BEGIN:VEVENT", f"UID:{row.ics_uid}@ontwikkelloket", f"DTSTAMP:{stamp}", *_when(row)]
        lines += [f"SUMMARY:{escaped(words)}", f"URL:{url}/desk/g/{row.code}", "END:VEVENT"]
    return "".join(f"{folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _when(row: FollowUpRow) -> list[str]:
    if row.due_time:
        at = datetime.combine(row.due_on, time.fromisoformat(row.due_time), dates.AMSTERDAM).astimezone(UTC)
        return [f"DTSTART:{at:%Y%m%dT%H%M%SZ}", "DURATION:PT30M"]
    following = row.due_on + timedelta(days=1)
    return [f"DTSTART;VALUE=DATE:{row.due_on:%Y%m%d}", f"DTEND;VALUE=DATE:{following:%Y%m%d}", "TRANSP:TRANSPARENT"]


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """Lines of at most 75 bytes, as the standard wants; never inside a letter."""
    parts, size = [""], 0
    for letter in line:
        size += len(letter.encode())
        if size > 74:
            parts.append("")
            size = 1 + len(letter.encode())
        parts[-1] += letter
    return "\r\n ".join(parts)


PAGES = (
    Page("/agenda/{token}.ics", feed, PUBLIC),
    Page("/desk/agenda", agenda, policy.READ),
    Page("/desk/agenda/sjablonen", change_templates, frozenset({"coordinator"}), ("POST",)),
    Page("/desk/agenda/kalender", change_feed, policy.WORK, ("POST",)),
    Page("/desk/agenda/{id}", finish, policy.WORK, ("POST",)),
)
