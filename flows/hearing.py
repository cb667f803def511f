"""Reading what somebody typed, in a fixed order: numbers that are never kept, crisis, command, label or number, the
kind's own parser, synonym or typing error, other facts in the text, a question to the knowledge, and only then
"dat begrijp ik niet" with a hint. Twice in a row offers a human; three times hands over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows import asked as in_passing
from flows import commanding, deskquestions, greeting, knowing, midway, overheard, pressing
from flows.answering import asked_fact, leading_label, number_of_option, parse
from flows.answers import Answered, Doubt, Outcome, Unread, looks_like_question, plain, read_answer
from flows.answers.choice import _NO, _YES
from flows.care import cared_for, guard, redacted
from flows.commands import find_command
from flows.correcting import take
from flows.ear import Ear
from flows.lost import is_stuck, not_understood, offer_human
from flows.model import Answer as AnswerStep
from flows.model import Consent, Offer, Review
from flows.understood import Heard, listen
from flows.volunteered import corrected, take_along
from knowledge.geography_spots import Ambiguous, Found

if TYPE_CHECKING:
    from flows.session import Session

SURE = 0.9  # score from which a question is answered although facts were read from the same text
SHORT = 2  # words
LIKELY = 0.6  # the same for a question that speaks of nobody
BESIDE_WORK = 0.8  # the same for a question in which nothing is about work or learning
SURELY_NAMED = 0.75  # the same for a text that asks nothing
NAMED = 0.7  # and for a few words that are no question
_FIRST_PERSON = re.compile(r"\b(ik|mij|mijn|m'n|me|wij|we|ons|onze|i|my|our)\b", re.IGNORECASE)
# Facts that only a visitor who speaks of himself tells.
_PERSONAL = frozenset(("situation", "company_size", "age", "education", "occupation", "wanted_occupation", "course"))
# The same in a text that asks nothing: "statushouder arnhem wil werken in bouw" never says "ik".
_TOLD = _PERSONAL | {
    "wanted_sector", "residence", "goal", "benefit", "employer_goal", "school_goal", "unemployed_for", "shift_work",
    "initiative",
}  # fmt: skip
# Whoever asks what something costs, speaks of that and not yet of himself.
_PRICE = re.compile(r"\b(hoe duur|prijs|prijzen|wat kost|how much|price)\b", re.IGNORECASE)
WHAT_IT_COSTS = "Wat kost een opleiding?"  # no price of one course is known for certain, how to get to know it is
_WISH = re.compile(r"\b(wil|willen|zoek|graag|zou|want|worden|halen)\b", re.IGNORECASE)
_LEARNING = frozenset(("course", "occupation", "wanted_occupation"))
FEW_WORDS = 5  # more than this is a sentence about something, not the name of a flow
LONGEST = 1500  # characters: beyond this we ask for fewer words
_UNREAD = Unread("not_understood")
# Kinds that are answered by the whole text: no other facts are looked for in it.
WHOLE = ("text", "phone", "email", "choice", "choices", "yes_no")


def hear(session: Session, text: str) -> None:
    """Read one text."""
    if guard(session, text):
        return
    text = redacted(session, text)
    words = text.strip()
    if not Ear.of(session.content).hears(words) and _answers(session, words):
        return
    words = greeting.said_by_sign(words)
    if not words:
        session.say("empty")
        return
    if midway.instead_of_an_answer(session, words):
        return
    command = find_command(words)
    if command is not None:
        commanding.command(session, *command)
        return
    said = plain(words)
    if greeting.greeted(session, words):
        return
    if is_stuck(said) and len(words.split()) <= 9:
        offer_human(session)
        return
    if len(words) > LONGEST:
        session.say("too_long")
        return
    if session.before.phase == "stopped":
        session.state = session.state.but(phase="talking")
    if session.state.pending is not None and deskquestions.answer_words(session, words):
        return
    if _opens_flow(session, words, said) or _answers_screen(session, words):
        return
    _read(session, words)


def _answers(session: Session, words: str) -> bool:
    """A text in which nothing else is listened for, when it answers the question on the screen."""
    screen = session.before.shown
    if screen is None or session.state.pending is not None or session.before.phase == "stopped" or len(words) > LONGEST:
        return False
    fact = session.content.knowledge.facts.get(screen.fact)
    if fact is None or fact.id == "phone":  # "liever mailen" and an e-mail address also answer that question
        return False
    outcome = number_of_option(session, fact.id, words) or parse(session, fact.id, words)
    if not isinstance(outcome, Answered) or (fact.kind not in WHOLE and len(words.split()) > SHORT):
        return False
    take(session, fact.id, outcome.value)
    return True


def _opens_flow(session: Session, words: str, said: str) -> bool:
    """'zelfscan', or a few words with it: opens that flow, wherever the conversation stands."""
    starts = session.content.starts
    flow = starts.get(said)
    if flow is None and session.content.start_words:
        parts = said.split()
        named = len(parts) <= FEW_WORDS and not session.content.start_words.isdisjoint(parts)
        if named and not looks_like_question(words):
            flow = next((flow for start, flow in starts.items() if f" {start} " in f" {said} "), None)
        elif not session.content.start_words.isdisjoint(parts):  # "zijn er nog bijeenkomsten voor ondernemers?"
            whole = (one for start, one in starts.items() if start.count(" ") >= SHORT and f" {start} " in f" {said} ")
            flow = next(whole, None)
    if flow is None:
        return False
    for fact, value in flow.given.items():
        session.answer(fact, session.content.plain_value(fact, value), by="link")
    return True


def shared(session: Session, what: str, value: str) -> None:
    """A contact or location shared with one tap."""
    screen = session.before.shown
    if what == "phone":
        asking = session.content.asking("phone", session.today)
        outcome = read_answer(value, asking)
        if isinstance(outcome, Answered):
            take(session, "phone", outcome.value)
        else:
            session.say("not_a_phone")
        return
    if what == "place":
        fact = screen.fact if screen and screen.fact else "place"
        if session.content.knowledge.facts[fact].kind != "place":
            fact = "place"
        spot = session.content.knowledge.geography.spot(value)
        if spot is None:
            session.say("place_shared_unknown")
        elif fact in session.state.answers:
            take(session, fact, spot.key)
        else:  # where somebody is need not be where somebody lives: read back, with *Klopt niet* below
            session.answer(fact, spot.key, by="text")
            session.volunteered.append(fact)
            session.read_back.append(session.voice.phrase("place_shared", place=session.voice.value(fact, spot.key)))


# --- the steps of reading --------------------------------------------------------------------------------------------


def _answers_screen(session: Session, words: str) -> bool:
    """Yes or no to an offer, a consent or a review; a question after *Eerst een vraag*."""
    screen, pending = session.before.shown, session.state.pending
    if pending is not None and pending["kind"] == "question":
        session.state = session.state.but(pending=None)
        return knowing.answer_question(session, words, sure=True)
    if screen is None or screen.fact:
        return False
    step = session.content.steps.get(screen.step)
    if isinstance(step, AnswerStep):
        session.mark(step.key, {"answer": "asked", "turn": session.state.turn})
        return knowing.answer_question(session, words, sure=True)
    if not isinstance(step, Offer | Consent | Review):
        return False
    said = plain(words) or words
    options = [id for id in screen.options if not (id.startswith("!") and ":" in id)]
    if said.isdigit() and 0 < int(said) <= len(options):
        pressing.chosen(session, (options[int(said) - 1],), screen)
        return True
    if said in _YES:
        pressing.decide(session, step, "yes")
    elif said in _NO:
        pressing.decide(session, step, "no")
    else:
        return _card_word(session, said)
    return True


CARD_WORDS = {
    "hoe vraag ik aan": "how", "hoe": "how", "hoe vraag ik het aan": "how", "how do i apply": "how",
    "bedrag": "details", "bedrag en datum": "details", "hoeveel": "details", "hoeveel is het": "details",
    "wanneer": "details", "amount and date": "details", "bericht als het opengaat": "notify",
    "eerst een vraag": "question",
}  # fmt: skip


def _card_word(session: Session, said: str) -> bool:
    """The buttons of the first card in words, for those who type."""
    action = CARD_WORDS.get(said.rstrip("?"))
    if action == "question":
        assert session.before.shown is not None
        pressing.chosen(session, ("!question",), session.before.shown)
        return True
    if action and session.state.advice:
        knowing.card_action(session, f"!{action}:{_card_meant(session, action)}")
        return True
    return False


def _card_meant(session: Session, action: str) -> str:
    """Of the cards on the screen the first that has what is asked for: a sum or date, or an opening to wait for."""
    shown = [session.content.knowledge.catalogue[one] for one in session.state.advice or ()]
    if action == "details":
        shown = [one for one in shown if one.amounts or one.windows or one.example] or shown
    elif action == "notify":
        shown = [one for one in shown if knowing.match_of(session, one).status != "open"] or shown
    return str(shown[0].id)


def _read(session: Session, words: str) -> None:
    """Answer, other facts, question, or not understood."""
    if greeting.in_another_language(session, words):
        return
    if overheard.button_in_words(session, words):
        return
    if overheard.explained(session, words):
        _and_again(session)
        return
    fact = asked_fact(session)
    outcome: Outcome = _UNREAD
    if fact:
        outcome = number_of_option(session, fact, words) or parse(session, fact, words)
    kind = session.content.knowledge.facts[fact].kind if fact else ""
    short = len(words.split()) <= SHORT
    if fact == "situation" and isinstance(outcome, Answered) and plain(words).count(" "):
        outcome = _unless_told_otherwise(session, words, outcome)
    told_more = fact == "situation" and len(words.split()) > FEW_WORDS  # a sentence that holds the name of a choice
    if isinstance(outcome, Answered) and (short or kind in WHOLE) and not told_more:
        take(session, fact, outcome.value)
        return
    if kind != "text" and (elsewhere := overheard.label_elsewhere(session, words, fact)):
        take_along(session, Heard(elsewhere))
        return
    if overheard.answer_in_english(session, words) and isinstance(outcome, Unread):
        outcome = parse(session, fact, words) if fact else outcome
    if (entry := knowing.titled(session, words)) is not None:
        knowing.tell_entry(session, entry, words)
        _and_again(session)
        return
    heard = listen(session.content, words, fact, session.state.language)
    if heard.care and cared_for(session, heard, words):
        return
    if told_more and isinstance(outcome, Answered):
        heard.facts.setdefault(fact, outcome.value)
        outcome = _UNREAD
    asks = in_passing.asked_in_passing(session, words, heard.facts)
    if heard.abroad and not (kind == "place" and short) and (asks is None or asks.general):
        asks = in_passing.across_the_border(session) or asks
    elif heard.abroad and asks is not None and asks.id != in_passing.BORDER:
        border = in_passing.across_the_border(session)
        if border is not None:  # beside whatever else is asked
            session.lead.append(border.text(session.state.language))
    named = in_passing.named_in_question(session, asks, words, heard)
    if named is not None and not isinstance(outcome, Answered):
        took = take_along(session, heard)
        knowing.tell_entry(session, named, words)
        if not took:
            _and_again(session)
        return
    open_question = asks is not None and not in_passing.names_more(session, asks, words, heard)
    if asks is not None and open_question and not isinstance(outcome, Answered):
        if _tells_little(heard, words):
            heard = Heard({fact: value for fact, value in heard.facts.items() if fact not in overheard.WISHES})
        took = take_along(session, heard)
        in_passing.answer_in_passing(session, asks, words)
        if session.own is None and heard.which is not None:
            deskquestions.ask_which(session, heard.which[0], heard.which[1], "which_place")
        elif not took:
            _and_again(session)
        return
    if _PRICE.search(words) and heard.question and not (set(heard.facts) & _PERSONAL - _LEARNING):
        wishes = overheard.WISHES if not _WISH.search(words) else frozenset()
        take_along(session, Heard({one: value for one, value in heard.facts.items() if one not in wishes}))
        knowing.answer_question(session, WHAT_IT_COSTS)
        _and_again(session)
        return
    if overheard.is_frequent_question(session, words, code=kind == "code"):
        take_along(session, Heard({one: value for one, value in heard.facts.items() if one not in overheard.WISHES}))
        knowing.answer_question(session, words)
        _and_again(session)
        return
    if heard.correction and not heard.facts:
        heard.facts.update(corrected(session, words))
    if fact == "situation" and not heard.facts and (flow := session.content.opened_by(words)) is not None:
        for given, value in flow.given.items():
            heard.facts[given] = session.content.plain_value(given, value)
    lead = leading_label(session, fact, words) if fact and not isinstance(outcome, Answered) else None
    if lead is not None:
        outcome = Answered(lead)
    if isinstance(outcome, Answered):
        if fact == "wanted_sector" and heard.facts.get("sector") == outcome.value:
            del heard.facts["sector"]  # the work that was asked for, not the work of today
        take(session, fact, outcome.value)
        take_along(session, heard, but=fact)
        return
    asked = heard.question or looks_like_question(words)
    exactly = session.content.knowledge.geography.exactly
    if not asked and kind != "place" and isinstance(exactly(plain(words)), Found | Ambiguous):
        if not take_along(session, heard) and heard.which is not None:  # nothing but a place
            deskquestions.ask_which(session, heard.which[0], heard.which[1], "which_place")
        return
    told = heard.facts.keys() - ({"course"} if _PRICE.search(words) else set())
    number = plain(words).replace(" ", "").isdigit()  # answers a question that was not asked; nothing is called so
    own = (_PERSONAL if asked else _TOLD) & told
    about_nobody = not number and not _FIRST_PERSON.search(words) and not own
    if about_nobody and knowing.can_answer(session, words, LIKELY if asked else NAMED):
        # about something, not about the visitor: of what it says only the place is taken along
        places = {fact: value for fact, value in heard.facts.items() if _is_place(session, fact)}
        take_along(session, Heard(places))
        knowing.answer_question(session, words)
        _and_again(session)
        return
    if take_along(session, heard):
        # Who told much is answered better by the flow than by one entry, unless he asks which desk is his.
        told = set(session.volunteered) - ({"situation"} if len(session.volunteered) > 1 else set())  # often implied
        told_much = len(told) >= in_passing.TOLD_MUCH and not knowing.asks_for_desk(session, words)
        fear = overheard.fear_in(session, words)
        answered = session.own is None and asked and in_passing.answer_part(session, words)
        if not answered and session.own is None and ((asked and not told_much) or fear):
            knowing.answer_question(session, fear or words, least=LIKELY if fear else SURE, running=True)
        if session.own is None and heard.which is not None:
            deskquestions.ask_which(session, heard.which[0], heard.which[1], "which_place")
        return
    if isinstance(outcome, Doubt):
        deskquestions.ask_which(session, fact, outcome.options, outcome.phrase)
        return
    if heard.which is not None:
        deskquestions.ask_which(session, heard.which[0], heard.which[1], "which_place")
        return
    sure = (isinstance(outcome, Unread) and outcome.sure and not asked) or number
    if not sure and knowing.answer_question(
        session, words, least=_least(session, words, asked=asked or not fact), running=not asked
    ):
        if fact:
            _and_again(session)
        return
    if asked and isinstance(outcome, Unread) and kind in ("place", "code") and len(words.split()) > SHORT:
        knowing.answer_question(session, words, sure=True)
        return
    which = isinstance(outcome, Unread) and outcome.phrase == "which_of_these"
    if which or (kind == "choice" and plain(words) in _YES):  # "ja" to a question that asks which
        session.say("which_of_these")
        return
    not_understood(session, outcome, words)


def _unless_told_otherwise(session: Session, words: str, outcome: Answered) -> Outcome:
    """ "werkgever failliet" holds the name of a choice and tells another."""
    choices = session.content.knowledge.facts["situation"].choices.values()
    if plain(words) in {plain(one.label) for one in choices}:
        return outcome
    told = session.content.knowledge.understanding.read(words).facts.get("situation")
    return outcome if told in (None, outcome.value) else _UNREAD


def _least(session: Session, words: str, *, asked: bool) -> float:
    """How good an answer must be: less so for a question, more so for one that says nothing of work or learning."""
    if not asked:
        return SURELY_NAMED
    return LIKELY if session.content.knowledge.search.is_about_work(words) else BESIDE_WORK


def _tells_little(heard: Heard, words: str) -> bool:
    """A question about a course by somebody who tells nothing of himself is no wish for one."""
    told = heard.facts.keys() - overheard.WISHES or "wanted_occupation" in heard.facts
    return not told and not _WISH.search(words)


def _and_again(session: Session) -> None:
    """After an answer in between, the question that stood on the screen comes again, unless it was the last one."""
    if session.volunteered or session.wait or session.own is not None:
        return  # it is another question that comes now, or none
    if session.before.phase != "finished" and session.before.shown is not None and session.before.shown.fact:
        session.read_back.append(session.voice.phrase("then_question"))


def _is_place(session: Session, fact: str) -> bool:
    return bool(session.content.knowledge.facts[fact].kind == "place")
