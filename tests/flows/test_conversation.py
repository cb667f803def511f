"""Whole conversations: what a visitor says and what the desk answers."""

from __future__ import annotations

import pytest

from flows.content import Content
from flows.effects import Count, Erase, OpenCase, Redacted, ShowMyData, Subscribe, UpdateCase
from flows.events import (
    Chose,
    CoachAnswered,
    Commanded,
    Forgotten,
    Pressed,
    Said,
    SentOther,
    Shared,
    SpeakerChanged,
    Started,
    TimePassed,
)
from flows.world import World
from tests.flows.conftest import Conversation

WELCOME_WORDS = 45


def test_the_welcome_holds_the_first_question_in_few_words(talk: Conversation) -> None:
    assert len(talk.text.split()) <= WELCOME_WORDS
    for promised in ("computer", "mens", "wis"):
        assert promised in talk.text
    assert talk.buttons == [
        "Ik zoek werk", "Ik heb werk", "Ik ben zzp'er", "Ik heb een bedrijf", "Iets anders", "Taal", "Privacy",
    ]  # fmt: skip


def test_facts_in_the_first_sentence_are_said_back_and_not_asked_again(talk: Conversation) -> None:
    talk.say("heb een bakkerij met 6 man in tiel, is er subsidie om ze te scholen")
    assert talk.turn.understood["company_size"] == 6
    assert talk.turn.understood["company_place"] == "Tiel"
    assert "Ik lees: bakkerij, 6 mensen" in talk.text
    assert talk.asked not in ("situation", "company_place", "company_size", "employer_goal")


def test_a_short_answer_may_hold_other_facts(talk: Conversation) -> None:
    talk.say("wil heftruck rijden geen diploma almere")
    assert talk.buttons[:2] == ["Ja", "Nee"]
    talk.say("nee bijstand")
    assert talk.turn.understood == {"situation": "job_seeker", "benefit": ("bijstand",)}


def test_iets_anders_shows_the_other_roles(talk: Conversation) -> None:
    talk.play(Chose(("!other",)))
    assert "Ik werk voor een school" in talk.buttons
    talk.say("Ik werk voor een school")
    assert talk.asked == "school_goal"


@pytest.mark.parametrize("typed", ["3", "Ik ben zzp'er", "ik ben zzper", "zzp", "IK BEN ZZP’ER"])
def test_a_choice_can_be_typed_in_many_ways(talk: Conversation, typed: str) -> None:
    talk.say(typed)
    assert talk.turn.understood == {"situation": "self_employed"}


def test_what_the_walk_asks_follows_the_situation(talk: Conversation) -> None:
    talk.say("Ik heb een bedrijf")
    assert talk.asked == "employer_goal"


def test_back_undoes_one_answer_at_a_time(talk: Conversation) -> None:
    talk.say("Ik heb een bedrijf", "Plan voor het team")
    assert talk.asked == "company_place"
    talk.say("terug")
    assert talk.asked == "employer_goal"
    talk.say("/terug")
    assert talk.asked == "situation"
    talk.say("terug")
    assert talk.asked == "situation"


def test_dependent_answers_are_parked_and_come_back(talk: Conversation) -> None:
    talk.say("Ik heb een bedrijf", "Plan voor het team", "Rotterdam", "ik ben toch zzp'er")
    assert "Zal ik dit wijzigen?" in talk.text
    talk.say("ja")
    assert talk.state.answers["situation"].value == "self_employed"
    talk.say("ik ben toch werkgever", "ja")
    assert talk.asked == "company_size", "the goal and the place came back"


def test_a_correction_says_its_consequence_first(talk: Conversation) -> None:
    talk.say("Ik ben zzp'er", "Beter worden in mijn werk", "Arnhem", "elektricien")
    assert talk.state.advice
    talk.say("ik ben toch werknemer")
    assert "verval" in talk.text
    talk.say("nee")
    assert talk.state.answers["situation"].value == "self_employed"


def test_a_correction_that_changes_the_cards_counts_them(talk: Conversation) -> None:
    talk.say("Ik ben zzp'er", "Beter worden in mijn werk", "Arnhem", "elektricien")
    before = set(talk.state.advice or ())
    talk.say("ik woon toch in Groningen")
    assert "Dan verval" in talk.text
    assert "bij." in talk.text
    talk.say("ja")
    assert set(talk.state.advice or ()) != before


