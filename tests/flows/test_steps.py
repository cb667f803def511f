"""Every kind of step of the flow language, each in a flow of a few lines."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path
from textwrap import dedent

import pytest

from flows.content import HERE, Content, flow_files
from flows.draft import Draft
from flows.effects import Consent, Note, OpenCase, Remind
from flows.events import Chose, Said, TimePassed
from flows.state import Answer, Shown, State
from knowledge.problems import Problems
from tests.flows.conftest import NOVEMBER, Conversation


def flow(content: Content, tmp_path: Path, steps: str, **others: str) -> Content:
    """Content whose welcome flow has these steps; other flows by name."""
    files = [(shown, path) for shown, path in flow_files(None) if path.stem in ("contact", "call_me")]
    for name, text in {"welcome": steps, **others}.items():
        path = tmp_path / f"{name}.yaml"
        indented = dedent(text).strip().replace("\n", "\n  ")
        path.write_text(f"flow: {name}\ntitle: Proef\nsteps:\n  {indented}\n", encoding="utf-8")
        files.append((f"flows/{name}.yaml", path))
    problems = Problems()
    built = Content.build(content.knowledge, files, [HERE / "i18n"], problems)
    assert [problem.render() for problem in problems.errors] == []
    return built


def talk(content: Content, tmp_path: Path, steps: str, **others: str) -> Conversation:
    return Conversation(flow(content, tmp_path, steps, **others)).start()


def test_say_is_said_once_and_may_hold_a_link(content: Content, tmp_path: Path) -> None:
    held = talk(
        content,
        tmp_path,
        """
        - say: Welkom.
          link: {text: Meer lezen, url: "https://example.com/meer"}
        - ask: situation
        """,
    )
    message = held.messages[0]
    assert message.text == "Welkom.\nMeer lezen"
    (span,) = message.spans
    assert message.text[span.start : span.end] == "Meer lezen"
    assert span.url == "https://example.com/meer"
    held.say("wat is bbl?")
    assert "Welkom." not in held.text


def test_when_else_and_unknown_branches(content: Content, tmp_path: Path) -> None:
    steps = """
        - ask: [age, situation]
        - when: {age: {min: 45}}
          say: Vanaf 45.
          else:
            - say: Onder 45.
          unknown:
            - say: Leeftijd niet bekend.
        - finish
    """
    for said, told in (
        ("52", "Vanaf 45."),
        ("30", "Onder 45."),
        ("weet ik niet", "Leeftijd niet bekend."),
        ("40-50", "niet bekend"),
    ):
        held = talk(content, tmp_path, steps).say(said, "Ik heb werk")
        assert told in held.text, said


def test_set_gives_way_to_an_answer_and_disappears_with_its_condition(content: Content, tmp_path: Path) -> None:
    steps = """
        - ask: situation
        - when: {situation: employer}
          set: {employer_goal: team_plan}
        - when: {employer_goal: team_plan}
          say: Een plan dus.
        - ask: employer_goal
        - finish
    """
    held = talk(content, tmp_path, steps).say("Ik heb een bedrijf")
    assert "Een plan dus." in held.text
    assert held.asked == "rating", "what is derived is not asked"
    held = talk(content, tmp_path, steps).say("ik heb een bedrijf en zoek nieuwe mensen")
    assert held.state.answers["employer_goal"].value == "find_people"
    assert "Een plan dus." not in held.text


def test_a_note_is_for_the_coach_only(content: Content, tmp_path: Path) -> None:
    held = talk(content, tmp_path, "- note: Vraag naar het rooster.\n- ask: situation")
    assert held.effects(Note) == [Note("Vraag naar het rooster.")]
    assert "rooster" not in held.text
    assert held.say("Ik heb werk").effects(Note) == []


def test_a_refused_consent_skips_what_depends_on_it(content: Content, tmp_path: Path) -> None:
    steps = """
        - when: {situation: {state: not_asked}}
          steps:
            - consent: newsletter
              text: Mogen wij u een nieuwsbrief sturen?
            - ask: email
        - ask: situation
    """
    held = talk(content, tmp_path, steps).say("nee")
    assert [effect.given for effect in held.effects(Consent) if isinstance(effect, Consent)] == [False]
    assert held.asked == "situation"
    held = talk(content, tmp_path, steps).say("ja")
    assert held.asked == "email"
    held.say("terug")
    assert "nieuwsbrief" in held.text, "a decision goes back like an answer"


def test_a_handoff_asks_how_to_reach_the_visitor_and_goes_on(content: Content, tmp_path: Path) -> None:
    steps = """
        - ask: situation
        - handoff: {reason: Past nergens, team: regio, urgent: yes}
        - ask: goal
        - finish
    """
    held = talk(content, tmp_path, steps).say("Ik heb werk")
    assert held.asked == "phone"
    held.say("0612345678", "Noor")
    (case,) = held.effects(OpenCase)
    assert isinstance(case, OpenCase)
    assert (case.reason, case.team, case.urgent) == ("Past nergens", "regio", True)
    assert held.asked == "goal", "the walk continues while waiting"
    held.say("Een diploma halen")
    assert held.effects(OpenCase) == [], "once"


def test_what_was_advised_can_be_tested(content: Content, tmp_path: Path) -> None:
    steps = """
        - ask: [situation, company_size]
        - advise: {kinds: [voucher], show: 1, questions: 0, nothing: Geen voucher.}
        - when: {advice: none}
          say: Dan een mens.
        - when:
            not: {advice: none}
          say: Er is iets.
        - finish
    """
    held = talk(content, tmp_path, steps).say("Ik werk voor een school")
    said = held.text
    assert ("Dan een mens." in said) != ("Er is iets." in said)


def test_an_offer_runs_the_flow_of_that_name(content: Content, tmp_path: Path) -> None:
    steps = """
        - ask: situation
        - offer: extra
          text: Wilt u nog iets vertellen?
        - finish
    """
    held = talk(content, tmp_path, steps, extra="- ask: age").say("Ik heb werk", "ja")
    assert held.asked == "age"
    held = talk(content, tmp_path, steps, extra="- ask: age").say("Ik heb werk", "nee")
    assert held.asked == "rating"


def test_a_reminder_comes_once_and_never_after_stop(content: Content, tmp_path: Path) -> None:
    steps = """
        - ask: situation
        - remind: {after: 2 days, text: Weet u al welke cursus u wilt?}
          id: remind-course
        - ask: goal
    """
    held = talk(content, tmp_path, steps).say("Ik heb werk")
    (reminder,) = held.effects(Remind)
    assert isinstance(reminder, Remind)
    assert reminder.after == 172_800
    held.play(TimePassed(reminder.key))
    assert "Weet u al welke cursus" in held.text
    assert held.asked == "goal"
    held.say("stop").play(TimePassed(reminder.key))
    assert held.messages == []


def test_a_review_shows_what_goes_along(content: Content, tmp_path: Path) -> None:
    held = talk(content, tmp_path, "- ask: [situation, goal]\n- review\n- finish").say(
        "Ik heb werk", "Een diploma halen"
    )
    assert "Dit geef ik door aan een coach: u hebt werk, een diploma halen. Klopt het?" in held.text
    held.play(Chose(("!change",)))
    assert "Wat wilt u wijzigen?" in held.text
    held.play(Chose(("goal",))).say("Lesgeven over mijn vak")
    assert held.state.answers["goal"].value == "teach"
    held.say("ja")
    assert held.asked == "rating"


def test_a_free_question_is_looked_up(content: Content, tmp_path: Path) -> None:
    held = talk(content, tmp_path, "- answer: Wat wilt u weten?\n- finish").say("wat is bbl?")
    assert "werken en leren" in held.text
    held = talk(content, tmp_path, "- answer: Wat wilt u weten?\n- finish").say("hoe laat gaat de zon onder op mars")
    assert "Zal een mens het uitzoeken?" in held.text


def test_tries_hand_over_sooner(content: Content, tmp_path: Path) -> None:
    held = talk(content, tmp_path, "- ask: age\n  tries: 1\n- finish").say("blorp fnord")
    assert held.asked == "phone"


def test_new_content_is_told_once_and_only_when_it_matters(content: Content, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    old = flow(content, tmp_path / "a", "- ask: [situation, goal]\n- finish")
    new = flow(content, tmp_path / "b", "- ask: [situation, age, goal]\n- finish")
    held = Conversation(old).start().say("Ik heb werk")
    assert held.asked == "goal"
    held.content = new
    held.say("Een diploma halen")
    assert "informatie is vernieuwd" in held.text
    assert held.state.answers["goal"].value == "diploma", "the answer to what stood on the screen counts"
    assert held.asked == "age"
    held.say("52")
    assert "vernieuwd" not in held.text
    same = Conversation(old).start()
    same.content = new
    same.say("Ik heb werk")
    assert "vernieuwd" not in same.text


def test_a_fact_asked_twice_is_asked_once(content: Content, tmp_path: Path) -> None:
    held = talk(content, tmp_path, "- ask: situation\n- ask: situation\n- finish").say("Ik heb werk")
    assert held.asked == "rating"


def test_a_circle_of_flows_does_not_hang_a_conversation(content: Content, tmp_path: Path) -> None:
    held = talk(content, tmp_path, "- ask: situation\n- do: more\n- finish", more="- do: welcome\n- ask: goal")
    held.say("Ik heb werk")
    assert held.asked == "goal"


def test_a_state_of_a_newer_version_is_refused_loudly() -> None:
    with pytest.raises(ValueError, match="newer version"):
        State.from_json(State().to_json().replace('"v":3', '"v":99'))


def test_a_state_that_version_1_wrote_is_read() -> None:
    written = (
        '{"v":1,"answers":{"benefit":{"status":"given","value":["ww"],"by":"text","turn":2}},"done":{},"asked":{},'
        '"shown":{"turn":2,"step":"welcome.place","fact":"place","options":["!call_me"],"fingerprint":"f"},'
        '"older":[{"turn":1,"step":"a.b","fact":"","options":["yes","no"],"fingerprint":"f"}],"turn":2,"language":"nl",'
        '"tries":{},"misses":0,"advice":["x"],"pending":null,"phase":"talking","fingerprint":"f"}'
    )
    state = State.from_json(written)
    assert state.answers == {"benefit": Answer("given", ("ww",), "text", 2)}
    assert state.shown == Shown(2, "welcome.place", "place", ("!call_me",), "f")
    assert [Shown.of_line(line) for line in state.older] == [Shown(1, "a.b", "", ("yes", "no"), "f")]
    assert State.from_json(state.to_json()) == state


def test_a_state_that_version_2_wrote_is_read() -> None:
    written = (
        '{"v":2,"answers":{"age":["given",[40,null],"visitor",2]},"done":{},"asked":{"a.advise":["age"]},'
        '"shown":[3,"a.b","",["yes"],"f"],"older":[[1,"welcome.place","place",[],"f"],[2,"a.age","age",["1"],"f"]],'
        '"turn":3,"language":"nl","tries":{},"misses":0,"advice":null,"pending":null,"phase":"talking","fingerprint":"f"}'
    )
    state = State.from_json(written)
    assert state.answers == {"age": Answer("given", (40, None), "visitor", 2)}
    assert [Shown.of_line(line) for line in state.older] == [
        Shown(1, "welcome.place", "place", (), "f"), Shown(2, "a.age", "age", ("1",), "f"),
    ]  # fmt: skip
    assert State.from_json(state.to_json()) == state


def test_a_finished_draft_cannot_be_changed() -> None:
    draft = Draft(State()).but(turn=3)
    assert draft.finish() == State(turn=3)
    with pytest.raises(FrozenInstanceError):
        draft.turn = 4


def test_the_same_event_gives_the_same_turn(content: Content, tmp_path: Path) -> None:
    from flows.engine import step
    from flows.world import World

    built = flow(content, tmp_path, "- ask: [situation, goal]\n- finish")
    first = step(built, World(), State(), Said("ik heb werk"), NOVEMBER)
    assert step(built, World(), State(), Said("ik heb werk"), NOVEMBER) == first
