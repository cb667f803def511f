"""A tiny conversation: repeats what it hears with two buttons. Enough to see what travels, whatever the flows say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flows.effects import Message, OpenCase, Option, Redacted, Say
from flows.events import Commanded, Event, Pressed, Said, SentOther, Shared, Started
from flows.state import Answer, State
from flows.turn import Turn
from flows.world import World


def tiny_step(content: Any, world: World, state: State, event: Event, now: datetime) -> Turn:
    """Pure, as the real one. Words with a meaning: fout, lang, nummer, plaats, keuzes, geheim, coach, stop."""
    turn = state.turn + 1
    heard = _words(event)
    if heard == "fout":
        raise ValueError("a fault of our own")
    so_far = state.answers["heard"].value if "heard" in state.answers else ()
    state = replace(state.with_answer("heard", Answer("given", (*so_far, heard), turn=turn)), turn=turn)
    state = replace(state, phase="stopped" if heard in ("stop", "/stop") else "talking", language="nl")
    if world.speaker == "coach":
        return Turn(state)
    text = f"{turn}: {heard}"
    message = Message(text, "question", options=(Option("a", "Ja"), Option("b", "Nee"), Option("!c", "Bel mij", "row")))
    more: tuple[Any, ...] = ()
    if heard == "lang":
        message = Message("Dit is een zin. " * 600)
    elif heard == "nummer":
        message = replace(
            message, text="Op welk nummer?", options=(Option("!d", "Liever niet", "row"),), expects="phone"
        )
    elif heard == "plaats":
        message = Message("Waar woont u?", "question", expects="place")
    elif heard == "keuzes":
        message = replace(message, options=tuple(Option(str(n), f"Keuze {n}") for n in range(25)))
    elif heard == "geheim":
        more = (Redacted("bsn"),)
    elif heard == "coach":
        message, more = Message("Een coach belt u."), (OpenCase("op verzoek"),)
    elif heard == "twee":
        more = (Say(replace(message, text="tweede", first=3)),)
    return Turn(state, (Say(message), *more))


def _words(event: Event) -> str:
    match event:
        case Started(payload=payload):
            return f"start {payload}".strip()
        case Said(text=text, edited=edited):
            return f"edited {text}" if edited else text
        case Pressed(turn=turn, option=option):
            return f"press {turn}/{option}"
        case Shared(what=what, value=value):
            return f"{what} {value}"
        case SentOther(kind=kind):
            return f"[{kind}]"
        case Commanded(name=name):
            return f"/{name}"
        case _:
            return type(event).__name__
