"""How long things are kept, changed in the browser. A shorter period first shows what would go, and asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot.web import policy
from bot.web.decided import KEPT
from bot.web.desk_frame import desk_page
from bot.web.house import House, house
from bot.web.policy import Page
from bot.web.settling import Unreadable, again, current, keep
from knowledge.desk_file import NOT_LONGER, RETENTION
from storage.periods import Periods

OURS = tuple(one.name for one in fields(Periods))  # technical logs are the operator's
GOES = {
    "conversations": ("gesprek", "gesprekken"),
    "sensitive answers": ("gevoelig antwoord", "gevoelige antwoorden"),
    "special messages": ("bericht over gezondheid of schulden", "berichten over gezondheid of schulden"),
    "case details": ("samenvatting van een hulpvraag", "samenvattingen van hulpvragen"),
}


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One period of the form, in days."""

    id: str
    what: str
    days: int
    least: int
    most: int
    ours: bool


def rows(here: House) -> list[PeriodRow]:
    held = here.content.knowledge.desk.retention
    return [
        PeriodRow(id_, KEPT.get(id_, id_), held[id_], one.least, one.most, id_ in OURS)
        for id_, one in RETENTION.items()
    ]


async def change_periods(request: Request) -> Response:
    here = house(request)
    form = await request.form(max_fields=30)
    try:
        chosen = await current(request, form, "retention")
        held = here.content.knowledge.desk.retention
        wanted = None if form.get("do") == "reset" else read_periods(form, held)
    except Unreadable as wrong:
        return await again(request, wrong)
    now = replace(chosen, retention=wanted)
    after = now.over(here.desk.from_files.knowledge.desk).retention
    shorter = [name for name in OURS if after[name] < held[name]]
    if shorter and form.get("sure") != "1":
        return await _ask(request, form, held, after, shorter)
    changes = ", ".join(f"{KEPT[name]} {held[name]} > {after[name]}" for name in OURS if after[name] != held[name])
    return await keep(request, now, "retention", "#bewaren", changes)


def read_periods(form: FormData, held: Mapping[str, int]) -> dict[str, int]:
    """The periods as typed, within what the law and the program allow. Raises Unreadable."""
    found = dict(held)
    for name in OURS:
        raw, bounds = str(form.get(name, "")).strip(), RETENTION[name]
        if not (raw.isascii() and raw.isdigit() and len(raw) < 6 and bounds.least <= int(raw) <= bounds.most):
            what = f"{KEPT[name].capitalize()}: schrijf een getal van {bounds.least} tot en met {bounds.most}."
            raise Unreadable(what)
        found[name] = int(raw)
    for short, long in NOT_LONGER:
        if found[short] > found[long]:
            words = (
                f"{KEPT[short]} ({found[short]} dagen) mag niet langer blijven dan {KEPT[long]} ({found[long]} dagen)."
            )
            raise Unreadable(words[:1].upper() + words[1:])
    return {name: found[name] for name in OURS}


async def _ask(
    request: Request, form: FormData, held: Mapping[str, int], after: Mapping[str, int], shorter: list[str]
) -> Response:
    """What the next run would remove by these periods, beside what it would remove anyway."""
    store = house(request).store
    then = (await store.retention_with(Periods(**{name: after[name] for name in OURS}))).counts
    anyway = (await store.retention_with(store.rules.periods)).counts
    fields_ = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name != "sure"]
    return desk_page(
        request,
        "desk/retention.html",
        here="/desk/beheer",
        changes=[(KEPT[name], held[name], after[name]) for name in shorter],
        goes=[(words[then.get(what, 0) != 1], then.get(what, 0), anyway.get(what, 0)) for what, words in GOES.items()],
        fields=[*fields_, ("sure", "1")],
    )


PAGES = (Page("/desk/beheer/bewaren", change_periods, policy.PEOPLE, ("POST",), confirm=True),)
