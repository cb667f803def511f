"""Coming in through the organisation's own login: with a real provider over HTTP, and whatever it may get wrong."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from bot.desk import Desk
from bot.web.app import create_app
from bot.web.oidc import OidcMissing
from bot.web.sessions import COOKIE
from bot.web.single_sign_on import UNDER_WAY
from tests.web.conftest import HOME, Visitor, staff
from tests.web.oidc_provider import CLIENT, SECRET, OidcProvider, provider_running
from tests.web.serving import Clock, a_desk


class Office:
    """A desk with single sign-on, its provider, and browsers that walk between the two."""

    def __init__(self, desk: Desk, provider: OidcProvider) -> None:
        self.desk, self.provider, self.app = desk, provider, create_app(desk)

    def browser(self) -> Visitor:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
        return Visitor(transport=transport, base_url=HOME, follow_redirects=True, headers={"origin": HOME})

    async def to_provider(self, visitor: Visitor, path: str = "/desk/login/extern") -> str:
        """Presses the button and lets the provider answer; gives the address it sends the browser back to."""
        away = await visitor.get(path, follow_redirects=False)
        assert away.status_code == 303, away.text
        async with httpx.AsyncClient(timeout=30) as outside:
            back = (await outside.get(away.headers["location"])).headers["location"]
        assert back.startswith("http://127.0.0.1:8080/desk/login/terug?")
        return back

    async def log_in(self, visitor: Visitor, path: str = "/desk/login/extern") -> httpx.Response:
        return await visitor.get(await self.to_provider(visitor, path))

    @property
    def clock(self) -> Clock:
        assert isinstance(self.desk.clock, Clock)
        return self.desk.clock

    async def log(self) -> list[tuple[str, str, str]]:
        return [(one["action"], one["purpose"], one["result"]) for one in await self.desk.store.audit_log()]


@pytest.fixture
async def opened() -> AsyncIterator[Callable[..., Any]]:
    """Makes an office with further settings; everything is closed at the end."""
    from contextlib import AsyncExitStack

    from tests.web.serving import MONDAY

    async with AsyncExitStack() as stack:

        async def make(**settings: Any) -> Office:
            clock = Clock(MONDAY)
            provider = stack.enter_context(provider_running(clock))
            given = {"oidc_client_id": CLIENT, "oidc_client_secret": SECRET, "oidc_issuer": provider.url, **settings}
            desk = await stack.enter_async_context(a_desk(**given))
            provider.now = desk.clock
            return Office(desk, provider)

        yield make


@pytest.fixture
async def office(opened: Callable[..., Any]) -> Office:
    made: Office = await opened()
    return made


async def test_a_coach_comes_in_with_the_account_of_work(office: Office):
    visitor = office.browser()
    page = await visitor.get("/desk/inbox?tab=all")
    assert "Log in met uw werkaccount" in page.text
    page = await office.log_in(visitor, "/desk/login/extern?next=/desk/inbox%3Ftab%3Dall")
    assert str(page.url).endswith("/desk/inbox?tab=all")
    assert "Sanne" in page.text
    asked = office.provider.asked[0]
    assert asked["scope"] == "openid profile email"
    assert len(asked["nonce"]) == len(asked["code_challenge"]) == 43
    assert ("login", "oidc", "ok") in await office.log()


async def test_the_way_to_the_provider_holds_no_secret_and_differs_each_time(office: Office):
    ways = [(await office.browser().get("/desk/login/extern", follow_redirects=False)) for _ in range(2)]
    first, second = (parse_qs(urlsplit(one.headers["location"]).query) for one in ways)
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
    assert SECRET not in ways[0].headers["location"] + ways[0].headers["set-cookie"]
    assert "HttpOnly" in ways[0].headers["set-cookie"]
    assert SECRET not in repr(office.desk.settings)


@pytest.mark.parametrize("bent", ["state", "none", "twice", "other browser"])
async def test_a_way_back_that_nobody_began_here_leads_nowhere(office: Office, bent: str):
    visitor = office.browser()
    back = await office.to_provider(visitor)
    if bent == "state":
        back = back.rpartition("state=")[0] + "state=" + "x" * 43
    elif bent == "none":
        back = back.partition("?")[0]
    elif bent == "twice":
        await visitor.get(back)
        await visitor.post("/desk/uit")
    else:
        visitor = office.browser()
        await office.to_provider(visitor)  # has begun a login too, but not this one
    page = await visitor.get(back)
    assert page.status_code == 403
    assert "Begin opnieuw" in page.text
    assert COOKIE not in visitor.cookies


def _unsigned(claims: dict[str, Any]) -> str:
    import base64
    import json

    def part(found: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(found).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def _by_somebody_else(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, RSAKey.generate_key(2048))


def _with_a_shared_secret(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256", "kid": "shared"}, claims, OctKey.import_key("AAAA" * 12), algorithms=["HS256"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "een-andere"}, {"nonce": None}, {"aud": "een-ander-loket"}, {"aud": None}, {"iss": "https://boef.example"},
        {"exp": 1}, {"exp": None}, {"exp": "morgen"}, {"iat": 4102444800}, {"sub": None}, {"sub": ""},
        {"aud": [CLIENT, "een-ander"], "azp": "een-ander"}, {"preferred_username": None}, {"preferred_username": 12},
        _unsigned, _by_somebody_else, _with_a_shared_secret, lambda _: "geen.token", lambda _: "",
    ],
    ids=lambda wrong: wrong.__name__ if callable(wrong) else str(wrong),
)  # fmt: skip
async def test_a_token_that_proves_nothing_opens_nothing(office: Office, wrong: Any, caplog: pytest.LogCaptureFixture):
    visitor = office.browser()
    if callable(wrong):
        office.provider.forge = wrong
    else:
        office.provider.bend = wrong
    page = await office.log_in(visitor)
    assert page.status_code in (403, 503)
    assert COOKIE not in visitor.cookies
    assert "sanne" not in caplog.text.lower()
    assert (await visitor.get("/desk")).url.path == "/desk/login"


async def test_a_token_that_is_old_is_refused_and_one_from_a_clock_a_little_ahead_is_not(office: Office):
    at = int(office.clock.now.timestamp())
    office.provider.bend = {"exp": at - 61}
    assert (await office.log_in(office.browser())).status_code == 403
    office.provider.bend = {"iat": at + 30, "exp": at + 330}
    assert (await office.log_in(office.browser())).url.path == "/desk"


async def test_a_code_works_once_and_only_with_the_verifier_of_this_browser(office: Office):
    visitor, thief = office.browser(), office.browser()
    stolen = await office.to_provider(visitor)
    own = await office.to_provider(thief)
    code = stolen.partition("code=")[2].partition("&")[0]
    page = await thief.get(f"{own.partition('?')[0]}?code={code}&state={own.rpartition('state=')[2]}")
    assert page.status_code == 403
    assert COOKIE not in thief.cookies


async def test_a_provider_that_renews_its_keys_is_followed(office: Office, monkeypatch: pytest.MonkeyPatch):
    assert (await office.log_in(office.browser())).url.path == "/desk"
    monkeypatch.setattr("bot.web.oidc.KEYS_AGAIN", -1.0)
    office.provider.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    assert (await office.log_in(office.browser())).url.path == "/desk"


async def test_who_is_not_known_at_the_desk_hears_so_and_is_not_made(office: Office):
    office.provider.says = {"sub": "s-9", "preferred_username": "vreemde", "name": "Vreemde"}
    page = await office.log_in(office.browser())
    assert page.status_code == 403
    assert "nog geen toegang" in page.text
    assert await office.desk.store.staff("vreemde") is None
    assert ("login_failed", "oidc", "nobody") in await office.log()


async def test_who_is_switched_off_stays_out(office: Office):
    await office.desk.store.change_staff((await staff(office.desk, "sanne")).id, active=False)
    page = await office.log_in(office.browser())
    assert page.status_code == 403
    assert "staat uit" in page.text


async def test_a_name_that_passed_to_another_person_does_not_open_the_old_account(office: Office):
    assert (await office.log_in(office.browser())).url.path == "/desk"
    office.provider.says = {"sub": "s-2", "preferred_username": "sanne", "name": "Een ander"}
    page = await office.log_in(office.browser())
    assert page.status_code == 403
    office.provider.says = {"sub": "s-1", "preferred_username": "sanne.nieuw", "name": "Sanne"}
    assert (await office.log_in(office.browser())).url.path == "/desk"


async def test_a_mail_address_nobody_verified_is_no_name(opened: Callable[..., Any]):
    office = await opened(oidc_login_claim="email")
    office.provider.says = {"sub": "s-1", "email": "sanne", "email_verified": False}
    assert (await office.log_in(office.browser())).status_code == 403
    office.provider.says = {"sub": "s-1", "email": "sanne", "email_verified": True}
    assert (await office.log_in(office.browser())).url.path == "/desk"


async def test_groups_decide_who_gets_in_and_as_what(opened: Callable[..., Any]):
    office = await opened(oidc_roles=("loket-leiding=coordinator", "loket-coach=coach"))
    office.provider.says = {"sub": "s-7", "preferred_username": "emre", "given_name": "Emre", "groups": ["loket-coach"]}
    assert (await office.log_in(office.browser())).url.path == "/desk"
    assert (await staff(office.desk, "emre")).role == "coach"
    assert (await staff(office.desk, "emre")).name == "Emre"
    office.provider.says |= {"groups": ["iets-anders", "loket-coach", "loket-leiding"]}
    assert (await office.log_in(office.browser())).url.path == "/desk"
    assert (await staff(office.desk, "emre")).role == "coordinator"
    for groups in ([], None, "loket-geen", ["loket-coach2"]):
        office.provider.says |= {"groups": groups}
        assert (await office.log_in(office.browser())).status_code == 403


async def test_who_stops_at_the_provider_can_begin_again(office: Office):
    office.provider.says = None
    page = await office.log_in(office.browser())
    assert "gestopt" in page.text
    assert "Log in met uw werkaccount" in page.text


@pytest.mark.parametrize("broken", ["/.well-known/openid-configuration", "/token", "/keys"])
async def test_a_provider_that_fails_is_told_to_the_coach_and_to_the_operator(
    office: Office, broken: str, caplog: pytest.LogCaptureFixture
):
    office.provider.broken = broken
    visitor = office.browser()
    away = await visitor.get("/desk/login/extern", follow_redirects=False)
    page = away if away.status_code == 503 else await office.log_in(visitor)
    assert page.status_code == 503
    assert "Dat ligt niet aan u" in page.text
    said = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert any("LOKET_OIDC_ISSUER" in one and "502" in one for one in said)
    assert SECRET not in caplog.text
    office.provider.broken = ""
    assert (await office.log_in(visitor)).url.path == "/desk"


async def test_a_provider_that_is_gone_does_not_keep_an_administrator_out(opened: Callable[..., Any]):
    office = await opened(oidc_issuer="http://127.0.0.1:9")
    assert (await office.browser().get("/desk/login/extern")).status_code == 503
    assert (await office.browser().log_in("ada")).url.path == "/desk/beheer"
    page = await office.browser().log_in("sanne")
    assert page.status_code == 403
    assert "werkaccount" in page.text


async def test_a_wrong_client_secret_is_the_operators_to_hear(
    opened: Callable[..., Any], caplog: pytest.LogCaptureFixture
):
    office = await opened(oidc_client_secret="een-heel-ander-geheim")
    assert (await office.log_in(office.browser())).status_code == 503
    assert "check LOKET_OIDC_CLIENT_ID" in caplog.text
    assert "een-heel-ander-geheim" not in caplog.text


async def test_an_issuer_that_calls_itself_otherwise_is_not_believed(opened: Callable[..., Any], caplog: Any):
    office = await opened()
    honest = office.provider.discovery()
    office.provider.discovery = lambda: {**honest, "issuer": "https://boef.example"}
    assert (await office.browser().get("/desk/login/extern")).status_code == 503
    office.provider.discovery = lambda: {**honest, "token_endpoint": "http://boef.example/token"}
    assert (await office.browser().get("/desk/login/extern")).status_code == 503


async def test_passwords_can_be_switched_off_for_everybody(opened: Callable[..., Any]):
    office = await opened(password_login="off")
    visitor = office.browser()
    assert 'name="password"' not in (await visitor.get("/desk/login")).text
    assert (await visitor.log_in("ada")).status_code == 403
    assert COOKIE not in visitor.cookies


async def test_a_code_is_asked_here_unless_the_provider_asked_one(office: Office):
    secret = pyotp.random_base32()
    await office.desk.store.set_totp((await staff(office.desk, "sanne")).id, secret)
    visitor = office.browser()
    page = await office.log_in(visitor)
    assert page.url.path == "/desk/login/code"
    assert COOKIE not in visitor.cookies
    digits = pyotp.TOTP(secret).at(office.clock.now)
    assert (await visitor.post("/desk/login/code", data={"code": digits})).url.path == "/desk"
    for strong in ({"amr": ["pwd", "mfa"]}, {"acr": "hwk"}):
        office.provider.bend = strong
        assert (await office.log_in(office.browser())).url.path == "/desk"


async def test_where_everybody_needs_a_second_factor_the_providers_counts(opened: Callable[..., Any]):
    office = await opened(second_factor="required")
    assert (await office.log_in(office.browser())).url.path == "/desk/account"
    office.provider.bend = {"amr": ["otp"]}
    assert (await office.log_in(office.browser())).url.path == "/desk"


async def test_confirming_happens_at_the_provider_and_must_be_by_the_same_person_just_now(office: Office):
    office.provider.says = {"sub": "s-5", "preferred_username": "noor", "name": "Noor"}
    visitor = office.browser()
    await office.log_in(visitor)
    office.clock.forward(minutes=11)
    page = await visitor.get("/desk/bevestig?next=/desk/inbox")
    assert "Bevestig met uw werkaccount" in page.text
    way = "/desk/bevestig/extern?next=/desk/inbox"
    old = visitor.cookies[COOKIE]
    office.provider.bend = {"auth_time": int(office.clock.now.timestamp()) - 3600}
    assert "fout=unproven" in str((await office.log_in(visitor, way)).url)
    office.provider.bend = {"auth_time": None}
    assert "fout=unproven" in str((await office.log_in(visitor, way)).url)
    office.provider.bend = {"sub": "s-6"}
    assert "fout=unproven" in str((await office.log_in(visitor, way)).url)
    office.provider.bend = {}
    assert "ok=proven" in str((await office.log_in(visitor, way)).url)
    assert office.provider.asked[-1]["prompt"] == "login"
    assert office.provider.asked[-1]["max_age"] == "0"
    assert visitor.cookies[COOKIE] != old
    assert (await visitor.get("/desk/bevestig?next=/desk/inbox")).url.path == "/desk/inbox"


async def test_logging_out_says_that_the_account_of_work_is_still_open(office: Office):
    visitor = office.browser()
    await office.log_in(visitor)
    page = await visitor.post("/desk/uit")
    assert COOKIE not in visitor.cookies
    assert "Log daar ook uit" in page.text
    assert f"{office.provider.url}/logout?client_id={CLIENT}&amp;post_logout_redirect_uri=" in page.text
    assert (await visitor.get("/desk")).url.path == "/desk/login"


async def test_without_single_sign_on_its_pages_lead_to_the_ordinary_login():
    async with a_desk() as desk:
        transport = httpx.ASGITransport(app=create_app(desk))
        async with Visitor(transport=transport, base_url=HOME) as visitor:
            for path in ("/desk/login/extern", "/desk/login/terug?code=x&state=y"):
                assert (await visitor.get(path)).headers["location"] == "/desk/login"
            page = await visitor.get("/desk/login")
    assert "werkaccount" not in page.text


async def test_a_desk_without_the_packages_says_which_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.web.oidc.importlib.util.find_spec", lambda name: None)
    async with a_desk() as desk:
        create_app(desk)
    async with a_desk(oidc_issuer="https://login.example", oidc_client_id="x") as desk:
        with pytest.raises(OidcMissing, match="ontwikkelloket\\[oidc\\]"):
            create_app(desk)


async def test_leaving_for_the_provider_is_slowed_down_in_a_flood(office: Office):
    visitor = office.browser()
    codes = [(await visitor.get("/desk/login/extern", follow_redirects=False)).status_code for _ in range(40)]
    assert codes[0] == 303
    assert 429 in codes
    assert UNDER_WAY in visitor.cookies
