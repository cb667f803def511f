"""Buttons: read against the screen they stood on. An old button never fails; it offers to change that answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows import commanding, deskquestions, knowing, ticking
from flows.answers.choice import value_of_option
from flows.correcting import offer_change, take
from flows.model import Ask, Consent, Offer, Review
from flows.questions import fact_question
from flows.state import Shown

if TYPE_CHECKING:
    from flows.session import Session

ROW = {
    "!call_me": "call_me", "!language": "language", "!privacy": "privacy", "!more": "more", "!change": "change",
    "!coach": "coach", "!back": "back", "!enough": "enough", "!dont_know": "dont_know", "!declined": "declined",
}  # fmt: skip


def press(session: Session, turn: int, option: int) -> None:
    """A button of turn `turn`. Unknown turns and numbers show the current question again."""
    current = session.before.shown
    screens = [*map(Shown.of_line, session.before.older), *([current] if current else [])]
    screen = next((one for one in reversed(screens) if one.turn == turn), None)
    if screen is None or not 0 <= option < len(screen.options):
        return
    id = screen.options[option]
    if ticking.presses(session, screen, id):
        ticking.press(session, screen, id)
    elif screen is current or (id.startswith("!") and ":" in id) or id in ("!call_me", "!privacy", "!language"):
        chosen(session, (id,), screen)
    elif not id.startswith("!") and screen.fact:
        _press_old(session, screen, id)


def _press_old(session: Session, screen: Shown, id: str) -> None:
    """An older question: nothing happens when it is the same answer, else the change is offered."""
    value = value_of_option(session.content.knowledge.facts[screen.fact], id)
    given = session.state.answers.get(screen.fact)
    if given is not None and given.status == "given" and given.value == value:
        return
    offer_change(session, screen.fact, value)


def choose(session: Session, ids: tuple[str, ...]) -> None:
    """Choices by id, as programs and forms send them, against what stands on the screen."""
    screen = session.before.shown
    if screen is None:
        return
    known = set(screen.options)
    fact = session.content.knowledge.facts.get(screen.fact) if screen.fact else None
    if fact is not None and all(id in (fact.choices or {}) for id in ids):
        known |= set(ids)
    if (ids and all(id in known for id in ids)) or (len(ids) == 1 and ids[0].startswith("!") and ":" in ids[0]):
        chosen(session, ids, screen)
    elif len(ids) == 1 and ids[0].lstrip("!") in commanding.KNOWN:
        commanding.command(session, ids[0].lstrip("!"), "")
    else:
        session.say("choice_not_understood")


def chosen(session: Session, ids: tuple[str, ...], screen: Shown) -> None:
    """Carry out a button of this screen."""
    id = ids[0]
    pending = session.state.pending
    if pending is not None and screen.step == "!" + pending["kind"] and deskquestions.answer(session, id, ids):
        return
    if not id.startswith("!"):
        answer_screen(session, screen, ids)
        return
    if ":" in id:
        knowing.card_action(session, id)
    elif id in ("!dont_know", "!declined") and screen.fact:
        commanding.command(session, id[1:], "")
    elif id in ROW:
        commanding.command(session, ROW[id], "")
    elif id == "!question":
        session.ask_own("question", session.voice.phrase("ask_question"), [session.option("!call_me", "b_call_me")])
    elif id == "!other":
        _other_choices(session, screen)
    elif id == "!wrong":
        deskquestions.ask_which_to_change(session, session.recent())
    elif id == "!leave_out":
        deskquestions.ask_what_to_leave_out(session)
    elif id in ("!chat", "!mail"):
        session.answer("preferred_contact", "chat" if id == "!chat" else "mail")


def _other_choices(session: Session, screen: Shown) -> None:
    """*Iets anders*: the choices that the first buttons did not show."""
    step = session.content.steps.get(screen.step)
    step = step if isinstance(step, Ask) else session.content.askable.get(screen.fact)
    if step is None:
        return
    question = fact_question(session, replace(step, opening=""), everything=True)
    text = session.voice.content.tr(
        f"facts.{step.fact}.question", session.content.knowledge.facts[step.fact].question, session.state.language
    )
    session.ask_own("reask", text, question.options, fact=step.fact, step=step.key)


def answer_screen(session: Session, screen: Shown, ids: tuple[str, ...]) -> None:
    """A plain choice on the question of this screen."""
    step = session.content.steps.get(screen.step)
    if isinstance(step, Offer | Consent | Review) and not screen.fact:
        decide(session, step, ids[0])
    elif screen.fact:
        value = value_of_option(session.content.knowledge.facts[screen.fact], ids[0] if len(ids) == 1 else ids)
        if session.content.knowledge.facts.takes(screen.fact, value):  # else an editor took this choice away
            take(session, screen.fact, value)


def decide(session: Session, step: Any, answer: str) -> None:
    """Yes or no to an offer, a consent or a review."""
    from flows.effects import Consent as ConsentEffect

    if answer not in ("yes", "no"):
        return
    session.mark(step.key, {"answer": answer, "turn": session.state.turn})
    session.state = session.state.but(misses=0)
    if isinstance(step, Consent):
        session.effects.append(ConsentEffect(step.purpose, answer == "yes", session.content.fingerprint))
        if answer == "no":
            session.say("consent_no")
