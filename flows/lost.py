"""A text that nothing could be made of: a hint, the second time a human, the third time to a human."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows import deskquestions
from flows.answers import Outcome, Unread
from flows.effects import Count, UpdateCase
from flows.model import Ask
from flows.walk import LOST

if TYPE_CHECKING:
    from flows.session import Session

_STUCK = re.compile(
    r"(snap|begrijp|snapt) (het|er|dit)? ?(echt )?(niet|niks|niets)|kom er niet uit|te moeilijk|te ingewikkeld|"
    r"loop vast|"
    r"(do not|don't) (understand|get) (it|this)|too difficult"
)
PIECES = ("niet", "niks", "moeilijk", "ingewikkeld", "loop", "difficult", "understand")
WORDS = ("get",)  # one of these, or one of PIECES, stands in all of _STUCK (ear.py)


def is_stuck(said: str) -> bool:
    """'ik begrijp het niet'; `said` is plain."""
    return _STUCK.search(said) is not None


FEW_WORDS = 3  # "opleiding": too little to go on, and not beside the point


def not_understood(session: Session, outcome: Outcome, words: str) -> None:
    """Kindly, with a hint; the second time with a human, the third time to a human."""
    session.effects.append(Count("not_understood", session.before.shown.fact if session.before.shown else ""))
    if session.world.speaker == "queue":
        session.effects.append(UpdateCase("wrote"))
        session.say("waiting_wrote")
        session.wait = session.only_said = True
        return
    if deskquestions.offer_language_of(session, words):
        return
    if session.state.done.get("!doubt") == session.state.turn:  # care.py said what matters; a human says more
        offer_human(session, session.voice.phrase("somebody_listens"))
        return
    misses = session.state.misses + 1
    screen = session.before.shown
    fact = screen.fact if screen else ""
    tries = {**session.state.tries, fact: session.state.tries.get(fact, 0) + 1} if fact else session.state.tries
    session.state = session.state.but(misses=misses, tries=tries)
    step = session.content.steps.get(screen.step) if screen else None
    if misses >= 3 or (isinstance(step, Ask) and step.tries < 3 and tries.get(fact, 0) >= step.tries):
        session.state = session.state.but(misses=0)
        session.say("lost")
        session.unmark(LOST, f"{LOST}.review")
        session.mark(LOST, {"turn": session.state.turn})
        return
    if misses == 1 and isinstance(step, Ask) and step.opening and not session.state.answers:
        # the first thing somebody says deserves more than "I do not know"
        about_work = session.content.knowledge.search.is_about_work(words)
        session.say("vague" if about_work and len(words.split()) <= FEW_WORDS else "first_unclear")
    elif isinstance(outcome, Unread) and outcome.phrase != "not_understood":
        session.say(outcome.phrase, **outcome.values)
    else:
        session.say("not_understood")
        session.say("hint_buttons" if session.before.shown and session.before.shown.options else "hint_words")
    if misses == 2:
        offer_human(session)


def offer_human(session: Session, said: str = "") -> None:
    """A human, with one tap; `said` instead of the usual sentence."""
    screen = session.before.shown
    text = f"{said} {session.voice.phrase('offer_coach')}" if said else session.voice.phrase("offer_human")
    session.ask_own(
        "human", text,
        [session.option("!call_me", "b_call_me_yes", "choice"), session.option("no", "b_no", "choice")],
        fact=screen.fact if screen else "", step=session.step_on_screen(),
    )  # fmt: skip
