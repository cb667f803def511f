"""The rules that must hold between people, in browsers of their own: who speaks, who may send, and that nothing is lost
or said twice."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import bot.desk
from flows.events import Said
from tests.web.browsing import IN_A_BROWSER, a_case, chrome, client_of, coach_of, desk, screen
from tests.web.screenshots import follow
from tests.web.serving import Running, running

__all__ = ["chrome", "desk", "screen"]

pytestmark = IN_A_BROWSER
OUTCOME = re.compile("^U hebt deze hulpvraag opgepakt|heeft dit gesprek om")


def numbers(page: Any) -> list[int]:
    return [int(one) for one in page.locator(".log .msg").evaluate_all("all => all.map((one) => one.dataset.seq)")]


def test_of_two_who_press_at_once_one_wins_and_the_desk_says_nothing_after(
    desk: Running, screen: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    making, go_on, step = threading.Event(), threading.Event(), bot.desk.step

    def slow(content: Any, world: Any, state: Any, event: Any, now: Any) -> Any:
        turn = step(content, world, state, event, now)
        if event == Said("en wat is slim?"):
            making.set()
            go_on.wait(10)
        return turn

    code = a_case(desk)
    client = client_of(desk, screen)
    coaches = [coach_of(desk, screen, name, code) for name in ("sanne", "bilal")]
    monkeypatch.setattr(bot.desk, "step", slow)
    client.fill("#bericht", "en wat is slim?")
    client.press("#bericht", "Enter")
    assert making.wait(10), "an answer of the desk is being made"
    for coach in coaches:
        coach.locator("form[action$='/oppakken'] button").click(no_wait_after=True)
    go_on.set()
    client.get_by_text("U praat nu met coach").wait_for()
    told = sorted(coach.get_by_text(OUTCOME).first.inner_text() for coach in coaches)
    assert [one.startswith("U hebt deze hulpvraag opgepakt") for one in told] == [False, True], told
    assert re.match(r"(Sanne|Bilal) heeft dit gesprek om \d+\.\d\d opgepakt\. Er is niets verstuurd", told[0])
    say_and_wait(client, "en wat is een voucher?")
    senders = client.locator(".log .msg").evaluate_all("all => all.map((one) => one.dataset.sender)")
    claimed = len(senders) - 1 - senders[::-1].index("system")
    assert "bot" in senders[:claimed]
    assert "bot" not in senders[claimed:], "after a claim the assistant is silent"


def say_and_wait(client: Any, text: str) -> None:
    client.fill("#bericht", text)
    client.press("#bericht", "Enter")
    client.locator(".msg.visitor", has_text=text).wait_for()


def test_only_the_owner_sends_and_a_lost_claim_keeps_the_draft(desk: Running, screen: Callable[..., Any]):
    code = a_case(desk)
    client = client_of(desk, screen)
    first, second = (coach_of(desk, screen, name, code) for name in ("sanne", "bilal"))
    follow(first, first.locator("form[action$='/oppakken'] button"))
    first.fill("#antwoord", "Dit wilde ik net vertellen.")
    follow(second, second.locator("form[action$='/oppakken'] button"))  # too late
    second.get_by_text("Sanne heeft dit gesprek").wait_for()
    second.locator("summary", has_text="Overnemen van Sanne").click()
    second.fill("#take-why", "Sanne is vanmiddag vrij.")
    follow(second, second.get_by_role("button", name="Neem over"))
    client.get_by_text("Coach Bilal neemt het over").wait_for()
    first.get_by_text("Er is iets veranderd in deze hulpvraag").wait_for()
    follow(first, first.get_by_role("button", name="Verstuur naar klant"))
    first.get_by_text("Bilal heeft dit gesprek").wait_for()
    assert first.input_value("#antwoord") == "Dit wilde ik net vertellen."
    second.fill("#antwoord", "Hallo, ik ben er nu.")
    follow(second, second.get_by_role("button", name="Verstuur naar klant"))
    client.get_by_text("ik ben er nu").wait_for()
    assert client.get_by_text("Dit wilde ik net vertellen").count() == 0
    first.goto(f"{desk.url}/desk/g/{code}")
    first.locator("summary", has_text="Overnemen van Bilal").click()
    first.fill("#take-why", "In overleg met Bilal terug.")
    follow(first, first.get_by_role("button", name="Neem over"))
    assert first.input_value("#antwoord") == "Dit wilde ik net vertellen.", "the draft waits until it can be sent"


def test_the_end_of_the_human_stretch_is_told_and_thanks_change_nothing(desk: Running, screen: Callable[..., Any]):
    code = a_case(desk)
    client = client_of(desk, screen)
    coach = coach_of(desk, screen, "sanne", code)
    follow(coach, coach.locator("form[action$='/oppakken'] button"))
    coach.locator("summary", has_text="Opvolging plannen").click()
    coach.fill("#fu-title", "Horen of het gelukt is")
    coach.fill("#fu-on", "30-11-2026")
    follow(coach, coach.get_by_role("button", name="Plan", exact=True))
    coach.locator("summary", has_text="Afronden").click()
    coach.select_option("#outcome", "advised")
    follow(coach, coach.get_by_role("button", name="Rond af"))
    client.get_by_text("De coach heeft uw vraag afgerond").wait_for()
    before = client.locator(".msg").count()
    say_and_wait(client, "bedankt!")
    client.locator(".msg").nth(before).wait_for()
    coach.goto(f"{desk.url}/desk/g/{code}")
    assert "afgerond" in coach.locator(".head").inner_text()
    coach.goto(f"{desk.url}/desk/agenda")
    assert "Horen of het gelukt is" in coach.locator("main").inner_text()
    say_and_wait(client, "wat is slim?")
    client.locator(".msg.bot").last.wait_for()
    assert client.locator(".msg").last.get_attribute("data-sender") == "bot", "the assistant answers again"


def test_a_server_that_starts_again_sends_each_missed_message_once(screen: Callable[..., Any], tmp_path: Path):
    url = f"sqlite:///{tmp_path}/loket.db"
    with running(url=url) as desk:
        code = a_case(desk)
        port = desk.desk.settings.port
        client = client_of(desk, screen)
        coach = coach_of(desk, screen, "sanne", code)
        follow(coach, coach.locator("form[action$='/oppakken'] button"))
        client.get_by_text("U praat nu met coach Sanne").wait_for()
    with running(url=url, port=port, again=True) as desk:
        coach.goto(f"{desk.url}/desk/g/{code}")
        for text in ("Eerste bericht.", "Tweede bericht."):
            coach.fill("#antwoord", text)
            follow(coach, coach.get_by_role("button", name="Verstuur naar klant"))
        client.get_by_text("Tweede bericht.").wait_for()
        found = numbers(client)
        assert found == list(range(1, found[-1] + 1)), "every number once, and none is missing"
        client.reload()
        assert numbers(client) == found


def test_two_tabs_that_change_one_answer_show_the_conflict(desk: Running, screen: Callable[..., Any]):
    code = a_case(desk)
    first = coach_of(desk, screen, "sanne", code)
    follow(first, first.locator("form[action$='/oppakken'] button"))
    second = first.context.new_page()
    second.goto(f"{desk.url}/desk/g/{code}")
    for page, people in ((first, "8"), (second, "60")):
        row = page.locator(".sheet form:has(input[value=company_size])").first
        page.locator(".sheet details:has(input[value=company_size]) > summary").first.click()
        row.locator("[name=value]").fill(people)
    follow(first, first.locator(".sheet form:has(input[value=company_size]) button", has_text="Bewaar").first)
    second.get_by_text("De antwoorden op dit blad zijn veranderd").wait_for()
    follow(second, second.locator(".sheet form:has(input[value=company_size]) button", has_text="Bewaar").first)
    second.get_by_text(re.compile("Dit antwoord is intussen veranderd.*U vulde in: 60")).wait_for()
    assert "8" in second.locator(".sheet div:has(input[value=company_size]) b").first.inner_text()
