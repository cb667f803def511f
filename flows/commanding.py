"""What each command does. All of them work at any point of a conversation."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from flows import deskquestions, knowing
from flows.answers import Answered, read_answer
from flows.cards import card_message
from flows.commands import COMMANDS, PRIVATE, find_command, language_named
from flows.correcting import take
from flows.draft import Draft
from flows.effects import Count, ShowMyData, UpdateCase
from flows.events import Chose, Commanded, Event, Pressed, Said
from flows.handover import waiting_line
from flows.state import State
from flows.walk import CALL, COACH, candidates

if TYPE_CHECKING:
    from flows.session import Session

KNOWN = frozenset({*COMMANDS, "why_not", "start"})
MORE = 3  # further cards shown at a time


def command(session: Session, name: str, argument: str) -> None:
    """Carry out a command by its English id; an unknown one is answered with help."""
    session.effects.append(Count("command", name if name in KNOWN else "unknown"))
    if session.state.phase == "stopped" and name not in PRIVATE:
        session.state = session.state.but(phase="talking")
    keeps = ("dont_know", "declined")  # these answer what stands on the screen
    if session.state.pending is not None and name not in keeps:
        session.state = session.state.but(pending=None)
    _DO.get(name, _help)(session, argument)


def private(session: Session, event: Event) -> bool:
    """Commands about one's own data, answered whoever is speaking. False when the event is something else."""
    pending = session.state.pending
    if isinstance(event, Commanded) and event.name in PRIVATE:
        command(session, event.name, event.argument)
    elif isinstance(event, Said) and (found := find_command(event.text)) and found[0] in PRIVATE:
        command(session, found[0], found[1])
    elif pending is not None and pending["kind"] == "erase" and isinstance(event, Pressed | Chose | Said):
        from flows import pressing

        if isinstance(event, Pressed):
            pressing.press(session, event.turn, event.option)
        elif isinstance(event, Chose):
            deskquestions.answer(session, event.ids[0], event.ids)
        elif not deskquestions.answer_words(session, event.text):
            session.state = session.state.but(pending=None)
            return False
    else:
        return False
    session.wait = True
    return True


def _back(session: Session, _: str) -> None:
    """Undo the latest answer or decision. Answers volunteered in one message go back together."""
    if session.before.pending is not None and session.before.pending["kind"] in deskquestions.LEAVABLE:
        return  # leaving the desk's own question is the step back
    for key in (CALL, COACH):
        done = session.state.done.get(key)
        if isinstance(done, dict) and "opened" not in done:
            session.unmark(key)
            return
    latest_answer = max((a.turn for f, a in session.state.answers.items() if a.by != "coach"), default=0)
    decisions = {
        key: int(done["turn"])
        for key, done in session.state.done.items()
        if isinstance(done, dict) and "answer" in done and f"{key}!" not in session.state.done
    }
    latest_decision = max(decisions.values(), default=0)
    if not latest_answer and not latest_decision:
        session.say("nothing_back")
        return
    if session.state.phase == "finished":
        session.state = session.state.but(phase="talking")
    if latest_decision >= latest_answer:
        session.unmark(*(key for key, turn in decisions.items() if turn == latest_decision))
        return
    opened = [d["opened"] for d in session.state.done.values() if isinstance(d, dict) and "opened" in d]
    if opened and max(opened) >= latest_answer:
        session.say("back_handed_over")
        return
    session.forget(*(fact for fact, answer in session.state.answers.items() if answer.turn == latest_answer))


def _change(session: Session, argument: str) -> None:
    fact = deskquestions.fact_named(session, argument) if argument else ""
    if fact:
        deskquestions.ask_again(session, fact)
    else:
        if argument:
            session.say("change_unknown")
        deskquestions.ask_which_to_change(session)


def _overview(session: Session, _: str) -> None:
    """Everything known, with where it can be changed."""
    voice = session.voice
    facts = session.content.knowledge.facts
    lines = [
        f"- {voice.name(fact)}: {voice.value(fact, answer.value, answer.status)}"
        for fact, answer in session.state.answers.items()
        if fact in facts
    ]
    if not lines:
        session.say("overview_nothing")
        return
    session.lead.append("\n".join([voice.phrase("overview"), *lines]))
    session.say("overview_change")


def _why(session: Session, _: str) -> None:
    """Why this question is asked and what depends on it; after cards, why the first one is shown."""
    shown = session.before.shown
    if shown is None:
        session.say("why_nothing")
    elif shown.fact:
        session.lead.append(session.voice.why(shown.fact) or session.voice.phrase("why_nothing"))
        profile = session.content.profile(session.state.answers, session.today)
        depending = session.content.knowledge.matcher.depends_on(shown.fact, profile, session.now)[:3]
        names = [entry.text("name", session.state.language) for entry in depending]
        if names and session.content.knowledge.facts[shown.fact].cls not in ("special",):
            session.say("why_depends", entries=", ".join(names))
    elif session.state.advice:
        knowing.card_action(session, f"!why:{session.state.advice[0]}")
    else:
        session.say("why_nothing")


def _why_not(session: Session, argument: str) -> None:
    knowing.why_not(session, argument)


