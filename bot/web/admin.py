"""Settings of the desk: coaches and invitations, canned replies, what was not delivered, and what desk.yaml decides."""

from __future__ import annotations

import re
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.cleaning import clean_text
from bot.web import dates, keeping, outcome_codes, policy, settling
from bot.web.coach_desk import CHANNELS, situation_names
from bot.web.decided import closing_days, teams
from bot.web.desk_frame import desk_page, go, staff_of
from bot.web.house import House, house
from bot.web.login import make_link
from bot.web.outcome_words import LADDER
from bot.web.policy import Page, may_use_password
from knowledge.languages import DUTCH_NAMES
from knowledge.problems import LoketError
from storage.oversight import Stuck, Undelivered
from storage.rows import Staff

INVITATION = timedelta(hours=48)
MOST_CASES = 200
REASONS = {
    "gone": "klant heeft ons geblokkeerd of is weg",
    "blocked or gone": "klant heeft ons geblokkeerd of is weg",
    "bad": "het kanaal weigert dit bericht",
    "lost twice": "het kanaal gaf twee keer geen antwoord",
    "error in sending": "fout bij het versturen",
}
SENDERS = {"bot": "digitale hulp", "coach": "coach", "system": "loket"}


async def admin(request: Request) -> Response:
    return await show_admin(request)


async def show_admin(
    request: Request, *, problem: str = "", link: str = "", link_for: str = "", told: str = "", status: int = 200
) -> Response:
    here, me = house(request), staff_of(request)
    desk = here.content.knowledge.desk
    staff = await here.store.all_staff()
    due = here.store.rules.office.due(here.now())
    stuck = await here.store.stuck() if me.role in policy.PEOPLE else Stuck((), 0, 0, 0)
    return desk_page(
        request,
        "desk/admin.html",
        here="/desk/beheer",
        status=status,
        problem=problem,
        link=link,
        link_for=link_for,
        told=told,
        staff=[await _person(here, one) for one in staff],
        may_people=me.role in policy.PEOPLE,
        roles=policy.ROLES,
        team_ids=[one.id for one in desk.teams],
        teams=teams(here, staff),
        canned=[
            {"key": key, "title": title, "text": text, "language": DUTCH_NAMES.get(language, language)}
            for key, title, text, language in await here.store.canned(me)
        ],
        languages=[(id_, DUTCH_NAMES.get(id_, id_)) for id_ in here.content.languages],
        team_rows=settling.team_rows(here),
        situations=list(situation_names(here).items()),
        days=settling.days(here),
        own_days=settling.closed(here),
        target=desk.first_reply_hours,
        holidays=desk.holidays == "NL",
        own_teams=here.desk.chosen.teams is not None,
        own_hours=here.desk.chosen.hours is not None,
        hours=here.face().hours,
        closing=closing_days(here),
        promise_now=dates.promise(due) if due else "",
        outcome_rows=outcome_codes.rows(here),
        rungs=LADDER,
        period_rows=keeping.rows(here),
        own_periods=here.desk.chosen.retention is not None,
        marks={name: here.desk.chosen.mark(*parts) for name, parts in settling.MARKED.items()},
        stuck=stuck,
        failed=[_failed(one) for one in stuck.messages],
        single=here.settings.oidc_issuer,
        passwords=[
            label
            for role, label in policy.ROLES.items()
            if may_use_password(here.settings.password_login, here.provider is not None, role)
        ],
        second_factor=here.settings.second_factor == "required",
    )


async def _person(here: House, one: Staff) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "login": one.login,
        "role_id": one.role,
        "teams": ", ".join(one.teams),
        "active": one.active,
        "max_cases": one.max_cases,
        "code": one.totp,
        "linked": here.provider is not None and await here.store.is_linked(one.id),
        "state": "uit"
        if not one.active
        else "afwezig"
        if one.away
        else "aan, met code"
        if one.totp
        else "aan"
        if one.password_hash or here.provider is not None
        else "nog geen wachtwoord",
    }


def _failed(one: Undelivered) -> dict[str, object]:
    return {
        "id": one.id,
        "case": one.code,
        "what": f"{SENDERS.get(one.origin, one.origin)}, {CHANNELS.get(one.channel, one.channel)}",
        "when": f"{dates.day(one.at)} {dates.clock(one.at)}",
        "why": REASONS.get(one.reason, one.reason),
    }


async def invite(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=10)
    login, name = clean_text(str(form.get("login", "")), 120), clean_text(str(form.get("name", "")), 60)
    role = str(form.get("role", ""))
    if not login or not name or role not in policy.ROLES:
        return await show_admin(request, problem="Vul een gebruikersnaam, een naam en een rol in.", status=422)
    wanted, unknown = _teams(here, form.get("teams"))
    if unknown:
        return await show_admin(request, problem=unknown, status=422)
    try:
        made = await here.store.add_staff(login, name, role, teams=wanted, email=login if "@" in login else "")
    except LoketError:
        return await show_admin(request, problem="Deze gebruikersnaam bestaat al.", status=422)
    await here.store.audit(me.id, "invite", made.id)
    return await _link(request, made)


