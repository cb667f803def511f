"""Where a coach hears by mail of new cases, of promises that run out, and in the morning of the day."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email
from starlette.requests import Request
from starlette.responses import Response

from bot.cleaning import clean_text
from bot.web import policy
from bot.web.desk_frame import go, staff_of
from bot.web.house import house
from bot.web.policy import Page


async def change(request: Request) -> Response:
    """Sets one's own address; empty means no mail."""
    here, me = house(request), staff_of(request)
    typed = clean_text(str((await request.form(max_fields=3)).get("email", "")), 120)
    if typed:
        try:
            typed = validate_email(typed, check_deliverability=False).normalized
        except EmailNotValidError:
            return go("/desk/account", wrong="bad_email")
    await here.store.change_staff(me.id, email=typed)
    await here.store.audit(me.id, "mail_address", me.id, result="set" if typed else "none")
    return go("/desk/account", ok="saved")


PAGES = (Page("/desk/account/mail", change, policy.WORK, ("POST",)),)