def _restart(session: Session, _: str) -> None:
    """A new conversation of the same person: nothing of the old one is read any more."""
    opened = {key: done for key, done in session.state.done.items() if isinstance(done, dict) and "opened" in done}
    fresh = State(
        language=session.state.language,
        turn=session.state.turn,
        fingerprint=session.state.fingerprint,
        older=session.before.older,
        done=opened if session.world.case else {},
    )
    session.state = Draft(fresh)
    session.effects.append(Count("restarted"))
    session.say("restarted")


def _stop(session: Session, _: str) -> None:
    session.state = session.state.but(phase="stopped")
    session.effects.append(Count("stopped"))
    session.say("stopped")
    session.wait = True
    session.only_said = True


def _coach(session: Session, _: str) -> None:
    _human(session, COACH)


def _call_me(session: Session, number: str) -> None:
    """ "bel me maar op 06 …": the number is an answer to what is asked next."""
    outcome = read_answer(number, session.content.asking("phone", session.today)) if number else None
    if isinstance(outcome, Answered):
        session.answer("phone", outcome.value)
    _human(session, CALL)


def _human(session: Session, key: str) -> None:
    """Asks for contact details next, unless a coach already has this conversation."""
    opened = [d for d in session.state.done.values() if isinstance(d, dict) and "opened" in d]
    if session.world.case or (opened and session.world.speaker != "bot"):
        session.effects.append(UpdateCase("wrote", INTERRUPT_REASONS[key]))
        session.lead.append(waiting_line(session))
        return
    for old in (CALL, COACH):  # an earlier case is closed by now
        session.unmark(old, f"{old}.review")
    session.mark(key, {"turn": session.state.turn})
    if session.state.phase == "finished":
        session.state = session.state.but(phase="talking")


INTERRUPT_REASONS = {CALL: "Vraagt nog eens om gebeld te worden", COACH: "Vraagt nog eens om een coach"}


def _language(session: Session, argument: str) -> None:
    languages = session.content.languages
    if argument not in languages:
        argument = language_named(argument)
    if argument in languages:
        deskquestions.speak(session, argument)
        return
    deskquestions.ask_language(session)


def _privacy(session: Session, _: str) -> None:
    session.say("privacy")


def _my_data(session: Session, _: str) -> None:
    session.effects.append(ShowMyData())
    session.say("my_data")


def _erase(session: Session, _: str) -> None:
    options = [session.option("yes", "b_erase_yes", "choice"), session.option("no", "b_no", "choice")]
    session.ask_own("erase", session.voice.phrase("erase_sure"), options)


def _help(session: Session, _: str) -> None:
    session.say("help")


def _enough(session: Session, _: str) -> None:
    """No more questions within the advice that is being prepared."""
    walked = session.walk()
    if walked.pending is not None and walked.pending.advise:
        session.mark(f"enough:{walked.pending.advise}", session.state.turn)
        session.say("enough")
    elif walked.pending is not None and walked.pending.kind == "ask":
        _unanswered(session, "dont_know")


def _more(session: Session, _: str) -> None:
    """The next few cards behind the ones shown."""
    walked = session.walk()
    if walked.advised is None:
        session.say("no_more")
        return
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
    further = list(islice(found, seen, seen + MORE))
    if not further:
        session.say("no_more")
        return
    session.mark(f"more:{step.key}", seen + len(further))
    session.say("more_intro")
    session.said += [card_message(session.voice, match) for match in further]
    session.advice = tuple(further)


def _dont_know(session: Session, _: str) -> None:
    _unanswered(session, "dont_know")


def _declined(session: Session, _: str) -> None:
    _unanswered(session, "declined")


def _unanswered(session: Session, status: str) -> None:
    """ "Weet ik niet" and "zeg ik liever niet" are answers of their own; they never count as *no*."""
    shown = session.before.shown
    fact = shown.fact if shown else ""
    pending = session.state.pending
    if pending is not None:
        session.state = session.state.but(pending=None)
        if pending["kind"] not in ("reask", "which", deskquestions.TICKS):
            session.say("kept")
            return
        fact = str(pending["fact"])
    declared = session.content.knowledge.facts.get(fact)
    if declared is None:
        if shown is not None and shown.step in session.content.steps and "no" in shown.options:
            from flows import pressing

            pressing.decide(session, session.content.steps[shown.step], "no")
            return
        session.say("hint_buttons")
        return
    unsure = declared.choices.get("unsure") if declared.kind == "choice" and status == "dont_know" else None
    if unsure is not None:
        take(session, fact, "unsure")
    else:
        take(session, fact, None, status)


def _start(session: Session, argument: str) -> None:
    """/start: as opening the conversation anew; the position stays."""
    flow = session.content.flows.get(argument)
    if flow is not None:
        for fact, value in flow.given.items():
            session.answer(fact, session.content.plain_value(fact, value), by="link")
        return
    entry = session.content.knowledge.catalogue.resolve(argument) if argument else None
    if entry is not None:
        knowing.show_entry(session, entry)


_DO: dict[str, Callable[[Session, str], None]] = {
    "back": _back, "change": _change, "overview": _overview, "why": _why, "why_not": _why_not, "restart": _restart,
    "stop": _stop, "coach": _coach, "call_me": _call_me, "language": _language, "privacy": _privacy,
    "my_data": _my_data, "erase": _erase, "help": _help, "enough": _enough, "more": _more,
    "dont_know": _dont_know, "declined": _declined, "start": _start,
}  # fmt: skip
