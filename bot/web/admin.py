"""Settings of the desk: coaches and invitations, canned replies, and what is promised now."""

from __future__ import annotations

import re
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.cleaning import clean_text
from bot.web import dates, policy
from bot.web.desk_frame import desk_page, go, staff_of
from bot.web.house import house
from bot.web.login import make_link
from bot.web.policy import Page
from knowledge.problems import LoketError

INVITATION = timedelta(hours=48)


async def admin(request: Request) -> Response:
    return await _show(request)


async def _show(
    request: Request, *, problem: str = "", link: str = "", link_for: str = "", status: int = 200
) -> Response:
    here, me = house(request), staff_of(request)
    people = policy.PEOPLE
    staff = [
        {
            "id": one.id,
            "name": one.name,
            "login": one.login,
            "role": policy.ROLES[one.role],
            "role_id": one.role,
            "teams": ", ".join(one.teams),
            "active": one.active,
            "state": "uit"
            if not one.active
            else "afwezig"
            if one.away
            else "nog geen wachtwoord"
            if not one.password_hash
            else "aan, met code"
            if one.totp
            else "aan",
        }
        for one in await here.store.all_staff()
    ]
    office = here.store.rules.office
    due = office.due(here.now())
    return desk_page(
        request,
        "desk/admin.html",
        status=status,
        problem=problem,
        link=link,
        link_for=link_for,
        staff=staff,
        may_people=me.role in people,
        roles=policy.ROLES,
        canned=[{"key": key, "title": title, "text": text} for key, title, text, _ in await here.store.canned(me)],
        hours=here.face().hours,
        promise_now=dates.promise(due) if due else "",
    )


async def invite(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=10)
    login, name = clean_text(str(form.get("login", "")), 120), clean_text(str(form.get("name", "")), 60)
    role = str(form.get("role", ""))
    if not login or not name or role not in policy.ROLES:
        return await _show(request, problem="Vul een gebruikersnaam, een naam en een rol in.", status=422)
    try:
        made = await here.store.add_staff(login, name, role, teams=_teams(form.get("teams")))
    except LoketError:
        return await _show(request, problem="Deze gebruikersnaam bestaat al.", status=422)
    await here.store.audit(me.id, "invite", made.id)
    return await _show(request, link=await make_link(here, made.id, "invite", INVITATION), link_for=made.name)


async def change(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=10)
    who = await here.store.staff_by_id(str(request.path_params["id"]))
    wanted, role = str(form.get("do", "")), str(form.get("role", ""))
    if who is None:
        return go("/desk/beheer", wrong="unknown")
    if who.id == me.id and (wanted == "off" or (wanted == "save" and role != me.role)):
        return await _show(request, problem="Uw eigen rol verandert een andere beheerder.", status=422)
    await here.store.audit(me.id, f"staff_{wanted[:8]}", who.id)
    if wanted == "link":
        return await _show(request, link=await make_link(here, who.id, "invite", INVITATION), link_for=who.name)
    if wanted in ("on", "off"):
        await here.store.change_staff(who.id, active=wanted == "on")
    elif wanted == "save" and role in policy.ROLES:
        changed: dict[str, object] = {"teams": _teams(form.get("teams"))}
        if role != who.role:
            changed["role"] = role
        await here.store.change_staff(who.id, **changed)
    return go("/desk/beheer", ok="saved")


def _teams(raw: object) -> tuple[str, ...]:
    return tuple(part for one in str(raw or "").split(",") if (part := clean_text(one, 48)))


async def canned(request: Request) -> Response:
    here = house(request)
    form = await request.form(max_fields=10)
    key, title = str(form.get("key", "")), clean_text(str(form.get("title", "")), 80)
    text = clean_text(str(form.get("text", "")), 1000)
    if not re.fullmatch(r"[a-z0-9-]{2,40}", key):
        return await _show(
            request, problem="Gebruik voor het korte woord alleen kleine letters, cijfers en streepjes.", status=422
        )
    if form.get("do") == "delete":
        await here.store.delete_canned(key)
    elif not title or not text:
        return await _show(request, problem="Vul een titel en een tekst in.", status=422)
    else:
        await here.store.put_canned(key, title, text)
    return go("/desk/beheer", ok="saved")


PAGES = (
    Page("/desk/beheer", admin, policy.SETTINGS),
    Page("/desk/beheer/coach", invite, policy.PEOPLE, ("POST",)),
    Page("/desk/beheer/coach/{id}", change, policy.PEOPLE, ("POST",)),
    Page("/desk/beheer/tekst", canned, policy.SETTINGS, ("POST",)),
)
