"""The agenda: what coaches promised to do, and on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.web import policy
from bot.web.case_actions import read_day
from bot.web.desk_frame import desk_page, go, staff_of
from bot.web.house import house
from bot.web.policy import Page
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
            Line(row.id, row.code, row.due_on, row.kind, row.title, row.attempts, row.who, row.due_on < today)
        )
    return [(title, lines) for title, lines in found.items() if lines]


async def agenda(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    today = here.now().date()
    team = request.query_params.get("wie") == "team"
    rows = await here.store.agenda(me, days=AHEAD.days, whole_team=team)
    return desk_page(request, "desk/agenda.html", groups=groups(list(rows), today), mine=not team)


async def finish(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=5)
    result, raw = str(form.get("result", "")), str(form.get("due_on", ""))
    day = read_day(raw) if raw else None
    if result not in ("done", "not_reached", "moved", "lapsed"):
        return go("/desk/agenda", wrong="unknown")
    if (result == "moved" or raw) and (day is None or day < here.now().date()):
        return go("/desk/agenda", wrong="bad_date")
    done = await here.store.act(FollowUpDone(str(request.path_params["id"]), me.id, result, day))
    return go("/desk/agenda", wrong=done.why) if isinstance(done, Refused) else go("/desk/agenda", ok="saved")


PAGES = (
    Page("/desk/agenda", agenda, policy.READ),
    Page("/desk/agenda/{id}", finish, policy.WORK, ("POST",)),
)
