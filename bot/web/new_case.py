"""*Nieuwe hulpvraag*: for somebody who phones or walks in. The same engine, the same answers, marked `coach`."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response

from bot.cleaning import clean_text
from bot.web import policy
from bot.web.desk_frame import desk_page, go, staff_of
from bot.web.house import house
from bot.web.policy import Page
from flows.events import Commanded, Said, Started
from storage.actions import Claim, EditAnswer, Refused
from storage.messages import Incoming


async def form_page(request: Request) -> Response:
    return _show(request, {"name": "", "phone": "", "text": ""})


def _show(request: Request, values: dict[str, str], problem: str = "", status: int = 200) -> Response:
    return desk_page(request, "desk/new_case.html", status=status, values=values, problem=problem)


async def make(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=10)
    values = {
        name: clean_text(str(form.get(name, "")), most) for name, most in (("name", 60), ("phone", 20), ("text", 1000))
    }
    if not values["text"]:
        return _show(request, values, "Schrijf op wat deze persoon wil.", 422)
    address = secrets.token_hex(32)

    async def receive(event: Started | Said | Commanded) -> str:
        result = await here.desk.receive(
            Incoming(
                channel="desk", address=address, event=event, received_at=here.now(), update_id=secrets.token_hex(16)
            )
        )
        return result.case

    await receive(Started())
    code = await receive(Said(values["text"]))
    if not code:
        code = await receive(Commanded("coach"))
    if values["phone"] and not code:
        code = await receive(Said(values["phone"]))
    if not code:
        return _show(request, values, "De hulpvraag kon niet worden gemaakt. Vul een geldig telefoonnummer in.", 422)
    claimed = await here.store.act(Claim(code, me.id))
    if not isinstance(claimed, Refused):
        for fact in ("name", "phone"):
            if values[fact]:
                await here.store.act(EditAnswer(code, me.id, fact, values[fact]))
    return go(f"/desk/g/{code}", ok="claimed")


PAGES = (
    Page("/desk/nieuw", form_page, policy.WORK),
    Page("/desk/nieuw", make, policy.WORK, ("POST",)),
)
