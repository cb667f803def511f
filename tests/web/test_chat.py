"""The client's chat, as a browser without JavaScript meets it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from bot.desk import Desk
from bot.web.chat import COOKIE
from bot.web.render import has_font
from bot.web.security import hashed
from tests.shipped import shipped
from tests.web.conftest import Visitor, a_case

english = pytest.mark.skipif("en" not in shipped().languages, reason="this content speaks Dutch only")
NASTY = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{7*7}} {% raw %} ${7*7} {naam}",
    "[x](tg://user?id=1) <b>vet</b>",
    "javascript:alert(1)",
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "<!--><iframe src=//example.org>",
)


FONT = 36_000  # bytes of both weights with their style sheet, whether they were fetched for this build or not


async def test_looking_at_the_page_makes_no_conversation_and_no_cookie(visitor: Visitor, desk: Desk):
    page = await visitor.get("/chat")
    assert "Ik ben een computer" in page.text
    assert "Ik zoek werk" in page.text
    assert not visitor.cookies
    assert (await desk.store.figures()).funnel.get("started", 0) == 0


async def test_the_first_page_is_small(visitor: Visitor):
    page = await visitor.get("/chat")
    total = len(page.content)
    for address in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)):
        total += len((await visitor.get(html.unescape(address))).content)
    assert total <= 100_000 - FONT


async def test_the_font_is_as_small_as_that_and_its_address_works(visitor: Visitor):
    fonts = (await visitor.get("/static/fonts.css")).text
    answers = [await visitor.get(f"/static/{one}") for one in re.findall(r'url\("([^"]+)"\)', fonts)]
    if has_font():
        assert [answer.status_code for answer in answers] == [200, 200]
        assert sum(len(answer.content) for answer in answers) <= FONT - len(fonts)
        assert "immutable" in answers[0].headers["cache-control"]
        assert "fonts.css" in (await visitor.get("/chat")).text
    else:
        assert [answer.status_code for answer in answers] == [404, 404]
        assert "fonts.css" not in (await visitor.get("/chat")).text


async def test_a_sentence_is_understood_said_back_and_can_be_changed(visitor: Visitor):
    page = await visitor.say("heb een bakkerij met 6 man in tiel, is er subsidie om ze te scholen")
    assert "Ik lees" in page.text
    assert "Tiel" in page.text
    assert 'name="change" value="company_place"' in page.text


async def test_the_button_of_the_welcome_is_an_answer_to_it(visitor: Visitor):
    page = await visitor.get("/chat")
    press = re.search(r'name="press" value="([^"]+)">Ik heb een bedrijf', page.text)
    assert press
    page = await visitor.post("/chat/zeg", data={"press": press[1]})
    assert page.text.count("Ik heb een bedrijf") >= 2
    assert 'data-sender="visitor"' in page.text


async def test_an_old_button_never_breaks_the_conversation(visitor: Visitor):
    await visitor.say("ik heb een bedrijf")
    for press in ("1:0", "1:3", "0:0", "999:0", "1:999", "2:1"):
        page = await visitor.post("/chat/zeg", data={"press": press})
        assert page.status_code == 200
        assert "Er ging iets mis" not in page.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\x00",
        "🙂",
        "🏳️‍🌈" * 200,
        "a" * 100_000,
        "\u202eomgekeerd",
        "\ud83d".encode("utf-8", "replace").decode(),
    ],
)
async def test_strange_texts_get_a_friendly_page(visitor: Visitor, text: str):
    await visitor.say("hallo")
    page = await visitor.say(text)
    assert page.status_code == 200
    assert "\x00" not in page.text
    assert "Er ging iets mis" not in page.text
    assert 'name="text"' in page.text


@pytest.mark.parametrize("text", NASTY)
async def test_what_a_visitor_types_stays_text(visitor: Visitor, text: str):
    page = await visitor.say(text)
    log = page.text.split('id="log"')[1].split("</ol>")[0]
    said = re.findall(r'<li class="msg visitor.*?<div class="bubble" dir="auto">(.*?)</div>', log, re.S)
    assert any(html.unescape(one).strip() == text for one in said)
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text


async def test_a_message_sent_twice_is_stored_once(visitor: Visitor):
    await visitor.say("hallo", client_msg_id="begin-1234")
    first = await visitor.say("ik heb een bedrijf", client_msg_id="zelfde-1234")
    second = await visitor.say("ik heb een bedrijf", client_msg_id="zelfde-1234")
    assert first.text.count('data-sender="visitor"') == second.text.count('data-sender="visitor"') == 2


async def test_only_the_hash_of_the_token_is_known_to_the_desk(visitor: Visitor, desk: Desk):
    await visitor.say("hallo")
    token = visitor.cookies[COOKIE]
    assert len(token) == 43
    assert await desk.store.conversation_at("web", "", hashed(token)) is not None
    assert await desk.store.conversation_at("web", "", token) is None


async def test_a_made_up_token_opens_nothing(browser: Callable[..., Visitor], visitor: Visitor):
    await visitor.say("mijn geheim is appeltaart")
    stranger = browser()
    for token in ("K-1001", "x" * 43, hashed(visitor.cookies[COOKIE])[:43]):
        stranger.cookies.set(COOKIE, token, domain="127.0.0.1")
        page = await stranger.get("/chat")
        assert "appeltaart" not in page.text
        stranger.cookies.clear()


@english
async def test_the_language_switch_changes_page_and_conversation(visitor: Visitor):
    await visitor.say("hallo")
    page = await visitor.post("/chat/taal", data={"language": "en"})
    assert '<html lang="en"' in page.text
    assert "Ask a coach" in page.text


@english
async def test_an_english_browser_that_knows_no_dutch_reads_english(browser: Callable[..., Visitor]):
    assert "I am a computer" in (await browser(**{"accept-language": "en-GB,en;q=0.9"}).get("/chat")).text
    assert "Ik ben een computer" in (await browser(**{"accept-language": "en-US,en;q=0.9,nl;q=0.8"}).get("/chat")).text


async def test_a_code_carries_the_conversation_to_another_device_once(
    browser: Callable[..., Visitor], visitor: Visitor
):
    await visitor.say("ik zoek werk in Ulft")
    page = await visitor.post("/chat/verder/code")
    code = re.search(r"<strong>([A-Z0-9-]+)</strong>", page.text)
    assert code
    phone, thief = browser(), browser()
    page = await phone.post("/chat/verder", data={"code": code[1]})
    assert "Ulft" in page.text
    page = await thief.post("/chat/verder", data={"code": code[1]})
    assert page.status_code == 422
    assert "Ulft" not in page.text


async def test_erasing_leaves_an_empty_screen_and_nothing_to_come_back_to(visitor: Visitor, desk: Desk):
    await visitor.say("ik zoek werk in Ulft")
    address = hashed(visitor.cookies[COOKIE])
    page = await visitor.post("/chat/wis", data={"what": "all"})
    assert "Uw gesprek is gewist" in page.text
    assert await desk.store.conversation_at("web", "", address) is None
    assert "Ulft" not in (await visitor.get("/chat")).text


async def test_leaving_a_shared_computer_keeps_the_conversation(visitor: Visitor, desk: Desk):
    await visitor.say("ik zoek werk in Ulft")
    address = hashed(visitor.cookies[COOKIE])
    page = await visitor.post("/chat/wis", data={"what": "screen"})
    assert "Dit scherm is leeg" in page.text
    assert await desk.store.conversation_at("web", "", address) is not None
    assert "Ulft" not in (await visitor.get("/chat")).text


async def test_who_waits_for_a_coach_reads_the_promise_on_the_page(visitor: Visitor, desk: Desk):
    code = await a_case(visitor, desk)
    page = await visitor.get("/chat")
    assert f'Uw nummer is <span class="whole">{code}' in page.text
    assert re.search(r"uiterlijk \w+dag \d+ november om \d+\.\d\d uur", page.text)


async def test_the_plan_holds_the_advice_with_source_and_messages_to_oneself(visitor: Visitor):
    await visitor.say("heb een bakkerij met 6 man in tiel, ik wil ze scholen")
    for _ in range(8):
        page = await visitor.get("/chat")
        if 'class="bubble card"' in page.text:
            break
        press = re.findall(r'<div class="choices".*?name="press" value="([^"]+)"', page.text, re.S)
        await visitor.post("/chat/zeg", data={"press": press[0]} if press else {"text": "weet ik niet"})
    page = await visitor.get("/chat/plan")
    assert "Dit kunt u nu doen" in page.text
    assert "Nagekeken op" in page.text
    assert 'href="mailto:?subject=' in page.text
    assert '<svg role="img"' in page.text


async def test_a_flood_gets_one_kind_page_and_keeps_the_text(visitor: Visitor):
    pages = [await visitor.say(f"bericht {number}") for number in range(24)]
    assert pages[-1].status_code == 429
    assert "bericht 23" in pages[-1].text
    assert "Wacht even" in pages[-1].text


async def test_live_answers_carry_only_what_is_new(visitor: Visitor):
    await visitor.say("hallo")
    last = max(int(one) for one in re.findall(r'data-seq="(\d+)"', (await visitor.get("/chat")).text))
    answer = await visitor.post(
        "/chat/zeg", data={"text": "ik heb een bedrijf", "na": str(last)}, headers={"x-loket-live": "1"}
    )
    seqs = [int(one) for one in re.findall(r'data-seq="(\d+)"', answer.text)]
    assert seqs
    assert min(seqs) == last + 1


async def test_my_data_can_be_read_once(visitor: Visitor):
    await visitor.say("ik zoek werk in Ulft")
    page = await visitor.say("mijn gegevens")
    if "/mijn-gegevens/" not in str(page.url):
        page = await visitor.say("ja")
    assert "/mijn-gegevens/" in str(page.url)
    shown = await visitor.post(page.url)
    assert "Ulft" in shown.text
    assert (await visitor.post(page.url)).status_code == 410


async def test_several_choices_are_boxes_and_a_button_that_finishes(visitor: Visitor):
    """Boxes tick without a page load; the choices that did not fit come with one button, ticks included."""
    await visitor.post("/chat/zeg", data={"text": "ik zoek werk", "client_msg_id": "eerste-bericht"})
    page = (await visitor.post("/chat/zeg", data={"text": "wijzig uitkering", "client_msg_id": "tweede-bericht"})).text
    assert 'type="checkbox" name="ids" value="ww"' in page
    assert 'type="checkbox" name="ids" value="!' not in page, "only choices are boxes"
    other = re.search(r'<button[^>]*name="press" value="([\d:]+)"[^>]*>Iets anders', page)
    if other:
        page = (await visitor.post("/chat/zeg", data={"press": other[1], "client_msg_id": "derde-bericht"})).text
    assert 'value="wajong"' in page
    page = (
        await visitor.post(
            "/chat/zeg", data={"ids": ["ww", "wajong"], "chosen": "1", "client_msg_id": "vierde-bericht"}
        )
    ).text
    assert 'value="wajong"' not in page
    assert "Wajong" in page
