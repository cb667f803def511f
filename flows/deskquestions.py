"""Questions the desk asks by itself: did you mean, which to change, shall I change it, what to leave out, wipe …

Each waits in `state.pending` with its `kind`. Anything that is not an answer to it passes it by: a visitor is never
locked in a side question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process

from flows import joining
from flows.answers import plain
from flows.answers.choice import _NO, _YES, value_of_option
from flows.correcting import capital, offer_change, take
from flows.draft import Draft
from flows.effects import Consent as ConsentEffect
from flows.effects import Erase, Message, Option, Subscribe
from flows.handover import NOT_PASSED_ON, facts_to_pass_on
from flows.model import Ask
from flows.questions import fact_question
from flows.state import State
from flows.voice import Voice
from flows.walk import CALL, COACH, CRISIS
from knowledge.languages import OWN_NAMES, language_of_script
from knowledge.problems import Place

if TYPE_CHECKING:
    from flows.session import Session

TICKS, DONE = "ticks", "!done"  # several choices being ticked (ticking.py), and the button that finishes
DONE_WORDS = frozenset(("klaar", "ik ben klaar", "klaar met kiezen", "dat was het", "dat is alles", "done", "ready"))
LEAVABLE = (
    "change_which",
    "change",
    "which",
    "leave_out",
    "language",
    "reask",
    TICKS,
    "question",
    "human",
    "subscribe",
    "erase",
)
_LABEL = 40  # characters of a button


def answer(session: Session, id: str, ids: tuple[str, ...] = ()) -> bool:
    """A button of the desk's own question. False when it is not one of its answers."""
    pending = session.state.pending
    if pending is None or pending["kind"] not in _ANSWERS:
        return False
    session.state = session.state.but(pending=None)
    if _ANSWERS[pending["kind"]](session, pending, id, ids or (id,)):
        return True
    session.state = session.state.but(pending=pending)
    return False


def answer_words(session: Session, text: str) -> bool:
    """The same in words: a label, its number, or yes and no."""
    pending, shown = session.state.pending, session.before.shown
    if pending is None or shown is None or pending["kind"] in ("reask", "question"):
        return False
    words = plain(text) or text.strip()
    if pending["kind"] == TICKS:  # any other text is read as the whole answer
        return words in DONE_WORDS and answer(session, DONE)
    options = [id for id in shown.options if not id.startswith("!")]
    if words.isdigit() and 0 < int(words) <= len(options):
        return answer(session, options[int(words) - 1])
    if {"yes", "no"} & set(options):
        if words in _YES:
            return answer(session, "yes")
        if words in _NO:
            return answer(session, "no")
    if pending["kind"] == "change_which" and words not in map(plain, pending["labels"].values()):
        named = fact_named(session, words)  # "uw situatie", without the answer behind it
        return named in session.state.answers and answer(session, named)
    if pending["kind"] == "human" and words in _YES:
        return answer(session, "!call_me")
    labels = {plain(label): id for id, label in pending.get("labels", {}).items()}
    if words in labels:
        return answer(session, labels[words])
    close = process.extract(words, labels, scorer=fuzz.ratio, score_cutoff=85, limit=2) if len(words) > 3 else []
    return len(close) == 1 and answer(session, labels[close[0][2]] if close[0][2] in labels else close[0][2])


# --- asking ----------------------------------------------------------------------------------------------------------


def ask_which(session: Session, fact: str, options: tuple[tuple[Any, str], ...], phrase: str, step: str = "") -> None:
    """ "Bedoelt u …?" or "Welke plaats?": the candidates as buttons. Values travel by their place in the list."""
    one = phrase == "did_you_mean" and len(options) == 1
    text = session.voice.phrase("did_you_mean_one", name=options[0][1]) if one else session.voice.phrase(phrase)
    if one:
        buttons = [session.option("0", "b_yes", "choice"), session.option("!none", "b_no", "choice")]
    else:
        buttons = [Option(str(number), label) for number, (_, label) in enumerate(options)]
        buttons.append(session.option("!none", "b_none_of_these", "choice"))
    session.ask_own(
        "which", text, buttons, fact=fact, step=step or session.step_on_screen(),
        values=[list(value) if isinstance(value, tuple) else value for value, _ in options],
        labels={str(number): label for number, (_, label) in enumerate(options)},
    )  # fmt: skip


