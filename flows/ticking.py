"""Several choices by button: each press ticks one or takes its tick away, *Klaar* takes what is ticked as the answer.

The ticks wait in `state.pending`, so a typed answer, a command or another button passes them by as it does any question
of the desk itself. A choice that excludes the others (*geen*) needs no *Klaar*.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows import deskquestions
from flows.answers.choice import ordered
from flows.correcting import take
from flows.deskquestions import DONE, TICKS
from flows.model import Ask
from flows.questions import fact_question
from flows.state import Shown

if TYPE_CHECKING:
    from flows.session import Session


def presses(session: Session, screen: Shown, id: str) -> bool:
    """Whether this button of this screen belongs to the question with several answers that stands open now."""
    fact = session.content.knowledge.facts.get(screen.fact) if screen.fact else None
    current = session.before.shown
    if fact is None or fact.kind != "choices" or current is None or current.fact != screen.fact:
        return False
    pending = session.state.pending
    if pending is not None and pending["kind"] not in (TICKS, "reask"):
        return False
    return not id.startswith("!") or id == "!other" or (id == DONE and pending is not None)


def press(session: Session, screen: Shown, id: str) -> None:
    """One press: tick, untick, finish, or show the choices that the first buttons left out."""
    fact = session.content.knowledge.facts[screen.fact]
    pending = session.state.pending or {}
    if id == DONE:
        deskquestions.answer(session, id)
        return
    if id == fact.none:
        session.state.pending = None
        take(session, fact.id, (id,))
        return
    ticked = list(pending.get("ids", ()))
    everything = bool(pending.get("everything")) or pending.get("kind") == "reask" or id == "!other"
    if id != "!other":
        ticked = [one for one in ticked if one != id] if id in ticked else [*ticked, id]
    _show(session, fact.id, list(ordered(ticked, fact)), everything=everything)


def _show(session: Session, fact: str, ticked: list[str], *, everything: bool) -> None:
    """The question again, with ticks, and with *Klaar* once there is something to finish with."""
    key = session.step_on_screen()
    step = session.content.steps.get(key)
    if not isinstance(step, Ask) or step.fact != fact:
        step = session.content.askable.get(fact) or Ask(key, session.content.root.place, fact)
    step = replace(step, opening="")
    question = fact_question(session, step)
    choices = [option for option in question.options if option.group == "choice"]
    if everything:
        rest = fact_question(session, step, everything=True).options
        choices = [option for option in choices if option.id != "!other"]
        choices += [option for option in rest if option.group == "choice"]
    options = [replace(option, ticked=True) if option.id in ticked else option for option in choices]
    if ticked:
        options.append(session.option(DONE, "b_ready"))
    options += [option for option in question.options if option.group == "row"]
    session.ask_own(TICKS, question.text, options, fact=fact, step=key, ids=ticked, everything=everything)
