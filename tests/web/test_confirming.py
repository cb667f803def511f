"""Proving it once more before what has consequences; a second factor for everybody; what a person may ask of us."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from html import unescape

import httpx
import pyotp
import pytest

from bot.desk import Desk
from bot.web.app import PAGES, create_app
from bot.web.confirming import PROOF
from bot.web.sessions import COOKIE
from tests.web.conftest import HOME, Visitor, a_case, staff
from tests.web.serving import PASSWORD, Clock, a_desk


def clock(desk: Desk) -> Clock:
    assert isinstance(desk.clock, Clock)
    return desk.clock


def hidden(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the form that asks for a proof, as a browser without JavaScript would send them."""
    form = page.text.partition("Bevestig dat u het bent</h1>")[2]
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    }


INVITE = {"login": "emre", "name": "Emre & <b>Co</b>", "role": "coach", "teams": ""}


async def test_right_after_logging_in_nothing_more_is_asked(ada: Visitor):
    assert "/desk/welkom/" in (await ada.post("/desk/beheer/coach", data=INVITE)).text


async def test_later_the_same_form_goes_on_after_a_proof(ada: Visitor, desk: Desk):
    clock(desk).forward(minutes=11)
    page = await ada.post("/desk/beheer/coach", data=INVITE)
    assert page.status_code == 403
    assert await desk.store.staff("emre") is None
    fields = hidden(page)
    assert fields == INVITE
    page = await ada.post("/desk/beheer/coach", data=fields | {PROOF: "een verkeerd wachtwoord"})
    assert page.status_code == 422
    assert "een verkeerd wachtwoord" not in page.text
    old = ada.cookies[COOKIE]
    page = await ada.post("/desk/beheer/coach", data=hidden(page) | {PROOF: PASSWORD})
    assert "/desk/welkom/" in page.text
    assert (await staff(desk, "emre")).name == "Emre & <b>Co</b>"
    assert ada.cookies[COOKIE] != old
    assert "/desk/welkom/" in (await ada.post("/desk/beheer/coach", data=INVITE | {"login": "tweede"})).text


async def test_who_has_a_code_proves_it_with_a_code(ada: Visitor, desk: Desk):
    secret = pyotp.random_base32()
    codes = await desk.store.set_totp((await staff(desk, "ada")).id, secret)
    clock(desk).forward(minutes=11)
    page = await ada.post("/desk/beheer/coach", data=INVITE)
    assert "Code uit uw app" in page.text
    assert (await ada.post("/desk/beheer/coach", data=INVITE | {PROOF: PASSWORD})).status_code == 422
    digits = pyotp.TOTP(secret).at(clock(desk).now)
    assert "/desk/welkom/" in (await ada.post("/desk/beheer/coach", data=INVITE | {PROOF: digits})).text
    clock(desk).forward(minutes=11)
    again = INVITE | {"login": "nog-een"}
    assert (await ada.post("/desk/beheer/coach", data=again | {PROOF: digits})).status_code == 422
    assert "/desk/welkom/" in (await ada.post("/desk/beheer/coach", data=again | {PROOF: codes[0]})).text


async def test_five_wrong_proofs_end_the_session(ada: Visitor, desk: Desk):
    clock(desk).forward(minutes=11)
    for _ in range(5):
        page = await ada.post("/desk/bevestig", data={PROOF: "raden", "next": "/desk/beheer"})
    assert page.url.path == "/desk/login"
    assert (await ada.get("/desk/beheer")).url.path == "/desk/login"
    assert "confirm_failed" in {line["action"] for line in await desk.store.audit_log()}


async def test_a_page_that_takes_data_out_leads_through_the_question_and_back(noor: Visitor, desk: Desk):
    await a_case(noor, desk)
    clock(desk).forward(minutes=11)
    page = await noor.get("/desk/p/K-1/gegevens")
    assert page.url.path == "/desk/bevestig"
    page = await noor.post("/desk/bevestig", data=hidden(page) | {PROOF: PASSWORD})
    assert page.url.path == "/desk/p/K-1/gegevens"


@pytest.mark.parametrize("target", ["https://elders.example", "//elders.example", "/chat", "/desk\\x"])
async def test_confirming_never_leads_to_another_website(ada: Visitor, desk: Desk, target: str):
    clock(desk).forward(minutes=11)
    page = await ada.post("/desk/bevestig", data={PROOF: PASSWORD, "next": target}, follow_redirects=False)
    assert page.headers["location"] == "/desk?ok=proven"


async def test_who_has_no_password_hears_where_to_choose_one(ada: Visitor, desk: Desk):
    from bot.web.security import hashed

    me = await desk.store.add_staff("demo", "Demo", "admin")
    await desk.store.open_session(hashed("x" * 43), me.id, clock(desk).now, method="link")
    ada.cookies.set(COOKIE, "x" * 43, domain="127.0.0.1")
    page = await ada.post("/desk/beheer/coach", data=INVITE)
    assert page.status_code == 403
    assert "Kies er eerst een bij Mijn account" in page.text


async def test_a_file_is_fetched_from_its_page_after_the_proof(browser: Callable[..., Visitor], desk: Desk):
    otto = browser()
    await otto.log_in("otto")
    clock(desk).forward(minutes=11)
    page = await otto.get("/desk/logboek.csv?wat=login")
    page = await otto.post("/desk/bevestig", data=hidden(page) | {PROOF: PASSWORD})
    assert str(page.url).endswith("/desk/logboek?wat=login&ok=proven")
    assert (await otto.get("/desk/logboek.csv?wat=login")).headers["content-type"].startswith("text/csv")


