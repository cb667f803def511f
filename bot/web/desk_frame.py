"""What all desk pages share: who is logged in, the menu, flashes, and answers to refused actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.web import dates, policy, render
from bot.web.house import house
from bot.web.sessions import left
from storage.actions import Refused
from storage.rows import Staff

KEYS_COOKIE = "toetsen"

_MENU = (
    ("/desk", "Vandaag", "sun", policy.READ),
    ("/desk/inbox", "Hulpvragen", "list", policy.READ),
    ("/desk/agenda", "Agenda", "calendar", policy.READ),
    ("/desk/zoek", "Zoeken", "search", policy.READ),
    ("/desk/cijfers", "Cijfers", "chart", policy.FIGURES),
    ("/desk/kennis", "Kennis", "book", policy.KNOWLEDGE),
    ("/desk/logboek", "Logboek", "lock", policy.LOG),
    ("/desk/beheer", "Beheer", "gear", policy.SETTINGS),
)

FLASHES: dict[str, tuple[str, str]] = {
    "claimed": ("good", "U hebt deze hulpvraag opgepakt. De klant weet dat."),
    "sent": ("good", "Uw antwoord is verstuurd."),
    "noted": ("good", "Uw notitie is bewaard. De klant ziet die niet."),
    "called": ("good", "Het gesprek is vastgelegd."),
    "handed_over": ("good", "De hulpvraag is overgedragen."),
    "handed_back": ("good", "De digitale hulp heeft het gesprek weer."),
    "waiting": ("good", "De hulpvraag wacht nu op de klant."),
    "snoozed": ("good", "De hulpvraag is uitgesteld."),
    "closed": ("good", "De hulpvraag is afgerond."),
    "taken_over": ("good", "U hebt de hulpvraag overgenomen."),
    "saved": ("good", "Bewaard."),
    "asked": ("good", "De vraag staat bij de klant. Het antwoord komt op dit blad."),
    "planned": ("good", "De opvolging staat in de agenda."),
    "decided": ("good", "Het besluit is vastgelegd en de klant weet het."),
    "nothing_held": ("bad", "Voor deze klant wordt geen geld (meer) vastgehouden."),
    "recorded": ("good", "De uitkomst is vastgelegd."),
    "doubted": ("good", "Dank u. Wie de kennis bijhoudt, ziet dit op de pagina Kennis."),
    "explained": ("good", "De uitleg staat in uw antwoord. Pas aan wat u wilt, en verstuur het."),
    "again": ("good", "Het bericht wordt nog een keer verstuurd."),
    "proven": ("good", "Bedankt, wij weten nu weer dat u het bent. U kunt verder."),
    "unproven": ("bad", "Dat is niet gelukt. Wij weten niet zeker dat u het bent."),
    "code_first": ("bad", "Stel eerst een controlecode in. Dat is bij dit loket verplicht. Daarna kunt u verder."),
    "ended": ("good", "Dat apparaat is uitgelogd."),
    "erased": ("good", "Alles van deze persoon is gewist. Het nummer van de hulpvraag blijft leeg staan."),
    "retried": ("good", "De berichten gaan opnieuw de deur uit."),
    "checked": ("good", "Bewaard. Dit geldt vanaf nu."),
    "undone": ("good", "De laatste wijziging is ongedaan gemaakt."),
    "moved": ("good", "De opvolging is verzet."),
    "feed_dropped": ("good", "Het adres werkt niet meer."),
    "bad_time": ("bad", "Die tijd begrijp ik niet. Schrijf bijvoorbeeld 14.30."),
    "bad_email": ("bad", "Dat is geen mailadres."),
    "empty": ("bad", "Er stond geen tekst in het vak."),
    "bad_date": ("bad", "Die datum begrijp ik niet. Schrijf bijvoorbeeld 03-12-2026."),
    "bad_value": ("bad", "Dat antwoord past niet bij de vraag."),
    "changed": (
        "bad",
        "Dit antwoord is intussen veranderd: in een ander venster, of door de klant. Er is niets bewaard.",
    ),
    "channel": ("bad", "Die vraag is te privé voor deze app. Vraag het in een gesprek, of in de webchat."),
    "too_short": ("bad", "Schrijf een notitie van ten minste 10 tekens voor uw collega."),
    "outcome": ("bad", "Kies eerst een uitkomst."),
    "full": ("bad", "U hebt al zoveel hulpvragen als afgesproken. Rond er eerst een af."),
    "forbidden": ("bad", "Dat mag u hier niet doen."),
    "not_owner": ("bad", "Alleen wie de hulpvraag heeft, kan dit doen."),
    "unknown": ("bad", "Dat bestaat niet meer."),
    "gone": ("bad", "Deze hulpvraag bestaat niet, of hoort bij een ander team."),
}


@dataclass(frozen=True, slots=True)
class MenuItem:
    href: str
    label: str
    icon: str
    here: bool


def staff_of(request: Request) -> Staff:
    """Who is logged in; only on pages that ask for a login."""
    found: Staff = request.state.staff
    return found


def may_act(request: Request) -> bool:
    return staff_of(request).role in policy.WORK


def desk_page(
    request: Request,
    name: str,
    *,
    status: int = 200,
    here: str = "",
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """A page of the desk for whoever is logged in."""
    me = staff_of(request)
    path = here or request.url.path
    menu = [
        MenuItem(href, label, icon, path == href or (href != "/desk" and path.startswith(href)))
        for href, label, icon, allow in _MENU
        if me.role in allow
    ]
    key = request.query_params.get("ok") or request.query_params.get("fout") or ""
    flash = {"tone": FLASHES[key][0], "text": FLASHES[key][1]} if key in FLASHES else None
    session_left, session_last = left(request.state.session, house(request).now())
    values = {
        "session_left": session_left,
        "session_last": session_last,
        "face": house(request).face(),
        "me": me,
        "menu": menu,
        "flash": flash,
        "now": dates.local(house(request).now()),
        "role_name": policy.ROLES.get(me.role, me.role),
        "may_act": me.role in policy.WORK,
        "keys": request.cookies.get(KEYS_COOKIE) == "1",
    } | values
    return render.page(name, "nl", status=status, headers=headers, **values)


def go(path: str, ok: str = "", wrong: str = "") -> Response:
    """After a post: to the page that shows the result, with a short word about it."""
    mark = f"ok={ok}" if ok else f"fout={wrong}" if wrong else ""
    target, _, anchor = path.partition("#")
    if mark:
        target += ("&" if "?" in target else "?") + mark
    return RedirectResponse(target + (f"#{anchor}" if anchor else ""), 303)


def conflict_words(refused: Refused) -> str:
    """What the coach reads when somebody was first."""
    if refused.why in ("taken", "stale", "not_owner") and refused.by:
        when = f" om {dates.clock(refused.at)}" if refused.at else ""
        return f"{refused.by} heeft dit gesprek{when} opgepakt. Er is niets verstuurd."
    if refused.why == "closed":
        return "Deze hulpvraag is al afgerond. Er is niets verstuurd."
    if refused.why == "stale":
        return "Deze hulpvraag is intussen veranderd. Kijk eerst wat er nieuw is; er is niets verstuurd."
    return FLASHES.get(refused.why, ("bad", "Dat lukte niet."))[1]
