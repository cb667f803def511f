"""The life of a case: one winner, one speaker, everything told."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from flows.effects import Message, OpenCase, Say
from flows.events import Said
from flows.state import State
from flows.turn import Turn
from flows.world import World
from storage import actions as a
from storage.messages import Verdict
from storage.store import Store
from tests.storage.desk import Clock, Visitor, a_coach, answering, counting

SUMMARY = ("Piet, 52", "wil een diploma", "bvm past: omdat u in de metaal werkt", "leeftijd", "terugbellen")
CALL_ME = OpenCase(
    "bel mij", kind="call_back", summary=SUMMARY, snapshot={"matches": [{"id": "bvm"}], "day": date(2026, 11, 23)}
)


async def a_case(store: Store, who: str = "piet") -> str:
    visitor = Visitor(store, who)
    await visitor.says("ik wil een mens", answering("name", who.title()))
    return (await visitor.says("ja", answering("age", 52, CALL_ME))).case


async def texts(store: Store, code: str, private: bool = False) -> list[str]:
    case = await store.case(code)
    assert case is not None
    assert case.conversation is not None
    return [one.message.text for one in await store.messages(case.conversation.id, private=private)]


async def drain(store: Store) -> list[str]:
    sent = []
    while batch := await store.claim_outbox(["telegram"]):
        sent += [one.message.text for one in batch]
        await store.settle([(one, Verdict("sent", "1")) for one in batch])
    return sent


async def test_a_request_opens_one_case_with_all_that_was_known(store: Store) -> None:
    code = await a_case(store)
    case = await store.case(code)
    assert case is not None
    assert (code, case.state, case.kind, case.reason, case.summary) == (
        "K-1001",
        "waiting",
        "call_back",
        "bel mij",
        SUMMARY,
    )
    assert case.snapshot == {"matches": [{"id": "bvm"}], "day": "2026-11-23"}
    assert case.conversation is not None
    assert (case.conversation.speaker, case.conversation.epoch) == ("queue", 1)
    again = await Visitor(store, "piet", sent=10).says("nog eens", answering("age", 53, CALL_ME))
    assert again.case == code, "a second request adds to the open case"


async def test_of_two_coaches_exactly_one_wins_and_the_other_reads_who(store: Store) -> None:
    code = await a_case(store)
    coaches = [await a_coach(store, name) for name in ("anna", "bram", "cas", "dirk")]
    results = await asyncio.gather(*(store.act(a.Claim(code, coach.id, 1)) for coach in coaches))
    won = [result for result in results if isinstance(result, a.Done)]
    lost = [result for result in results if isinstance(result, a.Refused)]
    assert len(won) == 1
    case = await store.case(code)
    assert case is not None
    assert {one.why for one in lost} <= {"taken", "stale"}
    assert {one.by for one in lost if one.why == "taken"} <= {case.owner_name}
    assert case.conversation is not None
    assert (case.conversation.speaker, case.conversation.coach, case.conversation.epoch) == (
        "coach",
        case.owner_name,
        2,
    )
    assert sum("U praat nu met coach" in text for text in await texts(store, code)) == 1


async def test_writing_to_a_waiting_visitor_claims_first(store: Store) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    done = await store.act(a.Reply(code, sanne.id, "Dag Piet!", "post-1"))
    assert isinstance(done, a.Done)
    log = await texts(store, code)
    assert log[-2:] == ["U praat nu met coach Sanne (een mens). De digitale hulp antwoordt niet meer.", "Dag Piet!"]
    twice = await store.act(a.Reply(code, sanne.id, "Dag Piet!", "post-1"))
    assert isinstance(twice, a.Done)
    assert (await texts(store, code)) == log, "the same post twice is stored once"
    case = await store.case(code)
    assert case is not None
    assert case.first_reply_at == store.now()
    assert case.unread_at is None


async def test_only_the_owner_can_send(store: Store) -> None:
    code = await a_case(store)
    anna, bram = await a_coach(store, "anna"), await a_coach(store, "bram")
    await store.act(a.Claim(code, anna.id))
    refused = await store.act(a.Reply(code, bram.id, "Ik ook"))
    assert refused == a.Refused("not_owner", "Anna", store.now())
    assert isinstance(await store.act(a.AddNote(code, bram.id, "ik ken hem")), a.Done)
    assert await store.act(a.TakeOver(code, bram.id)) == a.Refused("not_owner", "Anna", store.now())
    assert isinstance(await store.act(a.TakeOver(code, bram.id, "Anna is ziek vandaag")), a.Done)
    assert isinstance(await store.act(a.Reply(code, bram.id, "Ik neem het over")), a.Done)


async def test_a_bot_answer_already_made_is_thrown_away_when_a_human_takes_over(store: Store) -> None:
    piet = Visitor(store, "piet")
    code = (await piet.says("bel", answering("age", 52, CALL_ME))).case
    await piet.says("en nog een vraag")
    sanne = await a_coach(store)
    first = await store.claim_outbox(["telegram"])
    assert await store.may_send(first[0])
    await store.act(a.Claim(code, sanne.id))
    assert not await store.may_send(first[0])
    await store.settle([(first[0], Verdict("stale"))])
    assert await drain(store) == ["U praat nu met coach Sanne (een mens). De digitale hulp antwoordt niet meer."]


async def test_what_the_handing_over_turn_says_still_goes_out(store: Store) -> None:
    code = await a_case(store)
    assert code
    assert await drain(store) == ["vraag 2"], "the first question was overtaken by the hand-over"


async def test_crisis_texts_go_out_whoever_speaks(store: Store) -> None:
    code = await a_case(store)
    await drain(store)
    help_at_once = Say(Message("Bel 112 of 113.", "crisis"))
    sanne = await a_coach(store)
    await store.act(a.Claim(code, sanne.id))

    def crisis(state: State, world: World, now: object) -> Turn:
        return Turn(state, (help_at_once,))

    await Visitor(store, "piet", sent=20).says("ik wil niet meer", crisis)
    await store.act(a.Release(code, sanne.id))
    assert "Bel 112 of 113." in await drain(store)


async def test_a_call_counts_as_the_first_reply(store: Store) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    assert await store.act(a.Called(code, sanne.id, "sang")) == a.Refused("bad_value")
    await store.act(a.Called(code, sanne.id, "voicemail", "morgen weer"))
    case = await store.case(code)
    assert case is not None
    assert case.first_reply_at is not None
    assert [(result, name) for _, result, name in case.attempts] == [("voicemail", "Sanne")]
    assert "morgen weer" not in await texts(store, code)


async def test_handing_over_needs_a_note_and_tells_the_visitor(store: Store) -> None:
    code = await a_case(store)
    anna, bram = await a_coach(store, "anna"), await a_coach(store, "bram")
    await store.act(a.Claim(code, anna.id))
    assert await store.act(a.HandOver(code, anna.id, "kort", to_staff=bram.id)) == a.Refused("too_short")
    await store.act(a.HandOver(code, anna.id, "Bram weet alles van lassen", to_staff=bram.id))
    case = await store.case(code)
    assert case is not None
    assert (case.owner_name, case.state) == ("Bram", "with_coach")
    assert (await texts(store, code))[-1] == "Coach Bram helpt u verder."
    await store.act(a.HandOver(code, bram.id, "toch naar het team terug", to_team="regio"))
    case = await store.case(code)
    assert case is not None
    assert (case.owner, case.state, case.team) == ("", "waiting", "regio")
    assert case.conversation is not None
    assert case.conversation.speaker == "queue"


async def test_a_coach_of_another_team_cannot_touch_it(store: Store) -> None:
    visitor = Visitor(store, "piet")
    code = (await visitor.says("x", answering("age", 1, OpenCase("r", team="zorg")))).case
    other = await a_coach(store, "otto", teams=("metaal",))
    assert await store.act(a.Claim(code, other.id)) == a.Refused("forbidden")
    assert await store.inbox("waiting", other) == []
    auditor = await a_coach(store, "ineke", role="auditor")
    assert await store.act(a.Claim(code, auditor.id)) == a.Refused("forbidden")


async def test_a_snooze_ends_by_time_or_by_a_message_and_leaves_follow_ups_alone(store: Store, clock: Clock) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    await store.act(a.Claim(code, sanne.id))
    assert await store.act(a.Snooze(code, sanne.id, clock.now + timedelta(days=91))) == a.Refused("bad_date")
    await store.act(a.AddFollowUp(code, sanne.id, "call", "SLIM bespreken", date(2026, 12, 1)))
    await store.act(a.Snooze(code, sanne.id, clock.now + timedelta(days=7)))
    piet = Visitor(store, "piet", clock=clock, sent=50)
    await piet.says("dank je wel!", counting)
    assert (await state_of(store, code)) == "snoozed", "thanks wakes nobody"
    await piet.says("ik heb toch nog een vraag", counting)
    assert (await state_of(store, code)) == "with_coach"
    await store.act(a.Snooze(code, sanne.id, clock.now + timedelta(days=7)))
    clock.tick(days=8)
    assert await store.tick() == 1
    assert (await state_of(store, code)) == "with_coach"
    assert [one.state for one in await store.follow_ups(code)] == ["open"]


async def state_of(store: Store, code: str) -> str:
    case = await store.case(code)
    assert case is not None
    return case.state


async def test_a_silent_visitor_is_reminded_twice_and_then_let_go(store: Store, clock: Clock) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    await store.act(a.Claim(code, sanne.id))
    await store.act(a.WaitForClient(code, sanne.id))
    told = []
    for _ in range(16):
        clock.tick(days=1)
        await store.tick()
        await store.tick()
        told.append(sum(text.startswith("De coach wacht nog") for text in await texts(store, code)))
    assert told[1:3] == [0, 1], "after three working days, Thursday"
    assert max(told) == 2
    assert (await state_of(store, code)) == "lapsed"
    talk = await store.conversation_at("telegram", "", "piet")
    assert talk is not None
    assert talk.speaker == "bot"


async def test_a_broken_promise_is_renewed_once(store: Store, clock: Clock) -> None:
    code = await a_case(store)
    clock.tick(hours=3)
    assert await store.tick() == 1
    assert await store.tick() == 0
    clock.tick(days=2)
    assert await store.tick() == 0
    late = [text for text in await texts(store, code) if "langer" in text]
    assert late == ["Het duurt langer dan we zeiden. Sorry. Een coach reageert uiterlijk vandaag om 15.00 uur."]


async def test_closing_gives_the_word_back_and_says_so(store: Store) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    assert await store.act(a.Close(code, sanne.id, "")) == a.Refused("bad_value")
    await store.act(a.Close(code, sanne.id, "advised", "Veel succes!"))
    case = await store.case(code)
    assert case is not None
    assert (case.state, case.outcome) == ("closed", "advised")
    assert case.conversation is not None
    assert (case.conversation.speaker, case.conversation.case) == ("bot", "")
    log = await texts(store, code)
    assert log[-3] == "Veel succes!"
    assert log[-2].startswith("De coach heeft uw vraag afgerond.")
    refused = await store.act(a.Reply(code, sanne.id, "nog iets"))
    assert isinstance(refused, a.Refused)
    later = await Visitor(store, "piet", sent=30).says("toch weer", answering("age", 52, CALL_ME))
    assert later.case == "K-1002"
    second = await store.case(later.case)
    assert second is not None
    assert second.prefers == sanne.id, "the coach of last time"


async def test_handing_back_goes_on_through_the_engine(store: Store) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    await store.act(a.HandBack(code, sanne.id, "employee"))
    log = await texts(store, code)
    assert log[-2:] == ["U praat weer met de digitale hulp. Typ coach als u een mens wilt.", "Waar waren we?"]


async def test_a_coach_can_correct_an_answer_through_the_engine(store: Store) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    await store.act(a.EditAnswer(code, sanne.id, "age", 53))
    case = await store.case(code, sanne)
    assert case is not None
    assert {one.fact: (one.value, one.by) for one in case.answers}["age"] == (53, "coach")


async def test_sensitive_answers_open_for_the_owner_only(store: Store) -> None:
    piet = Visitor(store, "piet")
    code = (await piet.says("ww", answering("benefit", "ww", CALL_ME))).case
    sanne = await a_coach(store)
    for viewer, expected in ((None, (None, True)), (sanne, (None, True))):
        case = await store.case(code, viewer)
        assert case is not None
        assert [(one.value, one.sealed) for one in case.answers] == [expected]
    await store.act(a.Claim(code, sanne.id))
    case = await store.case(code, sanne)
    assert case is not None
    assert [(one.value, one.sealed) for one in case.answers] == [("ww", False)]


async def test_follow_ups_are_moved_counted_and_finished(store: Store, clock: Clock) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    made = await store.act(a.AddFollowUp(code, sanne.id, "call", "Bellen over SLIM", date(2026, 11, 23)))
    assert isinstance(made, a.Done)
    assert await store.act(a.AddFollowUp(code, sanne.id, "call", "te laat", date(2026, 11, 22))) == a.Refused(
        "bad_date"
    )
    assert [line.kind for line in await store.today(sanne)] == ["follow_up", "new"]
    await store.act(a.FollowUpDone(made.id, sanne.id, "not_reached", date(2026, 11, 25)))
    (row,) = await store.agenda(sanne)
    assert (row.due_on, row.attempts, row.title) == (date(2026, 11, 25), 1, "Bellen over SLIM")
    assert await store.act(a.FollowUpDone(made.id, sanne.id, "moved")) == a.Refused("bad_date")
    await store.act(a.FollowUpDone(made.id, sanne.id, "done", note="komt goed"))
    assert await store.act(a.FollowUpDone(made.id, sanne.id, "done")) == a.Refused("closed")
    assert await store.agenda(sanne) == []


async def test_outcomes_are_only_ever_added(store: Store) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    first = await store.act(a.AddOutcome(code, sanne.id, "granted", date(2026, 11, 20), "slim", amount=3600))
    assert isinstance(first, a.Done)
    await store.act(
        a.AddOutcome(code, sanne.id, "granted", date(2026, 11, 21), "slim", amount=3000, supersedes=first.id)
    )
    assert await store.act(a.AddOutcome(code, sanne.id, "flew", date(2026, 11, 21))) == a.Refused("bad_value")
    case = await store.case(code)
    assert case is not None
    rows = await store.outcomes(case.person)
    assert [(row.amount, row.superseded) for row in rows] == [(3600, True), (3000, False)]
    assert (await store.figures()).outcomes == {"slim granted": 1}


async def test_today_stands_in_order_of_promise_with_urgent_first(store: Store, clock: Clock) -> None:
    first = await a_case(store, "piet")
    clock.tick(minutes=40)
    second = await a_case(store, "kees")
    third = await a_case(store, "leo")
    sanne = await a_coach(store)
    await store.act(a.MarkUrgent(third, sanne.id))
    rows = await store.today(sanne)
    assert [(row.code, row.kind, row.who) for row in rows] == [
        (third, "urgent", "Leo"), (first, "new", "Piet"), (second, "new", "Kees"),
    ]  # fmt: skip
    assert rows[1].wants == "wil een diploma"
    assert await store.counts(sanne) == {"waiting": 3, "mine": 0, "waiting_for_client": 0, "snoozed": 0, "all": 3}
    (found,) = await store.search("kee", sanne)
    assert found.code == second


async def test_going_away_gives_unread_cases_back(store: Store) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    await store.act(a.Claim(code, sanne.id))
    await Visitor(store, "piet", sent=9).says("bent u er nog?", counting)
    assert await store.set_away(sanne.id, True) == 1
    assert (await state_of(store, code)) == "waiting"


async def test_a_coach_has_a_most(store: Store) -> None:
    sanne = await a_coach(store)
    await store.change_staff(sanne.id, max_cases=1)
    first, second = await a_case(store, "piet"), await a_case(store, "kees")
    assert isinstance(await store.act(a.Claim(first, sanne.id)), a.Done)
    assert await store.act(a.Claim(second, sanne.id)) == a.Refused("full")


async def test_the_coach_is_silent_towards_the_engine_when_the_visitor_writes(store: Store) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    await store.act(a.Reply(code, sanne.id, "Dag!"))
    result = await Visitor(store, "piet", sent=5).says("dag coach", counting)
    assert result.outgoing == ()
    case = await store.case(code)
    assert case is not None
    assert case.unread_at is not None
    assert [line.kind for line in await store.today(sanne)] == ["reply"]


@pytest.mark.parametrize("code", ["", "K-", "K-99999", "1001; DROP", "K-١٠٠١", "K-" + "9" * 40])
async def test_a_strange_code_is_unknown(store: Store, code: str) -> None:
    sanne = await a_coach(store)
    assert await store.case(code) is None
    assert await store.act(a.Claim(code, sanne.id)) == a.Refused("unknown")


async def test_notices_are_made_once_and_never_after_the_reply(store: Store, clock: Clock) -> None:
    code = await a_case(store)
    assert [(kind, case) for _, kind, case, _ in await store.claim_notices()] == [("new_case", code)]
    clock.tick(minutes=70)
    ((key, kind, _, audience),) = [one for one in await store.claim_notices() if one[1] != "new_case"]
    assert (kind, audience) == ("case_half", "team:")
    await store.settle_notice(key, sent=True)
    sanne = await a_coach(store)
    await store.act(a.Reply(code, sanne.id, "Dag"))
    clock.tick(hours=5)
    assert "case_late" not in [kind for _, kind, _, _ in await store.claim_notices()]


async def test_a_practice_visitor_is_labelled_and_never_counted(store: Store) -> None:
    code = await a_case(store, "practice:bakker")
    case = await store.case(code)
    assert case is not None
    assert case.practice
    assert await store.claim_notices() == []
    assert (await store.figures()).waiting == 0


async def test_events_of_the_desk_reach_the_engine(store: Store) -> None:
    result = await Visitor(store, "piet").says()
    after = await store.event_turn(result.conversation, Said("x"))
    assert [one.message.text for one in after.outgoing] == ["over Said"]


async def test_a_question_of_the_coach_lands_in_the_sheet_when_it_is_pressed(store: Store) -> None:
    from dataclasses import replace

    from flows.effects import Option
    from flows.events import Chose, Pressed

    options = (Option("yes", "Ja"), Option("no", "Nee"))
    known = {"shift_work": Message("Werkt u in ploegen?", options=options)}
    store.rules = replace(store.rules, question=lambda fact, language: known.get(fact))
    code = await a_case(store)
    sanne = await a_coach(store)
    assert await store.act(a.AskClient(code, sanne.id, "shoe_size")) == a.Refused("bad_value")
    done = await store.act(a.AskClient(code, sanne.id, "shift_work"))
    assert isinstance(done, a.Done)
    asked = done.outgoing[-1]
    piet = Visitor(store, "piet", sent=20)
    for event, value in ((Pressed(asked.turn, asked.message.first + 1), "no"), (Chose(("yes",)), "yes")):
        result = await piet.says(event=event, decide=counting)
        assert result.outgoing == ()
        case = await store.case(code, sanne)
        assert case is not None
        assert {one.fact: (one.value, one.by) for one in case.answers}["shift_work"] == (value, "visitor")
    log = await texts(store, code)
    assert log[-2:] == ["Nee", "Ja"]


async def test_the_desk_asks_what_became_of_it_and_only_a_no_costs_a_coach_time(store: Store, clock: Clock) -> None:
    from flows.events import Pressed
    from storage.outcome_questions import AGAIN, NEXT

    code = await a_case(store)
    sanne = await a_coach(store)
    await store.act(a.AddOutcome(code, sanne.id, "submitted", date(2026, 11, 23), "slim"))
    await store.act(a.Close(code, sanne.id, "advised"))
    clock.tick(days=35)
    assert (await store.retention()).counts["conversations"] == 0, "a question is still to come"
    clock.tick(days=NEXT["submitted"][1] - 35)
    piet = Visitor(store, "piet", clock=clock, sent=40)

    async def asked(option: int) -> list[str]:
        (due,) = await store.due_reminders()
        (question,) = (await store.remind(due)).outgoing
        event = Pressed(question.turn, question.message.first + option)
        answer = await piet.says(event=event)
        again = await piet.says(event=event)
        assert [one.message.kind for one in again.outgoing] == ["question"], "a second press is the engine's"
        return [question.message.text, *(one.message.text for one in answer.outgoing)]

    assert await asked(2) == [
        "Een tijd geleden vroeg u iets aan: slim. Is dat toegekend?", "Dank u. We vragen het later nog eens.",
    ]  # fmt: skip
    clock.tick(days=AGAIN)
    assert (await asked(0))[1] == "Wat fijn! We hebben het genoteerd."
    clock.tick(days=NEXT["granted"][1])
    assert (await asked(1))[1] == "Dank u voor uw antwoord. Een coach kijkt met u mee."
    case = await store.case(code)
    assert case is not None
    rows = await store.outcomes(case.person)
    assert [(row.step, row.source) for row in rows] == [
        ("submitted", "coach"), ("granted", "client"), ("stopped", "client"),
    ]  # fmt: skip
    (planned,) = await store.agenda(sanne)
    assert (planned.origin, planned.title) == ("scheme", "Het ging niet door. Bel wat er wel kan.")
    assert await store.due_reminders() == []


async def test_what_the_coach_already_knows_is_not_asked(store: Store, clock: Clock) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    await store.act(a.AddOutcome(code, sanne.id, "submitted", date(2026, 11, 23), "slim"))
    await store.act(a.AddOutcome(code, sanne.id, "rejected", date(2026, 11, 23), "slim"))
    clock.tick(days=42)
    (due,) = await store.due_reminders()
    assert (await store.remind(due)).outgoing == ()


async def test_an_organisations_own_code_counts_for_the_step_it_stands_under(store: Store) -> None:
    code = await a_case(store)
    sanne = await a_coach(store)
    for step in ("granted", "granted.lening", "own_way.x"):
        assert isinstance(await store.act(a.AddOutcome(code, sanne.id, step, date(2026, 11, 20), "slim")), a.Done)
    for wrong in ("flew.away", "granted." + "x" * 40):
        assert await store.act(a.AddOutcome(code, sanne.id, wrong, date(2026, 11, 20))) == a.Refused("bad_value")
    found = await store.figures()
    assert found.outcomes == {"slim granted": 1, "slim own_way": 1}, "somebody counts once per step"
    assert found.codes == {"slim granted": 1, "slim granted.lening": 1, "slim own_way.x": 1}
    assert await store.outcome_used("granted.lening")
    assert not await store.outcome_used("granted.gift")
