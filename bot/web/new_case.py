"""*Nieuwe hulpvraag*: somebody phones or walks in. The engine reads the words, the coach fills in the rest."""

from __future__ import annotations

import secrets
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from bot.cleaning import clean_text
from bot.web import policy
from bot.web.case_actions import read_answer
from bot.web.client_words import value_about_client
from bot.web.desk_frame import desk_page, go, staff_of
from bot.web.house import House, house
from bot.web.knowing import known_facts, profile_of
from bot.web.policy import Page
from flows.effects import OpenCase
from flows.events import Said, Started, TimePassed
from flows.state import State
from flows.turn import Turn
from knowledge.redaction import redact
from storage.actions import Claim, EditAnswer, Refused
from storage.messages import Incoming

OPENED = TimePassed("!opened_by_coach")


async def form_page(request: Request) -> Response:
    return _show(request, {"name": "", "phone": "", "text": ""})


def _show(request: Request, values: dict[str, str], problem: str = "", status: int = 200) -> Response:
    return desk_page(request, "desk/new_case.html", status=status, values=values, problem=problem)


async def make(request: Request) -> Response:
    here, me = house(request), staff_of(request)
    form = await request.form(max_fields=10)
    most = {"name": 60, "phone": 20, "text": 1000}
    values = {name: clean_text(str(form.get(name, "")), longest) for name, longest in most.items()}
    if not values["text"]:
        return _show(request, values, "Schrijf op wat deze persoon wil.", 422)
    contact: dict[str, object] = {}
    for fact in ("name", "phone"):
        if values[fact]:
            try:
                contact[fact] = read_answer(here, fact, [values[fact]])
            except ValueError:
                return _show(request, values, "Dit telefoonnummer klopt niet.", 422)
    address = secrets.token_hex(32)
    for event in (Started(), Said(values["text"])):
        heard = await here.desk.receive(
            Incoming(
                channel="desk", address=address, event=event, received_at=here.now(), update_id=secrets.token_hex(16)
            )
        )
    opened = await here.store.event_turn(
        heard.conversation, OPENED, lambda state, world, event, now: open_turn(here, values["text"], state, now)
    )
    code = opened.case
    if isinstance(await here.store.act(Claim(code, me.id)), Refused):
        return go("/desk/inbox", wrong="full")
    for fact, value in contact.items():
        await here.store.act(EditAnswer(code, me.id, fact, value))
    return go(f"/desk/g/{code}", ok="claimed")


def open_turn(here: House, text: str, state: State, now: datetime) -> Turn:
    """The state as it is, and a case with five lines made from it."""
    knowledge = here.content.knowledge
    known = [one for one in known_facts(here.content, state.answers) if knowledge.facts[one.fact].cls == "public"]
    matches = [
        match
        for match in knowledge.matcher.match(profile_of(here.content, state.answers, now.date()), now)
        if match.verdict != "does_not_fit"
    ][:12]
    who = [
        value_about_client(knowledge, one.fact, answer.value) if answer.status == "given" else one.value
        for one in known
        for answer in (state.answers[one.fact],)
    ]
    wanted = " ".join(redact(text).text.split())
    summary = (
        f"Wie: {', '.join(who) or 'nog niet bekend'}",
        f"Wil: {wanted[:160]}",
        f"Past: {'; '.join(match.entry.name for match in matches[:3]) or 'nog niets gevonden'}",
        "Nog open: zie het blad",
        "Beloofd: geen tijd",
    )
    verdicts = [
        {"id": match.entry.id, "name": match.entry.name, "verdict": match.verdict, "status": match.status}
        for match in matches
    ]
    case = OpenCase("Aangemaakt door een coach", kind="question", summary=summary, snapshot={"verdicts": verdicts})
    return Turn(state, (case,))


PAGES = (
    Page("/desk/nieuw", form_page, policy.WORK),
    Page("/desk/nieuw", make, policy.WORK, ("POST",)),
)
