"""One case: what the coach reads, and everything a coach can do with it."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.web import dates, outcome_words, policy, reads, sse
from bot.web.client_words import about_client, choice_about_client, value_about_client
from bot.web.coach_desk import CHANNELS
from bot.web.desk_frame import desk_page, may_act, staff_of
from bot.web.house import House, house
from bot.web.knowing import fits, not_known, profile_of
from bot.web.planning import KINDS, templates
from bot.web.policy import Page
from bot.web.render import fragment, spaced
from bot.web.views import Bubble, Fit, Known
from flows.state import Answer
from knowledge.languages import DUTCH_NAMES
from storage import actions as do
from storage.rows import CaseRow, Staff

STATES = {
    "waiting": "wacht",
    "with_coach": "bij coach",
    "waiting_for_client": "wacht op klant",
    "snoozed": "uitgesteld",
    "closed": "afgerond",
    "lapsed": "vervallen",
}
FIVE = ("Wie", "Wil", "Past", "Nog open", "Beloofd")
_REASON = re.compile(r"\(omdat [^()]*\)")
CODE = re.compile(r"[Kk]-?\d{1,12}", re.ASCII)


@dataclass(frozen=True)
class View:
    """What case.html shows."""

    row: CaseRow
    who: str
    mine: bool
    five: tuple[tuple[str, str], ...]
    plain: str
    folded: tuple[Bubble, ...]
    bubbles: tuple[Bubble, ...]
    known: tuple[Known, ...]
    not_known: tuple[tuple[str, str], ...]
    fits: tuple[Fit, ...]
    follow_ups: tuple[Any, ...]
    outcomes: tuple[Any, ...]
    earlier: tuple[tuple[str, str], ...]
    phone: str
    draft: str
    note_draft: str
    conflict: str
    last_seq: int
    sheet: str  # names the answers as they stand, for the live page

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)

    @property
    def owner(self) -> str:
        return self.row.owner_name

    @property
    def open(self) -> bool:
        return self.row.state not in ("closed", "lapsed")

    @property
    def may_write(self) -> bool:
        return self.mine and self.open

    @property
    def channel_name(self) -> str:
        return CHANNELS.get(self.row.channel, self.row.channel)

    @property
    def language_name(self) -> str:
        return DUTCH_NAMES.get(self.row.language, self.row.language)


async def find_case(request: Request, code: str) -> CaseRow | None:
    """The case when it exists and this reader's teams include it; else None, which looks the same from outside."""
    if not CODE.fullmatch(code):
        return None
    row = await house(request).store.case(code, staff_of(request))
    me = staff_of(request)
    if row is None or not policy.may_see_case(me.role, frozenset(me.teams), row.team):
        return None
    return row


async def case_view(request: Request, row: CaseRow, *, conflict: str = "", draft: str = "", note: str = "") -> View:
    here = house(request)
    me = staff_of(request)
    mine = bool(row.owner) and row.owner == me.id
    store = here.store
    bubbles = await reads.bubbles(store, here.content, row.conversation.id) if row.conversation else ()
    before = tuple(one for one in bubbles if one.at <= row.opened_at and one.sender != "note")
    after = tuple(one for one in bubbles if one not in before)
    answers = {one.fact: Answer(one.status, one.value, one.by) for one in row.answers if not one.sealed}
    today = here.now().date()
    profile = profile_of(here.content, answers, today)
    matches = here.content.knowledge.matcher.match(profile, here.now()) if answers else []
    then = {str(one["id"]): str(one["verdict"]) for one in row.snapshot.get("verdicts", ())}
    if not draft:
        draft = await store.draft(me.id, row.code, "reply") if mine else ""
    if not note:
        note = await store.draft(me.id, row.code, "note") if may_act(request) else ""
    facts = here.content.knowledge.facts
    known = tuple(_known(here, one, facts) for one in row.answers if one.fact in facts and one.fact != "advice")
    said = {one.fact: one.value for one in known if not one.sealed}
    five = _five(row)
    person = await store.person(row.person, me) if row.person and mine else None
    return View(
        row=row,
        who=said.get("name") or row.code,
        mine=mine,
        five=five,
        plain="\n".join([row.code, *(f"{label}: {line or '–'}" for label, line in five)]),
        folded=before,
        bubbles=after,
        known=known,
        not_known=not_known(here.content, matches, {one.fact for one in row.answers if one.sealed}),
        fits=fits(here.content, matches, profile, then),
        follow_ups=tuple(
            one for one in (person.follow_ups if person else ()) if one.state == "open" and one.code == row.code
        ),
        outcomes=tuple(_outcome(here, one) for one in (person.outcomes if person else ())),
        earlier=tuple(
            (one.code, f"{dates.day(one.opened_at)}, {STATES.get(one.state, one.state)}")
            for one in (person.cases if person else ())
            if one.code != row.code
        ),
        phone=spaced(said.get("phone", "")),
        draft=draft,
        note_draft=note,
        conflict=conflict,
        last_seq=bubbles[-1].seq if bubbles else 0,
        sheet=sheet_mark(row),
    )


def sheet_mark(row: CaseRow) -> str:
    """Names all answers together: another mark means that the sheet on the screen is no longer what holds."""
    held = repr([(one.fact, one.status, one.value, one.sealed) for one in row.answers])
    return hashlib.blake2s(held.encode(), digest_size=6).hexdigest()