def test_changing_an_answer_asks_that_question_again(talk: Conversation) -> None:
    talk.say("Ik heb een bedrijf", "Plan voor het team", "wijzig")
    talk.play(Chose(("employer_goal",)))
    assert talk.asked == "employer_goal"
    talk.say("Nieuwe mensen")
    assert talk.state.answers["employer_goal"].value == "find_people"
    assert talk.asked == "company_place"


def test_an_ambiguous_place_is_asked_back(talk: Conversation) -> None:
    talk.say("Ik heb een bedrijf", "Plan voor het team", "Hengelo")
    assert "Welke plaats bedoelt u" in talk.text
    talk.say("1")
    assert talk.state.answers["company_place"].value.startswith("Hengelo")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Xyzzystad", "ken de plaats"),
        ("0000", "ken de plaats"),
        ("Antwerpen", "buiten Nederland"),
    ],
)
def test_an_unknown_place_gets_a_friendly_sentence_and_the_same_question(
    talk: Conversation, typed: str, told: str
) -> None:
    talk.say("Ik heb een bedrijf", "Plan voor het team", typed)
    assert told in talk.text
    assert talk.asked == "company_place"


def test_dont_know_is_an_answer_of_its_own(talk: Conversation) -> None:
    talk.say("Ik heb een bedrijf", "Plan voor het team", "Rotterdam", "weet ik niet")
    assert talk.state.answers["company_size"].status == "dont_know"
    assert talk.turn.understood == {"company_size": {"state": "dont_know"}}


def test_a_band_stays_a_band(talk: Conversation) -> None:
    talk.say("Ik heb een bedrijf", "Plan voor het team", "Rotterdam", "10-49")
    assert talk.state.answers["company_size"].value == (10, 49)


def test_call_me_works_anywhere_and_asks_a_number_and_a_part_of_the_day(talk: Conversation) -> None:
    talk.say("bel mij")
    assert talk.asked == "phone"
    talk.say("06 12345678")
    assert talk.asked == "part_of_day"
    talk.say("'s Middags")
    (case,) = talk.effects(OpenCase)
    assert isinstance(case, OpenCase)
    assert case.kind == "call_back"
    assert len(case.summary) == 5
    assert "maandag 23 november om 11.00 uur" in talk.text


def test_without_hours_no_time_is_promised(content: Content) -> None:
    talk = Conversation(content, World(promise="")).start()
    talk.say("bel mij", "0612345678", "maakt niet uit")
    assert "geen tijd beloven" in talk.text


def test_what_is_left_out_does_not_go_to_the_coach(talk: Conversation) -> None:
    talk.say("Ik zoek werk", "Werk vinden", "Tiel", "weet ik niet", "bel mij")
    assert "Dit geef ik door" in talk.text
    talk.play(Chose(("!leave_out",)))
    talk.play(Chose(("place",)))
    talk.say("0612345678", "ochtend")
    (case,) = talk.effects(OpenCase)
    assert isinstance(case, OpenCase)
    assert "place" not in case.snapshot["answers"]  # type: ignore[operator]
    assert "Tiel" not in " ".join(case.summary)


def test_twice_not_understood_offers_a_human_and_thrice_hands_over(talk: Conversation) -> None:
    talk.say("blorp fnord")
    assert "Dit kon ik nog niet goed lezen" in talk.text  # the first message is met kindly
    talk.say("fnord blorp")
    assert "Zal een mens u bellen" in talk.text
    talk.say("grmbl")
    assert talk.asked == "phone"


@pytest.mark.parametrize("text", ["ik wil dood", "ik wil er niet meer zijn"])
@pytest.mark.parametrize("speaker", ["bot", "queue", "coach"])
def test_a_crisis_text_is_answered_at_once_whoever_speaks(content: Content, speaker: str, text: str) -> None:
    talk = Conversation(content).start()
    talk.world = World(speaker=speaker, case="K-1042" if speaker != "bot" else "")
    talk.say(text)
    assert "113" in talk.text
    if speaker != "bot":
        assert UpdateCase("urgent") in talk.turn.effects


def test_while_a_coach_speaks_the_bot_is_silent(talk: Conversation) -> None:
    talk.world = World(speaker="coach", case="K-1042")
    talk.say("ik zoek werk in Tiel")
    assert talk.messages == []
    assert talk.effects(UpdateCase)


def test_private_commands_work_while_a_coach_speaks(talk: Conversation) -> None:
    talk.world = World(speaker="coach", case="K-1042")
    talk.say("mijn gegevens")
    assert talk.effects(ShowMyData)
    talk.say("wis")
    talk.say("ja")
    assert talk.effects(Erase)
    assert talk.state.answers == {}


