"""Sending: order, one in flight, what is lost is sent once more, what is stale never."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from flows.effects import Message, Remind, Subscribe
from storage import actions as a
from storage.messages import Verdict
from storage.people import DueReminder
from storage.store import Store
from tests.storage.desk import Clock, Visitor, a_coach, answering
from tests.storage.test_cases import CALL_ME

SENT = Verdict("sent", "1")


async def test_one_message_per_conversation_is_in_flight_and_order_is_kept(store: Store) -> None:
    for who in ("anna", "bram"):
        visitor = Visitor(store, who)
        for _ in range(3):
            await visitor.says()
    seen: dict[str, list[str]] = {"anna": [], "bram": []}
    while batch := await store.claim_outbox(["telegram"]):
        assert len({one.conversation for one in batch}) == len(batch)
        assert await store.claim_outbox(["telegram"]) == [], "everything else waits for its lane"
        for one in batch:
            seen[one.address].append(one.message.text)
        await store.settle([(one, SENT) for one in batch])
    assert seen == {"anna": ["vraag 1", "vraag 2", "vraag 3"], "bram": ["vraag 1", "vraag 2", "vraag 3"]}


async def test_senders_at_once_never_claim_the_same_row(store: Store) -> None:
    await asyncio.gather(*(Visitor(store, f"v{n}").says() for n in range(20)))
    claims = await asyncio.gather(*(store.claim_outbox(["telegram"], limit=7) for _ in range(6)))
    ids = [one.id for claim in claims for one in claim]
    assert len(ids) == len(set(ids)) == 20


async def test_a_message_whose_answer_was_lost_is_sent_once_more(store: Store, clock: Clock) -> None:
    await Visitor(store, "piet").says()
    (first,) = await store.claim_outbox(["telegram"])
    await store.settle([(first, Verdict("unknown", reason="timeout"))])
    clock.tick(seconds=29)
    assert await store.claim_outbox(["telegram"]) == []
    clock.tick(seconds=2)
    (again,) = await store.claim_outbox(["telegram"])
    assert (again.id, again.attempts) == (first.id, 2)
    await store.settle([(again, SENT)])
    assert await store.outbox_counts() == {"sent": 1, "maybe_twice": 1}


async def test_a_pause_for_one_chat_does_not_hold_another(store: Store, clock: Clock) -> None:
    for who in ("anna", "bram"):
        await Visitor(store, who).says()
    batch = await store.claim_outbox(["telegram"])
    anna = next(one for one in batch if one.address == "anna")
    bram = next(one for one in batch if one.address == "bram")
    await store.settle([(anna, Verdict("retry_at", retry_at=clock.now + timedelta(seconds=30))), (bram, SENT)])
    await Visitor(store, "anna", sent=5).says()
    await Visitor(store, "bram", sent=5).says()
    assert [one.address for one in await store.claim_outbox(["telegram"])] == ["bram"]
    due = await store.outbox_due()
    assert due is not None
    clock.tick(seconds=31)
    later = {one.address: one.message.text for one in await store.claim_outbox(["telegram"])}
    assert later["anna"] == "vraag 1"


async def test_a_blocked_visitor_is_no_longer_written_to_and_the_coach_hears(store: Store) -> None:
    piet = Visitor(store, "piet")
    code = (await piet.says("x", answering("age", 1, CALL_ME))).case
    await piet.says()
    (out,) = await store.claim_outbox(["telegram"])
    await store.settle([(out, Verdict("gone", reason="403"))])
    assert await store.claim_outbox(["telegram"]) == []
    talk = await store.conversation_at("telegram", "", "piet")
    assert talk is not None
    assert not talk.reachable
    notes = [one.message.text for one in await store.messages(talk.id, private=True) if one.private]
    assert notes == ["unreachable:telegram"]
    sanne = await a_coach(store)
    await store.act(a.Reply(code, sanne.id, "Hallo?"))
    await piet.says("ik ben er weer")
    talk = await store.conversation_at("telegram", "", "piet")
    assert talk is not None
    assert talk.reachable, "who writes can be reached again"


async def test_blocking_and_letting_in_again_are_noted(store: Store) -> None:
    await Visitor(store, "piet").says()
    await store.set_gone("telegram", "", "piet", True)
    talk = await store.conversation_at("telegram", "", "piet")
    assert talk is not None
    assert not talk.reachable
    assert await store.claim_outbox(["telegram"]) == []
    await store.set_gone("telegram", "", "piet", False)
    await store.set_gone("telegram", "", "nobody", True)
    talk = await store.conversation_at("telegram", "", "piet")
    assert talk is not None
    assert talk.reachable


async def test_bad_content_dies_and_can_be_tried_again_by_a_coach(store: Store) -> None:
    result = await Visitor(store, "piet").says()
    (out,) = await store.claim_outbox(["telegram"])
    await store.settle([(out, Verdict("bad", reason="400"))])
    assert [one.delivery for one in await store.messages(result.conversation)] == ["", "failed"]
    assert await store.retry_failed(result.conversation, out.seq)
    (again,) = await store.claim_outbox(["telegram"])
    assert again.message.text == "vraag 1"


async def test_web_and_terminal_visitors_fetch_for_themselves(store: Store) -> None:
    result = await Visitor(store, "w", channel="web").says()
    assert [one.message.text for one in result.outgoing] == ["vraag 1"]
    assert await store.claim_outbox(["telegram", "web"]) == []


async def test_a_worker_claims_only_for_the_bots_it_carries(store: Store) -> None:
    await Visitor(store, "piet").says()
    assert await store.claim_outbox(["telegram"], bots=["other"]) == []
    assert len(await store.claim_outbox(["telegram"], bots=[""])) == 1


async def test_a_reminder_comes_once_unless_the_visitor_wrote_first(store: Store, clock: Clock) -> None:
    piet, kees = Visitor(store, "piet", clock=clock), Visitor(store, "kees", clock=clock)
    remind = Remind("intake", 3600)
    result = await piet.says("x", answering("age", 1, remind))
    await kees.says("x", answering("age", 1, remind))
    clock.tick(minutes=30)
    await kees.says("toch maar verder")
    clock.tick(minutes=31)
    due = await store.due_reminders()
    assert due == [DueReminder(result.conversation, "intake")]
    assert await store.due_reminders() == [], "claimed for a minute"
    told = await asyncio.gather(*(store.remind(due[0]) for _ in range(3)))
    assert sorted(one.duplicate for one in told) == [False, True, True]
    batch = [one for one in await store.claim_outbox(["telegram"]) if one.address == "piet"]
    await store.settle([(batch[0], SENT)])
    (reminder,) = [one for one in await store.claim_outbox(["telegram"]) if one.address == "piet"]
    assert (reminder.message.text, reminder.proactive) == ("over TimePassed", True)


async def test_the_desk_writes_nothing_by_itself_at_night_or_after_stop(store: Store, clock: Clock) -> None:
    await Visitor(store, "piet", clock=clock).says("x", answering("age", 1, Remind("intake", 12 * 3600)))
    await Visitor(store, "stop", clock=clock).says("x", answering("age", 1, Remind("intake", 60), phase="stopped"))
    clock.tick(hours=13)  # 23.00 uur
    assert await store.due_reminders() == []
    clock.tick(hours=11)
    assert len(await store.due_reminders()) == 1


async def test_who_asked_hears_once_that_an_entry_opened(store: Store) -> None:
    piet = Visitor(store, "piet")
    await piet.says("x", answering("age", 1, Subscribe("slim")))
    await piet.says("x", answering("age", 1, Subscribe("slim")))
    assert await store.subscribed_entries() == {"slim": 1}
    message = Message("SLIM is open.")
    assert await store.tell_subscribers("slim", lambda language: message) == 1
    assert await store.tell_subscribers("slim", lambda language: message) == 0
    assert await store.subscribed_entries() == {}


async def test_one_holder_keeps_a_lease_until_it_runs_out(store: Store, clock: Clock) -> None:
    assert await store.hold_lease("poll:b", "one")
    assert not await store.hold_lease("poll:b", "two")
    assert await store.hold_lease("poll:b", "one")
    clock.tick(seconds=31)
    assert await store.hold_lease("poll:b", "two")
    await store.drop_lease("poll:b", "one")
    assert not await store.hold_lease("poll:b", "one")
    await store.drop_lease("poll:b", "two")
    assert await store.hold_lease("poll:b", "one")


async def test_an_update_nobody_could_read_is_noted_once(store: Store) -> None:
    for _ in range(2):
        await store.set_aside("telegram", "b", "77", "ValueError")
    assert not await store.known("telegram", "b", "77")
    await Visitor(store, "piet").says()
    assert await store.known("telegram", "", "piet")


async def test_waiting_for_a_change_ends_with_the_next_commit(store: Store) -> None:
    waiting = asyncio.create_task(store.changed(5))
    await asyncio.sleep(0)
    await Visitor(store, "piet").says()
    assert await waiting


async def test_bookkeeping_wakes_nobody(store: Store) -> None:
    await Visitor(store, "piet").says()
    waiting = asyncio.create_task(store.changed(0.05))
    await asyncio.sleep(0)
    (out,) = await store.claim_outbox(["telegram"])
    await store.settle([(out, SENT)])
    await store.hold_lease("poll:b", "one")
    await store.due_reminders()
    await store.claim_notices()
    await store.tick()
    woken = await waiting
    assert not woken or "postgresql" in store.url, "PostgreSQL looks once a second by itself"


async def test_who_left_the_web_page_hears_by_mail_that_there_is_an_answer(store: Store, clock: Clock) -> None:
    piet = Visitor(store, "w", channel="web")
    await piet.says("x", answering("email", "piet@voorbeeld.nl"))
    code = (await piet.says("x", answering("age", 1, CALL_ME))).case
    sanne = await a_coach(store)
    await store.act(a.Reply(code, sanne.id, "Dag Piet"))
    await store.claim_notices()
    clock.tick(minutes=6)
    ((key, kind, case, audience),) = [one for one in await store.claim_notices() if one[1] == "answer"]
    assert (kind, case, audience) == ("answer", code, "visitor")
    assert "piet" not in key
