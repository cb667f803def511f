"""How names of places are compared: folded for exact look-up, by sound for what people misspell."""

from __future__ import annotations

import re
import unicodedata

PIECE = re.compile(r"[^\W_][\u0300-\u036f]*(?:[^\W_][\u0300-\u036f]*)*")

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_QUALIFIER = re.compile(r"\s*(?:\(.*\)|\sgem\.? .+|\s(?:AC|NB|GLD|Gld|Gn|GN|Ut|L|NH|ca))$")

_SOUNDS = (
    ("sch", "s"), ("ck", "k"), ("q", "k"), ("ph", "f"), ("th", "t"), ("gh", "g"), ("ch", "g"), ("ce", "se"),
    ("ci", "si"), ("cy", "si"), ("c", "k"), ("x", "ks"), ("ij", "i"), ("ei", "i"), ("y", "i"), ("oe", "u"),
    ("ou", "u"), ("au", "u"), ("ae", "a"), ("z", "s"), ("v", "f"), ("w", "f"),
)  # fmt: skip
_DOUBLE = re.compile(r"(.)\1+")


def strip_marks(text: str) -> str:
    """Lower case without accents: "Súdwest-Fryslân" becomes "sudwest-fryslan"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def slug(name: str) -> str:
    """The id of an area: "'s-Hertogenbosch" becomes "s-hertogenbosch", "Bergen (NH.)" becomes "bergen-nh"."""
    return _NOT_SLUG.sub("-", strip_marks(name)).strip("-")


def fold(text: str) -> str:
    """A name without case, accents, hyphens and apostrophes: "'s-Gravenhage" becomes "s gravenhage"."""
    if text.isascii() and text.isalpha():
        return fold_piece(text)
    return " ".join(map(fold_piece, PIECE.findall(text)))


def fold_piece(piece: str) -> str:
    folded = strip_marks(piece)
    return "sint" if folded == "st" else folded


def base_name(official: str) -> str:
    """The name people use: "Bergen (NH.)" is called "Bergen", "Haren Gn" is called "Haren"."""
    return _QUALIFIER.sub("", official) if " " in official else official


def sound(folded: str) -> str:
    """Roughly how a folded name sounds, so that "dutinchem" and "doetinchem" are one."""
    heard = f"{folded} "
    for letters, replacement in _SOUNDS:
        heard = heard.replace(letters, replacement)
    heard = heard.replace("d ", "t ").replace("n ", " ")  # how a word ends is hardly heard
    return _DOUBLE.sub(r"\1", heard.rstrip())


def spellings(folded: str) -> list[str]:
    """Other ways to write a folded name: "alphen a d rijn", "alphen ad rijn" and "alphen aan de rijn"."""
    found = []
    for phrase in ("aan den", "aan de"):
        if f" {phrase} " in folded:
            other = "aan de" if phrase == "aan den" else "aan den"
            found = [folded.replace(f" {phrase} ", f" {short} ") for short in ("a d", "ad", other)]
            break
    if " " in folded:
        found.append(folded.replace(" ", ""))
    if folded.startswith("s ") and len(folded) > 8:
        found.append(folded[2:])
    return found
