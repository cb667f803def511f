"""Commands that work everywhere, before an answer is read: by word, with or without a slash, in every language."""

from __future__ import annotations

import re
from functools import lru_cache

from flows import otherwords
from flows.answers.words import plain

COMMANDS: dict[str, tuple[str, ...]] = {
    "back": ("terug", "ga terug", "stap terug", "vorige", "vorige vraag", "back", "go back", "undo"),
    "change": ("wijzig", "wijzigen", "veranderen", "aanpassen", "antwoord wijzigen", "change", "edit", "correct"),
    "overview": ("overzicht", "wat weet u", "wat weet je", "samenvatting", "overview", "summary"),
    "why": ("waarom", "waarom vraagt u dit", "waarom vraag je dit", "why", "why do you ask"),
    "restart": ("opnieuw", "opnieuw beginnen", "begin opnieuw", "nieuw gesprek", "restart", "start over"),
    "stop": ("stop", "stoppen", "ophouden", "ik stop", "quit"),
    "coach": ("coach", "mens", "medewerker", "ik wil een mens", "ik wil een coach", "mens spreken", "coach spreken",
              "met een mens praten", "echt mens",
              "kan ik gewoon met iemand praten", "kan ik met iemand praten", "ik wil iemand spreken",
              "liever een mens", "kan ik iemand spreken", "adviseur", "human", "talk to a human", "agent"),
    "call_me": ("bel mij", "bel me", "belmij", "bel mij terug", "bel me terug", "terugbellen", "kunt u mij bellen",
                "kun je mij bellen", "bellen", "call me", "call me back", "bel_mij"),
    "language": ("taal", "andere taal", "language", "taal kiezen", "english please", "engels", "nederlands",
                 "english", "dutch"),
    "privacy": ("privacy", "wat doet u met mijn gegevens", "wie leest dit"),
    "my_data": ("mijn gegevens", "gegevens", "mijn data", "mijn_gegevens", "inzage", "my data"),
    "erase": ("wis mijn gegevens", "wis", "wissen", "alles wissen", "verwijder mijn gegevens", "wis alles",
              "wis_mijn_gegevens", "gegevens wissen", "erase", "erase my data", "delete my data", "wis mij"),
    "help": ("help", "hulp", "wat kan ik typen", "commando's", "wat kunt u", "wat kun je"),
    "enough": ("genoeg", "genoeg gevraagd", "geen vragen meer", "enough"),
    "more": ("meer", "toon meer", "nog meer", "wat nog meer", "more", "show more"),
    "dont_know": ("weet ik niet", "ik weet het niet", "weet niet", "geen idee", "dat weet ik niet", "ik weet niet",
                  "weet ik nog niet", "zou ik niet weten", "i don't know", "dont know", "don't know", "no idea"),
    "declined": ("zeg ik liever niet", "liever niet", "dat zeg ik niet", "wil ik niet zeggen", "gaat u niets aan",
                 "wil ik niet vertellen", "prefer not to say", "rather not say"),
}  # fmt: skip

PRIVATE = ("my_data", "erase", "privacy", "stop")  # work whoever is speaking
LANGUAGES = {
    "engels": "en", "english": "en", "english please": "en", "nederlands": "nl", "dutch": "nl",
    **{plain(name): language for name, language in otherwords.OWN_NAMES.items()},
}  # fmt: skip
# Words that only count as a command with a slash or alone, because people also use them in sentences, are all words
# here: a command is the whole text. These take the rest of the text as their argument.
_WITH_ARGUMENT = {"wijzig": "change", "change": "change", "waarom niet": "why_not", "why not": "why_not",
                  "taal": "language", "language": "language"}  # fmt: skip
_LEADS = tuple(_WITH_ARGUMENT)


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    found = dict.fromkeys(LANGUAGES, "language")
    for commands in (otherwords.COMMANDS, COMMANDS):
        found |= {plain(word): name for name, words in commands.items() for word in words}
    return found


def phrases() -> tuple[str, ...]:
    """Whatever `find_command` finds beside a wish for a human holds one of these whole."""
    return (*_words(), *_WITH_ARGUMENT, *LANGUAGES, *otherwords.AFTER_LANGUAGE, "start", "begin")


def language_named(words: str) -> str:
    """The language somebody names after *taal*: by its code, or in Dutch, English or its own words; else ''."""
    said = plain(words)
    codes = {*LANGUAGES.values()}
    return said if said in codes else LANGUAGES.get(said) or otherwords.AFTER_LANGUAGE.get(said, "")


