"""Staff that log in, and visitors that go on elsewhere."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pyotp
import pytest

from knowledge.problems import LoketError
from storage.keys import code, hashed, token, typed
from storage.staff import check_password, hash_password
from storage.store import Store
from tests.storage.desk import Clock, Visitor, a_coach, counting


async def test_a_login_exists_once_and_its_role_is_known(store: Store) -> None:
    sanne = await store.add_staff("Sanne@Loket.NL ", "Sanne", "coordinator", "hash", ("zorg", "metaal"))
    assert (sanne.login, sanne.teams, sanne.role) == ("sanne@loket.nl", ("zorg", "metaal"), "coordinator")
    assert await store.staff("SANNE@loket.nl") == sanne
    with pytest.raises(LoketError, match="already exists"):
        await store.add_staff("sanne@loket.nl", "Andere Sanne")
    with pytest.raises(LoketError, match="role 'baas'"):
        await store.add_staff("baas", "Baas", "baas")
    with pytest.raises(LoketError, match="cannot set id"):
        await store.change_staff(sanne.id, id="x")


def test_a_password_is_long_and_only_the_right_one_opens() -> None:
    stored = hash_password("een lang wachtwoord")
    assert "wachtwoord" not in stored
    assert check_password(stored, "een lang wachtwoord")
    assert not check_password(stored, "een ander wachtwoord")
    assert not check_password("", "een lang wachtwoord"), "nobody's password is as slow and as wrong"
    with pytest.raises(LoketError, match="12"):
        hash_password("kort")


async def test_a_second_factor_works_once_per_half_minute(store: Store, clock: Clock) -> None:
    sanne = await a_coach(store)
    secret = pyotp.random_base32()
    recovery = await store.set_totp(sanne.id, secret)
    digits = pyotp.TOTP(secret).at(clock.now)
    results = await asyncio.gather(*(store.use_totp(sanne.id, digits) for _ in range(3)))
    assert sorted(results) == [False, False, True]
    clock.tick(seconds=30)
    assert await store.use_totp(sanne.id, pyotp.TOTP(secret).at(clock.now))
    assert not await store.use_totp(sanne.id, pyotp.TOTP(secret).at(clock.now + timedelta(seconds=90)))
    assert not await store.use_totp(sanne.id, digits)
    results = await asyncio.gather(*(store.use_recovery(sanne.id, recovery[0].lower()) for _ in range(2)))
    assert sorted(results) == [False, True]
    assert not await store.use_recovery(sanne.id, "AAAA-BBBB-CCCC")
    found = await store.staff_by_id(sanne.id)
    assert found is not None
    assert found.totp


async def test_a_session_ends_when_its_owner_is_switched_off(store: Store, clock: Clock) -> None:
    sanne = await a_coach(store)
    secret = hashed(token())
    await store.open_session(secret, sanne.id)
    clock.tick(minutes=5)
    await store.touch_session(secret, step_up=True)
    found = await store.session(secret)
    assert found is not None
    assert (found[0].id, found[2], found[3]) == (sanne.id, clock.now, clock.now)
    assert await store.session(hashed("ander")) is None
    await store.change_staff(sanne.id, active=False)
    assert await store.session(secret) is None


async def test_failures_count_for_a_quarter_of_an_hour(store: Store, clock: Clock) -> None:
    for _ in range(3):
        await store.note_failure("sanne|192.0.2")
    assert await store.failures("sanne|192.0.2") == 3
    assert await store.failures("anders|192.0.2") == 0
    clock.tick(minutes=16)
    assert await store.failures("sanne|192.0.2") == 0
    await store.note_failure("sanne|192.0.2")
    await store.clear_failures("sanne|192.0.2")
    assert await store.failures("sanne|192.0.2") == 0


async def test_a_link_works_once_in_time_and_for_its_purpose(store: Store, clock: Clock) -> None:
    link = hashed(token())
    await store.put_link(link, "sanne", clock.now + timedelta(minutes=10))
    assert await store.take_link(link, "invite") is None
    taken = await asyncio.gather(*(store.take_link(link) for _ in range(3)))
    assert sorted(map(str, taken)) == ["None", "None", "sanne"]
    old = hashed(token())
    await store.put_link(old, "sanne", clock.now + timedelta(minutes=10))
    clock.tick(minutes=11)
    assert await store.take_link(old) is None


async def test_a_canned_reply_is_for_its_team(store: Store) -> None:
    await store.put_canned("groet", "Groet", "Goedemorgen!", team="zorg")
    await store.put_canned("groet", "Groet", "Dag!")
    await store.put_canned("groet", "Groet", "Dag daar!")
    assert [text for _, _, text, _ in await store.canned(await a_coach(store, "a", teams=("metaal",)))] == ["Dag daar!"]
    assert len(await store.canned(await a_coach(store, "b"))) == 2
    await store.delete_canned("groet")
    assert len(await store.canned(await a_coach(store, "c"))) == 1


async def test_a_code_carries_a_talk_to_another_device_once(store: Store) -> None:
    web = Visitor(store, "browser-1", channel="web")
    first = await web.says("een", counting)
    secret = await store.make_transfer_code(first.conversation)
    assert await store.resume(secret.lower().replace("-", " "), "telegram", "", "4711") == first.conversation
    phone = Visitor(store, "4711", channel="telegram")
    second = await phone.says("twee", counting)
    assert (second.conversation, second.version) == (first.conversation, 3)
    assert [one.message.text for one in second.outgoing] == ["antwoord 2"]
    log = [one.message.text for one in await store.messages(first.conversation)]
    assert log == ["een", "antwoord 1", "U praat nu verder op een ander apparaat.", "twee", "antwoord 2"]
    assert await store.resume(secret, "web", "", "browser-2") is None
    where = await store.address(first.conversation)
    assert where == ("telegram", "", "4711"), "replies go to the channel last used"


async def test_a_code_is_dead_after_its_time_and_after_five_wrong_tries(store: Store, clock: Clock) -> None:
    talk = (await Visitor(store, "a", channel="web").says()).conversation
    secret = await store.make_transfer_code(talk)
    clock.tick(minutes=11)
    assert await store.resume(secret, "web", "", "b") is None
    secret = await store.make_resume_code(talk)
    for _ in range(5):
        assert await store.resume(code(), "web", "", "gokker") is None
    assert await store.resume(secret, "web", "", "gokker") is None, "too many tries from here"
    assert await store.resume(secret, "web", "", "b") == talk


async def test_resuming_replaces_a_bare_start_but_never_somebody_elses_case(store: Store) -> None:
    from tests.storage.desk import answering
    from tests.storage.test_cases import CALL_ME

    talk = (await Visitor(store, "a", channel="web").says()).conversation
    await Visitor(store, "b", channel="web").says("zomaar")
    assert await store.resume(await store.make_resume_code(talk), "web", "", "b") == talk
    await Visitor(store, "c", channel="web").says("x", answering("age", 1, CALL_ME))
    assert await store.resume(await store.make_resume_code(talk), "web", "", "c") is None


def test_a_typed_code_is_forgiven_its_blanks_and_small_letters() -> None:
    secret = code()
    assert typed(secret.lower().replace("-", "  ")) == secret
    assert len(secret.replace("-", "")) == 16


async def test_a_setting_is_what_was_put_last(store: Store) -> None:
    assert await store.setting("group") == ""
    await store.put_setting("group", "1")
    await store.put_setting("group", "2")
    assert await store.setting("group") == "2"
