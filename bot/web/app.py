"""The web application: all pages under one guard. `create_app(desk)` gives an ASGI app that `serve` mounts or runs."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.web import (
    account,
    admin,
    agenda,
    case_actions,
    case_page,
    chat,
    coach_desk,
    confirming,
    figures,
    keeping,
    knowledge_edit,
    knowledge_pages,
    logbook,
    login,
    mail_address,
    my_data,
    new_case,
    outcome_codes,
    pages,
    people,
    plan,
    resume,
    scan,
    settling,
    single_sign_on,
    telegram_link,
)
from bot.web.gate import guarded
from bot.web.house import House, house, language_of, show
from bot.web.oidc import require_packages
from bot.web.policy import Page
from bot.web.reads import broker_for
from bot.web.security import Guard
from bot.web.texts import phrases
from storage.base import NotStored

if TYPE_CHECKING:
    from bot.desk import Desk

PAGES: tuple[Page, ...] = (
    *chat.PAGES,
    *plan.PAGES,
    *scan.PAGES,
    *resume.PAGES,
    *pages.PAGES,
    *my_data.PAGES,
    *login.PAGES,
    *single_sign_on.PAGES,
    *confirming.PAGES,
    *account.PAGES,
    *mail_address.PAGES,
    *coach_desk.PAGES,
    *case_page.PAGES,
    *case_actions.PAGES,
    *new_case.PAGES,
    *agenda.PAGES,
    *people.PAGES,
    *figures.PAGES,
    *knowledge_pages.PAGES,
    *knowledge_edit.PAGES,
    *admin.PAGES,
    *settling.PAGES,
    *outcome_codes.PAGES,
    *keeping.PAGES,
    *telegram_link.PAGES,
    *logbook.PAGES,
)


def create_app(desk: Desk) -> Starlette:
    """All pages of one desk. The desk outlives the app: opening and closing it is the caller's."""
    from bot.web.api import create_api

    require_packages(desk.settings)
    broker = broker_for(desk.store)
    desk.when_stored(lambda result: broker.touched(result.conversation, result.version))
    here = House(desk, broker)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await broker.close()

    routes: list[BaseRoute] = [Route(page.path, guarded(page), methods=list(page.methods)) for page in PAGES]
    routes.append(Mount("/api/v1", create_api(here)))
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(
                Guard,
                on_error=failed,
                embed_origins=lambda: here.embed_origins,
                public_url=desk.settings.public_url,
            )
        ],
        exception_handlers={HTTPException: refused, NotStored: not_stored},
        lifespan=lifespan,
    )
    app.state.house = here
    return app


async def refused(request: Request, error: Exception) -> Response:
    """404, 405 and the like, in plain words."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if request.url.path.startswith("/api/"):
        return PlainTextResponse("not found", status, headers=headers)
    t = phrases(language_of(request))
    return show(
        request,
        "error.html",
        status=status,
        headers=headers,
        title=t("not_found_title"),
        text=t("not_found_text"),
        back="/desk" if request.url.path.startswith("/desk") else "/chat",
        back_label=t("to_chat"),
    )


async def not_stored(request: Request, error: Exception) -> Response:
    t = phrases(language_of(request))
    return show(
        request,
        "error.html",
        status=503,
        headers={"retry-after": "5"},
        title=t("error_title"),
        text=t("not_stored"),
        back="/chat",
        back_label=t("to_chat"),
    )


async def failed(request: Request, error: Exception) -> Response:
    """Something we did not foresee, told kindly. The guard has logged it without what the visitor wrote."""
    t = phrases(language_of(request))
    return show(
        request,
        "error.html",
        status=500,
        title=t("error_title"),
        text=t("error_text"),
        back="/chat",
        back_label=t("to_chat"),
    )


__all__ = ["PAGES", "create_app", "house"]
