"""A question in the middle of what somebody tells is answered at once: by a frequent question heard in it, by an entry
called by its name, or by the one part of the text that asks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from flows import commanding, knowing, overheard
from flows.answers import looks_like_question, plain
from flows.effects import Count
from flows.lost import offer_human
from knowledge.criteria import YES
from knowledge.loose_names import LooseNames
from knowledge.profile import Given

if TYPE_CHECKING:
    from flows.session import Session
    from flows.understood import Heard
    from knowledge.entries import Entry
    from knowledge.worries import Worry

BORDER = "grens"  # the worry that names the desks for work across the border
PAID_WHEN = "uitbetaling"  # "hoeveel subsidie praktijkleren krijg je" sounds alike, and asks what it pays
MONEY = frozenset(("geld-voor-scholing", "is-er-een-voucher"))  # asked in any words about money
FEAR = 0.6  # score from which a text, or a part of it, is a frequent fear
NAMED = 0.7  # score from which a few words name an entry
PART = 0.8  # score from which one part of a text surely asks for this
TOLD_MUCH = 2  # facts in one text
WORDS_OF_A_QUESTION = 4
_HOW_MUCH = re.compile(r"\b(?:hoeveel|hoe veel|how much)\b", re.IGNORECASE)
_ABOUT_A_WORD = re.compile(r"\b(?:bestaat|bestaan|hoe werkt|wat is|wat houdt|wat betekent)\b", re.IGNORECASE)
LONG_WORD = 8  # letters of a word that is asked about beside facts
_EXISTS = re.compile(r"\b(?:bestaat|bestaan|hoorde|gehoord|zegt dat er)\b", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?;\n])\s*|,\s+")


def asked_in_passing(session: Session, words: str, facts: dict[str, Any]) -> Worry | None:
    """A frequent question in the middle of whatever else is told, for who asks as far as that is known now."""
    knowledge = session.content.knowledge
    heard = knowledge.search.worries.in_passing(knowledge.understanding.reader.read(words))
    if not heard:
        return None
    answers = {**session.state.answers, **{fact: Given(value) for fact, value in facts.items()}}
    profile = session.content.profile(answers, session.today)
    situation = profile.value("situation")
    if heard[0].id != BORDER and any(worry.id == BORDER for worry in heard) and "!border" not in session.state.done:
        session.mark("!border", session.state.turn)
        session.lead.append(knowledge.search.worries[BORDER].text(session.state.language))
    for worry in heard:
        if suits(worry, situation) and (worry.when is None or worry.when.level(profile) == YES):
            least = FEAR if looks_like_question(words) else PART
            return None if worry.general and knowing.can_answer(session, words, least) else worry
    return None


def suits(worry: Worry, situation: str | None) -> bool:
    """Whether an answer is for who asks; a school, or who asks for somebody else, may be told all of them."""
    return situation not in knowing.SITUATIONS or situation in worry.situations


def across_the_border(session: Session) -> Worry | None:
    """Who lives or works in Belgium or Germany hears once which desk is for that."""
    if "!border" in session.state.done:
        return None
    session.mark("!border", session.state.turn)
    worry: Worry | None = session.content.knowledge.search.worries.get(BORDER)
    return worry


def answer_in_passing(session: Session, worry: Worry, words: str) -> None:
    """The short answer; or the entry itself when that says more; or what was asked for is done."""
    if worry.does:
        commanding.command(session, worry.does, "")
        session.effects.append(Count("asked_question"))
        return
    entry = session.content.knowledge.catalogue.resolve(worry.shows) if worry.shows else None
    if entry is not None:
        knowing.tell_entry(session, entry, worry.question)
    else:
        session.lead.append(worry.text(session.state.language))
    session.wait = session.wait or worry.waits
    said = session.content.knowledge.understanding.reader.read(words)
    calls = next((one for one in session.content.knowledge.search.worries.in_passing(said) if one.human), None)
    if calls is not None and session.own is None:  # whatever else is asked: who wants a human gets one
        text = session.lead.pop() if calls is worry else calls.text(session.state.language)
        offer_human(session, text)
    told = session.state.done.get("!told", [])
    sources = [session.content.knowledge.catalogue.resolve(one.entry) for one in worry.sources if one.entry]
    ended = [one.id for one in sources if one is not None and one.status == "ended" and one.id not in told]
    if ended:  # said here, so not mentioned again by itself
        session.mark("!told", [*told, *ended])
    session.effects.append(Count("asked_question"))
    session.state = session.state.but(misses=0)


def asking_part(session: Session, words: str) -> str:
    """The part of a text that asks for one thing the desk surely knows: "wat levert slim mij op, ik heb 15 man"."""
    for part in _SENTENCES.split(words):
        if WORDS_OF_A_QUESTION <= len(part.split()) < len(words.split()) and (
            looks_like_question(part) or _EXISTS.search(part)
        ):
            found = session.content.knowledge.search.find(part, 1, session.today, session.state.language)
            if found and found[0].score >= PART and found[0].kind == "worry":
                return part
            if found and knowing.names_entry(session, part, PART):
                return part
    return ""


def named_in_question(session: Session, asks: Worry | None, words: str, heard: Heard) -> Entry | None:
    """The entry that is asked about by its own name, unless another question is heard that says more than money."""
    about_money = asks is None or bool({asks.id, *asks.same_as} & MONEY) or asks.general
    if not about_money and asks is not None and asks.id == PAID_WHEN:
        about_money = _HOW_MUCH.search(words) is not None
    if not (heard.question or looks_like_question(words)) or not about_money:
        return None
    if knowing.asks_for_desk(session, words) or overheard.is_frequent_question(session, words, code=False):
        return None
    entry: Entry | None = session.content.knowledge.search.named(words)
    return entry or _loosely_named(session, words)


def _loosely_named(session: Session, words: str) -> Entry | None:
    """The entry all of whose telling words stand in the text, in any order."""
    names = session.content.said.get("loose_names")
    if names is None:
        names = session.content.said["loose_names"] = LooseNames(session.content.knowledge.catalogue)
    return cast("LooseNames", names).find(words)


def names_more(session: Session, asks: Worry, words: str, heard: Heard) -> bool:
    """Whether a question about money in general names what it is about: "is er subsidie voor een praktijkverklaring".
    Who tells much about himself is answered for himself."""
    if not {asks.id, *asks.same_as} & MONEY or not (heard.question or looks_like_question(words)):
        return False
    if "geld-voor-scholing" not in (asks.id, *asks.same_as):
        return False
    return len(heard.facts.keys() - {"course_kind"}) < TOLD_MUCH and knowing.names_entry(session, words, NAMED)


def answer_part(session: Session, words: str) -> bool:
    """Beside facts: the part of the text that surely asks for one thing."""
    part = asking_part(session, words)
    if part and knowing.answer_question(session, part, running=True):
        return True
    return _explained(session, words)


def _explained(session: Session, words: str) -> bool:
    """ "… dat er een bedrijfsvakschool bestaat, hoe werkt dat": a word of the glossary that is asked about."""
    glossary = session.content.knowledge.glossary
    if not _ABOUT_A_WORD.search(words):
        return False
    said = f" {plain(words)} "
    term = next(
        (
            glossary[one]
            for word, one in glossary.words.items()
            if len(word) >= LONG_WORD and f" {plain(word)} " in said
        ),
        None,
    )
    if term is not None:
        session.lead.append(f"{term.name[:1].upper()}{term.name[1:]}: {term.text(session.state.language)}")
    return term is not None
