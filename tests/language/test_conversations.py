"""Somebody who reads no Dutch: chooses a language, is understood in it, and gets a call, without one Dutch sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from flows.content import Content
from flows.effects import Message, OpenCase, Say
from flows.engine import step
from flows.events import Chose, Event, Said, Started
from flows.state import State
from flows.world import World
from knowledge import safety
from knowledge.languages import OWN_NAMES, with_isolated_numbers, without_isolates
from storage.promise import sentence
from tests.shipped import shipped

ZONE = ZoneInfo("Europe/Amsterdam")
NOW, DUE = datetime(2026, 11, 20, 10, tzinfo=ZONE), datetime(2026, 11, 23, 11, tzinfo=ZONE)
WORDS = {
    "ar": {"help": "مساعدة", "call": "اتصل بي", "stop": "توقف", "erase": "حذف", "no": "لا", "work": "أبحث عن عمل"},
    "tr": {"help": "YARDIM", "call": "beni ara", "stop": "dur", "erase": "sil", "no": "hayır", "work": "iş arıyorum"},
    "pl": {"help": "pomoc", "call": "zadzwoń do mnie", "stop": "stop", "erase": "usuń", "no": "nie",
           "work": "szukam pracy"},
    "uk": {"help": "допомога", "call": "подзвоніть мені", "stop": "стоп", "erase": "видалити", "no": "ні",
           "work": "шукаю роботу"},
}  # fmt: skip
DUTCH = (" de ", " het ", " een ", " uw ", " u ", " niet ", " ik ", " bent ", " wilt ")


class Talk:
    """A conversation that keeps every text it showed, buttons included."""

    def __init__(self, content: Content, language: str = "nl") -> None:
        self.content, self.state = content, State(language=language)
        self.messages: list[Message] = []
        self.effects: list[object] = []

    def play(self, event: Event | str) -> str:
        event = Said(event) if isinstance(event, str) else event
        world = World(promise=sentence(DUE, NOW, self.state.language), channel="web")
        turn = step(self.content, world, State.from_json(self.state.to_json()), event, NOW)
        self.state, self.effects = turn.state, list(turn.effects)
        self.messages = [effect.message for effect in turn.effects if isinstance(effect, Say)]
        return "\n".join(self.shown())

    def shown(self) -> Iterator[str]:
        for message in self.messages:
            yield message.text
            yield from (option.label for option in message.options)


@pytest.fixture(scope="module")
def content() -> Content:
    return shipped()


def _is_dutch(text: str) -> bool:
    said = f" {text.lower()} ".replace("/ welke taal wilt u?", "")
    return any(word in said for word in DUTCH)


@pytest.mark.parametrize("language", WORDS)
def test_from_welcome_to_a_promised_call_nothing_falls_back_to_dutch(language: str, content: Content) -> None:
    talk, words = Talk(content, language), WORDS[language]
    events: list[Event | str] = [
        Started(language=language), words["help"], words["call"], "123", "06 12345678", Chose(("morning",)),
        words["erase"], words["no"], words["stop"],
    ]  # fmt: skip
    said = []
    for event in events:
        if talk.state.shown is not None and talk.state.shown.fact == "name":
            said.append(talk.play("Sam"))
        said.append(talk.play(event))
    assert [text for text in said if _is_dutch(text)] == []
    assert all(talk.content.is_partial(language) for _ in said)
    assert any("11:00" in text for text in said)


@pytest.mark.parametrize("language", WORDS)
def test_the_call_is_asked_for_and_a_human_in_that_language_is_offered(language: str, content: Content) -> None:
    talk = Talk(content, language)
    assert content.tr("phrase.language_partly", content.phrases["language_partly"], language) in talk.play(
        Started(language=language)
    )
    talk.play(WORDS[language]["call"])
    for _ in range(4):
        fact = talk.state.shown.fact if talk.state.shown else ""
        said = talk.play(
            {"phone": "06 12345678", "name": "Sam"}[fact] if fact in ("phone", "name") else Chose(("morning",))
        )
        if any(isinstance(effect, OpenCase) for effect in talk.effects):
            break
    assert any(isinstance(effect, OpenCase) for effect in talk.effects)
    assert content.tr("phrase.in_your_language", content.phrases["in_your_language"], language) in said


@pytest.mark.parametrize("language", WORDS)
def test_a_switch_half_way_keeps_the_answers_and_says_that_the_rest_is_dutch(language: str, content: Content) -> None:
    talk = Talk(content)
    talk.play(Started())
    talk.play("ik zoek werk in Ulft")
    before = dict(talk.state.answers)
    offered = talk.play("taal")
    assert all(name in offered for name in OWN_NAMES.values())
    said = talk.play(Chose((language,)))
    assert talk.state.language == language
    assert dict(talk.state.answers) == before
    assert content.tr("phrase.language_partly", content.phrases["language_partly"], language) in said
    talk.play("nederlands")
    assert talk.state.language == "nl"
    assert dict(talk.state.answers) == before


@pytest.mark.parametrize("language", WORDS)
def test_a_language_is_chosen_by_its_own_name_and_words_count_before_that(language: str, content: Content) -> None:
    talk = Talk(content)
    talk.play(Started())
    talk.play(WORDS[language]["help"])
    assert "typen" in "".join(talk.shown())  # understood, and answered in the language of the conversation
    talk.play(OWN_NAMES[language])
    assert talk.state.language == language
    talk.play(WORDS[language]["work"])
    assert talk.state.answers["situation"].value == "job_seeker"


@pytest.mark.parametrize("words", ["taal pools", "taal pl", "language polish", "Polski", "po polsku"])
def test_a_language_can_be_named_in_many_ways(words: str, content: Content) -> None:
    talk = Talk(content)
    talk.play(Started())
    talk.play(words)
    assert talk.state.language == "pl"


@pytest.mark.parametrize(
    ("words", "asked"), [("أريد أن أتعلم قيادة الرافعة", "اللغة"), ("Хочу навчитися водити", "мову")]
)
def test_who_writes_another_script_is_asked_for_a_language_in_it(words: str, asked: str, content: Content) -> None:
    talk = Talk(content)
    talk.play(Started())
    said = talk.play(words)
    assert asked in said
    assert "Kies een taal." in said
    assert all(name in said for name in OWN_NAMES.values())
    assert talk.state.language == "nl"


def test_names_and_numbers_keep_their_direction_in_arabic(content: Content) -> None:
    talk = Talk(content, "ar")
    welcome = talk.play(Started(language="ar"))
    assert f"\u2068{content.knowledge.desk.name}\u2069" in welcome
    assert with_isolated_numbers("اتصل على 0800-0113.") == "اتصل على \u20660800-0113\u2069."
    assert without_isolates(with_isolated_numbers("06 12345678 و 112")) == "06 12345678 و 112"
    assert "\u2068" not in Talk(content, "pl").play(Started(language="pl"))


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("topic", ["suicide", "violence", "danger", "need"])
def test_crisis_texts_name_the_same_lines_in_every_language(language: str, topic: str) -> None:
    answers = safety.load().answers[topic]
    numbers = ("112", "113", "0800-0113", "0800-2000", "0800-8115")
    assert [one for one in numbers if one in answers[language]] == [one for one in numbers if one in answers["nl"]]


@pytest.mark.parametrize("language", WORDS)
def test_somebody_in_need_is_answered_in_the_language_of_the_conversation(language: str, content: Content) -> None:
    talk = Talk(content, language)
    talk.play(Started(language=language))
    said = talk.play("ik wil dood")
    assert "0800-0113" in said
    assert not _is_dutch(said)


def test_a_card_in_a_partial_language_says_that_it_is_dutch(content: Content) -> None:
    """A screen reader must not read Dutch aloud as if it were Turkish."""
    talk = Talk(content, "tr")
    talk.play(Started(language="tr"))
    for said in ("ik zoek werk", "Ulft", "ww", Chose(("better_at_work",)), "bouw", "weet ik niet", "weet ik niet"):
        talk.play(said)
        cards = [message for message in talk.messages if message.card is not None]
        if cards:
            break
    assert cards
    assert all(message.language == "nl" for message in cards)
