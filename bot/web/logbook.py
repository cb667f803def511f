"""The audit log for those who watch: who did what and when, filtered and paged, as CSV, and whether it is whole."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from bot.web import dates, policy
from bot.web.case_actions import read_day
from bot.web.case_page import CODE
from bot.web.dates import AMSTERDAM
from bot.web.desk_frame import desk_page, staff_of
from bot.web.figures import cell
from bot.web.house import House, house
from bot.web.policy import Page
from storage.oversight import LogFilter, LogLine

ON_A_PAGE = 50
IN_A_FILE = 10_000  # lines of one download; the newest
WHOLE_FOR = timedelta(minutes=5)  # how long a check of the chain is shown before it is done again

ACTORS = {
    "operator": "technisch beheer",
    "visitor": "klant",
    "retention": "bewaartermijn",
    "oidc": "inloggen via organisatie",
    "unknown": "onbekend",
    "resume": "verder op ander apparaat",
}
ACTIONS = {
    "login": "ingelogd",
    "login_failed": "inloggen mislukt",
    "logout": "uitgelogd",
    "confirm": "opnieuw bevestigd",
    "confirm_failed": "bevestigen mislukt",
    "end_session": "apparaat uitgelogd",
    "change_password": "wachtwoord gewijzigd",
    "second_factor_on": "controlecode aan",
    "second_factor_off": "controlecode uit",
    "recovery_codes": "nieuwe herstelcodes",
    "invite": "uitgenodigd",
    "staff_added": "toegevoegd",
    "staff_role": "rol gewijzigd",
    "staff_save": "rol of teams gewijzigd",
    "staff_on": "toegang aan",
    "staff_off": "toegang uit",
    "staff_link": "nieuwe inloglink",
    "staff_code": "controlecode gewist door beheer",
    "staff_unbind": "werkaccount losgemaakt",
    "canned": "standaardtekst gewijzigd",
    "settled": "instelling gewijzigd",
    "retry": "opnieuw verstuurd",
    "open_case": "hulpvraag geopend",
    "open_person": "dossier geopend",
    "export": "gegevens meegegeven",
    "export_person": "gegevens van een klant gelezen of meegegeven",
    "erase_person": "klant gewist op verzoek",
    "export_figures": "cijfers gedownload",
    "export_log": "logboek gedownload",
    "erase": "gewist",
    "my_data": "eigen gegevens bekeken",
    "retention": "opgeruimd",
    "rotate_keys": "sleutels vernieuwd",
    "backup": "reservekopie",
    "telegram_linked": "Telegram gekoppeld",
}
RESULTS = {
    "ok": "",
    "nobody": "niet bekend bij het loket",
    "no group": "geen groep met toegang",
    "switched off": "toegang staat uit",
    "another person": "deze naam is nu van iemand anders",
    "state": "niet hier begonnen, of te laat terug",
    "token": "het bewijs van de organisatie klopt niet",
    "access_denied": "zelf gestopt",
}
SETTLED = {
    "hours": "openingstijden",
    "closing_days": "sluitingsdagen",
    "teams": "teams",
    "outcomes": "uitkomsten",
    "retention": "bewaartermijnen",
}
HOW = {"password": "wachtwoord", "oidc": "werkaccount", "code": "controlecode", "link": "eenmalige link"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the page shows it."""

    when: str
    who: str
    action: str
    subject: str
    case: str  # K-code when the line is about a case, for a link
    about: str
    result: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as it was typed, for the form and for the next page."""

    who: str = ""
    what: str = ""
    code: str = ""
    since: str = ""
    until: str = ""
    problem: str = ""

    def query(self, **more: int) -> str:
        given = {"wie": self.who, "wat": self.what, "code": self.code, "van": self.since, "tot": self.until}
        return urlencode({name: value for name, value in {**given, **more}.items() if value})


def asked(request: Request) -> tuple[Asked, LogFilter]:
    """The filter of the address; what cannot be read is said and left out."""
    query = request.query_params
    who, what = query.get("wie", "")[:40], query.get("wat", "")[:40]
    code, since, until = (query.get(name, "").strip()[:20] for name in ("code", "van", "tot"))
    problem, days = "", {"van": read_day(since), "tot": read_day(until)}
    if (since and days["van"] is None) or (until and days["tot"] is None):
        problem = "Die datum begrijp ik niet. Schrijf bijvoorbeeld 03-12-2026."
    elif code and not CODE.fullmatch(code):
        problem = "Zo ziet een code van een hulpvraag eruit: K-1042."
    subject = f"K-{code.upper().removeprefix('K').removeprefix('-')}" if code and CODE.fullmatch(code) else ""
    begin = datetime.combine(days["van"], time(), AMSTERDAM) if days["van"] else None
    end = datetime.combine(days["tot"] + timedelta(days=1), time(), AMSTERDAM) if days["tot"] else None
    return Asked(who, what, code, since, until, problem), LogFilter(who, what, subject, begin, end)


async def names(here: House) -> dict[str, str]:
    return ACTORS | {one.id: one.name for one in await here.store.all_staff()}


def line(one: LogLine, known: Mapping[str, str]) -> Line:
    moment = dates.local(one.at)
    return Line(
        when=f"{moment:%d-%m-%Y %H.%M}",
        who=known.get(one.actor, one.actor),
        action=ACTIONS.get(one.action, one.action),
        subject=SETTLED.get(one.subject, one.subject)
        if one.action == "settled"
        else known.get(one.subject, one.subject),
        case=one.subject if CODE.fullmatch(one.subject) else "",
        about=HOW.get(one.purpose, one.purpose),
        result=RESULTS.get(one.result, one.result),
    )


async def logbook(request: Request) -> Response:
    here = house(request)
    form, wanted = asked(request)
    raw = request.query_params.get("pagina", "1")
    number = int(raw) if raw.isascii() and raw.isdigit() and 0 < int(raw) < 100_000 else 1
    page = await here.store.log_page(wanted, limit=ON_A_PAGE, offset=(number - 1) * ON_A_PAGE)
    known = await names(here)
    last = max(1, -(-page.total // ON_A_PAGE))
    return desk_page(
        request,
        "desk/logbook.html",
        here="/desk/logboek",
        status=422 if form.problem else 200,
        form=form,
        lines=[line(one, known) for one in page.lines],
        total=page.total,
        number=number,
        last=last,
        newer=form.query(pagina=number - 1) if 1 < number <= last else "",
        older=form.query(pagina=number + 1) if number < last else "",
        download=form.query(),
        people=sorted(known.items(), key=lambda one: one[1].casefold()),
        actions=sorted(((id_, ACTIONS.get(id_, id_)) for id_ in page.actions), key=lambda one: one[1]),
        chain=await chain(here),
        sees_cases=staff_of(request).role in policy.READ,
    )


async def chain(here: House) -> tuple[bool, str]:
    """Whether the log is whole, in words. Reading all of it takes a moment, so it is done every five minutes."""
    now = here.now()
    if here.chain is None or now - here.chain[0] > WHOLE_FOR:
        here.chain = (now, await here.store.verify_audit())
    checked, broken = here.chain
    at = f"Nagekeken om {dates.clock(checked)} uur."
    if not broken:
        return True, f"Het logboek is heel: geen regel is veranderd of weggehaald. {at}"
    first = broken[0]
    return False, f"Het logboek klopt niet meer vanaf regel {first.seq} ({first.chain}). {at} Bel uw beheerder."


async def download(request: Request) -> Response:
    """The same lines as CSV, no formula among them."""
    here = house(request)
    form, wanted = asked(request)
    if form.problem:
        return await logbook(request)
    page = await here.store.log_page(wanted, limit=IN_A_FILE)
    known = await names(here)
    await here.store.audit(staff_of(request).id, "export_log", result=str(len(page.lines)))
    out = io.StringIO()
    out.write("wanneer;wie;wat;waarover;toelichting;uitkomst\r\n")
    for one in (line(found, known) for found in page.lines):
        row = (one.when, one.who, one.action, one.subject, one.about, one.result)
        out.write(";".join(map(cell, row)) + "\r\n")
    return Response(
        "\ufeff" + out.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="logboek.csv"'},
    )


PAGES = (
    Page("/desk/logboek", logbook, policy.LOG),
    Page("/desk/logboek.csv", download, policy.LOG, confirm=True),
)
