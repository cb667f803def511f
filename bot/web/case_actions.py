"""Everything a coach can do with a case: each form becomes one action, and the page shows what came of it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time, timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot.cleaning import clean_text
from bot.web import outcome_words, policy
from bot.web.case_page import case_view, find_case, gone, show_case
from bot.web.client_words import value_about_client
from bot.web.dates import AMSTERDAM
from bot.web.desk_frame import conflict_words, go, staff_of
from bot.web.house import House, house
from bot.web.planning import read_template, titled, working_day
from bot.web.policy import Page
from knowledge.given import read_given
from storage import actions as do
from storage.rows import CaseRow

SNOOZE_MOST = timedelta(days=90)

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
    flow = str(form.get("flow", ""))
    if flow and flow not in house(request).content.flows:
        return "unknown"
    return do.HandBack(row.code, staff_of(request).id, flow)


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
    if outcome not in dict(outcome_words.closing(house(request))):
        return "outcome"
    keep = not form.get("had_follow_ups") or bool(form.get("keep_follow_ups"))
    return do.Close(row.code, staff_of(request).id, outcome, keep_follow_ups=keep)


def _ask(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    fact = str(form.get("fact", ""))
    known = fact in house(request).content.knowledge.facts
    return do.AskClient(row.code, staff_of(request).id, fact) if known else "unknown"


def _follow_up(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    """By hand, or from a template: its words, kind and day stand where nothing else was filled in."""
    here, raw = house(request), str(form.get("due_on", "")).strip()
    title, kind = clean_text(str(form.get("title", "")), 80), str(form.get("kind", ""))
    at = read_clock(str(form.get("due_time", "")))
    if at is None:
        return "bad_time"
    day = read_day(raw) if raw else None
    chosen = str(form.get("template", ""))
    if chosen:
        template = read_template(*chosen.rsplit("|", 2)) if chosen.count("|") >= 2 else None
        if template is None:
            return "unknown"
        title, kind = titled(template.title, title)[:80], template.kind
        if not raw:
            day = working_day(here.store.rules.office, here.now().date(), template.days)
    if day is None or day < here.now().date():
        return "bad_date"
    if kind not in do.FOLLOW_UP_KINDS or not title:
        return "empty"
    origin = "template" if chosen else "manual"
    return do.AddFollowUp(row.code, staff_of(request).id, kind, title, day, at, origin)


def read_clock(raw: str) -> str | None:
    """14.30 or 9:05 as 14:30 or 09:05; '' for nothing, None for what is no time."""
    match = re.fullmatch(r"(\d{1,2})[.:](\d{2})(?: *uur)?", raw.strip(), re.ASCII)
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return f"{int(match[1]):02d}:{match[2]}"
    return None if raw.strip() else ""


def _outcome_step(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    step, entry = str(form.get("step", "")), str(form.get("entry", ""))
    source = str(form.get("source", "client"))
    if step not in dict(outcome_words.steps(house(request))) or source not in ("client", "coach", "provider"):
        return "unknown"
    if entry and entry not in house(request).content.knowledge.catalogue:
        return "unknown"
    return do.AddOutcome(row.code, staff_of(request).id, step, house(request).now().date(), entry, source=source)


def _edit(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    fact = str(form.get("fact", ""))
    facts = house(request).content.knowledge.facts
    if fact not in facts:
        return "unknown"
    seen = clean_text(str(form["seen"]), 20) if "seen" in form else None
    if form.get("do") == "wrong":
        return do.EditAnswer(row.code, staff_of(request).id, fact, None, seen)
    try:
        value = read_answer(house(request), fact, [clean_text(str(one), 500) for one in form.getlist("value")])
    except ValueError:
        return "bad_value"
    return do.EditAnswer(row.code, staff_of(request).id, fact, value, seen)


def _decide(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    decision = str(form.get("decision", ""))
    if decision not in ("granted", "refused"):
        return "unknown"
    return do.DecideRequest(row.code, staff_of(request).id, granted=decision == "granted")


def _doubt(request: Request, row: CaseRow, form: FormData) -> do.DeskAction | str:
    entry, reason = str(form.get("entry", "")), str(form.get("reason", ""))
    if entry not in house(request).content.knowledge.catalogue or reason not in do.DOUBTS:
        return "unknown"
    return do.Doubt(row.code, staff_of(request).id, entry, reason, clean_text(str(form.get("note", "")), 300))


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
    "besluit": (_decide, "decided", ""),
    "antwoorden": (_edit, "saved", "#blad"),
    "kloptniet": (_doubt, "doubted", "#past"),
}


def action(name: str) -> Callable[[Request], Awaitable[Response]]:
    """The handler of one action: make it, do it, and show what came of it."""
    make, ok, anchor = ACTIONS[name]

    async def act(request: Request) -> Response:
        row = await find_case(request, str(request.path_params["code"]))
        if row is None:
            return await gone(request)
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
                request,
                again,
                conflict=_conflict(here, wanted, result),
                draft=text if name == "antwoord" else "",
                note=text if name == "notitie" else "",
            )
            if text:
                await here.store.save_draft(me.id, row.code, "note" if name == "notitie" else "reply", text)
            return await show_case(request, view, 409)
        if row.conversation is not None:
            here.broker.nudge(row.conversation.id)
        if name in ("antwoord", "notitie"):
            await here.store.save_draft(me.id, row.code, "note" if name == "notitie" else "reply", "")
        return go(base + anchor, ok=ok)

    return act


def _conflict(here: House, wanted: do.DeskAction, refused: do.Refused) -> str:
    """Why nothing happened, with what was filled in where the page has no box that keeps it."""
    words = conflict_words(refused)
    if refused.why == "changed" and isinstance(wanted, do.EditAnswer) and wanted.value is not None:
        return f"{words} U vulde in: {value_about_client(here.content.knowledge, wanted.fact, wanted.value)}."
    return words


async def save_draft(request: Request) -> Response:
    row = await find_case(request, str(request.path_params["code"]))
    if row is None:
        return Response(status_code=404)
    form = await request.form(max_fields=5)
    mode = "note" if form.get("mode") == "note" else "reply"
    await house(request).store.save_draft(staff_of(request).id, row.code, mode, clean_text(str(form.get("text", ""))))
    return Response(status_code=204)


async def _own_case(request: Request) -> tuple[CaseRow, str, str] | Response:
    """A case this coach holds, its conversation and the language spoken there; else what the coach sees instead."""
    row = await find_case(request, str(request.path_params["code"]))
    if row is None or row.conversation is None:
        return await gone(request)
    if row.owner != staff_of(request).id:
        return go(f"/desk/g/{row.code}", wrong="not_owner")
    return row, row.conversation.id, row.conversation.language


async def explain(request: Request) -> Response:
    """Puts what an entry is, and its first step, in the coach's own answer: to change and send."""
    own = await _own_case(request)
    if isinstance(own, Response):
        return own
    row, _, language = own
    here, me = house(request), staff_of(request)
    entry = here.content.knowledge.catalogue.resolve(str((await request.form(max_fields=3)).get("entry", "")))
    if entry is None:
        return go(f"/desk/g/{row.code}", wrong="unknown")
    parts = (
        entry.text("name", language) + ".",
        entry.text("summary", language),
        entry.first_step_in(language),
        entry.url,
    )
    held = await here.store.draft(me.id, row.code, "reply")
    text = "\n".join(part for part in (held, " ".join(part.strip() for part in parts if part.strip())) if part)
    await here.store.save_draft(me.id, row.code, "reply", clean_text(text))
    return go(f"/desk/g/{row.code}#schrijf", ok="explained")


