"""*Mijn gegevens*: what the desk knows about one person, by a link that works once."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.web.house import House, house, show
from bot.web.policy import PUBLIC, Page

NAMES = {
    "identities": "Waar wij u kennen",
    "cases": "Hulpvragen",
    "follow_ups": "Opvolgingen",
    "outcomes": "Uitkomsten",
    "consents": "Toestemmingen",
    "subscriptions": "Berichten die u wilt krijgen",
    "sign_ups": "Aanmeldingen",
}
SENDERS = {"visitor": "u", "bot": "digitale hulp", "coach": "coach", "system": "loket"}


async def ask(request: Request) -> Response:
    """A page with one button: a messenger that looks at the link to show a preview does not use it up."""
    return show(request, "my_data.html", data=None, raw="", gone=False)


async def tell(request: Request) -> Response:
    data = await house(request).store.my_data(str(request.path_params["token"]))
    if data is None:
        return show(request, "my_data.html", status=410, data=None, raw="", gone=True)
    raw = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    return show(request, "my_data.html", data=sections(house(request), data), raw=raw, gone=False)


def sections(here: House, data: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """The same as readable lines; the whole stands below as JSON."""
    found: list[tuple[str, list[str]]] = []
    for name, value in data.items():
        rows = value if isinstance(value, list) else [value]
        if name == "conversations":
            for number, talk in enumerate(rows, 1):
                found.append((f"Gesprek {number}: antwoorden", [_answer(here, one) for one in talk["answers"]]))
                found.append((f"Gesprek {number}: berichten", [_message(one) for one in talk["messages"]]))
        else:
            found.append((NAMES.get(name, name.replace("_", " ")), [_line(one) for one in rows]))
    return found


def _answer(here: House, one: dict[str, Any]) -> str:
    knowledge = here.content.knowledge
    if one["fact"] not in knowledge.facts:
        return _line(one)
    value = knowledge.explainer.value(one["fact"], one["value"]) if one["status"] == "given" else one["status"]
    return f"{knowledge.facts[one['fact']].name}: {value}"


def _message(one: dict[str, Any]) -> str:
    return f"{str(one['at'])[:16].replace('T', ' ')} {SENDERS.get(one['from'], one['from'])}: {one['text']}"


def _line(value: Any) -> str:
    if isinstance(value, dict):
        return " · ".join(f"{key}: {_line(one)}" for key, one in value.items() if one not in (None, "", []))
    return ", ".join(map(_line, value)) if isinstance(value, list) else str(value)


PAGES = (
    Page("/mijn-gegevens/{token}", ask, PUBLIC),
    Page("/mijn-gegevens/{token}", tell, PUBLIC, ("POST",)),
)
