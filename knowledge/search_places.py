"""Where somebody asks for: the desk of a region, and what is near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from knowledge.geography_spots import Ambiguous, Found, Spot
from knowledge.geography_words import ordinary_words
from knowledge.text import words
from knowledge.words import group

if TYPE_CHECKING:
    from knowledge.geography import Geography
    from knowledge.search_index import Index

NATIONAL_DESK = "werkcentrum"  # the entry for whoever asks for a desk without a place

_DESK_WORDS = (
    "ontwikkelloket", "werkcentrum", "werkcentra", "rwc", "regionaalwerkcentrum", "werkhub", "huisvanwerk", "lwl",
    "leerwerkloket", "leerwerkloketten", "mobiliteitsteam", "rmt", "werkgeversservicepunt", "wsp", "werkplein", "loket",
    "loopbaanloket", "arbeidsbureau", "balie", "werkloket", "banenloket", "jobcentre", "jobcenter", "werkgeversloket",
    "regioloket",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """The words of a question that name a place, and what they may mean."""

    words: tuple[str, ...]
    spots: tuple[Spot, ...]

    @property
    def scopes(self) -> frozenset[str]:
        """The areas it lies in, as entries name them."""
        found = set()
        for spot in self.spots:
            if spot.region:
                found.add(f"region:{spot.region}")
            if spot.province:
                found.add(f"province:{spot.province}")
            if spot.municipality_id:
                found.add(f"municipality:{spot.municipality_id}")
        return frozenset(found)


def asks_for_desk(said: Sequence[str]) -> bool:
    """Whether a word for a regional desk is used, also written apart: "leer werk loket", "huis van werk"."""
    for first in range(len(said)):
        key = ""
        for last in range(first, min(len(said), first + 3)):
            key += said[last]
            if key in _DESK_WORDS:
                return True
            if len(key) > 8 and any(
                OSA.distance(key, word, score_cutoff=2) <= 2 for word in _DESK_WORDS if len(word) > 9
            ):
                return True
    return False


_HOME = frozenset(["woon", "wonen", "woonachtig", "zit", "zitten", "uit", "kom", "live"])  # before the own place


def home(said: Sequence[str], places: Sequence[Place]) -> Place | None:
    """Of several places the one somebody lives in: "ik woon in Enschede, mag ik naar het loket in Rotterdam"."""
    for place in places if len(places) > 1 else ():
        if place.words and place.words[0] in said:
            at = said.index(place.words[0])
            if _HOME & set(said[max(0, at - 2) : at]):
                return place
    return None


class Places:
    """Finds places in questions, and the desks of their regions."""

    def __init__(self, index: Index, geography: Geography) -> None:
        self._index, self._geography = index, geography

    def named(self, text: str, said: Sequence[str], desk: bool) -> list[Place]:
        """Places in the question. A sentence is only searched thoroughly when somebody asks for a desk."""
        found: list[Place] = []
        if desk:
            for mention in self._geography.scan(text):
                if spots := _spots(mention.result):
                    found.append(Place(tuple(words(mention.text)), spots))
            for word in said:
                if len(word) == 4 and word.isdigit() and (spots := _spots(self._geography.find(word))):
                    found.append(Place((word,), spots))
        return found or list(self._exact(said))

    def _exact(self, said: Sequence[str]) -> list[Place]:
        found: list[Place] = []
        for at, word in enumerate(said):
            for count in (3, 2, 1):
                part = tuple(said[at : at + count])
                common = word in group("search_stop") or len(word) < 4 or word in ordinary_words()
                if len(part) < count or (count == 1 and common):
                    continue
                if spots := _spots(self._geography.exactly(" ".join(part))):
                    found.append(Place(part, spots))
                    break
        return found

    def desks(self, places: Sequence[Place]) -> list[int]:
        """The desks of the regions of these places, as numbers of documents; of all regions of a whole province."""
        regions: dict[str, None] = {}
        for place in places:
            for spot in place.spots:
                if spot.region:
                    regions[spot.region] = None
                elif spot.kind == "province":
                    regions |= dict.fromkeys(self._regions_of.get(spot.province or "", ()))
        return [number for region in regions for number in self._by_region.get(region, ())]

    @cached_property
    def _by_region(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, document in enumerate(self._index.documents):
            if document.entry is not None and document.entry.kind == "desk":
                for scope in document.where:
                    found.setdefault(scope.removeprefix("region:"), []).append(number)
        return found

    @cached_property
    def _regions_of(self) -> dict[str, list[str]]:
        """Province -> its labour market regions."""
        found: dict[str, list[str]] = {}
        for spot in self._geography.municipalities:
            known = found.setdefault(spot.province or "", [])
            if spot.region and spot.region not in known:
                known.append(spot.region)
        return found


def _spots(result: object) -> tuple[Spot, ...]:
    if isinstance(result, Found):
        return (result.spot,)
    return result.choices if isinstance(result, Ambiguous) else ()
