"""The turn, on every engine: the same promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from flows.effects import Consent, Count, Message, Note, OpenCase, Option, Redacted, Say, SignUp, Wish
from flows.events import Chose, Pressed, SentOther
from flows.state import State
from flows.turn import Turn
from storage.store import Store
from tests.storage.desk import CLASSES, Clock, Visitor, answering, counting


async def test_what_a_visitor_says_and_hears_is_one_log_in_order(store: Store) -> None:
    piet = Visitor(store, "piet")
    await piet.says("ik zoek werk")
    result = await piet.says("52")
    log = await store.messages(result.conversation)
    assert [(one.seq, one.sender, one.message.text) for one in log] == [
        (1, "visitor", "ik zoek werk"), (2, "bot", "vraag 1"), (3, "visitor", "52"), (4, "bot", "vraag 2"),
    ]  # fmt: skip
    assert result.version == 2
    assert [one.message.text for one in result.outgoing] == ["vraag 2"]


async def test_an_update_delivered_three_times_at_once_is_applied_once(store: Store) -> None:
    piet = Visitor(store, "piet")
    results = await asyncio.gather(*(piet.says("ja", counting, update="7") for _ in range(3)))
    assert sorted(result.duplicate for result in results) == [False, True, True]
    log = await store.messages(results[0].conversation)
    assert [one.message.text for one in log] == ["ja", "antwoord 1"]


async def test_two_conversations_with_two_hundred_turns_at_once_lose_nothing(store: Store) -> None:
    anna, bram = Visitor(store, "anna"), Visitor(store, "bram")
    turns = [visitor.says("x", counting) for visitor in (anna, bram) for _ in range(200)]
    results = await asyncio.gather(*turns)
    assert not any(result.duplicate for result in results)
    for visitor in (anna, bram):
        talk = await store.conversation_at("telegram", "", visitor.address)
        assert talk is not None
        assert talk.version == 200
        log = await store.messages(talk.id, limit=1000)
        assert [one.seq for one in log] == list(range(1, 401))
        assert [one.message.text for one in log if one.sender == "bot"] == [f"antwoord {n}" for n in range(1, 201)]


async def test_one_bad_turn_in_a_batch_fails_alone(store: Store) -> None:
    def broken(state: State, world: object, now: object) -> Turn:
        raise ZeroDivisionError

    visitors = [Visitor(store, f"v{n}") for n in range(8)]
    await asyncio.gather(*(visitor.says() for visitor in visitors))
    turns = [visitor.says("x", broken if n == 3 else counting) for n, visitor in enumerate(visitors)]
    results = await asyncio.gather(*turns, return_exceptions=True)
    assert [isinstance(result, ZeroDivisionError) for result in results] == [n == 3 for n in range(8)]
    again = await visitors[3].says("x", counting, update="v3-2")
    assert not again.duplicate, "what failed was not marked as seen"


async def test_a_press_is_kept_as_the_words_on_the_button(store: Store) -> None:
    piet = Visitor(store, "piet")
    await piet.says()
    await piet.says(event=Pressed(1, 1))
    await piet.says(event=Chose(("a",)))
    result = await piet.says(event=SentOther("voice"))
    log = await store.messages(result.conversation)
    assert [one.message.text for one in log if one.sender == "visitor"] == ["hallo", "Nee", "Ja", "[voice]"]


async def test_a_citizen_service_number_is_never_stored_and_its_message_is_deleted(store: Store) -> None:
    piet = Visitor(store, "piet")
    result = await piet.says("mijn bsn is 111222333", answering("age", 52, Redacted("bsn")), ref="88")
    log = await store.messages(result.conversation)
    assert log[0].message.text == "mijn bsn is [BSN verwijderd]"
    out = await store.claim_outbox(["telegram"])
    assert [one.action for one in out] == ["send"]
    from storage.messages import Verdict

    await store.settle([(out[0], Verdict("sent", "1"))])
    (delete,) = await store.claim_outbox(["telegram"])
    assert (delete.action, delete.target, delete.address) == ("delete", "88", "piet")


async def test_notes_are_for_coaches_only(store: Store) -> None:
    result = await Visitor(store, "piet").says("x", answering("age", 52, Note("wil graag snel")))
    assert "wil graag snel" not in [one.message.text for one in await store.messages(result.conversation)]
    assert "wil graag snel" in [one.message.text for one in await store.messages(result.conversation, private=True)]


async def test_answers_are_projected_by_their_class(store: Store) -> None:
    piet = Visitor(store, "piet")
    await piet.says("x", answering("situation", "employee"))
    await piet.says("x", answering("benefit", "ww"))
    result = await piet.says("x", answering("age", (45, 56), OpenCase("bel mij")))
    case = await store.case(result.case)
    assert case is not None
    found = {one.fact: (one.value, one.kind, one.sealed) for one in case.answers}
    assert found == {
        "situation": ("employee", "public", False), "benefit": (None, "sensitive", True),
        "age": ([45, 56], "personal", False),
    }  # fmt: skip
    assert case.situation == "employee"


async def test_the_last_place_goes_to_one_of_two(store: Store) -> None:
    await store.set_stock("avond-techniek", "event", 1)

    def decide(state: State, world: object, now: object) -> Turn:
        left = next((one.left for one in world.events if one.id == "avond-techniek"), 0)  # type: ignore[attr-defined]
        effects = (SignUp("avond-techniek"),) if left else (Say(Message("Vol.")),)
        return Turn(state, effects)

    await store.set_stock("avond-techniek", "event", 1, title="Avond", starts=store.now() + timedelta(days=3))
    results = await asyncio.gather(*(Visitor(store, f"v{n}").says("ja", decide) for n in range(4)))
    taken = [result for result in results if isinstance(result.turn.effects[0], SignUp)]  # type: ignore[union-attr]
    assert len(taken) == 1


async def test_the_promise_is_counted_in_working_hours(store: Store, clock: Clock) -> None:
    seen: list[str] = []

    def decide(state: State, world: object, now: object) -> Turn:
        seen.append(world.promise)  # type: ignore[attr-defined]
        return Turn(state, (OpenCase("bel mij"),))

    clock.now = clock.now.replace(day=21, hour=20)  # Saturday night
    await Visitor(store, "piet").says("bel mij", decide)
    assert seen[-1] == "uiterlijk maandag 23 november om 11.00 uur"
    talk = await store.conversation_at("telegram", "", "piet")
    assert talk is not None
    assert talk.promise == clock.now.replace(day=23, hour=10, minute=0)


async def test_wishes_are_counted_without_people(store: Store) -> None:
    wish = Wish("lascursus", "achterhoek", "metal")
    await asyncio.gather(*(Visitor(store, f"v{n}").says("x", answering("age", 1, wish)) for n in range(3)))
    figures = await store.figures()
    assert figures.wishes == {"lascursus": 3}


async def test_a_consent_and_its_text_version_are_kept(store: Store) -> None:
    result = await Visitor(store, "piet").says("ja", answering("age", 1, Consent("contact", True, "3"), Count("asked")))
    talk = await store.conversation(result.conversation)
    assert talk is not None
    person = await store.person(talk.person)
    assert person is not None
    assert person.consents[0][:3] == ("contact", True, "3")


@pytest.mark.parametrize("text", ["a" * 100_000, "👩‍👩‍👧‍👦" * 50, "\u202egespiegeld", "", "'; DROP TABLE person; --"])
async def test_any_text_comes_back_as_it_was(store: Store, text: str) -> None:
    result = await Visitor(store, "piet").says(text)
    log = await store.messages(result.conversation)
    assert [one.message.text for one in log if one.sender == "visitor"] == ([text] if text else [])


async def test_a_lone_surrogate_cannot_break_a_batch(store: Store) -> None:
    result = await Visitor(store, "piet").says("kapot \ud800 teken")
    assert (await store.messages(result.conversation))[0].message.text == "kapot ? teken"


def test_every_message_survives_the_way_to_disk_and_back() -> None:
    from flows.effects import Card, Span
    from storage.codec import message_from_json, message_to_json

    card = Card(
        "slim",
        "scheme",
        "SLIM",
        "fits",
        "open",
        ("omdat",),
        ("age",),
        "bel",
        "€ 1",
        "maart",
        "RVO",
        "2026",
        "https://x",
    )
    message = Message(
        "tekst", "card", (Span(0, 2, "bold"), Span(2, 4, "link", "https://y")), (Option("a", "Ja", "row"),), card,
        "age", "number", True, "x.png", "en",
    )  # fmt: skip
    assert message_from_json(message_to_json(message)) == message
    assert message_from_json(message_to_json(Message("kaal"))) == Message("kaal")


def test_the_rules_never_take_an_unknown_fact_for_public() -> None:
    from storage.context import Rules

    assert Rules(classes=CLASSES).class_of("something_new") == "personal"
