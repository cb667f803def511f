"""What stands behind the buttons of a card: why, how, how much and when, with source and date; and why something
does not fit. Nothing uncertain is told as certain."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flows.cards import amount_text, availability, count_words, sentences
from flows.voice import Voice, sentence
from knowledge.explain import said_day
from knowledge.matching import Match

ENDED_WORDS = 75  # what ended, what it was and what there is now
# A sentence that only tells once more that it ended, or that help is elsewhere now.
_ENDED_AGAIN = re.compile(
    r"(dit|deze|het plan|this|these|the plan)\b[^,:]*\b(stopten?|gestopt|ended|stopped)\b[^,:]*$"
    r"|u kunt hem niet meer|you can no longer apply|(vandaag|nu) helpt het werkcentrum|today the werkcentrum",
    re.IGNORECASE,
)


def why_text(voice: Voice, match: Match) -> str:
    """Why this came up and what is still open."""
    lines = []
    because = " ".join(sentence(one) for one in match.in_language(voice.language).because)
    lines.append(voice.phrase("d_why", because=because) if because else voice.phrase("d_why_nothing"))
    if match.missing:
        lines.append(voice.phrase("d_open", missing=", ".join(voice.name(fact) for fact in match.missing[:4])))
    for human in match.in_language(voice.language).human[:2]:
        lines.append(voice.phrase("d_human", human=sentence(human)))
    lines += _trust(voice, match.entry, None)
    return "\n".join(lines)


def how_text(voice: Voice, match: Match) -> str:
    """The steps, the papers to have ready, whom to ask."""
    entry = match.entry
    lines = [voice.phrase("d_steps")]
    lines += [f"{number}. {sentence(step)}" for number, step in enumerate(entry.texts("steps", voice.language), 1)]
    if entry.documents:
        lines.append(voice.phrase("d_documents", documents=", ".join(entry.texts("documents", voice.language))))
    if contact := contact_line(entry):
        lines.append(voice.phrase("d_contact", contact=contact))
    return "\n".join(lines)


def details_text(voice: Voice, match: Match, today: date) -> str:
    """Amount with a worked example, what is not paid, when, the source and its date."""
    entry = match.entry
    lines = []
    for amount in entry.amounts[:3]:
        said = amount_text(voice, amount)
        if said:
            lines.append(voice.phrase("d_amount", amount=said))
    if entry.example:
        lines.append(voice.phrase("d_example", example=entry.text("example", voice.language)))
    if entry.pays_not:
        lines.append(voice.phrase("d_pays_not", text=entry.text("pays_not", voice.language)))
    if said := availability(voice, match):
        lines.append(said)
    lines += window_lines(voice, entry, today)
    lines += _trust(voice, entry, today)
    return "\n".join(lines) or voice.phrase("d_not_known")


def window_lines(voice: Voice, entry: Any, today: date) -> list[str]:
    """The windows that are not over yet, with 'controleer de datum' where they are provisional."""
    lines = []
    for window in entry.windows:
        if window.closes and window.closes.date() < today:
            continue
        if window.opens and window.closes:
            last = said_day(window.closes.date(), voice.language)
            when = f"van {said_day(window.opens.date(), voice.language)} tot en met {last}"
        elif window.opens:
            when = f"vanaf {said_day(window.opens.date(), voice.language)}"
        elif window.closes:
            when = f"tot en met {said_day(window.closes.date(), voice.language)}"
        else:
            when = window.pattern
        if voice.language == "en":
            when = when.replace("van ", "from ").replace("tot en met", "to").replace("vanaf", "from")
        if when:
            lines.append(voice.phrase("d_window", window=when))
            if window.provisional:
                lines.append(voice.phrase("d_provisional"))
    return lines[:4]


def ended_text(voice: Voice, entry: Any, names: list[str]) -> str:
    """'STAP-budget stopte in 2024.', what it was, and what there is now; what was not paid as far as there is room."""
    name = entry.text("name", voice.language)
    year = entry.ended.year if entry.ended else ""
    first = voice.phrase("is_ended", name=name, year=year) if year else voice.phrase("is_ended_undated", name=name)
    named = re.compile(rf"((de|het|the) )?{re.escape(name)}", re.IGNORECASE)
    about = sentences(entry.text("summary", voice.language))
    about = [one for one in about if not _ENDED_AGAIN.match(named.sub("dit", one, count=1))]
    then = voice.phrase("instead", names=", ".join(names)) if names else voice.phrase("instead_nothing")
    more = sentences(entry.text("pays_not", voice.language))[:1]
    kept = [first, *about, then]
    if count_words(" ".join([*kept, *more])) <= ENDED_WORDS:
        kept[-1:] = [*more, then]
    step = entry.first_step_in(voice.language)
    last = voice.phrase("today", step=sentence(step)) if step else ""
    fits = count_words(" ".join([*kept, last])) <= ENDED_WORDS
    return "\n".join([" ".join(kept), last] if last and fits else [" ".join(kept)])


def contact_line(entry: Any) -> str:
    """The organisation to ask; a number that is not certain is left to its website."""
    contact = entry.contact
    sure = contact.confidence in ("verified", "") and contact.field_confidence.get("phone", "verified") == "verified"
    parts = [contact.name or entry.operator]
    if contact.phone and sure:
        parts.append(contact.phone)
    if contact.url or entry.url:
        parts.append(contact.url or entry.url)
    return ", ".join(part for part in parts if part)


def _trust(voice: Voice, entry: Any, today: date | None) -> list[str]:
    lines = []
    if entry.confidence != "verified":
        who = entry.operator or entry.contact.name or voice.content.holes["desk"]
        lines.append(voice.phrase("d_unsure", who=who))
    elif today is not None and entry.needs_review(today):
        lines.append(voice.phrase("d_stale"))
    if entry.sources and entry.checked_on:
        source = entry.sources[0].url or entry.sources[0].document
        lines.append(voice.phrase("d_source", source=host(source), date=said_day(entry.checked_on, voice.language)))
    return lines


def host(url: str) -> str:
    """'https://www.uwv.nl/nl/…' -> 'uwv.nl'"""
    without = url.split("://", 1)[-1]
    return without.split("/", 1)[0].removeprefix("www.")