async def send_again(request: Request) -> Response:
    """A message of the coach that did not arrive is tried once more; only by who has the case."""
    own = await _own_case(request)
    if isinstance(own, Response):
        return own
    row, conversation, _ = own
    here = house(request)
    seq = str((await request.form(max_fields=3)).get("seq", ""))
    tried = bool(re.fullmatch(r"\d{1,9}", seq, re.ASCII)) and await here.store.retry_failed(conversation, int(seq))
    return go(f"/desk/g/{row.code}", ok="again") if tried else go(f"/desk/g/{row.code}", wrong="unknown")


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


def _seen(form: FormData) -> int | None:
    raw = str(form.get("epoch", ""))
    return int(raw) if re.fullmatch(r"\d{1,9}", raw) else None


def _client_id(form: FormData) -> str:
    given = str(form.get("client_msg_id", ""))
    return given if re.fullmatch(r"[\w-]{6,40}", given, re.ASCII) else secrets.token_hex(12)


PAGES = (
    Page("/desk/g/{code}/opnieuw", send_again, policy.WORK, ("POST",)),
    Page("/desk/g/{code}/uitleg", explain, policy.WORK, ("POST",)),
    Page("/desk/g/{code}/concept", save_draft, policy.WORK, ("POST",)),
    *(Page(f"/desk/g/{{code}}/{name}", action(name), policy.WORK, ("POST",)) for name in ACTIONS),
)