async def _link(request: Request, who: Staff) -> Response:
    """A link to choose a password, or the word that this person needs none."""
    here = house(request)
    if not may_use_password(here.settings.password_login, here.provider is not None, who.role):
        told = f"{who.name} kan inloggen met het werkaccount {who.login}. Een link is niet nodig."
        return await show_admin(request, told=told)
    return await show_admin(request, link=await make_link(here, who.id, "invite", INVITATION), link_for=who.name)


async def change(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=10)
    who = await here.store.staff_by_id(str(request.path_params["id"]))
    wanted, role = str(form.get("do", "")), str(form.get("role", ""))
    if who is None or wanted not in ("save", "on", "off", "link", "code", "unbind"):
        return go("/desk/beheer", wrong="unknown")
    if who.id == me.id and (wanted in ("off", "code") or (wanted == "save" and role != me.role)):
        return await show_admin(request, problem="Uw eigen toegang verandert een andere beheerder.", status=422)
    if wanted == "save":
        changed, problem = _changes(here, who, role, form.get("teams"), str(form.get("max", "")))
        if problem:
            return await show_admin(request, problem=problem, status=422)
        await here.store.change_staff(who.id, **changed)
    elif wanted in ("on", "off"):
        await here.store.change_staff(who.id, active=wanted == "on")
    elif wanted == "code":
        await here.store.set_totp(who.id, "")
        await here.store.end_sessions(who.id)
    elif wanted == "unbind":
        await here.store.link_subject(who.id, "")
        await here.store.end_sessions(who.id)
    await here.store.audit(me.id, f"staff_{wanted}", who.id)
    return await _link(request, who) if wanted == "link" else go("/desk/beheer#coaches", ok="saved")


def _changes(here: House, who: Staff, role: str, raw_teams: object, most: str) -> tuple[dict[str, object], str]:
    """What the form changes, or what is wrong with it. An unchanged role ends no sessions."""
    found, unknown = _teams(here, raw_teams)
    if unknown:
        return {}, unknown
    if role not in policy.ROLES:
        return {}, "Kies een rol."
    if most and not (most.isascii() and most.isdigit() and 1 <= int(most) <= MOST_CASES):
        return {}, f"Het aantal hulpvragen is een getal van 1 tot en met {MOST_CASES}."
    changed: dict[str, object] = {"teams": found}
    if most:
        changed["max_cases"] = int(most)
    if role != who.role:
        changed["role"] = role
    return changed, ""


def _teams(here: House, raw: object) -> tuple[tuple[str, ...], str]:
    """Teams as typed; they must stand in desk.yaml, or nobody would ever get their cases."""
    found = tuple(part for one in str(raw or "").split(",") if (part := clean_text(one, 48)))
    known = [one.id for one in here.content.knowledge.desk.teams]
    for one in found:
        if one not in known:
            listed = ", ".join(known) or "nog geen"
            return (), f"Team “{one}” bestaat niet. Teams in desk.yaml: {listed}."
    return found, ""


async def canned(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=10)
    key, title = str(form.get("key", "")), clean_text(str(form.get("title", "")), 80)
    text, language = clean_text(str(form.get("text", "")), 1000), str(form.get("language", "nl"))
    if not re.fullmatch(r"[a-z0-9-]{2,40}", key):
        return await show_admin(
            request, problem="Gebruik voor het korte woord alleen kleine letters, cijfers en streepjes.", status=422
        )
    if form.get("do") == "delete":
        await here.store.delete_canned(key)
    elif not title or not text:
        return await show_admin(request, problem="Vul een titel en een tekst in.", status=422)
    else:
        spoken = language if language in here.content.languages else "nl"
        await here.store.put_canned(key, title, text, language=spoken)
    await here.store.audit(me.id, "canned", key)
    return go("/desk/beheer#teksten", ok="saved")


async def retry(request: Request) -> Response:
    """Puts one message, or everything that failed, back in line."""
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=5)
    raw = str(form.get("id", ""))
    if raw != "all" and not (raw.isascii() and raw.isdigit() and len(raw) < 18):
        return go("/desk/beheer", wrong="unknown")
    count = await here.store.retry_stuck(None if raw == "all" else int(raw))
    await here.store.audit(me.id, "retry", raw, result=str(count))
    return go("/desk/beheer#niet-verstuurd", ok="retried") if count else go("/desk/beheer", wrong="unknown")


PAGES = (
    Page("/desk/beheer", admin, policy.SETTINGS),
    Page("/desk/beheer/coach", invite, policy.PEOPLE, ("POST",), confirm=True),
    Page("/desk/beheer/coach/{id}", change, policy.PEOPLE, ("POST",), confirm=True),
    Page("/desk/beheer/tekst", canned, policy.SETTINGS, ("POST",)),
    Page("/desk/beheer/opnieuw", retry, policy.PEOPLE, ("POST",)),
)
