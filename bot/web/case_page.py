"""One case: what the coach reads, and everything a coach can do with it."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot.cleaning import clean_text
from bot.web import policy, reads, sse
from bot.web.coach_desk import CHANNELS
from bot.web.dates import AMSTERDAM
from bot.web.desk_frame import conflict_words, desk_page, go, may_act, staff_of
from bot.web.house import House, house
from bot.web.knowing import fits, not_known, profile_of
from bot.web.policy import Page
from bot.web.render import LANGUAGES, fragment
from bot.web.views import Bubble, Fit, Known
from flows.state import Answer
from knowledge.given import read_given
from storage import actions as do
from storage.rows import CaseRow, Staff

LADDER = (
    ("advised", "geadviseerd"), ("prepared", "aanvraag voorbereid"), ("submitted", "ingediend"), ("granted", "toegekend"),
    ("started", "gestart"), ("finished", "afgerond"), ("rejected", "afgewezen"), ("no_scheme", "geen regeling"),
    ("referred", "doorverwezen"), ("not_reachable", "niet bereikbaar"), ("own_way", "zelf verder"), ("stopped", "gestopt"),
)  # fmt: skip
OUTCOMES = (
    ("advised", "Advies gegeven"), ("prepared", "Aanvraag voorbereid"), ("submitted", "Aanvraag ingediend"),
    ("granted", "Toegekend"), ("started", "Gestart met leren of werk"), ("referred", "Doorverwezen"),
    ("no_scheme", "Geen regeling gevonden"), ("own_way", "Gaat zelf verder"), ("not_reachable", "Niet bereikbaar"),
    ("stopped", "Klant is gestopt"),
)  # fmt: skip
FIVE = ("Wie", "Wil", "Past", "Nog open", "Beloofd")
SNOOZE_MOST = timedelta(days=90)
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
        return LANGUAGES.get(self.row.language, self.row.language)


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
    bubbles = await reads.bubbles(store, here.content, row.conversation.id, private=True) if row.conversation else ()
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
        row=row, who=said.get("name") or row.code, mine=mine, five=five,
        plain="\n".join([row.code, *(f"{label}: {line or '–'}" for label, line in five)]),
        folded=before, bubbles=after, known=known, not_known=not_known(here.content, matches, profile),
        fits=fits(here.content, matches, profile, then),
        follow_ups=tuple(one for one in (person.follow_ups if person else ()) if one.state == "open" and one.code == row.code),
        outcomes=tuple(_outcome(here, one) for one in (person.outcomes if person else ())),
        earlier=tuple((one.code, f"{one.opened_at:%d-%m-%Y}, {one.state}") for one in (person.cases if person else ()) if one.code != row.code),
        phone=spaced(said.get("phone", "")), draft=draft, note_draft=note, conflict=conflict,
        last_seq=bubbles[-1].seq if bubbles else 0,
    )  # fmt: skip


def _known(here: House, one: Any, facts: Any) -> Known:
    value = "" if one.sealed else _words(here, one)
    return Known(one.fact, facts[one.fact].name, value, one.by, one.at, one.sealed, not facts[one.fact].derive)


def _words(here: House, one: Any) -> str:
    if one.status != "given":
        return {"dont_know": "weet niet", "declined": "zegt liever niet"}.get(one.status, "–")
    return str(here.content.knowledge.explainer.value(one.fact, one.value))


def _five(row: CaseRow) -> tuple[tuple[str, str], ...]:
    """The five lines, as label and text."""
    pairs = []
    for label, line in zip(FIVE, [*row.summary, *[""] * 5], strict=False):
        head, colon, rest = line.partition(": ")
        pairs.append((label, rest if colon and head == label else line))
    return tuple(pairs)


def _outcome(here: House, one: Any) -> dict[str, Any]:
    entry = here.content.knowledge.catalogue.resolve(one.entry) if one.entry else None
    source = {"client": "klant", "coach": "coach", "provider": "aanbieder"}.get(one.source, one.source)
    return {"entry": entry.name if entry else "", "step": dict(LADDER).get(one.step, one.step), "on": one.on, "by": one.by, "source": source}


async def case_page(request: Request) -> Response:
    code = str(request.path_params["code"])
    row = await find_case(request, code)
    if row is None:
        return await _gone(request)
    here, me = house(request), staff_of(request)
    await here.store.audit(me.id, "open_case", row.code)
    return await _show(request, await case_view(request, row))


async def _show(request: Request, view: View, status: int = 200) -> Response:
    here, me = house(request), staff_of(request)
    return desk_page(
        request, "desk/case.html", status=status, here="/desk/g", case=view, base=f"/desk/g/{view.code}",
        message_id=secrets.token_hex(12), facts=here.content.knowledge.facts, buttons=False, visitor_name=view.who,
        targets=await _targets(here, me), ladder=LADDER, outcomes=OUTCOMES, canned=[
            {"key": key, "title": title, "text": text} for key, title, text, _ in await here.store.canned(me)
        ],
        start="",
    )  # fmt: skip


async def _targets(here: House, me: Staff) -> list[tuple[str, str]]:
    teams = [(f"team:{team.id}", f"Team {team.name}") for team in here.content.knowledge.desk.teams]
    people = [
        (f"staff:{one.id}", one.name + (" (afwezig)" if one.away else ""))
        for one in await here.store.all_staff()
        if one.active and one.role in policy.WORK and one.id != me.id
    ]
    return teams + people


async def _gone(request: Request) -> Response:
    return desk_page(request, "desk/gone.html", status=404)


# ---- actions ------------------------------------------------------------------------------------------------------

Make = Callable[[Request, CaseRow, FormData], "do.DeskAction | str"]
"""Makes the action from the form, or gives the name of a flash that says what is missing."""


def _claim(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    return do.Claim(row.code, staff_of(request).id, _seen(form))


def _reply(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    text = clean_text(str(form.get("text", "")))
    return do.Reply(row.code, staff_of(request).id, text, _client_id(form)) if text else "empty"


def _note(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    text = clean_text(str(form.get("text", "")))
    return do.AddNote(row.code, staff_of(request).id, text) if text else "empty"


def _called(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    result = str(form.get("result", ""))
    return do.Called(row.code, staff_of(request).id, result) if result in do.CALL_RESULTS else "unknown"


def _hand_over(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    note = clean_text(str(form.get("note", "")), 1000)
    kind, _, target = str(form.get("to", "")).partition(":")
    if len(note) < 10:
        return "too_short"
    me = staff_of(request).id
    if kind == "team":
        return do.HandOver(row.code, me, note, to_team=target)
    return do.HandOver(row.code, me, note, to_staff=target) if kind == "staff" else "unknown"


def _take_over(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    note = clean_text(str(form.get("note", "")), 500)
    return do.TakeOver(row.code, staff_of(request).id, note) if note else "empty"


def _hand_back(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    return do.HandBack(row.code, staff_of(request).id)


def _wait(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    return do.WaitForClient(row.code, staff_of(request).id)


def _snooze(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    day = read_day(str(form.get("until", "")))
    today = house(request).now().date()
    if day is None or not today < day <= today + SNOOZE_MOST:
        return "bad_date"
    return do.Snooze(row.code, staff_of(request).id, datetime.combine(day, time(9), AMSTERDAM))


def _close(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    outcome = str(form.get("outcome", ""))
    if outcome not in dict(OUTCOMES):
        return "outcome"
    keep = not form.get("had_follow_ups") or bool(form.get("keep_follow_ups"))
    return do.Close(row.code, staff_of(request).id, outcome, keep_follow_ups=keep)


def _ask(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    fact = str(form.get("fact", ""))
    known = fact in house(request).content.knowledge.facts
    return do.AskClient(row.code, staff_of(request).id, fact) if known else "unknown"


def _follow_up(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    day, kind = read_day(str(form.get("due_on", ""))), str(form.get("kind", ""))
    title = clean_text(str(form.get("title", "")), 80)
    if day is None or day < house(request).now().date():
        return "bad_date"
    if kind not in do.FOLLOW_UP_KINDS or not title:
        return "empty"
    return do.AddFollowUp(row.code, staff_of(request).id, kind, title, day)


def _outcome_step(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    step, entry = str(form.get("step", "")), str(form.get("entry", ""))
    source = str(form.get("source", "client"))
    if step not in dict(LADDER) or source not in ("client", "coach", "provider"):
        return "unknown"
    if entry and entry not in house(request).content.knowledge.catalogue:
        return "unknown"
    return do.AddOutcome(row.code, staff_of(request).id, step, house(request).now().date(), entry, source=source)


def _edit(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    fact = str(form.get("fact", ""))
    facts = house(request).content.knowledge.facts
    if fact not in facts:
        return "unknown"
    try:
        value = read_answer(house(request), fact, [clean_text(str(one), 500) for one in form.getlist("value")])
    except ValueError:
        return "bad_value"
    return do.EditAnswer(row.code, staff_of(request).id, fact, value)


ACTIONS: Mapping[str, tuple[Make, str, str]] = {
    "oppakken": (_claim, "claimed", ""),
    "antwoord": (_reply, "sent", "#schrijf"),
    "notitie": (_note, "noted", ""),
    "gebeld": (_called, "called", ""),
    "overdragen": (_hand_over, "handed_over", ""),
    "overnemen": (_take_over, "taken_over", ""),
    "terug": (_hand_back, "handed_back", ""),
    "wacht": (_wait, "waiting", ""),
    "uitstel": (_snooze, "snoozed", ""),
    "afronden": (_close, "closed", ""),
    "vraag": (_ask, "asked", ""),
    "opvolgen": (_follow_up, "planned", ""),
    "uitkomst": (_outcome_step, "recorded", ""),
    "antwoorden": (_edit, "saved", "#blad"),
}


def action(name: str) -> Callable[[Request], Awaitable[Response]]:
    """The handler of one action: make it, do it, and show what came of it."""
    make, ok, anchor = ACTIONS[name]

    async def act(request: Request) -> Response:
        row = await find_case(request, str(request.path_params["code"]))
        if row is None:
            return await _gone(request)
        form = await request.form(max_fields=40)
        wanted = make(request, row, form)
        base = f"/desk/g/{row.code}"
        if isinstance(wanted, str):
            return go(base, wrong=wanted)
        here, me = house(request), staff_of(request)
        result = await here.store.act(wanted)
        if isinstance(result, do.Refused):
            again = await find_case(request, row.code) or row
            text = clean_text(str(form.get("text", "")))
            view = await case_view(
                request, again, conflict=conflict_words(result),
                draft=text if name == "antwoord" else "", note=text if name == "notitie" else "",
            )  # fmt: skip
            if text:
                await here.store.save_draft(me.id, row.code, "note" if name == "notitie" else "reply", text)
            return await _show(request, view, 409)
        if name in ("antwoord", "notitie"):
            await here.store.save_draft(me.id, row.code, "note" if name == "notitie" else "reply", "")
        return go(base + anchor, ok=ok)

    return act


async def save_draft(request: Request) -> Response:
    row = await find_case(request, str(request.path_params["code"]))
    if row is None:
        return Response(status_code=404)
    form = await request.form(max_fields=5)
    mode = "note" if form.get("mode") == "note" else "reply"
    await house(request).store.save_draft(staff_of(request).id, row.code, mode, clean_text(str(form.get("text", ""))))
    return Response(status_code=204)


async def case_stream(request: Request, code: str) -> Response:
    """New messages of one case, and word of a new owner."""
    row = await find_case(request, code)
    if row is None or row.conversation is None:
        return Response(status_code=204)
    here = house(request)
    conversation, after = row.conversation.id, sse.last_event_id(request) or await reads.last_seq(here.store, row.conversation.id)

    async def body() -> AsyncIterator[str]:
        seen, epoch = after, row.epoch
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
                bubbles = await reads.bubbles(here.store, here.content, conversation, seen, private=True)
                if bubbles:
                    seen = bubbles[-1].seq
                    said = {one.fact: one.value for one in now.answers if not one.sealed}
                    html = fragment(
                        "desk/transcript.html", "nl", bubbles=bubbles, buttons=False,
                        visitor_name=str(said.get("name") or code), message_id="", start="",
                    )  # fmt: skip
                    yield sse.event(html, id=seen)

    return sse.stream(body())


# ---- reading forms ------------------------------------------------------------------------------------------------


def read_day(raw: str) -> date | None:
    """03-12-2026, 3-12, 3/12/2026 or 2026-12-03; None when it is none of these."""
    raw = raw.strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw, re.ASCII):
        parts = [int(one) for one in reversed(raw.split("-"))]
    elif re.fullmatch(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}", raw, re.ASCII):
        parts = [int(one) for one in re.split(r"[-/. ]", raw)]
    else:
        return None
    try:
        return date(parts[2], parts[1], parts[0])
    except ValueError:
        return None


def read_answer(here: House, fact: str, values: list[str]) -> object:
    """What a coach typed or picked, as the engine keeps it. Raises ValueError when it does not fit the fact."""
    knowledge = here.content.knowledge
    declared = knowledge.facts[fact]
    raw: object = list(values) if declared.kind == "choices" else (values[0] if values else "")
    if declared.kind == "date" and isinstance(raw, str):
        day = read_day(raw)
        raw = day.isoformat() if day else ""
    answers, complaints = read_given({fact: raw}, knowledge.facts, knowledge.geography)
    if complaints or not answers:
        raise ValueError(fact)
    return next(iter(answers.values())).value


def spaced(phone: str) -> str:
    """+31612345678 as 06 1234 5678: how a coach dials it."""
    if re.fullmatch(r"\+316\d{8}", phone, re.ASCII):
        return f"06 {phone[4:8]} {phone[8:]}"
    return f"0{phone[3:]}" if re.fullmatch(r"\+31\d{9}", phone, re.ASCII) else phone


def _seen(form: FormData) -> int | None:
    raw = str(form.get("epoch", ""))
    return int(raw) if re.fullmatch(r"\d{1,9}", raw) else None


def _client_id(form: FormData) -> str:
    given = str(form.get("client_msg_id", ""))
    return given if re.fullmatch(r"[\w-]{6,40}", given, re.ASCII) else secrets.token_hex(12)


PAGES = (
    Page("/desk/g/{code}", case_page, policy.READ),
    Page("/desk/g/{code}/concept", save_draft, policy.WORK, ("POST",)),
    *(Page(f"/desk/g/{{code}}/{name}", action(name), policy.WORK, ("POST",)) for name in ACTIONS),
)
