"""Is this Dutch easy enough to read? Explainable figures, used by `loket check` on every text that visitors read.

LIX is the mean sentence length plus the share of words longer than six letters. Flesch-Douma is the Dutch reading ease:
206.84 - 0.93 x words per sentence - 77 x syllables per word; higher is easier. Names of entries and words that the
glossary explains count as two syllables and never as long: a visitor can ask what they mean (DESIGN 12).

A word is known when it stands at least once in a million words of Dutch (words/frequent.txt), when it joins two such
words ("leerbedrijf", "terugvragen"), or when it is explained. Names are left alone: a capital inside a sentence, an
address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from knowledge.compounds import Splitter

MAX_SENTENCE_WORDS = 20
MAX_LIX = 45
MIN_EASE = 55
MIN_WORDS = 8  # shorter texts have no meaningful figures
MAX_CHARACTERS = 350  # of one message
FREQUENT = Path(__file__).parent / "words" / "frequent.txt"

# Words that officials write and few people say. Each with what to write instead.
JARGON = {
    "teneinde": "om", "indien": "als", "middels": "met", "conform": "volgens", "voornoemd": "die",
    "voornoemde": "die", "geschiedt": "gebeurt", "belanghebbende": "u", "belanghebbenden": "mensen",
    "derhalve": "dus", "tevens": "ook", "echter": "maar", "dienen": "moeten", "dient": "moet",
    "desgewenst": "als u wilt", "alsmede": "en", "aangaande": "over", "betreffende": "over", "inzake": "over",
    "jegens": "tegenover", "onverwijld": "direct", "thans": "nu", "reeds": "al", "gelieve": "wilt u",
    "hieromtrent": "hierover", "aldaar": "daar", "alhier": "hier", "omtrent": "over", "doch": "maar",
    "noodzakelijkerwijs": "altijd", "verstrekken": "geven", "verstrekt": "geeft", "additioneel": "extra",
    "additionele": "extra", "implementeren": "invoeren", "faciliteren": "helpen", "faciliteert": "helpt",
    "participeren": "meedoen", "participeert": "doet mee", "aanvang": "begin", "aanvangen": "beginnen",
    "bewerkstelligen": "zorgen voor", "geacht": "beste", "ondergetekende": "ik", "vigerend": "geldend",
    "vigerende": "geldende", "krachtens": "volgens", "ingevolge": "volgens", "uitsluitend": "alleen",
    "kenbaar": "bekend", "vervaardigen": "maken", "aangezien": "omdat", "teruggekoppeld": "verteld",
}  # fmt: skip
JARGON_PHRASES = {"ten behoeve van": "voor", "in beginsel": "meestal", "dient te": "moet", "met betrekking tot": "over",
                  "ten aanzien van": "over", "op grond van": "door", "in het kader van": "voor"}  # fmt: skip
# Words that few people meet, with plainer ones. Anything else that is rare is told with what may be done about it.
PLAINER = {
    "declareren": "het geld terugvragen", "declareer": "vraag het geld terug", "declareert": "vraagt het geld terug",
    "factuur": "rekening", "tegemoetkoming": "geld dat helpt", "bijscholing": "een cursus",
    "scholingsbehoefte": "wat u wilt leren",
    "arbeidsbeperking": "een ziekte of handicap", "arbeidsovereenkomst": "contract", "gratificatie": "extra loon",
    "retourneren": "terugsturen", "consulteren": "vragen", "evalueren": "bespreken", "continueren": "doorgaan met",
    "prioriteren": "kiezen wat eerst komt", "certificeren": "keuren", "kwalificeren": "een diploma halen",
    "rouleren": "om de beurt werken", "beoordelaar": "iemand die kijkt of het goed is", "accorderen": "goedkeuren",
    "fiatteren": "goedkeuren", "inventariseren": "opschrijven", "aanvangsdatum": "eerste dag", "peildatum": "dag",
    "inkomensafhankelijk": "hoe meer u verdient, hoe minder u krijgt", "doelgroepregister": "lijst van UWV",
    "arbeidsmarktkrapte": "te weinig mensen", "zij-instromen": "leren voor een ander beroep",
    "login": "manier om in te loggen",
}  # fmt: skip
# "U" everywhere (FIRST-MINUTE 12). "Jou" hides in other words, so whole words only.
INFORMAL = re.compile(r"\b(je|jij|jou|jouw|jullie|jezelf)\b", re.IGNORECASE)

_SENTENCE = re.compile(r"[.!?…]+(?=\s|$)|\n+|:\s*\n")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(
    r"ieu|eeuw|ieuw|aai|ooi|oei|aa|ee|oo|uu|ie|oe|ui|ei|ij|au|ou|eu|[aeiouyàáâäèéêëìíîïòóôöùúûü]", re.I
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; `longest` is the longest sentence in words."""

    words: int
    sentences: int
    longest: int
    lix: float
    ease: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a text is hard, and what would help."""

    what: str
    proposal: str
    word: str = ""  # the word or words it is about, as they stand in the text


def measure(text: str, easy: Iterable[str] = ()) -> Figures:
    """Figures of a text; `easy` are names and glossary words that count as known."""
    known = _known(frozenset(easy))
    words = sentences = longest = long_words = syllables_all = 0
    for sentence in _SENTENCE.split(text):
        found = _WORD.findall(sentence)
        if not found:
            continue
        sentences += 1
        words += len(found)
        longest = max(longest, len(found))
        for word in found:
            if word.casefold() in known:
                syllables_all += min(2, syllables(word))
                continue
            syllables_all += syllables(word)
            long_words += len(word) > 6
    if not words:
        return Figures(0, 0, 0, 0.0, 120.0)
    per_sentence = words / sentences
    lix = per_sentence + 100 * long_words / words
    ease = 206.84 - 0.93 * per_sentence - 77 * syllables_all / words
    return Figures(words, sentences, longest, round(lix, 1), round(ease, 1))


def findings(text: str, easy: Iterable[str] = (), *, most_words: int = 60) -> list[Finding]:
    """Everything that makes this text hard; empty when it may be shown."""
    easy = frozenset(easy)
    found: list[Finding] = []
    figures = measure(text, easy)
    if figures.words > most_words:
        found.append(Finding(f"has {figures.words} words", f"Use at most {most_words}, or split it."))
    if len(text) > MAX_CHARACTERS:
        found.append(Finding(f"has {len(text)} characters", f"Use at most {MAX_CHARACTERS}, or split it."))
    if figures.longest > MAX_SENTENCE_WORDS:
        found.append(
            Finding(f"has a sentence of {figures.longest} words", f"Use at most {MAX_SENTENCE_WORDS} words a sentence.")
        )
    if figures.words >= MIN_WORDS:
        if figures.lix > MAX_LIX:
            found.append(Finding(f"has LIX {figures.lix} (at most {MAX_LIX})", "Use shorter words and sentences."))
        if figures.ease < MIN_EASE:
            found.append(
                Finding(f"has reading ease {figures.ease} (at least {MIN_EASE})", "Use words with fewer syllables.")
            )
    lowered = text.casefold()
    for word in _WORD.findall(lowered):
        if word in JARGON:
            found.append(Finding(f"uses the official word '{word}'", f"Write '{JARGON[word]}'.", word))
    for phrase, instead in JARGON_PHRASES.items():
        if phrase in lowered:
            found.append(Finding(f"uses the official words '{phrase}'", f"Write '{instead}'.", phrase))
    found += [
        Finding(f"uses '{word}', a word that few people know", _plainer(word), word) for word in rare_words(text, easy)
    ]
    informal = INFORMAL.search(text)
    if informal:
        found.append(Finding(f"says '{informal.group()}'", "Write 'u' or 'uw'.", informal.group()))
    if text.count("?") > 1:
        found.append(Finding("asks more than one question", "Ask one thing at a time."))
    return found


def rare_words(text: str, easy: Iterable[str] = ()) -> list[str]:
    """Words that few people know, each once; `easy` are names and explained words."""
    known, found = _known(frozenset(easy)), dict[str, None]()
    for sentence in _PART.split(_ADDRESS.sub(" ", text)):
        for place, word in enumerate(_WORD.findall(sentence)):
            is_name = word[1:] != word[1:].lower() or (place > 0 and word[0].isupper())
            if (
                not is_name
                and word.casefold() not in JARGON
                and not _is_known(word.casefold().replace("’", "'"), known)
            ):
                found[word] = None
    return list(found)


def _is_known(word: str, known: frozenset[str]) -> bool:
    frequent = _frequent()
    if len(word) < 3 or word in known or word in frequent:
        return True
    parts = word.split("-")
    if len(parts) > 1:
        return all(_is_known(part, known) for part in parts)
    if word.endswith("'s") or (word.endswith("s") and word[:-1] in known):
        return _is_known(word.removesuffix("s").removesuffix("'"), known)
    if word.startswith(_PREFIXES) and word[2:] in frequent:  # "opleidt": a verb with its short first part
        return True
    if f"{word}en" in frequent:  # "wijzig", of "wijzigen"
        return True
    if len(_splitter().split(word)) == 2:
        return True
    return len(Splitter(_Either(frequent, known)).split(word)) == 2


def _plainer(word: str) -> str:
    plainer = PLAINER.get(word.casefold())
    if plainer:
        return f"Write '{plainer}'."
    parts = _splitter().split(word.casefold())
    split = f"Say it in more words ({', '.join(parts)}), use" if len(parts) > 2 else "Use"
    return f"{split} words that everybody uses, or explain '{word}' in glossary.yaml."


_PREFIXES = ("op", "af", "in", "om", "na")
_PART = re.compile(r"[.!?…:]+(?=\s|$)|\n+")
_ADDRESS = re.compile(r"\S+@\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:nl|eu|com|org|net|be)\b\S*|\{[^{}]*\}")


@lru_cache(maxsize=1)
def _frequent() -> frozenset[str]:
    lines = FREQUENT.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=1)
def _splitter() -> Splitter:
    return Splitter(_frequent())


class _Either:
    """The words of two sets, one of which is too large to copy for every text."""

    def __init__(self, many: frozenset[str], few: frozenset[str]) -> None:
        self._many, self._few = many, few

    def __contains__(self, word: object) -> bool:
        return word in self._many or word in self._few


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Vowel groups, counting the Dutch double vowels as one; at least one."""
    return max(1, len(_VOWELS.findall(word)))


@lru_cache(maxsize=64)
def _known(easy: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*map(_words_of, easy))


@lru_cache(maxsize=8192)
def _words_of(phrase: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(phrase))
