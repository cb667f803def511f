"""Every visitor has a desk, and every location in the catalogue is a place the desk can measure to."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.content import Knowledge
from knowledge.profile import Given

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.load()


def test_each_labour_market_region_has_one_desk(knowledge: Knowledge) -> None:
    desks = knowledge.catalogue.of_kind("desk")

    served = sorted(area for desk in desks for area in desk.where)

    assert served == sorted(f"region:{spot.region}" for spot in knowledge.geography.regions)


def test_every_municipality_gets_exactly_one_desk(knowledge: Knowledge) -> None:
    desks = knowledge.catalogue.of_kind("desk")
    wrong = {}

    for spot in knowledge.geography.municipalities:
        answers = {"situation": Given("employee"), "place": Given(spot.key)}
        profile = knowledge.profile(answers, TODAY)
        fitting = [desk.id for desk in desks if desk.criterion.level(profile) == 3]
        if len(fitting) != 1:
            wrong[spot.key] = fitting

    assert wrong == {}


def test_a_desk_serves_everybody_who_asks(knowledge: Knowledge) -> None:
    desk = knowledge.catalogue["desk-achterhoek"]

    for situation in knowledge.facts["situation"].choices:
        place = {"employer": "company_place", "school": "school_place"}.get(situation, "place")
        profile = knowledge.profile({"situation": Given(situation), place: Given("Doetinchem")}, TODAY)
        assert desk.criterion.level(profile) == 3, situation


def test_every_location_is_a_known_place(knowledge: Knowledge) -> None:
    unknown = [
        (entry.id, name)
        for entry in knowledge.catalogue.values()
        for name in entry.facts.get("locations", ())
        if knowledge.geography.spot(name) is None
    ]

    assert unknown == []


def test_no_uncertain_phone_number_is_called_verified(knowledge: Knowledge) -> None:
    """The facts hold no verified number of a regional desk; a number may only appear with its own confidence."""
    said = [desk.id for desk in knowledge.catalogue.of_kind("desk") if desk.contact.phone]

    assert said == []
    for name in ("nat-uwv-personen", "nat-uwv-werkgevers", "nat-duo", "nat-rvo", "nat-juridisch-loket"):
        assert knowledge.catalogue[name].contact.confidence == "likely"


@pytest.mark.parametrize(
    ("place", "school"),
    [
        ("Ulft", "bvm-anton-tijdink"),
        ("Zwolle", "bvm-obm-oost"),
        ("Harderwijk", "bvm-techniek-academie"),
        ("Terneuzen", "bvm-metaalwerk-zeeland"),
        ("Emmen", "bvm-bvt-drenthe"),
        ("Oudenbosch", "bvm-svm-west-brabant"),
        ("Hardenberg", "bvm-rtc-hardenberg"),
    ],
)
def test_a_welder_hears_of_the_company_school_in_his_region(knowledge: Knowledge, place: str, school: str) -> None:
    profile = knowledge.profile(
        {"situation": Given("employee"), "place": Given(place), "sector": Given("metal")}, TODAY
    )

    assert knowledge.matcher.one(school, profile, TODAY).verdict == "fits"
