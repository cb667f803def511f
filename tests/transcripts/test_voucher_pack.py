"""The example pack of a region with a live voucher: what one visitor takes, the next one finds gone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.settings import Settings
from flows.content import Content
from flows.effects import Say
from flows.events import Chose, Said, Started
from storage.actions import DecideRequest
from storage.invariants import check_invariants
from storage.messages import Incoming
from storage.store import open_store
from storage.turns import read_stocks
from tests.shipped import shipped

PACK = Path(__file__).parents[2] / "flows" / "examples" / "voucher-pack"
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ASKING = (
    "ik werk in een winkel in arnhem en wil lasser worden",
    "leren en werken",
    "ja",  # wants the voucher
    "een lascursus",
    "ja",  # the price is on paper
    "ja",  # permission
    "06 12345678",
    "Sam",
)


@pytest.fixture(scope="module")
def content() -> Content:
    return Content.load(PACK)


def talk(content: Content, tmp_path: Path, conversations: dict[str, tuple[object, ...]]) -> tuple[dict[str, str], int]:
    """What the desk said per visitor, and what is left of the voucher's budget."""

    async def held() -> tuple[dict[str, str], int]:
        store = await open_store(f"sqlite:///{tmp_path / 'desk.db'}", clock=lambda: NOW)
        desk = Desk(content, store, Settings(), lambda: NOW)
        await desk.count_stock()
        said, left = {}, 0
        for visitor, events in conversations.items():
            lines: list[str] = []
            for event in (Started(), *(Said(one) if isinstance(one, str) else one for one in events)):
                result = await desk.receive(Incoming("web", visitor, event, NOW))
                assert result.turn is not None
                lines += [effect.message.text for effect in result.turn.effects if isinstance(effect, Say)]
            said[visitor] = "\n".join(lines)
        stocks = await store._read(lambda conn: read_stocks(conn, NOW))
        left = stocks.budgets["regional-voucher"]
        await desk.aclose()
        await store.aclose()
        return said, left

    return asyncio.run(held())


def test_a_second_visitor_finds_the_budget_gone(content, tmp_path):
    said, left = talk(content, tmp_path, {"first": ASKING, "second": ASKING[:2]})
    assert "Wilt u die hier aanvragen?" in said["first"]
    assert "Uw aanvraag is binnen." in said["first"]
    assert left == 500  # 1,500 euros in the pack, one voucher of 1,000
    assert "Het geld van deze voucher is op." in said["second"]
    assert "Wilt u die hier aanvragen?" not in said["second"]


def test_two_who_ask_at_the_same_time_never_get_more_than_there_is(content, tmp_path):
    """Both were offered the voucher; the one who finishes last hears that the money is gone."""

    async def held() -> list[str]:
        store = await open_store(f"sqlite:///{tmp_path / 'desk.db'}", clock=lambda: NOW)
        desk = Desk(content, store, Settings(), lambda: NOW)
        await desk.count_stock()
        last = ["", ""]
        for event in (Started(), *map(Said, ASKING)):
            for at, visitor in enumerate(("anna", "bo")):
                result = await desk.receive(Incoming("web", visitor, event, NOW))
                assert result.turn is not None
                last[at] += "".join(one.message.text for one in result.turn.effects if isinstance(one, Say))
        await desk.aclose()
        await store.aclose()
        return last

    anna, bo = asyncio.run(held())
    assert "Uw aanvraag is binnen." in anna
    assert "Het geld van deze voucher is op." in bo
    assert "Uw aanvraag is binnen." not in bo


