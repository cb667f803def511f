"""In a real browser: what scripts, keyboards, screens and assistive technology make of the pages."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bot import serve
from bot.drafts import Draft
from bot.web.draft_chat import DraftChat, create_draft_app
from tests.bot.test_drafts import DAY, NOON, edit, make_draft
from tests.web.browsing import IN_A_BROWSER, SMALL, a_case, chrome, client_of, coach_of, desk, screen, whole_desk
from tests.web.screenshots import (
    follow,
    log_in,
    say,
)
from tests.web.serving import Running, running
from tests.web.test_chat import NASTY

__all__ = ["chrome", "desk", "screen", "whole_desk"]

pytestmark = IN_A_BROWSER


def ask_to_be_called(page: Any, url: str) -> None:
    page.goto(f"{url}/chat")
    say(page, "heb een bakkerij met 6 man in tiel")
    page.locator("button[value=call_me]:visible").last.click()
    page.get_by_text("Op welk nummer").last.wait_for()
    say(page, "0612345678")
    say(page, "ochtend")


def test_an_intake_from_first_sentence_to_promise(desk: Running, screen):
    page = screen().page
    ask_to_be_called(page, desk.url)
    page.get_by_text("Een coach belt u uiterlijk").wait_for()
    assert page.locator("#state").inner_text().startswith("Een coach reageert uiterlijk")
    assert page.locator('.msg[data-seq^="-"]').count() == 0


def test_an_intake_with_the_keyboard_only(desk: Running, screen):
    page = screen().page
    page.goto(f"{desk.url}/chat")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#bericht"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "bericht"
    page.keyboard.type("ik heb een bedrijf in Tiel")
    page.keyboard.press("Enter")
    page.locator(".msg.visitor").wait_for()
    page.locator(".msg.bot:not(.past) form.answer").last.wait_for()
    assert page.evaluate("document.activeElement.id") == "bericht", "the focus stays where one types"
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.name") == "press":
            break
    label = page.evaluate("document.activeElement.textContent")
    box = page.evaluate("(({top, bottom}) => [top, bottom])(document.activeElement.getBoundingClientRect())")
    dock = page.evaluate("document.getElementById('dock').getBoundingClientRect().top")
    assert box[1] <= dock + 1, "what has the focus is not behind the box to type in"
    before = page.locator(".msg.visitor").count()
    page.keyboard.press("Enter")
    page.locator(".msg.visitor").nth(before).wait_for()
    assert label in page.locator(".msg.visitor .bubble").last.inner_text()


def test_a_case_with_the_keyboard_only(desk: Running, screen):
    a_case(desk)
    page = screen().page
    page.goto(f"{desk.url}/desk/login")
    page.keyboard.press("Tab")
    page.keyboard.type("sanne")
    page.keyboard.press("Tab")
    page.keyboard.type("een lange zin als wachtwoord")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    reach(page, "Oppakken en bellen")
    page.keyboard.press("Enter")
    page.get_by_text("U hebt deze hulpvraag opgepakt").wait_for()
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "antwoord":
            break
    page.keyboard.type("Ik bel u zo.")
    page.keyboard.press("Control+Enter")
    page.locator("#transcript .msg.coach").wait_for()


def reach(page: Any, words: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if words in (page.evaluate("document.activeElement.textContent") or ""):
            return
    raise AssertionError(f"'{words}' cannot be reached with Tab")


class Stopwatch:
    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self._at = time.perf_counter()

    def lap(self, what: str) -> None:
        print(f"{(time.perf_counter() - self._at) * 1000:6.0f} ms  {what}")
        self.start()


def test_three_people_hand_over_live(desk: Running, screen):
    """With `-s` it says how long each step took, from pressing until the other screen shows it."""
    client, first, second = screen(390, 844).page, screen().page, screen().page
    log_in(first, desk.url, "sanne")
    log_in(second, desk.url, "bilal")
    watch = Stopwatch()
    ask_to_be_called(client, desk.url)
    watch.lap("the visitor asked to be called, from the first sentence to the promise")
    for coach in (first, second):
        coach.locator(".today .who a").first.wait_for(timeout=8000)  # the new case comes by itself
        watch.lap("the new case stands on a coach's screen")
        coach.locator(".today .who a").first.click()
    first.get_by_role("button", name="Oppakken").wait_for()
    watch.start()
    first.get_by_role("button", name="Oppakken").click()
    first.get_by_text("U hebt deze hulpvraag opgepakt").wait_for()
    second.get_by_text("Er is iets veranderd in deze hulpvraag").wait_for(timeout=8000)
    watch.lap("the second coach sees that the case is taken")
    second.get_by_role("button", name="Oppakken").click()
    second.get_by_text("Sanne heeft dit gesprek").wait_for()
    client.get_by_text("U praat nu met coach Sanne").wait_for(timeout=8000)
    watch.lap("the second coach was refused, the visitor reads who is there")
    bots = client.locator(".msg.bot").count()
    first.fill("#antwoord", "Goedemorgen, zal ik u nu bellen?")
    watch.start()
    first.get_by_role("button", name="Verstuur naar klant").click()
    client.get_by_text("zal ik u nu bellen").wait_for(timeout=8000)
    watch.lap("the coach's words stand on the phone")
    client.fill("#bericht", "ja graag, en wat is slim?")
    client.press("#bericht", "Enter")
    client.locator(".msg.visitor", has_text="ja graag").wait_for()
    first.locator("#transcript .msg.visitor", has_text="ja graag").wait_for(timeout=8000)
    watch.lap("the visitor's words stand at the coach")
    assert client.locator(".msg.bot").count() == bots, "after a claim the assistant is silent"
    assert "coach Sanne" in client.locator("#state").inner_text()


def test_a_server_that_went_away_is_said_and_the_text_stays(desk: Running, screen):
    made = screen()
    page = made.page
    page.goto(f"{desk.url}/chat")
    say(page, "hallo")
    page.context.set_offline(True)
    page.fill("#bericht", "dit mag niet weg")
    page.press("#bericht", "Enter")
    page.get_by_text("Geen verbinding").wait_for()
    assert page.input_value("#bericht") == "dit mag niet weg"
    page.context.set_offline(False)
    page.press("#bericht", "Enter")
    page.locator(".msg.visitor", has_text="dit mag niet weg").wait_for()
    made.complaints.clear()  # the browser itself reports the lost connection


def test_what_people_type_is_never_run(desk: Running, screen):
    client, coach = screen().page, screen().page
    client.goto(f"{desk.url}/chat")
    for text in NASTY:
        before = client.locator(".msg.visitor").count()
        client.fill("#bericht", text)
        client.press("#bericht", "Enter")
        client.locator(".msg.visitor").nth(before).wait_for()
        assert client.locator(".msg.visitor .bubble").last.inner_text() == text
    client.reload()
    assert client.locator(".msg.visitor .bubble").all_inner_texts() == list(NASTY)
    asked = client.get_by_text("Op welk nummer").count()  # texts nobody understands lead to the same question
    client.locator("button[value=call_me]:visible").last.click()
    client.get_by_text("Op welk nummer").nth(asked).wait_for()
    say(client, "0612345678")
    client.get_by_text("Wanneer bellen we").last.wait_for()
    say(client, "ochtend")
    client.get_by_text("Een coach belt u").last.wait_for()
    log_in(coach, desk.url)
    coach.locator(".today .who a").first.click()
    coach.locator(".fold summary").click()
    shown = coach.locator(".transcript .msg.visitor .bubble").all_inner_texts()
    assert [text for text in shown if text in NASTY] == list(NASTY)


def test_without_scripts_everything_still_works(desk: Running, screen):
    client, coach = screen(java_script_enabled=False).page, screen(java_script_enabled=False).page
    client.goto(f"{desk.url}/chat")
    client.get_by_role("button", name="Ik heb een bedrijf").click()
    for text in ("bakkerij met 6 man in Tiel", "bel mij", "0612345678", "ochtend"):
        client.fill("#bericht", text)
        client.get_by_role("button", name="Verstuur").click()
    assert "Een coach reageert uiterlijk" in client.locator("#state").inner_text()
    coach.goto(f"{desk.url}/desk/login")
    coach.fill("#login", "sanne")
    coach.fill("#password", "een lange zin als wachtwoord")
    coach.get_by_role("button", name="Log in").click()
    coach.get_by_role("button", name="Oppakken en bellen").click()
    coach.get_by_role("button", name="Gesproken").click()
    coach.fill("#antwoord", "Fijn dat ik u sprak.")
    coach.get_by_role("button", name="Verstuur naar klant").click()
    client.goto(f"{desk.url}/chat")
    client.get_by_text("Fijn dat ik u sprak.").wait_for()


def test_an_idle_screen_is_cleared(desk: Running, screen):
    page = screen().page
    page.clock.install()
    page.goto(f"{desk.url}/chat")
    say(page, "ik woon in Ulft")
    page.clock.fast_forward("14:00")
    page.get_by_text("Over 2 minuten").wait_for()
    page.clock.fast_forward("02:00")
    page.get_by_text("U was even weg").wait_for()
    assert "Ulft" not in page.content()
    assert page.evaluate("JSON.stringify([localStorage.length, sessionStorage.length])") == "[0,0]"


def test_the_chat_works_inside_a_page_of_a_listed_website(screen):
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    with running(embed_origins=(site,)) as desk, a_website(port, desk.url):
        made = screen()
        page = made.page
        page.goto(site)
        frame = page.frame_locator("iframe")
        frame.get_by_text("Ik ben een computer").wait_for()
        frame.locator("#bericht").fill("ik zoek werk in Ulft")
        frame.locator("#bericht").press("Enter")
        frame.locator(".msg.visitor").wait_for()
        frame.locator(".msg.bot").last.wait_for()
        assert not made.context.cookies(desk.url), "an embedded chat sets no cookie"
        page.close()


def test_an_unlisted_website_cannot_show_the_chat(desk: Running, screen):
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    with a_website(port, desk.url):
        made = screen()
        made.page.goto(f"http://127.0.0.1:{port}")
        made.page.wait_for_timeout(500)
        assert made.page.frame_locator("iframe").get_by_text("Ik ben een computer").count() == 0
        made.complaints.clear()  # the browser says that it refused


@contextmanager
def a_website(port: int, desk: str) -> Iterator[None]:
    """Somebody else's page with our one line in it."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f'<html lang="nl"><title>x</title><script src="{desk}/embed.js" defer></script>'.encode())

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_forced_colours_keep_every_border(desk: Running, screen):
    page = screen(forced_colors="active").page
    page.goto(f"{desk.url}/chat")
    say(page, "hallo")
    width = page.evaluate("getComputedStyle(document.querySelector('.msg.bot .bubble')).borderTopWidth")
    assert re.fullmatch(r"[1-9].*px", width)


