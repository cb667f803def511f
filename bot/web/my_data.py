"""*Mijn gegevens*: what the desk knows about one person, by a link that works once."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.web import dates, outcome_words
from bot.web.house import House, house, language_of, show
from bot.web.policy import PUBLIC, Page
from storage.actions import rung_of

SECTIONS = {
    "identities": ("Waar wij u kennen", "Where we know you from"),
    "cases": ("Hulpvragen", "Questions to a coach"),
    "follow_ups": ("Opvolgingen", "Follow-ups"),
    "outcomes": ("Uitkomsten", "Outcomes"),
    "consents": ("Toestemmingen", "Consents"),
    "subscriptions": ("Berichten die u wilt krijgen", "Messages you asked for"),
    "sign_ups": ("Aanmeldingen", "Sign-ups"),
}
NAMES = {
    "channel": ("kanaal", "channel"),
    "since": ("sinds", "since"),
    "address": ("adres daar", "address there"),
    "code": ("nummer", "number"),
    "kind": ("soort", "kind"),
    "state": ("stand", "state"),
    "opened": ("begonnen", "opened"),
    "closed": ("afgerond", "closed"),
    "outcome": ("uitkomst", "outcome"),
    "reason": ("reden", "reason"),
    "due": ("op", "on"),
    "title": ("waarover", "about"),
    "step": ("stap", "step"),
    "entry": ("regeling", "scheme"),
    "on": ("op", "on"),
    "amount": ("bedrag in euro’s", "amount in euros"),
    "source": ("volgens", "according to"),
    "note": ("notitie", "note"),
    "purpose": ("waarvoor", "for what"),
    "given": ("toestemming", "consent"),
    "text_version": ("versie van de tekst", "version of the text"),
    "at": ("wanneer", "when"),
    "what": ("wat", "what"),
    "units": ("aantal", "number"),
}
VALUES = {
    "web": ("webchat", "web chat"),
    "desk": ("via coach", "through a coach"),
    "api": ("andere website", "another website"),
    "waiting": ("wacht op een coach", "waiting for a coach"),
    "with_coach": ("bij een coach", "with a coach"),
    "waiting_for_client": ("wacht op u", "waiting for you"),
    "snoozed": ("uitgesteld", "postponed"),
    "closed": ("afgerond", "closed"),
    "lapsed": ("vervallen", "lapsed"),
    "open": ("staat gepland", "planned"),
    "done": ("gedaan", "done"),
    "not_reached": ("niet bereikt", "not reached"),
    "moved": ("verzet", "moved"),
    "question": ("vraag aan een coach", "question to a coach"),
    "call_back": ("terugbellen", "call back"),
    "sign_up": ("aanmelding", "sign-up"),
    "crisis": ("nood", "emergency"),
    "voucher": ("voucher", "voucher"),
    "call": ("bellen", "call"),
    "message": ("bericht", "message"),
    "check": ("controleren", "check"),
    "documents": ("papieren", "documents"),
    "deadline": ("einddatum", "deadline"),
    "advised": ("advies gegeven", "advice given"),
    "prepared": ("aanvraag voorbereid", "application prepared"),
    "submitted": ("ingediend", "submitted"),
    "granted": ("toegekend", "granted"),
    "started": ("gestart", "started"),
    "finished": ("afgerond", "finished"),
    "rejected": ("afgewezen", "rejected"),
    "no_scheme": ("geen regeling gevonden", "no scheme found"),
    "referred": ("doorverwezen", "referred"),
    "not_reachable": ("niet bereikbaar", "could not be reached"),
    "own_way": ("gaat zelf verder", "goes on alone"),
    "stopped": ("gestopt", "stopped"),
    "client": ("uzelf", "yourself"),
    "coach": ("coach", "coach"),
    "provider": ("aanbieder", "provider"),
    "handoff": ("gegevens naar een coach", "passing data on to a coach"),
    "event": ("aanmelding", "sign-up"),
    "dont_know": ("weet ik niet", "I do not know"),
    "declined": ("zeg ik liever niet", "I would rather not say"),
}
SENDERS = {
    "visitor": ("u", "you"),
    "bot": ("digitale hulp", "digital assistant"),
    "coach": ("coach", "coach"),
    "system": ("loket", "desk"),
}


async def ask(request: Request) -> Response:
    """A page with one button: a messenger that looks at the link to show a preview does not use it up."""
    return show(request, "my_data.html", data=None, raw="", gone=False)


async def tell(request: Request) -> Response:
    data = await house(request).store.my_data(str(request.path_params["token"]))
    if data is None:
        return show(request, "my_data.html", status=410, data=None, raw="", gone=True)
    raw = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    said = sections(house(request), data, language_of(request))
    return show(request, "my_data.html", data=said, raw=raw, gone=False)


def sections(here: House, data: dict[str, Any], language: str = "nl") -> list[tuple[str, list[str]]]:
    """The same as readable lines; the whole stands below as JSON."""
    english = language == "en"
    talk_words = ("Conversation {}: answers", "Conversation {}: messages") if english else (
        "Gesprek {}: antwoorden", "Gesprek {}: berichten"
    )  # fmt: skip
    found: list[tuple[str, list[str]]] = []
    for name, value in data.items():
        rows = value if isinstance(value, list) else [value]
        if name == "conversations":
            for number, talk in enumerate(rows, 1):
                answers = [_answer(here, one, language) for one in talk["answers"]]
                found.append((talk_words[0].format(number), answers))
                found.append((talk_words[1].format(number), [_message(one, language) for one in talk["messages"]]))
        else:
            title = SECTIONS.get(name, (name, name))[english]
            found.append((title, [_line(here, one, language) for one in rows]))
    return found


def _answer(here: House, one: dict[str, Any], language: str) -> str:
    knowledge = here.content.knowledge
    if one["fact"] not in knowledge.facts:
        return _line(here, one, language)
    if one["status"] == "given":
        value = knowledge.explainer.value(one["fact"], one["value"], language)
    else:
        value = VALUES.get(one["status"], ("–", "–"))[language == "en"]
    return f"{knowledge.explainer.text(one['fact'], 'name', language)}: {value}"


def _message(one: dict[str, Any], language: str) -> str:
    sender = SENDERS.get(one["from"], (one["from"],) * 2)[language == "en"]
    return f"{_said(one['at'], language)}, {sender}: {one['text']}"


def _line(here: House, row: Any, language: str) -> str:
    """One row in words: what is empty goes without, and so does an address that is a number of ours."""
    if not isinstance(row, dict):
        return entry_name(here, str(row), language)
    parts = []
    for key, value in row.items():
        if value in (None, "", []) or (key == "address" and row.get("channel") in ("web", "api", "desk")):
            continue
        name = NAMES.get(key, (key, key))[language == "en"]
        if key in ("step", "outcome"):
            word = outcome_words.own(here, str(value), language) or _said(rung_of(str(value)), language)
            parts.append(f"{name}: {word}")
        elif key in ("entry", "what"):
            parts.append(f"{name}: {entry_name(here, str(value), language)}")
        elif key in ("title", "note", "reason"):
            parts.append(f"{name}: {value}")  # people's own words
        else:
            parts.append(f"{name}: {_said(value, language)}")
    return " · ".join(parts)


def entry_name(here: House, id_: str, language: str) -> str:
    found = here.content.knowledge.catalogue.resolve(id_)
    return found.text("name", language) if found else id_


def _said(value: Any, language: str) -> str:
    """A value in words: yes and no, known codes, days and moments."""
    if isinstance(value, bool):
        return (("no", "yes") if language == "en" else ("nee", "ja"))[value]
    text = str(value)
    if text in VALUES:
        return VALUES[text][language == "en"]
    head, _, rest = text.partition(":")
    if head in VALUES and rest:  # a consent to one thing: voucher:stap
        return f"{VALUES[head][language == 'en']} {rest}"
    try:
        if len(text) == 10:
            return dates.day(date.fromisoformat(text), language)
        moment = datetime.fromisoformat(text) if text[4:5] == "-" else None
    except ValueError:
        return text
    return f"{dates.day(moment, language)} {dates.clock(moment)}" if moment else text


PAGES = (
    Page("/mijn-gegevens/{token}", ask, PUBLIC),
    Page("/mijn-gegevens/{token}", tell, PUBLIC, ("POST",)),
)
