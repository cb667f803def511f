"""What people say instead of an answer, in the middle of a conversation: "maakt niet uit", "die tweede", "geen zorg",
"wacht even", "hoeveel vragen nog".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flows import commanding, deskquestions
from flows.answering import asked_fact, number_of_option, parse
from flows.answers import Answered, plain
from flows.correcting import take

if TYPE_CHECKING:
    from flows.session import Session

MOST_WORDS = 10
_LEADS = r"(?:(?:dat|ja|nou|eh|uh|sorry|nee|maar|oh)[ ,]*)*"
_UNKNOWN = re.compile(
    rf"^{_LEADS}(?:"
    r"(?:weet (?:ik|hij|zij|ze|die)|ik weet)(?: (?:het|dat|zelf|ook|nog|echt|even|nu|eigenlijk))* niet"
    r"(?! (?:wat ik|waar ik|hoe ik|of ik))(?: (?:welke|wat|hoe|meer|zeker|uit|mijn|m'n|goed|precies))*\b.*"
    r"|(?:het )?maakt (?:mij |me |ons |hem |haar )?niets? uit\b.*|(?:alles|allemaal) (?:is |mag|kan)? ?(?:goed|prima)?"
    r"|geen voorkeur|geen idee\b.*|(?:dat )?hangt (?:er ?van |er |van .{1,30} )?af\b.*"
    r"|geen van (?:beide|allen|alle|deze|die|de twee)\b.*|niks van dat alles|geen een"
    r"|(?:it )?does not matter|doesn't matter|depends"
    r")$"
)
_DECLINED = re.compile(rf"^{_LEADS}(?:zeg|vertel|deel|geef) ik (?:dat |u |je )?(?:liever|maar) niet$")
_STUCK = re.compile(r"\b(?:snap|begrijp) (?:(?:de|je|uw|jouw|die|deze) (?:vraag|bedoeling)|u|je) niet\b")
_AWAY = re.compile(
    rf"^{_LEADS}(?:ik )?(?:wacht (?:even|ff|effe)|moment(?:je)?|(?:een |1 )?ogenblik(?:je)?|later|ben zo terug"
    r"|moet (?:nu )?(?:gaan|weg)|kom (?:later|straks|morgen) terug|ga (?:nu )?(?:weg|slapen)|straks|morgen verder)$"
)
_HOW_MANY = re.compile(
    r"^(?:hoeveel vragen(?: (?:nog|zijn er|komen er))*|(?:dit|het) duurt (?:te|wel|erg|heel)? ?(?:lang|veel)"
    r"|zoveel vragen|te veel vragen|wat (?:een|veel) vragen)$"
)
_ORDINAL = re.compile(
    r"^(?:(?:ik )?(?:kies|neem|doe|wil|liever)(?: maar)? )?(?:(?:de|die|het|optie|keuze|knop|nummer|nr|antwoord) )*"
    r"(?P<which>eerste|tweede|derde|vierde|vijfde|laatste|bovenste|onderste|[1-9](?:e|ste|de)?)"
    r"(?: (?:knop|optie|keuze|graag|maar|dan|antwoord|doe maar))*$"
)
_PLACES = {"eerste": 0, "bovenste": 0, "tweede": 1, "derde": 2, "vierde": 3, "vijfde": 4, "laatste": -1, "onderste": -1}
_BOTH = frozenset(("allebei", "beide", "alle twee", "beiden", "both", "alles", "allemaal"))
_NOT_THAT = re.compile(
    r"^(?:liever |maar |in ieder geval |alles behalve |behalve )?(?:geen|niet|nooit|alles behalve|behalve)\b"
)
_ONE_OR_OTHER = re.compile(r"\b(?:of|or)\b")


def instead_of_an_answer(session: Session, words: str) -> bool:
    """Answered in its own way; False for any other text, and when no question stands on the screen."""
    screen, said = session.before.shown, plain(words)
    if screen is None or screen.fact not in session.content.knowledge.facts or session.state.pending is not None:
        return False
    if not session.state.answers or len(said.split()) > MOST_WORDS:  # a first message is no answer to anything
        return False
    fact = session.content.knowledge.facts[screen.fact]
    if _STUCK.search(said):
        commanding.command(session, "why", "")
        return True
    if _AWAY.match(said) or _HOW_MANY.match(said):
        session.say("no_hurry" if _AWAY.match(said) else "few_more")
        session.wait = bool(_AWAY.match(said))
        return True
    if fact.kind in ("text", "phone", "email"):
        return False
    if _DECLINED.match(said):
        commanding.command(session, "declined", "")
        return True
    if isinstance(parse(session, fact.id, words), Answered) and not (fact.kind == "code" and _NOT_THAT.match(said)):
        return _either(session, fact.id, fact.kind, said)
    if _UNKNOWN.match(said):
        commanding.command(session, "dont_know", "")
        return True
    return _by_place(session, fact.kind, said)


def _by_place(session: Session, kind: str, said: str) -> bool:
    """ "die tweede", "de laatste", "allebei"; and "geen zorg", which names what it is not."""
    if kind in ("code", "place") and _NOT_THAT.match(said):
        session.say("not_that")
        return True
    if kind not in ("choice", "choices", "yes_no"):
        return False
    screen = session.before.shown
    assert screen is not None
    options = [id for id in screen.options if not id.startswith("!")]
    found = _ORDINAL.match(said)
    if found:
        which = found["which"]
        at = _PLACES[which] if which in _PLACES else int(re.sub(r"\D", "", which)) - 1
        place = at + 1 if at >= 0 else len(options)
        outcome = number_of_option(session, asked_fact(session), str(place))
        if isinstance(outcome, Answered):
            take(session, screen.fact, outcome.value)
            return True
    if said in _BOTH or re.fullmatch(r"[1-9](?:(?: en |, ?| ?& ?)[1-9])+", said):
        if kind == "choices":
            return False
        session.say("which_of_these")
        return True
    return False


def _either(session: Session, fact: str, kind: str, said: str) -> bool:
    """ "zorg of techniek" names two kinds of work: which of them comes first?"""
    sides = [side.strip() for side in _ONE_OR_OTHER.split(said)]
    if kind != "code" or len(sides) != 2 or not all(sides):
        return False
    read = [parse(session, fact, side) for side in sides]
    values = [one.value for one in read if isinstance(one, Answered)]
    if len(values) != len(sides) or values[0] == values[1]:
        return False
    options = tuple((value, session.voice.value(fact, value)) for value in values)
    deskquestions.ask_which(session, fact, options, "did_you_mean")
    return True