THEME = """:root {
  --utrecht-button-primary-action-background-color: rgb(91, 33, 182); --utrecht-button-primary-action-color: white;
  --utrecht-document-background-color: rgb(250, 250, 250); --utrecht-document-font-family: serif;
  --utrecht-button-border-radius: 0; --utrecht-link-color: rgb(30, 60, 160);
}"""


def test_a_theme_of_the_nl_design_system_dresses_the_pages(screen, tmp_path: Path):
    (tmp_path / "desk.yaml").write_text("name: Loket Oost\ntokens: theme.css\nlogo: logo.svg\n", encoding="utf-8")
    (tmp_path / "theme.css").write_text(THEME, encoding="utf-8")
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"/>')
    with running(content=tmp_path) as desk:
        page = screen().page
        page.goto(f"{desk.url}/chat")
        style = page.evaluate(
            "(({backgroundColor, borderRadius, fontFamily}) => [backgroundColor, borderRadius, fontFamily])"
            "(getComputedStyle(document.querySelector('.nl-button--primary')))"
        )
        assert style == ["rgb(91, 33, 182)", "0px", "serif"]
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(250, 250, 250)"
        assert page.evaluate("document.querySelector('img.logo').naturalWidth") == 60
        assert "Loket Oost" in page.title()
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 25, 28)"
        page.close()


