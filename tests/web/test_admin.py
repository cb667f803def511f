"""The settings of the desk: people, teams, canned replies, what was not delivered, and what desk.yaml decides."""

from __future__ import annotations

import re
from datetime import date

import pyotp
import pytest

from bot.chosen import Chosen
from bot.desk import Desk
from bot.web.decided import closing_days
from bot.web.house import House
from bot.web.sse import Broker
from storage import tables as t
from storage.messages import Incoming, Verdict
from tests.web.conftest import Visitor, a_case, staff


async def fail_a_message(desk: Desk) -> int:
    """Something for a Telegram visitor that Telegram refused; how many messages it were."""
    from flows.events import Started

    await desk.receive(Incoming("telegram", "77", Started("", "nl"), desk.clock(), bot="loketbot", update_id="1"))
    claimed = await desk.store.claim_outbox(["telegram"])
    assert claimed
    await desk.store.settle([(one, Verdict("bad", reason="bad")) for one in claimed])
    return len(claimed)


async def test_what_was_not_delivered_is_listed_and_tried_again(ada: Visitor, desk: Desk):
    assert "Alle berichten aan klanten zijn verstuurd" in (await ada.get("/desk/beheer")).text
    count = await fail_a_message(desk)
    page = await ada.get("/desk/beheer")
    assert "het kanaal weigert dit bericht" in page.text
    id_ = re.search(r'name="id" value="(\d+)"', page.text)
    assert id_
    page = await ada.post("/desk/beheer/opnieuw", data={"id": id_[1]})
    assert "gaan opnieuw de deur uit" in page.text
    assert len((await desk.store.stuck()).messages) == count - 1
    again = await desk.store.claim_outbox(["telegram"])
    assert [str(one.id) for one in again] == [id_[1]]
    assert ("retry", id_[1]) in [(line["action"], line["object"]) for line in await desk.store.audit_log()]


async def test_everything_that_failed_goes_again_at_once_and_what_was_dropped_on_purpose_does_not(
    ada: Visitor, desk: Desk
):
    await fail_a_message(desk)
    await fail_a_notice(desk)
    await desk.store._write(
        lambda conn: conn.execute(t.outbox.insert(), {
            "lane": "x", "channel": "telegram", "state": "dead", "reason": "stale", "next_at": 1, "created_at": 1,
        })
    )  # fmt: skip
    page = await ada.get("/desk/beheer")
    assert "1 mail aan coaches" in page.text
    await ada.post("/desk/beheer/opnieuw", data={"id": "all"})
    stuck = await desk.store.stuck()
    assert (stuck.total, stuck.notices) == (0, 0)
    states = await desk.store.outbox_counts()
    assert states["dead"] == 1


async def fail_a_notice(desk: Desk) -> None:
    row = {"key": "k", "kind": "digest", "audience": "team:x", "state": "dead", "due_at": 1, "attempts": 3}
    await desk.store._write(lambda conn: conn.execute(t.notice.insert(), row))


@pytest.mark.parametrize("raw", ["", "x", "-1", "9" * 40, "١", "4711"])
async def test_a_message_that_is_none_is_not_tried(ada: Visitor, raw: str):
    assert "fout=unknown" in str((await ada.post("/desk/beheer/opnieuw", data={"id": raw})).url)


async def test_a_team_must_stand_in_desk_yaml(ada: Visitor, desk: Desk):
    known = desk.content.knowledge.desk.teams[0].id
    me = (await staff(desk, "sanne")).id
    data = {"do": "save", "role": "coach", "teams": "verzonnen", "max": "12"}
    page = await ada.post(f"/desk/beheer/coach/{me}", data=data)
    assert page.status_code == 422
    assert "bestaat niet" in page.text
    await ada.post(f"/desk/beheer/coach/{me}", data=data | {"teams": f" {known} ,"})
    assert (await staff(desk, "sanne")).teams == (known,)
    assert (await staff(desk, "sanne")).max_cases == 12
    for most in ("0", "1000", "veel", "-3"):
        assert (await ada.post(f"/desk/beheer/coach/{me}", data=data | {"teams": "", "max": most})).status_code == 422


async def test_saving_without_a_change_of_role_logs_nobody_out(ada: Visitor, sanne: Visitor, desk: Desk):
    me = (await staff(desk, "sanne")).id
    await ada.post(f"/desk/beheer/coach/{me}", data={"do": "save", "role": "coach", "teams": ""})
    assert (await sanne.get("/desk")).url.path == "/desk"
    await ada.post(f"/desk/beheer/coach/{me}", data={"do": "save", "role": "auditor", "teams": ""})
    assert (await sanne.get("/desk")).url.path == "/desk/login"


async def test_a_lost_phone_is_helped_by_another_administrator_only(ada: Visitor, sanne: Visitor, desk: Desk):
    for name in ("sanne", "ada"):
        await desk.store.set_totp((await staff(desk, name)).id, pyotp.random_base32())
    await ada.post(f"/desk/beheer/coach/{(await staff(desk, 'sanne')).id}", data={"do": "code"})
    assert not (await staff(desk, "sanne")).totp
    assert (await sanne.get("/desk")).url.path == "/desk/login"
    page = await ada.post(f"/desk/beheer/coach/{(await staff(desk, 'ada')).id}", data={"do": "code"})
    assert page.status_code == 422
    assert (await staff(desk, "ada")).totp
    assert "staff_code" in {line["action"] for line in await desk.store.audit_log()}


async def test_what_desk_yaml_decides_is_shown_and_said_where_it_changes(ada: Visitor, desk: Desk):
    page = await ada.get("/desk/beheer")
    for team in desk.content.knowledge.desk.teams:
        assert team.name in page.text
    for words in ("25 december 2026", "90 dagen", "Doorverwezen", "desk.yaml"):
        assert words in page.text, words


async def test_own_closing_days_stand_between_the_holidays(desk: Desk):
    await desk.choose(Chosen(closed_on=(date(2026, 12, 24), date(2025, 1, 2))))
    days = closing_days(House(desk, Broker(None, None)))  # type: ignore[arg-type]
    assert days[0] == "donderdag 24 december 2026, eigen sluitingsdag"
    assert days[1] == "vrijdag 25 december 2026, feestdag"
    assert not [one for one in days if "2025" in one]


async def test_a_canned_reply_has_a_language_and_its_change_is_logged(ada: Visitor, desk: Desk):
    data = {"key": "hello", "title": "Hello", "text": "Hello there", "language": "en", "do": "save"}
    page = await ada.post("/desk/beheer/tekst", data=data)
    assert "Hello there" in page.text
    assert ("hello", "Hello", "Hello there", "en") in await desk.store.canned(await staff(desk, "sanne"))
    await ada.post("/desk/beheer/tekst", data=data | {"language": "klingon"})
    assert ("hello", "Hello", "Hello there", "nl") in await desk.store.canned(await staff(desk, "sanne"))
    assert ("canned", "hello") in [(line["action"], line["object"]) for line in await desk.store.audit_log()]


async def test_an_administrator_sees_no_name_of_a_visitor(ada: Visitor, visitor: Visitor, desk: Desk):
    await a_case(visitor, desk)
    assert "bakkerij" not in (await ada.get("/desk/beheer")).text
