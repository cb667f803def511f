"""How people really write to a desk: what they get back, per class of sloppiness rather than per sentence."""

from __future__ import annotations

import pytest

from tests.transcripts.test_first_minute import Talk, text_of


@pytest.mark.parametrize("said", ["wat is dat?", "wat betekent dat", "wat is dit"])
def test_wat_is_dat_explains_the_word_on_the_screen(said: str) -> None:
    talk = Talk()
    talk.says("ik zoek werk in de logistiek in Almere, zonder diploma")
    talk.says("bijstand")
    told = text_of(talk.says(said))
    assert "Praktijkverklaring: Een bewijs" in told
    assert "geen diploma" in told


def test_only_what_is_about_health_itself_is_left_out() -> None:
    told = Talk().says("ik heb rugklachten en was stratenmaker in Tiel")
    assert "Wat u over gezondheid zegt, noteer ik niet." in text_of(told)
    assert "Ik lees: stratenmaker, Tiel." in text_of(told)
    assert set(told.understood) == {"occupation", "sector", "place"}
    assert "rug" not in str(told.understood)


def test_words_of_ones_own_beside_health_are_noted_only_when_they_are_words_of_work() -> None:
    told = Talk().says("ik heb reuma en wil een cursus leven met reuma")
    assert "course" not in told.understood
    assert "Wat u over gezondheid zegt, noteer ik niet." in text_of(told)


@pytest.mark.parametrize("said", ["nee toch liever techniek", "toch maar techniek"])
def test_a_change_of_mind_right_away_is_taken(said: str) -> None:
    talk = Talk()
    talk.says("ik zoek werk")
    talk.says("zorg")
    assert talk.says(said).understood == {"wanted_sector": "technology"}


@pytest.mark.parametrize(("said", "fact"), [("liever mailen", "preferred_contact"), ("kim@voorbeeld.nl", "email")])
def test_whoever_rather_mails_need_not_give_a_number(said: str, fact: str) -> None:
    talk = Talk()
    talk.says("ik zoek werk in de logistiek in Tiel")
    talk.says("nee")
    talk.says("ja")
    assert fact in talk.says(said).understood


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("cursus voor mijn mensen", {"situation": "employer", "employer_goal": "train_people"}),
        ("ander soort werk", {"goal": "other_sector"}),
        ("magazijn", {"wanted_sector": "logistics"}),
        ("werk", {"situation": "job_seeker"}),
    ],
)
def test_a_label_or_a_single_word_is_an_answer(said: str, facts: dict[str, str]) -> None:
    assert Talk().says(said).understood == facts


def test_who_writes_english_is_answered_in_english_and_may_go_back() -> None:
    talk = Talk()
    told = text_of(talk.says("I lost my job in Rotterdam and I want to become a welder"))
    assert "Do you get a benefit?" in told
    assert "Type: Nederlands" in told
    assert "Goed, we praten Nederlands" in text_of(talk.says("Nederlands"))


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("ik word overal van het kastje naar de muur gestuurd", "Dat is vervelend."),
        ("mijn zaak is failliet", "Dat is zwaar."),
        ("ben je een robot?", "Ik ben een computer."),
        ("ik wil een klacht indienen", "Gaat het over dit loket?"),
        ("wat kost dit", "Praten met het loket is gratis"),
    ],
)
def test_anger_loss_and_doubt_get_a_kind_answer(said: str, reply: str) -> None:
    told = text_of(Talk().says(said))
    assert reply in told
    assert "Goed dat u in uw mensen investeert" not in told


def test_a_place_of_which_there_are_two_is_asked_at_once_and_a_fear_beside_it_answered() -> None:
    talk = Talk()
    told = text_of(talk.says("metaalbedrijf in Hengelo met 30 man. als ik ze opleid gaan ze toch weg"))
    assert "blijft vaak juist langer" in told
    assert "Welke plaats bedoelt u?" in told
    assert talk.says("Hengelo (Overijssel)").understood["company_place"] == "Hengelo (O.)"


@pytest.mark.parametrize("place", ["Breda", "Almere", "Rotterdam", "Tilburg"])
def test_owners_who_look_for_people_see_the_employers_desk_first(place: str) -> None:
    talk = Talk()
    talk.says(f"ik heb een installatiebedrijf in {place} met 12 man en kan geen monteurs vinden")
    told = talk.says("nee")
    assert told.state.advice is not None
    assert told.state.advice[0] == "werkgeversservicepunt"
    assert told.state.advice[1].startswith("desk-")
