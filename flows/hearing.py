"""Reading what somebody typed, in a fixed order: numbers that are never kept, crisis, command, label or number, the
kind's own parser, synonym or typing error, other facts in the text, a question to the knowledge, and only then
"dat begrijp ik niet" with a hint. Twice in a row offers a human; three times hands over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flows import commanding, deskquestions, knowing, otherwords, pressing
from flows.answers import Answered, Doubt, Outcome, Unread, looks_like_question, plain, read_answer
from flows.answers.choice import _NO, _YES
from flows.commands import find_command
from flows.effects import Count, Redacted, UpdateCase
from flows.model import Answer as AnswerStep
from flows.model import Ask, Consent, Offer, Review
from flows.understood import Heard, crisis, listen
from flows.walk import LOST
from knowledge.geography_spots import Ambiguous, Found
from knowledge.redaction import redact

if TYPE_CHECKING:
    from flows.session import Session

SURE = 0.9  # score from which a question is answered although facts were read from the same text
TOLD_MUCH = 2  # facts in one text
LIKELY = 0.6  # the same for a question that speaks of nobody
NAMED = 0.7  # and for a few words that are no question
_FIRST_PERSON = re.compile(r"\b(ik|mij|mijn|m'n|me|wij|we|ons|onze|i|my|our)\b", re.IGNORECASE)
_STUCK = re.compile(
    r"(snap|begrijp|snapt) (het|er|dit)? ?(echt )?(niet|niks|niets)|kom er niet uit|te moeilijk|te ingewikkeld|"
    r"loop vast|"
    r"(do not|don't) (understand|get) (it|this)|too difficult"
)
# Facts that only a visitor who speaks of himself tells.
_PERSONAL = frozenset(("situation", "company_size", "age", "education", "occupation", "wanted_occupation", "course"))
# Whoever asks what something costs, speaks of that and not yet of himself.
_PRICE = re.compile(r"\b(hoe duur|prijs|prijzen|wat kost|how much|price)\b", re.IGNORECASE)
FEW_WORDS = 5  # more than this is a sentence about something, not the name of a flow
LONGEST = 1500  # characters: beyond this we ask for fewer words
POLITE = {
    **dict.fromkeys(("hallo", "hoi", "hi", "hello", "hey", "dag", "goedemorgen", "goedemiddag", "goedenavond",
                     "goedendag", "moin"), "hello"),
    **dict.fromkeys(("bedankt", "dank u", "dank u wel", "dankjewel", "dank je wel", "dank je", "thanks", "thank you",
                     "top", "fijn"), "thanks_back"),
    **dict.fromkeys(map(plain, otherwords.HELLO), "hello"),
    **dict.fromkeys(map(plain, otherwords.THANKS), "thanks_back"),
}  # fmt: skip
# Kinds that are answered by the whole text: no other facts are looked for in it.
WHOLE = ("text", "phone", "email", "choice", "choices", "yes_no")


def hear(session: Session, text: str) -> None:
    """Read one text."""
    if guard(session, text):
        return
    text = _redacted(session, text)
    words = text.strip()
    if not words:
        session.say("empty")
        return
    command = find_command(words)
    if command is not None:
        commanding.command(session, *command)
        return
    polite = POLITE.get(plain(words))
    if polite and (session.before.shown is None or not session.before.shown.fact or polite == "hello"):
        session.say(polite)
        return
    if _STUCK.search(plain(words)) and len(words.split()) <= 9:
        _offer_human(session)
        return
    if len(words) > LONGEST:
        session.say("too_long")
        return
    if session.before.phase == "stopped":
        session.state = session.state.but(phase="talking")
    if session.state.pending is not None and deskquestions.answer_words(session, words):
        return
    if _opens_flow(session, words) or _answers_screen(session, words):
        return
    _read(session, words)


def _opens_flow(session: Session, words: str) -> bool:
    """'zelfscan', or a few words with it: opens that flow, wherever the conversation stands."""
    said = plain(words)
    flow = session.content.starts.get(said)
    if flow is None and len(said.split()) <= FEW_WORDS and not looks_like_question(words):
        named = [flow for start, flow in session.content.starts.items() if f" {start} " in f" {said} "]
        flow = named[0] if named else None
    if flow is None:
        return False
    for fact, value in flow.given.items():
        session.answer(fact, session.content.plain_value(fact, value), by="link")
    return True


def guard(session: Session, text: str) -> bool:
    """A crisis text is answered at once, whoever speaks: 112, 113, Veilig Thuis, and a human."""
    reply = crisis(text, session.state.language)
    if not reply:
        return False
    session.effects.append(Count("crisis"))
    if session.world.case:
        session.effects.append(UpdateCase("urgent"))
    session.ask_own(
        "human", f"{reply} {session.voice.phrase('crisis_call')}",
        [session.option("!call_me", "b_call_me_yes", "choice"), session.option("no", "b_no", "choice")],
        fact="", step=session.step_on_screen(), crisis=True,
    )  # fmt: skip
    return True


def shared(session: Session, what: str, value: str) -> None:
    """A contact or location shared with one tap."""
    screen = session.before.shown
    if what == "phone":
        asking = session.content.asking("phone", session.today)
        outcome = read_answer(value, asking)
        if isinstance(outcome, Answered):
            session.take("phone", outcome.value)
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
        else:
            session.take(fact, spot.key)


# --- the steps of reading --------------------------------------------------------------------------------------------


def _redacted(session: Session, text: str) -> str:
    """Numbers that are never kept are cut out before anything reads the text."""
    screen = session.before.shown
    fact = session.content.knowledge.facts.get(screen.fact) if screen else None
    found = redact(text, fact.kind if fact else "")
    if found.found:
        session.effects += [Redacted(what) for what in found.found]
        session.say("redacted")
    return found.text


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
    fact = _asked_fact(session)
    outcome: Outcome = Unread("not_understood")
    if fact:
        outcome = _number_of_option(session, fact, words) or _parse(session, fact, words)
    kind = session.content.knowledge.facts[fact].kind if fact else ""
    short = len(words.split()) <= 2
    if isinstance(outcome, Answered) and (short or kind in WHOLE):
        session.take(fact, outcome.value)
        return
    if (entry := knowing.titled(session, words)) is not None:
        knowing.tell_entry(session, entry, words)
        _and_again(session)
        return
    heard = listen(session.content, words, fact, session.state.language)
    if heard.care and _safety(session, heard, words):
        return
    if heard.correction and not heard.facts:
        heard.facts.update(_corrected(session, words))
    if fact == "situation" and not heard.facts and (flow := session.content.opened_by(words)) is not None:
        for given, value in flow.given.items():
            heard.facts[given] = session.content.plain_value(given, value)
    lead = _leading_label(session, fact, words) if fact and not isinstance(outcome, Answered) else None
    if lead is not None:
        outcome = Answered(lead)
    if isinstance(outcome, Answered):
        session.take(fact, outcome.value)
        _take_along(session, heard, but=fact)
        return
    asked = heard.question or looks_like_question(words)
    exactly = session.content.knowledge.geography.exactly
    if not asked and kind != "place" and isinstance(exactly(plain(words)), Found | Ambiguous):
        if not _take_along(session, heard) and heard.which is not None:  # nothing but a place
            deskquestions.ask_which(session, heard.which[0], heard.which[1], "which_place")
        return
    told = heard.facts.keys() - ({"course"} if _PRICE.search(words) else set())
    number = plain(words).replace(" ", "").isdigit()  # answers a question that was not asked; nothing is called so
    about_nobody = not number and not _FIRST_PERSON.search(words) and not _PERSONAL & told
    if about_nobody and knowing.can_answer(session, words, LIKELY if asked else NAMED):
        # about something, not about the visitor: of what it says only the place is taken along
        places = {fact: value for fact, value in heard.facts.items() if _is_place(session, fact)}
        _take_along(session, Heard(places))
        knowing.answer_question(session, words)
        _and_again(session)
        return
    if _take_along(session, heard):
        # Who told much is answered better by the flow than by one entry, unless he asks which desk is his.
        told_much = len(session.volunteered) >= TOLD_MUCH and not knowing.asks_for_desk(session, words)
        if session.own is None and ((asked and not told_much) or knowing.is_worry(session, words)):
            knowing.answer_question(
                session, words, least=LIKELY if knowing.is_worry(session, words) else SURE, running=True
            )
        return
    if isinstance(outcome, Doubt):
        deskquestions.ask_which(session, fact, outcome.options, outcome.phrase)
        return
    if heard.which is not None:
        deskquestions.ask_which(session, heard.which[0], heard.which[1], "which_place")
        return
    sure = (isinstance(outcome, Unread) and outcome.sure) or number
    if not sure and knowing.answer_question(
        session, words, least=0.0 if asked or not fact else LIKELY, running=not asked
    ):
        if fact:
            _and_again(session)
        return
    _not_understood(session, outcome, words)


def _and_again(session: Session) -> None:
    """After an answer in between, the question that stood on the screen comes again, unless it was the last one."""
    if session.before.phase != "finished" and session.before.shown is not None and session.before.shown.fact:
        session.read_back.append(session.voice.phrase("then_question"))


def _is_place(session: Session, fact: str) -> bool:
    return bool(session.content.knowledge.facts[fact].kind == "place")


def _asked_fact(session: Session) -> str:
    """The fact whose question stands on the screen, its own or asked again."""
    pending = session.state.pending
    if pending is not None and pending.get("fact") in session.content.knowledge.facts:
        session.state = session.state.but(pending=None)
        return str(pending["fact"])
    if pending is not None:
        session.state = session.state.but(pending=None)
    screen = session.before.shown
    return screen.fact if screen and screen.fact in session.content.knowledge.facts else ""


def _labels(session: Session, fact: str) -> tuple[tuple[str, str], ...]:
    """The choices as they were offered, in that order."""
    screen = session.before.shown
    step = session.content.steps.get(screen.step) if screen else None
    if not isinstance(step, Ask) or step.fact != fact:
        step = session.content.askable.get(fact) or Ask("", session.content.root.place, fact)
    return tuple(session.voice.labels(step))


def _parse(session: Session, fact: str, words: str) -> Outcome:
    labels = _labels(session, fact)
    outcome = read_answer(words, session.content.asking(fact, session.today, labels))
    declared = session.content.knowledge.facts[fact]
    if declared.kind == "choice" and isinstance(outcome, Unread):
        said = plain(words)
        for id, label in labels:  # a question reworded as yes or no
            if (plain(label) == "ja" and said in _YES) or (plain(label) == "nee" and said in _NO):
                return Answered(id)
        elsewhere = session.content.choice_in_any_language(fact, words)
        if elsewhere:
            return Answered(elsewhere)
    return outcome


def _number_of_option(session: Session, fact: str, words: str) -> Outcome | None:
    """'2' is the second button, unless the question itself asks for a number."""
    kind = session.content.knowledge.facts[fact].kind
    screen = session.before.shown
    if screen is None or kind in ("number", "amount", "date", "phone", "place"):
        return None
    parts = [part for part in words.replace(",", " ").split() if part]
    options = [id for id in screen.options if not id.startswith("!") or id == "!other"]
    if not options or not all(part.isdigit() and 0 < int(part) <= len(options) for part in parts):
        return None
    chosen = [options[int(part) - 1] for part in parts]
    if "!other" in chosen or (len(chosen) > 1 and kind != "choices"):
        return None
    return Answered(pressing.value_of_option(session, fact, tuple(chosen) if kind == "choices" else chosen[0]))


def _leading_label(session: Session, fact: str, words: str) -> str | None:
    """'nee bijstand' on a question with Ja and Nee: the first word answers, the rest holds other facts."""
    first, _, rest = plain(words).partition(" ")
    if not rest or first.rstrip(",") not in ("ja", "nee", "yes", "no"):
        return None
    wanted = "ja" if first.rstrip(",") in ("ja", "yes") else "nee"
    english = {"ja": "yes", "nee": "no"}[wanted]
    return next((id for id, label in _labels(session, fact) if plain(label) in (wanted, english)), None)


def _take_along(session: Session, heard: Heard, but: str = "") -> bool:
    """Facts volunteered in passing are noted and said back; one that contradicts an answer is offered as a change."""
    fresh: list[tuple[str, Any]] = []
    changed: list[tuple[str, Any]] = []
    for fact, value in heard.facts.items():
        held = session.state.answers.get(fact)
        if fact == but or (held is not None and held.status == "given" and held.value == value):
            continue
        if held is None or held.status != "given":
            fresh.append((fact, value))
        elif heard.correction or not but:
            changed.append((fact, value))
    asked = session.before.shown.fact if session.before.shown else ""
    for fact, value in fresh:
        session.answer(fact, value, by="visitor" if fact == asked else "text")
        session.volunteered.append(fact)
    told = [(fact, value, "given") for fact, value in fresh if fact != asked or len(fresh) > 1]
    if told:
        if not but and len(fresh) == len(heard.facts) and heard.summary:
            session.read_back.append(heard.summary)
        else:
            name = "taken_along" if but else "i_read"
            session.read_back.append(session.voice.phrase(name, facts=session.voice.listed(told)))
    if changed:
        deskquestions.offer_change(session, *changed[0])
    return bool(fresh or changed)


_AROUND = re.compile(
    r"\b(nee|sorry|oeps|toch|eigenlijk|gewoon|maar|wel|ik|wij|we|ben|zijn|heb|hebben|een|bedoel|actually|i|am|a|have)\b"
)


def _corrected(session: Session, words: str) -> dict[str, Any]:
    """'ik ben toch werknemer': the rest of the sentence names another choice of something answered before."""
    rest = plain(_AROUND.sub(" ", plain(words)))
    found: dict[str, Any] = {}
    for fact, held in session.state.answers.items():
        declared = session.content.knowledge.facts.get(fact)
        if declared is None or declared.kind not in ("choice", "code") or held.status != "given":
            continue
        outcome = read_answer(rest, session.content.asking(fact, session.today)) if rest else None
        if isinstance(outcome, Answered) and outcome.value != held.value:
            found[fact] = outcome.value
    return found


def _safety(session: Session, heard: Heard, words: str) -> bool:
    """Health and debts are acknowledged and not recorded; other matters get a short honest answer."""
    if heard.care == "sensitive":
        session.lead.append(session.voice.phrase("sensitive_debt" if heard.topic == "debt" else "sensitive_health"))
        if answer := knowing.worry(session, words):
            session.lead.append(answer)
        session.effects.append(Count("sensitive"))
        heard.facts.clear()
        session.state = session.state.but(misses=0)
        return True
    name = {"out_of_scope": "out_of_scope", "abuse": "abuse", "injection": "injection", "spam": "out_of_scope"}
    if heard.care not in name or heard.facts:
        return False
    session.lead.append(heard.reply or session.voice.phrase(name[heard.care]))
    session.effects.append(Count(heard.care))
    return True


def _not_understood(session: Session, outcome: Outcome, words: str) -> None:
    """Kindly, with a hint; the second time with a human, the third time to a human."""
    session.effects.append(Count("not_understood", session.before.shown.fact if session.before.shown else ""))
    if session.world.speaker == "queue":
        session.effects.append(UpdateCase("wrote"))
        session.say("waiting_wrote")
        session.wait = session.only_said = True
        return
    if deskquestions.offer_language_of(session, words):
        return
    misses = session.state.misses + 1
    screen = session.before.shown
    fact = screen.fact if screen else ""
    tries = {**session.state.tries, fact: session.state.tries.get(fact, 0) + 1} if fact else session.state.tries
    session.state = session.state.but(misses=misses, tries=tries)
    step = session.content.steps.get(screen.step) if screen else None
    if misses >= 3 or (isinstance(step, Ask) and step.tries < 3 and tries.get(fact, 0) >= step.tries):
        session.state = session.state.but(misses=0)
        session.say("lost")
        session.unmark(LOST, f"{LOST}.review")
        session.mark(LOST, {"turn": session.state.turn})
        return
    if isinstance(outcome, Unread) and outcome.phrase != "not_understood":
        session.say(outcome.phrase, **outcome.values)
    else:
        session.say("not_understood")
        session.say("hint_buttons" if session.before.shown and session.before.shown.options else "hint_words")
    if misses == 2:
        _offer_human(session)


def _offer_human(session: Session) -> None:
    screen = session.before.shown
    session.ask_own(
        "human", session.voice.phrase("offer_human"),
        [session.option("!call_me", "b_call_me_yes", "choice"), session.option("no", "b_no", "choice")],
        fact=screen.fact if screen else "", step=session.step_on_screen(),
    )  # fmt: skip
