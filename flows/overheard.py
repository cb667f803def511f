"""What a text says beside an answer: a label of another question, facts beside a remark about health or debts, a fear
in the middle of a story, a language the conversation is not in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flows import commanding, deskquestions, knowing, pressing
from flows.answers import Answered, looks_like_question, plain, read_answer
from knowledge.criteria import Leaf, OneOf
from knowledge.manner import is_surely_english
from knowledge.text import words as words_of

if TYPE_CHECKING:
    from flows.session import Session

FEAR = 0.75  # score from which a text, or a part of it, is a frequent fear
ASKED = 0.9  # score from which it is asked in so many words
# What a question about learning seems to wish for, and only speaks of.
WISHES = frozenset(("course", "course_kind", "goal", "sector", "wanted_sector", "wanted_occupation", "employer_goal"))
WORDS_OF_A_FEAR = 4  # fewer say too little to be one
_WHAT = re.compile(r"(wat|what)( is| betekent| houdt)?( dat| dit| that| this)( in| nou| precies| mean)?")
_CALL = re.compile(r"((ja|graag|nee|doe maar|liever),? )*bel (mij|me)( maar| even| terug| op| graag)*")
_WRONG = re.compile(r"(nee )?(dat |dit )?(klopt|is) (er )?(niet|niks van|fout)|not right|that is wrong")
WORDS = ("wat", "what", "fout", "right", "wrong", "bel", "niet", "niks")  # one stands in each of these three (ear.py)
_MAIL = re.compile(r"\b(e-?mail|mail(en)?)\b")
_CHAT = re.compile(r"\b(chat(ten)?|hier)\b")
_PARTS = re.compile(r"[.!?;,\n]+|\b(?:maar|but)\b", re.IGNORECASE)
_KEPT_CLASSES = ("public", "personal")
_ALSO = ("benefit",)  # asked of everybody who looks for work; says nothing about health or debts
_NEVER = ("remark", "name", "phone", "email")


def button_in_words(session: Session, words: str) -> bool:
    """*Klopt niet* typed, not tapped; at the question for a number also "liever mailen", or the address itself."""
    screen, said = session.before.shown, plain(words)
    if screen is None:
        return False
    if _CALL.fullmatch(said):
        commanding.command(session, "call_me", "")
        return True
    if _WRONG.fullmatch(said) and session.recent():
        pressing.chosen(session, ("!wrong",), screen)
        return True
    if screen.fact != "phone":
        return False
    address = read_answer(words, session.content.asking("email", session.today))
    if isinstance(address, Answered) and "@" in words:
        session.answer("preferred_contact", "mail")
        session.answer("email", address.value)
        return True
    wanted = "!mail" if _MAIL.search(said) else "!chat" if _CHAT.search(said) else ""
    if wanted not in screen.options:
        return False
    pressing.chosen(session, (wanted,), screen)
    return True


def explained(session: Session, words: str) -> bool:
    """ "Wat is dat?": the first word of the glossary that stands on the screen, else the first card in full."""
    if not _WHAT.fullmatch(plain(words)):
        return False
    catalogue, glossary = session.content.knowledge.catalogue, session.content.knowledge.glossary
    cards = [catalogue[one] for one in session.state.advice or () if one in catalogue]
    fact = session.content.knowledge.facts.get(session.before.shown.fact if session.before.shown else "")
    asked = " ".join([fact.question, *(one.label for one in fact.choices.values())]) if fact is not None else ""
    for text in (asked, *(card.name for card in cards), *(card.summary for card in cards)):
        said = f" {plain(text)} "
        term = next((glossary[one] for word, one in glossary.words.items() if f" {plain(word)} " in said), None)
        if term is not None:
            session.lead.append(f"{term.name[:1].upper()}{term.name[1:]}: {term.text(session.state.language)}")
            return True
    if cards:
        knowing.tell_entry(session, cards[0], words)
    return bool(cards)


def label_elsewhere(session: Session, words: str, asked: str) -> dict[str, Any]:
    """The fact whose choice is called exactly this, when it is one fact only and not the one that was asked."""
    said = plain(words)
    facts = session.content.knowledge.facts
    found: dict[str, Any] = {}
    for fact in session.content.askable:
        declared = facts[fact]
        if fact == asked or declared.kind not in ("choice", "choices"):
            continue
        for choice in declared.choices.values():
            if said and plain(choice.label) == said:
                found[fact] = choice.id if declared.kind == "choice" else (choice.id,)
    if len(found) != 1:
        return {}
    only = facts[next(iter(found))].applies
    if (
        isinstance(only, Leaf)
        and only.fact == "situation"
        and isinstance(only.test, OneOf)
        and len(only.test.values) == 1
    ):
        return {"situation": next(iter(only.test.values)), **found}  # "een leerling opleiden" is an employer's wish
    return found


def beside_it(session: Session, words: str) -> dict[str, Any]:
    """What a remark about health or debts is told with, and says nothing about either: noted as in any other text.

    Words of the visitor's own are left out unless all of them are words of work and learning.
    """
    understanding = session.content.knowledge.understanding
    facts = session.content.knowledge.facts
    return {
        fact: value
        for fact, value in understanding.read(words).held.items()
        if (facts[fact].cls in _KEPT_CLASSES or fact in _ALSO)
        and fact not in _NEVER
        and (facts[fact].kind != "text" or all(map(understanding.reader.knows, words_of(str(value)))))
    }


def fear_in(session: Session, words: str) -> str:
    """The part of a text that speaks of a frequent fear, or ''."""
    if knowing.is_worry(session, words):
        return words
    parts = [part.strip() for part in _PARTS.split(words) if len(part.split()) >= WORDS_OF_A_FEAR]
    return next((part for part in parts if len(part) < len(words) and knowing.is_worry(session, part)), "")


def is_frequent_question(session: Session, words: str, *, code: bool) -> bool:
    """A frequent question, word for word or nearly: it names things it is about, and is no answer to what stands there.
    `code`: a question is asked whose answer is one of many words, such as a kind of work; then likely is enough."""
    if len(words.split()) < WORDS_OF_A_FEAR:
        return False
    found = session.content.knowledge.search.find(words, 1, session.today, session.state.language)
    if not found or found[0].kind != "worry":
        return False
    return found[0].score >= ASKED or (code and found[0].score >= FEAR and looks_like_question(words))


def answer_in_english(session: Session, words: str) -> bool:
    """Who writes English is answered in English, once, and told how to go back."""
    if session.state.language != "nl" or "en" not in session.content.languages or "!english" in session.state.done:
        return False
    if not is_surely_english(words):
        return False
    session.mark("!english", True)
    deskquestions.speak(session, "en")
    session.say("language_back")
    return True
