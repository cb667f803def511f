"""Follow-ups that are planned with one tap: what a desk plans often, and on which working day.

A template is a title with at most one `…` for what the coach adds, a kind, and a number of working days ahead.
Coordinators change the list on the agenda's page; it is one setting of the running desk.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from bot.cleaning import clean_text
from bot.web.house import House
from storage import actions as do
from storage.promise import Office

SETTING = "follow_up_templates"
KINDS = {
    "call": "Bellen",
    "message": "Bericht sturen",
    "check": "Controleren",
    "documents": "Papieren",
    "deadline": "Einddatum",
}
MOST, LONGEST, FARTHEST = 20, 80, 260  # templates; characters; working days
BLANK = "…"


@dataclass(frozen=True, slots=True)
class Template:
    title: str
    kind: str
    days: int  # working days from today


FIRST = (  # until a coordinator changes them
    Template(f"Terugbellen over {BLANK}", "call", 1),
    Template("Nog een keer bellen", "call", 2),
    Template(f"Vragen hoe het ging met {BLANK}", "message", 5),
    Template("Kijken of de papieren er zijn", "documents", 5),
    Template(f"Vragen of {BLANK} is aangevraagd", "check", 10),
)


async def templates(here: House) -> tuple[Template, ...]:
    kept = await here.store.setting(SETTING)
    return tuple(Template(**one) for one in json.loads(kept)) if kept else FIRST


async def keep(here: House, wanted: tuple[Template, ...]) -> None:
    await here.store.put_setting(SETTING, json.dumps([asdict(one) for one in wanted], ensure_ascii=False))


def read_template(title: str, kind: str, days: str) -> Template | None:
    """What a coordinator typed; None when it is no template."""
    title = clean_text(title, LONGEST).replace("...", BLANK)
    if not title or kind not in do.FOLLOW_UP_KINDS or title.count(BLANK) > 1:
        return None
    if not (days.isascii() and days.isdigit() and 0 <= int(days) <= FARTHEST):
        return None
    return Template(title, kind, int(days))


def titled(template: str, added: str) -> str:
    """The title with what the coach adds in place of the dots; without it, without the words that lead to them."""
    before, dots, after = template.partition(BLANK)
    if not dots:
        return f"{template}: {added}" if added else template
    if added:
        return f"{before}{added}{after}"
    for word in (" over ", " met ", " van ", " of "):
        if before.endswith(word) and not after.strip():
            return before.removesuffix(word)
    return f"{before}de vraag{after}"


def working_day(office: Office, today: date, ahead: int) -> date:
    """The day `ahead` working days from today; a desk without hours works on every weekday."""
    day = today
    for _ in range(ahead):
        day += timedelta(days=1)
        for _ in range(30):  # no desk is closed longer
            if office.shifts(day) or (not office.hours and day.weekday() < 5):
                break
            day += timedelta(days=1)
    return day
