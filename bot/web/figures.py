"""The dashboard: counts as tables, with what is small hidden, and the same as CSV."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bot.web import dates, outcome_words, policy
from bot.web.coach_desk import CHANNELS, situation_names
from bot.web.desk_frame import desk_page, staff_of
from bot.web.house import House, house
from bot.web.policy import Page
from storage.actions import rung_of
from storage.rows import SMALL, Figures, shown

PERIODS = (7, 30, 90, 365)
FUNNEL = {
    "started": "gesprek begonnen",
    "answered": "vraag beantwoord",
    "advised": "advies gezien",
    "handed_over": "naar een coach",
    "claimed": "opgepakt",
    "replied": "antwoord van coach",
    "closed": "afgerond",
    "granted": "toegekend",
    "begun": "gestart",
}
OTHERS = {
    "asked": "vraag gesteld",
    "called": "gebeld",
    "command": "commando gebruikt",
    "asked_question": "vraag van de bezoeker",
    "not_understood": "niet begrepen",
    "rated": "gesprek beoordeeld",
    "finished": "gesprek klaar",
    "changed": "antwoord gewijzigd",
    "searched": "iets opgezocht",
    "said": "iets verteld",
    "crisis": "nood",
    "wrong_answer": "antwoord weggehaald door coach",
    "wrong_entry": "aanbod klopt niet, zegt coach",
    "language": "taal gekozen",
}
REASONS = {
    "question": "vraag aan coach",
    "call_back": "bel mij",
    "sign_up": "aanmelding",
    "crisis": "nood",
    "voucher": "voucher",
}
TOO_FEW = "te weinig"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    shown: str
    share: int | None  # percent of the largest in the table; None when the count is hidden
    code: str = ""  # of an outcome, for the download


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    what: str
    rows: tuple[Row, ...]


def table(title: str, what: str, counts: dict[str, int], names: dict[str, str], *, ordered: bool = False) -> Table:
    """A table of counts. A hidden count gets no bar either: its length would tell."""
    largest = max(counts.values(), default=0)
    pairs = list(counts.items()) if ordered else sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return Table(
        title,
        what,
        tuple(
            Row(
                names.get(key, key),
                shown(count),
                None if count < SMALL or not largest else round(100 * count / largest),
            )
            for key, count in pairs[:20]
        ),
    )


def coded(title: str, what: str, counts: dict[str, int], names: dict[str, str]) -> Table:
    """A table of outcomes whose rows know their code."""
    made = table(title, what, counts, {})
    rows = tuple(replace(row, label=names[row.label], code=row.label.split(" ")[-1]) for row in made.rows)
    return replace(made, rows=rows)


def outcome(here: House, key: str) -> str:
    """ "slim granted" in words: the entry, and the step as this organisation says it."""
    entry, _, step = key.rpartition(" ")
    known = here.content.knowledge.catalogue.resolve(entry) if entry else None
    return f"{known.name if known else entry or 'algemeen'}: {outcome_words.said(here, step)}"


def own_codes(here: House, found: Figures) -> Table:
    """Steps that were noted with an organisation's own codes, per code. When one of a step's codes is of too few, so
    are all: the others and the sum would tell it."""
    rungs: dict[str, dict[str, int]] = {}
    for key, count in found.codes.items():
        entry, _, step = key.rpartition(" ")
        rungs.setdefault(f"{entry} {rung_of(step)}", {})[key] = count
    counts = {
        key: count if min(codes.values()) >= SMALL else 0
        for codes in rungs.values()
        if any("." in key.split(" ")[-1] for key in codes)
        for key, count in codes.items()
    }
    made = coded("Uitkomsten per code", "Regeling en code", counts, {key: outcome(here, key) for key in counts})
    rows = tuple(row if row.shown != "0" else replace(row, shown=TOO_FEW, share=None) for row in made.rows)
    return replace(made, rows=rows)


def percentage(part: int, whole: int) -> str:
    """A share, unless it is of too few: then it says as much as the counts would."""
    return f"{round(100 * part / whole)}%" if whole >= SMALL else TOO_FEW


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures somebody wants to see."""

    days: int
    situation: str = ""
    region: str = ""

    @property
    def query(self) -> str:
        given = {"dagen": self.days, "doelgroep": self.situation, "regio": self.region}
        return urlencode({name: value for name, value in given.items() if value})