async def test_a_form_sent_after_the_session_ended_says_where_the_text_is(sanne: Visitor, desk: Desk):
    clock(desk).forward(minutes=31)
    page = await sanne.post("/desk/nieuw", data={}, headers={"accept": "text/html,*/*"})
    assert page.status_code == 401
    assert "wat u schreef, staat daar nog" in page.text
    assert (await sanne.post("/desk/blijf")).text == "Log eerst in."


async def test_saying_to_be_there_keeps_a_session_but_not_beyond_a_working_day(sanne: Visitor, desk: Desk):
    for _ in range(21):
        clock(desk).forward(minutes=28)
        last = await sanne.post("/desk/blijf")
        assert last.status_code == 204
    assert int(last.headers["x-session"]) < 30 * 60
    clock(desk).forward(minutes=28)
    assert (await sanne.post("/desk/blijf")).status_code == 401


def test_everything_with_consequences_asks_for_a_proof():
    asking = {(page.path, page.methods[0]) for page in PAGES if page.confirm}
    assert asking >= {
        ("/desk/p/{code}/gegevens", "GET"), ("/desk/p/{code}/gegevens.json", "GET"), ("/desk/p/{code}/wissen", "POST"),
        ("/desk/beheer/coach", "POST"), ("/desk/beheer/coach/{id}", "POST"), ("/desk/logboek.csv", "GET"),
    }  # fmt: skip


# ---- what a person may ask ----


async def test_a_coordinator_gives_somebody_their_data_and_the_log_knows(noor: Visitor, visitor: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    page = await noor.get(f"/desk/p/{code}/gegevens")
    assert "heb een bakkerij" in page.text
    file = await noor.get(f"/desk/p/{code}/gegevens.json")
    assert "attachment" in file.headers["content-disposition"]
    assert json.loads(file.text)["cases"][0]["code"] == code
    lines = [(line["action"], line["object"]) for line in await desk.store.audit_log()]
    assert lines.count(("export_person", code)) == 2


async def test_a_person_is_erased_only_after_a_tick_and_the_code(noor: Visitor, visitor: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    assert code in (await noor.get(f"/desk/p/{code}/wissen")).text
    for form in ({}, {"sure": "1"}, {"sure": "1", "typed": "K-1"}, {"typed": code}):
        page = await noor.post(f"/desk/p/{code}/wissen", data=form)
        assert page.status_code == 422
        assert "Er is niets gewist" in page.text
    page = await noor.post(f"/desk/p/{code}/wissen", data={"sure": "1", "typed": code.lower() + " "})
    assert "Alles van deze persoon is gewist" in page.text
    assert (await noor.get(f"/desk/p/{code}/gegevens")).status_code == 404
    assert "bakkerij" not in (await visitor.get("/chat")).text
    assert ("erase_person", code) in [(line["action"], line["object"]) for line in await desk.store.audit_log()]


async def test_a_coach_is_not_offered_what_a_coach_may_not_do(sanne: Visitor, visitor: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    assert "wissen" not in (await sanne.get(f"/desk/p/{code}")).text


# ---- a second factor for everybody ----


@pytest.fixture
async def strict() -> AsyncIterator[tuple[Desk, Visitor]]:
    async with a_desk(second_factor="required") as desk:
        transport = httpx.ASGITransport(app=create_app(desk))
        async with Visitor(
            transport=transport, base_url=HOME, follow_redirects=True, headers={"origin": HOME}
        ) as visitor:
            yield desk, visitor


async def test_a_coach_without_a_code_sets_it_before_anything_else(strict: tuple[Desk, Visitor]):
    desk, visitor = strict
    page = await visitor.log_in("sanne")
    assert page.url.path == "/desk/account"
    assert "Stel eerst een controlecode in" in page.text
    for path in ("/desk", "/desk/inbox", "/desk/agenda", "/desk/zoek?q=a", "/desk/cijfers"):
        assert (await visitor.get(path)).url.path == "/desk/account", path
    assert (await visitor.post("/desk/nieuw", data={})).url.path == "/desk/account"
    secret = re.search(r'name="secret" value="([A-Z2-7]+)"', page.text)
    assert secret
    digits = pyotp.TOTP(secret[1]).at(clock(desk).now)
    page = await visitor.post("/desk/account/code", data={"secret": secret[1], "code": digits})
    assert "Bewaar deze herstelcodes" in page.text
    assert (await visitor.get("/desk")).url.path == "/desk"
    clock(desk).forward(minutes=1)
    off = await visitor.post("/desk/account/code/uit", data={"code": pyotp.TOTP(secret[1]).at(clock(desk).now)})
    assert off.status_code == 422
    assert (await staff(desk, "sanne")).totp


async def test_logging_out_is_always_possible(strict: tuple[Desk, Visitor]):
    _, visitor = strict
    await visitor.log_in("ada")
    assert (await visitor.post("/desk/uit")).url.path == "/desk/login"


async def test_fresh_recovery_codes_replace_the_old_ones(sanne: Visitor, desk: Desk):
    me, secret = await staff(desk, "sanne"), pyotp.random_base32()
    old = await desk.store.set_totp(me.id, secret)
    assert (await sanne.post("/desk/account/herstelcodes", data={"code": "000000"})).status_code == 422
    page = await sanne.post("/desk/account/herstelcodes", data={"code": pyotp.TOTP(secret).at(clock(desk).now)})
    fresh = re.findall(r"<li><code>([^<]+)</code>", page.text)
    assert len(fresh) == 8
    assert not await desk.store.use_recovery(me.id, old[0])
    assert await desk.store.use_recovery(me.id, fresh[0])
    for code in fresh[1:6]:
        await desk.store.use_recovery(me.id, code)
    assert "U hebt nog 2 herstelcodes" in (await sanne.get("/desk/account")).text
