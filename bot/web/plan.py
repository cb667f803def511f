"""*Mijn plan*: the advice on one page to print or to send to oneself."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from bot.web import reads
from bot.web.chat import visitor_of
from bot.web.house import House, house, language_of, show
from bot.web.knowing import known_facts, plan_cards, profile_of
from bot.web.policy import PUBLIC, Page
from flows.cards import amount_text
from flows.details import window_lines
from flows.effects import Card
from flows.voice import Voice


def qr(text: str, *, title: str) -> Markup:
    """A QR code as inline SVG, described for those who do not see it."""
    code = segno.make(text, error="m")
    svg = code.svg_inline(
        scale=4, border=2, dark="#000000", light="#ffffff", omitsize=True, svgclass=None, lineclass=None
    )
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{Markup.escape(title)}" ', 1))  # noqa: S704 - our own drawing


async def plan(request: Request) -> Response:
    here = house(request)
    visitor = visitor_of(request)
    talk = None if visitor.new else await reads.talk_at(here.store, visitor.address)
    language = talk.language if talk else language_of(request)
    cards = cards_of(here, talk.state.answers, talk.state.advice or (), language) if talk else ()
    known = known_facts(here.content, talk.state.answers, language) if talk else ()
    url = f"{here.url}/chat"
    return show(
        request,
        "plan.html",
        language,
        now=here.now(),
        cards=cards,
        qr=qr(url, title=url),
        known=[one for one in known if here.content.knowledge.facts[one.fact].cls in ("public", "personal")],
        links=links(here.face(language).name, cards, url),
    )


def cards_of(here: House, answers: Any, shown: Any, language: str) -> tuple[Card, ...]:
    """The entries that were advised, judged again today."""
    today = here.now().date()
    matches = here.content.knowledge.matcher.match(profile_of(here.content, answers, today), here.now())
    voice = Voice(here.content, language)
    return plan_cards(here.content, matches, shown, language, lambda match: _details(voice, match, today))


def _details(voice: Voice, match: Any, today: date) -> tuple[str, str]:
    entry = match.entry
    amount = " ".join(said for one in entry.amounts[:2] if (said := amount_text(voice, one)))
    if entry.example:
        amount = f"{amount}. {entry.text('example', voice.language)}".strip(". ")
    return amount, " ".join(window_lines(voice, entry, today)[:2])


def links(name: str, cards: tuple[Card, ...], url: str) -> dict[str, str]:
    """Ready-made messages for the visitor's own mail, sms and messenger. Nothing passes through the desk."""
    lines = [name, *(f"- {card.title}: {card.step}" if card.step else f"- {card.title}" for card in cards), url]
    text = quote("\n".join(lines), safe="")
    return {
        "mail": f"mailto:?subject={quote(f'Mijn plan van {name}', safe='')}&body={text}",
        "sms": f"sms:?&body={text}",
        "whatsapp": f"https://wa.me/?text={text}",
    }


PAGES = (Page("/chat/plan", plan, PUBLIC),)