def test_wiping_is_asked_once_and_then_done(talk: Conversation) -> None:
    talk.say("Ik zoek werk", "wis mijn gegevens")
    assert not talk.effects(Erase)
    talk.say("nee")
    assert "situation" in talk.state.answers
    talk.say("wis")
    talk.play(Chose(("yes",)))
    assert talk.effects(Erase)


def test_a_citizen_number_is_never_read(talk: Conversation) -> None:
    talk.say("mijn bsn is 111222333 en ik zoek werk")
    assert [effect.what for effect in talk.effects(Redacted) if isinstance(effect, Redacted)] == ["bsn"]
    assert "111222333" not in talk.state.to_json()


def test_health_and_debts_are_acknowledged_and_not_recorded(talk: Conversation) -> None:
    talk.say("Ik heb schulden, kan ik dan wel leren?")
    assert "Dank u dat u dit vertelt" in talk.text
    assert talk.state.answers == {}
    assert talk.effects(Count)


def test_an_old_button_offers_to_change_that_answer(talk: Conversation) -> None:
    first = talk.state.shown
    assert first is not None
    talk.say("Ik heb werk", "Een diploma halen")
    talk.play(Pressed(first.turn, first.options.index("employer")))
    assert "Zal ik dit wijzigen?" in talk.text
    talk.play(Pressed(first.turn, first.options.index("employee")))
    assert talk.state.answers["situation"].value == "employee"


@pytest.mark.parametrize(("turn", "option"), [(999, 0), (1, 99), (-1, -1), (0, 0)])
def test_a_button_that_never_was_shows_the_question_again(talk: Conversation, turn: int, option: int) -> None:
    talk.play(Pressed(turn, option))
    assert talk.asked == "situation"


def test_buttons_are_numbered_over_the_whole_turn(talk: Conversation) -> None:
    talk.say("Ik ben zzp'er", "Beter worden in mijn werk", "Arnhem", "elektricien")
    shown = talk.state.shown
    assert shown is not None
    counted = [option.id for message in talk.messages for option in message.options]
    assert list(shown.options) == counted
    for message in talk.messages:
        for place, option in enumerate(message.options):
            assert shown.options[message.first + place] == option.id


def test_the_buttons_of_a_card_tell_more(talk: Conversation) -> None:
    talk.say("Ik ben zzp'er", "Beter worden in mijn werk", "Arnhem", "elektricien")
    card = next(message for message in talk.messages if message.kind == "card")
    assert card.card is not None
    assert card.card.step
    why = next(option for option in card.options if option.id.startswith("!why:"))
    talk.play(Pressed(talk.state.shown.turn, card.first + card.options.index(why)))  # type: ignore[union-attr]
    assert "Waarom u dit ziet" in talk.text
    assert "Zal een coach u bellen" in talk.text


def test_more_shows_the_cards_behind(talk: Conversation) -> None:
    talk.say("Ik heb werk", "Een diploma halen", "Ulft", "weet ik niet")
    seen = {message.card.entry for message in talk.messages if message.card}
    talk.say("meer")
    further = {message.card.entry for message in talk.messages if message.card}
    assert further
    assert not seen & further


def test_a_question_in_the_middle_is_answered_and_the_question_asked_again(talk: Conversation) -> None:
    asked = talk.say("Ik zoek werk").asked
    talk.say("Wat is bbl?")
    assert "werken en leren" in talk.text
    assert talk.asked == asked


def test_an_ended_programme_asked_for_by_name_says_so_first(talk: Conversation) -> None:
    talk.say("Is er nog een STAP budget?")
    assert talk.text.startswith("STAP-budget stopte in 20")


def test_switching_language_keeps_the_answers(talk: Conversation) -> None:
    talk.say("Ik heb een bedrijf", "english")
    assert talk.state.language == "en"
    assert "situation" in talk.state.answers
    assert talk.asked == "employer_goal"
    assert "What" in talk.text


def test_a_voice_message_gets_one_button(talk: Conversation) -> None:
    talk.play(SentOther("voice"))
    assert "kan niet luisteren" in talk.text
    assert talk.buttons == ["Ja, bel mij"]
    talk.say("ik zoek werk")
    assert talk.turn.understood["situation"] == "job_seeker", "typing still answers the question"


