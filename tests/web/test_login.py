"""Coming in at the desk, and staying out."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from bot.desk import Desk
from bot.web.house import House
from bot.web.login import COOKIE, make_link
from bot.web.security import hashed
from bot.web.sse import Broker
from tests.web.conftest import Visitor, staff
from tests.web.serving import PASSWORD, Clock


def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


async def nothing(*_: object) -> dict[str, object]:
    return {}


def a_house(desk: Desk) -> House:
    return House(desk, Broker(nothing, nothing))  # type: ignore[arg-type]


async def test_a_right_password_opens_the_desk(visitor: Visitor):
    page = await visitor.log_in("sanne")
    assert page.url.path == "/desk"
    assert "Vandaag" in page.text


@pytest.mark.parametrize(("name", "password"), [("sanne", "verkeerd"), ("niemand", PASSWORD), ("", ""), ("sanne", "")])
async def test_a_wrong_pair_says_nothing_about_which_half_was_wrong(visitor: Visitor, name: str, password: str):
    page = await visitor.post("/desk/login", data={"login": name, "password": password})
    assert page.status_code == 422
    assert "horen niet bij elkaar" in page.text
    assert COOKIE not in visitor.cookies


async def test_ten_wrong_tries_lock_that_network_and_nobody_else(browser: Callable[..., Visitor], desk: Desk):
    guesser, sanne = browser(), browser()
    sanne._transport._client = ("198.51.100.7", 1)  # type: ignore[attr-defined]
    sanne._transport.client = ("198.51.100.7", 1)  # type: ignore[attr-defined]
    for _ in range(10):
        await guesser.post("/desk/login", data={"login": "sanne", "password": "raden"})
    assert (await guesser.log_in("sanne")).status_code == 429
    assert (await sanne.log_in("sanne")).url.path == "/desk"
    clock(desk).forward(minutes=16)
    assert (await guesser.log_in("sanne")).url.path == "/desk"


async def test_the_second_factor_is_asked_and_works_once(visitor: Visitor, browser: Callable[..., Visitor], desk: Desk):
    secret = pyotp.random_base32()
    me = await staff(desk, "sanne")
    codes = await desk.store.set_totp(me.id, secret)
    page = await visitor.log_in("sanne")
    assert page.url.path == "/desk/login/code"
    assert COOKIE not in visitor.cookies
    assert (await visitor.get("/desk")).url.path == "/desk/login"
    assert (await visitor.post("/desk/login/code", data={"code": "000000"})).status_code == 422
    digits = pyotp.TOTP(secret).at(clock(desk).now)
    assert (await visitor.post("/desk/login/code", data={"code": digits})).url.path == "/desk"
    other = browser()
    await other.log_in("sanne")
    assert (await other.post("/desk/login/code", data={"code": digits})).status_code == 422
    assert (await other.post("/desk/login/code", data={"code": codes[0]})).url.path == "/desk"
    third = browser()
    await third.log_in("sanne")
    assert (await third.post("/desk/login/code", data={"code": codes[0]})).status_code == 422


async def test_a_session_ends_when_idle_and_after_a_working_day(sanne: Visitor, desk: Desk):
    clock(desk).forward(minutes=29)
    assert (await sanne.get("/desk")).url.path == "/desk"
    clock(desk).forward(minutes=31)
    assert (await sanne.get("/desk")).url.path == "/desk/login"
    await sanne.log_in("sanne")
    for _ in range(21):
        clock(desk).forward(minutes=29)
        page = await sanne.get("/desk")
    assert page.url.path == "/desk/login"


async def test_logging_in_again_makes_the_old_token_useless(
    sanne: Visitor, desk: Desk, browser: Callable[..., Visitor]
):
    old = sanne.cookies[COOKIE]
    await sanne.log_in("sanne")
    assert sanne.cookies[COOKIE] != old
    assert await desk.store.session(hashed(old)) is None


async def test_logging_out_ends_the_session_here_and_on_the_server(sanne: Visitor, desk: Desk):
    token = sanne.cookies[COOKIE]
    await sanne.post("/desk/uit")
    assert await desk.store.session(hashed(token)) is None
    assert (await sanne.get("/desk")).url.path == "/desk/login"


async def test_a_coach_who_is_switched_off_is_out_at_the_next_click(sanne: Visitor, desk: Desk):
    await desk.store.change_staff((await staff(desk, "sanne")).id, active=False)
    assert (await sanne.get("/desk")).url.path == "/desk/login"


@pytest.mark.parametrize(
    "target",
    ["https://elders.example", "//elders.example", "/desk\\..\\x", "/chat", "javascript:alert(1)", "/deskundig"],
)
async def test_login_never_leads_to_another_website(visitor: Visitor, target: str):
    answer = await visitor.post(
        "/desk/login", data={"login": "sanne", "password": PASSWORD, "next": target}, follow_redirects=False
    )
    assert answer.headers["location"] == "/desk"


async def test_login_leads_back_to_the_page_that_was_asked_for(visitor: Visitor):
    page = await visitor.get("/desk/inbox?tab=all")
    hidden = re.search(r'name="next" value="([^"]+)"', page.text)
    assert hidden
    page = await visitor.post("/desk/login", data={"login": "sanne", "password": PASSWORD, "next": hidden[1]})
    assert str(page.url).endswith("/desk/inbox?tab=all")


async def test_the_printed_link_opens_the_desk_once_and_only_on_this_machine(
    browser: Callable[..., Visitor], desk: Desk
):
    link = await make_link(a_house(desk), (await staff(desk, "sanne")).id)
    path = "/desk/open/" + link.rpartition("/")[2]
    far = browser()
    far._transport.client = ("198.51.100.7", 1)  # type: ignore[attr-defined]
    assert (await far.get(path)).status_code == 410
    assert (await browser().get(path)).url.path == "/desk"
    assert (await browser().get(path)).status_code == 410


async def test_an_old_link_is_no_link(browser: Callable[..., Visitor], desk: Desk):
    link = await make_link(a_house(desk), (await staff(desk, "sanne")).id, life=timedelta(minutes=5))
    clock(desk).forward(minutes=6)
    assert (await browser().get("/desk/open/" + link.rpartition("/")[2])).status_code == 410


async def test_an_invited_coach_chooses_a_password(browser: Callable[..., Visitor]):
    ada, new = browser(), browser()
    await ada.log_in("ada")
    page = await ada.post("/desk/beheer/coach", data={"login": "Emre@desk.example", "name": "Emre", "role": "coach"})
    link = re.search(r"/desk/welkom/[\w-]+", page.text)
    assert link
    assert (await new.post(link[0], data={"password": "kort"})).status_code == 422
    assert (await new.post(link[0], data={"password": "een heel eigen zin"})).url.path == "/desk"
    assert (await browser().get(link[0])).status_code == 410, "a used link asks for no password"
    assert (await browser().post(link[0], data={"password": "een heel andere zin"})).status_code == 410
    again = await browser().post("/desk/login", data={"login": "emre@desk.example", "password": "een heel eigen zin"})
    assert again.url.path == "/desk"


async def test_a_coach_turns_the_second_factor_on_and_keeps_recovery_codes(sanne: Visitor, desk: Desk):
    page = await sanne.get("/desk/account?code=nieuw")
    secret = re.search(r'name="secret" value="([A-Z2-7]+)"', page.text)
    assert secret
    wrong = await sanne.post("/desk/account/code", data={"secret": secret[1], "code": "000000"})
    assert wrong.status_code == 422
    page = await sanne.post(
        "/desk/account/code", data={"secret": secret[1], "code": pyotp.TOTP(secret[1]).at(clock(desk).now)}
    )
    assert "Bewaar deze herstelcodes" in page.text
    assert (await staff(desk, "sanne")).totp


async def test_changing_a_password_needs_the_old_one_and_ends_other_sessions(
    sanne: Visitor, browser: Callable[..., Visitor]
):
    other = browser()
    await other.log_in("sanne")
    data = {"old": "verkeerd", "new": "een nieuwe lange zin"}
    assert (await sanne.post("/desk/account/wachtwoord", data=data)).status_code == 422
    page = await sanne.post("/desk/account/wachtwoord", data=data | {"old": PASSWORD})
    assert page.url.path == "/desk/account"
    assert (await other.get("/desk")).url.path == "/desk/login"


async def test_logins_and_failures_are_in_the_log_without_what_was_typed(visitor: Visitor, desk: Desk):
    await visitor.post("/desk/login", data={"login": "sanne", "password": "mijn geheim"})
    await visitor.log_in("sanne")
    lines = await desk.store.audit_log()
    assert {"login", "login_failed"} <= {line["action"] for line in lines}
    assert "geheim" not in str(lines)


def from_network(visitor: Visitor, host: str) -> Visitor:
    visitor._transport.client = (host, 1)  # type: ignore[attr-defined]
    return visitor


async def guess(visitor: Visitor, name: str, times: int) -> None:
    for _ in range(times):
        await visitor.post("/desk/login", data={"login": name, "password": "raden"})


async def test_a_whole_office_behind_one_address_gets_in_while_one_account_is_guessed_at(
    browser: Callable[..., Visitor],
):
    office = "203.0.113.9"
    sanne = from_network(browser(), office)
    assert (await sanne.log_in("sanne")).url.path == "/desk"  # some morning before
    await guess(from_network(browser(), office), "sanne", 30)
    for name in ("bilal", "noor", "otto"):
        assert (await from_network(browser(), office).log_in(name)).url.path == "/desk"
    assert (
        await sanne.log_in("sanne")
    ).url.path == "/desk"  # her own device is known, though the guesser sits beside her
    assert (await from_network(browser(), office).log_in("sanne")).status_code == 429


async def test_guessing_from_many_places_locks_new_devices_and_not_the_owner(
    browser: Callable[..., Visitor], desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.web.trying.ACCOUNT", 12)
    sanne = browser()
    await sanne.log_in("sanne")
    for place in range(4):
        await guess(from_network(browser(), f"198.51.{place}.1"), "sanne", 3)
    elsewhere = from_network(browser(), "192.0.2.1")
    assert (await elsewhere.log_in("sanne")).status_code == 429
    assert (await sanne.log_in("sanne")).url.path == "/desk"
    assert (await from_network(browser(), "192.0.2.1").log_in("bilal")).url.path == "/desk"
    clock(desk).forward(minutes=16)
    assert (await elsewhere.log_in("sanne")).url.path == "/desk"


async def test_trying_one_password_on_many_names_is_slowed_down_per_network(
    browser: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.web.trying.NETWORK", 20)
    known, sprayer = from_network(browser(), "203.0.113.9"), from_network(browser(), "203.0.113.77")
    await known.log_in("sanne")
    for number in range(10):
        await guess(sprayer, f"naam{number}", 2)
    assert (await sprayer.log_in("bilal")).status_code == 429
    assert (await known.log_in("sanne")).url.path == "/desk"
    assert (await from_network(browser(), "192.0.2.1").log_in("bilal")).url.path == "/desk"


async def test_a_known_device_may_not_guess_without_end_either(sanne: Visitor):
    await guess(sanne, "sanne", 10)
    assert (await sanne.log_in("sanne")).status_code == 429


async def test_people_see_where_they_are_logged_in_and_end_it(browser: Callable[..., Visitor], desk: Desk):
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    here, other, bilal = browser(), browser(**{"user-agent": agent}), browser()
    for one, name in ((here, "sanne"), (other, "sanne"), (bilal, "bilal")):
        await one.log_in(name)
    page = await here.get("/desk/account")
    assert "Firefox op Windows" in page.text
    assert page.text.count("dit apparaat") == 1
    handle = re.search(r'name="handle" value="([0-9a-f]{16})"', page.text)
    assert handle
    assert (await bilal.post("/desk/account/apparaat", data={"handle": handle[1]})).status_code == 200
    assert (await other.get("/desk")).url.path == "/desk"  # nobody ends somebody else's
    await here.post("/desk/account/apparaat", data={"handle": handle[1]})
    assert (await other.get("/desk")).url.path == "/desk/login"
    await other.log_in("sanne")
    await here.post("/desk/account/apparaat", data={"handle": "all"})
    assert (await other.get("/desk")).url.path == "/desk/login"
    assert (await here.get("/desk")).url.path == "/desk"
    for handle_ in ("", "%", "x" * 16, "0" * 64):
        assert "fout=unknown" in str((await here.post("/desk/account/apparaat", data={"handle": handle_})).url)


async def test_an_invitation_names_who_it_is_for_and_keeps_a_second_factor(browser: Callable[..., Visitor], desk: Desk):
    me = await staff(desk, "sanne")
    path = "/desk/welkom/" + (await make_link(a_house(desk), me.id, "invite")).rpartition("/")[2]
    assert "Welkom, <bdi>Sanne</bdi>" in (await browser().get(path)).text
    await desk.store.set_totp(me.id, pyotp.random_base32())
    visitor = browser()
    page = await visitor.post(path, data={"password": "een heel eigen zin"})
    assert page.url.path == "/desk/login/code"
    assert COOKIE not in visitor.cookies


async def test_twenty_wrong_passwords_at_once_keep_nobody_waiting(browser: Callable[..., Visitor], desk: Desk):
    """RELIABILITY B4: while twenty passwords are checked, other pages answer within half a second (p95)."""
    guessers, client = [browser() for _ in range(20)], browser()
    await client.say("hallo")

    async def guess(number: int, guesser: Visitor) -> int:
        guesser._transport.client = (f"198.51.{number}.7", 1)  # type: ignore[attr-defined]
        return (await guesser.post("/desk/login", data={"login": "sanne", "password": "raden"})).status_code

    guessing = asyncio.gather(*(guess(number, one) for number, one in enumerate(guessers)))
    waited = []
    while not guessing.done():
        began = time.perf_counter()
        answer = await (client.get("/chat") if len(waited) % 2 else client.say("nee"))
        waited.append(time.perf_counter() - began)
        assert answer.status_code in (200, 429)
        await asyncio.sleep(0)
    assert await guessing == [422] * 20
    assert sorted(waited)[int(len(waited) * 0.95)] < 0.5, f"{len(waited)} pages, the slowest took {max(waited):.2f} s"
