"""One tap after a coach closed a case: did it help? Asked once per conversation, and counted once."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.engine import Connection

from flows.effects import Message
from flows.state import Answer
from storage.pen import Pen
from storage.phrases import say
from storage.talk import Talk

FACT = "rating"
RATING = "!" + FACT


def ask_rating(pen: Pen, talk: Talk) -> bool:
    """Sends the question; False when the content has none, it was answered, or it stands on the screen already."""
    ask = pen.context.rules.question
    question = ask(FACT, talk.language) if ask is not None else None
    shown = talk.state.shown
    if question is None or FACT in talk.state.answers or (shown is not None and shown.fact == FACT):
        return False
    first = len(talk.labels.get(str(talk.state.turn), ()))
    message = replace(question, kind="human", fact="", first=first)
    pen.tell(talk, message, "system")
    talk.remember_labels(talk.state.turn, message, RATING)
    return True


def take_rating(conn: Connection, pen: Pen, talk: Talk, asked: tuple[str, str]) -> None:
    """Keeps and counts what was pressed. Pressing again changes the answer and is not counted again."""
    first, before = FACT not in talk.state.answers, talk.state.answers
    talk.state = talk.state.with_answer(FACT, Answer("given", asked[1], "visitor", talk.state.turn))
    pen.answer_rows(talk, before)
    if first:
        pen.count(talk, "rated", asked[1])
        pen.tell(talk, Message(say("rated", talk.language), "system"), "system")
    pen.keep(talk)
