"""Places in a free sentence.

A name that can only be a place counts wherever it stands, in any case: "52 jaar, al een jaar thuis, apeldoorn". A
name that is also a word (best, winkel, haren) or a surname counts only where the sentence says that it is a place.
Misspelled names are repaired only where a place is expected, and never from an ordinary word.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from knowledge.geography_names import PIECE, fold_piece
from knowledge.geography_spots import COUNTRIES, Abroad, Ambiguous, Found, Lookup, Mention
from knowledge.geography_tables import Tables
from knowledge.geography_words import never_alone, ordinary_words, words_that_are_places

if TYPE_CHECKING:
    from knowledge.geography import Geography

SHORT_NAME = 7  # letters from which half of a double name says enough
MOST_REPAIRS = 12  # words of one sentence that are compared with misspelled names; each costs about a millisecond

_JOINT = re.compile(r"(?:\s?[-–/’'`.]\s?|\s|, |’s?-?|['’]){1,2}")
_PERIOD = re.compile(r"[.!?;:\n\r,()]|\s-\s")
_ADDRESS = re.compile(r"\S*@\S*|https?://\S*|www\.\S*|\S+\.(?:nl|com|org|eu|be|de)(?:/\S*)?\b")
_POSTCODE = re.compile(r"(?<![\d.,€+-])(?:NL-)?([1-9]\d{3})(?:([ ]?)([A-Za-z]{2}))?(?![\w]|[.,]\d|-\d)")
_ASKED = re.compile(r"(?:postcode|pc|postc\.?)(?:\s+(?:is|van mij is|:))?\s*:?\s*$", re.I)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_IN = _set("in uit te vanuit omgeving rond rondom nabij vlakbij binnen")
_NEAR = frozenset([*_IN, "bij", "naar", "van", "tussen", "richting"])
_LIVES = _set(
    "woon woont wonen wonend woonachtig woonde gevestigd vestiging woning huis kom komt komen afkomstig verhuisd "
    "verhuis verhuizen live living zit zitten bedrijf zaak werkplaats regio"
)
_SETTLED = _set("woon woont wonen wonend woonachtig woonde gevestigd verhuisd verhuis verhuizen live living")
_COMES = _set("kom komt komen afkomstig")
_LABEL = _set(
    "gemeente woonplaats plaats stad plaatsnaam vestigingsplaats standplaats "
    "loket ontwikkelloket leerwerkloket werkcentrum werkplein"
)
_CLOSING = _set("groet groeten groetjes mvg vriendelijke hartelijke bedankt")
# Towns whose name is a word that nobody writes behind "in" or "uit" at the end of a clause.
_TOWNS = _set("leiden houten putten kampen goes grave leek waterland")
_KINDS = _set("gemeente provincie")
_PERSON = _set("heer mevrouw meneer mevr dhr familie fam naam heet collega")
_AFTER_NAME = _set(
    "en of met als maar ik wij we wil wilt zoek zoekt ben heb heeft is nu al sinds werk werkt hier "
    "omgeving gemeente regio"
)
_NOT_AFTER_POSTCODE = _set(
    "euro eur uur jaar mensen medewerkers man personen km dagen keer leden werknemers stuks m2 punten"
)
_SMALL_WORDS = _set("en de te er me we ze na al je nu ja ben per met bij")


@dataclass(frozen=True, slots=True)
class Piece:
    """One word or part of a hyphened word, with its place in the sentence."""

    start: int
    end: int
    folded: str
    capital: bool
    opens: bool  # first of the sentence or of a part of it after a full stop


class Scanner:
    """Finds the places of one country in sentences."""

    def __init__(self, geography: Geography, tables: Tables) -> None:
        self._geography = geography
        self._tables = tables
        areas = [*tables.areas["region"], *tables.areas["province"]]
        self._longest: dict[str, int] = {}
        for name in (*tables.names, *tables.abroad, *areas, *COUNTRIES):
            first, words = name.partition(" ")[0], name.count(" ") + 1
            if words > self._longest.get(first, 0):
                self._longest[first] = words
        self._words = words_that_are_places() | never_alone()
        self._heads = self._heads_of(tables)

    def _heads_of(self, tables: Tables) -> dict[str, str]:
        """How a municipality of two names is called for short: "hardinxveld" is Hardinxveld-Giessendam."""
        found: dict[str, list[str]] = {}
        for name in tables.areas["municipality"]:
            head, _, rest = name.partition(" ")
            if len(head) >= SHORT_NAME and len(rest) >= SHORT_NAME and head not in ordinary_words():
                found.setdefault(head, []).append(name)
        return {
            head: names[0] for head, names in found.items()
            if len(names) == 1 and not self._is_name(head) and head not in self._words
        }  # fmt: skip

    def scan(self, sentence: str) -> tuple[Mention, ...]:
        """All places, in order, without overlap."""
        hidden = [match.span() for match in _ADDRESS.finditer(sentence)]
        shouting = sentence.isupper()
        pieces = [p for p in _pieces(sentence, shouting) if not any(a <= p.start < b for a, b in hidden)]
        postcodes = list(self._postcodes(sentence, pieces))
        found = list(postcodes)
        taken = [(mention.start, mention.end) for mention in found]
        repairs = MOST_REPAIRS
        index = 0
        while index < len(pieces):
            piece = pieces[index]
            if any(start <= piece.start < end for start, end in taken):
                index += 1
                continue
            beside = next((mention for mention in postcodes if 0 <= piece.start - mention.end <= 2), None)
            count, result = self._name_at(sentence, pieces, index, beside is not None)
            if result is None and repairs and (strength := self._expects_place(sentence, pieces, index)):
                repairs -= 1
                result = self._repaired(pieces, index, strength)
                count = 1
            if result is None and piece.folded in self._heads:
                whole = self._geography.exactly(self._heads[piece.folded])
                count, result = 1, whole if isinstance(whole, Found) else None
            if result is None or isinstance(result, str):
                index += 1
                continue
            last = pieces[index + count - 1]
            mention = Mention(piece.start, last.end, sentence[piece.start : last.end], result)
            if beside and (joined := _together(sentence, beside, mention)):
                found.remove(beside)
                mention = joined
            found.append(mention)
            index += count
        return tuple(sorted(found, key=lambda mention: mention.start))

    # ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _name_at(
        self, sentence: str, pieces: list[Piece], index: int, after_postcode: bool
    ) -> tuple[int, Found | Ambiguous | Abroad | None]:
        """The longest name that starts here and is meant as a place."""
        longest = min(self._longest.get(pieces[index].folded, 0), len(pieces) - index)
        for count in range(longest, 0, -1):
            words = pieces[index : index + count]
            if not all(_JOINT.fullmatch(sentence[a.end : b.start]) for a, b in pairwise(words)):
                continue
            name = " ".join(word.folded for word in words)
            if name.startswith("regio ") and name.removeprefix("regio ") in self._tables.names:
                continue  # "regio Arnhem" in a sentence: the town says as much about the region, and more
            before = pieces[index - 1].folded if index else ""
            result: Lookup | None = None
            if before in _KINDS:
                result = self._geography.exactly(f"{before} {name}")
            result = result or (self._geography.exactly(name) if self._is_name(name) else None)
            if isinstance(result, Found | Ambiguous | Abroad):
                if after_postcode or self._is_meant(sentence, pieces, index, count, name):
                    return count, result
                return 1, None
        return 1, None

    def _is_name(self, name: str) -> bool:
        tables = self._tables
        return (
            name in COUNTRIES
            or name in tables.names
            or name in tables.abroad
            or name in tables.areas["region"]
            or name in tables.areas["province"]
        )

    def _is_meant(self, sentence: str, pieces: list[Piece], index: int, count: int, name: str) -> bool:
        """Whether a name is used as a place here."""
        earlier = [piece.folded for piece in pieces[max(0, index - 4) : index]]
        before = earlier[-1] if earlier else ""
        if _is_surname(pieces, index):
            return False
        if name not in self._words and name not in COUNTRIES:
            return len(name) > 2
        first, last = pieces[index], pieces[index + count - 1]
        alone = len(pieces) == count
        capital = first.capital and last.capital and (not first.opens or alone)
        follows = pieces[index + count] if index + count < len(pieces) else None
        ends = (
            follows is None or bool(_PERIOD.search(sentence[last.end : follows.start])) or follows.folded in _AFTER_NAME
        )
        settled = before in {"in", "te", "uit", "bij", "naar"} and bool(_SETTLED & set(earlier[:-1]))
        settled = settled or (before == "uit" and bool(_COMES & set(earlier)))
        labelled = before in _LABEL or (before == "is" and bool(_LABEL & set(earlier)))
        if name in COUNTRIES:
            return settled  # "woon in Duitsland", not "ik heb in Duitsland gewerkt"
        if name in never_alone():
            return (capital and (settled or labelled)) or (alone and first.capital)
        if name.startswith(("de ", "den ", "t ", "het ")):
            return capital and (before in _NEAR or labelled)
        if alone or labelled or (settled and ends):
            return True
        if (capital and before in _IN) or (name in _TOWNS and before in {"in", "uit", "omgeving"} and ends):
            return True
        if capital and follows is None and name in self._tables.areas["municipality"]:
            between = sentence[pieces[index - 1].end : first.start]
            return between.strip() == "," and not _CLOSING & set(earlier)  # a list: "lasser, 52 jaar, Houten"
        return capital and before in {"bij", "naar", "tussen"} and bool(_LIVES & set(earlier[:-1]))

    # ── misspellings ───────────────────────────────────────────────────────────────────────────────────────────────

    def _expects_place(self, sentence: str, pieces: list[Piece], index: int) -> str:
        """How surely a place stands here: "lives" ("woon in …"), "near" ("in …"), "end" of the sentence, or nothing."""
        piece = pieces[index]
        if len(piece.folded) < 5 or not piece.folded.isalpha() or piece.folded in ordinary_words():
            return ""
        if piece.folded in self._words or self._is_name(piece.folded):
            return ""
        earlier = [p.folded for p in pieces[max(0, index - 5) : index]]
        before = earlier[-1] if earlier else ""
        if _is_surname(pieces, index):
            return ""
        if before in {"in", "te", "uit", "bij", "naar"} and _SETTLED & set(earlier[:-1]):
            return "lives"
        if earlier[-2:] in (["zit", "in"], ["zitten", "in"]) and _ends_clause(sentence, pieces, index):
            return "lives"
        if before in _SETTLED:  # "woon rotterdm"
            return "near"
        if before in _LABEL or before in {"omgeving", "vlakbij", "nabij"} or earlier[-2:] == ["buurt", "van"]:
            return "lives"
        if before in {"in", "uit", "vanuit", "rond"}:  # not "te": a verb follows
            return "capital" if piece.capital and not piece.opens else "near"
        return "end" if index == len(pieces) - 1 and index > 0 else ""

    def _repaired(self, pieces: list[Piece], index: int, strength: str) -> Found | Ambiguous | None:
        folded = pieces[index].folded
        if strength in ("lives", "capital"):
            return self._geography.guess(folded)
        if len(folded) < 6:
            return None
        return self._geography.guess(folded, most=1, major_only=True)

    # ── postcodes ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _postcodes(self, sentence: str, pieces: list[Piece]) -> Iterator[Mention]:
        starts = [piece.start for piece in pieces]
        for match in _POSTCODE.finditer(sentence):
            at = bisect_left(starts, match.start(1))
            if at >= len(pieces) or pieces[at].start != match.start(1):
                continue
            if not self._is_postcode(sentence, pieces, at, match):
                continue
            end = match.end() if match[3] and _are_letters(match) else match.end(1)
            result = self._geography.find(match[1])
            if isinstance(result, Found | Ambiguous):
                yield Mention(match.start(1), end, sentence[match.start(1) : end], result)

    def _is_postcode(self, sentence: str, pieces: list[Piece], at: int, match: re.Match[str]) -> bool:
        if (
            _ASKED.search(sentence[: match.start()])
            or not sentence[: match.start()].strip() + sentence[match.end() :].strip()
        ):
            return True
        if match[3]:
            return _are_letters(match)
        number = int(match[1])
        before = pieces[at - 1].folded if at else ""
        follows = pieces[at + 1].folded if at + 1 < len(pieces) else ""
        if 1940 <= number <= 2060 or follows in _NOT_AFTER_POSTCODE:
            return False
        if before in {"in", "uit", "omgeving", "nabij"} and number % 100:
            return True
        return follows in self._tables.names and follows not in self._words


def _are_letters(match: re.Match[str]) -> bool:
    """Whether two letters behind four digits belong to a postcode: "6814 AB" and "6814ab", but not "2019 en"."""
    letters = match[3]
    if letters.upper() in {"SA", "SD", "SS"} or (
        match[2] and letters.lower() in _SMALL_WORDS and not letters.isupper()
    ):
        return False
    return (
        letters.isupper()
        or not match[2]
        or letters.lower() not in {"in", "is", "of", "op", "om", "ik", "zo", "eu", "km", "pm", "kg"}
    )


def _ends_clause(sentence: str, pieces: list[Piece], index: int) -> bool:
    """Whether a comma, full stop or the end of the text follows."""
    if index + 1 == len(pieces):
        return True
    return bool(_PERIOD.search(sentence[pieces[index].end : pieces[index + 1].start]))


def _is_surname(pieces: list[Piece], index: int) -> bool:
    """ "Jan van Tilburg", "mevrouw De Vries": the name of a person, school or club, not where somebody is."""
    back = index - 1
    while back >= 0 and pieces[back].folded in {"van", "de", "den", "der", "ter", "ten"}:
        back -= 1
    if back < 0:
        return False
    earlier = pieces[back]
    if earlier.folded in _PERSON:
        return True
    return back < index - 1 and earlier.capital and not earlier.opens and earlier.folded not in _LABEL | _KINDS


def _pieces(sentence: str, shouting: bool) -> Iterator[Piece]:
    end = 0
    for match in PIECE.finditer(sentence):
        opens = not end or bool(re.search(r"[.!?\n]", sentence[end : match.start()]))
        end = match.end()
        yield Piece(match.start(), end, fold_piece(match[0]), not shouting and match[0][0].isupper(), opens)


def _together(sentence: str, postcode: Mention, place: Mention) -> Mention | None:
    """ "6814 AB Arnhem" is one place; the name decides when the two agree."""
    codes = (postcode.result.spot,) if isinstance(postcode.result, Found) else getattr(postcode.result, "choices", ())
    homes = {spot.municipality for spot in codes}
    result = place.result
    if isinstance(result, Ambiguous):
        inside = [spot for spot in result.choices if spot.municipality in homes]
        if len(inside) != 1:
            return None
        result = Found(inside[0], True, "postcode")
    if not isinstance(result, Found) or result.spot.municipality not in homes:
        return None
    return Mention(postcode.start, place.end, sentence[postcode.start : place.end], result)
