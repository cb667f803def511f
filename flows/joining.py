"""Meetings that an editor planned: when and where on the card, and a sign-up with consent.

An event is an entry of kind `event`; `facts: {starts: 2027-01-14 15:00, location: Rotterdam, places: 20}` plans it.
How many places are left is counted in storage and comes with the world.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.effects import Consent, SignUp, Wish
from flows.voice import Voice
from knowledge.explain import said_day

if TYPE_CHECKING:
    from flows.session import Session
    from flows.world import EventPlan
    from knowledge.entries import Entry


def starts(entry: Entry) -> datetime | None:
    """When a planned meeting begins, Dutch wall clock; None when no date stands in the entry."""
    written = str(entry.facts.get("starts", ""))
    try:
        return datetime.fromisoformat(written) if written else None
    except ValueError:
        return None  # `check` reported it


def when_and_where(voice: Voice, entry: Entry) -> str:
    """'Donderdag 14 januari 2027 om 15.00 uur in Rotterdam.'; '' for what is no planned meeting."""
    begins = starts(entry) if entry.kind == "event" else None
    if begins is None:
        return ""
    when = f"{said_day(begins.date(), voice.language)} {'om' if voice.language == 'nl' else 'at'} {begins:%H.%M}"
    where = str(entry.facts.get("location", ""))
    name = "event_when" if where else "event_where_later"
    return voice.phrase(name, when=when[:1].upper() + when[1:], where=where)


def plan_of(session: Session, entry: Entry) -> EventPlan | None:
    """The places that are counted for this entry."""
    return next((plan for plan in session.world.events if plan.id == entry.id), None)


def offer_place(session: Session, entry: Entry) -> None:
    """*Meedoen*: asks permission, unless the meeting is full or nobody counts its places."""
    plan = plan_of(session, entry)
    if plan is None:
        session.say("join_unknown")
    elif plan.left == 0:
        session.say("event_full")
        session.effects.append(Wish(entry.id))
    else:
        name = entry.text("name", session.state.language)
        text = session.voice.phrase("join_sure", name=name)
        if plan.left is not None:
            text = f"{session.voice.phrase('event_left', left=str(plan.left))} {text}"
        options = [session.option("yes", "b_yes", "choice"), session.option("no", "b_no", "choice")]
        session.ask_own("join", text, options, entry=entry.id)


def decided(session: Session, pending: dict[str, Any], id: str, ids: tuple[str, ...]) -> bool:
    """Yes or no to the sign-up. The last place may have gone meanwhile: then that is said."""
    if id == "no":
        session.say("not_joined")
    if id != "yes":
        return id == "no"
    entry = session.content.knowledge.catalogue.resolve(pending["entry"])
    plan = plan_of(session, entry) if entry is not None else None
    if entry is None or plan is None:
        session.say("join_unknown")
    elif plan.left == 0:
        session.say("event_full")
        session.effects.append(Wish(entry.id))
    else:
        session.effects += [Consent(f"event:{entry.id}", True, session.content.fingerprint), SignUp(entry.id)]
        name = entry.text("name", session.state.language)
        session.say("joined", name=name, when=when_and_where(session.voice, entry))
    return True