@pytest.mark.parametrize("kind", ["photo", "sticker", "document", "video", "contact_of_other", "forwarded", "other"])
def test_what_cannot_be_read_gets_a_kind_answer(talk: Conversation, kind: str) -> None:
    talk.play(SentOther(kind))
    assert talk.text
    assert talk.asked == "situation"


def test_a_shared_number_and_place_are_answers(talk: Conversation) -> None:
    talk.say("Ik zoek werk", "Werk vinden")
    talk.play(Shared("place", "Ulft"))
    assert talk.state.answers["place"].value == "Ulft"
    assert "U bent in Ulft. Is het een andere plaats? Typ die dan." in talk.text
    assert "Klopt niet" in talk.buttons
    talk.say("bel mij")
    talk.play(Shared("phone", "+31612345678"))
    assert talk.asked == "part_of_day"


def test_a_coach_fills_in_an_answer(talk: Conversation) -> None:
    talk.say("Ik zoek werk", "Werk vinden")
    talk.play(CoachAnswered("place", "Tiel"))
    assert talk.state.answers["place"].by == "coach"
    talk.play(CoachAnswered("place", None))
    assert "place" not in talk.state.answers


def test_the_hand_back_goes_on_where_the_walk_stands(talk: Conversation) -> None:
    asked = talk.say("Ik zoek werk").asked
    talk.play(SpeakerChanged("coach", "U praat nu met een coach."))
    assert talk.text == "U praat nu met een coach."
    talk.play(SpeakerChanged("bot", "U praat weer met de digitale hulp."))
    assert talk.asked == asked


def test_retention_removes_answers_silently(talk: Conversation) -> None:
    talk.say("Ik zoek werk", "Werk vinden", "Tiel")
    talk.play(Forgotten(("place",)))
    assert "place" not in talk.state.answers
    assert talk.messages == []


def test_a_deep_link_opens_a_flow_or_an_entry(content: Content) -> None:
    talk = Conversation(content).start("employer")
    assert talk.asked == "employer_goal"
    talk = Conversation(content).start("slim-regeling-mkb")
    assert any(message.card for message in talk.messages)
    assert talk.asked == "situation"


def test_coming_back_shows_where_it_stood(talk: Conversation) -> None:
    asked = talk.say("Ik zoek werk").asked
    talk.play(Started())
    assert talk.asked == asked


def test_news_of_an_opening_is_one_wish(talk: Conversation) -> None:
    talk.say("Ik heb een bedrijf in Rotterdam met 8 mensen en wil een leerplan maken", "weet ik niet", "weet ik niet")
    talk.play(Chose(("!notify:slim-regeling-mkb",)))
    assert "één bericht" in talk.text
    talk.say("ja")
    assert talk.effects(Subscribe) == [Subscribe("slim-regeling-mkb")]
    talk.play(TimePassed("opens:slim-regeling-mkb"))
    assert talk.messages


def test_the_conversation_ends_with_one_rating(talk: Conversation) -> None:
    talk.say("Ik ben zzp'er", "Beter worden in mijn werk", "Arnhem", "elektricien", "nee")
    assert talk.asked == "rating"
    talk.say("ja")
    assert talk.turn.ended
    talk.say("opnieuw")
    assert talk.asked == "situation"


def test_every_command_answers_at_any_point(content: Content) -> None:
    from flows.commands import COMMANDS

    for name in COMMANDS:
        for before in (
            (),
            ("Ik heb een bedrijf",),
            ("Ik ben zzp'er", "Beter worden in mijn werk", "Arnhem", "electro"),
        ):
            talk = Conversation(content).start().say(*before)
            talk.play(Commanded(name))
            assert talk.messages, name
            talk.play(Said("/" + COMMANDS[name][0]))
            assert talk.messages, name


def test_commands_are_counted_without_content(talk: Conversation) -> None:
    talk.say("overzicht")
    assert Count("command", "overview") in talk.turn.effects


def test_only_a_served_region_is_promised_a_coach(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    monkeypatch.setattr(content.knowledge, "desk", replace(content.knowledge.desk, regions=("region:flevoland",)))
    talk = Conversation(content).start().say("Ik heb een bedrijf in Tiel", "bel mij", "0612345678", "ochtend")
    assert not talk.effects(OpenCase)
    assert "Rivierenland" in talk.text
    talk = Conversation(content).start().say("Ik heb een bedrijf in Almere", "bel mij", "0612345678", "ochtend")
    assert talk.effects(OpenCase)