def ask_which_to_change(session: Session, only: list[str] | None = None) -> None:
    """The answers given, as buttons, the latest first."""
    facts = session.content.knowledge.facts
    given = [fact for fact in reversed(session.state.answers) if fact in facts and (only is None or fact in only)]
    if not given:
        session.say("overview_nothing")
        return
    labels = {}
    for fact in given[:10]:
        held = session.state.answers[fact]
        label = f"{capital(session.voice.name(fact))}: {session.voice.value(fact, held.value, held.status)}"
        labels[fact] = label if len(label) <= _LABEL else label[: _LABEL - 1].rstrip() + "…"
    options = [Option(fact, label) for fact, label in labels.items()]
    session.ask_own("change_which", session.voice.phrase("change_which"), options, labels=labels)


def ask_again(session: Session, fact: str) -> None:
    """The question of one fact, although another one is pending."""
    step = session.content.askable.get(fact) or Ask(f"again.{fact}", Place("flows"), fact)
    question = fact_question(session, replace(step, opening=""))
    session.ask_own("reask", question.text, question.options, fact=fact, step=step.key)


def ask_what_to_leave_out(session: Session) -> None:
    passing = facts_to_pass_on(session)
    voice = session.voice
    labels = {
        fact: f"{capital(voice.name(fact))}: {voice.value(fact, value)}"[:_LABEL] for fact, value, _ in passing[:10]
    }
    if not labels:
        return
    options = [Option(fact, label) for fact, label in labels.items()]
    options.append(session.option("!done", "b_ready"))
    session.ask_own("leave_out", voice.phrase("leave_out_which"), options, labels=labels)


def ask_language(session: Session) -> None:
    """The languages by their own names; the answers given so far stay, whichever is chosen."""
    options = [Option(one, OWN_NAMES.get(one, one)) for one in session.content.languages]
    labels = {option.id: option.label for option in options}
    session.ask_own("language", session.voice.phrase("language_which"), options, labels=labels)


def offer_language_of(session: Session, words: str) -> bool:
    """Somebody writes in another script than the conversation: the language question, in that language and in Dutch.

    Only a question: Arabic letters also write Persian, and Cyrillic Russian.
    """
    language = language_of_script(words)
    if language in ("", session.state.language) or language not in session.content.languages:
        return False
    ask_language(session)
    if session.own is not None:
        _, fact, options = session.own
        session.own = (Voice(session.content, language).phrase("language_which"), fact, options)
    return True


def speak(session: Session, language: str) -> None:
    """Go on in a language, and be honest about it when only the most needed texts are translated."""
    session.set_language(language)
    session.say("language_set")
    if session.content.is_partial(language):
        session.say("language_partly")


def fact_named(session: Session, words: str) -> str:
    """The answered fact somebody names ('leeftijd', 'woonplaats'), or ''."""
    facts = session.content.knowledge.facts
    names = {}
    for fact in facts.values():
        if fact.id in session.state.answers or fact.id in session.content.askable:
            names[plain(fact.name.removeprefix("uw ").removeprefix("of "))] = fact.id
            names[plain(session.voice.name(fact.id))] = fact.id
            names[plain(fact.id.replace("_", " "))] = fact.id
    words = plain(words).removeprefix("mijn ").removeprefix("my ")
    if words in names:
        return names[words]
    close = process.extractOne(words, names.keys(), scorer=fuzz.WRatio, score_cutoff=80)
    return names[close[0]] if close else ""


# --- answers to them -------------------------------------------------------------------------------------------------


def _which(session: Session, pending: dict[str, Any], id: str, ids: tuple[str, ...]) -> bool:
    if id == "!none":
        ask_again(session, pending["fact"])
        return True
    if not id.isdigit() or int(id) >= len(pending["values"]):
        return False
    value = pending["values"][int(id)]
    take(session, pending["fact"], tuple(value) if isinstance(value, list) else value)
    return True