# "wil liever een echt mens spreken", "ik wil praten met iemand", "liever een persoon aan de lijn"; not "wil leren
# praten met mensen".
_SOMEBODY = (
    r"(?:(?:gewoon )?iemand|(?:een )?(?:echte? )?(?:mens|persoon|medewerker|coach|adviseur)(?: van jullie)?"
    r"|(?:iemand )?van jullie)"
)
_POLITELY = (
    r"(?:(?:kan|mag|zou|wil|ik|liever|gewoon|graag|misschien|even|ook|nu|we|hier|een keer|alsjeblieft|"
    r"(?:ipv|in plaats van) (?:typen|chatten|een robot|dit))\b ?)"
)
_WANTS_HUMAN = re.compile(
    rf"^{_POLITELY}+(?:met )?{_SOMEBODY} ?{_POLITELY}*(?:spreken|praten|aan de lijn|aan de telefoon)\b ?{_POLITELY}*$"
    rf"|^{_POLITELY}*(?:praten|spreken|overleggen) (?:met )?{_SOMEBODY} ?{_POLITELY}*$"
    rf"|^(?:ik )?(?:zoek|wil|graag|liever)(?: graag| liever)?(?: een)? (?:coach|adviseur|gesprek|mens)$"
    rf"|^(?:is|zit|werkt) (?:er|hier) (?:hier )?(?:ook )?{_SOMEBODY}(?: die .{{1,40}})?$"
)
_WANTS_CALL = re.compile(
    r"^(?:(?:kunt|kun|kunnen|wilt|wil|willen) (?:u|je|jullie) )?(?:mij |me |ons )?(?:maar |even )?(?:terug ?)?bellen$"
    r"|^(?:bel|call) (?:mij|me|ons)(?: (?:maar|even|terug|back))*$"
    rf"|^(?:kan|mag|wil) {_SOMEBODY} (?:mij |me |ons )(?:nog |even |maar |terug ?)*bellen$"
)
# "kan jij english?", "spreekt u ook Turks?"; not "ik spreek Engels", which is told about oneself.
_ASKS_LANGUAGE = re.compile(
    r"(?<!ik )(?<!kan ik )\b(?:spreekt?|spreken|praat|praten we|speak|kan|kun|kunt|can|kunnen we|liever|mag het)\b"
    r"(?: (?:u|je|jij|jullie|you|we|het|ook|in|in het|do|hier)){0,4} "
    rf"(?P<language>{'|'.join(map(re.escape, {**LANGUAGES, **otherwords.AFTER_LANGUAGE}))})"
    r"(?: (?:praten|spreken|please|ook|aub))?$"
)
_ERASE = re.compile(
    r"^(?:(?:wilt|wil|kunt|kun|kan) (?:u|je|jij|ik) )?(?:verwijder|wis|vergeet|delete|erase)\b.{0,20}\b"
    r"(?:alles|alle|gegevens|everything|gesprek|all)\b"
)
_COURTESY = re.compile(r"\b(?:aub|a\.u\.b|alstublieft|alsjeblieft|svp|please|hoor|dan|morgen|vandaag)\b|[?!.,]+$")
_NUMBER = re.compile(r"\W*(?:\b(?:op|mijn nummer is|nummer|nr|on|at)\b\W*)*(\+?[\d][\d\s-]{7,15}\d)\W*")
MOST_WORDS = 9
# Every wish for a human or a call holds one of these: looked for first, because most answers hold none (ear.py).
PIECES = ("bel", "call", "iemand", "mens", "persoon", "medewerker", "coach", "adviseur", "jullie")


def find_command(text: str) -> tuple[str, str] | None:
    """(command, argument) when the whole text is a command; None otherwise."""
    if len(text) > 80:
        return None
    slashed = text.lstrip().startswith("/")
    words = plain(text.replace("/", " ", 1) if slashed else text).rstrip("?! ")
    if slashed:
        words = plain(re.sub(r"@\w+", "", words).replace("_", " "))
    if not words:
        return None
    found = _words().get(words)
    if found:
        return found, LANGUAGES.get(words, "")
    if any(map(words.__contains__, PIECES)) and len(words.split()) <= MOST_WORDS:
        number = _NUMBER.search(words)
        asked = " ".join(_COURTESY.sub("", _NUMBER.sub(" ", words)).split()).rstrip("?!., ")
        if _WANTS_CALL.match(asked):
            return "call_me", number[1] if number else ""
        if _WANTS_HUMAN.match(asked):
            return "coach", ""
    if words.startswith(_LEADS):
        for lead, name in _WITH_ARGUMENT.items():
            if words.startswith(lead + " ") and len(words.split()) <= 6:
                argument = words[len(lead) + 1 :]
                if name != "language" or language_named(argument):  # "taal leren" is a wish
                    return name, argument
    if _ERASE.match(words):
        return "erase", ""
    asks = _ASKS_LANGUAGE.search(words)
    if asks is not None:
        return "language", language_named(asks["language"])
    if slashed and words.split()[0] in ("start", "begin"):
        return "start", " ".join(words.split()[1:])
    return None
