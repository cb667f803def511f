"""The fifteen rules of the first minute, each held by a test that carries its number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest

from flows.cards import card_message
from flows.cards import count_words as words_in
from flows.content import Content
from flows.effects import Erase, Message, OpenCase, Say
from flows.engine import step
from flows.events import Event, Said, SentOther, Started
from flows.state import State
from flows.turn import Turn
from flows.voice import Voice
from flows.world import World
from tests.shipped import shipped

NOW = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))
PROMISE = World(promise="uiterlijk maandag 23 november om 11.00 uur")
FIRST_CARD, FEAR = 45, 40  # words
VISITORS = {
    "job_seeker": "ik zoek werk",
    "employee": "ik heb werk",
    "self_employed": "ik ben zzp'er",
    "employer": "ik heb een bedrijf",
    "school": "wij zijn een basisschool",
    "intermediary": "ik vraag voor iemand anders",
}


@lru_cache(maxsize=1)
def content() -> Content:
    return shipped()


class Talk:
    """One visitor; the state travels as JSON between turns."""

    def __init__(self, world: World = PROMISE) -> None:
        self.state, self.world = State().to_json(), world
        self.asked: list[str] = []
        self.first = self.event(Started())

    def event(self, event: Event) -> Turn:
        turn = step(content(), self.world, State.from_json(json.loads(json.dumps(self.state))), event, NOW)
        self.state = turn.state.to_json()
        if turn.question is not None:
            self.asked.append(turn.question.fact)
        return turn

    def says(self, text: str) -> Turn:
        return self.event(Said(text))


def messages(turn: Turn) -> list[Message]:
    return [effect.message for effect in turn.effects if isinstance(effect, Say)]


def text_of(turn: Turn) -> str:
    return "\n".join(message.text for message in messages(turn))


def labels(turn: Turn) -> list[str]:
    return [option.label for message in messages(turn) for option in message.options]


def walks(answer: str = "weet ik niet") -> Iterator[tuple[str, list[Turn]]]:
    """Every kind of visitor, answering everything alike, up to the offer of a human."""
    for kind, opening in VISITORS.items():
        talk = Talk()
        turns = [talk.says(opening)]
        while turns[-1].question is not None and turns[-1].question.fact and len(turns) < 12:
            turns.append(talk.says(answer))
        yield kind, turns


def test_rule_1_one_welcome_in_few_words_with_the_first_question() -> None:
    turn = Talk().first
    [welcome] = messages(turn)
    assert words_in(welcome.text) <= FIRST_CARD
    assert "Ik ben een computer" in welcome.text
    assert "een mens" in welcome.text
    assert "typ wis" in welcome.text
    roles = ["Ik zoek werk", "Ik heb werk", "Ik ben zzp'er", "Ik heb een bedrijf", "Iets anders"]
    assert labels(turn) == [*roles, "Taal", "Privacy"]


@pytest.mark.parametrize(
    ("opening", "told"),
    [
        ("wil heftruck rijden geen diploma almere, zit in de bijstand", {"wanted_sector", "place", "benefit"}),
        ("bakkerij in tiel met 6 man, subsidie om ze te scholen", {"company_place", "company_size", "employer_goal"}),
        ("ik werk in de zorg in Doetinchem en wil monteur worden", {"situation", "place", "wanted_sector", "goal"}),
        ("zzp-elektricien in Arnhem, cursus zonnepanelen", {"situation", "place", "sector", "goal", "course"}),
        ("wij zijn een basisschool in Terborg en zoeken een techniekles", {"school_place", "school_goal", "situation"}),
    ],
)
def test_rule_2_what_was_said_is_never_asked_again(opening: str, told: set[str]) -> None:
    talk = Talk()
    turn = talk.says(opening)
    for _ in range(8):
        if turn.question is None or not turn.question.fact:
            break
        turn = talk.says("weet ik niet")
    assert not told & set(talk.asked[1:])


def test_rule_3_a_step_for_today_stands_there_after_at_most_four_questions_five_for_owners() -> None:
    for kind, turns in walks():
        before = next(number for number, turn in enumerate(turns) if re.search(r"[Vv]andaag", text_of(turn)))
        assert before <= (5 if kind == "employer" else 4), kind


def test_rule_4_every_entry_fits_on_a_first_card() -> None:
    voice, matcher = Voice(content(), "nl"), content().knowledge.matcher
    for answers in ({}, {"situation": "employer"}, {"situation": "job_seeker"}):
        profile = content().knowledge.profile(_given(answers), NOW.date())
        for entry in content().knowledge.catalogue.values():
            card = card_message(voice, matcher.one(entry, profile, NOW))
            assert words_in(card.text) <= FIRST_CARD, entry.id


def _given(answers: dict[str, str]) -> dict[str, object]:
    from knowledge.given import read_given

    given, complaints = read_given(answers, content().knowledge.facts, content().knowledge.geography)
    assert not complaints
    return given


def test_rule_5_never_only_closed_doors_and_a_closed_one_offers_a_message() -> None:
    for kind, turns in walks():
        assert any(re.search(r"[Vv]andaag", text_of(turn)) for turn in turns), kind
    turn = Talk().says("ik heb een bakkerij in Tiel met 6 mensen en wil een opleidingsplan")
    closed = next(message for message in messages(turn) if "SLIM voor één mkb-bedrijf" in message.text)
    assert "Bericht als het opengaat" in [option.label for option in closed.options]


def test_rule_6_what_ended_opens_an_answer_only_when_asked_for_by_name() -> None:
    asked = Talk().says("Wat was Gelders Vakmanschap?")
    assert "2019" in text_of(asked)
    talk = Talk()
    talk.says("ik werk in de zorg in Doetinchem en wil monteur worden")
    told = text_of(talk.says("leren en werken"))
    assert told.index("Vandaag:") < told.index("Vroeger was hier")


def test_rule_7_money_comes_with_an_example_and_what_it_does_not_pay() -> None:
    talk = Talk()
    talk.says("ik heb een bakkerij in Tiel met 6 mensen")
    told = text_of(talk.says("wat betaalt slim?"))
    assert "U krijgt 3.600 euro en betaalt zelf 2.400 euro" in told
    assert "SLIM betaalt geen gewone cursus" in told
    assert "Dit is nu dicht" in told


def test_rule_8_a_human_is_one_tap_away_everywhere_and_asks_two_things() -> None:
    for kind, turns in walks():
        for turn in turns:
            assert {"Bel mij", "Ja, bel mij"} & set(labels(turn)), kind
    talk = Talk()
    talk.says("bel mij")
    assert talk.asked[-1] == "phone"
    talk.says("06 12345678")
    assert talk.asked[-1] == "part_of_day"
    done = talk.says("ochtend")
    assert PROMISE.promise in text_of(done)
    assert any(isinstance(effect, OpenCase) for effect in done.effects)


def test_rule_9_at_most_five_choices_with_short_labels() -> None:
    for kind, turns in walks():
        for turn in turns:
            for message in messages(turn):
                choices = [option for option in message.options if option.group == "choice"]
                assert len(choices) <= 5, (kind, message.text)
                assert all(len(option.label) <= 30 for option in choices), (kind, message.text)


def test_rule_10_what_is_passed_on_is_said_before_a_hand_over_and_may_be_left_out() -> None:
    talk = Talk()
    for text in ("ik zoek werk in de zorg in Tilburg", "nee"):
        turn = talk.says(text)
        assert "Dit geef ik door" not in text_of(turn)
    turn = talk.says("ja")
    assert "Dit geef ik door" in text_of(turn)
    assert "Iets weglaten" in labels(turn)


FEARS = {
    "job_seeker": (
        "Komt dit bij UWV of de gemeente?",
        "Verlies ik mijn uitkering als ik een opleiding volg?",
        "Moet ik de voucher terugbetalen?",
        "Kost dit geld?",
    ),
    "employee": (
        "Hoort mijn baas dat ik hier chat?",
        "Moet ik mijn opleiding terugbetalen als ik wegga?",
        "Kost dit geld?",
    ),
    "self_employed": ("Ik heb geen tijd om te leren", "Kost dit geld?"),
    "employer": (
        "Gaan ze dan niet weg?",
        "Hoeveel tijd kost een aanvraag?",
        "Ik heb geen HR-afdeling. Kan ik dit alleen?",
    ),
    "school": ("Kost dit geld?",),
    "intermediary": ("Komt dit bij UWV of de gemeente?", "Mag ik leren met een uitkering?"),
}


@pytest.mark.parametrize("kind", VISITORS)
def test_rule_11_each_flow_answers_its_visitors_fears_in_few_words_and_goes_on(kind: str) -> None:
    answers = {worry.answer for worry in content().knowledge.search.worries.values()}
    for fear in FEARS[kind]:
        talk = Talk()
        before = talk.says(VISITORS[kind])
        turn = talk.says(fear)
        told = next((answer for answer in answers if answer in text_of(turn)), "")
        assert told, fear
        assert words_in(told) <= FEAR
        assert turn.question is not None
        assert before.question is not None
        assert turn.question.fact == before.question.fact  # the question that stood there comes again


def test_rule_11_every_fear_is_answered_in_at_most_forty_words() -> None:
    for worry in content().knowledge.search.worries.values():
        for answer in (worry.answer, worry.answer_en):
            assert 0 < words_in(answer) <= FEAR, worry.id


def test_rule_12_the_desk_says_u() -> None:
    informal = re.compile(r"\b(je|jij|jou|jouw|jullie)\b", re.IGNORECASE)
    for worry in content().knowledge.search.worries.values():
        assert not informal.search(worry.answer), worry.id
    for kind, turns in walks():
        for turn in turns:
            assert not informal.search(text_of(turn)), kind


def test_rule_13_twice_not_understood_offers_a_human_beside_the_same_question() -> None:
    talk = Talk()
    talk.says("blub blab")
    turn = talk.says("hmpf grr")
    assert "Zal een mens u bellen?" in text_of(turn)
    assert "situation" in talk.says("ik zoek werk").understood


def test_rule_14_a_voice_message_gets_a_kind_answer_with_one_button() -> None:
    turn = Talk().event(SentOther("voice"))
    assert "Ik kan niet luisteren. Zal een mens u bellen?" in text_of(turn)
    assert "Ja, bel mij" in labels(turn)
    assert Talk().says("ik zoek wrek in almree").understood["place"] == "Almere"


@pytest.mark.parametrize("speaker", ["bot", "queue", "coach"])
def test_rule_15_crisis_and_wiping_work_whoever_speaks(speaker: str) -> None:
    world = World(speaker=speaker, case="" if speaker == "bot" else "K-1001")
    assert "113" in text_of(Talk(world).says("ik wil niet meer leven"))
    talk = Talk(world)
    assert "wissen" in text_of(talk.says("wis mijn gegevens")).lower()
    assert any(isinstance(effect, Erase) for effect in talk.says("ja").effects)
