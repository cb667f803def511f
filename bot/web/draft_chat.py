"""`loket try DIR --web`: one page on this machine with the draft chat, and beside it what is wrong with the draft.

The page is the visitor's own chat (its templates, style and script); the column beside it holds the problems. A watcher
looks whether a file was saved, reads and checks the draft, and walks the conversation again on the new content.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from textwrap import dedent
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.drafts import Draft, DraftTalk
from bot.web import pages, sse
from bot.web.chat import event_of
from bot.web.house import face_of
from bot.web.knowing import known_facts, spoken
from bot.web.render import fragment, page
from bot.web.security import Guard
from bot.web.views import Bubble, Face
from flows.effects import Message, Say
from flows.events import Chose, Commanded, Event, Pressed, Said
from flows.state import Answer
from flows.turn import Turn

LOOK_EVERY = 0.25  # seconds between two looks at the files
MOST = 400  # messages kept
HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]  # a page elsewhere cannot point its own name at this one


class DraftChat:
    """One conversation with one draft, and everybody who looks at it."""

    def __init__(self, draft: Draft, clock: Callable[[], datetime], language: str = "nl") -> None:
        self.draft, self._clock = draft, clock
        self._talk = DraftTalk(draft, clock, language, channel="web")
        self._lock = asyncio.Lock()  # one turn or one reading at a time
        self._bubbles: list[Bubble] = []
        self._seq = 0
        self._answers: dict[str, Answer] = {}
        self._waiting: set[asyncio.Event] = set()
        self.stopped = False

    @property
    def language(self) -> str:
        return self._talk.language

    @property
    def last_seq(self) -> int:
        return self._seq

    def bubbles(self, after: int = 0) -> list[Bubble]:
        return [bubble for bubble in self._bubbles if bubble.seq > after]

    def face(self) -> Face:
        content = self.draft.content
        return Face("loket try") if content is None else face_of(content.knowledge.desk, "", self.language)

    async def look(self) -> bool:
        """Read what was saved, and go on in it; True when something was saved."""
        async with self._lock:
            if not await asyncio.to_thread(self.draft.refresh):
                return False
            if self.draft.readable:
                again = self._bubbles != []
                turn = self._talk.begin_anew(self._standing())
                if turn is not None and again:
                    self._add("system", Message("Saved. The conversation goes on in the new text.", language="en"))
                self._take(turn)
        self._wake()
        return True

    async def play(self, event: Event) -> None:
        """One turn of the visitor. What was saved a moment ago counts already."""
        await self.look()
        async with self._lock:
            said = self._words(event)
            turn = self._talk.play(event)
            if turn is not None:
                self._add("visitor", Message(said, "command" if isinstance(event, Commanded) else "say"))
            self._take(turn)
        self._wake()

    def _words(self, event: Event) -> str:
        """What the visitor's own line reads like: the text, or the label of what was pressed."""
        content = self.draft.content
        if isinstance(event, Said):
            return event.text
        if isinstance(event, Commanded) and content is not None:
            return spoken(content, f"/{event.name} {event.argument}".strip(), self.language)
        if isinstance(event, Pressed):
            for bubble in self._bubbles:
                place = event.option - bubble.message.first
                if bubble.turn == event.turn and 0 <= place < len(bubble.message.options):
                    return bubble.message.options[place].label
        if isinstance(event, Chose):
            labels = {one.id: one.label for bubble in self._bubbles for one in bubble.message.options}
            return ", ".join(labels.get(one, one) for one in event.ids)
        return "…"

    def _standing(self) -> Message | None:
        return next((bubble.message for bubble in reversed(self._bubbles) if bubble.current), None)

    def _take(self, turn: Turn | None) -> None:
        if turn is None:
            return
        self._answers = dict(turn.state.answers)
        for effect in turn.effects:
            if isinstance(effect, Say):
                self._add("bot", effect.message, turn.state.turn)

    def _add(self, sender: str, message: Message, turn: int = 0) -> None:
        self._seq += 1
        current = bool(message.options)
        if current:  # only the newest question's buttons stand on the screen
            for place, bubble in enumerate(self._bubbles):
                if bubble.current and bubble.turn != turn:
                    self._bubbles[place] = Bubble(bubble.seq, bubble.sender, bubble.at, bubble.message, "", bubble.turn)
        self._bubbles.append(Bubble(self._seq, sender, self._clock(), message, "", turn, current))
        del self._bubbles[:-MOST]

    def known(self) -> tuple[Any, ...]:
        content = self.draft.content
        return () if content is None else known_facts(content, self._answers, self.language)

    # ---- who looks ------------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()

    def stop(self) -> None:
        """Ends the streams, so that the server can stop."""
        self.stopped = True
        self._wake()

    async def watch(self) -> None:
        """Look at the files until the server stops."""
        while not self.stopped:
            await asyncio.sleep(LOOK_EVERY)
            await self.look()

    async def changes(self) -> AsyncIterator[bool]:
        """True when something is new, False now and then, so that the reader knows we are here."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            while not self.stopped:
                try:
                    await asyncio.wait_for(event.wait(), sse.HEARTBEAT)
                except TimeoutError:
                    yield False
                else:
                    event.clear()
                    yield not self.stopped
        finally:
            self._waiting.discard(event)


# ---- pages --------------------------------------------------------------------------------------------------------


def create_draft_app(chat: DraftChat) -> Starlette:
    """The application of `loket try --web`: for the browser of this machine only."""

    async def home(request: Request) -> Response:
        return RedirectResponse("/chat", 303)

    async def show(request: Request) -> Response:
        await chat.look()
        return page("draft_chat.html", chat.language, **_view(chat, 0), languages={})

    async def say(request: Request) -> Response:
        form = await request.form(max_fields=60)
        event, after = event_of(form), str(form.get("na", ""))
        if event is not None:
            await chat.play(event)
        if request.headers.get("x-loket-live") == "1":
            return Response(_news(chat, int(after) if after.isdigit() else 0), media_type="text/html; charset=utf-8")
        return RedirectResponse("/chat#dock", 303)

    async def live(request: Request) -> Response:
        after = min(sse.last_event_id(request), chat.last_seq)

        async def body() -> AsyncIterator[str]:
            seen = after
            yield sse.event(_news(chat, seen), id=chat.last_seq)
            seen = chat.last_seq
            async for changed in chat.changes():
                yield sse.event(_news(chat, seen), id=chat.last_seq) if changed else ": here\n\n"
                seen = chat.last_seq

        return sse.stream(body())

    async def failed(request: Request, error: Exception) -> Response:
        return PlainTextResponse(f"Something went wrong: {type(error).__name__}. Reload the page.", 500)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(chat.watch())
        yield
        chat.stop()
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching

    return Starlette(
        routes=[
            Route("/", home),
            Route("/chat", show),
            Route("/chat/zeg", say, methods=["POST"]),
            Route("/chat/stroom", live),
            Route("/static/{name}", pages.static),
            Route("/static/vendor/{name}", pages.vendor),
        ],
        middleware=[Middleware(Guard, on_error=failed), Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
        lifespan=lifespan,
    )


def _view(chat: DraftChat, after: int) -> dict[str, Any]:
    """What the templates read."""
    draft = chat.draft
    found = [
        (problem, lines, dedent(problem.witness.removeprefix("Zo gaat het mis:\n")))
        for problem in draft.shown
        for lines in [problem.pointed(draft.source(problem.place.file))]
    ]
    return {
        "face": chat.face(),
        "bubbles": chat.bubbles(after),
        "last_seq": chat.last_seq,
        "known": chat.known(),
        "message_id": secrets.token_hex(12),
        "buttons": True,
        "draft": draft,
        "found": found,
        "errors": sum(problem.severity == "error" for problem in draft.shown),
        "elsewhere": len(draft.problems) - len(found),
    }


def _news(chat: DraftChat, after: int) -> str:
    return fragment("draft_news.html", chat.language, **_view(chat, after))
