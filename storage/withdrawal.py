"""A sensitive answer that was typed leaves the chat once it is stored: what stays in a messenger's cloud is not ours.

Only the answer to a question is taken away, never what somebody tells by himself. A messenger lets a bot delete for two
days; this happens in the turn itself. The first time the visitor hears why the message is gone.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flows.effects import Message
from flows.events import Event, Said
from flows.state import State
from storage import tables as t
from storage.pen import Pen
from storage.talk import Talk

WHY = {
    "nl": "Ik haal uw antwoord uit deze chat. Bij ons staat het veilig.",
    "en": "I take your answer out of this chat. With us it is safe.",
}
_BEFORE = sa.select(t.outbox.c.id).where(
    t.outbox.c.conversation == sa.bindparam("conversation"), t.outbox.c.action == "delete"
)


def withdraw_sensitive(
    conn: Connection, pen: Pen, talk: Talk, before: State, after: State, event: Event, ref: str
) -> None:  # fmt: skip
    """Takes the visitor's message away when it answered a sensitive question. Call before the turn's own words."""
    if not ref or talk.channel not in pen.context.rules.push or not isinstance(event, Said) or before.shown is None:
        return
    fact = before.shown.fact
    if not fact or pen.context.rules.class_of(fact) not in ("sensitive", "special"):
        return
    given = after.answers.get(fact)
    if given is None or given.status != "given" or given == before.answers.get(fact):
        return
    if conn.execute(_BEFORE.limit(1), {"conversation": talk.id}).fetchone() is None:
        language = after.language if after.language in WHY else "nl"
        pen.tell(talk, Message(WHY[language], "system", language=language), "system")
    pen.withdraw(talk, ref)
