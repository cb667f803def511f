"""Is this Dutch easy enough to read? Explainable figures, used by `loket check` on every text that visitors read.

LIX is the mean sentence length plus the share of words longer than six letters. Flesch-Douma is the Dutch reading ease:
206.84 - 0.93 x words per sentence - 77 x syllables per word; higher is easier. Names of entries and words that the
glossary explains count as two syllables and never as long: a visitor can ask what they mean (DESIGN 12).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

MAX_SENTENCE_WORDS = 20
MAX_LIX = 45
MIN_EASE = 55
MIN_WORDS = 8  # shorter texts have no meaningful figures

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
    easy = tuple(easy)
    found: list[Finding] = []
    figures = measure(text, easy)
    if figures.words > most_words:
        found.append(Finding(f"has {figures.words} words", f"Use at most {most_words}, or split it."))
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
            found.append(Finding(f"uses the official word '{word}'", f"Write '{JARGON[word]}'."))
    for phrase, instead in JARGON_PHRASES.items():
        if phrase in lowered:
            found.append(Finding(f"uses the official words '{phrase}'", f"Write '{instead}'."))
    informal = INFORMAL.search(text)
    if informal:
        found.append(Finding(f"says '{informal.group()}'", "Write 'u' or 'uw'."))
    if text.count("?") > 1:
        found.append(Finding("asks more than one question", "Ask one thing at a time."))
    return found


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Vowel groups, counting the Dutch double vowels as one; at least one."""
    return max(1, len(_VOWELS.findall(word)))


@lru_cache(maxsize=64)
def _known(easy: frozenset[str]) -> frozenset[str]:
    return frozenset(word.casefold() for phrase in easy for word in _WORD.findall(phrase))
