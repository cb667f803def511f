"""A text read as the answer to the question on the screen: its number, its label, or by its kind's own reader."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows.answers import Answered, Asking, Outcome, Unread, plain, read_answer
from flows.answers.choice import _NO, _YES, value_of_option
from flows.model import Ask

if TYPE_CHECKING:
    from flows.session import Session


_BETWEEN = re.compile(r"[,;+&]|\b(?:en|and)\b", re.IGNORECASE)  # "1, 3", "1 en 3"


def asked_fact(session: Session) -> str:
    """The fact whose question stands on the screen, its own or asked again."""
    pending = session.state.pending
    if pending is not None and pending.get("fact") in session.content.knowledge.facts:
        session.state = session.state.but(pending=None)
        return str(pending["fact"])
    if pending is not None:
        session.state = session.state.but(pending=None)
    screen = session.before.shown
    return screen.fact if screen and screen.fact in session.content.knowledge.facts else ""


def _asking(session: Session, fact: str) -> Asking:
    """What reading an answer needs, with the choices as they were offered, in that order. Kept for the day."""
    content, screen = session.content, session.before.shown
    step = content.steps.get(screen.step) if screen else None
    if not isinstance(step, Ask) or step.fact != fact:
        step = content.askable.get(fact) or Ask("", content.root.place, fact)
    key = ("asking", fact, step.key, session.voice.language)
    asking: Asking | None = content.said.get(key)
    if asking is None or asking.today != session.today:
        asking = content.said[key] = content.asking(fact, session.today, tuple(session.voice.labels(step)))
    return asking


def parse(session: Session, fact: str, words: str) -> Outcome:
    asking = _asking(session, fact)
    labels, outcome = asking.labels, read_answer(words, asking)
    declared = session.content.knowledge.facts[fact]
    if declared.kind == "choice" and isinstance(outcome, Unread):
        said = plain(words)
        for id, label in labels:  # a question reworded as yes or no
            if (plain(label) == "ja" and said in _YES) or (plain(label) == "nee" and said in _NO):
                return Answered(id)
        elsewhere = session.content.choice_in_any_language(fact, words)
        if elsewhere:
            return Answered(elsewhere)
    if declared.kind == "choices" and isinstance(outcome, Unread) and plain(words) in _YES:
        return Unread("which_of_these")  # "krijgt u een uitkering?" "ja"
    return outcome


def number_of_option(session: Session, fact: str, words: str) -> Outcome | None:
    """'2' is the second button, unless the question itself asks for a number."""
    if not words.lstrip(", ")[:1].isdigit():
        return None
    kind = session.content.knowledge.facts[fact].kind
    screen = session.before.shown
    if screen is None or kind in ("number", "amount", "date", "phone", "place"):
        return None
    parts = _BETWEEN.sub(" ", words).split()
    options = [id for id in screen.options if not id.startswith("!") or id == "!other"]
    if not options or not all(part.isdigit() and 0 < int(part) <= len(options) for part in parts):
        return None
    chosen = [options[int(part) - 1] for part in parts]
    if "!other" in chosen or (len(chosen) > 1 and kind != "choices"):
        return None
    declared = session.content.knowledge.facts[fact]
    return Answered(value_of_option(declared, tuple(chosen) if kind == "choices" else chosen[0]))


def leading_label(session: Session, fact: str, words: str) -> str | None:
    """'nee bijstand' on a question with Ja and Nee: the first word answers, the rest holds other facts."""
    first, _, rest = plain(words).partition(" ")
    if not rest or first.rstrip(",") not in ("ja", "nee", "yes", "no"):
        return None
    wanted = "ja" if first.rstrip(",") in ("ja", "yes") else "nee"
    english = {"ja": "yes", "nee": "no"}[wanted]
    return next((id for id, label in _asking(session, fact).labels if plain(label) in (wanted, english)), None)
