"""Texts that need care before they are read as an answer: numbers never kept, crisis, health and debts, abuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows import asked, knowing, overheard
from flows.effects import Count, Redacted, UpdateCase
from flows.understood import Heard, crisis
from flows.volunteered import take_along
from knowledge.redaction import is_harmless, redact

if TYPE_CHECKING:
    from flows.session import Session


_INFERRED = {"situation", "company_size", "benefit"}  # what a text on another matter may seem to tell


def guard(session: Session, text: str) -> bool:
    """A crisis text is answered at once, whoever speaks: 112, 113, Veilig Thuis, and a human. Where that is in doubt
    one caring line with 113 comes first, once, and the text is read as any other."""
    reply, sure = crisis(text, session.state.language)
    if reply and not sure and "!doubt" not in session.state.done:
        session.mark("!doubt", session.state.turn)
        session.lead.append(reply)
        session.effects.append(Count("crisis_doubt"))
    if not sure:
        return False
    session.effects.append(Count("crisis"))
    if session.world.case:
        session.effects.append(UpdateCase("urgent"))
    session.ask_own(
        "human", f"{reply} {session.voice.phrase('crisis_call')}",
        [session.option("!call_me", "b_call_me_yes", "choice"), session.option("no", "b_no", "choice")],
        fact="", step=session.step_on_screen(), crisis=True,
    )  # fmt: skip
    return True


def redacted(session: Session, text: str) -> str:
    """Numbers that are never kept are cut out before anything reads the text."""
    if is_harmless(text):
        return text
    screen = session.before.shown
    fact = session.content.knowledge.facts.get(screen.fact) if screen else None
    found = redact(text, fact.kind if fact else "")
    if found.found:
        session.effects += [Redacted(what) for what in found.found]
        session.say("redacted")
    return found.text


def cared_for(session: Session, heard: Heard, words: str) -> bool:
    """What is said of health and debts is acknowledged and not recorded; other matters get a short honest answer."""
    if heard.care == "sensitive":
        session.lead.append(session.voice.phrase("sensitive_debt" if heard.topic == "debt" else "sensitive_health"))
        told = overheard.beside_it(session, words)
        asks = asked.asked_in_passing(session, words, told)
        if asks is not None and not asks.general:
            asked.answer_in_passing(session, asks, words)
        elif answer := knowing.worry(session, words):
            session.lead.append(answer)
        session.effects.append(Count("sensitive"))
        session.state = session.state.but(misses=0)
        read = session.content.knowledge.understanding.read(words)
        take_along(session, Heard(told, read.summary_of(told, session.state.language)))
        return True
    name = {"out_of_scope": "out_of_scope", "abuse": "abuse", "injection": "injection", "spam": "out_of_scope"}
    if heard.care not in name or (heard.facts.keys() - overheard.WISHES - _INFERRED):
        return False
    session.lead.append(heard.reply or session.voice.phrase(name[heard.care]))
    session.effects.append(Count(heard.care))
    return True
