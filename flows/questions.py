"""The wording and buttons of what is pending: a fact, an offer, a consent, a review, the rating.

Each question is a message as it stands alone; what stands above it is put there by asking.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from flows.effects import Message, Option
from flows.handover import facts_to_pass_on
from flows.model import Ask
from flows.voice import Voice
from flows.walk import Pending, candidates
from knowledge.facts import Fact

if TYPE_CHECKING:
    from flows.session import Session

CONTACT_KINDS = ("phone", "email")
Question = tuple[Message, Sequence[str]]  # what is asked, and lines to say above it


def question_of(session: Session, pending: Pending) -> Question:
    """What to ask now, marked as asked where wording differs the second time."""
    return _MAKE[pending.kind](session, pending)


def fact_question(session: Session, step: Ask, *, everything: bool = False) -> Message:
    """A fact with its choices and one row below them: the same for everybody, so worded once for a voice."""
    voice, first, wrong = session.voice, False, bool(session.volunteered)
    if step.opening and f"{step.key}!opening" not in session.state.done:
        session.mark(f"{step.key}!opening", session.state.turn)
        first = True
    key = (step.key, step.fact, first, everything, wrong)
    worded = voice.worded.get(key)
    if worded is None:
        worded = voice.worded[key] = _worded(voice, step, first=first, everything=everything, wrong=wrong)
    return worded


def _worded(voice: Voice, step: Ask, *, first: bool, everything: bool, wrong: bool) -> Message:
    fact = voice.facts[step.fact]
    options = [Option(one, label) for one, label in voice.labels(step, everything=everything)]
    if voice.has_more(step) and not everything:
        label = voice.flow_text(f"flow.{step.key}.more", step.more) if step.more else voice.phrase("b_other")
        options.append(Option("!other", label))
    text = voice.question(step, first=first)
    if first and voice.partial:
        text = f"{text}\n{voice.phrase('language_partly')}"
    hint = voice.hint(step)
    if hint and (not options or fact.kind in ("place", "code")):
        text = f"{text} {hint}"
    several = fact.kind == "choices"
    if several:
        text = f"{text} {voice.phrase('several')}"
    options += _row(voice, fact, first=first, wrong=wrong)
    return _asked(voice, text, options, fact.id, fact.kind, multiple=several)


def _asked(
    voice: Voice, text: str, options: Sequence[Option], fact: str = "", expects: str = "", *, multiple: bool = False
) -> Message:
    return Message(
        text, "question", options=tuple(options), fact=fact, expects=expects, multiple=multiple, language=voice.language
    )


def _row(voice: Voice, fact: Fact, *, first: bool, wrong: bool) -> list[Option]:
    """The row below the choices."""
    if first:
        return [voice.option("!language", "b_language"), voice.option("!privacy", "b_privacy")]
    if fact.kind in CONTACT_KINDS:
        row = [voice.option("!chat", "b_chat")] if voice.channel != "terminal" else []
        if fact.kind == "phone":
            row.append(voice.option("!mail", "b_mail"))
    elif fact.id in ("name", "part_of_day"):
        row = [voice.option("!declined", "b_declined")] if fact.id == "name" else []
    else:
        sensitive = fact.cls in ("sensitive", "special")
        row = [
            voice.option("!declined", "b_declined") if sensitive else voice.option("!dont_know", "b_dont_know"),
            voice.option("!call_me", "b_call_me"),
        ]
    return [voice.option("!wrong", "b_wrong"), *row] if wrong else row


def _fact(session: Session, pending: Pending) -> Question:
    message = fact_question(session, pending.step)
    if pending.advise:  # nobody expects this one: say that it can be explained
        message = replace(message, text=f"{message.text} {session.voice.phrase('hint_why')}")
    return _before_hand_over(session, pending.handoff, message) if pending.handoff else (message, ())


def _before_hand_over(session: Session, handoff: str, message: Message) -> Question:
    """A question on the way to a coach: what goes along is said once, and can be left out with every question."""
    above: list[str] = []
    passing, review = facts_to_pass_on(session), f"{handoff}.review"
    if passing:
        message = replace(message, options=(*message.options, session.option("!leave_out", "b_leave_out")))
    if review not in session.state.done:
        session.mark(review, session.state.turn)
        if passing:
            above.append(session.voice.phrase("pass_on", facts=session.voice.listed(passing)))
    return message, above


def _offer(session: Session, pending: Pending) -> Question:
    step, voice = pending.step, session.voice
    coach = step.what == "coach"
    text = voice.flow_text(f"flow.{step.key}.text", step.text) if step.text else voice.phrase("offer_coach")
    if not coach:
        return _yes_or_no(session, text)
    options = [
        session.option("yes", "b_call_me_yes", "choice"),
        session.option("!question", "b_question", "choice"),
        session.option("!more", "b_more", "choice"),
        session.option("no", "b_no", "choice"),
    ]
    if session.state.advice is not None and not more_left(session):
        options = [option for option in options if option.id != "!more"]
    return _asked(voice, text, options), ()


def _yes_or_no(session: Session, text: str) -> Question:
    options = [session.option("yes", "b_yes", "choice"), session.option("no", "b_no", "choice")]
    return _asked(session.voice, text, options), ()


def more_left(session: Session) -> bool:
    """Whether *meer* would show anything."""
    walked = session.walk()
    if walked.advised is None:
        return False
    step = walked.advised.step
    seen = int(session.state.done.get(f"more:{step.key}", step.show))
    found = candidates(
        session.content.knowledge.matcher,
        walked.profile,
        session.now,
        step.kinds,
        session.world.budgets,
        step.show,
    )
    return next(islice(found, seen, None), None) is not None


def _consent(session: Session, pending: Pending) -> Question:
    return _yes_or_no(session, session.voice.flow_text(f"flow.{pending.step.key}.text", pending.step.text))


def _review(session: Session, pending: Pending) -> Question:
    passing = facts_to_pass_on(session)
    voice = session.voice
    text = voice.phrase("review", facts=voice.listed(passing)) if passing else voice.phrase("review_nothing")
    options = [session.option("yes", "b_pass_on", "choice")]
    if passing:
        options += [
            session.option("!leave_out", "b_leave_out", "choice"),
            session.option("!change", "b_change", "choice"),
        ]
    return _asked(voice, text, [*options, session.option("no", "b_no", "choice")]), ()


def _answer(session: Session, pending: Pending) -> Question:
    text = session.voice.flow_text(f"flow.{pending.step.key}", pending.step.text)
    return _asked(session.voice, text, [session.option("!call_me", "b_call_me")]), ()


def _rating(session: Session, pending: Pending) -> Question:
    voice = session.voice
    step = session.content.askable.get("rating") or Ask(pending.key, pending.step.place, "rating")
    options = [Option(one, label) for one, label in voice.labels(step)]
    return _asked(voice, voice.question(step), options, pending.fact, "choice"), ()


_MAKE = {"ask": _fact, "offer": _offer, "consent": _consent, "review": _review, "answer": _answer, "rating": _rating}
