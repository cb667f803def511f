"""First messages as people type them, and what a desk worker would answer at once."""

from __future__ import annotations

import pytest

from tests.transcripts.test_first_minute import Talk, text_of


@pytest.mark.parametrize("said", ["ik heb een vraag", "yo kan ik ff wat vragen", "mag ik u iets vragen?"])
def test_an_announced_question_is_invited_and_nothing_is_asked_meanwhile(said: str) -> None:
    assert text_of(Talk().says(said)) == "Stel uw vraag. Ik zoek het op."


def test_a_question_told_with_facts_is_answered_and_the_facts_are_said_back() -> None:
    told = text_of(Talk().says("kan ik met ww een cursus doen? woon in ulft"))
    assert told.startswith("Dat kan vaak, als u het eerst vraagt. Bij WW vraagt u het UWV")
    assert "Ik lees: u zoekt werk, WW, een losse cursus, Ulft." in told


def test_learning_the_language_is_a_wish_and_no_command() -> None:
    assert Talk().says("taal leren").understood == {"goal": "language"}
    assert "Choose a language" in text_of(Talk().says("taal"))


@pytest.mark.parametrize("said", ["stage voor zoon", "mijn buurvrouw kan niet zo goed lezen, waar kan ze terecht"])
def test_who_asks_for_somebody_near_is_heard_so(said: str) -> None:
    assert Talk().says(said).understood["situation"] == "intermediary"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Здравствуйте, хочу учиться", "Яку мову ви хочете?"),
        ("Merhaba, Türkçe bilen biri var mı?", "Hangi dili istiyorsunuz?"),
        ("Dzień dobry, szukam pracy w Holandii", "Jaki język"),
        ("ich suche arbeit in maastricht", "Ich kann leider kein Deutsch."),
    ],
)
def test_another_language_is_heard_and_a_language_is_offered(said: str, asked: str) -> None:
    assert asked in text_of(Talk().says(said))


def test_a_place_is_called_the_same_in_every_language() -> None:
    assert Talk().says("ich suche arbeit in maastricht").understood["place"] == "Maastricht"


def test_after_a_number_that_is_never_kept_the_rest_is_read() -> None:
    told = text_of(Talk().says("mijn bsn is 123456782 en ik wil een cursus lassen"))
    assert "Ik heb het niet opgeslagen." in told
    assert "Ik lees: lassen." in told
    assert "begrijp ik niet" not in told


@pytest.mark.parametrize(
    "said", ["opleiding", "de gemeente stuurt mij naar jullie", "help me", "blorp", "👋", "werk ofzo"]
)
def test_no_first_message_is_met_with_incomprehension(said: str) -> None:
    told = text_of(Talk().says(said))
    assert "begrijp ik niet" not in told
    assert "?" in told  # something is asked: the conversation goes on


def test_who_is_let_down_gets_a_human_at_once() -> None:
    told = text_of(Talk().says("ik heb al 3x gebeld en niemand neemt op"))
    assert "Dat is vervelend, sorry." in told
    assert "Zal een coach u bellen?" in told


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("werk 32 uur als verzorgende en wil door naar verpleegkundige. betaalt mijn baas dat?", "uw eigen wens"),
        ("zoek werk in de zorg maar wie past op mn kleintjes als ik naar les moet", "kinderopvangtoeslag"),
        ("heb 20 jaar ervaring maar nooit n diploma gehaald. kan ik die ervaring laten erkennen", "EVC"),
        ("bedrijf gaat reorganiseren en ik krijg een vso voorgelegd, moet ik tekenen??", "Teken niet"),
        ("heb al 2 maand geen loon gehad vd baas", "Juridisch Loket"),
        ("ik heb een kapsalon met twee leerlingen, krijg ik daar geld voor", "Subsidie praktijkleren"),
        ("technisch installatiebedrijf 40 man, wat is er tegenwoordig ipv OTIB", "Wij Techniek"),
        ("is er een voucher voor een lascursus in gelderland", "Die stopte in 2019"),
        ("wat levert slim mij op, ik heb 15 man", "60 procent|3.600 euro"),
    ],
)
def test_a_question_in_the_middle_of_a_story_is_answered_at_once(said: str, answer: str) -> None:
    told = text_of(Talk().says(said))
    assert any(one in told for one in answer.split("|"))


@pytest.mark.parametrize(
    ("said", "never"),
    [
        ("ik wil weg bij mijn werk", "wie leert, blijft vaak juist langer"),  # that is said to employers
        ("is mijn gesprek veilig", "Bel 112"),
        ("waarom moet ik mijn leeftijd geven", "U bent niet te oud"),
        ("van welke organisatie zijn jullie", "Groningen"),
        ("mag ik met ww een opleiding doen", "Meestal niet"),  # the answer to "do I lose my benefit"
    ],
)
def test_no_answer_that_belongs_to_another_question(said: str, never: str) -> None:
    assert never not in text_of(Talk().says(said))


@pytest.mark.parametrize(
    ("said", "situation"),
    [
        ("wij zijn met 80 man ontslagen bij de papierfabriek", "job_seeker"),
        ("tot vorige maand werkte ik als caissiere", "job_seeker"),
        ("mijn contract loopt af in januari", "employee"),
        ("werkgever failliet", "employee"),
        ("heb 2 bbl'ers in dienst", "employer"),
        ("eigen schildersbedrijf zonder personeel", "self_employed"),
    ],
)
def test_who_somebody_is_shows_in_many_ways(said: str, situation: str) -> None:
    assert Talk().says(said).understood["situation"] == situation


def test_an_ending_contract_is_said_back() -> None:
    assert "Ik lees: u hebt werk, tijdelijk contract." in text_of(Talk().says("mijn contract loopt af in januari"))


def test_a_skill_is_called_as_it_was_said() -> None:
    assert "Ik lees: cnc frezen" in text_of(Talk().says("bijscholing cnc frezen in Venlo"))


@pytest.mark.parametrize(
    ("said", "course"),
    [("moet mijn baas het weten als ik n cursus ga doen", "ga"), ("wat kan hij doen", "hij"),
     ("heeft scholing nog zin", "nog zin"), ("wil iets rustigs leren", "rustigs")],
)  # fmt: skip
def test_small_words_are_never_a_course(said: str, course: str) -> None:
    assert Talk().says(said).understood.get("course") != course
