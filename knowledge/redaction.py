"""Numbers that are never kept: citizen service numbers (BSN), bank accounts, document numbers, passwords.

Pure and fast (most texts hold too few digits to look at). Detection reads a copy of the text in which every decimal
digit of any script is an ASCII digit, position by position, so that what is found can be cut out of the original.

A BSN is eight or nine digits in any grouping. With a word such as "bsn" nearby the digits go even when the eleven-test
fails: a number with a typing error still points at a person. Without one, the test must pass and the digits must look
like nothing else (a date, a phone number, an amount, a number of a company or an invoice). Digits written as words are
not found; the desk asks people not to type them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

MARKERS = {
    "bsn": "[BSN verwijderd]",
    "iban": "[rekeningnummer verwijderd]",
    "document": "[documentnummer verwijderd]",
    "password": "[wachtwoord verwijderd]",
}
NEARBY = 30  # characters in which a word still says what a number is
ASKED_NUMBERS = frozenset({"number", "amount", "phone", "date"})  # kinds whose own parser goes first

_SEPARATOR = r"[\s.\-/_·,:;'’\u00a0\u2007-\u2015\u202f\u2212]"
_RUN = re.compile(rf"\d(?:{_SEPARATOR}{{0,3}}\d)+")
_DIGIT = re.compile(r"\d")  # of any script
_TOKEN = re.compile(r"\S+")
_BSN_WORD = re.compile(
    r"\bb\.?\s?s\.?\s?n\.?\b|bsn|burger\s?-?service|burgernummer|\bsofi|sociaal\s?-?fiscaal|citizen service|"
    r"social security|national id|vatanda[sş]l[iı]k|numer obywatel|номер громадян|الرقم الوطني|رقم المواطن",
    re.IGNORECASE,
)
_OTHER_WORD = re.compile(
    r"\bkvk|kamer van koophandel|\btel\b|\btel[.:]|telefoon|\bbel(?:len)?\b|\bmobiel|\bgsm\b|\bphone|\bcall\b|"
    r"whatsapp|\bapp\b|factuur|invoice|dossier|zaaknummer|kenmerk|ordernummer|bestelling|bestelnummer|klantnummer|polis|iban|rekening|"
    r"\brsin|\bbtw|\bvat\b|\beuro\b|\beur\b|€|postcode|referentie|ticket|crebo|brin|\bisbn|\bean\b|barcode|artikel|"
    r"serienummer",
    re.IGNORECASE,
)
_IBAN = re.compile(
    rf"(?<![A-Z0-9])[A-Z]{{2}}{_SEPARATOR}?\d{_SEPARATOR}?\d(?:{_SEPARATOR}{{0,2}}[A-Z0-9]){{11,30}}", re.IGNORECASE
)
_DUTCH_IBAN = re.compile(r"NL\d\d[A-Z]{4}\d{10}")
_DOCUMENT_WORD = re.compile(
    r"paspoort|passport|id[- ]?kaart|identiteits|identity card|rijbewijs|driving licen|document\s?-?n|"
    r"verblijfs(?:document|vergunning|kaart|pas)|vreemdelingen|\bv[- ]?nummer|residence permit",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"(?<![A-Z0-9])(?=[A-Z0-9]*\d[A-Z0-9]*\d)[A-Z]{1,3}\s?[A-Z0-9]{5,7}\d(?![A-Z0-9])", re.IGNORECASE
)
_DOCUMENT_DIGITS = re.compile(r"(?<!\d)\d(?:[ .-]?\d){8,9}(?![ .-]?\d)")
_PASSWORD = re.compile(
    r"(?:wachtwoord|password|pincode|pin\s?-?code)(?:\s+(?:van\s+\w+\s+)?(?:is|was))?\s*[:=]?\s*[\"'“]?"
    r"(?P<secret>(?=\S*\d)(?=\S*[^\W\d]|\d{4}\b)\S{4,40})",
    re.IGNORECASE,
)
_SECRET_WORD = re.compile("wachtwoord|password|pin", re.IGNORECASE)
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])\D{0,3}(?:0?[1-9]|1[0-2])\D{0,3}(?:19|20)\d\d|"
    r"(?:19|20)\d\d\D{0,3}(?:0[1-9]|1[0-2])\D{0,3}(?:0[1-9]|[12]\d|3[01])"
)


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without the numbers that are never kept, and which kinds went (bsn, iban, document, password)."""

    text: str
    found: tuple[str, ...] = ()


def is_harmless(text: str) -> bool:
    """Whether a text surely holds no such number: it has too few digits, and no word for a secret."""
    return len(_DIGIT.findall(text)) < 4 and _SECRET_WORD.search(text) is None


def redact(text: str, expects: str = "") -> Redaction:
    """The text without such numbers. `expects` is the kind of the question that stands open: when a whole text is the
    number it asks for, that reading goes first, unless the text itself says that it is something else."""
    if is_harmless(text):
        return Redaction(text)
    plain = _plain(text)
    if expects in ASKED_NUMBERS and not _BSN_WORD.search(plain) and not re.search(r"[A-Za-z]{3}", plain):
        return Redaction(text)
    taken: list[tuple[int, int, str]] = []
    for detector, kind in ((_ibans, "iban"), (_documents, "document"), (_passwords, "password"), (_bsns, "bsn")):
        before = len(taken)
        for start, end in detector(plain):
            if not any(start < other_end and other_start < end for other_start, other_end, _ in taken[:before]):
                taken.append((start, end, kind))
    if not taken:
        return Redaction(text)
    pieces, at = [], 0
    for start, end, kind in sorted(taken):
        pieces += [text[at:start], MARKERS[kind]]
        at = end
    return Redaction("".join(pieces) + text[at:], tuple(dict.fromkeys(kind for _, _, kind in sorted(taken))))


