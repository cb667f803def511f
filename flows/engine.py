"""The conversation as a function: one event in, the new state and everything that must happen out.

Pure: content, world, state, event and time are arguments; equal arguments give an equal Turn. Never raises on what a
visitor types. Reading input is hearing.py, commands are commanding.py, the position is walk.py, the screen asking.py.
"""

from __future__ import annotations

from datetime import datetime

from flows import care, commanding, hearing, pressing
from flows.asking import close
from flows.content import Content
from flows.effects import Count, Message, UpdateCase
from flows.events import (
    Chose,
    CoachAnswered,
    Commanded,
    Event,
    Forgotten,
    Pressed,
    Said,
    SentOther,
    Shared,
    SpeakerChanged,
    Started,
    TimePassed,
)
from flows.knowing import show_entry
from flows.model import Remind as RemindStep
from flows.moving import adapted, moved
from flows.session import Session
from flows.state import State
from flows.turn import Turn
from flows.world import World

__all__ = ["Turn", "step"]


def step(content: Content, world: World, state: State, event: Event, now: datetime) -> Turn:
    """What the desk answers to one event."""
    changed = state.fingerprint not in ("", content.fingerprint)
    if changed:
        state = adapted(content, state)
    session = Session(content, world, state, now)
    if world.speaker == "coach" and not isinstance(event, CoachAnswered | SpeakerChanged | Forgotten):
        return _while_coach_speaks(session, event)
    if changed:
        _notice_changed_content(session)
    match event:
        case Started():
            _start(session, event)
        case Said(text=text):
            hearing.hear(session, text)
        case Pressed(turn=turn, option=option):
            pressing.press(session, turn, option)
        case Chose(ids=ids):
            pressing.choose(session, ids)
        case Commanded(name=name, argument=argument):
            commanding.command(session, name, argument)
        case Shared(what=what, value=value):
            hearing.shared(session, what, value)
        case SentOther(kind=kind):
            _other(session, kind)
        case CoachAnswered():
            _coach_answered(session, event)
        case SpeakerChanged():
            _speaker_changed(session, event)
        case TimePassed(key=key):
            _time_passed(session, key)
        case Forgotten(facts=facts):
            session.forget(*facts)
            session.quiet = True
    if session.quiet and changed:
        session.state.but(fingerprint=state.fingerprint)  # nothing could be said yet; the visitor hears it later
    return close(session)


def _start(session: Session, event: Started) -> None:
    """A first message, a deep link (a flow or an entry), or somebody who comes back."""
    if event.language and session.before.phase == "new" and event.language in session.content.languages:
        session.set_language(event.language)
    if event.payload and session.before.phase == "new" and session.content.is_partial(session.state.language):
        session.say("language_partly")  # without a deep link it stands below the welcome
    if session.before.phase == "new":
        session.effects.append(Count("started", event.payload))
    else:
        session.say("welcome_back")
        if session.before.phase == "stopped":
            session.state.phase = "talking"
    flow = session.content.flows.get(event.payload)
    if flow is not None:
        for fact, value in flow.given.items():
            session.answer(fact, session.content.plain_value(fact, value), by="link")
        return
    entry = session.content.knowledge.catalogue.resolve(event.payload) if event.payload else None
    if entry is not None:
        show_entry(session, entry)


def _while_coach_speaks(session: Session, event: Event) -> Turn:
    """The coach has the floor: only crisis texts, privacy commands and wiping are answered; the rest is passed on."""
    if isinstance(event, Said) and care.guard(session, event.text):
        return close(session)
    if isinstance(event, Said | Commanded | Pressed | Chose) and commanding.private(session, event):
        return close(session)
    session.quiet = True
    session.state = session.state.but(turn=session.before.turn + 1, fingerprint=session.before.fingerprint)
    if isinstance(event, Said | Pressed | Chose | Shared | SentOther | Commanded):
        session.effects.append(UpdateCase("wrote"))
    return close(session)


def _notice_changed_content(session: Session) -> None:
    """An editor changed something while this conversation was open: told once, and only when it matters to it.

    Other cards say so themselves, where they are shown.
    """
    move = moved(session.content, session.before, session.now, session.world)
    if move.asked or move.elsewhere:
        session.say("content_changed")


def _other(session: Session, kind: str) -> None:
    """Something we cannot read gets a kind answer, and for a voice message one button."""
    if kind == "voice":
        session.ask_own(
            "human", session.voice.phrase("voice"), [session.option("!call_me", "b_call_me_yes", "choice")],
            fact=session.before.shown.fact if session.before.shown else "", step=session.step_on_screen(),
        )  # fmt: skip
        return
    phrase = {
        "photo": "other_photo", "document": "other_photo", "video": "other_photo", "sticker": "other_sticker",
        "contact_of_other": "other_contact",
    }.get(kind, "other_thing")  # fmt: skip
    session.say(phrase)


def _coach_answered(session: Session, event: CoachAnswered) -> None:
    """The intake sheet: an answer of the coach counts like the visitor's, and the match is made again."""
    if event.value is None:
        session.forget(event.fact)
    elif event.fact in session.content.knowledge.facts:
        value = tuple(event.value) if isinstance(event.value, list) else event.value
        if session.content.knowledge.facts[event.fact].kind == "choices" and isinstance(value, str):
            value = (value,)  # one button of a question that may have several answers
        session.answer(event.fact, value, by="coach")
    session.quiet = session.world.speaker != "bot"


def _speaker_changed(session: Session, event: SpeakerChanged) -> None:
    """Who speaks is storage's to decide; the visitor hears it, and after a hand-back the desk goes on."""
    if event.text:
        session.said.append(Message(event.text, "system"))
    if event.to != "bot":
        session.wait = True
        session.only_said = True
        return
    for key, done in list(session.state.done.items()):
        if isinstance(done, dict) and "opened" in done and key.startswith("!"):
            session.unmark(key)  # *coach* and *bel mij* may be used again
    flow = session.content.flows.get(event.flow)
    if flow is not None:
        for fact, value in flow.given.items():
            session.answer(fact, session.content.plain_value(fact, value), by="coach")


def _time_passed(session: Session, key: str) -> None:
    """A reminder of ours came due. Never after *stop*, and never while a coach speaks."""
    entry_id = key.removeprefix("opens:")
    step = session.content.steps.get(key)
    if key.startswith("opens:") and (entry := session.content.knowledge.catalogue.resolve(entry_id)) is not None:
        show_entry(session, entry)
        session.wait = True
    elif isinstance(step, RemindStep) and session.before.phase == "talking":
        session.lead.append(session.voice.flow_text(f"flow.{key}", step.text))
    else:
        session.quiet = True
