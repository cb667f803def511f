"""One place as a visitor types it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.geography import Abroad, Ambiguous, Found, Geography, Lookup, Unknown
from tests.geography.tables import HERE, numbers, rows, table

GEOGRAPHY = Geography.load()
LOOKUPS = rows(HERE / "lookups.tsv")


def said(result: Lookup) -> tuple[str, str]:
    match result:
        case Found(spot, _, via):
            return f"{spot.kind} {spot.key}", via
        case Ambiguous(_, choices):
            return "ask " + ";".join(sorted(spot.key for spot in choices)), ""
        case Abroad(name, country, region, _):
            return f"abroad {name} {country} {region or '-'}", ""
        case Unknown():
            return "unknown", ""


def may_mean(result: Lookup, municipality: str) -> bool:
    """Whether the answer is in this municipality, or asks with a choice in it."""
    if isinstance(result, Found):
        return result.spot.municipality == municipality
    return isinstance(result, Ambiguous) and any(spot.municipality == municipality for spot in result.choices)


@pytest.mark.parametrize("row", LOOKUPS, ids=lambda row: row[0])
def test_what_is_typed_finds_what_is_meant(row: list[str]):
    typed, expected, via = (*row, "")[:3]
    assert said(GEOGRAPHY.find(typed)) == (expected, via)


def test_a_repaired_name_is_not_exact_and_all_others_are():
    found = [(row[2:], GEOGRAPHY.find(row[0])) for row in LOOKUPS]
    assert all(result.exact == (via != ["typo"]) for via, result in found if isinstance(result, Found))


def test_every_municipality_finds_itself_or_asks():
    names = [row[1] for row in table("municipalities")]
    assert len(names) == 342
    wrong = [name for name in names if not may_mean(GEOGRAPHY.find(name), name)]
    assert wrong == []
    assert [n for n in names if not may_mean(GEOGRAPHY.find(f"gemeente {n}"), n)] == []


# The name of a former municipality, or of a province, means more to people than these spots of the same name.
OVERRULED = {("Aalburg", "heusden"), ("Liesveld", "krimpenerwaard"), ("Zeeland", "maashorst")}


def test_every_place_city_part_and_alias_leads_to_its_municipality():
    official = {spot.municipality_id: spot.municipality for spot in GEOGRAPHY.municipalities}
    wrong = []
    for municipality, _kind, name, _latitude, _longitude, aliases in table("places"):
        for called in (name, name.lower(), name.upper(), *filter(None, aliases.split(";"))):
            home = official[municipality] or ""
            if (name, municipality) not in OVERRULED and not may_mean(GEOGRAPHY.find(called), home):
                wrong.append((called, municipality))
    assert wrong == []


def test_every_postcode_leads_to_its_municipality():
    shared = {int(row[0]) for row in table("shared_postcodes")}
    wrong = []
    for row in table("municipalities"):
        for number in numbers(row[6]):
            result = GEOGRAPHY.find(str(number))
            if not may_mean(result, row[1]) or isinstance(result, Ambiguous) != (number in shared):
                wrong.append((number, row[1]))
    assert wrong == []


def test_post_box_postcodes_lead_somewhere():
    boxes = [number for row in table("municipalities") for number in numbers(row[7])]
    assert len(boxes) > 600
    assert all(isinstance(GEOGRAPHY.find(f"{number} AA"), Found | Ambiguous) for number in boxes)


def test_a_former_municipality_leads_to_one_of_today_and_says_so():
    official = {spot.municipality_id: spot.municipality or "" for spot in GEOGRAPHY.municipalities}
    for name, _year, now in table("former_municipalities"):
        result = GEOGRAPHY.find(f"gemeente {name}")
        assert any(may_mean(result, official[home]) for home in now.split(";")), name
    result = GEOGRAPHY.find("Uden")
    assert isinstance(result, Found)
    assert result.spot.note == "Uden hoort sinds 2022 bij Maashorst."


def test_choices_can_be_told_apart():
    for typed in ("Hengelo", "Bergen", "Elst", "Alteveer", "Buren", "Rijswijk", "Achterveld", "Oudega"):
        result = GEOGRAPHY.find(typed)
        assert isinstance(result, Ambiguous)
        names = [spot.name for spot in result.choices]
        assert len(set(names)) == len(names), names
        assert all("(" in name for name in names), names
    hengelo = GEOGRAPHY.find("Hengelo")
    assert isinstance(hengelo, Ambiguous)
    assert [spot.name for spot in hengelo.choices] == ["Hengelo (Gelderland)", "Hengelo (Overijssel)"]


def test_the_shown_name_of_a_choice_finds_that_choice():
    asked = [GEOGRAPHY.find(row[0]) for row in LOOKUPS if row[1].startswith("ask ")]
    choices = {spot for result in asked if isinstance(result, Ambiguous) for spot in result.choices}
    wrong = [
        spot.name
        for spot in choices
        if (found := GEOGRAPHY.find(spot.name)) != Found(spot, True, "name")
        and not (isinstance(found, Found) and found.spot == spot)
    ]
    assert wrong == []


def test_every_key_is_found_again():
    keys = [spot.key for spot in (*GEOGRAPHY.municipalities, *GEOGRAPHY.regions, *GEOGRAPHY.provinces)]
    assert [key for key in keys if not (spot := GEOGRAPHY.spot(key)) or spot.key != key] == []
    assert GEOGRAPHY.spot("Nergenshuizen") is None


def test_a_place_over_the_border_names_the_nearest_region():
    assert GEOGRAPHY.find("Antwerpen") == Abroad("Antwerpen", "BE", "west-brabant", 16)
    assert GEOGRAPHY.find("Duitsland") == Abroad("Duitsland", "DE", None, None)


def test_an_unknown_place_comes_with_suggestions():
    result = GEOGRAPHY.find("Dordregt aan Zee")
    assert isinstance(result, Unknown)
    near = GEOGRAPHY.find("Zwole")
    assert isinstance(near, Found) or (isinstance(near, Unknown) and near.suggestions)


JUNK = [
    "",
    " ",
    "\n\t",
    "\x00",
    "a" * 100_000,
    "tiel " * 20_000,
    "🚜🚜🚜",
    "\u202e\u0639\u0631\u0628\u064a",
    "\ud800",
    "'",
    "--",
    "()",
    "0" * 400,
    "é" * 5000,
]


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: ascii(junk[:8]))
def test_junk_is_unknown_and_costs_nothing(junk: str):
    started = time.perf_counter()
    result = GEOGRAPHY.find(junk)
    assert isinstance(result, Unknown)
    assert len(result.text) <= 80
    assert result.suggestions == ()
    assert time.perf_counter() - started < 0.05  # 5 ms on a quiet machine


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=60)
    | st.sampled_from([row[0] for row in LOOKUPS]).flatmap(lambda t: st.text(max_size=3).map(t.__add__))
)
def test_find_never_raises(text: str):
    assert isinstance(GEOGRAPHY.find(text), Found | Ambiguous | Abroad | Unknown)


def test_exact_names_are_found_at_once():
    names = [row[1] for row in table("municipalities")]
    started = time.perf_counter()
    for name in names:
        GEOGRAPHY.find(name)
    assert (time.perf_counter() - started) / len(names) < 0.001  # about 10 microseconds on a quiet machine
