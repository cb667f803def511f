"""Flows that change while people are in them: silent when nothing matters to them, heard once otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.content import DEFINITIONS, Content
from flows.engine import step
from flows.events import CoachAnswered, Pressed, Said
from flows.moving import moved
from flows.state import Answer, Shown, State
from flows.turn import Turn
from flows.world import World
from knowledge.content import SHIPPED
from knowledge.problems import Problems
from tests.flows.conftest import NOVEMBER, Conversation

CHANGED = "Onze informatie is vernieuwd."


def edited(folder: Path, changes: dict[str, tuple[str, str]]) -> Content:
    """Shipped content with texts of some files replaced, as a region's own pack."""
    for name, (old, new) in changes.items():
        source = (SHIPPED if name == "facts.yaml" else DEFINITIONS) / name
        text = source.read_text(encoding="utf-8")
        assert old in text
        target = folder / name if name == "facts.yaml" else folder / "flows" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(old, new), encoding="utf-8")
    found = Content.read(folder, Problems())
    assert found is not None
    return found


def on(content: Content, state: State, said: str, world: World | None = None) -> Turn:
    return step(content, world or World(), State.from_json(state.to_json()), Said(said), NOVEMBER)


def text(turn: Turn) -> str:
    return "\n".join(effect.message.text for effect in turn.effects if hasattr(effect, "message"))


@pytest.fixture
def owner(content: Content) -> Conversation:
    """An owner who is being asked for the place of the company."""
    talk = Conversation(content).start().say("ik heb een bedrijf", "mijn mensen scholen")
    assert talk.asked == "company_place"
    return talk


def test_other_words_move_an_open_conversation_silently(owner: Conversation, tmp_path: Path) -> None:
    new = edited(tmp_path, {"employer.yaml": ("Goed dat u in uw mensen investeert.", "Fijn dat u er bent.")})
    assert moved(new, owner.state, NOVEMBER).silent
    assert CHANGED not in text(on(new, owner.state, "Tiel"))


def test_an_earlier_question_is_asked_and_said_once(content: Content, tmp_path: Path) -> None:
    talk = Conversation(content).start().say("ik werk voor een school", "gastles")
    assert talk.asked == "school_kind"
    new = edited(
        tmp_path,
        {"school.yaml": ("[school_goal, school_kind, school_place]", "[school_goal, school_place, school_kind]")},
    )
    move = moved(new, talk.state, NOVEMBER)
    assert (move.asked, move.silent) == ("school_place", False)
    first = on(new, talk.state, "dat weet ik niet")
    assert CHANGED in text(first)
    assert first.question is not None
    assert first.question.fact == "school_place"
    assert CHANGED not in text(on(new, first.state, "Tiel"))


def test_an_answer_that_was_removed_is_asked_again(content: Content, tmp_path: Path) -> None:
    talk = Conversation(content).start().say("ik heb werk", "lesgeven over mijn vak")
    assert talk.state.answers["goal"].value == "teach"
    facts = (SHIPPED / "facts.yaml").read_text(encoding="utf-8")
    line = next(one for one in facts.splitlines() if one.startswith("    teach: {label"))
    new = edited(tmp_path, {"facts.yaml": (f"{line}\n", "")})
    move = moved(new, talk.state, NOVEMBER)
    assert move.lost == ("goal",)
    assert move.asked == "goal"
    turn = on(new, talk.state, "Arnhem")
    assert "goal" not in turn.state.answers
    assert turn.question is not None
    assert turn.question.fact == "goal"


def test_a_coach_who_has_the_floor_does_not_use_up_the_notice(content: Content, tmp_path: Path) -> None:
    talk = Conversation(content).start().say("ik werk voor een school", "gastles")
    new = edited(
        tmp_path,
        {"school.yaml": ("[school_goal, school_kind, school_place]", "[school_goal, school_place, school_kind]")},
    )
    meanwhile = on(new, talk.state, "hallo?", World(speaker="coach"))
    filled = step(new, World(speaker="coach"), meanwhile.state, CoachAnswered("name", "A"), NOVEMBER)
    assert CHANGED in text(on(new, filled.state, "weet ik niet"))


def test_other_cards_are_told_as_changed_advice(content: Content, tmp_path: Path) -> None:
    talk = Conversation(content).start().say("ik heb een bedrijf", "mijn mensen scholen", "Tiel", "6", "bakkerij")
    assert talk.state.advice
    gone = talk.state.advice[0]
    (tmp_path / "desk.yaml").write_text(
        (SHIPPED / "desk.yaml").read_text(encoding="utf-8") + f"hide: [{gone}]\n", encoding="utf-8"
    )
    new = Content.read(tmp_path, Problems())
    assert new is not None
    assert gone not in new.knowledge.catalogue
    assert moved(new, talk.state, NOVEMBER).advice
    assert gone not in (on(new, talk.state, "wat kost dat?").state.advice or ())
    assert gone not in (on(new, talk.state, "hallo").state.advice or ())


def test_a_button_of_a_choice_that_was_removed_brings_the_question_again(content: Content, tmp_path: Path) -> None:
    talk = Conversation(content).start().say("ik heb werk")
    assert talk.asked == "goal"
    assert talk.state.shown is not None
    line = next(
        one
        for one in (SHIPPED / "facts.yaml").read_text(encoding="utf-8").splitlines()
        if one.startswith("    teach: {")
    )
    new = edited(tmp_path, {"facts.yaml": (f"{line}\n", "")})
    pressed = Pressed(talk.state.shown.turn, talk.state.shown.options.index("teach"))
    turn = step(new, World(), talk.state, pressed, NOVEMBER)
    assert "goal" not in turn.state.answers
    assert turn.question is not None
    assert turn.question.fact == "goal"


def test_whatever_was_taken_away_nothing_fails(content: Content, tmp_path: Path) -> None:
    """Facts, entries and questions that a stored state speaks of may all be gone."""
    talk = Conversation(content).start().say("ik heb een bedrijf", "mijn mensen scholen", "Tiel", "6", "bakkerij")
    seen = {**talk.state.answers, "gone_fact": Answer("given", "x")}
    shown = Shown(3, "employer.gone_step", "gone_fact", ("a", "b"), "old")
    for pending in (
        None,
        {"kind": "subscribe", "entry": "gone"},
        {"kind": "change", "fact": "gone_fact", "value": "x"},
    ):
        state = talk.state.but(
            answers=seen, advice=("gone-entry",), shown=shown, older=(shown.line(),), pending=pending, fingerprint="old"
        )
        for said in ("ja", "nee", "overzicht", "terug", "wijzig", "waarom", "meer", "hoeveel?", "mijn gegevens", "1"):
            assert on(content, state, said).state.fingerprint == content.fingerprint
        for option in (0, 1, 7):
            step(content, World(), state, Pressed(3, option), NOVEMBER)
