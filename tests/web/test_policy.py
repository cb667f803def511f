"""Every route times every role, generated: a route without a policy cannot exist, and a policy is what happens."""

from __future__ import annotations

import pytest

from bot.web import policy
from bot.web.app import PAGES
from bot.web.policy import PUBLIC, Page
from storage.actions import Claim, HandOver
from tests.web.conftest import HOME, Visitor, a_case, staff
from tests.web.serving import a_desk

WHO = {"coach": "sanne", "coordinator": "noor", "admin": "ada", "auditor": "otto"}
DESK_PAGES = [page for page in PAGES if page.allow != PUBLIC]


def path_of(page: Page) -> str:
    return page.path.format(code="K-1001", token="x", id="0" * 32)


def test_every_desk_page_has_a_policy():
    assert DESK_PAGES
    for page in PAGES:
        assert page.allow, page.path
        if page.path.startswith("/desk") and page.allow == PUBLIC:
            assert page.path.startswith(("/desk/login", "/desk/open", "/desk/welkom")), page.path


def test_a_page_without_a_policy_cannot_be_made():
    for allow in (frozenset(), frozenset({"iedereen"})):
        with pytest.raises(ValueError, match="has no policy"):
            Page("/x", DESK_PAGES[0].handler, allow)


@pytest.mark.parametrize("role", [*WHO, "nobody"])
async def test_each_role_may_do_what_its_policy_says_and_nothing_else(role: str):
    import httpx

    from bot.web.app import create_app

    async with a_desk() as desk:
        app = create_app(desk)

        def browser() -> Visitor:
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            return Visitor(transport=transport, base_url=HOME, headers={"origin": HOME})

        client = browser()
        client.follow_redirects = True
        await a_case(client, desk)
        visitor = browser()
        if role in WHO:
            await visitor.log_in(WHO[role])
        for page in DESK_PAGES:
            if page.path in ("/desk/uit", "/desk/stroom"):
                continue
            for method in page.methods:
                answer = await visitor.request(method, path_of(page), data={} if method == "POST" else None)
                where = f"{method} {page.path} as {role}"
                if role == "nobody":
                    expected = (401,) if method == "POST" else (303,)
                    assert answer.status_code in expected, where
                elif role in page.allow:
                    assert answer.status_code not in (401, 403), where
                    assert answer.status_code < 500, where
                elif page.path == "/desk":
                    assert answer.headers["location"] == "/desk/beheer", where
                else:
                    assert answer.status_code == 403, where


async def test_nothing_with_consequences_happens_on_an_old_proof():
    """Generated like the one above: every page that asks for a proof, once by somebody whose proof is old."""
    import httpx

    from bot.web.app import create_app

    async with a_desk() as desk:
        app = create_app(desk)

        def browser() -> Visitor:
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            return Visitor(transport=transport, base_url=HOME, headers={"origin": HOME})

        client = browser()
        client.follow_redirects = True
        await a_case(client, desk)
        before = len(await desk.store.all_staff())
        for page in (one for one in DESK_PAGES if one.confirm):
            role = sorted(page.allow)[0]
            visitor = browser()
            await visitor.log_in(WHO[role])
            desk.clock.forward(minutes=11)  # type: ignore[attr-defined]
            form = {"login": "x", "name": "x", "role": "admin", "sure": "1", "typed": "K-1001", "do": "off"}
            answer = await visitor.request(
                page.methods[0], path_of(page), data=form if page.methods[0] == "POST" else None
            )
            if page.methods[0] == "POST":
                assert answer.status_code == 403, page.path
                assert "Bevestig dat u het bent" in answer.text
            else:
                assert answer.headers["location"].startswith("/desk/bevestig?next="), page.path
        assert len(await desk.store.all_staff()) == before
        assert (await desk.store.case("K-1001")).person  # type: ignore[union-attr]


@pytest.mark.parametrize("role", [*WHO])
async def test_where_a_second_factor_is_required_every_page_leads_to_setting_it(role: str):
    import httpx

    from bot.web.app import create_app

    async with a_desk(second_factor="required") as desk:
        transport = httpx.ASGITransport(app=create_app(desk), raise_app_exceptions=False)
        async with Visitor(transport=transport, base_url=HOME, headers={"origin": HOME}) as visitor:
            await visitor.log_in(WHO[role])
            for page in DESK_PAGES:
                for method in page.methods:
                    if page.early or role not in page.allow:
                        continue
                    answer = await visitor.request(method, path_of(page), data={} if method == "POST" else None)
                    where = f"{method} {page.path} as {role}"
                    assert answer.status_code == 303, where
                    assert answer.headers["location"].startswith("/desk/account?code=nieuw"), where


async def test_a_coach_of_another_team_finds_no_case():
    import httpx

    from bot.web.app import create_app

    async with a_desk() as desk:
        app = create_app(desk)

        def browser() -> Visitor:
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            return Visitor(transport=transport, base_url=HOME, follow_redirects=True, headers={"origin": HOME})

        client, sanne = browser(), browser()
        code = await a_case(client, desk)
        noor = (await staff(desk, "noor")).id
        await desk.store.act(Claim(code, noor))
        await desk.store.act(HandOver(code, noor, "Dit hoort bij het andere team.", to_team="business"))
        await desk.store.change_staff((await staff(desk, "sanne")).id, teams=("een-ander-team",))
        await sanne.log_in("sanne")
        for page in DESK_PAGES:
            if "{code}" in page.path:
                method = page.methods[0]
                answer = await sanne.request(method, page.path.format(code=code), data={} if method == "POST" else None)
                assert answer.status_code == (404 if "coach" in page.allow else 403), page.path


@pytest.mark.parametrize(
    ("role", "teams", "team", "may"),
    [
        ("coach", (), "people", True),
        ("coach", ("people",), "people", True),
        ("coach", ("business",), "people", False),
        ("coach", ("business",), "", True),
        ("coordinator", ("business",), "people", True),
        ("auditor", (), "people", True),
        ("admin", (), "people", False),
    ],
)
def test_teams_decide_who_sees_a_case(role: str, teams: tuple[str, ...], team: str, may: bool):
    assert policy.may_see_case(role, frozenset(teams), team) is may
