"""How something is said: a question, a correction, a language."""

from __future__ import annotations

from knowledge.sentence import Sentence
from knowledge.text import tokens
from knowledge.words import group

_CORRECTING = frozenset(["toch", "eigenlijk", "sorry", "oeps", "correctie", "actually"])


def only_asks_meaning(sentence: Sentence) -> bool:
    """ "Wat is bbl?" says nothing about who asks."""
    opens = sentence.texts[:2] in (["wat", "is"], ["wat", "zijn"], ["wat", "betekent"], ["what", "is"], ["what", "are"])
    return opens and not {"ik", "mijn", "wij", "ons", "i", "my"} & set(sentence.texts)


def corrects(sentence: Sentence) -> bool:
    """ "ik ben toch zzp'er", "ik bedoel …"."""
    texts = sentence.texts
    if _CORRECTING & set(texts[:5]) and not {"kan", "mag"} & set(texts[:2]):
        return True
    return "bedoel" in texts or (
        "niet" in texts[:4] and "maar" in texts and len(texts) <= 8 and texts[0] in ("ik", "nee", "oh")
    )


def asks(sentence: Sentence) -> bool:
    """Whether it looks like a question, with or without a question mark."""
    if "?" in sentence.texts:
        return True
    openers = [0, *(at + 1 for at, word in enumerate(sentence.texts[:-1]) if word in ".,;:!\n")]
    texts = [*sentence.texts, ""]
    for at in openers:
        if texts[at] in group("manner_asking_first") or (
            texts[at] in group("manner_asking_verbs") and texts[at + 1] in group("manner_subjects")
        ):
            return True
    if sentence.texts[1:2] in (["welke"], ["welk"], ["wat"]) and texts[0] not in _WISHING:
        return True
    if texts[0] in ("kan", "kun", "mag", "zal") and texts[1] != "niet":
        return True
    pairs = set(zip(sentence.texts, sentence.texts[1:], strict=False))
    return bool(pairs & _ASKING_INSIDE) or "vraagje" in sentence.texts


_WISHING = frozenset(["mot", "moet", "wil", "zoek", "doe", "liever", "gewoon"])  # "zoek wat in de bouw" asks nothing
_ASKING_INSIDE = frozenset(
    [
        ("kan", "dat"), ("mag", "dat"), ("hoe", "kan"), ("hoe", "werkt"), ("hoe", "krijg"), ("hoe", "kom"),
        ("hoe", "word"), ("kan", "ik"), ("met", "hoeveel"), ("hoe", "moet"), ("is", "er"), ("zijn", "er"),
        ("heb", "ik"), ("naar", "welk"), ("naar", "welke"), ("bij", "welk"), ("bij", "welke"), ("welk", "loket"),
    ]
)  # fmt: skip


SURELY = 3  # English words


def is_surely_english(text: str) -> bool:
    """A text of some words that is English and not a little Dutch: the desk may answer it in English."""
    texts = [token.text for token in tokens(text)]
    english = sum(word in group("manner_english") for word in texts)
    dutch = sum(word in group("manner_dutch") - group("manner_english") for word in texts)
    return english >= SURELY and english > 2 * dutch


def language_of(sentence: Sentence, default: str) -> str:
    """ "nl" or "en", as far as it shows; else `default`."""
    english = sum(word in group("manner_english") for word in sentence.texts)
    dutch = sum(word in group("manner_dutch") for word in sentence.texts)
    if english > dutch:
        return "en"
    return "nl" if dutch else default
