"""Being logged in, and what those who watch over the desk read: the same on every database."""

from __future__ import annotations

from datetime import timedelta

import pyotp

from storage import tables as t
from storage.keys import hashed
from storage.oversight import LogFilter
from storage.store import Store
from tests.storage.desk import Clock, a_coach


async def test_a_session_knows_how_somebody_came_in_and_on_what(store: Store, clock: Clock) -> None:
    who = await a_coach(store)
    await store.open_session(hashed("een"), who.id, method="oidc", strong=True, device="Firefox op Windows")
    found = await store.desk_session(hashed("een"))
    assert found is not None
    assert (found.method, found.strong, found.device, found.confirmed) == ("oidc", True, "Firefox op Windows", None)
    assert found.staff.id == who.id
    await store.change_staff(who.id, active=False)
    assert await store.desk_session(hashed("een")) is None


async def test_a_fresh_proof_replaces_the_token(store: Store) -> None:
    who = await a_coach(store)
    await store.open_session(hashed("oud"), who.id)
    await store.confirm_session(hashed("oud"), hashed("nieuw"))
    assert await store.desk_session(hashed("oud")) is None
    found = await store.desk_session(hashed("nieuw"))
    assert found is not None
    assert found.confirmed is not None


async def test_one_session_ends_or_all_but_one_and_nobody_elses(store: Store) -> None:
    who, other = await a_coach(store), await a_coach(store, "bilal")
    for name in ("een", "twee", "drie"):
        await store.open_session(hashed(name), who.id)
    await store.open_session(hashed("vier"), other.id)
    assert len(await store.sessions_of(who)) == 3
    handle = hashed("een")[:16]
    assert await store.end_sessions(other.id, handle=handle) == 0
    assert await store.end_sessions(who.id, handle="%") == 0
    assert await store.end_sessions(who.id, handle=handle) == 1
    assert await store.end_sessions(who.id, but=hashed("twee")) == 1
    assert [one.handle for one in await store.sessions_of(who)] == [hashed("twee")[:16]]
    assert len(await store.sessions_of(other)) == 1


async def test_a_subject_belongs_to_one_person_until_it_is_let_go(store: Store) -> None:
    who = await a_coach(store)
    assert await store.staff_by_subject("") is None
    assert await store.link_subject(who.id, "s-1")
    assert await store.link_subject(who.id, "s-1")
    assert not await store.link_subject(who.id, "s-2")
    found = await store.staff_by_subject("s-1")
    assert found is not None
    assert found.id == who.id
    assert await store.is_linked(who.id)
    await store.link_subject(who.id, "")
    assert not await store.is_linked(who.id)
    assert await store.link_subject(who.id, "s-2")


async def test_recovery_codes_are_made_for_who_has_a_second_factor(store: Store) -> None:
    who = await a_coach(store)
    assert await store.new_recovery(who.id) == ()
    old = await store.set_totp(who.id, pyotp.random_base32())
    fresh = await store.new_recovery(who.id)
    assert await store.recovery_left(who.id) == len(fresh) == 8
    assert not await store.use_recovery(who.id, old[0])
    assert await store.use_recovery(who.id, fresh[0])
    assert await store.recovery_left(who.id) == 7


async def test_the_log_is_read_in_pages_newest_first(store: Store, clock: Clock) -> None:
    for number in range(7):
        await store.audit("sanne" if number % 2 else "bilal", "open_case", f"K-{number}")
        clock.now += timedelta(hours=1)
    page = await store.log_page(LogFilter(), limit=3)
    assert ([one.subject for one in page.lines], page.total) == (["K-6", "K-5", "K-4"], 7)
    assert page.actions == ("open_case",)
    assert [one.subject for one in (await store.log_page(LogFilter(), limit=3, offset=6)).lines] == ["K-0"]
    assert (await store.log_page(LogFilter(actor="sanne"))).total == 3
    assert (await store.log_page(LogFilter(subject="K-2"))).total == 1
    assert (await store.log_page(LogFilter(action="login"))).total == 0
    since = page.lines[-1].at
    assert (await store.log_page(LogFilter(since=since))).total == 3
    assert (await store.log_page(LogFilter(since=since, until=since + timedelta(minutes=1)))).total == 1


async def test_what_failed_is_listed_and_put_back_in_line(store: Store) -> None:
    row = {"lane": "x", "channel": "telegram", "state": "dead", "next_at": 1, "created_at": 1, "done_at": 2}
    for reason in ("bad", "stale", "restored", "lost twice"):
        await store._write(
            lambda conn, reason=reason: conn.execute(t.outbox.insert(), {**row, "reason": reason}) and None  # type: ignore[misc]
        )
    stuck = await store.stuck()
    assert [one.reason for one in stuck.messages] == ["lost twice", "bad"]
    assert (stuck.total, stuck.notices, stuck.set_aside) == (2, 0, 0)
    assert await store.retry_stuck(stuck.messages[0].id) == 1
    assert await store.retry_stuck(stuck.messages[0].id) == 0
    assert await store.retry_stuck() == 1
    assert (await store.stuck()).total == 0
    assert (await store.outbox_counts())["dead"] == 2
