"""Linking Telegram from the browser: the coaches' own group, and the account of each coach, by a one-time code."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.telegram_carrier import bot_id
from bot.channels.telegram_group import group_setting, make_code
from bot.web import policy
from bot.web.desk_frame import desk_page, go, staff_of
from bot.web.house import house
from bot.web.policy import Page

WHO = policy.WORK | policy.SETTINGS


async def telegram(request: Request) -> Response:
    return await _show(request)


async def _show(request: Request, *, group_code: str = "", own_code: str = "") -> Response:
    here, me = house(request), staff_of(request)
    token = here.settings.telegram_token
    linked = await here.store.setting(group_setting(bot_id(token))) if token else ""
    return desk_page(
        request,
        "desk/telegram.html",
        here="/desk/telegram",
        bot=bool(token),
        linked=bool(linked),
        may_group=me.role in policy.SETTINGS,
        group_code=group_code,
        own_code=own_code,
    )


async def link(request: Request) -> Response:
    """A fresh code for the group or for oneself, or the end of the group's link."""
    here, me = house(request), staff_of(request)
    what = str((await request.form(max_fields=5)).get("do", ""))
    token = here.settings.telegram_token
    if not token:
        return go("/desk/telegram")
    if what == "own" and me.role in policy.WORK:
        return await _show(request, own_code=await make_code(here.store, here.now(), me.id))
    if me.role not in policy.SETTINGS:
        return go("/desk/telegram", wrong="forbidden")
    if what == "group":
        await here.store.audit(me.id, "telegram_group_code", "")
        return await _show(request, group_code=await make_code(here.store, here.now()))
    if what == "unlink":
        await here.store.put_setting(group_setting(bot_id(token)), "")
        await here.store.audit(me.id, "telegram_group_ended", "")
        return go("/desk/telegram", ok="saved")
    return go("/desk/telegram", wrong="unknown")


PAGES = (
    Page("/desk/telegram", telegram, WHO),
    Page("/desk/telegram", link, WHO, ("POST",)),
)
