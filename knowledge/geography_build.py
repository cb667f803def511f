"""Turn the collected facts about the country into the plain tables of `knowledge/geography/`.

    python -m knowledge.geography_build FOLDER     FOLDER holds geography.yaml and coordinates.yaml

Run once a year, when municipalities or regions change. The tables are what the desk reads and what a reviewer compares;
small repairs are made in the tables by hand and described in `knowledge/geography/README.md`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from knowledge.geography_names import slug

TARGET = Path(__file__).with_name("geography")

# What people call an area, beside the official names of the labour market region. Own knowledge.
AREAS: dict[str, list[str]] = {
    "noord-holland-noord": ["West-Friesland", "Kop van Noord-Holland"],
    "zeeland": ["Zeeuws-Vlaanderen", "Walcheren"],
    "zuid-limburg": ["Parkstad", "Parkstad Limburg", "Heuvelland", "Westelijke Mijnstreek"],
    "midden-gelderland": ["Liemers", "De Liemers"],
    "rivierenland": ["Bommelerwaard", "Regio Rivierenland"],
    "zuidoost-brabant": ["De Kempen", "Brainport Eindhoven"],
    "zuid-kennemerland-en-ijmond": ["IJmond", "Zuid-Kennemerland"],
    "zaanstreek-waterland": ["Zaanstreek"],
    "holland-rijnland": ["Duin- en Bollenstreek"],
    "rijnmond": ["Voorne-Putten", "Rijnmondgebied"],
    "gorinchem": ["Alblasserwaard"],
    "gooi-en-vechtstreek": ["Het Gooi"],
    "achterhoek": ["De Achterhoek"],
    "twente": ["Regio Twente"],
    "foodvalley": ["Regio Foodvalley"],
}

# Dutch names of towns across the border. Own knowledge.
EXONYMS: dict[str, list[str]] = {
    "Antwerp": ["Antwerpen"],
    "Liège": ["Luik"],
    "Aachen": ["Aken"],
    "Kleve": ["Kleef"],
    "Emmerich": ["Emmerik", "Emmerich am Rhein"],
    "Geldern": ["Gelderen"],
    "Jülich": ["Gulik"],
    "Visé": ["Wezet"],
    "La Calamine": ["Kelmis"],
    "'s-Gravenvoeren": ["Voeren"],
    "Bad Bentheim": ["Bentheim"],
}
DUTCH_FIRST = {"Antwerp", "Liège", "Aachen"}  # the Dutch name is the one a visitor expects to read

# Larger towns further from the border, where people who work in the Netherlands live too. Own knowledge.
FARTHER: list[tuple[str, str, float, float, list[str]]] = [
    ("BE", "Brussel", 50.85, 4.35, ["Brussels", "Bruxelles"]),
    ("BE", "Leuven", 50.88, 4.70, []),
    ("BE", "Oostende", 51.23, 2.92, []),
    ("BE", "Kortrijk", 50.83, 3.26, []),
    ("BE", "Lier", 51.13, 4.57, []),
    ("BE", "Sint-Truiden", 50.82, 5.19, []),
    ("BE", "Beringen", 51.05, 5.22, []),
    ("DE", "Düsseldorf", 51.23, 6.78, ["Duesseldorf"]),
    ("DE", "Duisburg", 51.43, 6.76, []),
    ("DE", "Köln", 50.94, 6.96, ["Keulen", "Koeln"]),
    ("DE", "Krefeld", 51.34, 6.58, []),
    ("DE", "Mönchengladbach", 51.20, 6.44, ["Moenchengladbach"]),
    ("DE", "Moers", 51.45, 6.64, []),
    ("DE", "Münster", 51.96, 7.63, ["Muenster"]),
    ("DE", "Rheine", 52.28, 7.44, []),
    ("DE", "Lingen", 52.52, 7.32, []),
    ("DE", "Oldenburg", 53.14, 8.21, []),
    ("DE", "Osnabrück", 52.28, 8.05, ["Osnabrueck"]),
]

# Points the facts lack. Own knowledge, about 1 km precise.
POINTS: dict[str, list[float]] = {
    "Voorne aan Zee": [51.86, 4.13],
    "Brielle": [51.90, 4.16],
    "Hellevoetsluis": [51.83, 4.13],
    "Oostvoorne": [51.91, 4.10],
    "Rockanje": [51.87, 4.07],
    "Tinte": [51.89, 4.13],
    "Vierpolders": [51.88, 4.18],
    "Zwartewaal": [51.88, 4.23],
    "Oudenhoorn": [51.83, 4.19],
    "Ohé en Laak": [51.12, 5.83],
}


def table(name: str, columns: str, rows: Iterable[Iterable[object]]) -> None:
    """Write one table: a line with the names of the columns, then a line per row."""
    lines = ["# " + columns.replace(" ", "\t")]
    lines += ["\t".join("" if cell is None else str(cell) for cell in row) for row in rows]
    (TARGET / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def many(values: Iterable[str]) -> str:
    return ";".join(dict.fromkeys(values))


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    north, east = math.radians(b[0] - a[0]), math.radians(b[1] - a[1])
    half = (
        math.sin(north / 2) ** 2 + math.cos(math.radians(a[0])) * math.cos(math.radians(b[0])) * math.sin(east / 2) ** 2
    )
    return 12742 * math.asin(math.sqrt(half))


def place_rows(municipality: dict[str, Any], points: dict[str, list[float]]) -> Iterable[list[object]]:
    """Places with their point, then city parts: well-known ones (`part`) before those near a border (`part_border`)."""
    aliases: dict[str, list[str]] = {}
    for alias, name in municipality.get("place_aliases", {}).items():
        aliases.setdefault(name, []).append(alias)
    for name in municipality["places"]:
        latitude, longitude = points.get(name) or POINTS[name]
        yield [slug(municipality["name"]), "place", name, latitude, longitude, many(aliases.pop(name, []))]
    if aliases:
        raise ValueError(f"{municipality['name']}: an alias of an unlisted place: {aliases}")
    taken = set(municipality["places"])
    for field, kind in (("parts_own_knowledge", "part"), ("parts_geonames", "part"), ("parts_border", "part_border")):
        for name in municipality.get(field, []):
            if name not in taken:
                taken.add(name)
                yield [slug(municipality["name"]), kind, name, "", "", ""]


def build(folder: Path) -> None:
    geography = yaml.load((folder / "geography.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    coordinates = yaml.load((folder / "coordinates.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    municipalities = geography["municipalities"]
    points = [tuple(point) for places in coordinates["places"].values() for point in places.values()]
    regions_of = [
        next(m["region"] for m in municipalities if m["code"] == code)
        for code, places in coordinates["places"].items()
        for _ in places
    ]
    table(
        "provinces",
        "id name aliases",
        ([slug(p["name"]), p["name"], many(p["aliases"])] for p in geography["provinces"]),
    )
    table(
        "regions",
        "id name centre aliases",
        (
            [r["id"], r["name"], slug(r["centre_municipality"]), many([*r["aliases"], *AREAS.get(r["id"], [])])]
            for r in geography["arbeidsmarktregios"]
        ),
    )
    table(
        "municipalities",
        "code name province region latitude longitude postcodes post_boxes aliases",
        (
            [
                m["code"],
                m["name"],
                slug(m["province"]),
                m["region"],
                *(coordinates["municipalities"].get(m["code"]) or POINTS[m["name"]]),
                " ".join(m["pc4"]),
                " ".join(m.get("pc4_postbus", [])),
                many(m.get("aliases", [])),
            ]
            for m in municipalities
        ),
    )
    table(
        "places",
        "municipality kind name latitude longitude aliases",
        (row for m in municipalities for row in place_rows(m, coordinates["places"].get(m["code"], {}))),
    )
    table(
        "shared_postcodes",
        "postcode municipalities",
        ([code, many(map(slug, names))] for code, names in geography["pc4_shared"].items()),
    )
    table(
        "border_places",
        "name main also",
        ([name, slug(row["main"]), many(map(slug, row["also"]))] for name, row in geography["border_places"].items()),
    )
    table(
        "former_municipalities",
        "name year now",
        ([f["name"], f["ended"][:4], many(map(slug, f["now"]))] for f in geography["former_municipalities"]),
    )
    abroad = []
    for a in coordinates["abroad"]:
        dutch, *others = (
            [*EXONYMS.get(a["name"], []), a["name"]]
            if a["name"] in DUTCH_FIRST
            else [a["name"], *EXONYMS.get(a["name"], [])]
        )
        abroad.append([a["country"], dutch, *a["at"], a["nearest_region"], a["km"], many(others)])
    for country, name, latitude, longitude, aliases in FARTHER:
        if any(row[1] == name for row in abroad):
            continue
        km, region = min((kilometres((latitude, longitude), p), r) for p, r in zip(points, regions_of, strict=True))
        abroad.append([country, name, latitude, longitude, region, round(km), many(aliases)])
    table("abroad", "country name latitude longitude nearest_region km aliases", abroad)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
