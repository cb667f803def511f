"""The values geography speaks in: places, and what a look-up can answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["place", "city_part", "municipality", "region", "province"]
Via: TypeAlias = Literal["name", "alias", "former", "postcode", "part", "typo"]

# Countries next to ours, folded, as visitors call them.
COUNTRIES: Final = {
    "belgie": "BE",
    "vlaanderen": "BE",
    "belgium": "BE",
    "duitsland": "DE",
    "germany": "DE",
    "deutschland": "DE",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as the desk knows it.

    A municipality named after its main town ("Tiel") is one spot: the town and the municipality lead to the same help.
    An area of one municipality, region or province knows that one; `None` means it spans several.
    """

    key: str  # unique; also the stored answer: "Ulft", "Hengelo (Gld)", "Achterhoek", "provincie Utrecht"
    name: str  # to show: "Hengelo (Gelderland)"
    kind: Kind
    municipality: str | None  # official name: "Oude IJsselstreek"
    municipality_id: str | None  # as in criteria: "oude-ijsselstreek"
    province: str | None  # id: "gelderland"
    region: str | None  # id of the labour market region: "achterhoek"
    note: str = ""  # Dutch, to tell the visitor: "Uden hoort sinds 2022 bij Maashorst."


@dataclass(frozen=True, slots=True)
class Found:
    """One place. Not `exact`: a misspelling was repaired, so the visitor confirms."""

    spot: Spot
    exact: bool
    via: Via


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several places carry this name or postcode: ask which one."""

    name: str
    choices: tuple[Spot, ...]  # at least two, in alphabetical order


@dataclass(frozen=True, slots=True)
class Abroad:
    """A place in Belgium or Germany: help with cross-border work comes from the border desks."""

    name: str
    country: Literal["BE", "DE"]
    nearest_region: str | None  # id of a Dutch labour market region; None when only the country was named
    km: int | None  # to the nearest Dutch place, about


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such place. `text` is what was typed, at most 80 characters; suggestions are for "Bedoelt u …?"."""

    text: str
    suggestions: tuple[Spot, ...] = ()


Lookup: TypeAlias = Found | Ambiguous | Abroad | Unknown


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a sentence: `sentence[start:end]` is the words that name it."""

    start: int
    end: int
    text: str
    result: Found | Ambiguous | Abroad