def test_what_a_client_types_at_a_coachs_question_shows_in_the_sheet(desk: Running, screen):
    code = a_case(desk)
    client, coach = client_of(desk, screen), coach_of(desk, screen, "sanne", code)
    follow(coach, coach.locator("form[action$='/oppakken'] button"))
    ask = coach.locator(".sheet button", has_text="Vraag aan klant").locator("visible=true")
    question = ask.first.get_attribute("value")
    fact = desk.desk.content.knowledge.facts[str(question)]
    follow(coach, ask.first)
    client.get_by_text(fact.question).wait_for(timeout=8000)
    labels = [choice.label for choice in fact.choices.values()] or ["9"]
    client.fill("#bericht", labels[0])
    client.press("#bericht", "Enter")
    coach.locator("#transcript .msg.visitor", has_text=labels[0]).wait_for(timeout=8000)
    coach.get_by_text("De antwoorden op dit blad zijn veranderd").wait_for()
    coach.reload()
    coach.locator(".sheet dd", has_text=labels[0]).first.wait_for()


def test_two_tabs_that_change_one_entry_show_the_conflict(whole_desk: Running, screen):
    first, second = screen().page, screen().page
    log_in(first, whole_desk.url, "noor")
    log_in(second, whole_desk.url, "noor")
    for page in (first, second):
        page.goto(f"{whole_desk.url}/desk/kennis/leeroverzicht")
        page.select_option("#k-status", "paused")
        follow(page, page.get_by_role("button", name="Laat zien wat er verandert"))
    follow(first, first.get_by_role("button", name="Bewaar", exact=True))
    first.get_by_text("Dit geldt vanaf nu").wait_for()
    follow(second, second.get_by_role("button", name="Bewaar", exact=True))
    second.get_by_text("Een collega heeft dit intussen gewijzigd").wait_for()
    assert second.input_value("#k-status") == "paused"
    assert whole_desk.desk.content.knowledge.catalogue["leeroverzicht"].status == "paused"


@contextmanager
def trying(pack: Path) -> Iterator[str]:
    """The page of `loket try --web`, watcher and all."""
    listening = serve.open_local_socket()
    chat = DraftChat(Draft(pack, DAY), lambda: NOON)
    ready = threading.Event()
    server = serve.Server(create_draft_app(chat), ready.set, chat.stop)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    chat.stop()
    server.should_exit = True
    thread.join(10)


def test_a_draft_on_a_phone_with_the_keyboard_follows_what_is_saved(tmp_path: Path, screen):
    pack = make_draft(tmp_path / "draft")
    with trying(pack) as url:
        page = screen(320, 640).page
        page.goto(url)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "bericht"
        edit(pack, "- ask: wish", "- ask: [wish, streat]")
        page.get_by_text("There is no fact 'streat'").wait_for()
        assert "last version" in page.locator("#state").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(SMALL) == []
        edit(pack, "streat", "street")
        page.get_by_text("Nothing is wrong with the draft.").wait_for()
        page.keyboard.type("lassen")
        page.keyboard.press("Enter")
        page.get_by_text("In welke straat woont u?").wait_for()
        below = page.locator("#problems").bounding_box()["y"]
        assert below > page.locator("#dock").bounding_box()["y"], "the problems stand below the chat"
