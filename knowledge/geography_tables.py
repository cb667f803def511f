"""Reading the tables of `knowledge/geography/` into spots and the names that lead to them.

Which spot a name means is settled here, once, when the tables are read: within a municipality the village wins from the
municipality of the same name, and a place wins from a city part elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge.geography_names import base_name, fold, slug, spellings
from knowledge.geography_spots import Abroad, Kind, Spot, Via

FOLDER = Path(__file__).with_name("geography")

Point = tuple[float, float]  # latitude, longitude (WGS84), rounded to about 1 km

_RANK: dict[Via, int] = {"name": 0, "alias": 1, "former": 2, "part": 3, "postcode": 4, "typo": 5}


@dataclass(slots=True)
class Tables:
    """Everything the tables say, ready to look up."""

    spots: dict[str, Spot] = field(default_factory=dict)  # by key
    points: dict[str, Point] = field(default_factory=dict)  # by key of a place, city part or municipality
    names: dict[str, dict[str, Via]] = field(default_factory=dict)  # folded name -> keys of the Netherlands
    areas: dict[str, dict[str, str]] = field(default_factory=dict)  # kind -> folded name or id -> key
    members: dict[str, frozenset[str]] = field(default_factory=dict)  # "region:achterhoek" -> municipality ids
    postcodes: dict[int, tuple[str, ...]] = field(default_factory=dict)  # -> keys of municipalities
    split: dict[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # folded former municipality -> several keys of today
    abroad: dict[str, Abroad] = field(default_factory=dict)  # by folded name
    abroad_points: list[Point] = field(default_factory=list)
    province_names: dict[str, str] = field(default_factory=dict)  # by id
    town_of: dict[str, str] = field(default_factory=dict)  # municipality id -> key


def rows(name: str) -> Iterator[list[str]]:
    """The rows of one table; the first line names the columns."""
    text = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        if line:
            yield line.split("\t")


def listed(cell: str) -> list[str]:
    return cell.split(";") if cell else []


def postcode_numbers(cell: str) -> Iterator[int]:
    for part in cell.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def read() -> Tables:
    """All tables. Raises ValueError or KeyError when a table contradicts another; tests keep that from shipping."""
    tables = Tables()
    _read_municipalities(tables)
    _read_places(tables)
    _read_former(tables)
    _read_wider_areas(tables)
    _settle_names(tables)
    _read_abroad(tables)
    return tables


def _add(tables: Tables, spot: Spot, point: Point | None = None) -> None:
    if spot.key in tables.spots:
        raise ValueError(f"two places are called {spot.key!r}")
    tables.spots[spot.key] = spot
    if point:
        tables.points[spot.key] = point


def _call(tables: Tables, name: str, key: str, via: Via) -> None:
    """Let a name lead to a spot, in all its spellings; the best reason to do so is kept."""
    folded = fold(name)
    others = () if folded.isalpha() else spellings(folded)
    for spelling in (folded, *others):
        reason: Via = "alias" if spelling != folded and via == "name" else via
        known = tables.names.setdefault(spelling, {})
        if key not in known or _RANK[reason] < _RANK[known[key]]:
            known[key] = reason


def _read_municipalities(tables: Tables) -> None:
    areas: dict[str, str] = {}
    members: dict[str, set[str]] = {}
    homes_of: dict[str, set[str]] = {}
    for municipality_id, _kind, place, *_rest in rows("places"):
        homes_of.setdefault(base_name(place), set()).add(municipality_id)
    for _code, name, province, region, latitude, longitude, postcodes, post_boxes, aliases in rows("municipalities"):
        identifier, called = slug(name), base_name(name)
        key = called if homes_of.get(called) == {identifier} else name  # nobody needs the "(Z.)" of Middelburg
        spot = Spot(key, called, "municipality", name, identifier, province, region)
        _add(tables, spot, (float(latitude), float(longitude)))
        tables.town_of[identifier] = key
        _call(tables, name, key, "name")
        if name.endswith(")"):
            _call(tables, called, key, "name")
        areas[fold(name)] = areas[identifier] = key
        areas.setdefault(fold(called), key)
        for alias in listed(aliases):
            _call(tables, alias, key, "alias")
            areas.setdefault(fold(alias), key)
        for scope in (f"province:{province}", f"region:{region}", f"municipality:{identifier}"):
            members.setdefault(scope, set()).add(identifier)
        for number in postcode_numbers(postcodes):
            tables.postcodes[number] = (key,)
        for number in postcode_numbers(post_boxes):
            tables.postcodes.setdefault(number, (key,))
    namesakes = Counter(base_name(row[1]) for row in rows("municipalities"))
    for called in [called for called, count in namesakes.items() if count > 1]:
        del areas[fold(called)]  # Bergen: which one must be said
    for code, sharing in rows("shared_postcodes"):
        tables.postcodes[int(code)] = tuple(tables.town_of[m] for m in listed(sharing))
    tables.areas["municipality"] = areas
    tables.members = {scope: frozenset(ids) for scope, ids in members.items()}


def _read_places(tables: Tables) -> None:
    border = {name: (main, listed(also)) for name, main, also in rows("border_places")}
    for municipality_id, kind, name, latitude, longitude, aliases in rows("places"):
        home = tables.spots[tables.town_of[municipality_id]]
        base = base_name(name)
        point = (float(latitude), float(longitude)) if latitude else tables.points[home.key]
        if kind == "place" and base == base_name(home.key):
            spot = home
            tables.points[home.key] = point
        else:
            district = kind != "place" or name == f"{name.rsplit(' ', 1)[0]} {home.key}"
            shown: Kind = "city_part" if district else "place"
            key = name if name not in tables.spots else f"{name} ({home.key})"
            spot = Spot(key, base, shown, home.municipality, municipality_id, home.province, home.region)
            _add(tables, spot, point)
        via: Via = "name" if kind == "place" else "part"
        _call(tables, name, spot.key, via)
        if base != name:
            _call(tables, base, spot.key, via)
        for alias in listed(aliases):
            _call(tables, alias, spot.key, "alias")
        if kind == "place" and " aan de" in name:  # people say "Capelle" and "Alphen"
            _call(tables, name.partition(" aan de")[0], spot.key, "alias")
        if border.get(name, ("", []))[0] == municipality_id:
            for other in border[name][1]:
                there = tables.spots[tables.town_of[other]]
                key = f"{name} ({there.key})"
                _add(tables, Spot(key, key, "place", there.municipality, other, there.province, there.region), point)
                _call(tables, name, key, "name")


def _read_former(tables: Tables) -> None:
    """Municipalities that are gone. The village that carried the name keeps it, and remembers."""
    for name, year, now in rows("former_municipalities"):
        homes = [tables.spots[tables.town_of[m]] for m in listed(now)]
        here = tables.names.get(fold(name), {})
        villages = [key for key in here if tables.spots[key].municipality in {home.municipality for home in homes}]
        if len(homes) == 1:
            home = homes[0]
            note = f"{name} hoort sinds {year} bij {home.key}."
            if villages:
                for key in villages:
                    if key != home.key:
                        tables.spots[key] = replace(tables.spots[key], note=note)
                target = villages[0]
            else:
                target = name if name not in tables.spots else f"{name} ({home.key})"
                former = Spot(
                    target, name, "place", home.municipality, home.municipality_id, home.province, home.region, note
                )
                _add(tables, former, tables.points[home.key])
                _call(tables, name, target, "former")
            tables.areas["municipality"].setdefault(fold(name), target)
        else:
            tables.split[fold(name)] = tuple(home.key for home in homes)
            if not villages:
                for home in homes:
                    _call(tables, name, home.key, "former")


def _read_wider_areas(tables: Tables) -> None:
    homes = {spot.municipality_id: spot for spot in tables.spots.values() if spot.kind == "municipality"}
    wider: tuple[tuple[Kind, str, str], ...] = (("province", "provinces", "provincie"), ("region", "regions", "regio"))
    for kind, table, word in wider:
        known = tables.areas.setdefault(kind, {})
        for row in rows(table):
            identifier, name, aliases = row[0], row[1], listed(row[-1])
            if kind == "province":
                tables.province_names[identifier] = name
            within = [homes[m] for m in tables.members[f"{kind}:{identifier}"]]
            provinces = {spot.province for spot in within}
            regions = {spot.region for spot in within}
            taken = name in tables.spots and tables.spots[name].kind != "place"
            elsewhere = fold(name) in tables.areas["province"] and kind == "region"
            key = f"{word} {name}" if taken or elsewhere else name
            if key in tables.spots:  # a village of that name: Zeeland in Noord-Brabant
                village = tables.spots.pop(key)
                new_key = f"{key} ({village.municipality})"
                tables.spots[new_key] = replace(village, key=new_key)
                tables.points[new_key] = tables.points.pop(key)
                for keys in tables.names.values():
                    if key in keys:
                        keys[new_key] = keys.pop(key)
            province = provinces.pop() if len(provinces) == 1 else None
            region = identifier if kind == "region" else regions.pop() if len(regions) == 1 else None
            _add(tables, Spot(key, key, kind, None, None, province, region))
            for called in (identifier, name, *aliases):
                folded = fold(called)
                known.setdefault(folded, key)
                known.setdefault(folded.removeprefix("regio "), key)


def _settle_names(tables: Tables) -> None:
    """Keep for each name one spot per municipality, and let places win from city parts elsewhere."""
    shared: dict[str, list[Spot]] = {}
    for keys in tables.names.values():
        if len(keys) == 1:
            continue
        best: dict[str | None, tuple[int, int, str]] = {}
        for key, via in keys.items():
            spot = tables.spots[key]
            rank = (_RANK[via], int(spot.kind == "municipality"), key)
            if spot.municipality not in best or rank < best[spot.municipality]:
                best[spot.municipality] = rank
        solid = min(rank[0] for rank in best.values()) <= _RANK["former"]
        chosen = [rank[2] for rank in best.values() if not solid or rank[0] <= _RANK["former"]]
        for key in [key for key in keys if key not in chosen]:
            del keys[key]
        if len(keys) > 1:
            spots = [tables.spots[key] for key in keys]
            for spot in spots:
                if keys[spot.key] in ("name", "part"):
                    shared[spot.key] = spots
    for key, spots in shared.items():
        tables.spots[key] = replace(tables.spots[key], name=_telling_name(tables, tables.spots[key], spots))


def _telling_name(tables: Tables, spot: Spot, namesakes: list[Spot]) -> str:
    """A name that tells a place from its namesakes: by province when that is enough, else by municipality."""
    provinces = {other.province for other in namesakes}
    base = base_name(spot.key)
    one_village = len({tables.points[other.key] for other in namesakes}) == 1
    if not one_village and len(provinces) == len(namesakes):
        return f"{base} ({tables.province_names[spot.province or '']})"
    if base == spot.municipality:
        return f"{base} (gemeente {base})"
    return f"{base} ({spot.municipality})"


def _read_abroad(tables: Tables) -> None:
    for country, name, latitude, longitude, region, km, aliases in rows("abroad"):
        tables.abroad_points.append((float(latitude), float(longitude)))
        there = Abroad(name, "BE" if country == "BE" else "DE", region, int(km))
        for called in (name, *listed(aliases)):
            folded = fold(called)
            for spelling in (folded, *spellings(folded)):
                if spelling not in tables.names:
                    tables.abroad.setdefault(spelling, there)
