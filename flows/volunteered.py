"""Facts told in passing: taken along and said back; one that contradicts an answer is offered as a change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flows.answers import Answered, plain, read_answer
from flows.correcting import loses, offer_change
from flows.understood import Heard
from knowledge.criteria import NO

if TYPE_CHECKING:
    from flows.session import Session


def take_along(session: Session, heard: Heard, but: str = "") -> bool:
    """Facts volunteered in passing are noted and said back; one that contradicts an answer is offered as a change."""
    fresh: list[tuple[str, Any]] = []
    changed: list[tuple[str, Any]] = []
    at_once: list[tuple[str, Any]] = []
    profile = session.walk().profile
    for fact, value in heard.facts.items():
        if "situation" not in heard.facts and profile.applies_level(fact) == NO:
            continue  # "ik weet niet welke cao" is no wish of an employer's own
        held = session.state.answers.get(fact)
        if fact == but or (held is not None and held.status == "given" and held.value == value):
            continue
        if held is None or held.status != "given":
            fresh.append((fact, value))
        elif heard.correction and held.turn >= session.state.turn - 1 and not loses(session, fact, value):
            at_once.append((fact, value))  # "nee toch liever techniek", right after "zorg"
        elif heard.correction or not but:
            changed.append((fact, value))
    asked = session.before.shown.fact if session.before.shown else ""
    for fact, value in fresh:
        session.answer(fact, value, by="visitor" if fact == asked else "text")
        session.volunteered.append(fact)
    told = [(fact, value, "given") for fact, value in fresh if fact != asked or len(fresh) > 1 or not but]
    if told:
        if not but and len(fresh) == len(heard.facts) and heard.summary:
            session.read_back.append(heard.summary)
        else:
            name = "taken_along" if but else "i_read"
            session.read_back.append(session.voice.phrase(name, facts=session.voice.listed(told)))
    for fact, value in at_once:
        session.answer(fact, value)
        session.say("changed", facts=session.voice.value(fact, value))
    if changed:
        offer_change(session, *changed[0], then=changed[1:])
    return bool(fresh or changed or at_once)


_AROUND = re.compile(
    r"\b(nee|sorry|oeps|toch|eigenlijk|gewoon|maar|wel|ik|wij|we|ben|zijn|heb|hebben|een|bedoel|actually|i|am|a|have)\b"
)


def corrected(session: Session, words: str) -> dict[str, Any]:
    """'ik ben toch werknemer': the rest of the sentence names another choice of something answered before."""
    rest = plain(_AROUND.sub(" ", plain(words)))
    found: dict[str, Any] = {}
    for fact, held in session.state.answers.items():
        declared = session.content.knowledge.facts.get(fact)
        if declared is None or declared.kind not in ("choice", "code") or held.status != "given":
            continue
        outcome = read_answer(rest, session.content.asking(fact, session.today)) if rest else None
        if isinstance(outcome, Answered) and outcome.value != held.value:
            found[fact] = outcome.value
    return found
