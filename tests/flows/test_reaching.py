"""A conversation for every entry: `loket check` says it exists, and here it is held."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import main
from flows.content import Content
from flows.model import Advise
from flows.proof import prove
from flows.reaching import Reach, conversation, reach
from flows.state import Answer, State
from flows.walk import Advised, candidates, walk
from tests.flows.conftest import NOVEMBER


@pytest.fixture(scope="module")
def reached(content: Content) -> Reach:
    return reach(content, prove(content), NOVEMBER)


def test_somebody_comes_to_every_entry(content: Content, reached: Reach) -> None:
    assert reached.unreached == []
    assert reached.unproven == []
    assert reached.reached.keys() == content.knowledge.catalogue.keys()


def test_each_conversation_ends_with_a_card_or_line_of_its_entry(content: Content, reached: Reach) -> None:
    advising = {step.key: step for step in content.steps.values() if type(step).__name__ == "Advise"}
    enough = {f"enough:{key}": 1 for key in advising}
    for name, one in reached.reached.items():
        if one.how not in ("advice", "mention"):
            continue
        walked = walk(content, State(answers=dict((*one.told, *one.asked)), done=dict(enough)), NOVEMBER)
        named = [
            match.entry.id
            for event in walked.events
            if isinstance(event, Advised)
            for match in candidates(content.knowledge.matcher, walked.profile, NOVEMBER, event.step.kinds)
        ]
        mentioned = [entry for event in walked.events if isinstance(event, Advised) for entry in event.step.mention]
        assert name in named or (one.how == "mention" and name in mentioned), name


def comes_to(content: Content, entry: str, answers: tuple[tuple[str, Answer], ...]) -> bool:
    """Whether somebody with these answers, and no others, is advised something of this kind while the entry fits."""
    enough = {f"enough:{key}": 1 for key, step in content.steps.items() if isinstance(step, Advise)}
    walked = walk(content, State(answers=dict(answers), done=dict(enough)), NOVEMBER)
    found = content.knowledge.catalogue[entry]
    fits = content.knowledge.matcher.one(found, walked.profile, NOVEMBER).verdict in ("fits", "coach_decides")
    return fits and any(
        isinstance(event, Advised)
        and (not event.step.kinds or found.kind in event.step.kinds or entry in event.step.mention)
        for event in walked.events
    )


def test_nothing_can_be_left_out_of_a_witness(content: Content, reached: Reach) -> None:
    for name, one in reached.reached.items():
        said = (*one.told, *one.asked)
        assert not said or comes_to(content, name, said), name
        shorter = (said[:at] + said[at + 1 :] for at in range(len(said)))
        assert not any(comes_to(content, name, some) for some in shorter), name


def test_what_is_not_on_a_card_is_found_by_its_name_or_its_own_question(content: Content, reached: Reach) -> None:
    search = content.knowledge.search
    for name, one in reached.reached.items():
        if one.how in ("advice", "mention"):
            continue
        asked = one.entry.questions[0] if one.how == "question" else one.entry.name
        assert name in [hit.id for hit in search.find(asked, 3, NOVEMBER.date())], asked


def test_a_witness_reads_as_a_conversation(content: Content, reached: Reach) -> None:
    for one in reached.reached.values():
        lines = conversation(content, one)
        assert lines[-1].startswith("loket: ")
        assert one.entry.name in "".join(lines)
        assert not any("None" in line for line in lines)


def test_check_prints_its_proof_and_where_the_conversations_are(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "gesprekken.txt"
    assert main(["check", "--date", "2026-11-21", "--witnesses", str(file)]) == 0
    told = capsys.readouterr().out
    for words in ("Proven for every visitor:", "classes", "kind of visitor", "words before it", "Questions at most:",
                  "Entries somebody comes to:", "loket check --witnesses", "Not proven:"):  # fmt: skip
        assert words in told
    assert "lwc-heftruckcirkel\n  " in file.read_text(encoding="utf-8")


def test_check_says_the_same_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--date", "2026-11-21", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is True
    assert report["proof"]["kinds"]["employer"]["first_step"] <= 5
    assert report["proof"]["combinations"] > report["proof"]["classes"] > 1000
    assert report["proof"]["witnesses"]["slim-regeling-mkb"][-1].startswith("loket: toont")
