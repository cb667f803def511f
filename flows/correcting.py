"""An answer that was given before, given otherwise: what it changes is told first, and nothing is done yet."""

from __future__ import annotations

from typing import Any

from flows.session import Session
from flows.state import Answer
from flows.walk import Walk


def take(session: Session, fact: str, value: Any, status: str = "given") -> None:
    """An answer to a question on the screen. When it corrects an earlier one and that has a consequence, the
    consequence is told first and nothing is changed yet."""
    held = session.state.answers.get(fact)
    if held is None:
        session.answer(fact, value, status=status)
    elif (held.status, held.value) == (status, value):
        session.say("kept")
    elif matters(session, fact, value, status):
        offer_change(session, fact, value, status)
    else:
        session.answer(fact, value, status=status)
        session.say("changed", facts=session.voice.value(fact, value, status))


def offer_change(session: Session, fact: str, value: Any, status: str = "given", then: list[Any] | None = None) -> None:
    """A correction is told with its consequence before it is done. `then`: further (fact, value) to offer after it."""
    voice, old = session.voice, session.state.answers.get(fact)
    new_words = voice.value(fact, value, status)
    if old is None:
        text = voice.phrase("change_offer_new", fact=capital(voice.name(fact)), new=new_words)
    else:
        old_words = voice.value(fact, old.value, old.status)
        text = voice.phrase("change_offer", fact=capital(voice.name(fact)), old=old_words, new=new_words)
    text = f"{text} {consequence(session, fact, value, status) or voice.phrase('effect_same')}"
    options = [session.option("yes", "b_change_yes", "choice"), session.option("no", "b_keep", "choice")]
    session.ask_own(
        "change", text, options, fact=fact, status=status, value=list(value) if isinstance(value, tuple) else value,
        then=[[one, list(other) if isinstance(other, tuple) else other] for one, other in then or ()],
    )  # fmt: skip


def matters(session: Session, fact: str, value: Any, status: str = "given") -> bool:
    """Whether a correction changes more than the answer itself, so that it must be told before it is done."""
    return session.state.advice is not None or bool(consequence(session, fact, value, status))


def loses(session: Session, fact: str, value: Any, status: str = "given") -> bool:
    """Whether a correction touches what was given or told before it: other answers, or advice that was shown."""
    now = session.walk()
    after = session.walk(session.state.freeze().with_answer(fact, Answer(status, value)))
    return session.state.advice is not None or _parked(session, fact, now, after) > 0


def consequence(session: Session, fact: str, value: Any, status: str) -> str:
    """One line: how the advice changes, how many answers no longer apply, or that other questions come; '' if none."""
    voice, now = session.voice, session.walk()
    after = session.walk(session.state.freeze().with_answer(fact, Answer(status, value)))
    if session.state.advice is not None:
        if after.advice is not None:
            gone = len(set(session.state.advice) - set(after.advice))
            new = len(set(after.advice) - set(session.state.advice))
            if not gone and not new:
                return voice.phrase("effect_none")
            number = "_1_1" if gone == new == 1 else "_1_n" if gone == 1 else "_n_1" if new == 1 else ""
            return voice.phrase(f"effect_advice{number}", gone=str(gone), new=str(new))
        return voice.phrase("effect_other")
    parked = _parked(session, fact, now, after)
    if parked:
        return voice.phrase("effect_questions" if parked > 1 else "effect_question", gone=str(parked))
    if _stands_at(after) != _stands_at(now):
        return voice.phrase("effect_next")
    return ""


def _parked(session: Session, but: str, now: Walk, after: Walk) -> int:
    """How many answers no longer apply in `after`; they are kept, and come back when they apply again."""
    return sum(
        one != but
        and one in session.content.knowledge.facts
        and after.profile.state_of(one) == "not_applicable"
        and now.profile.state_of(one) != "not_applicable"
        for one in session.state.answers
    )


def _stands_at(walked: Walk) -> tuple[str, str]:
    """What a walk asks, comparable."""
    return (walked.pending.fact or walked.pending.key, walked.pending.kind) if walked.pending is not None else ("", "")


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
