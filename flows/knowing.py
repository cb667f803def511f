"""Answers out of what the desk knows: an entry by name, the buttons of a card, a question, why not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows import joining
from flows.answers import plain
from flows.cards import card_message
from flows.details import details_text, ended_text, how_text, why_text
from flows.effects import Count, Message, UpdateCase
from flows.telling import told_message
from flows.voice import sentence

if TYPE_CHECKING:
    from flows.session import Session
    from knowledge.entries import Entry
    from knowledge.matching import Match

FEAR = 0.75  # score from which a text that asks nothing speaks of a frequent fear
SITUATIONS = ("job_seeker", "employee", "self_employed", "employer")  # those an answer may be meant for
WORRY = 0.7  # score from which a frequent question is answered; an entry says itself what it is about
AHEAD = 0.15  # in score, of the next thing found


def match_of(session: Session, entry: Entry) -> Match:
    """The entry for this visitor, today."""
    profile = session.walk().profile
    match: Match = session.content.knowledge.matcher.one(entry, profile, session.now)
    return match


def show_entry(session: Session, entry: Entry) -> None:
    """An entry somebody asked for by name. One that ended says so first, with its year and what exists today."""
    match = match_of(session, entry)
    _shown(session, entry)
    if match.status == "ended":
        session.lead.append(ended_text(session.voice, entry, _successors(session, entry)))
        return
    session.said.append(card_message(session.voice, match))
    if match.verdict == "does_not_fit":
        session.said.append(Message(_why_not_text(session, entry)))


def _shown(session: Session, entry: Entry) -> None:
    """Remember that it was told: it is not mentioned again by itself."""
    session.effects.append(Count("shown", entry.id))
    told = session.state.done.get("!told", [])
    if entry.id not in told:
        session.mark("!told", [*told, entry.id])


def tell_entry(session: Session, entry: Entry, asked: str = "") -> None:
    """An entry that was asked about: what it pays with an example in euros, what not, and whether one can apply now."""
    match = match_of(session, entry)
    _shown(session, entry)
    if match.status == "ended":
        session.lead.append(ended_text(session.voice, entry, _successors(session, entry)))
        return
    session.said.append(told_message(session.voice, match, session.today, asked))
    if match.verdict == "does_not_fit":
        session.said.append(Message(_why_not_text(session, entry)))


def titled(session: Session, text: str) -> Entry | None:
    """The entry whose quoted title stands in a text behind what it is: "de voucher ik werk buiten de techniek". Such a
    title speaks of 'I', and says nothing about who asks; "ik werk in de techniek, is er een voucher" does."""
    said = plain(text)
    for entry in session.content.knowledge.catalogue.values():
        head, quote, rest = entry.name.partition("‘")
        title = plain(rest.partition("’ in")[0].rstrip("’")) if quote else ""
        if title and re.search(rf"{plain(head).split()[-1][-7:]}\W+{re.escape(title)}", said):
            return entry
    return None


def _successors(session: Session, entry: Entry) -> list[str]:
    """Names of what came in its place and still runs."""
    catalogue = session.content.knowledge.catalogue
    names = entry.ended.successors if entry.ended else ()
    found = [catalogue.resolve(name) for name in names]
    return [one.text("name", session.state.language) for one in found if one is not None and one.status != "ended"][:3]


def card_action(session: Session, id: str) -> None:
    """A button of a card: `!why:<entry>`, `!how:<entry>`, `!details:<entry>`, `!notify:<entry>`, `!show:<entry>`."""
    action, _, name = id[1:].partition(":")
    entry = session.content.knowledge.catalogue.resolve(name)
    if entry is None:
        session.say("d_not_known")  # the entry was removed while its card stood on a screen
        return
    session.effects.append(Count(f"card_{action}", entry.id))
    if action == "notify":
        offer_news(session, entry)
    elif action == "join":
        joining.offer_place(session, entry)
    elif action == "show":
        show_entry(session, entry)
    else:
        match = match_of(session, entry)
        texts = {"why": why_text, "how": how_text}
        if action in texts:
            session.said.append(Message(texts[action](session.voice, match)))
        elif action == "details":
            session.said.append(Message(details_text(session.voice, match, session.today)))


def offer_news(session: Session, entry: Entry) -> None:
    """ "Bericht als het opengaat": one message, then the wish is deleted."""
    name = entry.text("name", session.state.language)
    match = match_of(session, entry)
    if match.status == "open":
        session.say("not_open_news", name=name)
        return
    options = [session.option("yes", "b_yes", "choice"), session.option("no", "b_no", "choice")]
    session.ask_own("subscribe", session.voice.phrase("subscribe_sure", name=name), options, entry=entry.id)


def why_not(session: Session, words: str) -> None:
    """ "waarom niet slim": what rules it out, and the smallest change that would help."""
    knowledge = session.content.knowledge
    found = knowledge.search.find(words, 3, session.today, session.state.language) if words else []
    entry = next((one for hit in found if (one := knowledge.catalogue.resolve(hit.id)) is not None), None)
    if entry is None:
        session.say("d_not_known")
        return
    if match_of(session, entry).status == "ended":
        session.lead.append(ended_text(session.voice, entry, _successors(session, entry)))
        return
    session.lead.append(_why_not_text(session, entry))


def _why_not_text(session: Session, entry: Entry) -> str:
    voice = session.voice
    name = entry.text("name", voice.language)
    told = session.content.knowledge.matcher.why_not(entry, session.walk().profile, session.now, voice.language)
    if told.verdict != "does_not_fit":
        return " ".join([voice.phrase("why_not_fits", name=name), *told.sentences])
    if told.change:  # what would help says more than what stands in the way
        return f"{voice.phrase('not_for_you')} {told.change}"
    against = " ".join(sentence(one) for one in told.sentences)
    return voice.phrase("why_not", name=name, against=against)


def answer_question(
    session: Session, text: str, *, sure: bool = False, least: float = 0.0, running: bool = False
) -> bool:
    """Look a question up. True when something was said; `sure` says so also when nothing was found. `least` asks for a
    better score, when the text may not be a question at all; `running` keeps silent about what ended."""
    found = session.content.knowledge.search.find(text, 5, session.today, session.state.language)
    if not found or found[0].score < least:
        if not sure:
            return False
        _nothing_found(session)
        return True
    first = found[0]
    entry = session.content.knowledge.catalogue.resolve(first.id)
    if running and entry is not None and entry.status == "ended":
        return False
    if first.kind == "worry" and not sure and not _suits(session, first.id, first.score):
        return False
    session.effects.append(Count("asked_question"))
    session.state = session.state.but(misses=0)
    if first.answer or entry is None:
        session.lead.append(first.answer)
    else:
        others = [one for hit in found[1:] if (one := session.content.knowledge.catalogue.resolve(hit.id)) is not None]
        meant = [hit.score for hit in found[1:2]] < [first.score - AHEAD]  # far ahead of the next: this one was meant
        alike = [one for one in others if one.status == "ended" and one.kind == entry.kind]
        if entry.status == "ended" and alike and not meant:
            _tell_ended(session, [entry, *alike])
        else:
            tell_entry(session, entry, text)
    return True


def _suits(session: Session, name: str, score: float) -> bool:
    """Whether an answer to a frequent question is for who asks, and surely the one that was asked for."""
    worry = session.content.knowledge.search.worries[name]
    situation = session.walk().profile.value("situation")
    return score >= WORRY and (situation not in SITUATIONS or situation in worry.situations)


def _tell_ended(session: Session, entries: list[Entry]) -> None:
    """Several things of one kind that ended: their names with the year, and what exists today."""
    language = session.state.language
    names = [
        one.text("name", language) + (f" ({one.ended.year})" if one.ended and one.ended.year else "") for one in entries
    ]
    for one in entries:
        _shown(session, one)
    now = list(dict.fromkeys(name for one in entries for name in _successors(session, one)))[:3]
    then = session.voice.phrase("instead", names=", ".join(now)) if now else session.voice.phrase("instead_nothing")
    session.lead.append(f"{session.voice.phrase('are_ended', names=', '.join(names))} {then}")


def can_answer(session: Session, text: str, least: float) -> bool:
    """Whether something is found that is at least this likely to be what is meant."""
    found = session.content.knowledge.search.find(text, 1, session.today, session.state.language)
    return bool(found) and bool(found[0].score >= least)


def names_entry(session: Session, text: str, least: float) -> bool:
    """Whether the best that is found is a scheme, voucher or the like: a thing to apply for, no school and no desk."""
    found = session.content.knowledge.search.find(text, 1, session.today, session.state.language)
    entry = session.content.knowledge.catalogue.resolve(found[0].id) if found and found[0].score >= least else None
    return entry is not None and entry.kind not in ("provider", "desk")


def asks_for_desk(session: Session, text: str) -> bool:
    """Whether the desk of a region is what is asked for."""
    found = session.content.knowledge.search.find(text, 1, session.today, session.state.language)
    entry = session.content.knowledge.catalogue.resolve(found[0].id) if found else None
    return entry is not None and entry.kind == "desk"


def is_worry(session: Session, text: str) -> bool:
    """Whether a text, also one that is no question, speaks of a frequent fear."""
    found = session.content.knowledge.search.find(text, 1, session.today, session.state.language)
    return (
        bool(found)
        and found[0].kind == "worry"
        and found[0].score >= FEAR
        and _suits(session, found[0].id, found[0].score)
    )


def worry(session: Session, text: str) -> str:
    """The short answer to a frequent fear, when the text asks about one."""
    found = session.content.knowledge.search.find(text, 1, session.today, session.state.language)
    return str(found[0].answer) if found else ""


def _nothing_found(session: Session) -> None:
    session.effects.append(Count("not_known"))
    session.ask_own(
        "human", session.voice.phrase("search_nothing"),
        [session.option("!call_me", "b_call_me_yes", "choice"), session.option("no", "b_no", "choice")],
        fact=session.before.shown.fact if session.before.shown else "", step=session.step_on_screen(),
    )  # fmt: skip
    if session.world.case:
        session.effects.append(UpdateCase("wrote"))