def _known(here: House, one: Any, facts: Any) -> Known:
    value = "" if one.sealed else _words(here, one)
    held = None if one.sealed or one.status != "given" else one.value
    mark = "" if one.sealed else do.answer_mark(one.status, one.value)
    name, editable = about_client(facts[one.fact].name), not facts[one.fact].derive
    return Known(one.fact, name, value, one.by, one.at, one.sealed, editable, held, mark)


def _words(here: House, one: Any) -> str:
    if one.status != "given":
        return {"dont_know": "weet niet", "declined": "zegt liever niet"}.get(one.status, "–")
    return value_about_client(here.content.knowledge, one.fact, one.value)


def _five(row: CaseRow) -> tuple[tuple[str, str], ...]:
    """The five lines, as label and text: about the client. What a coach typed stays as it is."""
    pairs = []
    for label, line in zip(FIVE, [*row.summary, *[""] * 5], strict=False):
        head, colon, rest = line.partition(": ")
        said = rest if colon and head == label else line
        if label == "Past":
            said = _REASON.sub(lambda reason: about_client(reason[0]), said)  # names of entries stay as they are
        elif label == "Beloofd" and row.due and row.language != "nl":
            said = dates.promise(row.due)  # it was told to the visitor in another language
        elif label != "Wil" or row.channel != "desk":
            said = about_client(said)
        pairs.append((label, said))
    return tuple(pairs)


def _outcome(here: House, one: Any) -> dict[str, Any]:
    entry = here.content.knowledge.catalogue.resolve(one.entry) if one.entry else None
    source = {"client": "klant", "coach": "coach", "provider": "aanbieder"}.get(one.source, one.source)
    return {
        "entry": entry.name if entry else "",
        "step": outcome_words.said(here, one.step),
        "on": one.on,
        "by": one.by,
        "source": source,
    }


async def case_page(request: Request) -> Response:
    code = str(request.path_params["code"])
    row = await find_case(request, code)
    if row is None:
        return await gone(request)
    here, me = house(request), staff_of(request)
    await here.store.audit(me.id, "open_case", row.code)
    return await show_case(request, await case_view(request, row))


async def show_case(request: Request, view: View, status: int = 200) -> Response:
    here, me = house(request), staff_of(request)
    return desk_page(
        request,
        "desk/case.html",
        status=status,
        here="/desk/g",
        case=view,
        base=f"/desk/g/{view.code}",
        message_id=secrets.token_hex(12),
        facts=here.content.knowledge.facts,
        of_client=partial(choice_about_client, here.content.knowledge),
        buttons=False,
        visitor_name=view.who,
        retry=f"/desk/g/{view.code}/opnieuw" if view.mine else "",
        flows=[(flow.id, flow.title) for flow in here.content.flows.values() if flow.given],
        doubts=do.DOUBTS,
        templates=await templates(here),
        kinds=KINDS,
        missed=sum(result == "not_reached" for _, result, _ in view.attempts),
        targets=await _targets(here, me),
        ladder=outcome_words.steps(here),
        outcomes=outcome_words.closing(here),
        canned=[{"key": key, "title": title, "text": text} for key, title, text, _ in await here.store.canned(me)],
        start="",
    )


async def _targets(here: House, me: Staff) -> list[tuple[str, str]]:
    teams = [(f"team:{team.id}", f"Team {team.name}") for team in here.content.knowledge.desk.teams]
    people = [
        (f"staff:{one.id}", one.name + (" (afwezig)" if one.away else ""))
        for one in await here.store.all_staff()
        if one.active and one.role in policy.WORK and one.id != me.id
    ]
    return teams + people


async def gone(request: Request) -> Response:
    return desk_page(request, "desk/gone.html", status=404)


async def case_stream(request: Request, code: str) -> Response:
    """New messages after what the case's page shows, and who owns it now: both may have moved since it was drawn."""
    row = await find_case(request, code)
    if row is None or row.conversation is None:
        return Response(status_code=204)
    here = house(request)
    conversation, after = row.conversation.id, min(sse.last_event_id(request), row.conversation.last_seq)

    async def body() -> AsyncIterator[str]:
        seen, epoch, sheet = after, -1, ""
        yield ": welkom\n\n"
        with here.broker.watch(conversation) as changes:
            changes.set()
            async for changed in sse.ticks(request, here.broker, changes):
                if not changed:
                    yield ": nog hier\n\n"
                    continue
                now = await find_case(request, code)
                if now is None:
                    return
                if now.epoch != epoch:
                    epoch = now.epoch
                    yield sse.event(str(epoch), name="owner")
                if sheet_mark(now) != sheet:
                    sheet = sheet_mark(now)
                    yield sse.event(sheet, name="sheet")
                bubbles = await reads.bubbles(here.store, here.content, conversation, seen)
                if bubbles:
                    seen = bubbles[-1].seq
                    said = {one.fact: one.value for one in now.answers if not one.sealed}
                    html = fragment(
                        "desk/transcript.html",
                        "nl",
                        bubbles=bubbles,
                        buttons=False,
                        visitor_name=str(said.get("name") or code),
                        message_id="",
                        start="",
                    )
                    yield sse.event(html, id=seen)

    return sse.stream(body())


PAGES = (Page("/desk/g/{code}", case_page, policy.READ),)
