"""Templates and the few helpers they use. Autoescape is on everywhere; the only markup made here is our own spans."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from bot.web import dates
from bot.web.texts import LANGUAGES, WHOLE_PAGES, phrases
from flows.effects import Message, Option
from knowledge.languages import direction

HERE = Path(__file__).parent
STATIC = HERE / "static"
SAFE_SCHEMES = ("https://", "http://", "mailto:", "tel:")


def rich_text(message: Message) -> Markup:
    """The message's text with its spans. Everything of the text is escaped; links only to known schemes."""
    text, parts, at = message.text, [], 0
    for span in sorted(message.spans, key=lambda one: (one.start, -one.end)):
        if span.start < at or span.end > len(text) or span.start >= span.end:
            continue
        parts.append(_lines(text[at : span.start]))
        inner = _lines(text[span.start : span.end])
        if span.kind == "link" and span.url.startswith(SAFE_SCHEMES):
            inner = Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(span.url, inner)
        elif span.kind == "bold":
            inner = Markup("<strong>{}</strong>").format(inner)
        parts.append(inner)
        at = span.end
    parts.append(_lines(text[at:]))
    return Markup("").join(parts)


def _lines(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


def card_body(message: Message) -> str:
    """A card's text without its title and without the step, which stand apart on the page."""
    card = message.card
    if card is None:
        return message.text
    text = message.text.strip()
    for title in (card.title + ".", card.title):
        if text.startswith(title):
            text = text[len(title) :].strip()
            break
    if card.step:
        text = "\n".join(line for line in text.split("\n") if card.step.rstrip(".") not in line)
    return text.strip()


def isoday(text: str, language: str = "nl") -> str:
    """An ISO date as people write it; anything else stays as it is."""
    try:
        return dates.day(date.fromisoformat(text), language)
    except ValueError:
        return text


def dutchday(text: object) -> str:
    """2026-11-23 as 23-11-2026, as a form asks for it; anything else stays as it is."""
    parts = str(text).split("-")
    return "-".join(reversed(parts)) if len(parts) == 3 else str(text)


def spaced(text: str) -> str:
    """+31612345678 as 06 1234 5678: how a coach dials it. What is no Dutch number stays as it is."""
    if re.fullmatch(r"\+316\d{8}", text, re.ASCII):
        return f"06 {text[4:8]} {text[8:]}"
    return f"0{text[3:]}" if re.fullmatch(r"\+31\d{9}", text, re.ASCII) else text


def capfirst(text: str) -> str:
    """First letter large, the rest untouched (Jinja's own `capitalize` lowers names)."""
    return text[:1].upper() + text[1:]


def option_index(options: Sequence[Option], option: Option) -> int:
    """Place of a button among all options of its message: what a press sends."""
    return list(options).index(option)


def outside(url: str) -> str:
    """The address when it is one we link to, else empty."""
    return url if url.startswith(SAFE_SCHEMES) else ""


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """Address of a static file with its content's hash, so that browsers may keep it for good."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@lru_cache(maxsize=8)
def was_fetched(name: str) -> bool:
    """Whether this file of fonts or components was fetched when this package was built (hatch_build.py)."""
    return (STATIC / "vendor" / name).is_file()


def has_font() -> bool:
    """Without the font the reader's own fonts are used."""
    return was_fetched("atkinson-hyperlegible-400.woff2")


def component_styles(name: str) -> str:
    """The NL Design System components, or our own plain rules for the same class names."""
    return f"vendor/{name}" if was_fetched(name) else name


@lru_cache(maxsize=1)
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # templates come with the program: no look at their dates for every piece of a page
    )
    made.filters.update(
        rich=rich_text,
        outside=outside,
        clock=dates.clock,
        day=dates.day,
        weekday=dates.weekday,
        promise=dates.promise,
        short=dates.short,
        isoday=isoday,
        card_body=card_body,
        capfirst=capfirst,
        spaced=spaced,
        dutchday=dutchday,
    )
    made.globals.update(
        asset=asset,
        has_font=has_font,
        component_styles=component_styles,
        direction=direction,
        loop_index=option_index,
        LANGUAGES=LANGUAGES,
        start="",
        buttons=False,
        visitor_name="",
        retry="",
        until=dates.until,
        due_words=dates.due_words,
        span=dates.span,
    )
    return made


def page(
    name: str, language: str = "nl", *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
) -> HTMLResponse:
    """Render a template to a response, with `t` for the language of the page."""
    return HTMLResponse(fragment(name, language, **values), status_code=status, headers=dict(headers or {}))


def fragment(name: str, language: str = "nl", **values: object) -> str:
    language = page_language(name, language)
    return environment().get_template(name).render(t=phrases(language), language=language, **values)


def page_language(name: str, language: str) -> str:
    """A page is in one language: where only the conversation is translated, the other pages stay Dutch."""
    return language if language in ("nl", "en") or name in WHOLE_PAGES else "nl"
