"""`/api/v1` for other websites and systems: chat, match, search, entries, events, demand; openapi.json beside them.

Objects are those of the command line (`loket chat --json`, `match --json`, `ask --json`). FastAPI is imported at the
first call, so that a desk without API clients does not wait for it.
"""

import asyncio
import contextlib
import re
import secrets
import time
from typing import TYPE_CHECKING, Annotated, Any

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web import reads
from bot.web.security import new_token

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.web.house import House

TALK = re.compile(r"[\w-]{43}", re.ASCII)
MOST = 200  # messages of one answer; the cursor leads to the rest
LONGEST_WAIT = 25  # seconds; shorter than the patience of proxies


def create_api(here: "House") -> ASGIApp:
    """An ASGI app that builds the real one when it is first called."""
    made: list[FastAPI] = []
    lock = asyncio.Lock()

    async def api(scope: Scope, receive: Receive, send: Send) -> None:
        async with lock:
            if not made:
                made.append(build(here))
        await made[0](scope, receive, send)

    return api


def build(here: "House") -> "FastAPI":
    """The FastAPI application."""
    from fastapi import Body, Depends, FastAPI, Header, HTTPException, Query
    from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
    from starlette.requests import Request
    from starlette.responses import JSONResponse

    from bot.asking import answer
    from bot.cleaning import clean_text
    from bot.turn_json import match_object, turn_object
    from bot.web import api_models as models
    from bot.web.api_clients import Client, Clients
    from flows.events import Chose, Event, Said, Started
    from knowledge.availability import availability
    from knowledge.given import read_given
    from storage.base import NotStored
    from storage.messages import Incoming
    from storage.rows import SMALL

    bearer = HTTPBearer(auto_error=False, description="A key of LOKET_API_KEYS.")

    clients = Clients(here.settings.api_keys)

    async def client(given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Client:
        known = clients.with_key(given.credentials) if given else None
        if known is None:
            raise HTTPException(401, "Send a key of this desk as a bearer token.", {"www-authenticate": "Bearer"})
        if not clients.allows(known, time.monotonic()):
            raise HTTPException(429, "Too many calls; wait a moment.", {"retry-after": "1"})
        return known

    refusals: dict[int | str, dict[str, Any]] = {
        401: {"description": "No key, or not one of this desk's."},
        429: {"description": "Too many calls."},
    }
    app = FastAPI(
        title="Ontwikkelloket",
        version="1",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(client)],
        responses=refusals,
    )

    async def not_stored(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": "Not stored just now; send it again."}, 503, {"retry-after": "5"})

    app.add_exception_handler(NotStored, not_stored)

    @app.post("/chat", summary="One turn of a conversation")
    async def chat(
        said: Annotated[models.ChatInput, Body()], caller: Annotated[Client, Depends(client)]
    ) -> models.Turned:
        session = said.session or ""
        new = not TALK.fullmatch(session)
        if new:
            session = new_token()
        address = caller.address(session)

        async def receive(event: Event, message_id: str) -> Any:
            return await here.desk.receive(
                Incoming(
                    channel="api",
                    address=address,
                    event=event,
                    received_at=here.now(),
                    update_id=f"{address[:32]}:{message_id}",
                    language=said.language,
                )
            )

        if new:
            result = await receive(Started(said.start, said.language), "start")
        else:
            if await here.store.conversation_at("api", "", address) is None:
                raise HTTPException(404, "This conversation does not exist (any more).")
            event: Event
            if said.choice is not None:
                event = Chose((said.choice,) if isinstance(said.choice, str) else tuple(said.choice))
            elif said.command is not None:
                event = Said("/" + clean_text(said.command, 100).lstrip("/"))
            else:
                event = Said(clean_text(said.text or ""))
            result = await receive(event, said.message_id or secrets.token_hex(12))
        if result.turn is None:
            raise HTTPException(409, "This message_id was done before.")
        ids = [one.seq for one in result.outgoing if one.action == "send"]
        return models.Turned(session=session, message_ids=ids, **turn_object(result.turn))

    chat_refusals: dict[int | str, dict[str, Any]] = {
        404: {"description": "The conversation does not exist (any more)."},
        409: {"description": "This message was done before."},
        503: {"description": "Not stored; send it again with the same message_id."},
    }
    app.routes[-1].responses.update(chat_refusals)  # type: ignore[attr-defined]

    async def heard(conversation: str, address: str, after: int) -> models.Heard:
        talk = await reads.talk_at(here.store, address, "api")
        if talk is None or talk.id != conversation:  # erased while we waited
            raise HTTPException(404, "This conversation does not exist (any more).")
        rows = await here.store.messages(conversation, after, MOST)
        waiting = talk.waiting
        return models.Heard(
            messages=[
                models.Spoken(
                    id=row.seq,
                    by=row.sender,
                    name=row.name,
                    at=row.at.isoformat(timespec="seconds"),
                    text=row.message.text,
                    fact=row.message.fact,
                    choices=[models.Choice(id=one.id, label=one.label) for one in row.message.options],
                )
                for row in rows
                if not row.withdrawn
            ],
            cursor=rows[-1].seq if rows else after,
            speaker=waiting.speaker,
            coach=waiting.coach,
            promise=waiting.promise.isoformat(timespec="minutes") if waiting.promise else None,
        )

    @app.get(
        "/chat/messages",
        summary="What was said since a cursor, also by a coach; waits for news when asked to",
        responses={404: {"description": "The conversation does not exist (any more)."}},
    )
    async def messages(
        caller: Annotated[Client, Depends(client)],
        x_loket_session: Annotated[str, Header(description="The session of this conversation.")],
        after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
        wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for a first message.")] = 0,
    ) -> models.Heard:
        address = caller.address(x_loket_session)
        talk = await reads.talk_at(here.store, address, "api") if TALK.fullmatch(x_loket_session) else None
        if talk is None:
            raise HTTPException(404, "This conversation does not exist (any more).")
        until = time.monotonic() + wait
        with here.broker.watch(talk.id) as changes:
            while True:
                changes.clear()
                found = await heard(talk.id, address, after)
                left = until - time.monotonic()
                if found.messages or left <= 0 or here.broker.stopped:
                    return found
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changes.wait(), left)

    @app.post(
        "/match", summary="Verdicts for given facts", responses={422: {"description": "A fact could not be read."}}
    )
    async def match(
        facts: Annotated[dict[str, Any], Body(examples=[{"situation": "employee", "age": 52}])],
    ) -> list[models.Matched]:
        knowledge = here.content.knowledge
        answers, complaints = read_given(facts, knowledge.facts, knowledge.geography)
        if complaints:
            raise HTTPException(
                422, [{"loc": ["body", one.fact], "msg": str(one), "type": "fact"} for one in complaints]
            )
        today = here.now().date()
        profile = knowledge.profile(answers, today)
        return [models.Matched(**match_object(one)) for one in knowledge.matcher.match(profile, today)]

    @app.get("/search", summary="One free-text question")
    async def search(
        q: Annotated[str, Query(max_length=2000)], top: Annotated[int, Query(ge=1, le=20)] = 3
    ) -> models.Answered:
        return models.Answered(**answer(here.content.knowledge, clean_text(q), here.now().date(), top))

    def entry_out(entry: Any) -> models.EntryOut:
        return models.EntryOut(
            id=entry.id,
            aliases=list(entry.aliases),
            kind=entry.kind,
            name=entry.name,
            summary=entry.summary,
            status=availability(entry, here.now().date()).status,
            step=entry.first_step_in("nl"),
            url=entry.url,
            confidence=entry.confidence,
            checked_on=entry.checked_on.isoformat() if entry.checked_on else None,
            sources=[
                models.Source(url=one.url or one.document, supports=one.supports, read_on=one.read_on)
                for one in entry.sources
            ],
        )

    @app.get("/entries", summary="Everything the desk can advise")
    async def entries(
        kind: Annotated[str | None, Query(max_length=40)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    ) -> list[models.EntryOut]:
        found = [one for one in here.content.knowledge.catalogue.values() if kind is None or one.kind == kind]
        return [entry_out(one) for one in found[offset : offset + limit]]

    @app.get("/entries/{id}", summary="One entry, by id or alias", responses={404: {"description": "No such entry."}})
    async def entry(id: str) -> models.EntryOut:
        found = here.content.knowledge.catalogue.resolve(id)
        if found is None:
            raise HTTPException(404, "There is no entry with this id.")
        return entry_out(found)

    @app.get("/events", summary="Meetings with free places")
    async def events() -> list[models.EventOut]:
        found = await reads.events(here.store)
        return [
            models.EventOut(id=one.id, title=one.title, starts=one.starts.isoformat(), where=one.where, left=one.left)
            for one in found
        ]

    @app.get("/demand", summary="What was asked for and not found; small numbers hidden")
    async def demand(days: Annotated[int, Query(ge=1, le=365)] = 30) -> list[models.Demand]:
        from datetime import timedelta

        now = here.now()
        found = await here.store.demand(now - timedelta(days=days), now)
        return [
            models.Demand(what=what, region=region, sector=sector, count=str(count) if count >= SMALL else f"<{SMALL}")
            for what, region, sector, count in found
        ]

    return app
