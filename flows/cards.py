"""A catalogue entry as first shown: what it is, one reason, one thing to do today, in at most 45 words.

Amount, window, conditions and source wait behind buttons (details.py). A closed entry says so on its card.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flows import joining
from flows.effects import Card, Message, Option, Span
from flows.voice import Voice, sentence
from knowledge.explain import said_day, said_number
from knowledge.matching import Match

WORDS = 45
SHORT_AMOUNT = 12  # words


def card_message(voice: Voice, match: Match, *, first: int = 0) -> Message:
    """The card of one match with its buttons. `first` numbers the buttons within the turn."""
    entry = match.entry
    name = entry.text("name", voice.language)
    step = entry.first_step_in(voice.language)
    text = card_text(voice, match)
    options = [
        Option(f"!why:{entry.id}", voice.phrase("b_why"), "action"),
        Option(f"!how:{entry.id}", voice.phrase("b_how"), "action"),
    ]
    if entry.amounts or entry.windows or entry.example:
        options.append(Option(f"!details:{entry.id}", voice.phrase("b_details"), "action"))
    if entry.kind == "event" and match.status == "open":
        options.insert(0, Option(f"!join:{entry.id}", voice.phrase("b_join"), "action"))
    if match.status in ("closed", "opens_on", "paused"):
        options.append(Option(f"!notify:{entry.id}", voice.phrase("b_notify"), "action"))
    card = Card(
        entry.id, entry.kind, name, match.verdict, match.status,
        match.in_language(voice.language).because, match.missing, step,
        url=entry.url, source=entry.sources[0].url if entry.sources else "",
        checked_on=entry.checked_on.isoformat() if entry.checked_on else "",
    )  # fmt: skip
    return Message(
        text, "card", (Span(0, len(name), "bold"),), tuple(options), card, language=voice.language, first=first
    )


def card_text(voice: Voice, match: Match) -> str:
    """Name, what it is, availability, a reason, the step for today: whatever matters most first, within the limit."""
    entry = match.entry
    name = entry.text("name", voice.language)
    step = entry.first_step_in(voice.language)
    last = [voice.phrase("today", step=sentence(step))] if step else []
    state = [said] if (said := availability(voice, match)) else []
    about = sentences(entry.text("summary", voice.language))
    parts: list[str] = [sentence(name), *([when] if (when := joining.when_and_where(voice, entry)) else [])]
    used = count_words(" ".join([*parts, *last, *state]))
    body: list[str] = []
    reason = reason_of(voice, match)
    amount = short_amount(voice, match)
    for piece in [*about[:1], amount, reason, *about[1:2]]:
        words = count_words(piece)
        if piece and used + words <= WORDS:
            body.append(piece)
            used += words
    body = [piece for piece in [*about[:1], *about[1:2], amount, reason] if piece in body]
    return "\n".join([" ".join([*parts, *body, *state]), *last])


def short_amount(voice: Voice, match: Match) -> str:
    """The sum in a few words, when it is certain; conditions and the example wait behind a button."""
    certain = [one for one in match.entry.amounts[:1] if one.value is not None and one.confidence == "verified"]
    if not certain or match.entry.confidence != "verified":
        return ""
    said = voice.phrase("d_amount", amount=amount_text(voice, replace(certain[0], condition="")))
    return said if count_words(said) <= SHORT_AMOUNT else ""


def amount_text(voice: Voice, amount: Any) -> str:
    """'60 procent van de kosten, hoogstens 24.999 euro per aanvraag (sinds 2025)'"""
    if amount.value is None:
        return str(amount.condition)
    said = said_number(amount.value, voice.language)
    words = {"percent": "procent" if voice.language == "nl" else "percent", "euro": "euro"}
    text = f"{said} {words.get(amount.unit, amount.unit)}"
    if amount.of:
        text += f" van {amount.of}"
    if amount.maximum is not None and amount.maximum != amount.value:
        text += f", hoogstens {said_number(amount.maximum, voice.language)} euro"
    if amount.per:
        text += f" per {amount.per}"
    if amount.condition:
        text += f" ({amount.condition})"
    if amount.confidence != "verified":
        text += f", {voice.phrase('unsure')}"
    return text


def reason_of(voice: Voice, match: Match) -> str:
    """One sentence that says why this came up, with how certain it is."""
    clause = match.in_language(voice.language).clause()
    if match.verdict == "maybe":
        return voice.phrase("maybe", clause=clause) if clause else voice.phrase("maybe_bare")
    if match.verdict == "coach_decides":
        human = match.in_language(voice.language).human
        return voice.phrase("coach_decides", human=sentence(human[0]) if human else "").strip()
    return voice.phrase("fits", clause=clause) if clause else ""


def availability(voice: Voice, match: Match) -> str:
    """What must be said about availability on the card; '' when one can simply start."""
    if match.status == "closed":
        return voice.phrase("is_closed")
    if match.status == "opens_on" and match.opens:
        name = "opens_on" if match.availability.certain else "opens_on_provisional"
        return voice.phrase(name, date=said_day(match.opens, voice.language))
    if match.status == "paused":
        return voice.phrase("is_paused")
    if match.status == "unknown":
        return voice.phrase("is_unknown")
    return ""


def sentences(text: str) -> list[str]:
    """Split after a full stop that ends a sentence (not inside '2.700' or 'o.a.'). A condition stays whole: what is
    put as a question ("Is het geld op?") means nothing without what then happens ("Dan stopt het.")."""
    found: list[str] = []
    for part in re.split(r"(?<=[.!?])\s+(?=[A-Z'\"])", " ".join(text.split())):
        if found and found[-1].endswith("?"):
            found[-1] = f"{found[-1]} {part}"
        elif part:
            found.append(part)
    return found


def count_words(text: str) -> int:
    return len(text.split())


def mention_line(voice: Voice, entry: Any) -> str:
    """One line for an entry that is named after today's route, also when it ended."""
    name = entry.text("name", voice.language)
    if entry.status != "ended":
        check = [voice.phrase("is_unknown")] if entry.status == "unknown" else []
        return " ".join([voice.phrase("mention", name=name), *check])
    year = entry.ended.year if entry.ended else ""
    return (
        voice.phrase("mention_ended", name=name, year=year)
        if year
        else voice.phrase("mention_ended_undated", name=name)
    )
