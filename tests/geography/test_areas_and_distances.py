"""Provinces, regions and municipalities as criteria use them; distances as cards show them."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from knowledge.geography import ATTRIBUTION, Found, Geography, Spot
from knowledge.geography_names import fold, slug
from knowledge.geography_words import ordinary_words, words_that_are_places
from tests.geography.tables import DATA, table

GEOGRAPHY = Geography.load()


def spot(typed: str) -> Spot:
    found = GEOGRAPHY.find(typed)
    assert isinstance(found, Found), found
    return found.spot


def test_the_country_is_whole():
    assert (len(GEOGRAPHY.municipalities), len(GEOGRAPHY.regions), len(GEOGRAPHY.provinces)) == (342, 35, 12)
    assert {s.province for s in GEOGRAPHY.municipalities} == {row[0] for row in table("provinces")}
    assert {s.region for s in GEOGRAPHY.municipalities} == {row[0] for row in table("regions")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("'s-Hertogenbosch", "s-hertogenbosch"),
        ("Súdwest-Fryslân", "sudwest-fryslan"),
        ("Bergen (NH.)", "bergen-nh"),
        ("Bergen (L.)", "bergen-l"),
        ("Nuenen, Gerwen en Nederwetten", "nuenen-gerwen-en-nederwetten"),
        ("Oude IJsselstreek", "oude-ijsselstreek"),
    ],
)
def test_an_id_is_made_of_plain_letters(name: str, expected: str):
    assert slug(name) == expected


@pytest.mark.parametrize(
    ("typed", "scope", "expected"),
    [
        ("Ulft", "region:achterhoek", True),
        ("Ulft", "municipality:oude-ijsselstreek", True),
        ("Ulft", "province:gelderland", True),
        ("Ulft", "province:overijssel", False),
        ("Zeewolde", "region:veluwe-stedendriehoek", True),
        ("Zeewolde", "province:flevoland", True),
        ("Achterhoek", "province:gelderland", True),
        ("Achterhoek", "municipality:doetinchem", None),
        ("Achterhoek", "region:twente", False),
        ("Gelderland", "municipality:tiel", None),
        ("Gelderland", "region:achterhoek", None),
        ("Gelderland", "province:limburg", False),
        ("Gelderland", "province:gelderland", True),
        ("Friesland", "region:friesland", True),
        ("Flevoland", "region:flevoland", None),
        ("Tiel", "province:nergens", None),
        ("Sneek", "province:friesland", True),
    ],
)
def test_whether_a_place_lies_in_an_area(typed: str, scope: str, expected: bool | None):
    assert GEOGRAPHY.inside(spot(typed), scope) is expected


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("province:gelderland", ("province", "Gelderland")),
        ("province:fryslan", ("province", "Fryslân")),
        ("province:friesland", ("province", "Fryslân")),
        ("province:brabant", ("province", "Noord-Brabant")),
        ("region:achterhoek", ("region", "Achterhoek")),
        ("region:groningen", ("region", "Groningen")),
        ("region:regio-zwolle", ("region", "Regio Zwolle")),
        ("municipality:almere", ("municipality", "Almere")),
        ("municipality:s-gravenhage", ("municipality", "'s-Gravenhage")),
        ("municipality:middelburg-z", ("municipality", "Middelburg (Z.)")),
        ("municipality:wehl", None),
        ("municipality:uden", None),
        ("municipality:bergen", None),
        ("municipality:stein", ("municipality", "Stein (L.)")),
        ("province:achterhoek", None),
        ("country:nl", None),
        ("achterhoek", None),
        ("", None),
    ],
)
def test_a_scope_has_an_official_name(scope: str, expected: tuple[str, str] | None):
    assert GEOGRAPHY.named(scope) == expected


def test_every_id_of_the_tables_is_a_scope():
    for row in table("regions"):
        assert GEOGRAPHY.named(f"region:{row[0]}") == ("region", row[1])
    for row in table("provinces"):
        assert GEOGRAPHY.named(f"province:{row[0]}") == ("province", row[1])
    for row in table("municipalities"):
        assert GEOGRAPHY.named(f"municipality:{slug(row[1])}") == ("municipality", row[1])


@pytest.mark.parametrize(
    ("scope", "first"),
    [
        ("region:achterhoeck", "region:achterhoek"),
        ("municipality:achterhoek", "region:achterhoek"),
        ("province:gelderlant", "province:gelderland"),
        ("municipality:dutinchem", "municipality:doetinchem"),
        ("achterhoek", "region:achterhoek"),
        ("municipality:uden", "municipality:maashorst"),
        ("municipality:bergen", "municipality:bergen-l"),
        ("municipality:ulft", "municipality:oude-ijsselstreek"),
    ],
)
def test_a_wrong_scope_gets_a_suggestion(scope: str, first: str):
    assert GEOGRAPHY.suggest(scope)[0] == first


def test_distances_are_what_a_map_says():
    assert GEOGRAPHY.distance_km(spot("Amsterdam"), spot("Utrecht")) == pytest.approx(35, abs=4)
    assert GEOGRAPHY.distance_km(spot("Groningen"), spot("Maastricht")) == pytest.approx(270, abs=10)
    assert GEOGRAPHY.distance_km(spot("Tiel"), spot("Tiel")) == 0
    assert GEOGRAPHY.distance_km(spot("Tiel"), spot("Gelderland")) is None
    assert GEOGRAPHY.distance_km(spot("Achterhoek"), spot("Tiel")) is None


def test_the_nearest_place_comes_first():
    near = GEOGRAPHY.nearest(spot("Ulft"), ["Rotterdam", "Terborg", "Enschede", "Nergenshuizen", "Gelderland"])
    assert [key for key, _ in near] == ["Terborg", "Enschede", "Rotterdam"]
    assert [km for _, km in near] == sorted(km for _, km in near)


def test_every_place_lies_in_the_country():
    for municipality, _kind, name, latitude, longitude, _aliases in table("places"):
        if latitude:
            assert 50.7 < float(latitude) < 53.6, (municipality, name)
            assert 3.3 < float(longitude) < 7.3, (municipality, name)


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (51.985, 5.91, "Arnhem"),
        (52.09, 5.12, "Utrecht"),
        (51.89, 6.38, "Oude IJsselstreek"),
        (52.52, 13.40, None),
        (51.22, 4.40, None),
        (53.9, 4.0, None),
        (0.0, 0.0, None),
        (math.nan, math.nan, None),
        (math.inf, 5.0, None),
    ],
)
def test_a_location_becomes_a_municipality(latitude: float, longitude: float, expected: str | None):
    found = GEOGRAPHY.municipality_of_point(latitude, longitude)
    assert (found.key if found else None) == expected


def test_the_sources_are_credited_in_the_code_and_beside_the_data():
    assert all(name in ATTRIBUTION for name in ("CBS", "GeoNames", "CC BY 4.0", "4PP", "MIT"))
    assert ATTRIBUTION in (DATA / "README.md").read_text(encoding="utf-8")


def test_an_ordinary_word_hides_no_municipality_that_is_no_word():
    names = {fold(row[1]) for row in table("municipalities")}
    assert names & ordinary_words() <= words_that_are_places()


def test_loading_is_quick():
    timer = "t = time.perf_counter(); g.Geography.load(); print(time.perf_counter() - t)"
    program = f"import time, knowledge.geography as g; {timer}"
    took = min(float(subprocess.check_output([sys.executable, "-c", program])) for _ in range(2))
    assert took < 0.3  # about 25 ms on a quiet machine; this one may be busy