def _plain(text: str) -> str:
    """The same text, position by position: digits of any script and full-width letters as ASCII."""
    if text.isascii():
        return text
    return "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


def _ibans(plain: str) -> Iterator[tuple[int, int]]:
    from stdnum import iban  # imported late: most texts never get here

    for found in _IBAN.finditer(plain):
        ends = [index + 1 for index in range(found.start(), found.end()) if plain[index].isalnum()]
        for end in reversed(ends[14:]):
            squeezed = re.sub(r"[^A-Za-z0-9]", "", plain[found.start() : end]).upper()
            if iban.is_valid(squeezed, check_country=False) or _DUTCH_IBAN.fullmatch(squeezed):
                yield found.start(), end
                break


def _documents(plain: str) -> Iterator[tuple[int, int]]:
    words = [found.start() for found in _DOCUMENT_WORD.finditer(plain)]
    if not words:
        return
    for pattern in (_DOCUMENT, _DOCUMENT_DIGITS):
        for found in pattern.finditer(plain):
            if _near(words, *found.span()):
                yield found.span()


def _passwords(plain: str) -> Iterator[tuple[int, int]]:
    for found in _PASSWORD.finditer(plain):
        yield found.span("secret")


def _bsns(plain: str) -> Iterator[tuple[int, int]]:
    named = [found.start() for found in _BSN_WORD.finditer(plain)]
    for run in _RUN.finditer(plain):
        start, end = run.span()
        if (start and (plain[start - 1].isalpha() or plain[start - 1] in "+@#_")) or plain[end : end + 1].isalpha():
            said = _BSN_WORD.search(plain, max(0, start - NEARBY), start)
            if said is None:
                continue
        yield from _bsns_in_run(plain, start, end, named)


def _bsns_in_run(plain: str, start: int, end: int, named: list[int]) -> Iterator[tuple[int, int]]:
    """The BSNs in one stretch of digits. A longer stretch is looked at in its blank-separated parts."""
    count = _digits(plain[start:end])
    if len(count) in (8, 9):
        if _is_bsn(plain, start, end):
            yield start, end
        return
    if len(count) < 8:
        return
    parts = [(start + part.start(), start + part.end()) for part in _TOKEN.finditer(plain[start:end])]
    counts = [len(_digits(plain[first:last])) for first, last in parts]
    at = 0
    while at < len(parts):
        digits = 0
        for upto in range(at, min(at + 9, len(parts))):
            first, last = parts[at][0], parts[upto][1]
            while last > first and not plain[last - 1].isdigit():
                last -= 1
            digits += counts[upto]
            if digits > 9:
                break
            if digits < 8:
                continue
            grouped = upto == at or counts[at : upto + 1] in ([3, 3, 3], [4, 2, 3])
            said = not grouped and _near(named, first, last) and _said_bsn(plain, first, last)
            if (grouped or said) and _is_bsn(plain, first, last):
                yield first, last
                at = upto
                break
        at += 1


def _near(named: list[int], start: int, end: int) -> bool:
    """Whether a word for BSN stands close enough to matter."""
    after = bisect_left(named, start - 2 * NEARBY)
    return after < len(named) and named[after] <= end + NEARBY


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _said_bsn(plain: str, start: int, end: int) -> bool:
    """Whether the nearest word that says what this number is, says BSN."""
    before = plain[max(0, start - NEARBY) : start]
    after = plain[end : end + NEARBY]
    bsn = _last(_BSN_WORD, before)
    other = _last(_OTHER_WORD, before)
    if bsn >= 0 or other >= 0:
        return bsn > other
    following = _BSN_WORD.search(after)
    return following is not None and not re.search(r"\d{4}", after[: following.start()])


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((found.start() for found in pattern.finditer(text)), default=-1)


def _is_bsn(plain: str, start: int, end: int) -> bool:
    if _said_bsn(plain, start, end):
        return True
    before = plain[max(0, start - NEARBY) : start]
    other = _last(_OTHER_WORD, before)
    if other >= 0 and not re.search(r"\d{6}", before[other:]):  # unless that word named another number before this one
        return False
    if re.match(r"\s?(?:euro|eur\b|€|,-|,\d\d\b|%|km|m2|kg)", plain[end : end + 8], re.IGNORECASE):
        return False
    if re.search(r"[€$£]\s?$", plain[max(0, start - 3) : start]):
        return False
    written = plain[start:end]
    if _DATE.fullmatch(written) or "," in written or ":" in written:
        return False
    return eleven_test(_digits(written))


def eleven_test(digits: str) -> bool:
    """The check of a BSN: weights 9 to 2, and minus one for the last digit, give a multiple of eleven."""
    padded = digits.zfill(9)
    if len(padded) != 9 or not padded.strip("0"):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(weight * int(digit) for weight, digit in zip(weights, padded, strict=True)) % 11 == 0
