"""The wording and buttons of what is pending: a fact, an offer, a consent, a review, the rating."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from flows.effects import Option
from flows.handover import facts_to_pass_on
from flows.model import Ask
from flows.voice import Voice
from flows.walk import Pending, candidates
from knowledge.facts import Fact

if TYPE_CHECKING:
    from flows.session import Session

CONTACT_KINDS = ("phone", "email")


@dataclass(slots=True)
class Question:
    text: str
    options: list[Option]
    expects: str = ""
    multiple: bool = False
    above: list[str] = field(default_factory=list)


def question_of(session: Session, pending: Pending) -> Question:
    """What to ask now, marked as asked where wording differs the second time."""
    return _MAKE[pending.kind](session, pending)


def fact_question(session: Session, step: Ask, *, everything: bool = False) -> Question:
    """A fact with its choices and one row below them."""
    voice, fact = session.voice, session.content.knowledge.facts[step.fact]
    opening_key = f"{step.key}!opening"
    first = bool(step.opening) and opening_key not in session.state.done
    if first:
        session.mark(opening_key, session.state.turn)
    key = (voice.language, step.key, step.fact, first, everything)
    worded = session.content.said.get(key)
    if worded is None:
        worded = session.content.said[key] = _worded(voice, step, first=first, everything=everything)
    text, options = worded
    return Question(text, [*options, *_row(session, fact, first=first)], fact.kind, fact.kind == "choices")


def _worded(voice: Voice, step: Ask, *, first: bool, everything: bool) -> tuple[str, tuple[Option, ...]]:
    """The question and its choices, which are the same for everybody."""
    fact = voice.facts[step.fact]
    options = [Option(one, label) for one, label in voice.labels(step, everything=everything)]
    if voice.has_more(step) and not everything:
        label = voice.flow_text(f"flow.{step.key}.more", step.more) if step.more else voice.phrase("b_other")
        options.append(Option("!other", label))
    text = voice.question(step, first=first)
    if first and voice.content.is_partial(voice.language):
        text = f"{text}\n{voice.phrase('language_partly')}"
    hint = voice.hint(step)
    if hint and (not options or fact.kind in ("place", "code")):
        text = f"{text} {hint}"
    if fact.kind == "choices":
        text = f"{text} {voice.phrase('several')}"
    return text, tuple(options)


def _row(session: Session, fact: Fact, *, first: bool) -> tuple[Option, ...]:
    """The row below the choices, of which there are a handful per fact."""
    wrong, terminal = bool(session.volunteered) and not first, session.world.channel == "terminal"
    key = ("row", session.voice.language, fact.id, first, wrong, terminal)
    row: tuple[Option, ...] | None = session.content.said.get(key)
    if row is None:
        row = session.content.said[key] = tuple(_made_row(session, fact, first=first, wrong=wrong, terminal=terminal))
    return row


def _made_row(session: Session, fact: Fact, *, first: bool, wrong: bool, terminal: bool) -> list[Option]:
    if first:
        row = [session.option("!language", "b_language"), session.option("!privacy", "b_privacy")]
    elif fact.kind in CONTACT_KINDS:
        row = [session.option("!chat", "b_chat")] if not terminal else []
        if fact.kind == "phone":
            row.append(session.option("!mail", "b_mail"))
    elif fact.id in ("name", "part_of_day"):
        row = [session.option("!declined", "b_declined")] if fact.id == "name" else []
    else:
        sensitive = fact.cls in ("sensitive", "special")
        row = [
            session.option("!declined", "b_declined") if sensitive else session.option("!dont_know", "b_dont_know"),
            session.option("!call_me", "b_call_me"),
        ]
    if wrong:
        row.insert(0, session.option("!wrong", "b_wrong"))
    return row


def _fact(session: Session, pending: Pending) -> Question:
    question = fact_question(session, pending.step)
    if pending.advise:  # nobody expects this one: say that it can be explained
        question.text = f"{question.text} {session.voice.phrase('hint_why')}"
    if pending.handoff and f"{pending.handoff}.review" not in session.state.done:
        session.mark(f"{pending.handoff}.review", session.state.turn)
        passing = facts_to_pass_on(session)
        if passing:
            question.above.append(session.voice.phrase("pass_on", facts=session.voice.listed(passing)))
            question.options.append(session.option("!leave_out", "b_leave_out"))
    elif pending.handoff and facts_to_pass_on(session):
        question.options.append(session.option("!leave_out", "b_leave_out"))
    return question


def _offer(session: Session, pending: Pending) -> Question:
    step, voice = pending.step, session.voice
    coach = step.what == "coach"
    text = voice.flow_text(f"flow.{step.key}.text", step.text) if step.text else voice.phrase("offer_coach")
    if not coach:
        return Question(text, [session.option("yes", "b_yes", "choice"), session.option("no", "b_no", "choice")])
    options = [
        session.option("yes", "b_call_me_yes", "choice"),
        session.option("!question", "b_question", "choice"),
        session.option("!more", "b_more", "choice"),
        session.option("no", "b_no", "choice"),
    ]
    if session.state.advice is not None and not more_left(session):
        options = [option for option in options if option.id != "!more"]
    return Question(text, options)


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
    text = session.voice.flow_text(f"flow.{pending.step.key}.text", pending.step.text)
    return Question(text, [session.option("yes", "b_yes", "choice"), session.option("no", "b_no", "choice")])


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
    return Question(text, [*options, session.option("no", "b_no", "choice")])


def _answer(session: Session, pending: Pending) -> Question:
    text = session.voice.flow_text(f"flow.{pending.step.key}", pending.step.text)
    return Question(text, [session.option("!call_me", "b_call_me")])


def _rating(session: Session, pending: Pending) -> Question:
    step = session.content.askable.get("rating") or Ask(pending.key, pending.step.place, "rating")
    options = [Option(one, label) for one, label in session.voice.labels(step)]
    return Question(session.voice.question(step), options, "choice")


_MAKE = {"ask": _fact, "offer": _offer, "consent": _consent, "review": _review, "answer": _answer, "rating": _rating}