def _change(session: Session, pending: dict[str, Any], id: str, ids: tuple[str, ...]) -> bool:
    if id == "yes":
        value = tuple(pending["value"]) if isinstance(pending["value"], list) else pending["value"]
        session.answer(pending["fact"], value, status=pending["status"])
        session.say("changed", facts=session.voice.value(pending["fact"], value, pending["status"]))
    elif id == "no":
        session.say("kept")
    else:
        return False
    if pending.get("then"):
        (fact, value), *rest = pending["then"]
        offer_change(session, fact, tuple(value) if isinstance(value, list) else value, then=rest)
    return True


def _change_which(session: Session, pending: dict[str, Any], id: str, ids: tuple[str, ...]) -> bool:
    if id not in session.state.answers:
        return False
    ask_again(session, id)
    return True


def _reask(session: Session, pending: dict[str, Any], id: str, ids: tuple[str, ...]) -> bool:
    if id.startswith("!"):
        return False
    fact = session.content.knowledge.facts[pending["fact"]]
    take(session, fact.id, value_of_option(fact, id if len(ids) == 1 else ids))
    return True


def _ticks(session: Session, pending: dict[str, Any], id: str, ids: tuple[str, ...]) -> bool:
    """*Klaar*, or all choices at once as a form sends them."""
    chosen = tuple(pending["ids"]) if id == DONE else ids
    if not chosen or any(one.startswith("!") for one in chosen):
        return False
    fact = session.content.knowledge.facts[pending["fact"]]
    take(session, fact.id, value_of_option(fact, chosen))
    return True


def _leave_out(session: Session, pending: dict[str, Any], id: str, ids: tuple[str, ...]) -> bool:
    if id == "!done":
        return True
    if id not in session.state.answers or id in NOT_PASSED_ON:
        return False
    session.mark("!left_out", [*session.state.done.get("!left_out", []), id])
    session.say("left_out", fact=session.voice.name(id))
    return True


def _language(session: Session, pending: dict[str, Any], id: str, ids: tuple[str, ...]) -> bool:
    if id not in session.content.languages:
        return False
    speak(session, id)
    return True


def _erase(session: Session, pending: dict[str, Any], id: str, ids: tuple[str, ...]) -> bool:
    if id == "yes":
        session.effects.append(Erase())
        session.state = Draft(State(language=session.state.language, turn=session.state.turn))
        session.said.append(Message(session.voice.phrase("erased"), "system"))
        session.wait = session.only_said = True
    elif id == "no":
        session.say("kept")
    return id in ("yes", "no")


def _human(session: Session, pending: dict[str, Any], id: str, ids: tuple[str, ...]) -> bool:
    """The offer after not understanding, a voice message or a crisis text."""
    if id in ("yes", "!call_me"):
        for old in (CALL, COACH, CRISIS):
            session.unmark(old, f"{old}.review")
        session.mark(CRISIS if pending.get("crisis") else CALL, {"turn": session.state.turn})
    elif id == "no":
        session.state = session.state.but(misses=0)
    return id in ("yes", "no", "!call_me")


def _subscribe(session: Session, pending: dict[str, Any], id: str, ids: tuple[str, ...]) -> bool:
    if id == "yes":
        name = session.content.knowledge.catalogue[pending["entry"]].text("name", session.state.language)
        session.effects += [
            ConsentEffect(f"opens:{pending['entry']}", True, session.content.fingerprint),
            Subscribe(pending["entry"]),
        ]
        session.say("subscribed", name=name)
    elif id == "no":
        session.say("not_subscribed")
    return id in ("yes", "no")


_ANSWERS: dict[str, Callable[[Any, dict[str, Any], str, tuple[str, ...]], bool]] = {
    "which": _which, "change": _change, "change_which": _change_which, "reask": _reask, TICKS: _ticks,
    "leave_out": _leave_out,
    "language": _language, "erase": _erase, "human": _human, "subscribe": _subscribe, "join": joining.decided,
}  # fmt: skip
