"""Every state of coming in, proving it again and watching over the desk: for pictures, and for accessibility."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pyotp

from bot.desk import Desk
from bot.web.login import make_link
from flows.events import Started
from storage.messages import Incoming, Verdict
from tests.web.oidc_provider import CLIENT, SECRET, OidcProvider, provider_running
from tests.web.serving import MONDAY, PASSWORD, Running, running

Look = Callable[[Any, str], None]


@contextmanager
def office() -> Iterator[tuple[Running, OidcProvider]]:
    """A desk with single sign-on, and its provider."""
    with provider_running(lambda: MONDAY) as provider:
        settings = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        with running(**settings) as desk:
            provider.now = lambda: desk.clock.now
            prepare(desk)
            yield desk, provider


def prepare(desk: Running) -> None:
    """A baker's case, a message that failed, and an administrator with a code."""
    with httpx.Client(base_url=desk.url, headers={"origin": desk.url}, follow_redirects=True, timeout=60) as client:
        for text in ("heb een bakkerij met 6 man in tiel", "bel mij", "0612345678", "ochtend"):
            client.post("/chat/zeg", data={"text": text})

    async def fail(one: Desk) -> None:
        await one.receive(Incoming("telegram", "77", Started("", "nl"), one.clock(), bot="loketbot", update_id="1"))
        for claimed in await one.store.claim_outbox(["telegram"]):
            await one.store.settle([(claimed, Verdict("bad", reason="bad"))])

    desk.do(fail)


def set_code(desk: Running, login: str) -> pyotp.TOTP:
    """A second factor for somebody, as after scanning the picture."""
    secret = pyotp.random_base32()

    async def put(one: Desk) -> None:
        who = await one.store.staff(login)
        assert who is not None
        await one.store.set_totp(who.id, secret)

    desk.do(put)
    return pyotp.TOTP(secret)


def invitation(desk: Running, login: str) -> str:
    async def make(one: Desk) -> str:
        who = await one.store.staff(login)
        assert who is not None
        return await make_link(desk.house, who.id, "invite")

    return desk.do(make).rpartition("/")[2]


def follow(page: Any, button: Any) -> None:
    with page.expect_navigation():
        button.click()


def with_password(page: Any, url: str, login: str) -> None:
    page.goto(f"{url}/desk/login")
    page.locator("main summary").click()
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    follow(page, page.get_by_role("button", name="Log in"))


def sign_on_journey(desk: Running, provider: OidcProvider, page: Any, look: Look) -> None:
    """A coordinator comes in with the account of work, answers a request, and sets a code."""
    page.goto(f"{desk.url}/desk/login")
    look(page, "login-work-account")
    page.locator("main summary").click()
    look(page, "login-work-account-password")
    page.fill("#login", "sanne")
    page.fill("#password", "verkeerd wachtwoord")
    follow(page, page.get_by_role("button", name="Log in"))
    look(page, "login-wrong")
    provider.says, button = {"sub": "s-0", "preferred_username": "vreemde"}, "Log in met uw werkaccount"
    follow(page, page.get_by_role("link", name=button))
    look(page, "login-unknown-person")
    provider.says, provider.broken = {"sub": "s-4", "preferred_username": "noor"}, "/token"
    follow(page, page.get_by_role("link", name=button))
    look(page, "login-provider-down")
    provider.broken = ""
    follow(page, page.get_by_role("link", name=button))
    page.wait_for_url("**/desk")
    desk.clock.forward(minutes=11)
    page.goto(f"{desk.url}/desk/p/K-1001/gegevens")
    look(page, "confirm-work-account")
    follow(page, page.get_by_role("link", name="Bevestig met uw werkaccount"))
    page.wait_for_url("**/gegevens?ok=proven")
    look(page, "person-give")
    for path, name in (("desk/p/K-1001", "person"), ("desk/p/K-1001/wissen", "person-erase")):
        page.goto(f"{desk.url}/{path}")
        look(page, name)
    page.goto(f"{desk.url}/desk/account?code=nieuw")
    look(page, "account-scan")
    totp = pyotp.TOTP(page.locator("code.big").inner_text())
    page.fill("#code", totp.at(desk.clock.now))
    follow(page, page.get_by_role("button", name="Zet aan"))
    look(page, "account-recovery-codes")
    page.goto(f"{desk.url}/desk/account")
    page.locator("main summary").click()
    look(page, "account-with-code")
    desk.clock.forward(minutes=11)
    page.goto(f"{desk.url}/desk/p/K-1001/wissen")
    page.fill("#proof", "000000")
    follow(page, page.get_by_role("button", name="Ga verder"))
    look(page, "confirm-code-wrong")
    menu = page.locator(".fold-menu > summary")
    if menu.is_visible():
        menu.click()
        look(page, "desk-menu-open")
    follow(page, page.get_by_role("button", name="Uitloggen"))
    look(page, "login-after-logout")


def watching_journey(desk: Running, provider: OidcProvider, page: Any, look: Look) -> None:
    """An administrator comes in on the day the provider is down, and looks at everything there is to watch."""
    page.goto(f"{desk.url}/desk/welkom/{invitation(desk, 'bilal')}")
    look(page, "login-invitation")
    page.goto(f"{desk.url}/desk/welkom/verlopen")
    look(page, "login-old-link")
    totp = set_code(desk, "ada")
    with_password(page, desk.url, "ada")
    look(page, "login-code")
    page.fill("#code", "000000")
    follow(page, page.get_by_role("button", name="Log in"))
    look(page, "login-code-wrong")
    page.fill("#code", totp.at(desk.clock.now))
    follow(page, page.get_by_role("button", name="Log in"))
    page.wait_for_url("**/desk/beheer")
    page.locator("#coaches summary").first.click()
    look(page, "admin")
    page.fill("#i-login", "emre")
    page.fill("#i-name", "Emre")
    page.select_option("#i-role", "admin")
    follow(page, page.get_by_role("button", name="Maak uitnodiging"))
    look(page, "admin-invited")
    page.goto(f"{desk.url}/desk/logboek")
    look(page, "log")
    page.goto(f"{desk.url}/desk/logboek?code=K-99")
    look(page, "log-empty")
    page.goto(f"{desk.url}/desk/logboek?van=gisteren")
    look(page, "log-wrong-date")
    desk.clock.forward(minutes=40)
