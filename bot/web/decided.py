"""What desk.yaml and the program decide, in words for the admin page. Reading only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.web import dates
from bot.web.coach_desk import situation_names
from bot.web.house import House
from storage.promise import dutch_holidays
from storage.rows import Staff

AHEAD = timedelta(days=90)
KEPT = {
    "intake_unfinished": "gesprek dat niet is afgemaakt",
    "chat_without_case": "gesprek zonder hulpvraag",
    "case_personal": "gegevens bij een hulpvraag, na het afronden",
    "case_sensitive": "gevoelige antwoorden, na het afronden",
    "special": "wat iemand zei over gezondheid of schulden",
    "chat_after_case": "gesprek na een hulpvraag",
    "outbox": "verstuurde berichten in de wachtrij",
    "audit": "dit logboek",
    "logs": "technische logs",
}


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One team: whom it serves, and who works in it."""

    id: str
    name: str
    serves: str
    where: str
    reach: str
    people: str


def teams(here: House, staff: Iterable[Staff]) -> list[TeamLine]:
    knowledge = here.content.knowledge
    situations = situation_names(here)
    found = []
    for one in knowledge.desk.teams:
        serves = ", ".join(situations.get(id_, id_) for id_ in one.situations)
        where = ", ".join(knowledge.explainer.area(scope) for scope in one.regions)
        people = ", ".join(
            who.name
            for who in staff
            if who.active and who.role in ("coach", "coordinator") and (not who.teams or one.id in who.teams)
        )
        reach = ", ".join(part for part in (one.phone, one.email) if part)
        found.append(TeamLine(one.id, one.name, serves or "iedereen", where or "heel het gebied", reach, people))
    return found


def closing_days(here: House) -> list[str]:
    """Days within three months on which nobody works though it is an ordinary weekday."""
    desk, today = here.content.knowledge.desk, dates.local(here.now()).date()
    own = {day for day in desk.closed_on if today <= day <= today + AHEAD}
    years = {today.year, (today + AHEAD).year}
    public = {day for year in years for day in dutch_holidays(year)} if desk.holidays == "NL" else set()
    open_then = {day for day in public if today <= day <= today + AHEAD and desk.hours.get(day.weekday())}
    return [
        f"{dates.weekday(day)} {day.year}{', feestdag' if day in public else ', eigen sluitingsdag'}"
        for day in sorted(own | open_then)
    ]