def test_what_a_coach_refuses_is_there_for_the_next_visitor(content, tmp_path):
    """Request, decision, money again: the first is refused, so the third is offered what the second found gone."""

    async def held() -> tuple[list[str], list[int], dict[str, str], list[str], list[str]]:
        store = await open_store(f"sqlite:///{tmp_path / 'desk.db'}", clock=lambda: NOW)
        desk = Desk(content, store, Settings(), lambda: NOW)
        await desk.count_stock()
        coach = await store.add_staff("coach", "Coach")
        said: dict[str, str] = {}
        left: list[int] = []

        async def visit(visitor: str, texts: tuple[str, ...]) -> None:
            for event in (Started(), *map(Said, texts)):
                result = await desk.receive(Incoming("web", visitor, event, NOW))
                assert result.turn is not None
                told = [one.message.text for one in result.turn.effects if isinstance(one, Say)]
                said[visitor] = said.get(visitor, "") + "\n".join(told)

        async def money() -> None:
            stocks = await store._read(lambda conn: read_stocks(conn, NOW))
            left.append(stocks.budgets["regional-voucher"])

        await visit("first", ASKING)
        await money()
        await visit("second", ASKING[:2])
        [case] = await store.inbox("waiting", coach)
        decided = [
            await store.act(DecideRequest(case.code, coach.id, granted=granted)) for granted in (True, False, False)
        ]
        await money()
        await visit("third", ASKING)
        await money()
        row = await store.case(case.code)
        assert row is not None
        assert row.conversation is not None
        written = [one.message.text for one in await store.messages(row.conversation.id)]
        broken = await store._read(lambda conn: check_invariants(conn, store.context))
        await desk.aclose()
        await store.aclose()
        return [type(one).__name__ for one in decided], left, said, written, broken

    decided, left, said, written, broken = asyncio.run(held())
    assert "Het geld van deze voucher is op." in said["second"]
    assert decided == ["Done", "Done", "Refused"]  # granted, withdrawn, and nothing left to decide about
    assert left == [500, 1500, 500]
    assert "Uw aanvraag is binnen." in said["third"]
    assert any("Uw aanvraag is niet toegekend: " in one for one in written)
    assert not broken


def test_a_planned_meeting_is_shown_and_takes_a_sign_up_with_consent(content, tmp_path):
    said, _ = talk(
        content, tmp_path,
        {"anna": ("ik zoek werk", "bijeenkomsten", Chose(("!join:voucher-evening",)), "ja")},
    )  # fmt: skip
    assert "14 januari 2027 om 19.00 uur in Arnhem" in said["anna"]
    assert "Zal ik u inschrijven" in said["anna"]
    assert "U staat op de lijst voor Avond over leren in de techniek." in said["anna"]


@pytest.mark.parametrize("site", ["", "https://loket.example"])
def test_whoever_signed_up_gets_a_calendar_file_when_the_desk_has_an_address(content, tmp_path, site):
    async def held() -> list[str]:
        store = await open_store(f"sqlite:///{tmp_path / 'desk.db'}", clock=lambda: NOW)
        desk = Desk(content, store, Settings(public_url=site), lambda: NOW)
        await desk.count_stock()
        for event in (Started(), Said("bijeenkomsten"), Chose(("!join:voucher-evening",)), Said("ja")):
            await desk.receive(Incoming("web", "anna", event, NOW))
        conversation = await store.conversation_at("web", "", "anna")
        assert conversation is not None
        written = [one.message.text for one in await store.messages(conversation.id)]
        await desk.aclose()
        await store.aclose()
        return written

    written = asyncio.run(held())
    assert any("U staat op de lijst" in one and "14 januari 2027 om 19.00 uur in Arnhem" in one for one in written)
    links = [one for one in written if ".ics" in one]
    assert links == ([f"Zet het in uw agenda:\n{site}/bijeenkomst/voucher-evening.ics"] if site else [])


def test_without_the_pack_nobody_is_offered_a_voucher_and_nothing_is_planned(tmp_path):
    from flows.engine import step
    from flows.state import State
    from flows.world import World

    content = shipped()
    turn = step(content, World(), State(), Said("bijeenkomsten"), NOW)
    said = "\n".join(effect.message.text for effect in turn.effects if isinstance(effect, Say))
    assert "Er is nu geen bijeenkomst gepland." in said
    assert "regional-voucher" not in content.knowledge.catalogue


def test_what_nobody_could_offer_is_counted_by_region_and_work_without_a_word_about_anybody():
    from flows.effects import Wish
    from flows.engine import step
    from flows.state import State
    from flows.world import World

    content = shipped()
    state, wishes = State(), []
    for text in ("wij zijn een zorgbedrijf in Almere met 12 man, een cursus voor Fatima Pietersen", "bijeenkomsten"):
        turn = step(content, World(), state, Said(text), NOW)
        state = turn.state
        wishes += [effect for effect in turn.effects if isinstance(effect, Wish)]
    assert wishes == [Wish("event", "flevoland", "care")]