def asked(request: Request) -> Asked:
    """What is not known is left out."""
    here, query = house(request), request.query_params
    raw, situation, region = (query.get(name, "") for name in ("dagen", "doelgroep", "regio"))
    return Asked(
        int(raw) if raw.isascii() and raw.isdigit() and int(raw) in PERIODS else 30,
        situation if situation in here.content.knowledge.facts["situation"].choices else "",
        region if region in dict(regions(here)) else "",
    )


def regions(here: House) -> list[tuple[str, str]]:
    """Every labour market region: (id, name)."""
    found = {str(spot.region): spot.name.removeprefix("regio ") for spot in here.content.knowledge.geography.regions}
    return sorted(found.items(), key=lambda one: one[1])


async def _read(request: Request) -> tuple[Figures, Asked]:
    here, wanted = house(request), asked(request)
    until = here.now()
    since = until - timedelta(days=wanted.days)
    return await here.store.figures(since, until, situation=wanted.situation, region=wanted.region), wanted


def tables(here: House, found: Figures, wanted: Asked) -> list[Table]:
    steps = {key: found.funnel[key] for key in FUNNEL if key in found.funnel}
    others = {key: count for key, count in found.funnel.items() if key not in steps}
    wishes = [] if wanted.situation else [table("Waar geen aanbod voor was", "Gevraagd", found.wishes, {})]
    return [  # of a wish only the region is kept, not who had it
        table("Van eerste bericht tot uitkomst", "Stap", steps, FUNNEL, ordered=True),
        table("Waarom mensen een coach vroegen", "Reden", found.reasons, REASONS),
        coded("Uitkomsten", "Regeling en stap", found.outcomes, {key: outcome(here, key) for key in found.outcomes}),
        *wishes,
        table("Kanaal", "Kanaal", found.channels, CHANNELS),
        table("Ook geteld", "Wat", others, OTHERS),
    ]


def tiles(here: House, found: Figures) -> list[tuple[str, str]]:
    oldest = dates.span(here.now() - found.oldest) if found.oldest else "–"
    first = f"{found.first_reply_minutes} min" if found.first_reply_minutes is not None else "–"
    return [
        ("Wacht nu", str(found.waiting)),
        ("Wacht het langst", oldest),
        ("Binnen de belofte", percentage(found.kept, found.promised)),
        ("Eerste reactie, midden", first),
        ("Afgerond", shown(found.closed)),
        ("Heropend", shown(found.reopened)),
    ]


async def figures(request: Request) -> Response:
    here = house(request)
    found, wanted = await _read(request)
    now = here.now()
    return desk_page(
        request,
        "desk/figures.html",
        tiles=tiles(here, found),
        tables=tables(here, found, wanted),
        wanted=wanted,
        situations=list(situation_names(here).items()),
        regions=regions(here),
        since=(now - timedelta(days=wanted.days)).date(),
        until_day=now.date(),
    )


def cell(value: str) -> str:
    """One CSV cell that no spreadsheet takes for a formula."""
    safe = f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value
    return '"' + safe.replace('"', '""') + '"'


async def download(request: Request) -> Response:
    here = house(request)
    found, wanted = await _read(request)
    await here.store.audit(staff_of(request).id, "export_figures", f"{wanted.days} days")
    out = io.StringIO()
    out.write("tabel;wat;aantal\r\n")
    for what, value in (
        ("Dagen", str(wanted.days)),
        ("Doelgroep", situation_names(here).get(wanted.situation, "alle")),
        ("Regio", dict(regions(here)).get(wanted.region, "alle")),
    ):
        out.write(f"{cell('Gekozen')};{cell(what)};{cell(value)}\r\n")
    for label, value in tiles(here, found):
        out.write(f"{cell('Overzicht')};{cell(label)};{cell(value)}\r\n")
    for one in (*tables(here, found, wanted), own_codes(here, found)):
        for row in one.rows:
            label = f"{row.label} ({row.code})" if row.code else row.label
            out.write(f"{cell(one.title)};{cell(label)};{cell(row.shown)}\r\n")
    return Response(
        "\ufeff" + out.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="cijfers-{wanted.days}-dagen.csv"'},
    )


PAGES = (
    Page("/desk/cijfers", figures, policy.FIGURES),
    Page("/desk/cijfers.csv", download, frozenset({"coordinator", "admin", "auditor"})),
)
