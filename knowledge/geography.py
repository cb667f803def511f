"""Where in the Netherlands somebody lives or works: places, postcodes, municipalities, provinces, regions.

Pure look-ups over the tables in `knowledge/geography/`. What a visitor typed becomes one place, a question which place,
a place across the border, or an honest "not known" with suggestions; nothing typed makes it raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, cached_property

from knowledge.geography_fuzzy import Guess, Misspellings, limit
from knowledge.geography_map import Map
from knowledge.geography_names import fold
from knowledge.geography_scan import Scanner
from knowledge.geography_spots import COUNTRIES, Abroad, Ambiguous, Found, Kind, Lookup, Mention, Spot, Unknown, Via
from knowledge.geography_tables import read
from knowledge.geography_words import ordinary_words

__all__ = [
    "ATTRIBUTION",
    "Abroad",
    "Ambiguous",
    "Found",
    "Geography",
    "Kind",
    "Lookup",
    "Mention",
    "Spot",
    "Unknown",
    "Via",
]

# Must be shown wherever the product names its sources.
ATTRIBUTION = "Bevat gegevens van CBS (CC BY 4.0), GeoNames (CC BY 4.0) en 4PP (MIT)."

LONGEST = 120  # characters of a place as typed; the longest official name has 29
SENTENCE = 2000  # characters of a sentence that are searched for places

_POSTCODE = re.compile(
    r"\s*(?:postcode\s*:?\s*)?(?:NL[- ]?)?([1-9]\d{3})(?!\d)\s?(?:([a-z]{2})(?![a-z]))?\s*[,;:.-]?\s*(.*)", re.I | re.S
)
_KIND_WORD = re.compile(r"(gemeente|stad|dorp|regio|arbeidsmarktregio|provincie|prov)\s+(?:van\s+)?(.+)")
_FILLER = re.compile(
    r"(?:(?:ik|wij|we|ons bedrijf|mijn bedrijf|het)\s+)?"
    r"(?:(?:kom|komen|woon|wonen|werk|werken|zit|zitten|is|ben|leef)\s+)?"
    r"(?:(?:in|uit|te|bij|nabij|vlakbij|omgeving|omstreken|rond|rondom|dichtbij|vanuit|(?:in )?de buurt van)\s+)+"
    r"(?:(?:de\s+)?(?:buurt|omgeving)\s+(?:van\s+)?)?"
)
_TRAILER = re.compile(r"\s+(?:e o|eo|en omgeving|en omstreken|nederland|holland|nl)$")
_ABBREVIATIONS = {
    "gld": "gelderland", "gl": "gelderland", "ov": "overijssel", "o": "overijssel", "ut": "utrecht", "u": "utrecht",
    "fr": "fryslan", "fl": "flevoland", "gr": "groningen", "gn": "groningen", "dr": "drenthe", "nh": "noord holland",
    "zh": "zuid holland", "zld": "zeeland", "ze": "zeeland", "nb": "noord brabant", "nbr": "noord brabant",
    "l": "limburg", "lb": "limburg", "li": "limburg", "n h": "noord holland", "z h": "zuid holland",
    "n b": "noord brabant",
}  # fmt: skip


class Geography(Map):
    """The country as the desk knows it: the map, and what people type about it. Load once, use everywhere."""

    @classmethod
    def load(cls) -> Geography:
        """The shipped tables, read once per process."""
        return _shipped()

    # ── one place as typed ─────────────────────────────────────────────────────────────────────────────────────────

    def find(self, text: str) -> Lookup:
        """One place as somebody typed it: a name, old name, postcode, region or province. Never raises."""
        typed = text[:LONGEST].strip()
        shown = typed[:80]
        if len(text) > SENTENCE:
            return Unknown(shown)
        postcode = _POSTCODE.fullmatch(typed)
        if postcode:
            return self._by_postcode(int(postcode[1]), postcode[3], shown)
        folded = fold(typed)
        if not folded:
            return Unknown(shown)
        exact = self.exactly(folded)
        if exact:
            return exact
        if len(text) > 40 or folded.count(" ") > 4:
            return self._only_mention(text) or Unknown(shown)
        return self._guess(folded, shown) or self._only_mention(text) or self._unknown(folded, shown)

    def exactly(self, folded: str) -> Lookup | None:
        """A folded name (`geography_names.fold`) without repairing misspellings; None when it names nothing."""
        for variant in self._variants(folded):
            found = self._named_kind(variant) or self._by_name(variant) or self._qualified(variant)
            if found:
                return found
        return None

    def _variants(self, folded: str) -> Iterable[str]:
        yield folded
        shorter = _TRAILER.sub("", _FILLER.sub("", folded, count=1) if _FILLER.match(folded) else folded)
        if shorter and shorter != folded:
            yield shorter

    def _named_kind(self, folded: str) -> Lookup | None:
        """ "gemeente X", "regio X", "provincie X": X as that kind of area, else the place X."""
        match = _KIND_WORD.fullmatch(folded)
        if not match:
            return None
        word, name = match[1], match[2]
        kind = {"gemeente": "municipality", "regio": "region", "arbeidsmarktregio": "region"}.get(word, "province")
        if word in ("stad", "dorp"):
            return self._by_name(name)
        key = self._tables.areas[kind].get(name)
        if key and kind == "municipality":
            return self._found(key, "name" if self._tables.spots[key].kind == kind else "former")
        if key:
            return self._found(key, "name" if _own_name(key) == name else "alias")
        if kind == "municipality" and name in self._tables.split:
            return self._ambiguous(name, self._tables.split[name])
        return self._by_name(name)

    def _by_name(self, folded: str) -> Lookup | None:
        keys = self._tables.names.get(folded, {})
        province = self._tables.areas["province"].get(folded)
        if province and (not keys or self._tables.spots[next(iter(keys))].kind != "municipality"):
            return self._found(province, "name" if _own_name(province) == folded else "alias")
        region = self._tables.areas["region"].get(folded)
        if region and (not keys or self._tables.spots[next(iter(keys))].kind == "city_part"):
            return self._found(region, "name" if _own_name(region) == folded else "alias")
        if len(keys) == 1:
            key, via = next(iter(keys.items()))
            return self._found(key, via)
        if keys:
            return self._ambiguous(folded, keys)
        if folded in COUNTRIES:
            country = "België" if COUNTRIES[folded] == "BE" else "Duitsland"
            return Abroad(country, "BE" if country == "België" else "DE", None, None)
        return self._tables.abroad.get(folded)

    def _qualified(self, folded: str) -> Lookup | None:
        """ "hengelo gelderland", "elst (rhenen)": a name, then the area that tells it from its namesakes."""
        words = folded.split(" ")
        for cut in range(len(words) - 1, 0, -1):
            name, area = " ".join(words[:cut]), " ".join(words[cut:])
            keys = self._tables.names.get(name)
            if not keys:
                continue
            wide = _ABBREVIATIONS.get(area, area).removeprefix("gemeente ").removeprefix("gem ").removeprefix("in ")
            scopes = [self._tables.areas[kind].get(wide) for kind in ("province", "municipality", "region")]
            for scope in filter(None, scopes):
                inside = {
                    k: v for k, v in keys.items() if self._within(self._tables.spots[k], self._tables.spots[scope])
                }
                if len(inside) == 1:
                    return self._found(*next(iter(inside.items())))
                if inside:
                    return self._ambiguous(name, inside)
            there = self._tables.spots.get(next(iter(self._tables.names.get(wide, {})), ""))
            if there and len(keys) == 1 and there.municipality == self._tables.spots[next(iter(keys))].municipality:
                return self._found(*next(iter(keys.items())))
        return None

    def _by_postcode(self, number: int, rest: str, shown: str) -> Lookup:
        keys = self._tables.postcodes.get(number, ())
        homes = {self._tables.spots[key].municipality for key in keys}
        beside = self.exactly(fold(rest)) if rest else None
        if rest and not beside:
            beside = self._guess(fold(rest), shown)
        if isinstance(beside, Found) and (not keys or beside.spot.municipality in homes):
            return beside
        if isinstance(beside, Abroad):
            return beside
        if isinstance(beside, Ambiguous):
            inside = [spot for spot in beside.choices if spot.municipality in homes]
            if len(inside) == 1:
                return Found(inside[0], True, "postcode")
            if not keys:
                return beside
        if not keys:
            return Unknown(shown)
        if isinstance(beside, Found) and beside.spot.kind not in ("province", "region"):
            return Ambiguous(shown, (self._tables.spots[keys[0]], beside.spot))
        if len(keys) == 1:
            return self._found(keys[0], "postcode")
        return self._ambiguous(str(number), keys)

    def _only_mention(self, text: str) -> Lookup | None:
        results = dict.fromkeys(mention.result for mention in self.scan(text))
        return next(iter(results)) if len(results) == 1 else None

    def _found(self, key: str, via: Via) -> Found:
        return Found(self._tables.spots[key], True, via)

    def _ambiguous(self, name: str, keys: Iterable[str]) -> Ambiguous:
        spots = sorted((self._tables.spots[key] for key in keys), key=lambda spot: (spot.name, spot.key))
        title = spots[0].name.partition(" (")[0]
        return Ambiguous(title if fold(title) == name else name, tuple(spots))

    # ── misspellings ───────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _misspellings(self) -> Misspellings:
        areas = {**self._tables.areas["region"], **self._tables.areas["province"]}
        names = dict.fromkeys([*self._tables.names, *areas])
        return Misspellings(names, {*self._tables.areas["municipality"], *self._tables.areas["province"]})

    def guess(self, folded: str, *, most: float = 9, major_only: bool = False) -> Found | Ambiguous | None:
        """The place a misspelled folded name must mean; None when two places are as likely or none is near.

        `most` is the largest number of edits to repair; `major_only` leaves out villages and city parts.
        """
        if folded in ordinary_words():
            return None
        guesses = [g for g in self._misspellings.guesses(folded) if not (major_only and g.minor)]
        if not guesses or guesses[0].cost > min(most, _most_repaired(folded, guesses[0])):
            return None
        best = self._by_name(guesses[0].name)
        rivals = [g for g in guesses[1:] if (g.cost, g.minor) <= (guesses[0].cost, guesses[0].minor)]
        if any(self._by_name(rival.name) != best and not self._same_place(guesses[0], rival) for rival in rivals):
            return None
        if isinstance(best, Found):
            return Found(best.spot, False, "typo")
        return best if isinstance(best, Ambiguous) else None

    def _same_place(self, one: Guess, other: Guess) -> bool:
        first, second = self._by_name(one.name), self._by_name(other.name)
        return isinstance(first, Found) and isinstance(second, Found) and first.spot == second.spot

    def _guess(self, folded: str, shown: str) -> Lookup | None:
        for variant in reversed(list(self._variants(folded))):
            kind = _KIND_WORD.fullmatch(variant)
            guessed = self.guess(kind[2] if kind else variant)
            if guessed:
                return guessed
        return None

    def _unknown(self, folded: str, shown: str) -> Unknown:
        if folded in ordinary_words():
            return Unknown(shown)
        spots: dict[str, Spot] = {}
        for guess in self._misspellings.guesses(folded):
            found = self._by_name(guess.name)
            for spot in (found.spot,) if isinstance(found, Found) else getattr(found, "choices", ()):
                spots.setdefault(spot.key, spot)
        return Unknown(shown, tuple(spots.values())[:3])

    # ── places in a sentence ───────────────────────────────────────────────────────────────────────────────────────

    def scan(self, sentence: str) -> tuple[Mention, ...]:
        """Places named in a sentence, in order. A word that is also a place counts only where the context says so."""
        return self._scanner.scan(sentence[:SENTENCE])

    @cached_property
    def _scanner(self) -> Scanner:
        return Scanner(self, self._tables)


def _own_name(key: str) -> str:
    """ "provincie Utrecht" is called "utrecht"."""
    return fold(key).removeprefix("provincie ").removeprefix("regio ")


def _most_repaired(folded: str, guess: Guess) -> float:
    """How many edits are repaired without asking among alternatives; villages have too many neighbours among words."""
    if not guess.minor:
        return max(1.0, limit(folded) - 0.5)
    if len(folded) < 5:
        return 0
    if len(folded) < 9:
        return 1 if len(folded) > 6 else 0.9  # alike in sound
    return 2


@cache
def _shipped() -> Geography:
    return Geography(read())
