"""What people say before they say anything: a greeting, thanks, "ik heb een vraag", a thumb, another language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows import deskquestions, otherwords
from flows.answering import asked_fact, parse
from flows.answers import Answered, plain
from flows.voice import Voice
from knowledge.languages import SORRY, language_of_words
from knowledge.text import words as words_of

if TYPE_CHECKING:
    from flows.session import Session

_HELLO = frozenset(
    ("hallo", "hoi", "hi", "hello", "hey", "hee", "heej", "hallootjes", "dag", "goedemorgen", "goedemiddag",
     "goedenavond", "goedendag", "goeiemorgen", "goeiemiddag", "goeienavond", "morgen", "middag", "moin", "yo", "ewa",
     "salaam", "salam", "hola", "bonjour", *(word for said in otherwords.HELLO for word in plain(said).split()))
)  # fmt: skip
_THANKS = frozenset(
    ("bedankt", "dank", "dankjewel", "dankuwel", "dankje", "thanks", "thank", "thx", "merci", "top", "fijn", "super",
     "mooi", "prima", *(word for said in otherwords.THANKS for word in plain(said).split()))
)  # fmt: skip
# Words around a greeting or thanks that add nothing to read.
_AROUND = frozenset(
    ("allemaal", "daar", "iemand", "iedereen", "alvast", "voor", "de", "het", "uw", "je", "jullie", "u", "wel",
     "moeite", "hulp", "tijd", "hoor", "zeg", "team", "mensen", "beste", "lieve", "en", "zeer", "heel", "erg", "veel",
     "goede", "goeden", "avond", "ochtend", "you", "very", "much", "hartelijk", "dames", "heren", "mevrouw", "meneer",
     "ook", "even", "collega", "collegas", "gedaan", "antwoord", "reactie", "advies", "informatie", "info")
)  # fmt: skip
# "goedemorgen, ik heb een vraag", "yo kan ik even wat vragen": whoever only says so, is invited to ask it.
_HAS_QUESTION = re.compile(
    r"^(?:goeden? (?:dag|avond) )?(?:"
    r"(?:ik (?:heb|had)|i have|heb|had) (?:even |nog )*(?:een|a|wat|paar|een paar) (?:kleine? )?"
    r"(?:vraag|vraagje|vragen|vraagjes|question|questions)"
    r"|(?:ik )?(?:wil|wou|zou|mag|kan|kunnen|mogen)(?: (?:ik|we|wij))?(?: (?:u|je|jullie))?(?: (?:even|graag|ook))*"
    r"(?: (?:iets|wat|een vraag|een vraagje))?(?: (?:aan )?(?:u|je|jullie))?(?: willen)? (?:vragen|stellen)"
    r"|(?:can|may) i ask (?:you )?(?:something|a question)"
    r"|(?:een )?(?:vraag|vraagje)"
    r")(?: (?:over|about) (?:mijn|my) (?:werk|baan|work|job))?(?: (?:aub|alsjeblieft|please))?$"
)
WORDS = _HELLO | _THANKS  # one of these, or one of PIECES, stands in all that is said before anything (ear.py)
PIECES = ("vra", "stel", "question", "ask")
_THUMBS = {"👍": "ja", "👌": "ja", "✅": "ja", "🙏": "bedankt", "👎": "nee", "❌": "nee", "👋": "hallo"}
_TONES = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f\u200d\u2640\u2642]")  # of the skin, and joiners


def said_by_sign(text: str) -> str:
    """A thumb or a wave as the word it stands for; other texts as they are."""
    bare = _TONES.sub("", text).strip()
    return _THUMBS.get(bare[:1], text) if bare and not bare.strip(bare[0]) else text


def greeted(session: Session, words: str) -> bool:
    """A greeting, thanks or an announced question, and nothing else in it: answered in kind."""
    said = plain(words)
    if not any(map(str.isalnum, words)):
        return _hello(session)  # nothing but signs
    told = words_of(words)
    if not told:  # another script
        return False
    if _HELLO.issuperset(told) or (_HELLO & set(told[:2]) and (_HELLO | _AROUND).issuperset(told)):
        return _hello(session)
    if _THANKS & set(told) and (_THANKS | _AROUND | _HELLO).issuperset(told):
        if _is_answer(session, words):
            return False
        session.say("thanks_back")
        return True
    if len(told) > 14 or not any(map(said.__contains__, PIECES)):
        return False
    bare = " ".join(word for word in told if word not in _HELLO)
    meant = session.content.knowledge.understanding.reader.read(bare)
    if _HAS_QUESTION.match(" ".join(token.text for token in meant)):
        session.say("ask_question")
        session.wait = True  # what stood on the screen still stands; asking it again would take back the invitation
        return True
    return False


def _hello(session: Session) -> bool:
    session.say("hello" if session.state.answers else "hello_first")
    return True


def _is_answer(session: Session, words: str) -> bool:
    """ "top" thanks, and is an answer to "Heeft dit gesprek u geholpen?"."""
    fact = asked_fact(session)
    return bool(fact) and isinstance(parse(session, fact, words), Answered)


def in_another_language(session: Session, words: str) -> bool:
    """Somebody writes a language the conversation is not in: once, the languages we have are offered in it."""
    if "!languages" in session.state.done:
        return False
    if not deskquestions.offer_language_of(session, words):
        language = language_of_words(words)
        if not language or language == session.state.language:
            return False
        deskquestions.ask_language(session)
        if session.own is not None and language in session.content.languages:
            _, fact, options = session.own
            session.own = (Voice(session.content, language).phrase("language_which"), fact, options)
        elif language in SORRY:
            session.lead.append(SORRY[language])
    session.mark("!languages", True)
    take_places(session, words)
    return True


def take_places(session: Session, words: str) -> None:
    """A place is called the same in every language."""
    read = session.content.knowledge.understanding.read(words).facts
    if "place" in read and "place" not in session.state.answers:
        session.answer("place", read["place"], by="text")
